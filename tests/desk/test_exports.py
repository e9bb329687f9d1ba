"""What a network takes away: its own territory, under the filters shown, no contact data, no formula."""

import csv
import io
import time
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from pledges.enums import Act, Answer
from pledges.models import CandidateList, JournalEntry, Pledge
from regions.admin import proof
from regions.admin.proof import PROVED_AT
from tests.desk.acts import enter
from tests.desk.rows import MAKERS
from tests.pledges.factories import (
    CandidateListFactory,
    CommitmentFactory,
    ContestFactory,
    PledgeFactory,
    SignatoryFactory,
)
from tests.pledges.rounds import merge
from tests.regions.factories import UserFactory

pytestmark = pytest.mark.django_db

PLEDGES = reverse("admin:pledges_pledge_export")
LISTS = reverse("admin:pledges_candidatelist_export")
JOURNAL = reverse("admin:pledges_journalentry_export")

FORMULAS = [
    "=1+1",
    '=HYPERLINK("http://example.org";"x")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "+cmd|' /C calc'!A0",
    "-1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "@SOMME(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "  +1",
    "\u00a0=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(1)",
    '=IMPORTXML(CONCAT("//x";A1);"//a")',
]


def rows_of(response):
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


@pytest.fixture
def administration(client):
    return enter(client, UserFactory(is_staff=True, is_superuser=True))


def test_pledges_leave_with_their_states_and_answers_and_without_contact_data(desk, place):
    pledge = PledgeFactory(
        published=True,
        candidate_list__contest=place.contest,
        candidate_list__name="Liste d’essai",
        answers={1: Answer.COMMITS, 2: Answer.DECLINES},
    )
    pledge.commitments.filter(principle__number=1).update(statement="Une phrase ; deux.")
    SignatoryFactory(pledge=pledge, mandatary=True, candidate=None, email="privee@example.org", phone="0102030405")
    PledgeFactory(published=True, answers={1: Answer.COMMITS})

    response = desk.get(PLEDGES, {"etat": "tous"})
    [row] = rows_of(response)

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="engagements-')
    told = {
        name: row[name] for name in ("région", "liste", "état", "principe 1", "phrase 1", "principe 2", "principe 3")
    }
    assert told == {
        "région": place.region.name,
        "liste": "Liste d’essai",
        "état": "publié",
        "principe 1": "s’engage",
        "phrase 1": "Une phrase ; deux.",
        "principe 2": "ne s’engage pas",
        "principe 3": "",
    }
    assert [value for value in row.values() if "privee@" in value or "0102030405" in value] == []


def test_answers_that_nobody_has_confirmed_stay_at_home(desk, place):
    PledgeFactory(candidate_list__contest=place.contest, answers={1: Answer.COMMITS})

    [row] = rows_of(desk.get(PLEDGES, {"etat": "tous"}))

    assert (row["état"], row["principe 1"]) == ("à confirmer par courriel", "")


def test_an_export_holds_what_the_page_shows(desk, place):
    PledgeFactory(in_review=True, candidate_list__contest=place.contest)
    PledgeFactory(published=True, candidate_list__contest=place.contest)
    PledgeFactory(in_review=True)

    states = {
        state: [row["état"] for row in rows_of(desk.get(PLEDGES, {"etat": state} if state else {}))]
        for state in ("", "published", "declined")
    }

    assert states == {"": ["en cours de vérification"], "published": ["publié"], "declined": []}


def test_an_export_holds_all_the_pages_of_a_register(desk, place):
    for panel in range(60):
        CandidateListFactory(contest=place.contest, panel_number=panel + 1)

    rows = rows_of(desk.get(LISTS, {"p": "2"}))

    assert [row["panneau"] for row in rows] == [str(panel) for panel in range(1, 61)]


def test_lists_leave_with_what_they_were_asked_and_answered(desk, place):
    MAKERS[CandidateList](place, 2)
    CandidateListFactory()

    rows = rows_of(desk.get(LISTS))

    told = [(row["liste"], row["par quel moyen"], row["relances"], row["engagement de la liste"]) for row in rows]
    assert told == [("Liste 0", "courriel", "0", "pas de réponse"), ("Liste 1", "", "0", "pas de réponse")]


def test_the_journal_leaves_without_what_people_wrote(desk, place):
    MAKERS[JournalEntry](place, 2)
    elsewhere = ContestFactory().region
    JournalEntry.objects.create(act=Act.PLEDGE_DECLINED, at=timezone.now(), region=elsewhere)

    rows = rows_of(desk.get(JOURNAL))

    assert [(row["acte"], row["par"], "motif" in row) for row in rows] == [
        ("engagement publié", str(place.moderator), False)
    ] * 2


@pytest.mark.parametrize("payload", FORMULAS)
def test_no_cell_is_a_formula_and_what_was_typed_is_read_again(desk, place, payload):
    pledge = PledgeFactory(published=True, candidate_list__contest=place.contest, candidate_list__name=payload)
    CommitmentFactory(pledge=pledge, statement=payload)

    [row] = rows_of(desk.get(PLEDGES, {"etat": "tous"}))

    assert (row["liste"], row["phrase 1"]) == (f"'{payload}", f"'{payload}")
    assert row["liste"].removeprefix("'") == payload


def test_each_export_is_in_the_journal_with_its_count(desk, place, moderator):
    MAKERS[CandidateList](place, 3)

    rows_of(desk.get(LISTS))

    assert list(JournalEntry.objects.values_list("act", "by", "region", "details")) == [
        (Act.TABLE_EXPORTED, moderator.pk, place.region.pk, {"table": "candidatelist", "rows": 3})
    ]


def test_an_export_of_the_administrators_is_read_by_them_alone(administration, place):
    rows_of(administration.get(LISTS))

    assert list(JournalEntry.objects.values_list("region", flat=True)) == [None]


@pytest.mark.parametrize("address", [PLEDGES, LISTS, JOURNAL])
def test_an_export_asks_again_who_is_there(desk, address, monkeypatch):
    monkeypatch.setattr(proof, "reverse", lambda name: f"/{name}/")
    session = desk.session
    session[PROVED_AT] = time.time() - 3600
    session.save()

    response = desk.get(address, {"etat": "tous"})

    assert (response.status_code, response.url) == (
        302,
        f"/admin:prove/?{urlencode({'next': f'{address}?etat=tous'})}",
    )
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize("address", [PLEDGES, LISTS, JOURNAL])
def test_who_has_no_territory_takes_nothing_away(client, address):
    enter(client, UserFactory(is_staff=True))

    assert (client.get(address).status_code, JournalEntry.objects.count()) == (404, 0)


@pytest.mark.parametrize("count", [10, 400])
@pytest.mark.parametrize(("model", "address"), [(Pledge, PLEDGES), (CandidateList, LISTS), (JournalEntry, JOURNAL)])
def test_an_export_asks_as_many_questions_for_many_rows(desk, place, model, address, count, django_assert_num_queries):
    MAKERS[model](place, count)

    with django_assert_num_queries(QUERIES[model]):
        rows = rows_of(desk.get(address))

    assert len(rows) >= count


# Of the register, then its rows, what they need by the five hundred, and the journal.
QUERIES = {Pledge: 20, CandidateList: 17, JournalEntry: 17}


def test_the_button_of_a_register_keeps_its_filters(desk, place):
    page = desk.get(reverse("admin:pledges_pledge_changelist"), {"etat": "published"}).content.decode()

    assert f'href="{PLEDGES}?etat=published"' in page


def test_the_table_of_lists_says_what_each_became_in_the_second_round(desk, place):
    parents = [CandidateListFactory(contest=place.contest, headed=True, name=name) for name in ("Une", "Deux")]
    merge(*parents, name="Ensemble")

    rows = rows_of(desk.get(LISTS))

    assert {(row["liste"], row["tour"], row["au second tour"]) for row in rows} == {
        ("Une", "premier tour", "fusionnée dans « Ensemble »"),
        ("Deux", "premier tour", "fusionnée dans « Ensemble »"),
        ("Ensemble", "second tour", "second tour : issue de « Une » et « Deux »"),
    }
