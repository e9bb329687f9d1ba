"""The pages of a campaign at the desk: prepare, try, launch, watch, and see what waits for a person."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from pledges.actions import campaigns
from pledges.campaign_progress import Standing, progress
from pledges.enums import AddressKind, CampaignState, Channel, ElectionKind, InvitationOutcome, ListKind
from pledges.models import Campaign, Invitation, ListContact
from tests.desk.acts import enter
from tests.pledges.factories import (
    CampaignFactory,
    CandidateListFactory,
    ContestFactory,
    ElectionFactory,
    ListContactFactory,
    PledgeFactory,
)
from tests.regions.factories import MembershipFactory, NetworkFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(client, bretagne):
    user = UserFactory(is_staff=True, email="moi@example.org")
    MembershipFactory(user=user, network=NetworkFactory(regions=[bretagne]))
    enter(client, user)
    return user


@pytest.fixture
def contest(bretagne):
    return ContestFactory(region=bretagne)


def page(campaign):
    return reverse("admin:pledges_campaign_change", args=[campaign.pk])


def form_of(client):
    """What the form of a new campaign proposes, as a browser would send it."""
    form = client.get(reverse("admin:pledges_campaign_add")).context["adminform"].form
    return {name: form[name].value() for name in form.fields}


def test_what_is_proposed_is_a_whole_campaign(client, moderator, contest):
    answer = client.post(reverse("admin:pledges_campaign_add"), form_of(client))

    campaign = Campaign.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page(campaign))
    assert (campaign.state, campaign.region, campaign.election, campaign.reminder_days, campaign.reply_to) == (
        CampaignState.DRAFT,
        contest.region,
        contest.election,
        [7, 14, 21],
        "moi@example.org",
    )


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("body", "Bonjour {nom}.\n\n{lien}", "Nous ne connaissons pas {nom}."),
        ("body", "Bonjour.", "Le texte doit contenir {lien} une fois, seul sur sa ligne"),
        ("body", "Ici : {lien}", "Le texte doit contenir {lien} une fois, seul sur sa ligne"),
        ("subject", "{lien}", "L’objet d’un courriel ne peut pas contenir {lien}."),
        ("subject", "Bonjour {liste", "Une accolade est seule"),
        ("reminder_days", "7, 14, 21, 28", "Trois relances au plus"),
        ("reminder_days", "14, 7", "Les jours vont en croissant"),
        ("reminder_days", "bientôt", "Écrivez des nombres de jours"),
    ],
)
def test_a_text_that_could_not_be_filled_in_is_refused_and_nothing_typed_is_lost(
    client, moderator, contest, field, typed, sentence
):
    answer = client.post(reverse("admin:pledges_campaign_add"), {**form_of(client), field: typed})

    form = answer.context["adminform"].form
    assert Campaign.objects.count() == 0
    assert [error.startswith(sentence) for error in form.errors[field]][:1] == [True]
    assert form[field].value() == typed


def test_the_whole_way_from_trial_to_launch(client, moderator, contest, smtp, django_capture_on_commit_callbacks):
    rows = CandidateListFactory.create_batch(2, contest=contest, headed=True)
    ListContactFactory(candidate_list=rows[0], email="liste@example.org")
    campaign = CampaignFactory(election=contest.election, region=contest.region)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(page(campaign), {"try": "1"})
    unread = client.post(page(campaign), {"launch": "1"})
    with django_capture_on_commit_callbacks(execute=True):
        launched = client.post(page(campaign), {"launch": "1", "is_read": "on"}, follow=True)

    assert unread.context["form"].errors == {"is_read": ["Relisez l’essai reçu avant de lancer, et dites-le ici."]}
    assert [str(message) for message in launched.context["messages"]] == [
        "La campagne est lancée. Listes qui n’ont pas encore répondu : 2 sur 2.",
        f"Sans adresse, et donc à joindre autrement : {rows[1].name}.",
    ]
    assert [message["To"] for message in smtp.messages] == ["moi@example.org", "liste@example.org"]


def test_a_moment_to_leave_is_by_the_clock_of_the_territory(client, moderator, contest):
    CandidateListFactory(contest=contest)
    campaign = CampaignFactory(election=contest.election, region=contest.region, tested=True)
    at = timezone.now().astimezone(contest.region.zone).replace(second=0, microsecond=0) + datetime.timedelta(days=2)

    client.post(page(campaign), {"launch": "1", "is_read": "on", "at": f"{at:%Y-%m-%dT%H:%M}"})

    campaign.refresh_from_db()
    assert (campaign.state, campaign.launch_at) == (CampaignState.SCHEDULED, at)


def test_a_changed_text_is_to_be_tried_again_and_one_that_left_does_not_change(client, moderator, contest):
    campaign = CampaignFactory(election=contest.election, region=contest.region, tested=True)
    address = reverse("admin:pledges_campaign_text", args=[campaign.pk])
    typed = {
        "subject": "Autre objet",
        "body": campaign.body,
        "reminder_subject": campaign.reminder_subject,
        "reminder_body": campaign.reminder_body,
        "reminder_days": "7",
    }

    client.post(address, typed)
    changed = Campaign.objects.get()
    Campaign.objects.update(state=CampaignState.RUNNING, launched_at=timezone.now(), launched_by=moderator)
    client.post(address, {**typed, "subject": "Trop tard"})

    assert (changed.state, changed.subject, changed.reminder_days) == (CampaignState.DRAFT, "Autre objet", [7])
    assert Campaign.objects.get().subject == "Autre objet"


@pytest.mark.parametrize(
    ("acts", "state"),
    [
        (["pause"], CampaignState.PAUSED),
        (["pause", "resume"], CampaignState.RUNNING),
        (["cancel"], CampaignState.CANCELLED),
        (["cancel", "resume"], CampaignState.CANCELLED),
    ],
)
def test_buttons_move_a_campaign_where_it_may_go(client, moderator, contest, acts, state):
    campaign = CampaignFactory(election=contest.election, region=contest.region, running=True)

    for act in acts:
        client.post(page(campaign), {act: "1"})

    assert Campaign.objects.get().state == state


def test_elsewhere_there_is_no_such_campaign_and_no_such_address(client, moderator, normandie):
    row = CandidateListFactory(contest__region=normandie)
    campaign = CampaignFactory(election=row.contest.election, region=normandie)
    addresses = [
        page(campaign),
        reverse("admin:pledges_campaign_text", args=[campaign.pk]),
        reverse("admin:pledges_campaign_preview", args=[campaign.pk, row.pk]),
        reverse("admin:pledges_candidatelist_contacts", args=[row.pk]),
    ]

    assert [client.get(address).status_code for address in addresses] == [404] * 4
    assert [client.post(address, {"cancel": "1"}).status_code for address in addresses] == [404] * 4
    assert Campaign.objects.get().state == CampaignState.DRAFT


def test_a_preview_reads_as_the_list_would_and_opens_nothing(client, moderator, contest):
    row = CandidateListFactory(contest=contest, headed=True, name="Liste <b>des essais</b>")
    campaign = CampaignFactory(election=contest.election, region=contest.region)

    answer = client.get(reverse("admin:pledges_campaign_preview", args=[campaign.pk, row.pk]))

    assert "Liste &lt;b&gt;des essais&lt;/b&gt;" in answer.content.decode()
    assert "/signer/invitation/" not in answer.content.decode()


def standing_of(campaign):
    return [row.standing for row in progress(campaign).rows]


def test_each_list_stands_where_what_happened_to_it_says(contest):
    campaign = CampaignFactory(election=contest.election, region=contest.region, running=True)
    rows = CandidateListFactory.create_batch(7, contest=contest, headed=True)
    answered, refused, bare, ready, asked, to_call, called = rows
    PledgeFactory(candidate_list=answered, published=True)
    last_sent = timezone.now() - datetime.timedelta(days=8)
    for row in (answered, refused, ready, asked, to_call, called):
        ListContactFactory(candidate_list=row)

    def ask(row, number, days, **more):
        sent_at = timezone.now() - datetime.timedelta(days=days)
        return Invitation.objects.create(
            campaign=campaign,
            candidate_list=row,
            number=number,
            contact=row.contacts.get(),
            fingerprint="a" * 64,
            channel=Channel.EMAIL,
            recorded_at=sent_at,
            recorded_by=campaign.launched_by,
            sent_at=sent_at,
            asked_on=sent_at.date(),
            **more,
        )

    ask(refused, 0, 3, refused_at=timezone.now())
    ask(asked, 0, 3)
    for row in (to_call, called):
        for number, days in enumerate((29, 22, 15, 8)):
            ask(row, number, days)
    Invitation.objects.create(
        candidate_list=called,
        asked_on=timezone.localdate(),
        channel=Channel.PHONE,
        recorded_at=timezone.now(),
        recorded_by=campaign.launched_by,
    )

    found = progress(campaign)

    assert last_sent < timezone.now()
    assert [row.standing for row in found.rows] == [
        Standing.ANSWERED,
        Standing.REFUSED,
        Standing.NO_ADDRESS,
        Standing.READY,
        Standing.ASKED,
        Standing.TO_CALL,
        Standing.CALLED,
    ]
    assert (found.asked, found.total, len(found.to_do)) == (4, 7, 2)
    assert [row.next_on is not None for row in found.rows] == [False, False, False, False, True, False, False]
    assert bare == found.rows[2].candidate_list


@pytest.mark.parametrize("count", [1, 12])
def test_progress_asks_as_many_queries_for_few_lists_as_for_many(contest, django_assert_num_queries, count):
    campaign = CampaignFactory(election=contest.election, region=contest.region, running=True)
    for row in CandidateListFactory.create_batch(count, contest=contest, headed=True):
        ListContactFactory(candidate_list=row)
    campaigns.carry_on()
    campaign = Campaign.objects.with_place().get()

    with django_assert_num_queries(6):
        found = progress(campaign)

    assert {row.standing for row in found.rows} == {Standing.WAITING}


def test_an_address_is_given_then_erased_and_its_source_is_required(client, moderator, contest):
    row = CandidateListFactory(contest=contest)
    address = reverse("admin:pledges_candidatelist_contacts", args=[row.pk])
    typed = {"add": "1", "email": "liste@example.org", "kind": "official", "found_on": "2026-01-02"}

    refused = client.post(address, typed)
    client.post(address, {**typed, "source": "https://liste.example.org/contact"})
    kept = list(ListContact.objects.values_list("email", "kind", "source"))
    client.post(address, {"erase": str(ListContact.objects.get().pk)})

    assert refused.context["form"].errors == {"source": ["Dites d’où vient cette adresse : le courriel devra le dire."]}
    assert kept == [("liste@example.org", AddressKind.OFFICIAL, "https://liste.example.org/contact")]
    assert list(ListContact.objects.values_list("email", "source")) == [("", "")]


def test_an_address_of_another_list_is_not_erased_from_here(client, moderator, contest, normandie):
    row = CandidateListFactory(contest=contest)
    other = ListContactFactory(candidate_list__contest__region=normandie)

    client.post(reverse("admin:pledges_candidatelist_contacts", args=[row.pk]), {"erase": str(other.pk)})

    other.refresh_from_db()
    assert other.erased_at is None


def test_an_address_that_failed_may_be_given_again(client, moderator, contest):
    contact = ListContactFactory(candidate_list__contest=contest, failed=True, email="Liste@example.org")
    address = reverse("admin:pledges_candidatelist_contacts", args=[contact.candidate_list_id])

    client.post(
        address,
        {"add": "1", "email": "liste@example.org", "kind": "party", "found_on": "2026-01-02", "source": "Le parti"},
    )

    [kept] = ListContact.objects.all()
    assert (kept.failed_at, kept.source, kept.email) == (None, "Le parti", "Liste@example.org")


def test_what_waits_is_not_said_to_be_done(contest):
    campaign = CampaignFactory(election=contest.election, region=contest.region, running=True)
    ListContactFactory(candidate_list=CandidateListFactory(contest=contest))

    campaigns.carry_on()

    assert list(Invitation.objects.values_list("outcome", flat=True)) == [InvitationOutcome.WAITING]
    assert (progress(campaign).asked, contest.lists.not_asked().count()) == (0, 1)
    assert contest.lists.with_last_asked().get().last_asked_on is None


@pytest.mark.parametrize("state", ["tested", "running"])
def test_cantons_are_told_apart_on_the_page_of_their_campaign(client, moderator, bretagne, state):
    election = ElectionFactory(kind=ElectionKind.DEPARTMENTAL)
    for name in ("Fougères-1", "Fougères-2"):
        place = ContestFactory(
            region=bretagne, election=election, name=name, code=name[-1], slug=name.lower().replace("è", "e")
        )
        CandidateListFactory.create_batch(2, contest=place, kind=ListKind.PAIR)
    campaign = CampaignFactory(election=election, region=bretagne, **{state: True})

    text = client.get(page(campaign)).content.decode()

    assert re.findall(r"<h3>(Fougères-\d)</h3>", text) == ["Fougères-1", "Fougères-2"]
    assert re.findall(r'desk-rows__what">(Fougères-\d)', text) == ["Fougères-1"] * 2 + ["Fougères-2"] * 2


def test_one_contest_alone_is_not_named_list_by_list(client, moderator, contest):
    CandidateListFactory.create_batch(2, contest=contest)
    campaign = CampaignFactory(election=contest.election, region=contest.region, running=True)

    text = client.get(page(campaign)).content.decode()

    assert "<h3>" not in text
    assert f"{contest.name} :" not in text


@pytest.fixture
def canton(bretagne):
    """A canton where one of two binômes was asked."""
    election = ElectionFactory(kind=ElectionKind.DEPARTMENTAL)
    place = ContestFactory(region=bretagne, election=election, name="Fougères-1")
    for _each in range(2):
        CandidateListFactory(contest=place, kind=ListKind.PAIR, name="Alix EXEMPLE et Sam ESSAI")
    Invitation.objects.create(
        candidate_list=place.lists.in_panel_order()[0],
        asked_on=timezone.localdate(),
        channel=Channel.PHONE,
        recorded_at=timezone.now(),
        recorded_by=UserFactory(),
    )
    return place


# Words that would be of a list, and not of a binôme: alone, in a title, a sentence or a heading.
OF_LISTS = re.compile(r"\b(la liste|[Uu]ne liste|toutes les listes|\d listes?|Liste par liste|sollicitées?)\b|>Liste<")


@pytest.mark.parametrize("name", ["change", "sheet", "requests", "invite"])
def test_the_desk_speaks_of_binomes_where_binomes_stand(client, moderator, canton, name):
    text = client.get(reverse(f"admin:pledges_contest_{name}", args=[canton.pk])).content.decode()

    assert OF_LISTS.findall(main_of(text)) == []


@pytest.mark.parametrize("state", ["draft", "tested", "running"])
def test_the_page_of_a_campaign_speaks_of_binomes_to_binomes(client, moderator, canton, state):
    fields = {} if state == "draft" else {state: True}
    campaign = CampaignFactory(election=canton.election, region=canton.region, **fields)

    text = client.get(page(campaign)).content.decode()

    assert OF_LISTS.findall(main_of(text)) == []


def test_what_is_proposed_to_binomes_and_the_link_that_they_read_are_in_their_words(client, moderator, canton):
    add = reverse("admin:pledges_campaign_add")
    form = client.get(add, {"election": canton.election_id}).context["adminform"].form
    campaign = CampaignFactory(
        election=canton.election, region=canton.region, **{name: form[name].value() for name in TEXTS}
    )
    row = canton.lists.first()

    letter = client.get(reverse("admin:pledges_campaign_preview", args=[campaign.pk, row.pk])).context["letter"]

    said = " ".join([letter.subject, *(block.text for block in letter.blocks)])
    assert "proposés à tous les binômes" in letter.subject
    assert "Répondre pour le binôme" in said
    assert OF_LISTS.findall(said) == []


TEXTS = ("subject", "body", "reminder_subject", "reminder_body")


def main_of(text):
    """What the page itself says, without the menu that all pages share."""
    return " ".join(text[text.index("<main") :].split())
