"""What the database refuses about the territory, in words; what each user may see of it."""

import zoneinfo
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from regions.enums import CommuneKind, Measure
from regions.models import Commune, Indicator, Membership, Region, Revision, User
from tests.regions.factories import (
    CommuneFactory,
    DepartmentFactory,
    IndicatorFactory,
    MembershipFactory,
    NetworkFactory,
    PostalCodeFactory,
    RegionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def refused(row):
    """The name of the constraint by which the database refuses this row, and the sentence that a form shows for it."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        row.save(force_insert=True)
    names = [c.name for c in row._meta.constraints if c.name in str(refusal.value)]
    with pytest.raises(ValidationError) as error:
        row.validate_constraints()
    return names, error.value.messages


def sentence(row):
    """The same where SQLite names the columns of a unique index instead of the constraint."""
    return refused(row)[1]


# --- Names ---


@pytest.mark.parametrize(
    ("name", "name_type", "of_name"),
    [
        ("Bretagne", 0, "de Bretagne"),
        ("La Réunion", 0, "de La Réunion"),
        ("Île-de-France", 1, "d’Île-de-France"),
        ("Grand Est", 2, "du Grand Est"),
        ("Manche", 3, "de la Manche"),
        ("Hauts-de-France", 4, "des Hauts-de-France"),
        ("Aisne", 5, "de l’Aisne"),
        ("Le Havre", 2, "du Havre"),
        ("La Rochelle", 3, "de La Rochelle"),
        ("Les Abymes", 4, "des Abymes"),
        ("L’Haÿ-les-Roses", 5, "de L’Haÿ-les-Roses"),
        ("Aux Marais", 6, "des Marais"),
        ("Las Illas", 7, "de Las Illas"),
        ("Los Masos", 8, "de Los Masos"),
    ],
)
def test_of_name_has_the_article_of_insee(name, name_type, of_name):
    assert Commune(name=name, name_type=name_type).of_name == of_name


def test_places_are_shown_with_what_tells_them_apart():
    department = DepartmentFactory(code="35", name="Ille-et-Vilaine")

    assert str(department) == "Ille-et-Vilaine (35)"
    assert str(department.region) == department.region.name
    assert str(CommuneFactory(name="Rennes", department=department)) == "Rennes (35)"
    assert str(PostalCodeFactory(code="35000")) == "35000"


def test_a_region_has_its_own_clock():
    assert RegionFactory(time_zone="Indian/Reunion").zone == zoneinfo.ZoneInfo("Indian/Reunion")


# --- Communes ---


def test_two_communes_of_one_kind_have_two_codes():
    commune = CommuneFactory(code="35238")
    twin = CommuneFactory.build(code="35238", department=commune.department)

    assert sentence(twin) == ["Une commune de cette nature porte déjà ce code."]


def test_a_delegated_commune_may_keep_the_code_of_the_commune_it_joined():
    present = CommuneFactory(code="01033", name="Valserhône")

    former = CommuneFactory(code="01033", name="Bellegarde", kind=CommuneKind.DELEGATED, present_commune=present)

    assert list(present.former_names.all()) == [former]
    assert list(Commune.objects.present()) == [present]


@pytest.mark.parametrize("kind", [kind for kind in CommuneKind if kind != CommuneKind.PRESENT])
def test_a_former_commune_leads_somewhere(kind):
    lost = CommuneFactory.build(kind=kind, department=DepartmentFactory())

    assert refused(lost) == (
        ["commune_former_leads_to_present"],
        ["Une ancienne commune mène à la commune actuelle, et elle seule."],
    )


def test_a_present_commune_leads_nowhere():
    other = CommuneFactory()
    wrong = CommuneFactory.build(department=other.department, present_commune=other)

    assert refused(wrong) == (
        ["commune_former_leads_to_present"],
        ["Une ancienne commune mène à la commune actuelle, et elle seule."],
    )


def test_communes_with_places_need_no_further_query(django_assert_num_queries):
    CommuneFactory(delegated=True)

    with django_assert_num_queries(1):
        communes = list(Commune.objects.with_places().fetch_mode(models.FETCH_RAISE))
        shown = [(c.department.region.name, c.present_commune and c.present_commune.name) for c in communes]

    assert len(shown) == 2


# --- Indicators ---


def test_a_source_gives_one_figure_a_year_for_a_region():
    figure = IndicatorFactory(source="INSEE")
    twin = IndicatorFactory.build(region=figure.region, source="INSEE", value=Decimal("12.0"))

    assert sentence(twin) == ["Cette source donne déjà ce chiffre pour cette année."]


def test_a_source_gives_one_figure_a_year_for_a_department():
    figure = IndicatorFactory(department=DepartmentFactory(), source="INSEE")
    twin = IndicatorFactory.build(region=figure.region, department=figure.department, source="INSEE")

    assert sentence(twin) == ["Cette source donne déjà ce chiffre pour cette année."]


def test_figures_of_other_places_years_measures_and_sources_stand_side_by_side():
    region = RegionFactory()
    figures = [
        IndicatorFactory(region=region, source="INSEE"),
        IndicatorFactory(region=region, source="INSEE", department=DepartmentFactory(region=region)),
        IndicatorFactory(region=region, source="INSEE", year=2014),
        IndicatorFactory(region=region, source="INSEE", measure=Measure.JOBS),
        IndicatorFactory(region=region, source="ORES"),
        IndicatorFactory(source="INSEE"),
    ]

    assert set(Indicator.objects.all()) == set(figures)
    assert set(Indicator.objects.regional()) == set(figures) - {figures[1]}


def test_a_figure_is_not_negative():
    negative = IndicatorFactory.build(region=RegionFactory(), value=Decimal("-0.1"))

    assert refused(negative) == (["indicator_is_not_negative"], ["Un indicateur n’est pas négatif."])


@pytest.mark.parametrize(
    ("measure", "value", "shown"),
    [(Measure.JOB_SHARE, "10.7", "10,7"), (Measure.JOB_SHARE, "8", "8,0"), (Measure.JOBS, "490400", "490\xa0400")],
)
def test_a_figure_is_written_as_french_does(measure, value, shown):
    indicator = IndicatorFactory(measure=measure, value=Decimal(value))

    assert indicator.shown_value.replace("\N{NARROW NO-BREAK SPACE}", "\xa0") == shown


# --- People ---


def test_two_accounts_have_two_addresses_whatever_their_case():
    UserFactory(email="jeanne@example.org")
    twin = UserFactory.build(email="Jeanne@Example.org")

    assert sentence(twin) == ["Un compte utilise déjà cette adresse."]


def test_several_accounts_may_have_no_address():
    UserFactory.create_batch(2, email="")

    assert User.objects.filter(email="").count() == 2


def test_a_person_is_once_a_member_of_a_network():
    membership = MembershipFactory()
    twin = Membership(user=membership.user, network=membership.network, role="coordinator")

    assert sentence(twin) == ["Cette personne est déjà membre de ce réseau."]


def test_people_are_shown_by_their_name_or_their_account():
    assert str(UserFactory.build(first_name="Jeanne", last_name="Martin")) == "Jeanne Martin"
    assert str(UserFactory.build(username="jmartin")) == "jmartin"


# --- Nothing that others hold to is deleted ---


@pytest.mark.parametrize("role", ["user", "network"])
def test_a_membership_protects_its_person_and_its_network(role):
    membership = MembershipFactory()

    with pytest.raises(models.ProtectedError):
        getattr(membership, role).delete()


def test_a_territory_protects_what_is_in_it():
    former = CommuneFactory(delegated=True)

    for place in (former.present_commune, former.department, former.department.region):
        with pytest.raises(models.ProtectedError):
            place.delete()


# --- Who sees which regions ---


@pytest.fixture
def two_regions():
    """A region of one's own, and one that could leak."""
    return RegionFactory(code="53", name="Bretagne"), RegionFactory(code="52", name="Pays de la Loire")


@pytest.mark.parametrize("is_coordinator", [False, True])
def test_a_member_sees_the_regions_of_their_network_only(two_regions, is_coordinator):
    brittany, loire = two_regions
    member = MembershipFactory(network=NetworkFactory(regions=[brittany]), coordinator=is_coordinator).user
    MembershipFactory(network=NetworkFactory(regions=[loire]))

    assert list(Region.objects.visible_to(member)) == [brittany]


def test_a_member_of_two_networks_of_one_region_sees_it_once(two_regions):
    brittany, _loire = two_regions
    member = UserFactory()
    for _each in range(2):
        MembershipFactory(user=member, network=NetworkFactory(regions=[brittany]))

    assert list(Region.objects.visible_to(member)) == [brittany]


def test_a_member_of_two_networks_sees_the_regions_of_both(two_regions):
    member = UserFactory()
    for region in two_regions:
        MembershipFactory(user=member, network=NetworkFactory(regions=[region]))

    assert list(Region.objects.visible_to(member)) == list(two_regions)


def test_a_member_of_a_national_network_sees_all(two_regions):
    member = MembershipFactory(network=NetworkFactory(national=True)).user

    assert list(Region.objects.visible_to(member)) == list(two_regions)


def test_an_administrator_sees_all(two_regions):
    assert list(Region.objects.visible_to(UserFactory(is_superuser=True))) == list(two_regions)


@pytest.mark.parametrize("rights", [{}, {"is_superuser": True}])
@pytest.mark.parametrize("network", [{"national": True}, {"national": False}])
def test_a_closed_account_sees_nothing(two_regions, rights, network):
    member = UserFactory(is_active=False, **rights)
    MembershipFactory(user=member, network=NetworkFactory(regions=two_regions, **network))

    assert list(Region.objects.visible_to(member)) == []


def test_staff_without_a_network_and_visitors_see_nothing(two_regions):
    MembershipFactory(network=NetworkFactory(regions=two_regions))

    assert list(Region.objects.visible_to(UserFactory(is_staff=True))) == []
    assert list(Region.objects.visible_to(AnonymousUser())) == []


# --- The revision ---


def test_the_revision_starts_at_nothing_and_moves_by_one():
    before = Revision.current()
    Revision.advance()
    once = Revision.current()
    Revision.advance()

    assert (before, once, Revision.current()) == (0, 1, 2)


def test_the_revision_is_one_row():
    Revision.advance()

    with pytest.raises(IntegrityError, match="revision_is_one_row"), transaction.atomic():
        Revision.objects.create(pk=2)


def test_a_revision_that_is_rolled_back_did_not_happen():
    Revision.advance()

    with transaction.atomic():
        Revision.advance()
        transaction.set_rollback(True)

    assert Revision.current() == 1
