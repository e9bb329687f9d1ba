"""The network's decisions on a pledge: publish, decline, suspend, resume."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import archives
from pledges.actions.receipts import owe_receipt
from pledges.actions.recording import lock, owe_all, record
from pledges.actions.transitions import move
from pledges.calendar import SilenceError, refuse_in_silence
from pledges.enums import Act, IdentityCheck, MailKind, PledgeState
from pledges.models import Pledge
from regions.models import Revision, User

__all__ = ["NotOfficialError", "ReasonMissingError", "SilenceError", "decline", "publish", "resume", "suspend"]


class NotOfficialError(Exception):
    """The candidacy was declared, and nobody has said yet which one of the official list it is."""

    def __init__(self) -> None:
        super().__init__(
            _("Cette candidature est déclarée : rapprochez-la d’abord de la liste officielle, dès qu’elle est là.")
        )


class ReasonMissingError(Exception):
    """A refusal or a suspension is explained to whoever signed."""

    def __init__(self) -> None:
        super().__init__(_("Écrivez un motif : il est envoyé aux signataires."))


@transaction.atomic
def publish(pledge: Pledge, *, by: User, identity_check: IdentityCheck) -> Pledge:
    """Make a reviewed pledge public, saying how identity was checked, and tell those who signed.

    The pledge that it amends, if any, is superseded at the same moment.

    :raises TransitionError: When it is not waiting for a decision.
    :raises NotOfficialError: While its candidacy waits for the official list.
    :raises SilenceError: During the electoral silence of its territory.
    :raises ArchivedError: When its election is an archive.
    """
    _take(pledge)
    if pledge.is_declared and pledge.state == PledgeState.IN_REVIEW:
        raise NotOfficialError
    _refuse_in_silence(pledge)
    now = timezone.now()
    if pledge.amends_id:
        amended = move(Pledge.objects.get(pk=pledge.amends_id), PledgeState.SUPERSEDED)
        record(Act.PLEDGE_SUPERSEDED, amended, by=by, superseded_by=pledge.pk)
        owe_receipt(amended)
    pledge = move(
        pledge,
        PledgeState.PUBLISHED,
        only_from=PledgeState.IN_REVIEW,
        published_at=now,
        decided_at=now,
        decided_by=by,
        identity_check=identity_check,
    )
    record(
        Act.PLEDGE_PUBLISHED,
        pledge,
        by=by,
        identity_check=identity_check,
        charter=pledge.charter_id,
        answers=_answers(pledge),
    )
    owe_receipt(pledge)
    owe_all(MailKind.SUPERSEDED if pledge.amends_id else MailKind.PUBLISHED, pledge)
    Revision.advance()
    return pledge


@transaction.atomic
def decline(pledge: Pledge, *, by: User, reason: str) -> Pledge:
    """Refuse a pledge, or end a suspension by a refusal, with a reason that is mailed.

    :raises TransitionError: When it is not waiting for a decision.
    :raises ReasonMissingError: Without a reason.
    :raises SilenceError: During the silence, for a pledge that the public sees.
    :raises ArchivedError: When its election is an archive.
    """
    reason = _reason(reason)
    _take(pledge)
    if pledge.state == PledgeState.SUSPENDED:
        _refuse_in_silence(pledge)
    pledge = move(pledge, PledgeState.DECLINED, decided_at=timezone.now(), decided_by=by, decision_reason=reason)
    record(Act.PLEDGE_DECLINED, pledge, by=by, reason=reason)
    owe_all(MailKind.DECLINED, pledge)
    Revision.advance()
    return pledge


@transaction.atomic
def suspend(pledge: Pledge, *, by: User, reason: str) -> Pledge:
    """Take a published pledge out of the counts while something is checked, with a reason that is mailed.

    :raises TransitionError: When it is not published.
    :raises ReasonMissingError: Without a reason.
    :raises SilenceError: During the electoral silence of its territory.
    :raises ArchivedError: When its election is an archive.
    """
    reason = _reason(reason)
    _take(pledge)
    _refuse_in_silence(pledge)
    pledge = move(pledge, PledgeState.SUSPENDED, decided_at=timezone.now(), decided_by=by, decision_reason=reason)
    record(Act.PLEDGE_SUSPENDED, pledge, by=by, reason=reason)
    owe_all(MailKind.SUSPENDED, pledge)
    owe_receipt(pledge)
    Revision.advance()
    return pledge


@transaction.atomic
def resume(pledge: Pledge, *, by: User) -> Pledge:
    """Publish a suspended pledge again, at the date it was first published.

    :raises TransitionError: When it is not suspended.
    :raises SilenceError: During the electoral silence of its territory.
    :raises ArchivedError: When its election is an archive.
    """
    _take(pledge)
    _refuse_in_silence(pledge)
    pledge = move(
        pledge,
        PledgeState.PUBLISHED,
        only_from=PledgeState.SUSPENDED,
        decided_at=timezone.now(),
        decided_by=by,
        decision_reason="",
    )
    record(Act.PLEDGE_RESUMED, pledge, by=by)
    owe_all(MailKind.RESUMED, pledge)
    owe_receipt(pledge)
    Revision.advance()
    return pledge


def _take(pledge: Pledge) -> None:
    """Lock the list, then see what the pledge has become meanwhile; nothing is decided in an archive."""
    lock(pledge.candidate_list)
    archives.refuse_about(pledge.candidate_list)
    pledge.refresh_from_db(fields=["state", "decided_at", "decided_by", "amends"])


def _refuse_in_silence(pledge: Pledge) -> None:
    refuse_in_silence(pledge.candidate_list.contest.region)


def _reason(text: str) -> str:
    if not (text := text.strip()):
        raise ReasonMissingError
    return text


def _answers(pledge: Pledge) -> dict[str, list[str]]:
    """Each answer and its words by number of principle, as they are published."""
    answers = pledge.commitments.values_list("principle__number", "answer", "statement")
    return {str(number): [answer, statement] for number, answer, statement in answers}
