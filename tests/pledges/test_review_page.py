"""The page where a pledge is decided: what it shows, what it keeps, where it leads."""

import datetime
import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from pledges import dossier
from pledges.actions import review
from pledges.enums import Act, Answer, Capacity, IdentityCheck, MailKind, PledgeState
from pledges.models import DecisionReason, JournalEntry, Note, OutboxMail, Pledge, Question
from regions.enums import Role
from tests.desk.acts import enter
from tests.pledges.factories import (
    CandidateListFactory,
    CommitmentFactory,
    ContestFactory,
    DecisionReasonFactory,
    ElectionFactory,
    PledgeFactory,
    QuestionFactory,
    SignatoryFactory,
)
from tests.pledges.test_admin import QUEUE, decide, desk, here, moderator, page_of, pledge_to_review, region
from tests.pledges.test_views import text_of
from tests.regions.factories import MembershipFactory, RegionFactory, UserFactory

__all__ = ["desk", "here", "moderator", "region"]
pytestmark = pytest.mark.django_db


def preview_of(pledge):
    return reverse("admin:pledges_pledge_preview", args=[pledge.pk])


def card_in(page):
    """The answers of a card, as the browser gets them."""
    return re.findall(r'<div class="reply">.*?</h3>.*?</div>', page, re.DOTALL)


def said(response):
    return [str(message) for message in response.context["messages"]]


# --- What is shown ---


def test_what_was_shown_is_what_is_published(desk, client, here):
    CommitmentFactory(pledge=here, principle=here.charter.principles.get(number=2), answer=Answer.DECLINES)
    before = desk.get(preview_of(here)).content.decode()

    decide(desk, here, "publish", identity_check="call_back")

    published = client.get(here.candidate_list.get_absolute_url()).content.decode()
    assert len(card_in(before)) == 5
    assert card_in(before) == card_in(published)
    assert "Une phrase d’essai." in before


def test_showing_the_card_publishes_nothing(desk, here):
    page = text_of(desk.get(preview_of(here)))

    here.refresh_from_db()
    assert (here.state, here.published_at) == (PledgeState.IN_REVIEW, None)
    assert "aujourd’hui, rien de ceci n’est public" in page
    assert "Vérification : à dire en publiant." in page


@pytest.mark.parametrize(
    ("state", "answers"),
    [("suspended", 1), ("declined", 1), ("superseded", 1), ("published", 1), ("withdrawn", 0)],
)
def test_the_card_shows_what_was_signed_but_for_what_was_withdrawn(desk, region, state, answers):
    pledge = PledgeFactory(**{state: True}, candidate_list__contest__region=region, answers={1: Answer.DECLINES})

    assert desk.get(preview_of(pledge)).content.decode().count("answer--declines") == answers


def test_the_page_of_what_is_published_says_what_the_silence_keeps(desk, region):
    contest = ContestFactory(region=region, election=ElectionFactory(past=True))
    pledge = PledgeFactory(published=True, candidate_list__contest=contest)

    with time_machine.travel(datetime.datetime(2021, 6, 19, 12, tzinfo=datetime.UTC)):
        enter(desk, region.networks.get().memberships.get().user)
        page = text_of(desk.get(page_of(pledge)))

    assert "Silence électoral jusqu’au 20 juin 2021" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_only_the_card_may_be_framed_and_by_the_portal_alone(desk, here):
    card, page = desk.get(preview_of(here)), desk.get(page_of(here))

    assert (card["X-Frame-Options"], page["X-Frame-Options"]) == ("SAMEORIGIN", "DENY")
    assert "frame-ancestors 'self'" in card["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert preview_of(here) in page.content.decode()


def test_the_card_of_what_is_elsewhere_is_not_there(desk):
    assert desk.get(preview_of(pledge_to_review())).status_code == 404


def test_the_title_says_what_one_is_doing(desk, here):
    assert f"<title>Vérifier\N{NO-BREAK SPACE}: {here}" in desk.get(page_of(here)).content.decode().replace(
        "Vérifier :", "Vérifier\N{NO-BREAK SPACE}:"
    )


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("alix@gmail.com", "gmail.com : une messagerie ouverte à tout le monde. Elle ne dit rien, ni pour ni contre."),
        ("alix@liste.example.org", "liste.example.org : le même domaine que Camille AUTRE, pour la même liste."),
        ("alix@ailleurs.example.org", "ailleurs.example.org : un domaine que nul autre n’utilise ici."),
    ],
)
def test_the_domain_of_an_address_is_a_clue_in_words_and_never_a_verdict(desk, here, email, words):
    here.signatories.update(email=email)
    peer = PledgeFactory(published=True, personal=True, candidate_list=here.candidate_list)
    SignatoryFactory(pledge=peer, full_name="Camille AUTRE", email="camille@Liste.example.org")

    assert words in text_of(desk.get(page_of(here)))


def test_a_free_mailbox_shared_by_others_is_no_clue():
    signatory, peer = SignatoryFactory.build_batch(2, pledge=None, candidate=None, full_name="X", confirmed_at=None,
        consented_to_publication_at=None, email="x@orange.fr", capacity=Capacity.MANDATARY)  # fmt: skip

    assert "ne dit rien" in dossier.domain_in_words(signatory, [peer])


def test_what_asks_for_a_second_look_is_said_first(desk, region):
    pledge = PledgeFactory(in_review=True, candidate_list__contest__region=region, candidate_list__departed=True)
    SignatoryFactory(pledge=pledge, mandatary=True, full_name="Аlix MANDAT")
    PledgeFactory(candidate_list=pledge.candidate_list)

    response = desk.get(page_of(pledge))

    assert [warning.split(" ")[0] for warning in response.context["warnings"]] == ["La", "«", "Аlix", "D’autres"]


def test_nothing_asks_for_a_second_look_when_all_is_plain(desk, here):
    assert desk.get(page_of(here)).context["warnings"] == []


def test_the_answers_that_change_are_side_by_side(desk, region):
    first = PledgeFactory(
        published=True, candidate_list__contest__region=region, answers={1: Answer.COMMITS, 2: Answer.COMMITS}
    )
    second = PledgeFactory(
        in_review=True,
        candidate_list=first.candidate_list,
        amends=first,
        answers={1: Answer.COMMITS, 2: Answer.DECLINES},
    )
    SignatoryFactory(pledge=second)

    changes = desk.get(page_of(second)).context["changes"]

    assert [(change.principle.number, change.before.answer, change.after.answer) for change in changes] == [
        (2, "commits", "declines")
    ]


def test_other_pledges_of_the_list_say_what_became_of_them_and_why(desk, here):
    PledgeFactory(declined=True, candidate_list=here.candidate_list, decision_reason="Injoignable en mai.")

    page = text_of(desk.get(page_of(here)))

    assert "refusé" in page
    assert "Injoignable en mai." in page


def test_the_days_the_list_was_asked_are_those_of_the_journal(desk, here, region):
    for key in (here.candidate_list_id, here.candidate_list_id + 1):
        at = timezone.now()
        JournalEntry.objects.create(act=Act.LIST_INVITED, at=at, region=region, details={"list": key})

    assert len(desk.get(page_of(here)).context["invited_at"]) == 1


@pytest.mark.parametrize("count", [1, 30])
def test_queries_of_a_review_do_not_depend_on_what_there_is(desk, here, count, django_assert_num_queries):
    signatory = here.signatories.get()
    for _ in range(count):
        PledgeFactory(declined=True, candidate_list=here.candidate_list)
        JournalEntry.objects.create(
            act=Act.PLEDGE_SUBMITTED, at=timezone.now(), region=here.candidate_list.contest.region, pledge=here
        )
        QuestionFactory(signatory=signatory, answered=True)
        Note.objects.create(pledge=here, by=UserFactory(), at=timezone.now(), text="Une note.")

    with django_assert_num_queries(21):
        response = desk.get(page_of(here))

    assert response.status_code == 200


def test_queries_of_the_card_are_counted(desk, here, django_assert_num_queries):
    with django_assert_num_queries(9):
        desk.get(preview_of(here))


# --- Deciding ---


def test_a_decision_leads_to_the_oldest_that_waits_then_to_the_queue(desk, here):
    other = pledge_to_review(candidate_list__contest=here.candidate_list.contest)

    first = decide(desk, here, "publish", identity_check="call_back")
    second = decide(desk, other, "decline", words="Injoignable.")

    assert (first.url, second.url) == (page_of(other), QUEUE)


def test_the_filters_of_the_queue_are_kept_from_page_to_page(desk, here, region):
    election = here.candidate_list.contest.election.pk
    filters = f"candidate_list__contest__election__id__exact={election}"
    elsewhere = pledge_to_review(candidate_list__contest__region=region)  # another election
    Pledge.objects.filter(pk=elsewhere.pk).update(confirmed_at=here.confirmed_at - datetime.timedelta(days=9))
    data = {"CHANGE_FORM-action": "decline", "_selected_action": here.pk, "decline-words": "Injoignable."}

    response = desk.post(page_of(here), data, query_params={"_changelist_filters": filters})

    assert response.url == f"{QUEUE}?{filters}"


def test_one_may_go_on_to_the_next_without_deciding(desk, here):
    others = [pledge_to_review(candidate_list__contest=here.candidate_list.contest) for _ in range(2)]
    pages = [here, *others]

    following = [desk.get(page_of(pledge)).context["next_url"] for pledge in pages]

    assert following == [page_of(pledge) for pledge in (*others, here)]


def test_a_reason_written_once_and_ones_own_words_are_both_mailed(desk, here):
    reason = DecisionReasonFactory(text="Nous n’avons pas pu vous joindre.")

    decide(desk, here, "decline", ready=reason.pk, words="Rappelez-nous.")

    here.refresh_from_db()
    assert here.decision_reason == "Nous n’avons pas pu vous joindre.\n\nRappelez-nous."


def test_a_reason_copied_into_the_box_is_not_said_twice(desk, here):
    reason = DecisionReasonFactory(text="Nous n’avons pas pu vous joindre.")

    decide(desk, here, "decline", ready=reason.pk, words="Bonjour. Nous n’avons pas pu vous joindre. À bientôt.")

    here.refresh_from_db()
    assert here.decision_reason == "Bonjour. Nous n’avons pas pu vous joindre. À bientôt."


@pytest.mark.parametrize(
    ("kwargs", "offered"),
    [
        ({}, True),
        ({"is_in_use": False}, False),
        ({"is_for_declining": False, "is_for_suspending": True}, False),
        ({"region": "here"}, True),
        ({"region": "elsewhere"}, False),
    ],
    ids=str,
)
def test_the_reasons_offered_are_those_in_use_here_for_this(desk, here, region, kwargs, offered):
    if "region" in kwargs:
        kwargs = {"region": region if kwargs["region"] == "here" else RegionFactory()}
    reason = DecisionReasonFactory(**kwargs)

    form = desk.get(page_of(here)).context["forms"]["decline"]
    refused = decide(desk, here, "decline", ready=reason.pk, words="")

    assert (reason in form.fields["ready"].queryset) == offered
    here.refresh_from_db()
    assert (here.state == PledgeState.DECLINED) == offered
    assert offered or "Ce motif n’est plus proposé" in text_of(refused)


def test_what_was_typed_stays_when_it_is_refused(desk, here):
    response = decide(desk, here, "ask", signatory=here.signatories.get().pk + 1, text="Une longue question.")

    assert response.context["opened"] == "ask"
    assert "Une longue question." in text_of(response)


def test_publishing_in_the_silence_is_refused_in_words_and_what_was_chosen_stays(desk, region):
    pledge = pledge_to_review(candidate_list__contest__region=region, candidate_list__contest__election__past=True)

    with time_machine.travel(datetime.datetime(2021, 6, 19, 12, tzinfo=datetime.UTC)):
        enter(desk, region.networks.get().memberships.get().user)
        response = decide(desk, pledge, "publish", identity_check="call_back")

    assert "Silence électoral jusqu’au 20 juin 2021 à 20 h" in said(response)[0].replace("\N{NO-BREAK SPACE}", " ")
    assert re.search(r'value="call_back"[^>]*checked', response.content.decode())


def test_whoever_comes_second_is_told_and_loses_no_word(desk, here):
    first = UserFactory(first_name="Zoé", last_name="Première")
    review.publish(here, by=first, identity_check=IdentityCheck.CALL_BACK)

    response = decide(desk, here, "decline", words="Un motif long à écrire.")

    [message] = said(response)
    assert re.fullmatch(r"Déjà traité par Zoé Première le \d.* à \d+\sh\s\d\d : publié\.", message)
    assert response.context["lost"] == "Un motif long à écrire."
    assert "Un motif long à écrire." in text_of(response)
    here.refresh_from_db()
    assert here.state == PledgeState.PUBLISHED


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ("in_review", ["publish", "ask", "decline", "withdraw", "note"]),
        ("published", ["ask", "suspend", "withdraw", "note"]),
        ("suspended", ["resume", "ask", "decline", "withdraw", "note"]),
        ("declined", ["note"]),
        ("withdrawn", ["note"]),
        ("superseded", ["note"]),
    ],
)
def test_the_decisions_offered_are_those_of_the_state(desk, region, state, offered):
    pledge = PledgeFactory(**{state: True}, candidate_list__contest__region=region)
    SignatoryFactory(pledge=pledge)

    assert list(desk.get(page_of(pledge)).context["forms"]) == offered


def test_a_question_and_a_note_are_left_and_the_page_stays(desk, here, moderator):
    signatory = here.signatories.get()

    asked = decide(desk, here, "ask", signatory=signatory.pk, text="Est-ce vous ?")
    noted = decide(desk, here, "note", text="Appelé le matin.")

    assert [asked.url, noted.url] == [page_of(here)] * 2
    assert list(Question.objects.values_list("text", "asked_by")) == [("Est-ce vous ?", moderator.pk)]
    assert list(Note.objects.values_list("text", "by")) == [("Appelé le matin.", moderator.pk)]
    assert OutboxMail.objects.get().kind == MailKind.QUESTION
    page = text_of(desk.get(page_of(here)))
    assert "Appelé le matin." in page
    assert "Une question attend sa réponse depuis" in page


def test_the_button_of_a_page_decides_on_that_pledge_alone(desk, here):
    other = pledge_to_review(candidate_list__contest=here.candidate_list.contest)
    data = {"CHANGE_FORM-action": "decline", "decline-words": "Non.", "_selected_action": [here.pk, other.pk]}

    assert desk.post(page_of(here), data).status_code == 404
    assert set(Pledge.objects.values_list("state", flat=True)) == {PledgeState.IN_REVIEW}


# --- The queue ---


def test_who_has_answered_comes_first_until_another_question_is_asked(desk, here):
    contest = here.candidate_list.contest
    older, newest = (pledge_to_review(candidate_list__contest=contest) for _ in range(2))
    Pledge.objects.filter(pk=older.pk).update(confirmed_at=here.confirmed_at - datetime.timedelta(days=9))
    QuestionFactory(signatory=newest.signatories.get(), answered=True)

    first = desk.get(QUEUE)
    QuestionFactory(signatory=newest.signatories.get())
    then = desk.get(QUEUE)

    assert list(first.context["cl"].result_list) == [newest, older, here]
    assert list(then.context["cl"].result_list) == [older, here, newest]
    assert "a répondu" in text_of(first)
    assert "question sans réponse depuis 3" in text_of(then).replace("\N{NO-BREAK SPACE}", " ")


def test_the_queue_says_what_the_silence_keeps(desk, region):
    pledge_to_review(candidate_list__contest__region=region, candidate_list__contest__election__past=True)

    with time_machine.travel(datetime.datetime(2021, 6, 19, 12, tzinfo=datetime.UTC)):
        enter(desk, region.networks.get().memberships.get().user)
        page = text_of(desk.get(QUEUE))

    assert "Silence électoral jusqu’au 20 juin 2021" in page.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, "Rien n’attend."),
        ({"q": "inconnue"}, "Aucun engagement ne répond à « inconnue » ici."),
        ({"etat": "suspended"}, "Aucun engagement ici."),
    ],
    ids=str,
)
def test_an_empty_queue_says_something_useful(desk, query, words):
    page = text_of(desk.get(QUEUE, query))

    assert words in page.replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("count", [10, 1_000])
def test_queries_of_a_long_queue_are_the_same(desk, here, count, django_assert_num_queries):
    contest = here.candidate_list.contest
    lists = CandidateListFactory.build_batch(count - 1, contest=contest)
    made = type(lists[0]).objects.bulk_create(lists)
    Pledge.objects.bulk_create(
        Pledge(
            charter=here.charter,
            candidate_list=candidate_list,
            state=PledgeState.IN_REVIEW,
            submitted_at=here.submitted_at,
            confirmed_at=here.confirmed_at,
        )
        for candidate_list in made
    )

    with django_assert_num_queries(14):
        response = desk.get(QUEUE)

    assert response.context["cl"].result_count == count


# --- The reasons written once ---


@pytest.fixture
def coordinator(region):
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, role=Role.COORDINATOR).network.regions.add(region)
    return user


REASONS = reverse("admin:pledges_decisionreason_changelist")
TYPED = {"title": "Un motif", "text": "Un texte.", "is_for_declining": "on", "position": "1", "is_in_use": "on"}


def reason_page(reason):
    return reverse("admin:pledges_decisionreason_change", args=[reason.pk])


def test_a_coordinator_writes_the_reasons_of_their_regions_and_no_others(client, coordinator, region):
    enter(client, coordinator)
    add, elsewhere = reverse("admin:pledges_decisionreason_add"), RegionFactory()

    statuses = [client.post(add, {**TYPED, "region": key}).status_code for key in ("", elsewhere.pk, region.pk)]

    assert statuses == [200, 200, 302]
    assert list(DecisionReason.objects.exclude(region=None).values_list("region", flat=True)) == [region.pk]


def test_a_national_reason_is_the_administrators_to_change(client, coordinator, region):
    enter(client, coordinator)
    national, own, foreign = (DecisionReasonFactory(region=it) for it in (None, region, RegionFactory()))

    to_coordinator = [client.get(reason_page(it)).status_code for it in (national, own, foreign)]
    posted = client.post(reason_page(national), {**TYPED, "region": region.pk}).status_code
    enter(client, UserFactory(is_staff=True, is_superuser=True))
    to_administrator = [client.get(reason_page(it)).status_code for it in (national, own, foreign)]

    assert (to_coordinator, posted, to_administrator) == ([200, 200, 404], 404, [200, 200, 200])
    assert DecisionReason.objects.get(pk=national.pk).title == national.title


def test_every_member_reads_the_national_reasons(desk, region):
    DecisionReason.objects.all().delete()  # those that the portal comes with
    national, own = DecisionReasonFactory(region=None), DecisionReasonFactory(region=region)
    DecisionReasonFactory(region=RegionFactory())

    register, page = desk.get(REASONS), desk.get(reason_page(national)).text
    territory = reverse("admin:regions_region_change", args=[region.pk])

    assert set(register.context["cl"].result_list) == {national, own}
    assert [str(link.label) for link in register.context["desk_links"] if link.is_current] == ["Motifs"]
    assert ("toutes les régions" in page, 'name="_save"' in page) == (True, False)
    assert territory not in desk.get(reason_page(own)).text


def test_who_is_of_no_network_reads_no_national_reason():
    DecisionReasonFactory(region=None)

    assert not DecisionReason.objects.visible_to(UserFactory(is_staff=True)).exists()


def test_a_moderator_reads_the_reasons_and_writes_none(desk, region):
    reason = DecisionReasonFactory(region=region)

    posted = desk.post(reason_page(reason), {**TYPED, "region": region.pk})

    assert desk.get(reason_page(reason)).status_code == 200
    assert posted.status_code == 404
    assert desk.get(reverse("admin:pledges_decisionreason_add")).status_code == 404
    assert DecisionReason.objects.get(pk=reason.pk).text == reason.text


def test_who_coordinates_here_and_moderates_there_writes_here_alone(client, coordinator, region):
    there = RegionFactory()
    MembershipFactory(user=coordinator).network.regions.add(there)
    enter(client, coordinator)

    statuses = [
        client.post(reason_page(DecisionReasonFactory(region=it)), {**TYPED, "region": it.pk}).status_code
        for it in (region, there)
    ]

    assert statuses == [302, 404]
