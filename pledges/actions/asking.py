"""What is said about a pledge while it is checked: a question to who signed, its answer, a note to colleagues."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges import archives
from pledges.actions.recording import lock, owe, record
from pledges.actions.transitions import TransitionError
from pledges.enums import LIVE, Act, MailKind
from pledges.models import Note, OutboxMail, Pledge, Question, Signatory
from regions.models import User
from regions.typography import day, hour

UNANSWERED = 3
"""Questions that may wait for the same mailbox's answer: one more would be a nuisance, and answered no sooner."""


class CannotAskError(Exception):
    """The question cannot be put to this person now. The text says why."""


class CannotAnswerError(Exception):
    """The question has its answer, or is over. The text says which."""


@transaction.atomic
def ask(pledge: Pledge, signatory: Signatory, *, by: User, text: str) -> Question:
    """Mail a question to one of those who signed, with a link to the page where it is answered.

    The mail says all that waits for an answer: one that has not left yet says this question too, and no other is owed.

    :param text: What is asked; not blank.
    :raises TransitionError: When the pledge has ended, or nobody has confirmed it.
    :raises CannotAskError: When this person has no address any more, or too many questions to answer already.
    :raises ArchivedError: When its election is an archive.
    """
    lock(pledge.candidate_list)
    archives.refuse_about(pledge.candidate_list)
    pledge = Pledge.objects.select_related("candidate_list__contest", "decided_by").get(pk=pledge.pk)
    if pledge.state not in LIVE:
        raise TransitionError(pledge)
    signatory = pledge.signatories.get(pk=signatory.pk)
    if not signatory.email:
        raise CannotAskError(_("L’adresse de %s a été effacée : rien ne peut lui être écrit.") % signatory.full_name)
    here = Question.objects.filter(pledge__candidate_list__contest__region=pledge.candidate_list.contest.region_id)
    waiting = here.unanswered().filter(signatory__email__iexact=signatory.email).count()
    if waiting >= UNANSWERED:
        words = ngettext(
            "%(count)d question attend déjà la réponse de %(name)s : appelez plutôt.",
            "%(count)d questions attendent déjà la réponse de %(name)s : appelez plutôt.",
            waiting,
        )
        raise CannotAskError(words % {"count": waiting, "name": signatory.full_name})
    question = Question.objects.create(
        pledge=pledge, signatory=signatory, asked_by=by, asked_at=timezone.now(), text=text.strip()
    )
    record(Act.QUESTION_ASKED, pledge, by=by, signatory=signatory.pk, question=question.pk)
    unsent = OutboxMail.objects.owed().filter(signatory=signatory, pledge=pledge, kind=MailKind.QUESTION)
    if not unsent.filter(leased_until=None).exists():  # one that is being composed may have missed it
        owe(MailKind.QUESTION, signatory, pledge=pledge)
    return question


@transaction.atomic
def answer(question: Question, *, text: str) -> Question:
    """Keep the signer's answer, once; the pledge comes on top of what its network has to check.

    :param text: What is answered; not blank.
    :raises CannotAnswerError: When it has its answer already, or the pledge has ended.
    """
    lock(question.pledge.candidate_list)
    pledge = Pledge.objects.select_related("candidate_list__contest").get(pk=question.pledge_id)
    if pledge.state not in LIVE:
        raise CannotAnswerError(_("L’engagement n’est plus à vérifier : cette question n’attend plus de réponse."))
    now = timezone.now()
    if not Question.objects.filter(pk=question.pk).answer_with(text.strip(), at=now):
        question.refresh_from_db()
        at = timezone.localtime(question.answered_at)
        words = _("Cette question a déjà sa réponse, du %(day)s à %(hour)s : elle est partie au réseau.")
        raise CannotAnswerError(words % {"day": day(at), "hour": hour(at)})
    record(Act.QUESTION_ANSWERED, pledge, signatory=question.signatory_id, question=question.pk)
    question.refresh_from_db()
    return question


@transaction.atomic
def note(pledge: Pledge, *, by: User, text: str) -> Note:
    """Leave a note to colleagues about a pledge, whatever its state.

    :param text: Not blank. Whoever signed may ask for a copy of it.
    :raises ArchivedError: When its election is an archive: what was noted there has just been forgotten.
    """
    archives.refuse_about(pledge.candidate_list)
    written = Note.objects.create(pledge=pledge, by=by, at=timezone.now(), text=text.strip())
    record(Act.PLEDGE_NOTED, pledge, by=by, note=written.pk)
    return written
