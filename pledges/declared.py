"""A candidacy declared before the official list exists, in the words of whoever signs it."""

from collections.abc import Sequence
from dataclasses import dataclass

from pledges.enums import CandidateRole, ElectionKind, ListKind
from pledges.models import Candidate, CandidateList, Contest, Election
from regions.folding import fold
from regions.models import Region


@dataclass(frozen=True, slots=True)
class DeclaredPerson:
    """Someone who stands: the head of the list, a member of the binôme, or whoever signs for themself."""

    first_names: str
    last_name: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """What will be on an official list, and is on none yet."""

    contest: Contest
    list_name: str
    people: Sequence[DeclaredPerson]
    is_personal: bool = False

    @property
    def kind(self) -> ListKind:
        is_pair = self.contest.election.choice.is_by_pairs
        return ListKind.PAIR if is_pair else ListKind.LIST

    def rows(self) -> tuple[CandidateList, list[Candidate]]:
        """The list and its people as they would be stored; nothing is written."""
        candidate_list = CandidateList(
            contest=self.contest, kind=self.kind, name=self.list_name, norm=fold(self.list_name)[:500]
        )
        people = [
            Candidate(
                candidate_list=candidate_list,
                rank=rank,
                role=CandidateRole.CANDIDATE,
                is_head=self.kind == ListKind.LIST and not self.is_personal,
                first_names=person.first_names,
                last_name=person.last_name,
                norm=fold(f"{person.first_names} {person.last_name}")[:241],
            )
            for rank, person in enumerate(self.people, 1)
        ]
        return candidate_list, people


def contests_of(election: Election) -> list[Contest]:
    """Where one may stand: every region for a regional vote, the known cantons for a departmental one.

    A contest that no file has named yet is made in memory only.
    """
    known = {contest.code: contest for contest in election.contests.select_related("region").order_by("slug")}
    if election.kind == ElectionKind.REGIONAL:
        contests = [
            known.get(region.code) or Contest(region=region, code=region.code, name=region.name, slug=region.slug)
            for region in Region.objects.order_by("norm")
        ]
    else:
        contests = list(known.values())
    for contest in contests:
        contest.election = election
    return contests
