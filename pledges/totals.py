"""How many lists of an election commit to each principle, in all and by territory: never without a denominator."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count

from pledges.enums import Answer, PledgeState, Round
from pledges.matrix import Total
from pledges.models import Commitment, Contest, Election
from regions.models import Region


@dataclass(frozen=True, slots=True)
class RegionTotals:
    """A territory, all its contests together."""

    region: Region
    list_count: int
    signed_count: int
    totals: Sequence[Total]


@dataclass(frozen=True, slots=True)
class ElectionTotals:
    """The totals by principle, of the whole election and of each territory."""

    totals: Sequence[Total]
    regions: Sequence[RegionTotals]


def election_totals(election: Election, contests: Iterable[Contest]) -> ElectionTotals:
    """Count the lists of the first round that stand and whose published pledge commits, in two queries.

    :param contests: Those of the election that are shown, with their region and their counts, in the order to show.
    """
    principles = list(election.charter.principles.all())
    by_region: dict[Region, list[Contest]] = {}
    for contest in contests:
        by_region.setdefault(contest.region, []).append(contest)
    counts = Counter(
        {
            (region, principle): count
            for region, principle, count in Commitment.objects.filter(
                answer=Answer.COMMITS,
                principle__charter=election.charter,
                pledge__state=PledgeState.PUBLISHED,
                pledge__candidate=None,
                pledge__candidate_list__left_at=None,
                pledge__candidate_list__declared_at=None,
                pledge__candidate_list__round=Round.FIRST,
                pledge__candidate_list__contest__election=election,
            )
            .order_by()
            .values_list("pledge__candidate_list__contest__region", "principle")
            .annotate(count=Count("pledge__candidate_list", distinct=True))
        }
    )
    regions = []
    for region, its_own in by_region.items():
        total = sum(contest.list_count for contest in its_own)
        regions.append(
            RegionTotals(
                region=region,
                list_count=total,
                signed_count=sum(contest.signed_count for contest in its_own),
                totals=[Total(principle, counts[region.pk, principle.pk], total) for principle in principles],
            )
        )
    whole = sum(place.list_count for place in regions)
    return ElectionTotals(
        totals=[
            Total(principle, sum(place.totals[index].count for place in regions), whole)
            for index, principle in enumerate(principles)
        ],
        regions=regions,
    )
