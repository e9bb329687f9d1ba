"""Importing who was elected: whole or not at all, again and again, and what a person has decided stays."""

import datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from pledges.actions.elected import CannotDecideError, ElectedCounts, decide, import_elected, undo
from pledges.enums import Act, ElectionKind, ListKind, MandateMatch
from pledges.models import ElectedOfficial, JournalEntry
from pledges.official_files import FileRefusedError
from pledges.subjects import Subject, details_in_words, subjects
from regions.models import Revision
from tests.pledges import elected_files as files
from tests.pledges.elected_files import councillor
from tests.pledges.factories import CandidateFactory, CandidateListFactory, ContestFactory, ElectionFactory
from tests.pledges.rounds import merge
from tests.regions.factories import DepartmentFactory, MembershipFactory, NetworkFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db

SURE, UNSURE, UNMATCHED, DECIDED = (
    MandateMatch.SURE,
    MandateMatch.UNSURE,
    MandateMatch.UNMATCHED,
    MandateMatch.DECIDED,
)


@pytest.fixture
def contest():
    RegionFactory(code="01", name="Guadeloupe")
    region = RegionFactory(code="53", name="Bretagne")
    election = ElectionFactory(slug="essai", name="Régionales d’essai", past=True)
    return ContestFactory(region=region, code="53", election=election)


@pytest.fixture
def stands(contest):
    """Someone who stands in Côtes-d'Armor: ``stands("EXEMPLE", "Alix")``."""
    candidate_list = CandidateListFactory(contest=contest)

    def stand(last_name, first_names="Alix", section="22", **changes):
        changes = {"candidate_list": candidate_list} | changes
        return CandidateFactory(last_name=last_name, first_names=first_names, section_code=section, **changes)

    return stand


def take(contest, content, **options):
    return import_elected(contest.election, ContentFile(content, name="elus.txt"), **options)


def take_rows(contest, *rows, **options):
    return take(contest, files.text(rows), **options)


def refusal(contest, content, **options):
    with pytest.raises(FileRefusedError) as caught:
        take(contest, content, **options)
    return [str(problem) for problem in caught.value.problems] or str(caught.value)


def told():
    """Name, match and candidate of each."""
    return [(one.full_name, one.match, one.candidate_id) for one in ElectedOfficial.objects.in_order()]


# --- Reading ---


@pytest.mark.parametrize(
    ("content", "starts_on"),
    [
        (files.text([councillor("EXEMPLE")]), datetime.date(2021, 7, 2)),
        (
            files.text(
                [councillor("EXEMPLE", date_debut_mandat="02/07/2021", date_naissance_elu="31/12/1969")],
                files.REGIONAL_2021, ";", "cp1252",
            ),
            datetime.date(2021, 7, 2),
        ),
        (
            files.text([councillor("EXEMPLE", date_debut_mandat="2021-07-01 22:00:00+00")], separator=","),
            datetime.date(2021, 7, 2),
        ),
        (files.text([councillor("EXEMPLE", date_debut_mandat="")], separator=","), None),
    ],
)  # fmt: skip
def test_each_year_s_layout_says_the_same(contest, stands, content, starts_on):
    candidate = stands("Exemple")

    take(contest, content)

    [official] = ElectedOfficial.objects.all()
    assert (official.contest, official.section_code, official.section_name) == (contest, "22", "Côtes-d'Armor")
    assert (official.last_name, official.first_names, official.sex) == ("EXEMPLE", "Alix", "F")
    assert (official.match, official.candidate, official.starts_on) == (SURE, candidate, starts_on)


def test_neither_birth_date_nor_profession_nor_nuance_is_kept(contest):
    take_rows(contest, councillor("EXEMPLE"))

    [row] = ElectedOfficial.objects.values()
    kept = " ".join(map(str, row.values()))
    assert not [word for word in ("1969", files.JOB, "Nuance inventée") if word in kept]


def test_a_person_on_two_rows_is_one_with_both_functions(contest):
    report = take_rows(
        contest,
        councillor("EXEMPLE", libelle_fonction="2ème Vice-présidente", date_naissance_elu="1969-03-04 00:00:00+00"),
        councillor("EXEMPLE", libelle_fonction="Membre de la commission", date_naissance_elu="1969-04-03 00:00:00+00"),
        councillor("EXEMPLE", date_naissance_elu=""),
    )

    [official] = ElectedOfficial.objects.all()
    assert official.function == "2ème Vice-présidente, Membre de la commission"
    assert (report.total.created, report.repeated) == (1, 2)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"code_region": "99"}, "ligne 2 : région inconnue : « 99 »"),
        ({"code_region": ""}, None),  # the region's name is not that of an assembly: it is elsewhere
        ({"sexe_elu": "X"}, "ligne 2 : sexe « X » : F ou M attendu"),
        ({"nom_elu": ""}, "ligne 2 : nom manquant"),
        ({"prenom_elu": " - "}, "ligne 2 : prénom manquant"),
        ({"date_debut_mandat": "32/07/2021"}, "ligne 2 : début du mandat « 32/07/2021 » : une date est attendue"),
        (
            {"date_debut_mandat": "18/12/2015"},
            "ligne 2 : un mandat qui commence le 18/12/2015 n’est pas de « Régionales d’essai »",
        ),
        ({"libelle_fonction": "x" * 201}, f"ligne 2 : « {'x' * 60}… » dépasse 200 caractères"),
        ({"code_section_departementale": "22_"}, "ligne 2 : section « 22_ » illisible"),
    ],
)
def test_one_bad_row_refuses_the_whole_file_in_words(contest, row, reason):
    content = files.text([councillor("EXEMPLE", **row), councillor("AUTRE")])

    if reason:
        assert refusal(contest, content) == [reason]
    else:
        assert take(contest, content).elsewhere == {"Bretagne": 1}
    assert ElectedOfficial.objects.count() == (0 if reason else 1)


def test_two_people_of_one_name_in_one_section_are_refused_with_both_lines(contest):
    rows = [councillor("EXEMPLE"), councillor("EXEMPLE", date_naissance_elu="1970-01-01 00:00:00+00")]

    assert refusal(contest, files.text(rows)) == ["ligne 3 : deux personnes de ce nom ici : voir la ligne 2"]


def test_a_file_that_tells_of_no_territory_or_of_another_kind_of_election_is_refused(contest):
    assert refusal(contest, b"nom_elu,prenom_elu\nEXEMPLE,Alix\n").startswith(
        "Ce fichier ne dit pas où chaque personne est élue : « Code de la région »"
    )
    DepartmentFactory(code="22", region=contest.region)
    assert refusal(contest, files.cantons([("22", "1", "Canton d’essai", "EXEMPLE", "Alix", "F")])) == (
        "Ce fichier dit qui est élu par canton, et « Régionales d’essai » n’élit pas de conseils départementaux."
    )
    assert refusal(contest, files.text([councillor("EXEMPLE", code_region="01")])) == (
        "Ce fichier ne dit rien des circonscriptions de « Régionales d’essai » : il parle de Guadeloupe."
    )


def test_nobody_is_elected_before_the_polls_of_the_territory_have_closed():
    region = RegionFactory(code="01", name="Guadeloupe", time_zone="America/Guadeloupe")
    contest = ContestFactory(region=region, code="01", election=ElectionFactory(slug="essai", past=True))
    content = files.text([councillor("EXEMPLE", code_region="01", date_debut_mandat="2021-06-27")])
    close = datetime.datetime(2021, 6, 27, 20, tzinfo=ZoneInfo("America/Guadeloupe"))

    with time_machine.travel(close - datetime.timedelta(seconds=1), tick=False):
        before = refusal(contest, content)
    with time_machine.travel(close, tick=False):
        take(contest, content)

    assert before == ["ligne 2 : les bureaux de vote du second tour ne sont pas encore fermés (Guadeloupe)"]
    assert ElectedOfficial.objects.count() == 1


def test_single_assemblies_have_a_file_of_their_own_where_other_communities_are_too():
    election = ElectionFactory(past=True)
    names = (("94", "Corse"), ("02", "Martinique"), ("03", "Guyane"))
    contests = [
        ContestFactory(election=election, code=code, region=RegionFactory(code=code, name=name, slug=name.lower()))
        for code, name in names
    ]
    rows = [
        ("Assemblée de Corse", "EXEMPLE", "Alix"),
        ("Collectivité territoriale de Martinique", "FICTIF", "Sacha"),
        ("Guyane", "ESSAI", "Camille"),
        ("Métropole de Lyon", "AILLEURS", "Alex"),
    ]

    report = take(contests[0], files.assemblies(rows))

    assert [[one.last_name for one in contest.elected.all()] for contest in contests] == [
        ["EXEMPLE"],
        ["FICTIF"],
        ["ESSAI"],
    ]
    assert report.elsewhere == {"Métropole de Lyon": 1}


def test_departmental_councillors_are_found_in_their_canton_by_code_or_by_name():
    region = RegionFactory(code="53")
    DepartmentFactory(code="22", region=region)
    election = ElectionFactory(past=True, kind=ElectionKind.DEPARTMENTAL)
    by_code = ContestFactory(election=election, region=region, code="2201", name="Bégard", slug="begard")
    by_name = ContestFactory(election=election, region=region, code="x", name="Callac-d’Essai (Armor)", slug="callac")
    pair = CandidateListFactory(contest=by_code, kind=ListKind.PAIR)
    member = CandidateFactory(candidate_list=pair, last_name="EXEMPLE", first_names="Alix")
    for number in range(2):
        twice = f"Deux fois ({number})"
        ContestFactory(election=election, region=region, code=f"y{number}", name=twice, slug=f"d{number}")
    rows = [
        ("22", "9", "Deux fois", "PERDUE", "Alex", "F"),
        ("22", "1", "BEGARD", "EXEMPLE", "Alix", "F"),
        ("22", "2", "Callac d'essai", "FICTIF", "Sacha", "M"),
        ("22", "3", "Un autre", "AILLEURS", "Alex", "M"),
    ]

    report = take(by_code, files.cantons(rows))

    assert told() == [("Alix EXEMPLE", SURE, member.pk), ("Sacha FICTIF", UNMATCHED, None)]
    assert [one.contest for one in ElectedOfficial.objects.in_order()] == [by_code, by_name]
    assert report.elsewhere == {"Deux fois": 1, "Un autre": 1}


# --- Matching, and again ---


def test_sure_unsure_and_unmatched_are_counted_and_written_in_the_journal(contest, stands):
    exact, compound = stands("EXEMPLE"), stands("FICTIF-D’ESSAI", "Sacha")
    rows = [councillor("EXEMPLE"), councillor("FICTIF", "Sacha"), councillor("INCONNUE", "Zoé")]

    report = take_rows(contest, *rows)

    assert told() == [
        ("Alix EXEMPLE", SURE, exact.pk),
        ("Sacha FICTIF", UNSURE, None),
        ("Zoé INCONNUE", UNMATCHED, None),
    ]
    counts = ElectedCounts(created=3, matches={SURE: 1, UNSURE: 1, UNMATCHED: 1, DECIDED: 0})
    assert (report.contests, report.total) == ({"Bretagne": counts}, counts)
    [entry] = JournalEntry.objects.filter(act=Act.ELECTED_IMPORTED)
    assert (entry.region, entry.election) == (contest.region, contest.election)
    assert entry.details == {
        "contest": contest.pk, "file": "elus.txt", "sha256": report.sha256, "created": 3, "updated": 0, "left": 0,
        "matches": {"sure": 1, "unsure": 1, "unmatched": 1, "decided": 0},
    }  # fmt: skip
    assert compound.mandates.count() == 0


@pytest.mark.parametrize("who", ["left", "list_left", "declared", "elsewhere"])
def test_only_those_who_stood_there_are_looked_at(contest, stands, who):
    match who:
        case "left":
            stands("EXEMPLE", departed=True)
        case "list_left":
            stands("EXEMPLE", candidate_list=CandidateListFactory(contest=contest, departed=True))
        case "declared":
            declared = CandidateListFactory(
                contest=contest, declared_at=timezone.now(), official_code="", panel_number=None
            )
            stands("EXEMPLE", candidate_list=declared)
        case "elsewhere":
            stands("EXEMPLE", candidate_list=CandidateListFactory())

    take_rows(contest, councillor("EXEMPLE"))

    assert told() == [("Alix EXEMPLE", UNMATCHED, None)]


def test_the_same_file_again_changes_nothing(contest, stands):
    stands("EXEMPLE")
    rows = [councillor("EXEMPLE"), councillor("INCONNUE")]
    take_rows(contest, *rows)
    revision = Revision.current()

    again = take_rows(contest, *rows)

    assert (again.total.changed, again.total.unchanged, Revision.current()) == (False, 2, revision)
    assert JournalEntry.objects.filter(act=Act.ELECTED_IMPORTED).count() == 1


def test_a_later_file_marks_who_left_adds_who_came_and_finds_who_is_back(contest):
    first, second = councillor("EXEMPLE"), councillor("FICTIF", "Sacha")
    take_rows(contest, first)

    replaced = take_rows(contest, second)
    gone = ElectedOfficial.objects.get(last_name="EXEMPLE").left_at
    back = take_rows(contest, first, second)

    assert (replaced.total.created, replaced.total.left, gone is None) == (1, 1, False)
    assert (back.total.updated, back.total.unchanged) == (1, 1)
    assert ElectedOfficial.objects.sitting().count() == 2


def test_who_comes_in_another_section_under_the_name_of_who_left_is_somebody_else(contest):
    take_rows(contest, councillor("EXEMPLE"), councillor("FICTIF"))
    take_rows(contest, councillor("FICTIF"))

    report = take_rows(contest, councillor("EXEMPLE", code_section_departementale="29"), councillor("FICTIF"))

    assert (report.total.created, ElectedOfficial.objects.filter(last_name="EXEMPLE").count()) == (1, 2)
    assert ElectedOfficial.objects.sitting().get(last_name="EXEMPLE").section_code == "29"


def test_a_corrected_file_corrects_and_a_territory_that_it_leaves_out_is_left_alone(contest):
    elsewhere = ContestFactory(election=contest.election, region=RegionFactory(code="84"), code="84")
    take_rows(contest, councillor("EXEMPLE"), councillor("AILLEURS", code_region="84"))

    report = take_rows(contest, councillor("EXEMPLE", code_section_departementale="29", libelle_fonction="Présidente"))

    assert (report.total.updated, report.total.left) == (1, 0)
    assert list(contest.elected.values_list("section_code", "function")) == [("29", "Présidente")]
    assert elsewhere.elected.sitting().count() == 1


def test_someone_added_to_a_list_since_is_found_by_the_same_file(contest, stands):
    take_rows(contest, councillor("EXEMPLE"))
    candidate = stands("EXEMPLE")

    take_rows(contest, councillor("EXEMPLE"))

    assert told() == [("Alix EXEMPLE", SURE, candidate.pk)]


def test_a_preview_writes_nothing(contest, stands):
    stands("EXEMPLE")
    revision = Revision.current()

    report = take_rows(contest, councillor("EXEMPLE"), dry_run=True)

    assert (report.total.created, report.total.of(SURE)) == (1, 1)
    assert (told(), Revision.current(), JournalEntry.objects.count()) == ([], revision, 0)


@pytest.mark.parametrize("count", [1, 30])
def test_an_import_asks_as_little_for_few_as_for_many(contest, stands, django_assert_num_queries, count):
    for number in range(count):
        stands(f"EXEMPLE{number}")
    rows = [councillor(f"EXEMPLE{number}") for number in range(count)]

    with django_assert_num_queries(14):
        take_rows(contest, *rows)

    assert ElectedOfficial.objects.filter(match=SURE).count() == count


def test_whom_a_merger_elected_is_sure_where_the_merged_list_names_them_else_for_a_person_to_decide(contest, stands):
    parents = [CandidateListFactory(contest=contest, headed=True) for _ in range(2)]
    named, unnamed = (stands(name, candidate_list=parents[0]) for name in ("NOMMEE", "OUBLIEE"))
    rows = [councillor("NOMMEE"), councillor("OUBLIEE")]
    take_rows(contest, *rows)
    before = told()

    place = stands("NOMMEE", candidate_list=merge(*parents), earlier=named)
    take_rows(contest, *rows)

    after = told()
    decide(ElectedOfficial.objects.to_decide().get(), unnamed, by=UserFactory(is_superuser=True))
    assert before == [("Alix NOMMEE", SURE, named.pk), ("Alix OUBLIEE", SURE, unnamed.pk)]
    assert after == [("Alix NOMMEE", SURE, place.pk), ("Alix OUBLIEE", UNSURE, None)]
    assert told() == [("Alix NOMMEE", SURE, place.pk), ("Alix OUBLIEE", DECIDED, unnamed.pk)]


# --- What a person decides ---


def test_a_person_decides_and_the_next_file_keeps_it(contest, stands):
    candidate = stands("FICTIF-D’ESSAI", "Sacha")
    moderator = UserFactory()
    take_rows(contest, councillor("FICTIF", "Sacha"), councillor("INCONNUE", "Zoé"))
    revision = Revision.current()

    decided = decide(ElectedOfficial.objects.get(last_name="FICTIF"), candidate, by=moderator)
    moved = Revision.current() > revision
    take_rows(contest, councillor("FICTIF", "Sacha", libelle_fonction="Présidente"), councillor("INCONNUE", "Zoé"))

    assert (decided.match, decided.candidate, decided.decided_by, moved) == (DECIDED, candidate, moderator, True)
    assert told() == [("Sacha FICTIF", DECIDED, candidate.pk), ("Zoé INCONNUE", UNMATCHED, None)]
    [entry] = JournalEntry.objects.filter(act=Act.ELECTED_MATCHED)
    assert (entry.by, entry.region) == (moderator, contest.region)
    assert entry.details == {"contest": contest.pk, "elected": decided.pk, "candidate": candidate.pk}


def test_the_journal_names_who_a_decision_is_about_and_says_the_counts_of_an_import(contest):
    moderator = MembershipFactory(network=NetworkFactory(regions=[contest.region])).user
    take_rows(contest, councillor("EXEMPLE"), councillor("AUTRE"))
    official = ElectedOfficial.objects.get(last_name="EXEMPLE")
    decide(official, None, by=moderator)

    imported, decided = JournalEntry.objects.select_related("pledge").order_by("pk")
    page = reverse("admin:pledges_electedofficial_change", args=[official.pk])
    assert subjects([decided], moderator) == {decided.pk: Subject("Alix EXEMPLE", page)}
    assert ("Rapprochements", "aucune candidature trouvée : 2") in details_in_words(imported)


def test_a_decision_that_it_is_nobody_is_kept_against_a_sure_name_and_can_be_taken_back(contest, stands):
    candidate = stands("EXEMPLE")
    moderator = UserFactory()
    take_rows(contest, councillor("EXEMPLE"))
    official = ElectedOfficial.objects.get()

    decide(official, None, by=moderator)
    take_rows(contest, councillor("EXEMPLE"))
    kept = told()
    undo(official, by=moderator)

    assert kept == [("Alix EXEMPLE", DECIDED, None)]
    assert told() == [("Alix EXEMPLE", SURE, candidate.pk)]
    acts = JournalEntry.objects.filter(by=moderator).order_by("pk").values_list("act", flat=True)
    assert list(acts) == [Act.ELECTED_APART, Act.ELECTED_UNDONE]


def test_a_candidate_whom_a_person_gave_to_someone_is_nobody_else_s(contest, stands):
    candidate = stands("EXEMPLE")
    moderator = UserFactory()
    take_rows(contest, councillor("EXEMPLE-D’ESSAI"))
    decide(ElectedOfficial.objects.get(), candidate, by=moderator)
    take_rows(contest, councillor("EXEMPLE-D’ESSAI"), councillor("EXEMPLE"))
    other = ElectedOfficial.objects.get(last_name="EXEMPLE")

    with pytest.raises(CannotDecideError, match="déjà celle de Alix EXEMPLE-D’ESSAI"):
        decide(other, candidate, by=moderator)

    assert (other.match, other.candidate) == (UNMATCHED, None)


def test_what_a_colleague_decided_is_not_decided_again_nor_taken_back_twice(contest, stands):
    candidate, moderator = stands("EXEMPLE"), UserFactory()
    take_rows(contest, councillor("EXEMPLE"))
    official = ElectedOfficial.objects.get()
    decide(official, candidate, by=moderator)

    with pytest.raises(CannotDecideError, match="Déjà décidé par"):
        decide(official, None, by=UserFactory())
    undo(official, by=moderator)
    with pytest.raises(CannotDecideError, match="déjà reprise"):
        undo(official, by=moderator)


def test_a_candidate_of_another_contest_cannot_be_the_one(contest):
    take_rows(contest, councillor("EXEMPLE"))

    with pytest.raises(CannotDecideError, match="n’était pas candidate"):
        decide(ElectedOfficial.objects.get(), CandidateFactory(), by=UserFactory())


def test_the_silence_of_a_later_election_holds_files_and_decisions_back(contest, stands):
    take_rows(contest, councillor("FICTIF", "Sacha"))
    candidate, official = stands("FICTIF-D’ESSAI", "Sacha"), ElectedOfficial.objects.get()
    later = ContestFactory(region=contest.region)  # its own first round is in forty days
    eve = datetime.datetime.combine(later.election.first_round_on, datetime.time(12), contest.region.zone)

    with time_machine.travel(eve, tick=False):
        refused = refusal(contest, files.text([councillor("EXEMPLE")]))
        with pytest.raises(CannotDecideError, match="Silence électoral"):
            decide(official, candidate, by=UserFactory())

    assert [reason.partition(" :")[2].split(" jusqu")[0] for reason in refused] == [" Bretagne : Silence électoral"]
    assert told() == [("Sacha FICTIF", UNMATCHED, None)]


# --- The database ---


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"match": SURE}, "elected_match_says_who_and_by_whom"),
        ({"match": DECIDED}, "elected_match_says_who_and_by_whom"),
        ({"norm": "alix autre"}, "elected_once_per_contest_and_section"),
    ],
)
def test_the_database_refuses_a_match_without_its_reason_and_a_person_twice(contest, changes, constraint):
    take_rows(contest, councillor("EXEMPLE"), councillor("AUTRE"))
    official = ElectedOfficial.objects.filter(last_name="EXEMPLE")

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        official.update(**changes)

    assert constraint in str(caught.value) or "UNIQUE constraint failed" in str(caught.value)


# --- The command ---


def test_the_command_says_each_count(contest, stands, tmp_path):
    stands("EXEMPLE")
    stands("FICTIF-D’ESSAI", "Sacha")
    file = tmp_path / "elus.txt"
    rows = [
        councillor("EXEMPLE"),
        councillor("EXEMPLE"),
        councillor("FICTIF", "Sacha"),
        councillor("LOIN", code_region="01"),
    ]
    file.write_bytes(files.text(rows))
    out = StringIO()

    call_command("import_elected", str(file), election="essai", stdout=out)

    _file, *lines = out.getvalue().replace("\u202f", " ").replace("\xa0", " ").splitlines()
    assert lines == [
        (
            "Bretagne : 2 élu·es (2 ajouté·es, 0 modifié·es, 0 parti·es) ;"
            " 1 sûr·es, 0 décidé·es, 1 à décider, 0 sans candidature."
        ),
        "Hors des circonscriptions de cette élection, laissé de côté : Guadeloupe (1).",
        "Lignes qui répètent une personne, pour une autre fonction : 1.",
        "Les rapprochements à décider attendent dans l’espace des réseaux, « Élues et élus ».",
    ]


def test_the_command_refuses_in_words(contest, tmp_path):
    file = tmp_path / "elus.txt"
    file.write_bytes(files.text([councillor("")]))

    with pytest.raises(CommandError, match="Anomalies à corriger"):
        call_command("import_elected", str(file), election="essai")
