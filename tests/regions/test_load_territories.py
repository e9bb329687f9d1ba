"""Loading the territory from small invented files: what is written, corrected, kept, refused."""

import io
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from regions.enums import CommuneKind, Measure
from regions.models import Commune, Department, Indicator, Network, PostalCode, Region, Revision
from tests.regions.factories import IndicatorFactory, NetworkFactory, RegionFactory

pytestmark = pytest.mark.django_db

FILES = {
    "regions.csv": """\
code,name,name_type,slug,council,time_zone
04,La Réunion,0,la-reunion,conseil régional de La Réunion,Indian/Reunion
53,Bretagne,0,bretagne,conseil régional de Bretagne,Europe/Paris
""",
    "departments.csv": """\
code,name,name_type,region
35,Ille-et-Vilaine,1,53
974,La Réunion,0,04
""",
    "communes.csv": """\
code,kind,name,name_type,department,population,present_code,postal_codes
35001,present,Acigné,1,35,6900,,35690
35163,delegated,Saint-M’Hervon,0,35,,35184,
35184,present,Montauban-de-Bretagne,0,35,5600,,35290 35360
35238,present,Rennes,0,35,225000,,35000 35200 35700
97411,present,Saint-Denis,0,974,154000,,97400
""",
    "cress.csv": """\
region_code,nom,site
04,CRESS de La Réunion,https://reunion.example.org
53,CRESS Bretagne,
""",
    "ess-part-emploi-salarie.csv": """\
niveau,code,nom,part_2008_pct,part_2014_pct,part_2015_pct
france,F,France,9.9,10.5,10.5
region,53,Bretagne,13.6,14.3,
departement,35,Ille-et-Vilaine,13,,
""",
    "ess-effectifs-publies.csv": """\
region_code,region,annee,salaries,etablissements,part_pct,assiette,source
53,Bretagne,2014,,,14.3,emploi salarié total,"Insee Analyses, février 2018"
04,La Réunion,2015,25700,,,,Insee Analyses
04,La Réunion,,26392,1922,,,communiqué
FR,France,2019,2600000,210000,13.6,emploi privé,Atlas
""",
}
QUIET = """\
régions : 2
départements : 2
communes : 5
codes postaux : 7
liens entre communes et codes postaux : 7
réseaux : 2
indicateurs : 5
Chiffres publiés sans année, laissés de côté : 2.
"""


@pytest.fixture
def folder(tmp_path):
    """A folder of data files that a test may spoil."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def load(folder, capsys):
    def run():
        """Run the command; give back what it printed."""
        call_command("load_territories", data=folder)
        return capsys.readouterr().out

    return run


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def stored():
    """All that the load is about, row by row, with its keys."""
    models = (Region, Department, Commune, PostalCode, PostalCode.communes.through, Network, Indicator, Revision)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


# --- What is written ---


def test_a_first_load_writes_everything(load):
    printed = load()

    assert printed == (
        "régions : 2 (ajouts : 2)\n"
        "départements : 2 (ajouts : 2)\n"
        "communes : 5 (ajouts : 5)\n"
        "codes postaux : 7 (ajouts : 7)\n"
        "liens entre communes et codes postaux : 7 (ajouts : 7)\n"
        "réseaux : 2 (ajouts : 2)\n"
        "indicateurs : 5 (ajouts : 5)\n"
        "Chiffres publiés sans année, laissés de côté : 2.\n"
    )
    assert Region.objects.values().get(pk="04") == {
        "code": "04",
        "name": "La Réunion",
        "norm": "la reunion",
        "name_type": 0,
        "slug": "la-reunion",
        "council": "conseil régional de La Réunion",
        "time_zone": "Indian/Reunion",
    }
    assert set(Department.objects.values_list("code", "name", "norm", "name_type", "region")) == {
        ("35", "Ille-et-Vilaine", "ille et vilaine", 1, "53"),
        ("974", "La Réunion", "la reunion", 0, "04"),
    }
    assert set(
        Commune.objects.values_list("code", "kind", "norm", "department", "population", "present_commune__code")
    ) == {
        ("35001", "present", "acigne", "35", 6900, None),
        ("35163", "delegated", "saint m hervon", "35", None, "35184"),
        ("35184", "present", "montauban de bretagne", "35", 5600, None),
        ("35238", "present", "rennes", "35", 225000, None),
        ("97411", "present", "saint denis", "974", 154000, None),
    }
    assert set(PostalCode.objects.values_list("code", "communes__code")) == {
        ("35000", "35238"),
        ("35200", "35238"),
        ("35290", "35184"),
        ("35360", "35184"),
        ("35690", "35001"),
        ("35700", "35238"),
        ("97400", "97411"),
    }
    assert Revision.current() == 1


def test_figures_keep_their_year_base_and_source(load):
    load()

    share = (Measure.JOB_SHARE, "emploi salarié", "INSEE, indicateurs territoriaux de développement durable")
    assert set(Indicator.objects.values_list("region", "department", "year", "value", "measure", "base", "source")) == {
        ("53", None, 2008, Decimal("13.6"), *share),
        ("53", None, 2014, Decimal("14.3"), *share),
        ("53", "35", 2008, Decimal("13.0"), *share),
        (
            "53",
            None,
            2014,
            Decimal("14.3"),
            Measure.JOB_SHARE,
            "emploi salarié total",
            "Insee Analyses, février 2018",
        ),
        ("04", None, 2015, Decimal(25700), Measure.JOBS, "champ non précisé par la source", "Insee Analyses"),
    }


def test_a_second_load_changes_nothing_and_says_so(load):
    load()
    before = stored()

    printed = load()

    assert printed == f"{QUIET}Rien à changer.\n"
    assert stored() == before


def test_a_second_load_writes_nothing(load, django_assert_max_num_queries):
    load()

    with django_assert_max_num_queries(16) as queries:
        load()

    # The one row that it writes, if it is not there, is the lock that two loads share.
    written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert [sql for sql in written if "regions_revision" not in sql] == []


def test_only_the_rows_that_differ_are_corrected(load, folder):
    load()
    untouched = Commune.objects.exclude(code__in=["35238", "35163"]).order_by("pk")
    before = list(untouched.values())
    pk = Commune.objects.get(code="35238").pk
    edit(folder / "communes.csv", "Rennes,0,35,225000,,35000 35200 35700", "Rennes,0,35,227000,,35000 35800")
    edit(folder / "communes.csv", "Saint-M’Hervon", "Saint-M’Hervé")
    edit(folder / "departments.csv", "35,Ille-et-Vilaine,1", "35,Ille-et-Vilaine,5")
    edit(folder / "ess-part-emploi-salarie.csv", "53,Bretagne,13.6", "53,Bretagne,13.7")

    printed = load()

    assert printed == (
        "régions : 2\n"
        "départements : 2 (corrections : 1)\n"
        "communes : 5 (corrections : 2)\n"
        "codes postaux : 6 (ajouts : 1)\n"
        "liens entre communes et codes postaux : 6 (ajouts : 1, retraits : 2)\n"
        "réseaux : 2\n"
        "indicateurs : 5 (corrections : 1)\n"
        "codes postaux absents des fichiers et gardés tels quels (2) : 35200, 35700\n"
        "Chiffres publiés sans année, laissés de côté : 2.\n"
    )
    rennes = Commune.objects.get(code="35238")
    assert (rennes.pk, rennes.population) == (pk, 227000)
    assert set(rennes.postal_codes.values_list("code", flat=True)) == {"35000", "35800"}
    assert Commune.objects.get(code="35163").norm == "saint m herve"
    assert Department.objects.get(pk="35").name_type == 5
    assert Indicator.objects.get(region="53", department=None, year=2008).value == Decimal("13.7")
    assert list(untouched.values()) == before
    assert Revision.current() == 2


def test_a_name_folded_by_an_older_rule_is_folded_again(load):
    load()
    Commune.objects.filter(code="35163").update(norm="st m hervon")

    load()

    assert Commune.objects.get(code="35163").norm == "saint m hervon"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_person_sees_each_step_of_a_load(folder):
    terminal = Terminal()

    call_command("load_territories", data=folder, stdout=terminal, no_color=True)

    assert terminal.getvalue().splitlines()[:4] == [
        "… régions et départements",
        "… communes",
        "… codes postaux",
        "… réseaux et indicateurs",
    ]


# --- What is gone from the files ---


def test_codes_that_vanish_are_kept_with_their_postcodes_and_named(load, folder):
    load()
    edit(folder / "communes.csv", "35001,present,Acigné,1,35,6900,,35690\n", "")

    printed = load()

    assert printed == (
        QUIET.replace("communes : 5", "communes : 4")
        .replace("postaux : 7", "postaux : 6")
        .replace(
            "Chiffres",
            "communes absents des fichiers et gardés tels quels (1) : 35001\n"
            "codes postaux absents des fichiers et gardés tels quels (1) : 35690\nChiffres",
        )
        + "Rien à changer.\n"
    )
    assert list(PostalCode.objects.get(pk="35690").communes.values_list("code", flat=True)) == ["35001"]


def test_a_commune_that_becomes_delegated_is_the_same_row(load, folder):
    load()
    pk = Commune.objects.get(code="35001").pk
    edit(
        folder / "communes.csv",
        "35001,present,Acigné,1,35,6900,,35690\n",
        "35001,delegated,Acigné,1,35,,35238,\n",
    )
    edit(folder / "communes.csv", "35000 35200", "35000 35200 35690")

    load()

    assert list(Commune.objects.filter(code="35001").values_list("pk", "kind", "present_commune__code")) == [
        (pk, CommuneKind.DELEGATED, "35238")
    ]
    assert list(PostalCode.objects.get(pk="35690").communes.values_list("code", flat=True)) == ["35238"]


def test_a_delegated_commune_that_is_itself_again_is_the_same_row(load, folder):
    load()
    pk = Commune.objects.get(code="35163").pk
    edit(
        folder / "communes.csv",
        "35163,delegated,Saint-M’Hervon,0,35,,35184,",
        "35163,present,Saint-M’Hervon,0,35,500,,",
    )

    load()

    assert list(Commune.objects.filter(code="35163").values_list("pk", "kind", "present_commune")) == [
        (pk, CommuneKind.PRESENT, None)
    ]


# --- What belongs to the administrators ---


def test_networks_are_created_with_their_region(load):
    load()

    assert set(Network.objects.values_list("name", "site", "is_national", "regions")) == {
        ("CRESS Bretagne", "", False, "53"),
        ("CRESS de La Réunion", "https://reunion.example.org", False, "04"),
    }


def test_a_network_that_an_administrator_changed_is_left_as_it_is(load):
    load()
    Network.objects.filter(name="CRESS Bretagne").update(name="Chambre de Bretagne", site="https://chambre.example.org")
    Network.objects.get(name="CRESS de La Réunion").regions.clear()
    before = stored()

    printed = load()

    assert printed == f"{QUIET}Rien à changer.\n"
    assert stored() == before


def test_a_national_network_does_not_replace_a_cress(load):
    NetworkFactory(name="Le réseau national", national=True, regions=[RegionFactory(code="53")])

    load()

    assert set(Network.objects.values_list("name", flat=True)) == {
        "Le réseau national",
        "CRESS Bretagne",
        "CRESS de La Réunion",
    }


def test_a_figure_that_an_administrator_added_is_left_as_it_is(load):
    load()
    IndicatorFactory(region=Region.objects.get(pk="53"), source="Observatoire régional", year=2020)
    before = stored()

    printed = load()

    assert printed == f"{QUIET}Rien à changer.\n"
    assert stored() == before


# --- What is refused ---


@pytest.mark.parametrize(
    ("file", "change", "problem"),
    [
        ("regions.csv", ("53,Bretagne", "5,Bretagne"), "ligne 3 : « 5 » n’est pas un code attendu."),
        ("regions.csv", ("Europe/Paris", "Paris"), "ligne 3 : « Paris » n’est pas un code attendu."),
        ("regions.csv", (",bretagne,", ",Île,"), "ligne 3 : « Île » n’est pas un code attendu."),
        ("regions.csv", ("53,Bretagne", "53,"), "ligne 3 : la colonne « name » est vide."),
        ("regions.csv", ("La Réunion,0", "X,9"), "ligne 2 : « 9 » n’est pas un type de nom de l’INSEE (0 à 8)."),
        ("regions.csv", ("53,Bretagne", "04,Bretagne"), "ligne 3 : « 04 » y est pour la deuxième fois."),
        ("departments.csv", (",1,53", ",1,54"), "ligne 2 : le code « 54 » (colonne « region ») est inconnu."),
        ("communes.csv", ("225000", "beaucoup"), "ligne 5 : « beaucoup » n’est pas un nombre."),
        ("communes.csv", ("225000", "-3"), "ligne 5 : « -3 » n’est pas un nombre."),
        ("communes.csv", ("225000", "2.5"), "ligne 5 : « 2.5 » n’est pas un nombre entier."),
        ("communes.csv", ("97400", "9740"), "ligne 6 : « 9740 » n’est pas un code postal."),
        ("communes.csv", (",35184,\n", ",3,\n"), "ligne 3 : le code « 3 » (colonne « present_code ») est inconnu."),
        ("communes.csv", ("35,,", "974,,"), "ligne 3 : le département n’est pas celui de la commune actuelle."),
        ("communes.csv", ("6900,,", "6900,35238,"), "ligne 2 : une commune actuelle ne mène pas à une autre."),
        ("communes.csv", ("delegated", "gone"), "ligne 3 : le code « gone » (colonne « kind ») est inconnu."),
        ("communes.csv", ("Rennes,", "Rennes,0,"), "ligne 5 : le nombre de colonnes n’est pas celui de l’en-tête."),
        ("communes.csv", (",97400", ""), "ligne 6 : le nombre de colonnes n’est pas celui de l’en-tête."),
        ("communes.csv", ("Rennes", "R" * 61), f"ligne 5 : « {'R' * 61} » dépasse 60 caractères."),
        ("cress.csv", ("04,", "99,"), "ligne 2 : le code « 99 » (colonne « region_code ») est inconnu."),
        ("ess-part-emploi-salarie.csv", ("region,", "canton,"), "ligne 3 : « canton » n’est pas un niveau attendu."),
        ("ess-part-emploi-salarie.csv", ("13.6", "13.65"), "ligne 3 : « 13.65 » n’est pas un nombre."),
        ("ess-effectifs-publies.csv", ("communiqué", ""), "ligne 4 : la colonne « source » est vide."),
    ],
)
def test_a_wrong_line_is_refused_in_words_and_nothing_is_written(load, folder, file, change, problem):
    edit(folder / file, *change)

    with pytest.raises(CommandError) as refusal:
        load()

    assert str(refusal.value) == f"{file}, {problem} Rien n’a été écrit."
    assert stored() == [[]] * 8


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("postal_codes", "codes"), "Dans le fichier communes.csv, il manque la colonne « postal_codes »."),
        (("Rennes", '"Rennes'), "Le fichier communes.csv n’est pas un CSV entier."),
    ],
)
def test_a_wrong_file_is_refused_in_words_and_nothing_is_written(load, folder, change, sentence):
    edit(folder / "communes.csv", *change)

    with pytest.raises(CommandError) as refusal:
        load()

    assert str(refusal.value) == f"{sentence} Rien n’a été écrit."
    assert stored() == [[]] * 8


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named_and_nothing_is_written(load, folder, file):
    (folder / file).unlink()

    with pytest.raises(CommandError) as refusal:
        load()

    assert str(refusal.value) == f"Il manque le fichier {folder / file}. Rien n’a été écrit."
    assert stored() == [[]] * 8


@pytest.mark.parametrize("file", FILES)
def test_an_empty_file_is_refused_and_nothing_is_written(load, folder, file):
    path = folder / file
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0], encoding="utf-8")

    with pytest.raises(CommandError) as refusal:
        load()

    assert str(refusal.value) == f"Le fichier {file} est vide. Rien n’a été écrit."
    assert stored() == [[]] * 8


def test_a_file_in_another_encoding_is_refused(load, folder):
    path = folder / "regions.csv"
    path.write_bytes(FILES["regions.csv"].encode("latin-1"))

    with pytest.raises(CommandError) as refusal:
        load()

    assert str(refusal.value) == f"Le fichier {path} n’est pas lisible en UTF-8. Rien n’a été écrit."


def test_a_load_that_fails_half_way_writes_nothing(load, monkeypatch):
    def fail(rows):
        raise RuntimeError

    monkeypatch.setattr("regions.actions._load_indicators", fail)

    with pytest.raises(RuntimeError):
        load()

    assert stored() == [[]] * 8


def test_files_may_begin_with_a_byte_order_mark_and_have_windows_line_ends(load, folder):
    load()
    before = stored()
    for name, text in FILES.items():
        (folder / name).write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))

    printed = load()

    assert printed == f"{QUIET}Rien à changer.\n"
    assert stored() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("revision", [0, 1])
def test_two_loads_at_once_make_one(folder, in_threads, revision):
    for _each in range(revision):
        Revision.advance()  # the row that both wait for is already there

    outcomes = in_threads(lambda: call_command("load_territories", data=folder), 2)

    assert outcomes == [None, None]
    assert (Region.objects.count(), Commune.objects.count(), Network.objects.count()) == (2, 5, 2)
    assert Revision.current() == revision + 1
