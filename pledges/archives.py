"""An election whose mandate is long over: what it says stays, and is edited no more (docs/adr/0026)."""

from django.utils.translation import gettext as _

from pledges.models import CandidateList, Election
from regions.typography import day


class ArchivedError(Exception):
    """Nothing of this election may be changed any more. The text says since when."""


def sentence(election: Election) -> str:
    """Why nothing can be changed, and since when."""
    return _("« %(election)s » est une archive depuis le %(since)s : elle se lit, et ne se modifie plus.") % {
        "election": election,
        "since": day(election.archived_on),
    }


def refuse(election: Election) -> None:
    """Stop here when an election is an archive.

    Not asked by what a person has a right to at any time: withdrawing, and having their data erased.

    :raises ArchivedError: With its sentence.
    """
    if election.is_archived:
        raise ArchivedError(sentence(election))


def refuse_about(candidate_list: CandidateList) -> None:
    """The same, for what happens to a list and its pledges, in one query.

    :raises ArchivedError: With its sentence.
    """
    refuse(Election.objects.get(contests=candidate_list.contest_id))
