"""Publishing several pledges in one go: what may go together, and what became of each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from pledges import calendar, dossier
from pledges.actions import review
from pledges.actions.transitions import TransitionError
from pledges.archives import ArchivedError
from pledges.dossier import Tally
from pledges.enums import IdentityCheck, PledgeState
from pledges.models import Pledge
from regions.models import User

MOST = 100
"""Pledges published in one go: more would not have been looked at."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the pledges selected: what it says in brief, and why it is not published with the others, if so."""

    pledge: Pledge
    tally: Tally
    obstacle: str
    warnings: Sequence[str]

    @property
    def is_ready(self) -> bool:
        """Whether it may be published with others: nothing is in its way, and nothing asks for a second look."""
        return not (self.obstacle or self.warnings)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of each."""

    published: list[Pledge] = field(default_factory=list)
    refused: list[tuple[Pledge, str]] = field(default_factory=list)


def choices(pledges: QuerySet[Pledge], keys: Sequence[int]) -> list[Choice]:
    """The pledges of these keys, as they are now, in the order of the queue.

    :param pledges: Those that who asks may see.
    """
    rows = list(
        dossier.with_people(pledges.filter(pk__in=keys))
        .select_related(
            "candidate",
            "charter",
            "decided_by",
            "candidate_list__contest__region",
            "candidate_list__contest__election",
        )
        .prefetch_related("commitments", "charter__principles")
    )
    rivals: Counter[tuple[int, int | None]] = Counter(
        Pledge.objects.filter(
            state=PledgeState.SUBMITTED, candidate_list__in={row.candidate_list_id for row in rows}
        ).values_list("candidate_list", "candidate")
    )
    silences = calendar.silences()
    return [
        Choice(
            pledge=pledge,
            tally=dossier.tally(pledge, len(pledge.charter.principles.all())),
            obstacle=dossier.obstacle(pledge, silences.get(pledge.candidate_list.contest.region_id)),
            warnings=dossier.warnings(pledge, rival_count=rivals[pledge.candidate_list_id, pledge.candidate_id])
            if pledge.state == PledgeState.IN_REVIEW
            else [],
        )
        for pledge in rows
    ]


def publish(choices: Sequence[Choice], *, by: User, identity_check: IdentityCheck) -> Outcome:
    """Publish each in a transaction of its own: one that is refused keeps no other from being published."""
    outcome = Outcome()
    for choice in choices:
        refusal = choice.obstacle or " ".join(choice.warnings)
        if not refusal:
            try:
                review.publish(choice.pledge, by=by, identity_check=identity_check)
            except (ArchivedError, TransitionError, review.NotOfficialError, review.SilenceError) as error:
                refusal = str(error)
        if refusal:
            outcome.refused.append((choice.pledge, refusal))
        else:
            outcome.published.append(choice.pledge)
    return outcome
