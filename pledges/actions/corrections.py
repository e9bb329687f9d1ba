"""Asking that a page be corrected, and answering who asked."""

import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges.actions.recording import owe_about, record_at_large
from pledges.enums import Act, CorrectionState, MailKind
from pledges.models import CorrectionRequest, OutboxMail
from pledges.models.corrections import CorrectionRequestQuerySet
from regions.models import Region, User

FORGOTTEN = datetime.timedelta(days=183)  # six months after the answer
FORGOTTEN_UNANSWERED = datetime.timedelta(days=365)
DECIDED = {CorrectionState.ACCEPTED: Act.CORRECTION_ACCEPTED, CorrectionState.DECLINED: Act.CORRECTION_DECLINED}


class CannotAnswerError(Exception):
    """Somebody has answered meanwhile, or who asked is forgotten. The text says which."""


@transaction.atomic
def ask(correction: CorrectionRequest) -> CorrectionRequest:
    """Keep what someone asks, tell them so, and tell those who will answer.

    :param correction: Filled in, not saved yet.
    """
    correction.asked_at = timezone.now()
    correction.save(force_insert=True)
    record_at_large(Act.CORRECTION_ASKED, region=correction.region, correction=correction.pk, kind=correction.kind)
    owe_about(MailKind.CORRECTION_RECEIVED, correction)
    for user in _who_answers(correction.region).order_by("pk"):  # in one order: two who ask never wait for each other
        owe_about(MailKind.CORRECTION_TO_ANSWER, correction, to=user)
    return correction


def accept(correction: CorrectionRequest, *, by: User, reason: str) -> CorrectionRequest:
    """Say that the page is corrected, or the reply published: whoever says so has done it where the page is kept.

    :param reason: What was done, mailed to who asked.
    :raises CannotAnswerError: When a colleague has answered meanwhile, or who asked is forgotten.
    """
    return _decide(correction, CorrectionState.ACCEPTED, by=by, reason=reason)


def decline(correction: CorrectionRequest, *, by: User, reason: str) -> CorrectionRequest:
    """Say that the page stays as it is, and why.

    :param reason: Mailed to who asked.
    :raises CannotAnswerError: When a colleague has answered meanwhile, or who asked is forgotten.
    """
    return _decide(correction, CorrectionState.DECLINED, by=by, reason=reason)


@transaction.atomic
def _decide(correction: CorrectionRequest, state: CorrectionState, *, by: User, reason: str) -> CorrectionRequest:
    correction = CorrectionRequest.objects.select_for_update(of=("self",)).get(pk=correction.pk)
    if not CorrectionState(correction.state).can_become(state):
        words = _("%(name)s a déjà répondu à cette demande : elle est %(state)s. Rien n’est parti une seconde fois.")
        raise CannotAnswerError(words % {"name": correction.decided_by, "state": correction.get_state_display()})
    if correction.is_forgotten:
        raise CannotAnswerError(_("Qui demandait a été effacé : il n’y a plus personne à qui répondre."))
    correction.state, correction.decided_by, correction.decided_at = state, by, timezone.now()
    correction.reason = reason.strip()
    correction.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    # Its words stay out of the journal, where nothing is ever erased: they are forgotten with the request.
    record_at_large(DECIDED[state], by=by, region=correction.region, correction=correction.pk)
    owe_about(MailKind.CORRECTION_ANSWERED, correction)
    return correction


def _who_answers(region: Region | None) -> QuerySet[User]:
    """The members of the region's networks; administrators, where there is none or the page is of no region."""
    people = User.objects.filter(is_active=True, is_staff=True).exclude(email="")
    here = people.filter(memberships__network__regions=region).distinct() if region else people.none()
    return here if here.exists() else people.filter(is_superuser=True)


@transaction.atomic
def forget(corrections: CorrectionRequestQuerySet) -> int:
    """Erase who asked and all words, the network's included; what was asked of which page stays, and what was decided.

    :return: How many were not forgotten already.
    """
    keys = list(corrections.remembered().values_list("pk", flat=True))
    CorrectionRequest.objects.filter(pk__in=keys).update(name="", email="", wrong="", wanted="", reason="")
    # After that, which waits for who is answering at this moment: the mail of their answer goes too. What tells those
    # who answer may count others.
    OutboxMail.objects.filter(correction__in=keys, user=None, sent_at=None).delete()
    return len(keys)


def forget_old() -> int:
    """Forget those answered six months ago, and those that nobody answered in a year."""
    now = timezone.now()
    return forget(
        CorrectionRequest.objects.filter(
            Q(decided_at__lt=now - FORGOTTEN) | Q(decided_at=None, asked_at__lt=now - FORGOTTEN_UNANSWERED)
        )
    )
