"""Rehearsing the calendar of an invented election: its dates move, so that today is the day one wants to see."""

import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges.actions.recording import record_at_large
from pledges.enums import Act, Phase
from pledges.models import Election
from regions.models import Revision

DATES = (
    "signing_opens_on",
    "signing_closes_on",
    "candidacies_close_on",
    "first_round_on",
    "second_candidacies_close_on",
    "second_round_on",
    "mandate_starts_on",
    "mandate_ends_on",
)
# How far today is from the first round in each phase; negative before it. The second follows a week later.
DAYS = {
    Phase.PREPARED: -130,
    Phase.OPEN: -30,
    Phase.CLOSED: -3,
    Phase.FIRST_SILENCE: -1,
    Phase.BETWEEN: 3,
    Phase.SECOND_SILENCE: 6,
    Phase.VOTED: 9,
    Phase.MANDATE: 60,
}


class CannotRehearseError(Exception):
    """This is no place to rehearse in: a real election would be touched, or could be. The text says why."""


def dates_of(election: Election) -> dict[str, datetime.date | None]:
    """What the calendar of an election says: to be put back by :func:`put_back`."""
    return {name: getattr(election, name) for name in DATES}


@transaction.atomic
def rehearse(election: Election, phase: Phase) -> Election:
    """Move all the dates of an invented election, so that a phase of its calendar is today's.

    :raises CannotRehearseError: Outside a demonstration, or beside a real election.
    """
    _refuse_reality(election)
    first = timezone.localdate() - datetime.timedelta(days=DAYS[phase])

    def on(days: int) -> datetime.date:
        return first + datetime.timedelta(days=days)

    return _move(
        election,
        {
            "signing_opens_on": on(-120),
            "signing_closes_on": on(-4),
            "candidacies_close_on": on(-34),
            "first_round_on": first,
            "second_candidacies_close_on": on(2),
            "second_round_on": on(7),
            "mandate_starts_on": on(12),
            "mandate_ends_on": on(12 + 6 * 365),
        },
        phase=phase,
    )


@transaction.atomic
def put_back(election: Election, dates: dict[str, datetime.date | None]) -> Election:
    """Give an invented election its dates again.

    :raises CannotRehearseError: As :func:`rehearse`.
    """
    _refuse_reality(election)
    return _move(election, dates, phase="")


def _move(election: Election, dates: dict[str, datetime.date | None], *, phase: str) -> Election:
    for name, on in dates.items():
        setattr(election, name, on)
    election.save(update_fields=DATES)
    record_at_large(Act.ELECTION_REHEARSED, election=election, phase=phase)
    Revision.advance()
    return election


def _refuse_reality(election: Election) -> None:
    if not settings.DEMO:
        raise CannotRehearseError(_("Une répétition ne se joue que dans une démonstration (DEMO=1)."))
    if not election.is_demonstration or Election.objects.filter(is_demonstration=False).exists():
        raise CannotRehearseError(
            _("Cette base contient une élection réelle : une répétition y changerait ce que le public lit.")
        )
