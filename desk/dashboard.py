"""The first page of the desk: what to do next, in a person's own territory. Nothing here compares lists or parties."""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import dossier
from pledges.calendar import Silence, silences, today
from pledges.enums import IMPORT_AT_WORK, IMPORT_OVER, Act, PledgeState
from pledges.models import (
    CandidateImport,
    CandidateList,
    Contest,
    CorrectionRequest,
    Election,
    JournalEntry,
    OutboxMail,
    Pledge,
)
from regions.models import Region, User

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
    Act.CORRECTION_ACCEPTED,
    Act.CORRECTION_DECLINED,
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
class Dashboard:
    """What a person finds first; every count is a query, whatever the number of rows."""

    waiting: Some[Pledge]
    suspended: int
    imports: int
    corrections: int
    holds: list[Hold]
    unasked: Some[Contest]
    unasked_lists: int
    mails: dict[str, int]
    oldest_mail: datetime.datetime | None
    declared: Some[Pledge]
    calendars: list[Calendar]
    latest: list[JournalEntry]

    @property
    def troubled_mails(self) -> int:
        """Those given up, and those that fail and are tried again."""
        return self.mails["given_up"] + self.mails["failing"]


def dashboard(user: User) -> Dashboard:
    """What is to be done in the regions of this person."""
    elections = Election.objects.current()
    unasked, unasked_lists = _unasked(user, elections)
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
        holds=_holds(user),
        unasked=unasked,
        unasked_lists=unasked_lists,
        mails=mails,
        oldest_mail=troubled.order_by("created_at").values_list("created_at", flat=True).first(),
        declared=Some(list(declared[:SHOWN]), declared.count()),
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


def _by_region(rows: QuerySet[Any], path: str, codes: Collection[str]) -> dict[str, int]:
    return dict(rows.order_by().filter(**{f"{path}__in": codes}).values_list(path).annotate(Count("pk")))


def _unasked(user: User, elections: list[Election]) -> tuple[Some[Contest], int]:
    """The contests where a list has not been asked to sign, while it still may."""
    open_ones = [election for election in elections if timezone.localdate() <= election.signing_closes_on]
    contests = Contest.objects.visible_to(user).filter(election__in=open_ones).not_all_asked()
    rows = contests.select_related("election", "region").order_by("election", "slug", "pk")[:SHOWN]
    lists = CandidateList.objects.visible_to(user).standing().filter(contest__election__in=open_ones)
    return Some(list(rows), contests.count()), lists.not_asked().count()


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
