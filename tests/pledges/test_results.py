"""Importing results: whole or not at all, for one round or both, and never before the polls have closed."""

import datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from pledges import calendar
from pledges.actions.results import ResultCounts, import_results
from pledges.enums import Act, ElectionKind, ListKind, Round
from pledges.models import JournalEntry, Result
from pledges.official_files import FileRefusedError
from pledges.outcomes import outcomes_of
from regions.models import Revision
from tests.pledges.factories import CandidateListFactory, ContestFactory, ElectionFactory
from tests.regions.factories import DepartmentFactory, RegionFactory

pytestmark = pytest.mark.django_db

BOTH = "region_code,panneau,liste_code,voix_t1,voix_t2,sieges_t2\n"


@pytest.fixture
def contest():
    region = RegionFactory(code="53", name="Bretagne")
    RegionFactory(code="01", name="Guadeloupe")
    contest = ContestFactory(
        region=region, code="53", election=ElectionFactory(slug="essai", name="Régionales d’essai", past=True)
    )
    for panel, code in ((1, "7"), (2, "4"), (3, "12")):
        CandidateListFactory(contest=contest, panel_number=panel, official_code=code, name=f"Liste d’essai {panel}")
    return contest


def import_text(contest, text, **options):
    return import_results(contest.election, ContentFile(text.encode(), name="essai.csv"), **options)


def refusal(contest, text, **options):
    with pytest.raises(FileRefusedError) as caught:
        import_text(contest, text, **options)
    return [str(problem) for problem in caught.value.problems] or str(caught.value)


def told():
    """Panel, round, votes, seats of each result."""
    fields = ("candidate_list__panel_number", "round", "votes", "seats")
    return list(Result.objects.in_panel_order().values_list(*fields))


def test_a_file_of_both_rounds_gives_each_list_its_votes_in_those_where_it_stood(contest):
    report = import_text(contest, BOTH + "53,1,7,45110,77475,28\n53,2,4,3131,,\n53,3,12,1 069,29485,13\n")

    assert told() == [(1, 1, 45110, None), (2, 1, 3131, None), (3, 1, 1069, None), (1, 2, 77475, 28), (3, 2, 29485, 13)]
    assert report.rounds == {Round.FIRST: ResultCounts(created=3), Round.SECOND: ResultCounts(created=2)}


def test_the_same_file_again_changes_nothing_and_a_corrected_one_corrects(contest):
    text = BOTH + "53,1,7,10,5,2\n53,2,4,20,,\n53,3,12,30,6,\n"
    import_text(contest, text)
    revision = Revision.current()

    again = import_text(contest, text)
    unmoved = Revision.current()
    corrected = import_text(contest, text.replace("20,,", "21,,"))

    assert (again.changed, again.total, unmoved) == (False, ResultCounts(unchanged=5), revision)
    assert (corrected.total, told()[1]) == (ResultCounts(updated=1, unchanged=4), (2, 1, 21, None))
    assert Revision.current() > revision


def test_votes_corrected_by_a_file_without_seats_leave_the_seats(contest):
    import_text(contest, BOTH + "53,1,7,10,5,2\n53,2,4,20,,\n53,3,12,30,6,1\n")

    import_text(contest, "Code région;Panneau;Voix\n53;1;50\n53;3;60\n", one_round=Round.SECOND)

    assert told()[3:] == [(1, 2, 50, 2), (3, 2, 60, 1)]


def test_each_contest_that_changes_has_its_entry_in_the_journal(contest):
    text = BOTH + "53,1,7,10,5,2\n53,2,4,20,,\n53,3,12,30,6,1\n"
    report = import_text(contest, text)
    import_text(contest, text)

    [entry] = JournalEntry.objects.filter(act=Act.RESULTS_IMPORTED)
    assert (entry.region, entry.election) == (contest.region, contest.election)
    assert entry.details == {
        "contest": contest.pk, "file": "essai.csv", "sha256": report.sha256, "created": 5, "updated": 0,
    }  # fmt: skip


def test_a_preview_says_what_would_change_and_writes_nothing(contest):
    revision = Revision.current()

    report = import_text(contest, BOTH + "53,1,7,10,,\n53,2,4,20,,\n53,3,12,30,,\n", dry_run=True)

    assert report.total == ResultCounts(created=3)
    assert (told(), Revision.current(), JournalEntry.objects.count()) == ([], revision, 0)


@pytest.mark.parametrize(
    ("rows", "reasons"),
    [
        (
            "53,1,7,10,,\n53,2,99,20,,\n53,3,12,30,,\n",
            [
                "ligne 2 : la liste « Liste d’essai 2 » n’a pas de résultat au premier tour",
                "ligne 3 : aucune liste de Bretagne n’a ce code et ce panneau : 99, 2",
            ],
        ),
        (
            "53,2,7,10,,\n53,1,4,20,,\n53,3,12,30,,\n",
            [
                "ligne 2 : aucune liste de Bretagne n’a ce code et ce panneau : 7, 2",
                "ligne 2 : la liste « Liste d’essai 1 » n’a pas de résultat au premier tour",
                "ligne 2 : la liste « Liste d’essai 2 » n’a pas de résultat au premier tour",
                "ligne 3 : aucune liste de Bretagne n’a ce code et ce panneau : 4, 1",
            ],
        ),
        ("53,1,7,dix,,\n", ["ligne 2 : nombre de voix « dix » : un nombre entier est attendu"]),
        ("53,1,7,-10,,\n", ["ligne 2 : nombre de voix « -10 » : un nombre entier est attendu"]),
        ("53,1,7,99999999999,,\n", ["ligne 2 : nombre de voix « 99999999999 » : un nombre entier est attendu"]),
        ("53,1,7,10,5,x\n", ["ligne 2 : nombre de sièges « x » : un nombre entier est attendu"]),
        ("53,1,7,10,,\n53,1,07,20,,\n", ["ligne 3 : cette liste a déjà un résultat, ligne 2"]),
        ("99,1,7,10,,\n", ["ligne 2 : région inconnue : « 99 »"]),
        ("01,1,7,10,,\n", ["ligne 2 : « Régionales d’essai » n’a pas de circonscription de ce code : 01"]),
        ("53,,,10,,\n", ["ligne 2 : code de liste manquant"]),
        ("53,1,7\n", ["ligne 2 : 3 colonnes au lieu de 6"]),
        ("", "Ce fichier n’a que des en-têtes : aucun résultat."),
    ],
)
def test_each_bad_row_is_named_and_nothing_is_written(contest, rows, reasons):
    assert refusal(contest, BOTH + rows) == reasons
    assert not Result.objects.exists()


def test_a_file_of_one_round_asks_which(contest):
    assert refusal(contest, "Code région;Panneau;Voix\n53;1;50\n") == (
        "Ce fichier ne dit pas de quel tour il parle : ajoutez --round 1 ou --round 2."
    )


def test_a_file_without_votes_is_refused_with_the_headers_that_would_do(contest):
    assert refusal(contest, "Code région;Panneau;Sièges\n53;1;50\n").startswith("Aucune colonne de voix : « Voix » (ou")


def test_one_round_of_a_file_that_has_both_is_read_alone(contest):
    import_text(contest, BOTH + "53,1,7,10,5,2\n53,2,4,20,,\n53,3,12,30,6,1\n", one_round=Round.FIRST)

    assert {round_ for _panel, round_, _votes, _seats in told()} == {1}


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Guadeloupe", "Indian/Mayotte"])
def test_results_wait_for_the_close_of_the_polls_by_the_local_clock(contest, zone):
    contest.region.time_zone = zone
    contest.region.save()
    closing = datetime.datetime(2021, 6, 20, 20, tzinfo=ZoneInfo(zone))
    text = BOTH + "53,1,7,10,,\n53,2,4,20,,\n53,3,12,30,,\n"

    with time_machine.travel(closing - datetime.timedelta(seconds=1), tick=False):
        refused = refusal(contest, text)
        before = calendar.counted_rounds(contest.election, contest.region)
    with time_machine.travel(closing, tick=False):
        import_text(contest, text)
        after = calendar.counted_rounds(contest.election, contest.region)

    assert refused == ["ligne 2 : premier tour : les bureaux de vote ne sont pas encore fermés (Bretagne)"]
    assert (before, after, len(told())) == ([], [Round.FIRST], 3)


def test_the_command_says_what_it_did_in_counts(contest, tmp_path):
    file = tmp_path / "resultats.csv"
    file.write_text(BOTH + "53,1,7,10,5,2\n53,2,4,20,,\n53,3,12,30,6,1\n")
    out = StringIO()

    call_command("import_results", str(file), "--election", "essai", stdout=out)

    assert out.getvalue().splitlines()[1:] == [
        "Premier tour\u00a0: 3 résultats ajoutés, 0 corrigés, 0 inchangés.",
        "Second tour\u00a0: 2 résultats ajoutés, 0 corrigés, 0 inchangés.",
    ]


def test_the_command_refuses_in_a_sentence(contest, tmp_path):
    file = tmp_path / "resultats.csv"
    file.write_text(BOTH + "53,1,7,dix,,\n")

    with pytest.raises(CommandError) as caught:
        call_command("import_results", str(file), "--election", "essai")

    assert "un nombre entier est attendu" in str(caught.value)


# --- What the public reads ---

RESULTS = BOTH + "53,1,7,250,700,30\n53,2,4,500,,\n53,3,12,250,300,\n"


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Cayenne", "Indian/Reunion"])
def test_not_a_byte_of_a_result_is_public_before_the_polls_have_closed(client, contest, zone):
    import_text(contest, RESULTS)
    contest.region.time_zone = zone
    contest.region.save()
    closing = datetime.datetime(2021, 6, 27, 20, tzinfo=ZoneInfo(zone))
    shown = contest.lists.get(panel_number=1)
    pages = (contest.get_absolute_url(), shown.get_absolute_url())

    with time_machine.travel(closing - datetime.timedelta(seconds=1), tick=False):
        before = [client.get(page).content.decode() for page in pages]
    with time_machine.travel(closing, tick=False):
        after = [client.get(page).content.decode() for page in pages]

    assert [("Premier tour" in page, "700" in page) for page in before] == [(True, False)] * 2
    assert ["700" in page for page in after] == [True] * 2


def test_results_are_in_panel_order_with_their_share_of_the_votes_cast(contest):
    import_text(contest, RESULTS)

    first, second = outcomes_of(contest)

    assert [(score.list.panel_number, score.share, score.result.seats) for score in first.scores] == [
        (1, 25.0, None), (2, 50.0, None), (3, 25.0, None),
    ]  # fmt: skip
    assert [(score.list.panel_number, score.share, score.result.seats) for score in second.scores] == [
        (1, 70.0, 30), (3, 30.0, None),
    ]  # fmt: skip
    assert (first.cast, first.has_seats, second.cast, second.has_seats) == (1000, False, 1000, True)


def test_a_round_where_nobody_voted_has_no_share(contest):
    import_text(contest, BOTH + "53,1,7,0,,\n53,2,4,0,,\n53,3,12,0,,\n")

    [first] = outcomes_of(contest)

    assert [score.share for score in first.scores] == [None] * 3


@pytest.mark.parametrize("count", [3, 30])
def test_results_are_read_in_one_query(contest, count, django_assert_num_queries):
    for number in range(4, count + 1):
        CandidateListFactory(contest=contest, panel_number=number, official_code=str(100 + number))
    rows = "".join(f"53,{each.panel_number},{each.official_code},10,,\n" for each in contest.lists.all())
    import_text(contest, BOTH + rows)

    with django_assert_num_queries(1):
        [first] = outcomes_of(contest)

    assert len(first.scores) == count


# --- Binômes, canton by canton ---

PAIRS = "Code du département;Code du canton;N° panneau;Voix T1;Voix T2\n"


@pytest.fixture
def cantons(contest):
    """Two cantons of the same department, with two binômes each."""
    department = DepartmentFactory(code="35", region=contest.region)
    election = ElectionFactory(slug="cantons", kind=ElectionKind.DEPARTMENTAL, past=True)
    made = []
    for code in ("3501", "3502"):
        place = ContestFactory(region=contest.region, department=department, election=election, code=code, slug=code)
        for panel in (1, 2):
            CandidateListFactory(contest=place, kind=ListKind.PAIR, panel_number=panel)
        made.append(place)
    return made


def test_the_votes_of_binomes_are_read_canton_by_canton(cantons):
    report = import_text(cantons[0], PAIRS + "35;1;1;100;150\n35;01;2;90;\n35;3502;1;80;\n35;3502;2;70;75\n")

    told = Result.objects.order_by("round", "candidate_list__contest__code", "candidate_list__panel_number")
    fields = ("candidate_list__contest__code", "candidate_list__panel_number", "round", "votes")
    assert list(told.values_list(*fields)) == [
        ("3501", 1, 1, 100),
        ("3501", 2, 1, 90),
        ("3502", 1, 1, 80),
        ("3502", 2, 1, 70),
        ("3501", 1, 2, 150),
        ("3502", 2, 2, 75),
    ]
    assert report.total == ResultCounts(created=6)


@pytest.mark.parametrize(
    ("rows", "anomalies"),
    [
        ("99;01;1;10;\n", ["ligne 2 : département inconnu : « 99 »"]),
        ("35;canton;1;10;\n", ["ligne 2 : code de canton « canton » : deux chiffres attendus"]),
        ("35;09;1;10;\n", ["ligne 2 : « Élection inventée » n’a pas de circonscription de ce code : 3509"]),
        ("35;01;;10;\n", ["ligne 2 : numéro de panneau manquant"]),
    ],
)
def test_a_bad_row_of_a_canton_is_named(cantons, rows, anomalies):
    cantons[0].election.name = "Élection inventée"
    cantons[0].election.save()

    assert refusal(cantons[0], PAIRS + rows) == anomalies
    assert Result.objects.count() == 0
