"""The one door to an import's state, and the lease of the worker that holds it."""

import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from pledges.enums import ImportState
from pledges.models import CandidateImport
from regions.typography import day, hour

READING_LEASE = datetime.timedelta(minutes=1)  # renewed twice a second
# The writing is one transaction, which nobody sees before its end: nothing renews this one.
WRITING_LEASE = datetime.timedelta(minutes=10)


class ImportMovedError(Exception):
    """The import cannot go there from where it stands. The text says where it stands, since when, by whom."""

    def __init__(self, candidate_import: CandidateImport) -> None:
        moved_at = timezone.localtime(candidate_import.moved_at)
        told = {
            "state": candidate_import.get_state_display(),
            "day": day(moved_at),
            "hour": hour(moved_at),
            "by": candidate_import.decided_by,
        }
        if candidate_import.state == ImportState.WRITING:
            sentence = _("Trop tard : l’écriture est en cours depuis %(hour)s. Elle se fait entière ou pas du tout.")
        elif candidate_import.decided_by_id:
            sentence = _("Déjà décidé par %(by)s, le %(day)s à %(hour)s : %(state)s.")
        else:
            sentence = _("Cet import est maintenant dans l’état « %(state)s » : rien n’a été changé.")
        super().__init__(sentence % told)


def move(
    candidate_import: CandidateImport, state: ImportState, *, held: str | None = None, **changes: Any
) -> CandidateImport:
    """Bring an import to a state, with the fields that go with it: one update, that must find it where it was.

    :param held: The lease of the worker that moves it, which must hold it still.
    :return: The import as it now is in the database.
    :raises ImportMovedError: When the table of next states does not allow it, or the lease is lost.
    """
    before = [known for known in ImportState if known.can_become(state)]
    rows = CandidateImport.objects.filter(pk=candidate_import.pk, state__in=before)
    if held is not None:
        rows = rows.filter(lease=held)
    if state != ImportState.WRITING:
        changes |= {"lease": "", "leased_until": None}
    moved = rows.update(state=state, moved_at=timezone.now(), **{"progress": "", "done": 0, "total": 0} | changes)
    stored = CandidateImport.objects.select_related("election", "by", "decided_by").get(pk=candidate_import.pk)
    if not moved:
        raise ImportMovedError(stored)
    return stored
