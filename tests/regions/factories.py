"""Invented territories, networks and people; every one of them is valid as it comes."""

from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from regions.enums import CommuneKind, Measure, Role
from regions.folding import fold
from regions.models import Commune, Department, Indicator, Membership, Network, PostalCode, Region, User


class NamedFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    name_type = 0
    norm = factory.LazyAttribute(lambda place: fold(place.name))


class RegionFactory(NamedFactory):
    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"{n % 100:02}")
    name = factory.Sequence(lambda n: f"Région {n}")
    slug = factory.LazyAttribute(lambda region: region.norm.replace(" ", "-"))
    council = factory.LazyAttribute(lambda region: f"conseil régional de {region.name}")
    time_zone = "Europe/Paris"


class DepartmentFactory(NamedFactory):
    class Meta:
        model = Department
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"{n % 1000:03}")
    name = factory.Sequence(lambda n: f"Département {n}")
    region = factory.SubFactory(RegionFactory)


class CommuneFactory(NamedFactory):
    class Meta:
        model = Commune

    class Params:
        delegated = factory.Trait(
            kind=CommuneKind.DELEGATED, present_commune=factory.SubFactory("tests.regions.factories.CommuneFactory")
        )

    code = factory.Sequence(lambda n: f"{n % 100_000:05}")
    name = factory.Sequence(lambda n: f"Commune {n}")
    department = factory.SubFactory(DepartmentFactory)
    population = 1000


class PostalCodeFactory(DjangoModelFactory):
    class Meta:
        model = PostalCode
        django_get_or_create = ("code",)
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"{n % 100_000:05}")

    @factory.post_generation
    def communes(self, create, communes, **kwargs):
        if communes:
            self.communes.set(communes)


class NetworkFactory(DjangoModelFactory):
    class Meta:
        model = Network
        skip_postgeneration_save = True

    class Params:
        national = factory.Trait(is_national=True)

    name = factory.Sequence(lambda n: f"Réseau {n}")

    @factory.post_generation
    def regions(self, create, regions, **kwargs):
        if regions:
            self.regions.set(regions)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"membre{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    class Params:
        coordinator = factory.Trait(role=Role.COORDINATOR)

    user = factory.SubFactory(UserFactory)
    network = factory.SubFactory(NetworkFactory)


class IndicatorFactory(DjangoModelFactory):
    class Meta:
        model = Indicator

    region = factory.SubFactory(RegionFactory)
    measure = Measure.JOB_SHARE
    year = 2015
    value = Decimal("11.0")
    base = "emploi salarié"
    source = factory.Sequence(lambda n: f"Source {n}")
