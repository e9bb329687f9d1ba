"""Six months after its mandate, an election is read and edited no more: by anyone, through any door."""

import datetime

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from pledges.actions import asking, elected, importing, inviting, matching, results, review, signing
from pledges.archives import ArchivedError
from pledges.enums import Channel, IdentityCheck, MandateMatch, PledgeState
from pledges.models import JournalEntry, Nuance
from pledges.official_files import FileRefusedError
from tests.desk.acts import enter
from tests.pledges import elected_files
from tests.pledges.factories import (
    CandidateFactory,
    CandidateListFactory,
    ContestFactory,
    ElectedOfficialFactory,
    ElectionFactory,
    NuanceFactory,
    PledgeFactory,
)
from tests.pledges.test_views import text_of
from tests.regions.factories import RegionFactory, UserFactory

pytestmark = pytest.mark.django_db

SINCE = datetime.date(2028, 10, 1)  # 184 days after 31 March 2028
SENTENCE = "est une archive depuis le 1er octobre 2028 : elle se lit, et ne se modifie plus."


@pytest.fixture
def contest():
    region = RegionFactory(code="53", name="Bretagne")
    return ContestFactory(region=region, code="53", election=ElectionFactory(slug="essai", past=True))


@pytest.fixture
def archived(contest):
    """The first day of the archive, at noon in Paris."""
    with time_machine.travel(datetime.datetime.combine(SINCE, datetime.time(10, tzinfo=datetime.UTC)), tick=False):
        yield contest


@pytest.mark.parametrize(("on", "is_archived"), [(SINCE - datetime.timedelta(days=1), False), (SINCE, True)])
def test_an_election_is_an_archive_the_day_after_the_last_day_of_contacts(contest, on, is_archived):
    with time_machine.travel(datetime.datetime.combine(on, datetime.time(10, tzinfo=datetime.UTC)), tick=False):
        assert contest.election.is_archived is is_archived
        assert list(type(contest.election).objects.archived()) == [contest.election] * is_archived
    assert contest.election.archived_on == SINCE


# --- What is decided ---

BY = {
    "publish": lambda pledge, by: review.publish(pledge, by=by, identity_check=IdentityCheck.CALL_BACK),
    "decline": lambda pledge, by: review.decline(pledge, by=by, reason="Un motif."),
    "suspend": lambda pledge, by: review.suspend(pledge, by=by, reason="Un motif."),
    "resume": lambda pledge, by: review.resume(pledge, by=by),
    "note": lambda pledge, by: asking.note(pledge, by=by, text="Une note."),
    "ask": lambda pledge, by: asking.ask(pledge, pledge.signatories.get(), by=by, text="Est-ce vous ?"),
    "match": lambda pledge, by: matching.match(pledge, pledge.candidate_list, by=by),
}
FROM = {"publish": "in_review", "decline": "in_review", "ask": "in_review", "match": "in_review", "resume": "suspended"}


@pytest.mark.parametrize("act", BY)
def test_nothing_is_decided_about_a_pledge_of_an_archive(archived, act):
    state = FROM.get(act, "published")
    pledge = PledgeFactory(candidate_list=CandidateListFactory(contest=archived), signed=True, **{state: True})

    with pytest.raises(ArchivedError, match="est une archive"):
        BY[act](pledge, UserFactory())

    pledge.refresh_from_db()
    assert (pledge.state, JournalEntry.objects.count()) == (state, 0)


def test_answers_are_amended_no_more_and_a_pledge_is_withdrawn_all_the_same(archived):
    pledge = PledgeFactory(candidate_list=CandidateListFactory(contest=archived), signed=True, published=True)

    with pytest.raises(signing.SigningClosedError, match="est une archive"):
        signing.amend(pledge.signatories.get(), replies={})
    signing.withdraw(pledge)

    pledge.refresh_from_db()
    assert pledge.state == PledgeState.WITHDRAWN


def test_no_official_file_enters_an_archive(archived):
    source = ContentFile(elected_files.text([elected_files.councillor("EXEMPLE")]), name="essai.txt")
    refusals = []
    for take in (importing.import_candidates, elected.import_elected, results.import_results):
        text = b"Code r\xc3\xa9gion;Panneau;Voix T1\n53;1;1\n"
        file = ContentFile(text, name="essai.csv") if take is results.import_results else source
        with pytest.raises(FileRefusedError) as caught:
            take(archived.election, file)
        refusals.append(str(caught.value).replace("\xa0", " "))

    assert refusals == [f"« {archived.election} » {SENTENCE}"] * 3


def test_no_list_is_asked_in_an_archive(archived):
    row = CandidateListFactory(contest=archived)

    with pytest.raises(inviting.CannotInviteError, match="est une archive"):
        inviting.record_invitations(
            archived, [row], by=UserFactory(), asked_on=timezone.localdate(), channel=Channel.EMAIL
        )


def test_who_was_elected_is_decided_no_more(archived):
    official = ElectedOfficialFactory(contest=archived, match=MandateMatch.UNSURE)

    with pytest.raises(elected.CannotDecideError, match="est une archive"):
        elected.decide(official, None, by=UserFactory())


# --- The desk ---


@pytest.fixture
def administration(client, archived):
    return enter(client, UserFactory(is_staff=True, is_superuser=True))


def test_an_archived_election_is_read_only_at_the_desk_and_says_why(administration, archived):
    page = reverse("admin:pledges_election_change", args=[archived.election.pk])

    shown = administration.get(page)
    answer = administration.post(page, {"name": "Autre nom"})

    archived.election.refresh_from_db()
    assert SENTENCE in text_of(shown)
    assert 'name="name"' not in shown.content.decode()
    assert (answer.status_code, archived.election.name) == (404, archived.election.name)
    assert archived.election.name != "Autre nom"


def test_a_nuance_of_an_archive_is_read_only_too(administration, archived):
    nuance = NuanceFactory(election=archived.election, label="Ce que dit le ministère")

    administration.post(reverse("admin:pledges_nuance_change", args=[nuance.pk]), {"label": "Autre"})

    assert Nuance.objects.get().label == "Ce que dit le ministère"


def test_an_election_without_contests_whose_dates_were_mistyped_is_still_edited(administration):
    mistyped = ElectionFactory(past=True)

    page = administration.get(reverse("admin:pledges_election_change", args=[mistyped.pk]))

    assert 'name="name"' in page.content.decode()


def test_a_decision_refused_in_an_archive_is_a_sentence_on_the_page_of_the_pledge(administration, archived):
    pledge = PledgeFactory(candidate_list=CandidateListFactory(contest=archived), signed=True, published=True)
    page = reverse("admin:pledges_pledge_change", args=[pledge.pk])

    answer = administration.post(
        page, {"CHANGE_FORM-action": "suspend", "_selected_action": pledge.pk, "suspend-words": "Un doute est à lever."}
    )

    pledge.refresh_from_db()
    assert SENTENCE in text_of(answer)
    assert "Un doute est à lever." in answer.content.decode()
    assert pledge.state == PledgeState.PUBLISHED


# --- The public ---


def test_the_pages_of_an_archive_stay_and_say_so(client, archived):
    pledge = PledgeFactory(candidate_list=CandidateListFactory(contest=archived, headed=True), published=True)
    row = pledge.candidate_list
    person = CandidateFactory(candidate_list=row)
    pages = [row, person, archived, archived.election]

    shown = [text_of(client.get(page.get_absolute_url())) for page in pages]

    words = "Le mandat s’est terminé le 31 mars 2028. Depuis le 1er octobre 2028, cette page reste telle qu’elle était"
    assert [words in page for page in shown] == [True] * 4
    assert "signataire depuis le" in shown[0]


def test_the_pages_of_a_mandate_say_nothing_of_archives(client, contest):
    row = CandidateListFactory(contest=contest)

    assert "cette page reste telle" not in text_of(client.get(row.get_absolute_url()))
