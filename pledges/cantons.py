"""Elections by canton: hundreds of contests, which one reaches through their department.

A postcode does not give a canton: pages offer the choice, and never guess.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from pledges.models import Contest, Election
from regions.models import Department, Region
from regions.unserved import departmental_council_elsewhere


@dataclass(frozen=True, slots=True)
class DepartmentVote:
    """The cantons of a department in one election, counted."""

    election: Election
    department: Department
    cantons: Sequence[Contest]

    @property
    def list_count(self) -> int:
        return sum(canton.list_count for canton in self.cantons)

    @property
    def signed_count(self) -> int:
        return sum(canton.signed_count for canton in self.cantons)

    @property
    def elsewhere(self) -> str:
        """What concerns those of its people who vote in none of its cantons; often nothing."""
        return departmental_council_elsewhere(self.department.code)

    def get_absolute_url(self) -> str:
        return reverse("department", args=[self.election.slug, self.department.code])


def by_department(election: Election, contests: Iterable[Contest]) -> list[DepartmentVote]:
    """The cantons of an election, department by department, in the order of their codes.

    :param contests: Counted, with their department; one that has none is left out.
    """
    cantons: dict[Department, list[Contest]] = {}
    for contest in contests:
        if contest.department:
            cantons.setdefault(contest.department, []).append(contest)
    return [
        DepartmentVote(election, department, its_own)
        for department, its_own in sorted(cantons.items(), key=lambda item: item[0].code)
    ]


def regions_by_canton(regions: Collection[Region]) -> frozenset[str]:
    """The codes of those of these regions where an election of the moment is by canton, in two queries at most."""
    current = [one for one in Election.objects.current() if one.choice.is_by_pairs] if regions else []
    if not current:
        return frozenset()
    contests = Contest.objects.public().filter(election__in=current, region__in=regions)
    return frozenset(contests.order_by().values_list("region", flat=True).distinct())


def address_in(region: Region, department: str, by_canton: Collection[str]) -> str:
    """The page of a region, open at a department where that matters.

    :param department: Its code; empty when a whole region was meant.
    :param by_canton: As ``regions_by_canton`` gives them.
    """
    opened = department and region.code in by_canton
    return f"{region.get_absolute_url()}?departement={department}" if opened else region.get_absolute_url()


def open_cantons(elections: Iterable[Election], departments: Collection[str]) -> list[Contest]:
    """The cantons of these departments in these elections, with both loaded."""
    cantons = Contest.objects.public().filter(election__in=list(elections), department__in=departments)
    return list(cantons.select_related("election", "department", "region").order_by("department", "code", "pk"))
