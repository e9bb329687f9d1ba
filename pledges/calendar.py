"""What the calendar of an election allows, at a moment, in a territory, by the territory's own clock."""

import datetime
import zoneinfo
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pledges.enums import ALLOWED, HUSHED, Phase, Round, What
from pledges.models import Contest, Election
from regions.models import Region
from regions.typography import day

# The last polling stations close at 20:00 (code électoral, R41); one hour for all: silence ends late, never early.
POLLS_CLOSE = datetime.time(20)
_DAY = datetime.timedelta(days=1)
_LAST_TO_VOTE = zoneinfo.ZoneInfo("America/Martinique")


class SilenceError(Exception):
    """The electoral silence forbids any change to what the public sees. The text says until when."""


@dataclass(frozen=True, slots=True)
class Silence:
    """The electoral silence (code électoral, L49): from midnight on the eve of a round until polls close."""

    starts_at: datetime.datetime
    ends_at: datetime.datetime

    @property
    def last_moment_before(self) -> datetime.datetime:
        """The last second that pages tell of while it lasts."""
        return self.starts_at - datetime.timedelta(seconds=1)

    def __str__(self) -> str:
        return _("Silence électoral jusqu’au %(day)s à %(hour)s, heure locale.") % {
            "day": day(self.ends_at),
            "hour": date_format(self.ends_at, r"G \h"),
        }


def local_midnight(date: datetime.date, region: Region) -> datetime.datetime:
    """The first moment of a day by the region's clock."""
    return datetime.datetime.combine(date, datetime.time(), region.zone)


def polls_close(round_on: datetime.date, region: Region) -> datetime.datetime:
    """When the last polling station of a region closes, on the day of a round."""
    return datetime.datetime.combine(round_on, POLLS_CLOSE, region.zone)


def edges(election: Election, region: Region) -> list[tuple[datetime.datetime, Phase]]:
    """When each phase of an election begins in a region, by the region's own clock; before the first, it is prepared.

    A later phase hides an earlier one: what the dates say of the signatures ends where the silence begins.
    """
    first, second = _windows(election, region)
    return [
        (local_midnight(election.signing_opens_on, region), Phase.OPEN),
        (_signing_ends_at(election, region), Phase.CLOSED),
        (first.starts_at, Phase.FIRST_SILENCE),
        (first.ends_at, Phase.BETWEEN),
        (second.starts_at, Phase.SECOND_SILENCE),
        (second.ends_at, Phase.VOTED),
        (local_midnight(election.mandate_starts_on, region), Phase.MANDATE),
        (local_midnight(election.mandate_ends_on + _DAY, region), Phase.OVER),
    ]


def phase(election: Election, region: Region, at: datetime.datetime | None = None) -> Phase:
    """Where an election stands in a region at a moment (now by default).

    What that allows is ``enums.ALLOWED``; ``allows`` asks it.
    """
    at = at or timezone.now()
    return next((begun for since, begun in reversed(edges(election, region)) if since <= at), Phase.PREPARED)


def shown_phase(election: Election, region: Region, window: Silence | None) -> Phase:
    """The phase that public pages tell of: in the silence of another election, that of the moment before it began.

    :param window: The silence that the region keeps, if any: ``silence_in``.
    """
    own = phase(election, region)
    if window is None or own in {Phase.FIRST_SILENCE, Phase.SECOND_SILENCE}:
        return own
    return phase(election, region, window.last_moment_before)


def allows(what: What, election: Election, region: Region, at: datetime.datetime | None = None) -> bool:
    """Whether this may happen for an election in a region at a moment (now by default).

    The silence of any election held there counts: voters of a by-election are not reached by the pages of another.
    """
    at = at or timezone.now()
    if what not in ALLOWED[phase(election, region, at)]:
        return False
    return what not in HUSHED or silence_in(region, at) is None


def is_past_first_round(election: Election, at: datetime.datetime | None = None) -> bool:
    """Whether the first round is voted in the whole country, at a moment (now by default): the last polls have closed.

    What a page of the whole election counts is then said to be of the first round.
    """
    return (at or timezone.now()) >= datetime.datetime.combine(election.first_round_on, POLLS_CLOSE, _LAST_TO_VOTE)


def counted_rounds(election: Election, region: Region, at: datetime.datetime | None = None) -> list[Round]:
    """The rounds whose results may be told in this region at this moment (now by default): its polls have closed.

    The source is article L52-2 of the code électoral: no result, even partial, before the last polling station closes.
    """
    allowed = ALLOWED[phase(election, region, at)]
    told = {Round.FIRST: What.TELL_FIRST, Round.SECOND: What.TELL_SECOND}
    return [each for each in Round if told[each] in allowed]


def silence(election: Election, region: Region, at: datetime.datetime | None = None) -> Silence | None:
    """The silence in force in this region at this moment (now by default), if any."""
    return _own_silence(election, region, at or timezone.now())


def _own_silence(election: Election, region: Region, at: datetime.datetime) -> Silence | None:
    return next((window for window in _windows(election, region) if window.starts_at <= at < window.ends_at), None)


def _windows(election: Election, region: Region) -> list[Silence]:
    """The silences of both rounds, by the region's clock."""
    return [
        Silence(starts_at=local_midnight(round_on - _DAY, region), ends_at=polls_close(round_on, region))
        for round_on in election.rounds
    ]


def _signing_ends_at(election: Election, region: Region) -> datetime.datetime:
    """The last day is a whole one."""
    return local_midnight(election.signing_closes_on + _DAY, region)


def silence_in(region: Region, at: datetime.datetime | None = None) -> Silence | None:
    """The silence that any election imposes on this region at this moment, if any."""
    at = at or timezone.now()
    date = at.astimezone(region.zone).date()
    around = (date, date + _DAY)
    near = Election.objects.filter(Q(first_round_on__in=around) | Q(second_round_on__in=around))
    windows = (silence(election, region, at) for election in near.filter(contests__region=region).distinct())
    return max(filter(None, windows), key=lambda window: window.ends_at, default=None)


def refuse_in_silence(*regions: Region) -> None:
    """Let what changes public pages go on, unless a territory that it touches keeps silence.

    :param regions: Those whose pages change; none for what every page may show: it waits for all of them.
    :raises SilenceError: With the sentence that says until when, and where if it is not here alone.
    """
    if len(regions) == 1:
        sentence = str(silence_in(regions[0]) or "")
    else:
        sentence = silence_among({region.code for region in regions} or None)
    if sentence:
        raise SilenceError(sentence)


def silence_among(codes: Collection[str] | None) -> str:
    """The silence that these territories keep now, in a sentence: until when the last of them does, and which ones.

    :param codes: Of regions; None for all.
    :return: Nothing when none does.
    """
    windows = {code: window for code, window in silences().items() if codes is None or code in codes}
    if not windows:
        return ""
    last = max(windows.values(), key=lambda window: window.ends_at)
    names = Region.objects.filter(code__in=windows).order_by("norm").values_list("name", flat=True)
    return _("%(silence)s Territoires concernés : %(names)s.") % {"silence": last, "names": ", ".join(names)}


def today(region: Region) -> datetime.date:
    """The date in the territory."""
    return timezone.localdate(timezone=region.zone)


def shown_at(region: Region | None = None) -> datetime.datetime:
    """The moment that public pages tell of, by the clock that counts there: now; in silence, the last before it began.

    :param region: None for a page of the whole country, which stands still while any territory keeps silence.
    """
    if region:
        return stands_at(region, silence_in(region))
    windows = silences().values()
    stands = min((window.last_moment_before for window in windows), default=None)
    return timezone.localtime(stands, timezone.get_default_timezone())


def stands_at(region: Region, window: Silence | None) -> datetime.datetime:
    """The same for a page that has asked which silence its territory keeps."""
    return timezone.localtime(window.last_moment_before if window else None, region.zone)


def answers_as_of(election: Election, region: Region, at: datetime.datetime | None = None) -> datetime.date:
    """Until when a list that has not answered may be said not to have: the day of the page, or the last day it could.

    :param at: The moment that the page tells of: ``shown_at`` unless told. During the silence, pages keep their date.
    """
    return min((at or shown_at(region)).date(), election.signing_closes_on)


@dataclass(frozen=True, slots=True)
class Signing:
    """Whether one may sign, and the sentence that says until when, or since when not."""

    is_open: bool
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def signing(
    election: Election, region: Region, at: datetime.datetime | None = None, *, silence: Silence | None = None
) -> Signing:
    """Whether the signatures of this election are open in this region at this moment (now by default).

    :param silence: That of the region, where it is known already, whichever election imposes it.
    """
    at = at or timezone.now()
    if window := silence or _own_silence(election, region, at):
        return Signing(is_open=False, sentence=str(window))
    if at < local_midnight(election.signing_opens_on, region):
        return Signing(is_open=False, sentence=_("Les signatures ouvriront le %s.") % day(election.signing_opens_on))
    if signing_is_over(election, region, at):
        closes_on = day(election.signing_closes_on)
        return Signing(is_open=False, sentence=_("Les signatures sont closes depuis le %s.") % closes_on)
    if What.SIGN not in ALLOWED[phase(election, region, at)]:
        voted_on = day(election.second_round_on)
        sentence = _("Les signatures sont closes depuis le second tour, le %s.") % voted_on
        return Signing(is_open=False, sentence=sentence)
    return Signing(
        is_open=True,
        sentence=_("Les signatures sont ouvertes jusqu’au %s.") % day(election.signing_closes_on),
    )


def signing_is_over(election: Election, region: Region, at: datetime.datetime | None = None) -> bool:
    """Whether nobody will sign any more: the last day of the signatures has passed in this region."""
    at = at or timezone.now()
    return at >= _signing_ends_at(election, region)


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
