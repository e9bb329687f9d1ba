"""The one door to a pledge's state."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from pledges.enums import PledgeState
from pledges.models import Pledge
from regions.typography import day, hour


class TransitionError(Exception):
    """The pledge cannot go there from where it stands. The text says where it stands, since when, by whom."""

    def __init__(self, pledge: Pledge) -> None:
        self.pledge = pledge
        state = PledgeState(pledge.state).label
        if pledge.decided_at and pledge.decided_by:
            decided_at = timezone.localtime(pledge.decided_at)
            sentence = _("Déjà traité par %(by)s le %(day)s à %(hour)s : %(state)s.") % {
                "by": pledge.decided_by,
                "day": day(decided_at),
                "hour": hour(decided_at),
                "state": state,
            }
        else:
            sentence = _("Cet engagement est dans l’état « %s » : rien n’a été changé.") % state
        super().__init__(sentence)


def move(pledge: Pledge, state: PledgeState, *, only_from: PledgeState | None = None, **changes: Any) -> Pledge:
    """Bring a pledge to a state, with the fields that go with it. The caller holds the list's lock.

    :param only_from: Where it must stand, when one state is reached through two doors.
    :return: The pledge as it now is in the database.
    :raises TransitionError: When the table of next states does not allow it.
    """
    pledge = Pledge.objects.select_related("candidate_list__contest", "candidate", "decided_by").get(pk=pledge.pk)
    came_from = PledgeState(pledge.state)
    if not came_from.can_become(state) or (only_from and came_from != only_from):
        raise TransitionError(pledge)
    # Conditional all the same: were the lock ever forgotten, the second writer would find nothing to change.
    if not Pledge.objects.filter(pk=pledge.pk, state=came_from).update(state=state, **changes):
        raise TransitionError(pledge)
    for name, value in {"state": state, **changes}.items():
        setattr(pledge, name, value)
    return pledge
