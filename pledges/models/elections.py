"""An election, its contests, and who stands in them, as the official lists say."""

import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pledges.enums import CandidateRole, ElectionKind, Fate, InvitationOutcome, ListKind, PledgeState, Round, Sex
from pledges.models.charter import Charter
from regions.models import Department, Region, ScopedQuerySet
from regions.models.history import History

# Six months after its mandate, an election is an archive: contact data goes, and nothing is edited any more.
ARCHIVED_AFTER = datetime.timedelta(days=183)


class ElectionQuerySet(models.QuerySet["Election"]):
    def archived(self) -> Self:
        """Those whose mandate ended more than six months ago."""
        return self.filter(mandate_ends_on__lt=timezone.localdate() - ARCHIVED_AFTER)

    def latest_first(self) -> Self:
        return self.order_by("-first_round_on", "-kind", "pk")

    def with_counts(self) -> Self:
        """Add ``list_count`` and ``signed_count``: the lists that stand, and those whose pledge is published.

        Those of the first round: a list that merges into another is not counted twice.
        """
        stands = Q(contests__lists__left_at=None, contests__lists__declared_at=None, contests__lists__round=Round.FIRST)
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

    def current(self, on: datetime.date | None = None) -> "list[Election]":
        """The elections to show first: of those whose signatures have opened, the latest; else the next to come.

        Several when people vote for several assemblies on the same day, as in June 2021.
        """
        elections = list(self.latest_first().select_related("charter"))
        opened = [election for election in elections if election.signing_opens_on <= (on or timezone.localdate())]
        first = next(iter(opened or elections[::-1]), None)
        return [election for election in elections if first and election.first_round_on == first.first_round_on]

    def current_in(self, region: Region, on: datetime.date | None = None) -> "list[Election]":
        """The same for those who vote in a region: a by-election elsewhere is not theirs."""
        return self.filter(contests__in=region.contests.public()).distinct().current(on)


class Election(models.Model):
    """For example « régionales 2021 »: its dates, its mandate, the charter it asks to sign. Dates are data."""

    slug = models.SlugField(_("adresse"), unique=True)
    name = models.CharField(_("nom"), max_length=120)
    kind = models.CharField(_("nature"), max_length=12, choices=ElectionKind)
    charter = models.ForeignKey(Charter, on_delete=models.PROTECT, related_name="elections", verbose_name=_("charte"))
    signing_opens_on = models.DateField(_("ouverture des signatures"))
    signing_closes_on = models.DateField(_("dernier jour des signatures"))
    candidacies_close_on = models.DateField(
        _("dernier jour du dépôt des candidatures"),
        null=True,
        blank=True,
        help_text=_("Pour le premier tour, selon le décret de convocation. Laissez vide tant qu’il n’a pas paru."),
    )
    first_round_on = models.DateField(_("premier tour"))
    second_candidacies_close_on = models.DateField(
        _("dernier jour du dépôt des candidatures pour le second tour"),
        null=True,
        blank=True,
        help_text=_(
            "D’ordinaire le mardi qui suit le premier tour : les listes se maintiennent ou fusionnent d’ici là."
        ),
    )
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
            models.CheckConstraint(
                condition=Q(candidacies_close_on=None) | Q(candidacies_close_on__lt=F("first_round_on")),
                name="election_candidacies_close_before_first_round",
                violation_error_message=_("Le dépôt des candidatures se termine avant le premier tour."),
            ),
            models.CheckConstraint(
                condition=Q(second_candidacies_close_on=None)
                | Q(
                    second_candidacies_close_on__gt=F("first_round_on"),
                    second_candidacies_close_on__lt=F("second_round_on"),
                ),
                name="election_second_candidacies_close_between_rounds",
                violation_error_message=_(
                    "Le dépôt des candidatures pour le second tour se termine entre les deux tours."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("election", args=[self.slug])

    @property
    def choice(self) -> ElectionKind:
        """What its voters choose from, for the words of a page: lists or binômes."""
        return ElectionKind(self.kind)

    @property
    def second_signing_closes_on(self) -> datetime.date:
        """The last whole day of signatures for the lists of the second round: the one before its silence."""
        return max(self.signing_closes_on, self.second_round_on - datetime.timedelta(days=2))

    @property
    def last_day_of_contacts(self) -> datetime.date:
        """Until when the addresses and numbers of those who signed may be kept."""
        return self.mandate_ends_on + ARCHIVED_AFTER

    @property
    def archived_on(self) -> datetime.date:
        """The first day on which it is read and edited no more."""
        return self.last_day_of_contacts + datetime.timedelta(days=1)

    @property
    def is_archived(self) -> bool:
        return timezone.localdate() >= self.archived_on

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


def _in_round(one_round: Round, prefix: str = "") -> Q:
    """What makes a list one of those that voters choose from in a round.

    :param prefix: The path to the list, with its two underscores.
    """
    if one_round == Round.FIRST:
        return Q(**{f"{prefix}round": Round.FIRST})
    return Q(**{f"{prefix}round": Round.SECOND}) | Q(**{f"{prefix}round": Round.FIRST, f"{prefix}fate": Fate.KEPT})


class ContestQuerySet(ScopedQuerySet["Contest"]):
    region_path = "region"

    def public(self) -> Self:
        """Those that a file or an administrator made; one that a declaration brought waits for an official list."""
        official = CandidateList.objects.official().filter(contest=OuterRef("pk"))
        return self.filter(Q(declared_at=None) | Exists(official))

    def with_counts(self, one_round: Round = Round.FIRST) -> Self:
        """Add ``list_count`` and ``signed_count``: the lists that stand, and those whose pledge is published.

        :param one_round: Whose lists are counted, never those of both.
        """
        stands = Q(lists__left_at=None, lists__declared_at=None) & _in_round(one_round, "lists__")
        signed = stands & Q(lists__pledges__candidate=None, lists__pledges__state=PledgeState.PUBLISHED)
        return self.annotate(
            list_count=Count("lists", filter=stands, distinct=True),
            signed_count=Count("lists", filter=signed, distinct=True),
        )

    def with_asked_counts(self) -> Self:
        """Add ``list_count``, ``asked_count`` and ``early_count``.

        The lists that stand, those asked to sign at least once, and those that answered before anybody asked. Those of
        the first round, as everywhere that no round is said.
        """
        stands = Q(lists__left_at=None, lists__declared_at=None, lists__round=Round.FIRST)
        early = CandidateList.objects.answered_unasked().values("pk")
        return self.annotate(
            list_count=Count("lists", filter=stands, distinct=True),
            asked_count=Count(
                "lists", filter=stands & Q(lists__invitations__outcome=InvitationOutcome.SENT), distinct=True
            ),
            early_count=Count("lists", filter=stands & Q(lists__in=early), distinct=True),
        )

    def with_unasked(self, unasked: "CandidateListQuerySet", lists: "CandidateListQuerySet") -> Self:
        """Those where somebody is still to be asked, with ``unasked_count`` and ``list_count``.

        :param unasked: The lists still to be asked, among those that are counted.
        """
        return self.filter(pk__in=unasked.order_by().values("contest")).annotate(
            unasked_count=Count("lists", filter=Q(lists__in=unasked.order_by().values("pk")), distinct=True),
            list_count=Count("lists", filter=Q(lists__in=lists.order_by().values("pk")), distinct=True),
        )


class Contest(models.Model):
    """One election in one territory: a region, a canton."""

    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="contests", verbose_name=_("élection")
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="contests", verbose_name=_("région"))
    # A canton's; a contest of a whole region has none.
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contests",
        verbose_name=_("département"),
    )
    code = models.CharField(_("code officiel"), max_length=10)
    name = models.CharField(_("nom"), max_length=120)
    slug = models.SlugField(_("adresse"), max_length=150)
    declared_at = models.DateTimeField(_("faite pour une candidature déclarée, le"), null=True, editable=False)

    objects = ContestQuerySet.as_manager()

    # Set by with_counts(), with_asked_counts() and with_unasked().
    list_count: int
    signed_count: int
    asked_count: int
    early_count: int
    unasked_count: int

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

    @property
    def local_name(self) -> str:
        """A canton's name where its department is already said."""
        return self.name.removesuffix(f" ({self.department.name})") if self.department else self.name

    @property
    def council(self) -> str:
        """The assembly that is elected: « conseil départemental de la Manche », « Assemblée de Corse ».

        Mayotte elected by canton in 2021 and elects by list in 2028: its contests say which council each time.
        """
        return self.department.council if self.department else self.region.council


SAID = {"pledges__candidate": None, "pledges__confirmed_at__isnull": False}
REFUSED = {"invitations__refused_at__isnull": False}


def _with(**facts: Any) -> "models.QuerySet[CandidateList, int]":
    """The keys of the lists of which this holds: one level of subquery, however the planner misjudges its size."""
    return CandidateList.objects.filter(**facts).values_list("pk", flat=True)


class CandidateListQuerySet(ScopedQuerySet["CandidateList"]):
    region_path = "contest__region"

    def official(self) -> Self:
        """The lists that an official file has named, those that left included: all that the public sees."""
        return self.filter(declared_at=None)

    def standing(self) -> Self:
        """The lists that the last official file names, of the first round and of the second."""
        return self.official().filter(left_at=None)

    def of_round(self, one_round: Round) -> Self:
        """Those that voters choose from in a round: in the second, the lists kept and those that a merger made.

        Whatever counts lists counts those of one round.
        """
        return self.filter(_in_round(one_round))

    def in_the_running(self) -> Self:
        """Those that stand and that voters may still choose: not one that left after the first round, nor a parent."""
        return self.standing().filter(fate__in=("", Fate.KEPT))

    def with_last_asked(self) -> Self:
        """Add ``last_asked_on``: the day of the last request to sign, None where nobody has asked."""
        made = Q(invitations__outcome=InvitationOutcome.SENT)
        return self.annotate(last_asked_on=Max("invitations__asked_on", filter=made))

    def asked(self) -> Self:
        """Those that a network has asked to sign, as far as the portal knows."""
        return self.filter(pk__in=_with(invitations__outcome=InvitationOutcome.SENT))

    def not_asked(self) -> Self:
        """Those that are still to be asked: nobody has, as far as was noted, and they have not answered."""
        return self._never_asked().exclude(pk__in=_with(**SAID))

    def answered_unasked(self) -> Self:
        """Those that answered before anybody asked them: there is nothing to ask any more."""
        return self._never_asked().answered()

    def _never_asked(self) -> Self:
        return self.exclude(pk__in=_with(invitations__outcome=InvitationOutcome.SENT))

    def answered(self) -> Self:
        """Those whose own pledge somebody has confirmed, whatever became of it: they have said what they had to."""
        return self.filter(pk__in=_with(**SAID))

    def refusing(self) -> Self:
        """Those that asked to be left alone."""
        return self.filter(pk__in=_with(**REFUSED))

    def silent(self) -> Self:
        """Those that have said nothing yet: neither an answer nor that they want none of it."""
        return self.exclude(pk__in=_with(**SAID)).exclude(pk__in=_with(**REFUSED))

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
    round = models.PositiveSmallIntegerField(
        _("tour"),
        choices=Round,
        default=Round.FIRST,
        db_default=Round.FIRST,
        editable=False,
        help_text=_("Celui où la liste est entrée : le second pour une liste issue d’une fusion."),
    )
    fate = models.CharField(
        _("au second tour"), max_length=10, choices=Fate, blank=True, default="", db_default="", editable=False
    )
    fate_at = models.DateTimeField(_("dit le"), null=True, editable=False)
    parents = models.ManyToManyField(
        "self", symmetrical=False, blank=True, editable=False, related_name="mergers", verbose_name=_("issue de")
    )
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
                fields=["contest", "round", "official_code"],
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
            models.CheckConstraint(
                condition=Q(fate="", fate_at=None) | (~Q(fate="") & Q(fate_at__isnull=False)),
                name="list_fate_has_its_date",
                violation_error_message=_("Ce que devient une liste au second tour a une date."),
            ),
            models.CheckConstraint(
                condition=Q(round=Round.FIRST) | Q(round=Round.SECOND, fate="", declared_at=None),
                name="list_of_the_second_round_has_no_fate",
                violation_error_message=_("Seule une liste du premier tour a une suite au second."),
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

    @property
    def rounds(self) -> tuple[Round, ...]:
        """Those in which voters choose from it, as far as is known; what ``of_round`` says of rows."""
        if self.round == Round.SECOND:
            return (Round.SECOND,)
        return (Round.FIRST, Round.SECOND) if self.fate == Fate.KEPT else (Round.FIRST,)

    @property
    def fate_in_words(self) -> str:
        """« maintenue au second tour »; nothing while nobody knows."""
        return Fate(self.fate).said_of(ListKind(self.kind)) if self.fate else ""

    @property
    def is_in_second_round(self) -> bool:
        return Round.SECOND in self.rounds


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
    # On a list that a merger made: the same person's place in the first round.
    earlier = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="later",
        verbose_name=_("place au premier tour"),
    )

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
