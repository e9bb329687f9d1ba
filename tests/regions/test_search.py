"""The look-up of places: each way of typing one, each dead end."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regions.enums import CommuneKind
from regions.search import Outcome, PlaceAnswer, find_places
from tests.regions.factories import CommuneFactory, DepartmentFactory, PostalCodeFactory, RegionFactory

pytestmark = pytest.mark.django_db

SEVERAL = "Plusieurs régions répondent à ce nom : choisissez votre territoire."


class Land:
    """A small country: four regions, their traps, one commune for each of them."""

    def __init__(self):
        self.brittany = RegionFactory(code="53", name="Bretagne")
        self.burgundy = RegionFactory(code="27", name="Bourgogne-Franche-Comté")
        self.rhone = RegionFactory(code="84", name="Auvergne-Rhône-Alpes")
        self.reunion = RegionFactory(code="04", name="La Réunion")
        self.ille = DepartmentFactory(code="35", name="Ille-et-Vilaine", region=self.brittany)
        self.jura = DepartmentFactory(code="39", name="Jura", region=self.burgundy)
        self.belfort = DepartmentFactory(code="90", name="Territoire de Belfort", region=self.burgundy)
        self.ain = DepartmentFactory(code="01", name="Ain", region=self.rhone)
        self.island = DepartmentFactory(code="974", name="La Réunion", region=self.reunion)
        self.rennes = self.commune("Rennes", self.ille, 225_000, "35000", "35200")
        self.lelex = self.commune("Lélex", self.ain, 240, "01410")
        self.lajoux = self.commune("Lajoux", self.jura, 290, "01410")
        self.mijoux = self.commune("Mijoux", self.ain, 380, "01410")

    def commune(self, name, department, population=1000, *postal_codes, **kwargs):
        commune = CommuneFactory(name=name, department=department, population=population, **kwargs)
        for postal_code in postal_codes:
            PostalCodeFactory(code=postal_code).communes.add(commune)
        return commune


@pytest.fixture
def land():
    return Land()


def found(query, communes, outcome=Outcome.ONE_REGION, **rest):
    """The answer by the whole name of communes."""
    return PlaceAnswer(query=query, outcome=outcome, communes=tuple(communes), is_exact=True, **rest)


# --- Postcodes ---


@pytest.mark.parametrize(
    "query",
    [
        "35000",
        " 35000 ",
        "35 000",
        "35\N{NO-BREAK SPACE}000",
        "3 5 0 0 0",
        "35.000",
        "35000 Rennes",
        "35000 RENNES CEDEX",
        "F-35000 Rennes",
        "Rennes (35000)",
        "12 rue de Brest, 35000 Vitré",
        "12 rue de Brest, 35 000 Rennes",
        "３５０００",
        "35\N{ZERO WIDTH SPACE}000",
    ],
)
def test_a_postcode_is_read_however_it_is_typed(land, query, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = find_places(query)

    assert answer == found(answer.query, [land.rennes], postal_code="35000")
    assert answer.regions == (land.brittany,)
    assert answer.is_certain


def test_a_postcode_of_several_regions_is_a_choice_the_largest_commune_first(land):
    answer = find_places("01410")

    assert answer == found(
        "01410",
        [land.mijoux, land.lajoux, land.lelex],
        Outcome.SEVERAL_REGIONS,
        postal_code="01410",
        message="Le code postal 01410 est partagé entre 2 régions : choisissez votre commune.",
    )
    assert answer.regions == (land.rhone, land.burgundy)
    assert not answer.is_certain


def test_a_name_beside_a_shared_postcode_says_which_commune(land):
    answer = find_places("01410 Lelex")

    assert answer == found("01410 Lelex", [land.lelex], postal_code="01410")
    assert answer.is_certain


def test_a_wrong_name_beside_a_shared_postcode_leaves_the_choice(land):
    answer = find_places("01410 Rennes")

    assert answer.communes == (land.mijoux, land.lajoux, land.lelex)
    assert answer.outcome == Outcome.SEVERAL_REGIONS


def test_all_the_communes_of_a_postcode_are_given(land):
    for number in range(46):
        land.commune(f"Commune {number}", land.jura, number, "39700")

    assert len(find_places("39700").communes) == 46


@pytest.mark.parametrize("query", ["35042", "35042 Vitré"])
def test_an_unknown_postcode_says_what_to_type(land, query):
    assert find_places(query) == PlaceAnswer(
        query=query,
        outcome=Outcome.UNKNOWN_POSTAL_CODE,
        message=(
            "Aucune commune n’a le code postal 35042. S’il vient d’une adresse CEDEX, c’est celui d’une entreprise ou "
            "d’une administration : tapez le code postal ou le nom de votre commune."
        ),
        postal_code="35042",
    )


@pytest.mark.parametrize(("query", "suggests"), [("35042 CEDEX", False), ("35042 Rennes Cedex 7", True)])
def test_a_cedex_is_explained_and_the_name_beside_it_suggested(land, query, suggests):
    answer = find_places(query)

    assert answer == PlaceAnswer(
        query=query,
        outcome=Outcome.CEDEX,
        message=(
            "35042 est un code CEDEX, réservé au courrier des entreprises et des administrations : tapez le code "
            "postal ou le nom de votre commune."
        ),
        postal_code="35042",
        communes=(land.rennes,) if suggests else (),
    )
    assert not answer.is_certain


def test_a_postcode_that_no_commune_has_any_more_is_unknown(land):
    PostalCodeFactory(code="35999")

    assert find_places("35999").outcome == Outcome.UNKNOWN_POSTAL_CODE


@pytest.mark.parametrize(
    ("code", "outcome", "beginning"),
    [
        ("97133", Outcome.NO_COUNCIL, "Saint-Barthélemy n’élit pas de conseil régional : "),
        ("97150", Outcome.NO_COUNCIL, "Saint-Martin, aux Antilles, n’élit pas de conseil régional : "),
        ("97500", Outcome.NO_COUNCIL, "Saint-Pierre-et-Miquelon n’élit pas de conseil régional : "),
        ("98411", Outcome.NO_COUNCIL, "Les Terres australes et antarctiques françaises n’élisent pas "),
        ("98600", Outcome.NO_COUNCIL, "Wallis-et-Futuna n’élit pas de conseil régional : "),
        ("98714", Outcome.NO_COUNCIL, "La Polynésie française n’élit pas de conseil régional : "),
        ("98800", Outcome.NO_COUNCIL, "La Nouvelle-Calédonie n’élit pas de conseil régional : "),
        ("98000", Outcome.ABROAD, "98000 est un code postal de Monaco, qui n’élit pas de conseil régional."),
        ("99131", Outcome.ABROAD, "Les codes qui commencent par 99 désignent l’étranger. "),
        ("97100", Outcome.UNKNOWN_POSTAL_CODE, "Aucune commune n’a le code postal 97100. "),
        ("98300", Outcome.UNKNOWN_POSTAL_CODE, "Aucune commune n’a le code postal 98300. "),
    ],
)
def test_a_code_without_a_regional_council_says_whose_it_is(land, code, outcome, beginning):
    answer = find_places(code)

    assert answer == PlaceAnswer(query=code, outcome=outcome, message=answer.message, postal_code=code)
    assert answer.message.startswith(beginning)


@pytest.mark.parametrize("query", ["3500", "350000", "0612345678", "1", "123"])
def test_other_digits_are_not_a_postcode(land, query):
    assert find_places(query) == PlaceAnswer(
        query=query,
        outcome=Outcome.NOT_A_POSTAL_CODE,
        message="Un code postal compte cinq chiffres, par exemple 01000 pour Bourg-en-Bresse.",
    )


# --- Names ---


@pytest.mark.parametrize("query", ["Rennes", "RENNES", " rennes ", "la Rennes", "Rennes cedex 7", "Re\u0301nnes"])
def test_a_commune_is_found_by_its_name(land, query, django_assert_num_queries):
    with django_assert_num_queries(4):
        answer = find_places(query)

    assert answer == found(answer.query, [land.rennes])
    assert answer.is_certain


@pytest.mark.parametrize("query", ["Saint-Malo", "St Malo", "st-malo", "SAINT MALO"])
def test_saint_may_be_short(land, query):
    malo = land.commune("Saint-Malo", land.ille)

    assert find_places(query) == found(query, [malo])


def test_a_whole_name_comes_before_those_that_go_on(land):
    longer = land.commune("Rennes-les-Bains", land.jura, 200)
    land.commune("Vieux-Rennes", land.jura, 200)

    answer = find_places("rennes")

    assert answer == found("rennes", [land.rennes], longer_names=(longer,))
    assert answer.regions == (land.brittany,)
    assert answer.is_certain


def test_a_small_place_is_found_among_many_longer_names(land):
    small = land.commune("Bourg", land.jura, 1)
    for number in range(31):
        land.commune(f"Bourg-la-Ville {number}", land.jura, 2)

    answer = find_places("bourg")

    assert (answer.communes, len(answer.longer_names), answer.is_cut, answer.message) == ((small,), 30, True, "")


def test_a_small_place_is_not_certain_when_a_larger_one_has_a_longer_name(land):
    small = land.commune("Bourg", land.jura, 2_000)
    large = land.commune("Bourg-en-Bresse", land.ain, 41_000)

    answer = find_places("bourg")

    assert answer == found("bourg", [small], longer_names=(large,))
    assert not answer.is_certain


def test_a_larger_place_of_the_same_region_leaves_it_certain(land):
    land.commune("Bourg", land.jura, 2_000)
    land.commune("Bourg-sous-Belfort", land.belfort, 41_000)

    assert find_places("bourg").is_certain


def test_one_name_in_several_regions_is_a_choice_the_largest_first(land):
    communes = [
        land.commune("Saint-Denis", land.island, 154_000),
        land.commune("Saint-Denis", land.ain, 5_000),
        land.commune("Saint-Denis", land.jura, 0),
        land.commune("Saint-Denis", land.jura, None, kind=CommuneKind.ASSOCIATED, present_commune=land.lajoux),
    ]

    assert find_places("st denis") == found("st denis", communes, Outcome.SEVERAL_REGIONS, message=SEVERAL)


@pytest.mark.parametrize("query", ["Saint-Denis (974)", "saint denis 974", "St-Denis 974"])
def test_a_department_beside_a_name_says_which(land, query):
    meant = land.commune("Saint-Denis", land.island)
    land.commune("Saint-Denis", land.ain)

    answer = find_places(query)

    assert answer == found(query, [meant])
    assert answer.is_certain


def test_a_number_beside_a_name_is_a_department_before_it_is_an_arrondissement(land):
    paris = land.commune("Paris", DepartmentFactory(code="13", region=land.brittany))
    district = land.commune("Paris 13e Arrondissement", land.ain, kind=CommuneKind.DISTRICT, present_commune=land.lelex)

    assert find_places("Paris (13)") == found("Paris (13)", [paris])
    assert find_places("paris 13e").communes == (district,)


def test_a_department_beside_the_beginning_of_a_name_narrows_it(land):
    meant = land.commune("Saint-Denis-en-Bugey", land.ain)
    land.commune("Saint-Denis-en-Val", land.jura)

    answer = find_places("saint denis 01")

    assert answer == PlaceAnswer(query="saint denis 01", outcome=Outcome.ONE_REGION, communes=(meant,))


def test_the_beginning_of_a_name_gives_all_that_begin_so_the_largest_first(land):
    small, large = land.commune("Mansac", land.jura, 10), land.commune("Manses", land.ain, 20)

    answer = find_places("man")

    assert answer == PlaceAnswer(query="man", outcome=Outcome.SEVERAL_REGIONS, message=SEVERAL, communes=(large, small))
    assert not answer.is_certain


def test_a_name_may_be_typed_without_its_article(land):
    le_mans = land.commune("Le Mans", land.jura, 145_000)
    mansac = land.commune("Mansac", land.jura, 10)

    answer = find_places("mans")

    assert answer == PlaceAnswer(query="mans", outcome=Outcome.ONE_REGION, communes=(le_mans, mansac))
    assert not answer.is_certain


def test_a_part_of_a_name_counts_only_when_nothing_begins_so(land):
    bains = land.commune("Rennes-les-Bains", land.jura)
    assert find_places("bains") == PlaceAnswer(query="bains", outcome=Outcome.ONE_REGION, communes=(bains,))

    bainville = land.commune("Bainsville", land.ain)
    assert find_places("bains") == PlaceAnswer(query="bains", outcome=Outcome.ONE_REGION, communes=(bainville,))


@pytest.mark.parametrize("query", ["mara", "ville"])
def test_a_long_list_is_cut_and_says_so(land, query):
    for number in range(31):
        land.commune(f"Maraville {number}", land.jura, number)

    answer = find_places(query)

    assert [commune.population for commune in answer.communes] == list(range(30, 0, -1))
    assert answer.is_cut
    assert answer.message == "Plus de 30 communes répondent : tapez la suite du nom, ou un code postal."


def test_a_list_of_thirty_is_whole(land):
    for number in range(30):
        land.commune(f"Maraville {number}", land.jura, number)

    answer = find_places("mara")

    assert (len(answer.communes), answer.is_cut, answer.message) == (30, False, "")


def test_a_single_letter_is_a_whole_name_or_nothing(land):
    letter = land.commune("Y", land.jura, 90)
    land.commune("Yvré", land.ain)

    assert find_places("y") == found("y", [letter])
    assert find_places("r") == PlaceAnswer(
        query="r", outcome=Outcome.TOO_SHORT, message="Tapez au moins deux lettres du nom."
    )


# --- Former communes ---


def test_a_former_commune_leads_to_the_present_one(land):
    former = land.commune("Oyonnax", land.ain, None, kind=CommuneKind.DELEGATED, present_commune=land.lelex)

    answer = find_places("oyonnax")

    assert answer == found("oyonnax", [former], message="Oyonnax fait aujourd’hui partie de Lélex.")
    assert answer.communes[0].present_commune == land.lelex
    assert answer.regions == (land.rhone,)


def test_a_former_commune_that_kept_its_name_is_not_shown_twice(land):
    land.commune("Lélex", land.ain, None, kind=CommuneKind.DELEGATED, present_commune=land.lelex)

    assert find_places("lelex") == found("lelex", [land.lelex])


@pytest.mark.parametrize("query", ["Rennes 18ème", "rennes 18e", "Rennes 18e arrondissement", "RENNES 18EME"])
def test_an_arrondissement_leads_to_its_commune(land, query):
    district = land.commune(
        "Rennes 18e Arrondissement", land.ille, 900, kind=CommuneKind.DISTRICT, present_commune=land.rennes
    )

    answer = find_places(query)

    assert (answer.communes, answer.outcome, answer.message) == ((district,), Outcome.ONE_REGION, "")


# --- Departments and regions ---


@pytest.mark.parametrize("query", ["Ille-et-Vilaine", "ille et vilaine", "35", "l’Ille-et-Vilaine", "département 35"])
def test_a_department_is_found_by_its_name_or_number(land, query):
    answer = find_places(query)

    assert answer == PlaceAnswer(query=query, outcome=Outcome.ONE_REGION, departments=(land.ille,), is_exact=True)
    assert answer.regions == (land.brittany,)
    assert answer.is_certain


@pytest.mark.parametrize("query", ["2a", "2A"])
def test_corsica_s_departments_have_a_letter(land, query):
    department = DepartmentFactory(code="2A", name="Corse-du-Sud")

    assert find_places(query).departments == (department,)


def test_a_region_comes_first_and_the_communes_of_its_name_beside_it(land):
    commune = land.commune("Bretagne", land.belfort)

    answer = find_places("bretagne")

    assert answer == PlaceAnswer(
        query="bretagne",
        outcome=Outcome.SEVERAL_REGIONS,
        message=SEVERAL,
        named_regions=(land.brittany,),
        communes=(commune,),
        is_exact=True,
    )
    assert answer.regions == (land.brittany, land.burgundy)


@pytest.mark.parametrize("query", ["région Bretagne", "Région de Bretagne"])
def test_a_region_that_is_called_one_is_not_a_commune(land, query):
    land.commune("Bretagne", land.belfort)

    answer = find_places(query)

    assert (answer.named_regions, answer.communes, answer.is_certain) == ((land.brittany,), (), True)


@pytest.mark.parametrize("query", ["Bourgogne", "Franche-Comté", "rhône alpes", "la Bretagne", "AURA"])
def test_a_region_is_found_by_what_people_still_call_it(land, query):
    answer = find_places(query)

    assert len(answer.named_regions) == 1
    assert answer.is_certain


def test_the_beginning_and_a_part_of_a_region_s_name_are_enough(land):
    assert find_places("breta").named_regions == (land.brittany,)
    assert find_places("comté").named_regions == (land.burgundy,)
    assert find_places("réunion").named_regions == (land.reunion,)


# --- Dead ends ---


@pytest.mark.parametrize("query", ["", "   ", "\x00", "\n\t", "\N{ZERO WIDTH SPACE}"])
def test_an_empty_query_says_what_to_type(query, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = find_places(query)

    assert answer == PlaceAnswer(outcome=Outcome.EMPTY, message="Tapez un code postal, ou le nom d’une commune.")
    assert answer.is_refused


@pytest.mark.parametrize("length", [101, 100_000])
def test_a_long_query_is_refused_and_cut(length, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = find_places("a" * length)

    assert answer == PlaceAnswer(
        query="a" * 100,
        outcome=Outcome.TOO_LONG,
        message="C’est trop long pour être cherché : tapez un code postal, ou le nom d’une commune.",
    )
    assert answer.is_refused


@pytest.mark.parametrize("query", ["Atlantis", "???", "Москва", "Atlantis 35", "%", "cedex", "région", "a" * 100])
def test_an_unknown_name_says_what_to_do(land, query):
    answer = find_places(query)

    assert answer == PlaceAnswer(
        query=query,
        outcome=Outcome.UNKNOWN_NAME,
        message=f"Rien ne répond à « {query} » : vérifiez l’orthographe, ou tapez un code postal.",
    )
    assert not answer.is_refused


@pytest.mark.parametrize("query", ["Nouvelle-Calédonie", "nouméa", "Tahiti", "Saint-Pierre-et-Miquelon"])
def test_a_collectivity_is_named_as_one(land, query):
    answer = find_places(query)

    assert answer == PlaceAnswer(query=query, outcome=Outcome.NO_COUNCIL, message=answer.message)
    assert "n’élit pas de conseil régional" in answer.message


def test_a_commune_that_has_the_name_of_a_collectivity_is_given_with_the_sentence(land):
    commune = land.commune("Saint-Barthélemy", land.jura)

    answer = find_places("saint barthelemy")

    assert answer.communes == (commune,)
    assert answer.message.startswith("Saint-Barthélemy n’élit pas de conseil régional")


# --- Any text at all ---


@pytest.mark.parametrize("query", ["35000\x00", "Ren\x00nes", "rennes\ud800", "'; DROP TABLE regions_commune; --"])
def test_hostile_text_is_only_text(land, query):
    assert isinstance(find_places(query), PlaceAnswer)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(query=st.text(max_size=120) | st.text(alphabet="0123 5cedxRnsé-'%_\\\x00", max_size=30))
def test_any_text_has_an_answer_and_each_dead_end_a_sentence(land, query, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        answer = find_places(query)

    assert len(answer.query) <= 100
    assert answer.query.isprintable()
    if answer.outcome == Outcome.ONE_REGION:
        assert len(answer.regions) == 1
    elif answer.outcome == Outcome.SEVERAL_REGIONS:
        assert len(answer.regions) > 1
        assert answer.message
    else:
        assert answer.message
        assert not answer.is_certain
