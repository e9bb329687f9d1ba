import pytest
from django.contrib import admin
from django.urls import reverse

from pledges.enums import Act, IdentityCheck, MailKind, PledgeState
from pledges.models import DecisionReason, JournalEntry, OutboxMail, Pledge
from regions.admin.scoping import RegionScopedAdmin
from regions.models import ScopedQuerySet
from resources.models import Resource
from tests.desk.acts import enter
from tests.pledges.factories import (
    CampaignFactory,
    CommitmentFactory,
    CorrectionRequestFactory,
    DecisionReasonFactory,
    ElectedOfficialFactory,
    PledgeFactory,
)
from tests.pledges.test_views import text_of
from tests.regions.factories import MembershipFactory, RegionFactory, UserFactory
from tests.resources.factories import CollectionFactory, ResourceFactory

pytestmark = pytest.mark.django_db

QUEUE = reverse("admin:pledges_pledge_changelist")


def page_of(pledge):
    return reverse("admin:pledges_pledge_change", args=[pledge.pk])


def decide(desk, pledge, name, *, follow=False, **typed):
    """Press the button of a decision, on the page of a pledge, with what its form holds."""
    data = {f"{name}-{field}": value for field, value in typed.items()}
    button = {"CHANGE_FORM-action": name, "_selected_action": pledge.pk}
    return desk.post(page_of(pledge), {**button, **data}, follow=follow)


def pledge_to_review(**kwargs):
    pledge = PledgeFactory(in_review=True, signed=True, **kwargs)
    CommitmentFactory(pledge=pledge, statement="Une phrase d’essai.")
    return pledge


@pytest.fixture
def region():
    return RegionFactory()


@pytest.fixture
def moderator(region):
    user = UserFactory(is_staff=True, first_name="Mona", last_name="Modération")
    MembershipFactory(user=user).network.regions.add(region)
    return user


@pytest.fixture
def desk(client, moderator):
    enter(client, moderator)
    return client


@pytest.fixture
def here(region):
    return pledge_to_review(candidate_list__contest__region=region)


@pytest.fixture
def elsewhere():
    return pledge_to_review()


# --- The queue ---


def test_the_queue_shows_what_waits_here_oldest_first(desk, here, elsewhere, region):
    older = pledge_to_review(candidate_list__contest=here.candidate_list.contest)
    Pledge.objects.filter(pk=older.pk).update(confirmed_at=here.confirmed_at.replace(year=2020))
    PledgeFactory(published=True, candidate_list__contest=here.candidate_list.contest)

    response = desk.get(QUEUE)

    assert list(response.context["cl"].result_list) == [older, here]


@pytest.mark.parametrize("state", ["tous", *PledgeState.values])
def test_the_queue_can_show_each_state(desk, here, state):
    PledgeFactory(published=True, candidate_list__contest=here.candidate_list.contest)
    expected = {"tous": 2, "in_review": 1, "published": 1}.get(state, 0)

    response = desk.get(QUEUE, {"etat": state})

    assert len(response.context["cl"].result_list) == expected


@pytest.mark.parametrize("count", [1, 30])
def test_queries_of_the_queue_are_counted(desk, here, count, django_assert_num_queries):
    for _ in range(count - 1):
        pledge_to_review(candidate_list__contest=here.candidate_list.contest)

    with django_assert_num_queries(14):
        response = desk.get(QUEUE)

    assert len(response.context["cl"].result_list) == count


def test_the_filters_of_the_queue_name_no_other_region(desk, here, elsewhere):
    page = text_of(desk.get(QUEUE))

    assert elsewhere.candidate_list.contest.region.name not in page
    assert elsewhere.candidate_list.contest.election.name not in page


# --- The review ---


def test_the_review_shows_all_that_helps_to_decide(desk, here):
    other = PledgeFactory(declined=True, candidate_list=here.candidate_list)
    signatory = here.signatories.get()

    page = text_of(desk.get(page_of(here)))

    assert f"mailto:{signatory.email}" in page
    assert signatory.candidate.full_name in page
    assert page_of(other) in page


def test_a_moderator_publishes_and_comes_back_to_the_queue(desk, here, moderator):
    response = decide(desk, here, "publish", identity_check="call_back", follow=True)

    here.refresh_from_db()
    assert response.redirect_chain == [(QUEUE, 302)]
    assert (here.state, here.decided_by, here.identity_check) == (
        PledgeState.PUBLISHED,
        moderator,
        IdentityCheck.CALL_BACK,
    )
    [message] = response.context["messages"]
    assert f"« {here} » est publié. Une erreur ?" in str(message)
    assert page_of(here) in str(message)


def test_publishing_asks_how_identity_was_checked(desk, here):
    response = decide(desk, here, "publish")

    here.refresh_from_db()
    assert here.state == PledgeState.IN_REVIEW
    assert "Dites comment l’identité a été vérifiée" in text_of(response)


def test_declining_asks_for_a_reason_and_mails_it(desk, here):
    without = decide(desk, here, "decline", words="  ")
    decide(desk, here, "decline", words="Adresse inconnue de la liste.")

    here.refresh_from_db()
    assert "Écrivez un motif" in text_of(without)
    assert (here.state, here.decision_reason) == (PledgeState.DECLINED, "Adresse inconnue de la liste.")
    assert OutboxMail.objects.get().kind == MailKind.DECLINED


def test_a_published_pledge_is_suspended_then_published_again(desk, here):
    decide(desk, here, "publish", identity_check="call_back")
    decide(desk, here, "suspend", words="Un désaccord.")
    here.refresh_from_db()
    suspended = here.state
    decide(desk, here, "resume")

    here.refresh_from_db()
    assert (suspended, here.state) == (PledgeState.SUSPENDED, PledgeState.PUBLISHED)


@pytest.mark.parametrize("missing", ["reason", "is_sure"])
def test_a_withdrawal_is_final_so_it_takes_a_box_and_a_word(desk, here, missing):
    decide(desk, here, "withdraw", **{"reason": "Courriel du 3 mai.", "is_sure": "on", missing: ""})

    here.refresh_from_db()
    assert here.state == PledgeState.IN_REVIEW


def test_a_moderator_withdraws_at_the_signers_request(desk, here, moderator):
    decide(desk, here, "withdraw", reason="Courriel du 3 mai.", is_sure="on")

    here.refresh_from_db()
    assert here.state == PledgeState.WITHDRAWN
    assert list(here.entries.values_list("act", "by", "wording__reason")) == [
        (Act.PLEDGE_WITHDRAWN, moderator.pk, "Courriel du 3 mai.")
    ]
    assert list(here.signatories.values_list("email", flat=True)) == [""]


def test_whoever_comes_second_is_told(desk, here):
    decide(desk, here, "publish", identity_check="call_back", follow=True)

    response = decide(desk, here, "decline", words="Trop tard.", follow=True)

    [message] = response.context["messages"]
    assert str(message).startswith("Déjà traité par Mona Modération le ")
    assert here.entries.count() == 1


@pytest.mark.parametrize("act", ["", "delete", "publish'--", "publish_selected"])
def test_an_unknown_button_changes_nothing(desk, here, act):
    response = decide(desk, here, act, identity_check="call_back", words="x")

    here.refresh_from_db()
    assert (response.status_code, here.state) == (200, PledgeState.IN_REVIEW)


def test_the_queries_of_a_review_are_counted(desk, here, django_assert_num_queries):
    for _ in range(10):
        PledgeFactory(declined=True, candidate_list=here.candidate_list)

    with django_assert_num_queries(21):
        desk.get(page_of(here))


# --- The border ---


@pytest.mark.parametrize("view", ["change", "history"])
def test_what_is_elsewhere_is_not_there(desk, elsewhere, view):
    address = reverse(f"admin:pledges_pledge_{view}", args=[elsewhere.pk])

    assert [desk.get(address).status_code, desk.post(address, {"CHANGE_FORM-action": "publish"}).status_code] == [
        404
    ] * 2


def test_nobody_deletes_a_pledge_here_or_elsewhere(desk, here, elsewhere):
    addresses = [reverse("admin:pledges_pledge_delete", args=[pledge.pk]) for pledge in (here, elsewhere)]

    assert [desk.post(address, {"post": "yes"}).status_code for address in addresses] == [404, 404]
    assert Pledge.objects.count() == 2


@pytest.mark.parametrize("key", ["0", "999999999999999999999999", "x", "1'"])
def test_what_never_was_answers_the_same(desk, here, key):
    assert desk.get(reverse("admin:pledges_pledge_change", args=[key])).status_code == 404


def test_nobody_decides_on_what_is_elsewhere(desk, elsewhere):
    decide(desk, elsewhere, "publish", identity_check="call_back")

    elsewhere.refresh_from_db()
    assert elsewhere.state == PledgeState.IN_REVIEW


def test_a_national_network_works_everywhere(client, here, elsewhere):
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, network__is_national=True)
    enter(client, user)

    assert set(client.get(QUEUE).context["cl"].result_list) == {here, elsewhere}


@pytest.mark.parametrize(
    "user", [{"is_staff": True}, {"is_staff": False}, {"is_staff": True, "is_active": False}], ids=str
)
def test_without_a_network_there_is_no_desk(client, here, user):
    enter(client, UserFactory(**user))

    assert client.get(QUEUE).status_code in {302, 404}
    assert client.get(page_of(here)).status_code in {302, 404}


def test_a_member_outside_the_staff_has_no_desk(client, here, moderator):
    moderator.is_staff = False
    moderator.save()
    enter(client, moderator)

    assert client.get(page_of(here)).status_code == 302


def test_the_registers_of_others_are_not_there(desk, here, elsewhere):
    DecisionReason.objects.all().delete()  # those that the portal comes with are everybody's
    for pledge in (here, elsewhere):
        JournalEntry.objects.create(
            act=Act.PLEDGE_SUBMITTED,
            at=pledge.submitted_at,
            region=pledge.candidate_list.contest.region,
            pledge=pledge,
        )
        ResourceFactory(region=pledge.candidate_list.contest.region)
        CollectionFactory(region=pledge.candidate_list.contest.region)
        DecisionReasonFactory(region=pledge.candidate_list.contest.region)
        CorrectionRequestFactory(region=pledge.candidate_list.contest.region)
        CampaignFactory(election=pledge.candidate_list.contest.election, region=pledge.candidate_list.contest.region)
        ElectedOfficialFactory(contest=pledge.candidate_list.contest)
        OutboxMail.objects.create(
            key=str(pledge.pk),
            kind=MailKind.IN_REVIEW,
            pledge=pledge,
            signatory=pledge.signatories.get(),
            region=pledge.candidate_list.contest.region,
        )
    scoped = [model for model, site in admin.site._registry.items() if isinstance(site, RegionScopedAdmin)]

    counts = {}
    for model in scoped:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        query = {"etat": "tous"} if model is Pledge else {}
        counts[model.__name__] = len(desk.get(address, query).context["cl"].result_list)

    assert counts == dict.fromkeys(
        [
            "Campaign",
            "Candidate",
            "CandidateList",
            "Collection",
            "Contest",
            "CorrectionRequest",
            "DecisionReason",
            "ElectedOfficial",
            "JournalEntry",
            "OutboxMail",
            "Pledge",
            "Resource",
        ],
        1,
    )


def test_every_model_with_a_region_stands_behind_the_border():
    open_doors = [
        model.__name__
        for model, site in admin.site._registry.items()
        if isinstance(model._default_manager.all(), ScopedQuerySet) and not isinstance(site, RegionScopedAdmin)
    ]

    assert open_doors == []


@pytest.mark.parametrize("model", ["election", "charter", "nuance"])
def test_elections_and_charters_are_the_administrators(desk, model):
    assert desk.get(reverse(f"admin:pledges_{model}_changelist")).status_code == 404


@pytest.mark.parametrize("model", ["user", "network", "indicator"])
def test_people_and_networks_are_the_administrators(desk, model):
    assert desk.get(reverse(f"admin:regions_{model}_changelist")).status_code == 404


def test_a_query_string_asks_nothing_about_people(desk, here):
    response = desk.get(QUEUE, {"decided_by__password__startswith": "md5"})

    assert response.status_code == 400


def test_a_member_offers_resources_in_their_own_regions_alone(desk, moderator, region):
    elsewhere = RegionFactory()
    data = {
        "title": "Un kit",
        "slug": "un-kit",
        "summary": "Un kit d’essai.",
        "audience": "candidates",
        "kind": "kit",
        "url": "https://example.org/",
        "licence": "cc-by",
        "language": "fr",
        "network": moderator.memberships.get().network_id,
    }
    address = reverse("admin:resources_resource_add")

    national = desk.post(address, {**data, "region": ""})
    foreign = desk.post(address, {**data, "region": elsewhere.pk})
    own = desk.post(address, {**data, "region": region.pk})

    assert [national.status_code, foreign.status_code, own.status_code] == [200, 200, 302]
    assert list(Resource.objects.values_list("region", flat=True)) == [region.pk]


def test_a_member_publishes_resources_in_the_name_of_their_own_network_alone(desk, moderator):
    MembershipFactory(network__name="Un autre réseau")

    networks = desk.get(reverse("admin:resources_resource_add")).context["adminform"].form.fields["network"].queryset

    assert list(networks) == [membership.network for membership in moderator.memberships.all()]


@pytest.mark.parametrize(
    "model", sorted(admin.site._registry, key=lambda model: model._meta.label), ids=lambda model: model.__name__
)
def test_an_administrator_opens_every_register(admin_client, here, model):
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")

    assert admin_client.get(address).status_code == 200


def test_the_review_names_no_signature_that_nobody_confirmed(desk, here):
    unconfirmed = PledgeFactory(candidate_list=here.candidate_list)

    assert page_of(unconfirmed) not in text_of(desk.get(page_of(here)))


def test_an_administrator_may_publish_a_national_resource(admin_client, region):
    data = {
        "title": "Un kit",
        "slug": "un-kit",
        "summary": "Un kit d’essai.",
        "audience": "candidates",
        "kind": "kit",
        "url": "https://example.org/",
        "licence": "cc-by",
        "language": "fr",
    }

    admin_client.post(reverse("admin:resources_resource_add"), data)

    assert list(Resource.objects.values_list("region", flat=True)) == [None]
