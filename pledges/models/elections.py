"""An election, its contests, and who stands in them, as the official lists say."""

import datetime
from typing import Self

from django.db import models
from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pledges.enums import CandidateRole, ElectionKind, ListKind, PledgeState, Sex
from pledges.models.charter import Charter
from regions.models import Region, ScopedQuerySet
from regions.models.history import History


class ElectionQuerySet(models.QuerySet["Election"]):
    def latest_first(self) -> Self:
        return self.order_by("-first_round_on", "-kind", "pk")

    def with_counts(self) -> Self:
        """Add ``list_count`` and ``signed_count``: the lists that stand, and those whose pledge is published."""
        stands = Q(contests__lists__left_at=None, contests__lists__declared_at=None)
        signed = stands & Q(
            contests__lists__pledges__candidate=None, contests__lists__pledges__state=PledgeState.PUBLISHED
        )
        return self.annotate(
            list_count=Count("contests__lists", filter=stands, distinct=True),
            signed_count=Count("contests__lists", filter=signed, distinct=True),
        )

    def awaiting_lists(self) -> Self:
        """Those whose lists may still come, or be corrected: until the mandate begins. The next to come first."""
        return self.filter(mandate_starts_on__gt=timezone.localdate()).order_by("first_round_on", "-kind", "pk")

    def current(self) -> "list[Election]":
        """The elections to show first: of those whose signatures have opened, the latest; else the next to come.

        Several when people vote for several assemblies on the same day, as in June 2021.
        """
        elections = list(self.latest_first().select_related("charter"))
        opened = [election for election in elections if election.signing_opens_on <= timezone.localdate()]
        first = next(iter(opened or elections[::-1]), None)
        return [election for election in elections if first and election.first_round_on == first.first_round_on]

    def current_in(self, region: Region) -> "list[Election]":
        """The same for those who vote in a region: a by-election elsewhere is not theirs."""
        return self.filter(contests__in=region.contests.public()).distinct().current()


class Election(models.Model):
    """For example « régionales 2021 »: its dates, its mandate, the charter it asks to sign. Dates are data."""

    slug = models.SlugField(_("adresse"), unique=True)
    name = models.CharField(_("nom"), max_length=120)
    kind = models.CharField(_("nature"), max_length=12, choices=ElectionKind)
    charter = models.ForeignKey(Charter, on_delete=models.PROTECT, related_name="elections", verbose_name=_("charte"))
    signing_opens_on = models.DateField(_("ouverture des signatures"))
    signing_closes_on = models.DateField(_("dernier jour des signatures"))
    first_round_on = models.DateField(_("premier tour"))
    second_round_on = models.DateField(_("second tour"))
    mandate_starts_on = models.DateField(_("début du mandat"))
    mandate_ends_on = models.DateField(_("fin du mandat"))
    is_demonstration = models.BooleanField(
        _("démonstration"), default=False, help_text=_("Élection inventée : un bandeau le dit sur chaque page.")
    )

    objects = ElectionQuerySet.as_manager()
    history = History()

    # Set by with_counts().
    list_count: int
    signed_count: int

    class Meta:
        verbose_name = _("élection")
        ordering = ("-first_round_on", "slug")
        constraints = [
            models.CheckConstraint(
                condition=Q(signing_opens_on__lte=F("signing_closes_on"))
                & Q(first_round_on__lt=F("second_round_on"))
                & Q(second_round_on__lt=F("mandate_starts_on"))
                & Q(mandate_starts_on__lt=F("mandate_ends_on")),
                name="election_dates_follow_one_another",
                violation_error_message=_(
                    "Les dates se suivent : ouverture puis clôture des signatures, premier tour, second tour,"
                    " début puis fin du mandat."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("election", args=[self.slug])

    @property
    def rounds(self) -> tuple[datetime.date, datetime.date]:
        return self.first_round_on, self.second_round_on


class Nuance(models.Model):
    """The political code that the ministry gives to a list, and not the list to itself."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="nuances", verbose_name=_("élection"))
    code = models.CharField(_("code"), max_length=10)
    label = models.CharField(_("libellé"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("nuance")
        ordering = ("election", "code")
        constraints = [
            models.UniqueConstraint(
                fields=["election", "code"],
                name="nuance_one_per_election_and_code",
                violation_error_message=_("Cette nuance existe déjà pour cette élection."),
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.code


class ContestQuerySet(ScopedQuerySet["Contest"]):
    region_path = "region"

    def public(self) -> Self:
        """Those that a file or an administrator made; one that a declaration brought waits for an official list."""
        official = CandidateList.objects.official().filter(contest=OuterRef("pk"))
        return self.filter(Q(declared_at=None) | Exists(official))

    def with_counts(self) -> Self:
        """Add ``list_count`` and ``signed_count``: the lists that stand, and those whose pledge is published."""
        stands = Q(lists__left_at=None, lists__declared_at=None)
        signed = stands & Q(lists__pledges__candidate=None, lists__pledges__state=PledgeState.PUBLISHED)
        return self.annotate(
            list_count=Count("lists", filter=stands, distinct=True),
            signed_count=Count("lists", filter=signed, distinct=True),
        )

    def with_asked_counts(self) -> Self:
        """Add ``list_count`` and ``asked_count``: the lists that stand, and those asked to sign at least once."""
        stands = Q(lists__left_at=None, lists__declared_at=None)
        return self.annotate(
            list_count=Count("lists", filter=stands, distinct=True),
            asked_count=Count("lists", filter=stands & Q(lists__invitations__isnull=False), distinct=True),
        )

    def not_all_asked(self) -> Self:
        """Those where a list that stands was never asked to sign."""
        return self.with_asked_counts().filter(asked_count__lt=F("list_count"))


class Contest(models.Model):
    """One election in one territory: a region, a canton."""

    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="contests", verbose_name=_("élection")
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="contests", verbose_name=_("région"))
    code = models.CharField(_("code officiel"), max_length=10)
    name = models.CharField(_("nom"), max_length=120)
    slug = models.SlugField(_("adresse"))
    declared_at = models.DateTimeField(_("faite pour une candidature déclarée, le"), null=True, editable=False)

    objects = ContestQuerySet.as_manager()

    # Set by with_counts() and with_asked_counts().
    list_count: int
    signed_count: int
    asked_count: int

    class Meta:
        verbose_name = _("circonscription")
        ordering = ("election", "slug")
        constraints = [
            models.UniqueConstraint(
                fields=["election", "code"],
                name="contest_one_per_election_and_code",
                violation_error_message=_("Cette élection a déjà une circonscription de ce code."),
            ),
            models.UniqueConstraint(
                fields=["election", "slug"],
                name="contest_one_per_election_and_slug",
                violation_error_message=_("Cette élection a déjà une circonscription à cette adresse."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.election}"

    def get_absolute_url(self) -> str:
        return reverse("contest", args=[self.election.slug, self.slug])


class CandidateListQuerySet(ScopedQuerySet["CandidateList"]):
    region_path = "contest__region"

    def official(self) -> Self:
        """The lists that an official file has named, those that left included: all that the public sees."""
        return self.filter(declared_at=None)

    def standing(self) -> Self:
        """The lists that the last official file names."""
        return self.official().filter(left_at=None)

    def with_last_asked(self) -> Self:
        """Add ``last_asked_on``: the day of the last request to sign, None where nobody has asked."""
        return self.annotate(last_asked_on=Max("invitations__asked_on"))

    def not_asked(self) -> Self:
        """Those that no network has asked to sign, as far as was noted."""
        return self.filter(invitations=None)

    def in_panel_order(self) -> Self:
        """The official order of the posters, never ours."""
        return self.order_by("contest", F("panel_number").asc(nulls_last=True), "official_code", "pk")

    def with_counts(self) -> Self:
        """Add ``personal_count``: its candidates whose own pledge is published."""
        personal = Q(pledges__candidate__isnull=False, pledges__state=PledgeState.PUBLISHED)
        return self.annotate(personal_count=Count("pledges", filter=personal))

    def with_contest(self) -> Self:
        """Load the territory, the election and the nuance: what a list's name is shown with."""
        return self.select_related("contest__election__charter", "contest__region", "nuance")

    def take(self) -> None:
        """Lock these lists until the transaction ends: all that happens to their pledges happens one at a time.

        A row lock on PostgreSQL; SQLite's transactions, opened IMMEDIATE, already wait for one another.
        """
        list(self.order_by("pk").select_for_update(no_key=True).values_list("pk"))


class CandidateList(models.Model):
    """What voters choose: a list with its sections, or a binôme with its substitutes."""

    contest = models.ForeignKey(
        Contest, on_delete=models.PROTECT, related_name="lists", verbose_name=_("circonscription")
    )
    kind = models.CharField(_("nature"), max_length=4, choices=ListKind, default=ListKind.LIST)
    official_code = models.CharField(_("code officiel"), max_length=20, blank=True, help_text=_("Le numéro de dépôt."))
    panel_number = models.PositiveSmallIntegerField(_("numéro de panneau"), null=True, blank=True)
    name = models.CharField(_("nom"), max_length=500)
    norm = models.CharField(_("nom plié"), max_length=500, db_index=True, editable=False)
    nuance = models.ForeignKey(
        Nuance, null=True, blank=True, on_delete=models.PROTECT, related_name="lists", verbose_name=_("nuance")
    )
    left_at = models.DateTimeField(_("absente de la liste officielle depuis"), null=True, editable=False)
    # Someone signs before the official lists exist: their words, shown to nobody until a moderator has matched them.
    declared_at = models.DateTimeField(_("déclarée avant la liste officielle, le"), null=True, editable=False)

    objects = CandidateListQuerySet.as_manager()

    # Set by with_counts(), and by with_last_asked().
    personal_count: int
    last_asked_on: datetime.date | None

    class Meta:
        verbose_name = _("liste ou binôme")
        verbose_name_plural = _("listes et binômes")
        ordering = ("contest", "panel_number", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "official_code"],
                condition=Q(declared_at=None),
                name="list_one_per_contest_and_code",
                violation_error_message=_("Cette circonscription a déjà une liste de ce code."),
            ),
            models.CheckConstraint(
                condition=Q(declared_at=None)
                | Q(declared_at__isnull=False, official_code="", panel_number=None, nuance=None, left_at=None),
                name="list_declared_has_nothing_official",
                violation_error_message=_("Une candidature déclarée n’a ni code, ni panneau, ni nuance."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("list", args=[self.pk, slugify(self.name)[:60].strip("-") or self.kind])

    @property
    def is_declared(self) -> bool:
        """Whether no official list names it yet: it then has no public page."""
        return self.declared_at is not None


class CandidateQuerySet(ScopedQuerySet["Candidate"]):
    region_path = "candidate_list__contest__region"

    def official(self) -> Self:
        """The people whom an official file has named."""
        return self.filter(candidate_list__declared_at=None)

    def standing(self) -> Self:
        """The people whom the last official file names."""
        return self.official().filter(left_at=None)

    def leading(self) -> Self:
        """Who leads a list, or makes a binôme: those who may sign for it."""
        return self.filter(Q(is_head=True) | Q(candidate_list__kind=ListKind.PAIR, role=CandidateRole.CANDIDATE))

    def in_list_order(self) -> Self:
        return self.order_by("candidate_list", "section_code", "role", "rank", "pk")


class Candidate(models.Model):
    """One person's place in a list. No birth date, no address: nothing that a page does not show."""

    candidate_list = models.ForeignKey(
        CandidateList, on_delete=models.PROTECT, related_name="candidates", verbose_name=_("liste ou binôme")
    )
    section_code = models.CharField(_("section"), max_length=10, blank=True)
    section_name = models.CharField(_("nom de la section"), max_length=120, blank=True)
    rank = models.PositiveSmallIntegerField(_("rang"))
    role = models.CharField(_("place"), max_length=10, choices=CandidateRole, default=CandidateRole.CANDIDATE)
    is_head = models.BooleanField(_("tête de liste"), default=False)
    last_name = models.CharField(_("nom"), max_length=120)
    first_names = models.CharField(_("prénoms"), max_length=120)
    norm = models.CharField(_("nom plié"), max_length=241, db_index=True, editable=False)
    sex = models.CharField(_("sexe"), max_length=1, choices=Sex, blank=True)
    left_at = models.DateTimeField(_("absent·e de la liste officielle depuis"), null=True, editable=False)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        verbose_name = _("candidat·e")
        verbose_name_plural = _("candidates et candidats")
        ordering = ("candidate_list", "section_code", "rank", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["candidate_list", "section_code", "role", "rank"],
                condition=Q(left_at=None),
                name="candidate_one_per_place",
                violation_error_message=_("Quelqu’un occupe déjà cette place de la liste."),
            ),
            models.UniqueConstraint(
                fields=["candidate_list"],
                condition=Q(is_head=True, left_at=None),
                name="candidate_one_head_per_list",
                violation_error_message=_("Une liste a une seule tête de liste."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def get_absolute_url(self) -> str:
        return reverse("candidate", args=[self.pk, slugify(self.full_name)[:60].strip("-") or "candidat"])

    @property
    def full_name(self) -> str:
        return f"{self.first_names} {self.last_name}".strip()

    @property
    def place(self) -> str:
        """Where the official list puts this person: « tête de liste », « n° 3, section Ille-et-Vilaine »."""
        if self.role == CandidateRole.SUBSTITUTE:
            return {"F": gettext("remplaçante"), "M": gettext("remplaçant")}.get(self.sex, gettext("remplaçant·e"))
        if self.candidate_list.kind == ListKind.PAIR:
            return gettext("membre du binôme")
        place = gettext("n° %d") % self.rank
        if self.section_name:
            place = gettext("%(place)s, section %(section)s") % {"place": place, "section": self.section_name}
        return gettext("tête de liste, %s") % place if self.is_head else place
