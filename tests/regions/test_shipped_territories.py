"""The geography that the portal ships, loaded for real: its counts, its traps, and how it is made."""

import json
import re
from collections import Counter, defaultdict
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F, Q

from regions.actions import load_territories
from regions.enums import CommuneKind, Measure
from regions.folding import fold
from regions.models import Commune, Department, Indicator, Network, PostalCode, Region, Revision
from regions.search import Outcome, find_places
from regions.shipped import DATA, read_territories

# One process loads every commune.
pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.xdist_group("territories")]


@pytest.fixture(scope="module")
def shipped():
    return read_territories()


@pytest.fixture(scope="module", autouse=True)
def loaded(shipped, django_db_setup, django_db_blocker):
    """The shipped files in the database, once for all the tests of this module, and gone after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_territories(shipped)
        connection.check_constraints()  # once for all, not again after each test
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def present(shipped):
    return {row.code: row for row in shipped.communes if row.kind == CommuneKind.PRESENT}


@pytest.fixture(scope="module")
def served(present):
    """The communes of each postcode."""
    postal_codes = defaultdict(list)
    for row in present.values():
        for postal_code in row.postal_codes:
            postal_codes[postal_code].append(row)
    return postal_codes


# --- What is loaded ---


def test_the_database_holds_what_the_files_say():
    kinds = Commune.objects.order_by().values_list("kind", flat=True)

    assert Counter(kinds) == {"present": 34_875, "delegated": 2_105, "associated": 471, "district": 45}
    assert (Region.objects.count(), Department.objects.count(), PostalCode.objects.count()) == (18, 101, 6_187)
    assert PostalCode.communes.through.objects.count() == 35_359


def test_a_second_load_changes_nothing(shipped):
    revision = Revision.current()

    changes = load_territories(shipped)

    assert [(change.added, change.corrected, change.removed, change.kept) for change in changes] == [(0, 0, 0, ())] * 7
    assert Revision.current() == revision


def test_every_name_is_stored_as_it_is_looked_up():
    for model in (Region, Department, Commune):
        wrong = [row for row in model.objects.values_list("name", "norm") if fold(row[0]) != row[1] or not row[1]]
        assert wrong == []


def test_names_have_the_apostrophe_of_print():
    for model in (Region, Department, Commune, Network):
        assert not model.objects.filter(name__contains="'").exists()


def test_former_names_are_in_the_department_of_what_they_lead_to():
    former = Commune.objects.exclude(kind=CommuneKind.PRESENT)

    assert former.count() == 2_576 + 45
    assert not former.exclude(department=F("present_commune__department")).exists()
    assert not former.exclude(present_commune__kind=CommuneKind.PRESENT).exists()


# --- What makes it hard ---


def test_postcodes_are_shared(served, shipped):
    regions = {row.code: row.region for row in shipped.departments}
    departments_of = {code: {row.department for row in rows} for code, rows in served.items()}
    regions_of = {code: {regions[d] for d in departments} for code, departments in departments_of.items()}

    assert sum(len(rows) > 1 for rows in served.values()) == 4_200
    assert sum(len(departments) > 1 for departments in departments_of.values()) == 16
    assert {code: found for code, found in regions_of.items() if len(found) > 1} == {
        "01410": {"27", "84"},
        "01590": {"27", "84"},
        "05700": {"84", "93"},
        "37160": {"24", "75"},
        "48250": {"76", "84"},
    }


def test_the_digits_of_a_postcode_do_not_tell_the_department(served):
    def number(department):
        return "20" if department in {"2A", "2B"} else department

    wrong = [code for code, rows in served.items() if any(not code.startswith(number(r.department)) for r in rows)]

    assert len(wrong) == 17


def test_communes_share_names_and_have_several_postcodes(present):
    names = Counter(row.name for row in present.values())
    shared = [count for count in names.values() if count > 1]

    assert (len(shared), sum(shared)) == (1_440, 3_670)
    assert sum(len(row.postal_codes) > 1 for row in present.values()) == 359
    assert all(row.postal_codes and row.population is not None for row in present.values())


# --- What the look-up says of it ---


@pytest.mark.parametrize("code", ["01410", "01590", "05700", "37160", "48250"])
def test_a_postcode_of_two_regions_is_a_choice(code, served):
    answer = find_places(code)

    assert answer.outcome == Outcome.SEVERAL_REGIONS
    assert not answer.is_certain
    assert len(answer.regions) == 2
    assert {commune.code for commune in answer.communes} == {row.code for row in served[code]}
    assert answer.message == f"Le code postal {code} est partagé entre 2 régions : choisissez votre commune."


def test_corsica_is_told_by_the_commune():
    departments = {commune.department_id for commune in find_places("20000").communes}

    assert departments == {"2A"}
    assert {commune.department_id for commune in find_places("20200").communes} == {"2B"}
    assert find_places("20200").regions == (Region.objects.get(pk="94"),)


def test_every_region_department_and_commune_is_found_by_its_own_name():
    regions = [region for region in Region.objects.all() if region not in find_places(region.name).named_regions]
    departments = [d for d in Department.objects.all() if d not in find_places(d.name).departments]
    largest = Commune.objects.order_by(F("population").desc(nulls_last=True))[:100]
    communes = [commune for commune in largest if commune not in find_places(str(commune)).communes]

    assert (regions, departments, communes) == ([], [], [])


@pytest.mark.parametrize("overseas", ["97133", "97150", "97500", "98400", "98600", "98714", "98800"])
def test_a_collectivity_without_a_regional_council_is_not_in_the_files(overseas):
    assert find_places(overseas).outcome == Outcome.NO_COUNCIL


# --- Regions, networks and figures ---


def test_assemblies_have_their_own_names_and_clocks():
    regions = Region.objects.filter(~Q(time_zone="Europe/Paris") | ~Q(council__startswith="conseil régional"))

    assert set(regions.values_list("code", "council", "time_zone")) == {
        ("01", "conseil régional de la Guadeloupe", "America/Guadeloupe"),
        ("02", "Assemblée de Martinique", "America/Martinique"),
        ("03", "Assemblée de Guyane", "America/Cayenne"),
        ("04", "conseil régional de La Réunion", "Indian/Reunion"),
        ("06", "Assemblée de Mayotte", "Indian/Mayotte"),
        ("94", "Assemblée de Corse", "Europe/Paris"),
    }
    assert {region.zone.key for region in Region.objects.all()} == set(
        Region.objects.values_list("time_zone", flat=True)
    )
    assert Region.objects.get(pk="11").council == "conseil régional d’Île-de-France"
    assert Region.objects.get(pk="93").slug == "provence-alpes-cote-d-azur"


def test_each_region_has_its_cress():
    networks = Network.objects.filter(is_national=False, name__startswith="CRESS ")

    assert sorted(networks.values_list("regions", flat=True)) == sorted(Region.objects.values_list("pk", flat=True))
    assert not [site for site in networks.values_list("site", flat=True) if site and not site.startswith("https://")]
    assert not networks.filter(name__contains="(").exists()


def test_figures_have_a_year_a_base_and_a_source():
    shares = Indicator.objects.filter(source="INSEE, indicateurs territoriaux de développement durable")

    assert Counter(shares.order_by().values_list("year", flat=True)) == {2008: 117, 2014: 117, 2015: 117}
    assert set(shares.order_by().values_list("measure", "base")) == {(Measure.JOB_SHARE, "emploi salarié")}
    assert Indicator.objects.count() - shares.count() == 16
    assert not Indicator.objects.filter(Q(base="") | Q(source="")).exists()
    assert not Indicator.objects.filter(region="06").exists()
    assert shares.get(region="53", department=None, year=2015).value == Decimal("14.3")
    assert shares.get(department="2A", year=2015).region_id == "94"


def test_the_map_draws_each_region():
    drawing = json.loads((DATA / "carte-regions.json").read_text(encoding="utf-8"))

    assert set(drawing["paths"]) == set(Region.objects.values_list("pk", flat=True))


# --- How the files are made ---

PACKAGE = {
    "regions": [
        {"code": "53", "nom": "Bretagne", "typeLiaison": 0},
        {"code": "11", "nom": "Île-de-France", "typeLiaison": 1},
        {"code": "988", "nom": "Nouvelle-Calédonie", "typeLiaison": 0},
    ],
    "departements": [
        {"code": "22", "nom": "Côtes-d'Armor", "typeLiaison": 4, "region": "53"},
        {"code": "988", "nom": "Nouvelle-Calédonie", "typeLiaison": 0, "region": "988"},
    ],
    "communes": [
        {
            "code": "22050", "nom": "Dinan", "typeLiaison": 0, "type": "commune-actuelle", "departement": "22",
            "region": "53", "population": 14000, "codesPostaux": ["22101", "22100"],
        },
        {
            "code": "22123", "nom": "L'Abergement", "typeLiaison": 5, "type": "commune-deleguee", "departement": "35",
            "region": "53", "chefLieu": "22050",
        },
        {
            "code": "22201", "nom": "Dinan 1er Arrondissement", "typeLiaison": 0, "type": "arrondissement-municipal",
            "departement": "22", "region": "53", "commune": "22050", "population": 900, "codesPostaux": ["22101"],
        },
        {
            "code": "98818", "nom": "Nouméa", "type": "commune-actuelle", "departement": "988", "region": "988",
            "codesPostaux": ["98800"],
        },
    ],
}  # fmt: skip


@pytest.fixture
def package(tmp_path):
    (tmp_path / "data").mkdir()
    for name, records in PACKAGE.items():
        (tmp_path / "data" / f"{name}.json").write_text(json.dumps(records), encoding="utf-8")
    return tmp_path


def test_the_files_are_made_from_the_package_without_what_elects_no_council(package, capsys):
    call_command("make_territories", package, output=package)

    assert (package / "regions.csv").read_text(encoding="utf-8") == (
        "code,name,name_type,slug,council,time_zone\n"
        "11,Île-de-France,1,ile-de-france,conseil régional d’Île-de-France,Europe/Paris\n"
        "53,Bretagne,0,bretagne,conseil régional de Bretagne,Europe/Paris\n"
    )
    assert (package / "departments.csv").read_text(encoding="utf-8") == (
        "code,name,name_type,region\n22,Côtes-d’Armor,4,53\n"
    )
    assert (package / "communes.csv").read_text(encoding="utf-8") == (
        "code,kind,name,name_type,department,population,present_code,postal_codes\n"
        "22050,present,Dinan,0,22,14000,,22100 22101\n"
        "22123,delegated,L’Abergement,5,22,,22050,\n"
        "22201,district,Dinan 1er Arrondissement,0,22,900,22050,\n"
    )
    assert re.findall(r"(\w+\.csv) : (\d+) lignes", capsys.readouterr().out) == [
        ("regions.csv", "2"),
        ("departments.csv", "1"),
        ("communes.csv", "3"),
    ]


def test_a_folder_that_is_not_the_package_is_refused(package):
    (package / "data" / "communes.json").unlink()

    with pytest.raises(CommandError, match="est illisible : est-ce bien le paquet désarchivé"):
        call_command("make_territories", package, output=package)

    assert list(package.glob("*.csv")) == []
