"""INSEE's official geography (COG), and the published figures of the ESS in it."""

import zoneinfo
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regions import lookups  # noqa: F401  registers the prefix look-up
from regions.enums import CommuneKind, Measure
from regions.models.history import History

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from regions.models.networks import User

# INSEE's TNCC (« type de nom en clair »): how « de » joins a name.
LINKS = {0: "de ", 1: "d’", 2: "du ", 3: "de la ", 4: "des ", 5: "de l’", 6: "des ", 7: "de las ", 8: "de los "}
# A commune's official name holds its article, which a region's or a department's does not (« Manche »). Some articles
# melt into « de » (« du Havre »), the others keep their capital after it (« de La Rochelle »).
MELTING = {2: "Le ", 4: "Les ", 6: "Aux "}
KEPT = {3: "La ", 5: "L’", 7: "Las ", 8: "Los "}


class Named(models.Model):
    """A place with an official name."""

    name = models.CharField(_("nom"), max_length=60)
    norm = models.CharField(_("nom plié"), max_length=60, db_index=True, editable=False)
    name_type = models.PositiveSmallIntegerField(
        _("type de nom"), help_text=_("TNCC de l’INSEE : l’article qui accompagne le nom.")
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def of_name(self) -> str:
        """The name after « de »: « de Bretagne », « d’Île-de-France », « de la Manche », « du Havre »."""
        if self.name.startswith(KEPT.get(self.name_type, " ")):
            return f"de {self.name}"
        return f"{LINKS[self.name_type]}{self.name.removeprefix(MELTING.get(self.name_type, ''))}"


def _regions_of(user: "User | AnonymousUser") -> frozenset[str]:
    """The codes of the regions where someone may work: none for a visitor."""
    return getattr(user, "region_codes", frozenset())


class RegionQuerySet(models.QuerySet["Region"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """The regions where this user may work."""
        return self.filter(code__in=_regions_of(user))


class ScopedQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows that belong to a region: the border between territories is this one look-up."""

    region_path: ClassVar[str]
    """From the model to its region, for example ``"contest__region"``."""

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """What this user may see and work on: the rows of their regions."""
        return self.filter(**{f"{self.region_path}__in": _regions_of(user)})


class Region(Named):
    """One of the 18 regions, single-assembly territories included."""

    code = models.CharField(_("code INSEE"), max_length=2, primary_key=True)
    slug = models.SlugField(_("adresse"), unique=True)
    council = models.CharField(
        _("assemblée"), max_length=120, help_text=_("Par exemple « conseil régional de Bretagne ».")
    )
    time_zone = models.CharField(_("fuseau horaire"), max_length=40)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("région")
        ordering = ("norm",)

    def get_absolute_url(self) -> str:
        return reverse("region", args=[self.slug])

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The clock of the territory: the electoral silence follows it."""
        return zoneinfo.ZoneInfo(self.time_zone)


class Department(Named):
    """One of the 101 departments."""

    code = models.CharField(_("code INSEE"), max_length=3, primary_key=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="departments", verbose_name=_("région"))

    class Meta:
        verbose_name = _("département")
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    @property
    def council(self) -> str:
        """The assembly that its cantons elect: « conseil départemental d’Ille-et-Vilaine ».

        ``regions.unserved`` says of which departments there is none.
        """
        return gettext("conseil départemental %s") % self.of_name


class CommuneQuerySet(models.QuerySet["Commune"]):
    def present(self) -> Self:
        return self.filter(kind=CommuneKind.PRESENT)

    def with_places(self) -> Self:
        """Load what a line of an answer shows: the department, the region, and what became of a former commune."""
        return self.select_related("department__region", "present_commune")


class Commune(Named):
    """A commune, or a name that now leads to one: a former commune, an arrondissement of Paris, Lyon, Marseille."""

    code = models.CharField(_("code INSEE"), max_length=5, db_index=True)
    kind = models.CharField(_("nature"), max_length=10, choices=CommuneKind, default=CommuneKind.PRESENT)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="communes", verbose_name=_("département")
    )
    present_commune = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="former_names",
        verbose_name=_("commune actuelle"),
    )
    population = models.PositiveIntegerField(_("population municipale"), null=True, blank=True)

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = _("commune")
        ordering = ("norm", "code")
        constraints = [
            # A delegated commune often keeps the code of the commune it joined: the code alone is not a key.
            models.UniqueConstraint(
                fields=["code", "kind"],
                name="commune_one_per_code_and_kind",
                violation_error_message=_("Une commune de cette nature porte déjà ce code."),
            ),
            models.CheckConstraint(
                condition=Q(kind=CommuneKind.PRESENT, present_commune=None)
                | (~Q(kind=CommuneKind.PRESENT) & Q(present_commune__isnull=False)),
                name="commune_former_leads_to_present",
                violation_error_message=_("Une ancienne commune mène à la commune actuelle, et elle seule."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.department_id})"


class PostalCode(models.Model):
    """A postcode of La Poste: it may serve several communes, departments, even regions."""

    code = models.CharField(_("code postal"), max_length=5, primary_key=True)
    communes = models.ManyToManyField(Commune, related_name="postal_codes", verbose_name=_("communes"))

    class Meta:
        verbose_name = _("code postal")
        verbose_name_plural = _("codes postaux")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def regional(self) -> Self:
        return self.filter(department=None)


class Indicator(models.Model):
    """One published figure of the ESS for a region or a department, with its year, base and source."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="indicators", verbose_name=_("région"))
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="indicators",
        verbose_name=_("département"),
    )
    measure = models.CharField(_("mesure"), max_length=20, choices=Measure)
    year = models.PositiveSmallIntegerField(_("année"))
    value = models.DecimalField(_("valeur"), max_digits=12, decimal_places=1)
    base = models.CharField(_("champ"), max_length=120, help_text=_("Par exemple « emploi salarié total »."))
    source = models.CharField(_("source"), max_length=200)

    objects = IndicatorQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("indicateur")
        ordering = ("region", "measure", "-year")
        constraints = [
            models.UniqueConstraint(
                F("region"),
                Coalesce("department", Value("")),  # a figure for the whole region has no department
                F("measure"),
                F("year"),
                F("source"),
                name="indicator_one_per_source_and_year",
                violation_error_message=_("Cette source donne déjà ce chiffre pour cette année."),
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="indicator_is_not_negative",
                violation_error_message=_("Un indicateur n’est pas négatif."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_measure_display()}, {self.department or self.region}, {self.year}"

    @property
    def unit(self) -> str:
        return Measure(self.measure).unit

    @property
    def shown_value(self) -> str:
        """The value as French writes it: « 10,7 », « 490 400 »."""
        decimals = 1 if self.unit else 0
        return number_format(self.value, decimal_pos=decimals, force_grouping=True)
