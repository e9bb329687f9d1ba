"""What is decided during the electoral silence and waits for its end: noting it, giving it up."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import calendar
from pledges.actions.recording import record
from pledges.enums import Act, Decision, Door, IdentityCheck, PreparedState
from pledges.models import Pledge, PreparedDecision, Signatory
from regions.models import User


class CannotPrepareError(Exception):
    """Nothing is to be prepared, or something is already. The text says which."""


@transaction.atomic
def prepare(  # noqa: PLR0913  what a decision is made of
    pledge: Pledge,
    decision: Decision,
    *,
    by: User | None = None,
    identity_check: IdentityCheck | None = None,
    reason: str = "",
    signatory: Signatory | None = None,
    door: Door | None = None,
) -> PreparedDecision:
    """Note a decision that the silence forbids now, to be done when it ends. A signer who asks twice asks once.

    :param by: The member of a network who decides; None for who signed.
    :param signatory: Whose data are to be erased, for that decision alone; :param door: by which door they asked.
    :raises CannotPrepareError: When the silence is over, or a network has prepared a decision on this pledge already.
    """
    region = pledge.candidate_list.contest.region
    if calendar.silence_in(region) is None:
        raise CannotPrepareError(_("Le silence électoral est terminé : décidez maintenant, cela paraîtra aussitôt."))
    waiting = PreparedDecision.objects.waiting().select_for_update(of=("self",)).filter(pledge=pledge)
    if by is None:
        if same := waiting.filter(by=None, decision=decision, signatory=signatory).first():
            return same
    elif waiting.exclude(by=None).exists():
        raise CannotPrepareError(
            _("Une décision est déjà préparée pour cet engagement : abandonnez-la avant d’en préparer une autre.")
        )
    prepared = PreparedDecision.objects.create(
        pledge=pledge,
        decision=decision,
        by=by,
        signatory=signatory,
        identity_check=identity_check or "",
        reason=reason.strip(),
        door=door or "",
        prepared_at=timezone.now(),
    )
    asked: dict[str, Any] = {"signatory": signatory.pk, "door": door} if signatory else {}
    record(Act.DECISION_PREPARED, pledge, by=by, decision=decision, prepared=prepared.pk, **asked)
    return prepared


@transaction.atomic
def cancel(prepared: PreparedDecision, *, by: User) -> PreparedDecision:
    """Give up a decision that a network has prepared: nothing is done.

    :raises CannotPrepareError: When it does not wait any more, or is the signer's own.
    """
    if prepared.by_id is None:
        raise CannotPrepareError(_("C’est la demande de qui a signé : elle ne s’abandonne pas ici."))
    if not settle(prepared, PreparedState.CANCELLED):
        raise CannotPrepareError(_("Cette décision n’attend plus : rien n’a changé."))
    record(Act.DECISION_CANCELLED, prepared.pledge, by=by, decision=prepared.decision, prepared=prepared.pk)
    return prepared


def settle(prepared: PreparedDecision, state: PreparedState, *, why: str = "") -> bool:
    """Say what became of a prepared decision: once, whoever tries at the same moment.

    :return: Whether it waited until now.
    """
    waiting = PreparedDecision.objects.filter(pk=prepared.pk, state=PreparedState.WAITING)
    return bool(waiting.update(state=state, settled_at=timezone.now(), reason="", why=why))
