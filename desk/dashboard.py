"""The first page of the desk: what to do next, in a person's own territory. Nothing here compares lists or parties."""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges import dossier, second_round
from pledges.calendar import Silence, polls_close, silences, today
from pledges.campaign_progress import Progress, progress_of
from pledges.enums import (
    COUNTED_OUTCOMES,
    IMPORT_AT_WORK,
    IMPORT_OVER,
    Act,
    ElectionKind,
    PledgeState,
    PreparedState,
    Round,
)
from pledges.heads_asked import heads_asked
from pledges.models import (
    Campaign,
    CandidateImport,
    CandidateList,
    Contest,
    CorrectionRequest,
    ElectedOfficial,
    Election,
    JournalEntry,
    OutboxMail,
    Pledge,
    PreparedDecision,
)
from regions.models import Network, Region, User
from resources.enums import ResourceState
from resources.models import Resource, Version

SHOWN = 5
"""Rows of a block; the rest is one link away."""
LATEST_SHOWN = 8
EVE = datetime.timedelta(days=1)
LATEST_DAYS = 14
DECISIONS = (
    Act.PLEDGE_PUBLISHED,
    Act.PLEDGE_DECLINED,
    Act.PLEDGE_SUSPENDED,
    Act.PLEDGE_RESUMED,
    Act.PLEDGE_WITHDRAWN,
    Act.PLEDGE_SUPERSEDED,
    Act.PLEDGE_MATCHED,
    Act.LIST_INVITED,
    Act.CANDIDATES_IMPORTED,
    Act.ELECTED_IMPORTED,
    Act.CORRECTION_ACCEPTED,
    Act.CORRECTION_DECLINED,
    Act.RESOURCE_PUBLISHED,
    Act.RESOURCE_REPLACED,
    Act.RESOURCE_ARCHIVED,
)


@dataclass(frozen=True, slots=True)
class Some[T]:
    """The first rows of a block, and how many there are in all."""

    rows: Sequence[T]
    count: int

    @property
    def rest(self) -> int:
        return self.count - len(self.rows)


@dataclass(frozen=True, slots=True)
class Hold:
    """What the electoral silence holds back in some regions, until they may publish and write again."""

    silence: Silence
    regions: list[Region]
    pledges: int = 0
    mails: int = 0


@dataclass(frozen=True, slots=True)
class Milestone:
    """A date to come of an election, by the clock of some regions."""

    on: datetime.date
    sentence: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """What comes next, for elections held on the same days."""

    elections: list[Election]
    milestones: list[Milestone] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Unasked:
    """Where somebody is still to be asked to sign, and how many lists are."""

    contests: Some[Contest]
    lists: int
    is_over: bool
    """Whether nothing may be signed any more: nobody is to be asked."""
    kinds: frozenset[ElectionKind]

    @property
    def heading(self) -> str:
        """What follows their number: « listes pas encore sollicitées »."""
        if len(self.kinds) > 1:
            return ngettext("liste ou binôme à solliciter encore", "listes et binômes à solliciter encore", self.lists)
        if self.kinds == {ElectionKind.DEPARTMENTAL}:
            return ngettext("binôme pas encore sollicité", "binômes pas encore sollicités", self.lists)
        return ngettext("liste pas encore sollicitée", "listes pas encore sollicitées", self.lists)


@dataclass(frozen=True, slots=True)
class Shelves:
    """What the resources of one's territory ask of somebody."""

    to_review: Some[Resource]
    sent_back: list[Resource]
    faults: Some[Version]

    @property
    def is_empty(self) -> bool:
        return not (self.to_review.rows or self.sent_back or self.faults.rows)


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What a person finds first; every count is a query, whatever the number of rows."""

    waiting: Some[Pledge]
    suspended: int
    imports: int
    corrections: int
    elected: int
    holds: list[Hold]
    undone: list[PreparedDecision]
    """What was decided during a silence and could not be done when it ended."""
    unasked: Unasked
    mails: dict[str, int]
    oldest_mail: datetime.datetime | None
    campaigns: list[Progress]
    declared: Some[Pledge]
    shelves: Shelves
    calendars: list[Calendar]
    latest: list[JournalEntry]

    @property
    def troubled_mails(self) -> int:
        """Those given up, and those that fail and are tried again."""
        return self.mails["given_up"] + self.mails["failing"]


def dashboard(user: User) -> Dashboard:
    """What is to be done in the regions of this person."""
    elections = Election.objects.current()
    waiting = _waiting(user)
    declared = waiting.filter(candidate_list__declared_at__isnull=False)
    mails = (
        OutboxMail.objects.visible_to(user)
        .filter(sent_at=None)
        .aggregate(
            given_up=Count("pk", filter=Q(abandoned_at__isnull=False)),
            failing=Count("pk", filter=Q(abandoned_at=None) & ~Q(last_error="")),
            waiting=Count("pk", filter=Q(abandoned_at=None, last_error="")),
        )
    )
    troubled = (
        OutboxMail.objects.visible_to(user)
        .filter(sent_at=None)
        .filter(Q(abandoned_at__isnull=False) | ~Q(last_error=""))
    )
    return Dashboard(
        waiting=Some(list(waiting[:SHOWN]), waiting.count()),
        suspended=Pledge.objects.visible_to(user).filter(state=PledgeState.SUSPENDED).count(),
        imports=CandidateImport.objects.visible_to(user).exclude(state__in=(*IMPORT_AT_WORK, *IMPORT_OVER)).count(),
        corrections=CorrectionRequest.objects.visible_to(user).waiting().count(),
        elected=ElectedOfficial.objects.visible_to(user).to_decide().count(),
        holds=_holds(user),
        undone=_undone(user),
        unasked=_unasked(user, elections),
        mails=mails,
        oldest_mail=troubled.order_by("created_at").values_list("created_at", flat=True).first(),
        campaigns=_campaigns(user),
        declared=Some(list(declared[:SHOWN]), declared.count()),
        shelves=_shelves(user),
        calendars=_calendars(elections, user.regions_here),
        latest=_latest(user),
    )


def _waiting(user: User) -> QuerySet[Pledge]:
    """What waits, oldest first, after who has answered a question, then what an official list lets one match."""
    official = CandidateList.objects.standing().filter(contest=OuterRef("candidate_list__contest"))
    is_declared = Q(candidate_list__declared_at__isnull=False)
    return (
        Pledge.objects.visible_to(user)
        .waiting()
        .annotate(
            has_answered=dossier.HAS_ANSWERED,
            to_match_first=ExpressionWrapper(is_declared & Exists(official), BooleanField()),
        )
        .select_related("candidate", "candidate_list__contest__region", "candidate_list__contest__election")
        .order_by("-has_answered", "-to_match_first", "confirmed_at", "pk")
    )


def _holds(user: User) -> list[Hold]:
    here = {region.code: region for region in user.regions_here}
    windows = {code: window for code, window in silences().items() if code in here}
    holds = []
    pledges = _by_region(Pledge.objects.visible_to(user).waiting(), "candidate_list__contest__region", windows)
    mails = _by_region(OutboxMail.objects.visible_to(user).owed(), "region", windows)
    for window in sorted(set(windows.values()), key=lambda it: it.ends_at):
        codes = [code for code, its in windows.items() if its == window]
        regions = sorted((here[code] for code in codes), key=lambda region: region.norm)
        held = [sum(counts.get(code, 0) for code in codes) for counts in (pledges, mails)]
        holds.append(Hold(window, regions, *held))
    return holds


def _undone(user: User) -> list[PreparedDecision]:
    since = timezone.now() - datetime.timedelta(days=LATEST_DAYS)
    refused = PreparedDecision.objects.visible_to(user).filter(state=PreparedState.REFUSED, settled_at__gte=since)
    return list(refused.select_related("pledge__candidate", "pledge__candidate_list").order_by("-settled_at")[:SHOWN])


def _campaigns(user: User) -> list[Progress]:
    """The campaigns at work where a list waits for a person: an address to find, a call to make."""
    at_work = list(Campaign.objects.visible_to(user).at_work().with_place().order_by("election", "region"))
    return [found for found in progress_of(at_work) if found.to_do] if at_work else []


def _shelves(user: User) -> Shelves:
    """What waits for a review that is this person's to make, what came back to them, links that lead nowhere."""
    own = Resource.objects.visible_to(user).select_related("network")
    mine = Network.objects.coordinated_by(user)
    review = own.filter(state=ResourceState.SUBMITTED, network__in=mine).select_related("submitted_by")
    back = own.filter(state=ResourceState.DRAFT, submitted_by=user).exclude(remark="")
    shown = Resource.objects.visible_to(user).filter(state=ResourceState.PUBLISHED)
    faults = Version.objects.current().filter(resource__in=shown).exclude(fault="")
    return Shelves(
        to_review=Some(list(review.order_by("submitted_at", "pk")[:SHOWN]), review.count()),
        sent_back=list(back.order_by("title", "pk")[:SHOWN]),
        faults=Some(list(faults.select_related("resource").order_by("failing_since", "pk")[:SHOWN]), faults.count()),
    )


def _by_region(rows: QuerySet[Any], path: str, codes: Collection[str]) -> dict[str, int]:
    return dict(rows.order_by().filter(**{f"{path}__in": codes}).values_list(path).annotate(Count("pk")))


def _unasked(user: User, elections: list[Election]) -> Unasked:
    """The contests where a list has not been asked to sign, while it still may.

    Once the polls of the first round have closed somewhere, the lists of the second are those to ask, and nobody else.
    """
    now = timezone.now()
    places = [Contest(election=election, region=region) for election in elections for region in user.regions_here]
    between = [place for place in places if polls_close(place.election.first_round_on, place.region) <= now]
    one_round = Round.SECOND if between else Round.FIRST
    open_places = (
        [place for place in between if second_round.signing(place, one_round, now).is_open]
        if between
        else [place for place in places if today(place.region) <= place.election.signing_closes_on]
    )
    here: dict[int, list[Region]] = {}
    for place in open_places:
        here.setdefault(place.election.pk, []).append(place.region)
    scope = Q(pk__in=[])
    for key, regions in here.items():
        scope |= Q(contest__election=key, contest__region__in=regions)
    lists = CandidateList.objects.standing().of_round(one_round).filter(scope)
    unasked = lists.not_asked()
    if between:
        mails = heads_asked([region for regions in here.values() for region in regions], here)
        asked = [key for key, its in mails.items() if any(mail.outcome in COUNTED_OUTCOMES for mail in its)]
        unasked = unasked.exclude(pk__in=asked)
    contests = Contest.objects.with_unasked(unasked, lists)
    rows = contests.select_related("election", "region").order_by("election", "slug", "pk")[:SHOWN]
    return Unasked(
        Some(list(rows), contests.count()),
        unasked.count(),
        is_over=bool(places) and not open_places,
        kinds=frozenset(election.choice for election in elections),
    )


def _calendars(elections: Sequence[Election], regions: Sequence[Region]) -> list[Calendar]:
    """One calendar for all that is voted on the same days."""
    by_dates: dict[tuple[tuple[datetime.date, str], ...], list[Election]] = {}
    for election in elections:
        by_dates.setdefault(tuple(_milestones(election, regions)), []).append(election)
    return [Calendar(its, [Milestone(*date) for date in dates]) for dates, its in by_dates.items()]


def _milestones(election: Election, regions: Sequence[Region]) -> list[tuple[datetime.date, str]]:
    """The dates to come: where an hour is said, it is that of each territory."""
    if not regions:
        return []
    now = min(map(today, regions))
    rounds = ((election.first_round_on, _("premier tour")), (election.second_round_on, _("second tour")))
    dates = [
        (election.signing_opens_on, _("ouverture des signatures")),
        (election.signing_closes_on, _("dernier jour pour signer, jusqu’à minuit")),
        *((on - EVE, _("silence électoral, jusqu’au lendemain à 20 h")) for on, _name in rounds),
        *rounds,
        (election.mandate_starts_on, _("début du mandat")),
        (election.mandate_ends_on, _("fin du mandat")),
    ]
    coming = sorted((on, words) for on, words in dates if on >= now)
    return coming[:SHOWN]


def _latest(user: User) -> list[JournalEntry]:
    since = timezone.now() - datetime.timedelta(days=LATEST_DAYS)
    entries = JournalEntry.objects.visible_to(user).filter(act__in=DECISIONS, at__gte=since)
    return list(
        entries.select_related("by", "region", "pledge__candidate", "pledge__candidate_list").order_by("-pk")[
            :LATEST_SHOWN
        ]
    )
