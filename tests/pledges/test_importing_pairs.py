"""Importing binômes: cantons come with their file, whole or not at all, again when corrected."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from pledges.actions import imports
from pledges.actions.importing import import_candidates
from pledges.enums import CandidateRole, ElectionKind, ImportState, ListKind
from pledges.models import Candidate, CandidateImport, CandidateList, Contest
from pledges.official_files import FileRefusedError
from pledges.official_files.changes import Counts
from tests.pledges.factories import ContestFactory, ElectionFactory, PledgeFactory
from tests.pledges.official_files import follower, person, text_file
from tests.pledges.pair_files import (
    ALIX,
    LOU,
    NOA,
    PAIR_HEADERS,
    PERSON_HEADERS,
    SACHA,
    line_per_pair,
    line_per_person,
    pair,
)
from tests.regions.factories import DepartmentFactory, MembershipFactory, NetworkFactory, RegionFactory

pytestmark = pytest.mark.django_db

CANTON_2 = ("02", "Demoville-2")
FIRST = pair(ALIX, SACHA, LOU, NOA)
SECOND = pair(("M", "AUTRE", "Eden"), ("F", "SPÉCIMEN", "Maxime"), panel="2")
ELSEWHERE = pair(("F", "IMAGINAIRE", "Claude"), ("M", "MAQUETTE", "Charlie"), canton=CANTON_2)


@pytest.fixture
def election():
    bretagne = RegionFactory(code="53", name="Bretagne", slug="bretagne")
    DepartmentFactory(code="35", name="Ille-et-Vilaine", name_type=1, region=bretagne)
    reunion = RegionFactory(code="04", name="La Réunion", slug="la-reunion")
    DepartmentFactory(code="974", name="La Réunion", region=reunion)
    rhone = RegionFactory(code="84", name="Auvergne-Rhône-Alpes", slug="auvergne-rhone-alpes")
    DepartmentFactory(code="69", name="Rhône", region=rhone)
    DepartmentFactory(code="75", name="Paris", region=RegionFactory(code="11", name="Île-de-France"))
    return ElectionFactory(slug="departementales", name="Départementales d’essai", kind=ElectionKind.DEPARTMENTAL)


def import_file(election, content, **options):
    return import_candidates(election, ContentFile(content, name="essai.csv"), **options)


def refusal(election, content):
    with pytest.raises(FileRefusedError) as caught:
        import_file(election, content)
    return [str(problem) for problem in caught.value.problems] or str(caught.value)


def standing():
    """Each binôme that stands: its canton, its panel, its name, its substitutes."""
    lists = CandidateList.objects.standing().select_related("contest").in_panel_order()
    return [
        (
            one.contest.code,
            one.panel_number,
            one.name,
            [
                person.full_name
                for person in one.candidates.standing().filter(role=CandidateRole.SUBSTITUTE).order_by("rank")
            ],
        )
        for one in lists
    ]


# --- First import ---


@pytest.mark.parametrize("written", [line_per_pair, line_per_person])
def test_cantons_binomes_and_substitutes_come_with_the_file_in_either_layout(election, written):
    report = import_file(election, written(FIRST, SECOND, ELSEWHERE))

    assert (report.contests, report.lists, report.candidates) == (
        Counts(created=2), Counts(created=3), Counts(created=8),
    )  # fmt: skip
    assert list(Contest.objects.order_by("code").values_list("code", "name", "slug", "region", "department")) == [
        ("3501", "Demoville-1 (Ille-et-Vilaine)", "ille-et-vilaine-demoville-1", "53", "35"),
        ("3502", "Demoville-2 (Ille-et-Vilaine)", "ille-et-vilaine-demoville-2", "53", "35"),
    ]
    assert standing() == [
        ("3501", 1, "Alix EXEMPLE et Sacha ESSAI", ["Lou FICTIF", "Noa MODÈLE"]),
        ("3501", 2, "Eden AUTRE et Maxime SPÉCIMEN", []),
        ("3502", 1, "Claude IMAGINAIRE et Charlie MAQUETTE", []),
    ]
    assert set(CandidateList.objects.values_list("kind", "nuance__code")) == {(ListKind.PAIR, "BC-DIV")}
    assert Candidate.objects.leading().count() == 6
    assert not Candidate.objects.filter(is_head=True).exists()


@pytest.mark.parametrize(
    ("department", "canton", "code"),
    [
        (("ZD", "La Réunion"), ("1", "Demoville-1"), "97401"),
        (("974", ""), ("97412", "Demoville-1"), "97412"),
        (("35", "Ille-et-Vilaine"), ("3501", "Demoville-1"), "3501"),
        (("69D", "Rhône"), ("07.0", "Demoville-1"), "6907"),
    ],
)
def test_codes_of_departments_and_cantons_are_the_ministry_s_or_insee_s(election, department, canton, code):
    import_file(election, line_per_pair(pair(ALIX, SACHA, department=department, canton=canton)))

    assert Contest.objects.get().code == code


def test_a_file_that_has_no_column_for_substitutes_takes_none_away(election):
    import_file(election, line_per_pair(FIRST))

    report = import_file(election, line_per_pair(pair(ALIX, SACHA), headers=PAIR_HEADERS[:12]))

    assert report.candidates == Counts(unchanged=2)
    assert standing() == [("3501", 1, "Alix EXEMPLE et Sacha ESSAI", ["Lou FICTIF", "Noa MODÈLE"])]


# --- Again ---


def test_the_same_file_again_changes_nothing(election):
    import_file(election, line_per_pair(FIRST, SECOND, ELSEWHERE))

    report = import_file(election, line_per_person(FIRST, SECOND, ELSEWHERE))

    assert not report.changed
    assert report.candidates == Counts(unchanged=8)


def test_who_is_no_longer_in_the_file_is_kept_and_marked(election):
    import_file(election, line_per_pair(FIRST, SECOND))

    report = import_file(election, line_per_pair(pair(ALIX, SACHA, LOU)))

    assert (report.lists, report.candidates) == (Counts(unchanged=1, left=1), Counts(unchanged=3, left=3))
    assert CandidateList.objects.count() == 2


def test_a_binome_that_changes_panel_is_the_same_one(election):
    import_file(election, line_per_pair(FIRST, SECOND))
    before = set(CandidateList.objects.values_list("pk", "name"))

    import_file(election, line_per_pair(FIRST | {"place": SECOND["place"]}, SECOND | {"place": FIRST["place"]}))

    assert set(CandidateList.objects.values_list("pk", "name")) == before
    assert [(panel, name) for _code, panel, name, _others in standing()] == [
        (1, "Eden AUTRE et Maxime SPÉCIMEN"),
        (2, "Alix EXEMPLE et Sacha ESSAI"),
    ]


@pytest.mark.parametrize("substitutes", [(), (ALIX, SACHA)])
def test_two_other_people_behind_a_panel_never_inherit_a_pledge(election, substitutes):
    import_file(election, line_per_pair(FIRST))
    PledgeFactory(published=True, candidate_list=CandidateList.objects.get())

    others = pair(("F", "TOUTE", "Autre"), ("M", "NOUVEAU", "Venu"), *substitutes)
    report = import_file(election, line_per_pair(others))

    assert report.lists == Counts(created=1, left=1)
    assert [one.changes[0] for one in report.pledged_lists] == ["n’est plus sur la liste officielle"]


def test_a_member_replaced_keeps_the_binome_and_is_told_to_the_network(election):
    import_file(election, line_per_pair(FIRST))
    PledgeFactory(published=True, candidate_list=CandidateList.objects.get())

    report = import_file(election, line_per_pair(pair(ALIX, ("M", "NOUVEAU", "Venu"), LOU, NOA)))

    [change] = report.by_contest[0].details
    assert (report.lists, change.is_other) == (Counts(updated=1), True)
    assert change.what == (
        "nom : « Alix EXEMPLE et Sacha ESSAI » devient « Alix EXEMPLE et Venu NOUVEAU »",
        "binôme : Alix EXEMPLE et Sacha ESSAI devient Alix EXEMPLE et Venu NOUVEAU",
    )
    assert "binôme changé" in report.pledged_lists[0].changes


def test_namesakes_behind_two_panels_are_two_binomes_each_time(election):
    content = line_per_pair(FIRST, pair(ALIX, SACHA, panel="2"))
    first = import_file(election, content)

    again = import_file(election, content)

    assert (first.lists, again.changed) == (Counts(created=2), False)


# --- Refusals ---


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (pair(ALIX), "panneau 1 : un binôme a deux membres, et non 1"),
        (pair(ALIX, LOU), "panneau 1 : un binôme est une femme et un homme"),
        (pair(ALIX, ("", "ESSAI", "Sacha")), "sexe manquant : un binôme est une femme et un homme"),
        (pair(ALIX, ("M", "ESSAI", "")), "prénom manquant"),
        (pair(ALIX, SACHA, ALIX), "Alix EXEMPLE figure deux fois dans ce binôme, ligne 2"),
        (pair(ALIX, SACHA, department=("99", "Ailleurs")), "département inconnu : « 99 »"),
        (
            pair(ALIX, SACHA, department=("35", "Manche")),
            "le code 35 est celui du département « Ille-et-Vilaine », et le libellé dit « Manche »",
        ),
        (
            pair(ALIX, SACHA, department=("75", "Paris")),
            "Paris n’élit pas de conseil départemental : le Conseil de Paris en tient lieu",
        ),
        (
            pair(ALIX, SACHA, department=("69M", "Métropole de Lyon")),
            (
                "Lyon et les communes de sa métropole n’élisent pas de conseil départemental : le conseil de la"
                " métropole en tient lieu. Les autres communes du Rhône en élisent un"
            ),
        ),
        (pair(ALIX, SACHA, canton=("100", "Demoville")), "code de canton « 100 » : deux chiffres attendus"),
        (pair(ALIX, SACHA, canton=("1", "")), "nom de canton manquant"),
        (pair(ALIX, SACHA, panel=""), "numéro de panneau manquant"),
    ],
)
def test_what_is_no_binome_is_refused_in_words(election, one, reason):
    problems = refusal(election, line_per_pair(one, ELSEWHERE))

    assert problems == [f"ligne 2 : {reason}"]
    assert not Contest.objects.exists()


def test_three_members_and_an_unknown_quality_are_refused_line_by_line(election):
    third = pair(ALIX, SACHA)
    content = line_per_person(third, pair(("M", "TROISIÈME", "Homme")), SECOND)
    content += "35;Ille-et-Vilaine;02;Demoville-2;1;;Président;F;TROP;Une\r\n".encode()

    problems = refusal(election, content)

    assert problems == [
        "ligne 2 : panneau 1 : un binôme a deux membres, et non 3",
        "ligne 7 : « Président » : titulaire ou remplaçant attendu",
    ]


def test_a_canton_of_two_names_and_a_binome_of_two_nuances_are_refused(election):
    other_name = pair(("M", "UN", "Homme"), ("F", "UNE", "Femme"), panel="3", canton=("01", "Autreville"))
    two_nuances = line_per_person(FIRST, other_name).replace(b"BC-DIV;Rempla", b"BC-UG;Rempla", 1)

    assert refusal(election, two_nuances) == [
        "ligne 4 : nuance du binôme : « BC-UG », et « BC-DIV » ligne 2",
        "ligne 6 : le canton 3501 s’appelle « Autreville », et « Demoville-1 » ligne 2",
    ]


def test_missing_columns_are_named_as_the_nearest_layout_has_them(election):
    sentence = refusal(election, line_per_person(FIRST).replace(b"Qualit", b"Rien"))

    assert sentence.startswith("Colonnes introuvables : « Qualité » (ou ")


def test_a_file_of_binomes_is_refused_where_lists_stand(election):
    regional = ElectionFactory()

    assert refusal(regional, line_per_pair(FIRST)) == (
        "Ce fichier est celui de binômes, canton par canton, et cette élection se vote par listes."
    )
    assert PERSON_HEADERS[0] == PAIR_HEADERS[0]
    assert refusal(election, text_file([person("EXEMPLE"), follower("ESSAI")])) == (
        "Ce fichier est celui de listes régionales, et cette élection élit des binômes, canton par canton."
    )


# --- At the desk ---


@pytest.fixture
def breton(election):
    """A moderator in Bretagne."""
    return MembershipFactory(network=NetworkFactory(regions=[RegionFactory(code="53")])).user


def read_at_the_desk(election, content, by):
    sent = imports.send(election, SimpleUploadedFile("essai.csv", content), by=by)
    return CandidateImport.objects.get(pk=sent.pk)


@pytest.mark.usefixtures("commits_at_once")
def test_a_network_reads_and_writes_the_cantons_of_its_own_regions(election, breton):
    reunion = pair(("F", "LOINTAINE", "Une"), ("M", "LOINTAIN", "Un"), department=("ZD", "La Réunion"))
    paris = pair(("F", "PARISIENNE", "Une"), ("M", "PARISIEN", "Un"), department=("75", "Paris"))

    sent = read_at_the_desk(election, line_per_pair(FIRST, reunion, paris), breton)
    imports.accept(sent, fingerprint=sent.fingerprint, by=breton)

    assert sent.reading["mine"] == [{"name": "Bretagne", "lists": 1, "people": 4}]
    assert sent.reading["elsewhere"] == [{"name": "La Réunion", "rows": 1}, {"name": "Île-de-France", "rows": 1}]
    assert CandidateImport.objects.get().state == ImportState.DONE
    assert [code for code, *_others in standing()] == ["3501"]


@pytest.mark.usefixtures("commits_at_once")
def test_a_column_of_a_file_of_binomes_is_asked_for_by_its_own_name(election, breton):
    content = line_per_person(FIRST).replace("Qualité".encode(), b"Place tenue")

    sent = read_at_the_desk(election, content, breton)
    assert (sent.state, sent.reading["layout"], sent.reading["missing"]) == (
        ImportState.UNCLEAR, "people_of_pairs", ["role"],
    )  # fmt: skip

    imports.choose_columns(sent, {"role": "Place tenue"}, by=breton)
    assert CandidateImport.objects.get().state == ImportState.READY


# --- Before cantons had a department ---

BEFORE = ("pledges", "0019_results")


@pytest.mark.django_db(transaction=True)
@pytest.mark.any_database
def test_the_migration_places_cantons_and_its_way_back_keeps_their_addresses_apart(election):
    long = "un-canton-dont-le-nom-est-bien-plus-long-que-cinquante-signes"
    for code in ("3501", "3502"):
        ContestFactory(
            election=election, region_id="53", department_id="35", code=code, slug=f"{long}-{code}", name=code
        )
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()

    executor.migrate([BEFORE])
    MigrationExecutor(connection).migrate(latest)

    assert list(Contest.objects.order_by("code").values_list("department", "slug")) == [
        ("35", "un-canton-dont-le-nom-est-bien-plus-lon-3501"),
        ("35", "un-canton-dont-le-nom-est-bien-plus-lon-3502"),
    ]
