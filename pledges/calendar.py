"""What the calendar of an election allows, at a moment, in a territory, by the territory's own clock."""

import datetime
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pledges.models import Contest, Election
from regions.models import Region
from regions.typography import day

# The last polling stations close at 20:00 (code électoral, R41); one hour for all: silence ends late, never early.
POLLS_CLOSE = datetime.time(20)


@dataclass(frozen=True, slots=True)
class Silence:
    """The electoral silence (code électoral, L49): from midnight on the eve of a round until polls close."""

    starts_at: datetime.datetime
    ends_at: datetime.datetime

    def __str__(self) -> str:
        return _("Silence électoral jusqu’au %(day)s à %(hour)s, heure locale.") % {
            "day": day(self.ends_at),
            "hour": date_format(self.ends_at, r"G \h"),
        }


def local_midnight(date: datetime.date, region: Region) -> datetime.datetime:
    """The first moment of a day by the region's clock."""
    return datetime.datetime.combine(date, datetime.time(), region.zone)


def silence(election: Election, region: Region, at: datetime.datetime | None = None) -> Silence | None:
    """The silence in force in this region at this moment (now by default), if any."""
    at = at or timezone.now()
    for round_on in election.rounds:
        window = Silence(
            starts_at=local_midnight(round_on - datetime.timedelta(days=1), region),
            ends_at=datetime.datetime.combine(round_on, POLLS_CLOSE, region.zone),
        )
        if window.starts_at <= at < window.ends_at:
            return window
    return None


def silence_in(region: Region, at: datetime.datetime | None = None) -> Silence | None:
    """The silence that any election imposes on this region at this moment, if any."""
    at = at or timezone.now()
    date = at.astimezone(region.zone).date()
    eve = date + datetime.timedelta(days=1)
    for election in Election.objects.filter(contests__region=region).distinct():
        if {date, eve} & set(election.rounds) and (window := silence(election, region, at)):
            return window
    return None


def today(region: Region) -> datetime.date:
    """The date in the territory."""
    return timezone.localdate(timezone=region.zone)


def answers_as_of(election: Election, region: Region) -> datetime.date:
    """Until when a list that has not answered may be said not to have: today, or the last day it could."""
    return min(today(region), election.signing_closes_on)


@dataclass(frozen=True, slots=True)
class Signing:
    """Whether one may sign, and the sentence that says until when, or since when not."""

    is_open: bool
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def signing(election: Election, region: Region, at: datetime.datetime | None = None) -> Signing:
    """Whether the signatures of this election are open in this region at this moment (now by default)."""
    at = at or timezone.now()
    if window := silence(election, region, at):
        return Signing(is_open=False, sentence=str(window))
    closes_on = day(election.signing_closes_on)
    opens_on = day(election.signing_opens_on)
    if at < local_midnight(election.signing_opens_on, region):
        return Signing(is_open=False, sentence=_("Les signatures ouvriront le %s.") % opens_on)
    if at >= local_midnight(election.signing_closes_on + datetime.timedelta(days=1), region):
        return Signing(is_open=False, sentence=_("Les signatures sont closes depuis le %s.") % closes_on)
    return Signing(is_open=True, sentence=_("Les signatures sont ouvertes jusqu’au %s.") % closes_on)


def silences(at: datetime.datetime | None = None) -> dict[str, Silence]:
    """The silence in force in each region that keeps one at this moment (now by default), by the region's code."""
    at = at or timezone.now()
    around = (at.date() - datetime.timedelta(days=2), at.date() + datetime.timedelta(days=2))
    contests = (
        Contest.objects.filter(Q(election__first_round_on__range=around) | Q(election__second_round_on__range=around))
        .select_related("election", "region")
        .order_by("pk")
    )
    found: dict[str, Silence] = {}
    for contest in contests:
        if window := silence(contest.election, contest.region, at):  # of two that overlap, the one that ends last
            found[contest.region_id] = max(window, found.get(contest.region_id, window), key=lambda it: it.ends_at)
    return found
