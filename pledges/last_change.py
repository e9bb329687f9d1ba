"""When what a page shows last changed, as the journal says: never the moment that one reads it."""

import datetime

from django.db.models import Max, Q

from pledges.enums import Act
from pledges.models import Candidate, CandidateList, Contest, JournalEntry
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
_IMPORTED = Q(act=Act.CANDIDATES_IMPORTED)


def _latest(acts: Q, region: Region) -> datetime.datetime | None:
    moment: datetime.datetime | None = JournalEntry.objects.filter(acts, region=region).aggregate(at=Max("at"))["at"]
    return moment


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
    """The official files that changed a contest: they name its lists, its people and their places."""
    return _IMPORTED & Q(election=contest.election_id, details__contest=contest.pk)
