"""When what a page shows last changed, as the journal says: never the moment that one reads it."""

import datetime

from django.db.models import Max, Q
from django.utils import timezone

from pledges import calendar
from pledges.enums import Act
from pledges.models import Candidate, CandidateList, Contest, Election, JournalEntry
from regions.models import Region

_SEEN = (
    Act.PLEDGE_PUBLISHED,
    Act.PLEDGE_SUSPENDED,
    Act.PLEDGE_RESUMED,
    Act.PLEDGE_WITHDRAWN,
    Act.PLEDGE_DECLINED,
)
# What happens to a pledge that was never published is nobody's business, its date included.
_PUBLIC = Q(act__in=_SEEN, pledge__published_at__isnull=False)
_NOW = datetime.timedelta(seconds=1)  # calendar.shown_at read the clock a moment ago
_IMPORTED = Q(
    act__in=(
        Act.CANDIDATES_IMPORTED,
        Act.RESULTS_IMPORTED,
        Act.LIST_FATE_SAID,
        Act.LIST_MERGED,
        Act.ELECTED_IMPORTED,
        Act.ELECTED_MATCHED,
        Act.ELECTED_APART,
        Act.ELECTED_UNDONE,
    )
)


def _latest(acts: Q, region: Region) -> datetime.datetime | None:
    moment: datetime.datetime | None = JournalEntry.objects.filter(acts, region=region).aggregate(at=Max("at"))["at"]
    return moment


def shown_at(election: Election) -> datetime.datetime:
    """The moment that the figures of a whole election tell of, by the country's clock.

    It stands still while a territory keeps silence, unless something was published since, in another one.
    """
    now, stands = timezone.now(), calendar.shown_at()
    if now - stands < _NOW:
        return stands
    acts = JournalEntry.objects.filter(_PUBLIC | _IMPORTED, election=election, at__gt=stands)
    latest: datetime.datetime | None = acts.aggregate(at=Max("at"))["at"]
    return timezone.localtime(latest, stands.tzinfo) if latest else stands


def of_region(region: Region) -> datetime.datetime | None:
    """The last pledge published, suspended or withdrawn in a region, or the last official file; None before any."""
    return _latest(_PUBLIC | _IMPORTED, region)


def of_contest(contest: Contest) -> datetime.datetime | None:
    """The same for one contest.

    :param contest: With its region loaded.
    """
    return _latest(_PUBLIC & Q(pledge__candidate_list__contest=contest) | _files_of(contest), contest.region)


def of_list(candidate_list: CandidateList) -> datetime.datetime | None:
    """The same for a list, the pledges of its candidates and the official files of its contest included.

    :param candidate_list: With its contest and region loaded.
    """
    contest = candidate_list.contest
    return _latest(_PUBLIC & Q(pledge__candidate_list=candidate_list) | _files_of(contest), contest.region)


def of_candidate(candidate: Candidate) -> datetime.datetime | None:
    """The same for a candidate: their own pledge, and that of their list, which their page shows too.

    :param candidate: With their list, its contest and region loaded.
    """
    contest = candidate.candidate_list.contest
    theirs = Q(pledge__candidate=candidate) | Q(
        pledge__candidate=None, pledge__candidate_list=candidate.candidate_list_id
    )
    return _latest(_PUBLIC & theirs | _files_of(contest), contest.region)


def _files_of(contest: Contest) -> Q:
    """The official files that changed a contest, and what was said of its lists between the rounds."""
    return _IMPORTED & Q(election=contest.election_id, details__contest=contest.pk)
