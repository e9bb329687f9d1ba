"""What the public reads of the requests, and the table that any list may be shown."""

import csv
import datetime
import io
import zipfile
from xml.etree import ElementTree

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from pledges import calendar, requests_table
from pledges.actions.inviting import record_invitations
from pledges.asked import asked_in
from pledges.enums import Act, Channel, InvitationOutcome
from pledges.models import Contest, Invitation, JournalEntry, Pledge
from regions.models import Revision
from regions.ods_cells import workbook
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

MAY = datetime.date(2028, 5, 12)
NO_BREAK = {"\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " "}


@pytest.fixture
def contest(bretagne):
    return ContestFactory(region=bretagne)


@pytest.fixture
def rows(contest):
    return [CandidateListFactory(contest=contest, panel_number=number, name=f"Liste {number}") for number in (1, 2, 3)]


def by_hand(row, on, channel=Channel.PHONE):
    return Invitation.objects.create(
        candidate_list=row, asked_on=on, channel=channel, recorded_at=timezone.now(), recorded_by=UserFactory()
    )


def by_campaign(row, campaign, number, at, **more):
    return Invitation.objects.create(
        **{
            "campaign": campaign,
            "candidate_list": row,
            "number": number,
            "contact": row.contacts.first() or ListContactFactory(candidate_list=row),
            "fingerprint": "ab" * 32,
            "channel": Channel.EMAIL,
            "recorded_at": at,
            "recorded_by": campaign.launched_by,
            "sent_at": at,
            "asked_on": at.date(),
            **more,
        }
    )


def sentence(contest, total=3):
    lists = list(contest.lists.standing().in_panel_order())[:total]
    found = asked_in(contest, lists, silence=calendar.silence_in(contest.region))
    return found and str(found)


def test_nothing_is_said_before_anything_was_asked(contest, rows):
    assert sentence(contest) is None


def test_the_sentence_counts_lists_and_names_days(contest, rows):
    for row in rows:
        by_hand(row, MAY)
    by_hand(rows[0], MAY + datetime.timedelta(days=7))
    by_hand(rows[1], MAY + datetime.timedelta(days=14))

    assert sentence(contest) == (
        "3 listes sur 3 sollicitées le 12 mai 2028 ; relances le 19 mai 2028 et le 26 mai 2028."
    )


def test_many_days_are_said_by_the_first_and_the_last(contest):
    for days in range(5):
        by_hand(CandidateListFactory(contest=contest), MAY + datetime.timedelta(days=days))

    assert sentence(contest, 13) == "5 listes sur 5 sollicitées entre le 12 mai 2028 et le 16 mai 2028."


def test_what_waits_or_did_not_arrive_is_not_counted(contest, rows):
    campaign = CampaignFactory(election=contest.election, region=contest.region, running=True)
    at = datetime.datetime(2028, 5, 12, 10, tzinfo=datetime.UTC)
    by_campaign(rows[0], campaign, 0, at)
    by_campaign(rows[1], campaign, 0, at, outcome=InvitationOutcome.UNDELIVERED, undelivered_at=at)
    by_campaign(rows[2], campaign, 0, at, outcome=InvitationOutcome.WAITING, sent_at=None, asked_on=None)

    assert sentence(contest) == "1 liste sur 3 sollicitée le 12 mai 2028."


def test_the_silence_lets_nothing_of_it_change(bretagne):
    election = ElectionFactory(in_2028=True)
    contest = ContestFactory(region=bretagne, election=election)
    rows = CandidateListFactory.create_batch(2, contest=contest)
    campaign = CampaignFactory(election=election, region=bretagne, running=True)
    with time_machine.travel(datetime.datetime(2028, 3, 10, 12, tzinfo=datetime.UTC), tick=False) as clock:
        sent = by_campaign(rows[0], campaign, 0, timezone.now())
        before = sentence(contest, 2)
        clock.move_to(datetime.datetime(2028, 3, 11, 12, tzinfo=datetime.UTC))
        Invitation.objects.filter(pk=sent.pk).mark_undelivered(timezone.now(), "Returned 5.1.1")
        by_hand(rows[1], datetime.date(2028, 3, 9))
        during = sentence(contest, 2)
        clock.move_to(datetime.datetime(2028, 3, 12, 19, tzinfo=datetime.UTC))
        after = sentence(contest, 2)

    assert before == during == "1 liste sur 2 sollicitée le 10 mars 2028."
    assert after == "1 liste sur 2 sollicitée le 9 mars 2028."


@pytest.mark.parametrize(("early", "said"), [(1, "1 avait déjà répondu"), (2, "2 avaient déjà répondu")])
def test_lists_that_had_signed_before_anybody_asked_are_said_apart(client, contest, rows, early, said):
    by_hand(rows[0], MAY)
    for row in rows[-early:]:
        PledgeFactory(candidate_list=row, published=True)

    address = reverse("contest", args=[contest.election.slug, contest.slug])
    page = client.get(address).content.decode().translate(str.maketrans(NO_BREAK))

    assert f"1 liste sur 3 sollicitée le 12 mai 2028 ; {said}." in page


def test_what_is_not_published_yet_is_told_of_nobody(client, contest, rows):
    by_hand(rows[0], MAY)
    PledgeFactory(candidate_list=rows[1], in_review=True)

    address = reverse("contest", args=[contest.election.slug, contest.slug])
    page = client.get(address).content.decode().translate(str.maketrans(NO_BREAK))

    assert "1 liste sur 3 sollicitée le 12 mai 2028." in page


@pytest.mark.parametrize("name", ["region", "contest"])
def test_the_territory_s_pages_say_it(client, contest, rows, name):
    by_hand(rows[0], MAY)
    arguments = [contest.region.slug] if name == "region" else [contest.election.slug, contest.slug]

    page = client.get(reverse(name, args=arguments)).content.decode().translate(str.maketrans(NO_BREAK))

    assert "1 liste sur 3 sollicitée le 12 mai 2028." in page


# --- The table ---


@pytest.fixture
def desk(client, bretagne):
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, network=NetworkFactory(regions=[bretagne]))
    enter(client, user)
    return client


@pytest.fixture
def history(contest, rows):
    """A list asked twice by a campaign, one whose mail came back, one asked by telephone."""
    campaign = CampaignFactory(election=contest.election, region=contest.region, running=True)
    at = datetime.datetime(2028, 5, 12, 10, tzinfo=datetime.UTC)
    week = datetime.timedelta(days=7)
    by_campaign(rows[0], campaign, 0, at)
    by_campaign(rows[0], campaign, 1, at + week, refused_at=at + 2 * week)
    returned = {"outcome": InvitationOutcome.UNDELIVERED, "undelivered_at": at, "trouble": "Returned 5.1.1"}
    by_campaign(rows[1], campaign, 0, at, **returned)
    by_hand(rows[1], MAY + week)
    return contest


PRINT = "ab" * 32
LINES = [
    ["1", "Liste 1", "sollicitation", "2028-05-12", "12 h 00", "courriel", PRINT, "faite"],
    [
        "1", "Liste 1", "1re relance", "2028-05-19", "12 h 00", "courriel", PRINT,
        "faite ; la liste ne souhaite plus être sollicitée",
    ],
    [
        "2", "Liste 2", "sollicitation", "2028-05-12", "12 h 00", "courriel", PRINT,
        "non remise : l’adresse n’existe pas : le courrier est revenu",
    ],
    ["2", "Liste 2", "sollicitation", "2028-05-19", "", "téléphone", "", "faite"],
    ["3", "Liste 3", "", "", "", "", "", "pas encore sollicitée"],
]  # fmt: skip


def test_the_table_says_all_that_was_asked_of_each_list(desk, history):
    answer = desk.get(reverse("admin:pledges_contest_requests_csv", args=[history.pk]))

    text = answer.content.decode("utf-8-sig").translate(str.maketrans(NO_BREAK))
    _header, *lines = csv.reader(io.StringIO(text), delimiter=";")
    assert lines == LINES
    entry = JournalEntry.objects.get(act=Act.TABLE_EXPORTED)
    assert (entry.region, entry.details) == (history.region, {"table": "invitation", "rows": 5})


def test_the_same_table_opens_as_a_spreadsheet(desk, history):
    answer = desk.get(reverse("admin:pledges_contest_requests_ods", args=[history.pk]))

    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        content = ElementTree.fromstring(archive.read("content.xml"))
        first = archive.infolist()[0]
    rows = [["".join(cell.itertext()) for cell in row] for row in content.iter() if row.tag.endswith("}table-row")]
    assert [[cell.translate(str.maketrans(NO_BREAK)) for cell in row] for row in rows[1:]] == LINES
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)


def test_a_spreadsheet_holds_words_whatever_they_are():
    file = workbook("<&\x00>", ["a"], [["=1+1\x07 <b> & \ud800", 3, None]])

    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        content = archive.read("content.xml").decode()
    assert "<text:p>=1+1 &lt;b&gt; &amp; </text:p>" in content
    ElementTree.fromstring(content)


def test_the_table_on_the_page_holds_no_address(desk, history):
    page = desk.get(reverse("admin:pledges_contest_requests", args=[history.pk])).content.decode()

    assert PRINT in page
    assert "@example.org" not in page


def test_elsewhere_there_is_no_table(desk, normandie):
    contest = ContestFactory(region=normandie)
    names = ("requests", "requests_csv", "requests_ods")

    answers = [desk.get(reverse(f"admin:pledges_contest_{name}", args=[contest.pk])).status_code for name in names]

    assert answers == [404] * 3
    assert not JournalEntry.objects.filter(act=Act.TABLE_EXPORTED).exists()


def test_the_desk_says_of_a_list_that_answered_first_that_it_had(desk, contest, rows):
    by_hand(rows[0], MAY)
    pledge = PledgeFactory(candidate_list=rows[1], in_review=True)
    Pledge.objects.filter(pk=pledge.pk).update(
        confirmed_at=datetime.datetime(2028, 5, 3, 23, tzinfo=datetime.UTC)  # the 4th in Paris
    )

    table = [line.outcome for line in requests_table.requests_of(contest)]
    still = desk.get(reverse("admin:pledges_candidatelist_changelist"), {"sollicitee": "non"}).context["cl"].result_list
    register = desk.get(reverse("admin:pledges_contest_changelist")).content.decode().translate(str.maketrans(NO_BREAK))

    assert table == ["faite", "avait déjà répondu le 4 mai 2028", "pas encore sollicitée"]
    assert list(still) == [rows[2]]
    assert "1 sur 3 ; 1 avait déjà répondu" in register


@pytest.mark.parametrize("count", [1, 9])
def test_the_table_asks_as_many_queries_for_few_lists_as_for_many(contest, django_assert_num_queries, count):
    for row in CandidateListFactory.create_batch(count, contest=contest):
        by_hand(row, MAY)
    contest = Contest.objects.select_related("region").get(pk=contest.pk)

    with django_assert_num_queries(3):
        assert len(requests_table.requests_of(contest)) == count


def test_noting_a_request_moves_the_public_pages(contest, rows):
    before = Revision.current()

    record_invitations(contest, rows, by=UserFactory(), asked_on=timezone.localdate(), channel=Channel.POST)

    assert Revision.current() == before + 1
