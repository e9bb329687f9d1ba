"""Doing what was decided during the electoral silence, once it is over: in order, each once."""

from django.db import transaction
from django.utils.translation import gettext as _

from pledges import archives, calendar
from pledges.actions import personal_data, review, signing
from pledges.actions.preparing import settle
from pledges.actions.recording import record
from pledges.actions.transitions import TransitionError
from pledges.enums import Act, Decision, Door, IdentityCheck, PreparedState
from pledges.models import Pledge, PreparedDecision
from regions.models import Region, User


class NoLongerAllowedError(Exception):
    """Who decided has left the network since; the message says so, for whoever may decide now."""


# What may have changed meanwhile: the decision is then shown with the sentence that says so.
REFUSALS = (
    archives.ArchivedError,
    NoLongerAllowedError,
    TransitionError,
    review.NotOfficialError,
    review.ReasonMissingError,
)


def carry_out_prepared() -> tuple[int, int]:
    """Do all that was prepared in the territories whose silence is over, in the order in which it was decided.

    Safe to call at any moment, by several processes at once, and again after one of them was killed.

    :return: How many are done, and how many could not be.
    """
    done = refused = 0
    silent: dict[str, bool] = {}
    for prepared in PreparedDecision.objects.waiting().select_related("pledge__candidate_list__contest__region"):
        region: Region = prepared.pledge.candidate_list.contest.region
        if silent.setdefault(region.code, calendar.silence_in(region) is not None):
            continue
        match _carry_out(prepared.pk):
            case PreparedState.DONE:
                done += 1
            case PreparedState.REFUSED:
                refused += 1
    return done, refused


@transaction.atomic
def _carry_out(key: int) -> PreparedState | None:
    """Do one prepared decision, in one transaction with the word that it is done.

    :return: What became of it; None when somebody else has settled it, or the silence begins again.
    """
    prepared = (
        PreparedDecision.objects.waiting()
        .select_related("by", "signatory", "pledge__candidate_list__contest__region", "pledge__charter")
        .filter(pk=key)
        .first()
    )
    # The row is taken first: two processes never do the same thing, and a failure gives it back with all the rest.
    if prepared is None or not settle(prepared, PreparedState.DONE):
        return None
    try:
        _refuse_without_right(prepared)
        with transaction.atomic():
            _do(prepared)
    except review.SilenceError:
        transaction.set_rollback(True)
        return None
    except REFUSALS as error:
        PreparedDecision.objects.filter(pk=key).update(state=PreparedState.REFUSED, why=str(error))
        record(Act.DECISION_REFUSED, prepared.pledge, decision=prepared.decision, prepared=key)
        return PreparedState.REFUSED
    return PreparedState.DONE


def _do(prepared: PreparedDecision) -> None:
    pledge = prepared.pledge
    match prepared.decision:
        case Decision.PUBLISH:
            review.publish(pledge, by=_by(prepared), identity_check=IdentityCheck(prepared.identity_check))
        case Decision.DECLINE:
            review.decline(pledge, by=_by(prepared), reason=prepared.reason)
        case Decision.SUSPEND:
            review.suspend(pledge, by=_by(prepared), reason=prepared.reason)
        case Decision.RESUME:
            review.resume(pledge, by=_by(prepared))
        case Decision.WITHDRAW:
            signing.withdraw(pledge, by=prepared.by, reason=prepared.reason)
        case Decision.ERASE if prepared.signatory:
            personal_data.erase_held(prepared.signatory, door=Door(prepared.door))


def _refuse_without_right(prepared: PreparedDecision) -> None:
    """A decision is done in the name of who took it: they must still be allowed to.

    :raises NoLongerAllowedError: When their account is closed, or the territory is no longer theirs.
    """
    who, region = prepared.by, prepared.pledge.candidate_list.contest.region
    if who and not (who.is_active and region.code in who.region_codes):
        raise NoLongerAllowedError(_("%s n’a plus le droit de décider ici : décidez de nouveau.") % who)


def _by(prepared: PreparedDecision) -> User:
    assert prepared.by  # noqa: S101  what a signer may ask for is another decision
    return prepared.by


def prepared_for(pledge: Pledge) -> list[PreparedDecision]:
    """What the pages of a pledge say of it: what waits, and what could not be done."""
    return list(PreparedDecision.objects.to_tell().filter(pledge=pledge).select_related("by"))
