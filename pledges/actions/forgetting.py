"""What is forgotten about a pledge that ends: the same whoever ends it, and wherever from."""

from django.db.models import QuerySet

from pledges.actions.receipts import forget_receipts
from pledges.enums import STANDING, MailKind
from pledges.models import EmailChange, MailLink, Note, OutboxMail, Pledge, Question, Signatory


def forget_private_data(pledge: Pledge) -> None:
    """Blank what was private in a pledge withdrawn or erased, and in those it had replaced, in the act's transaction.

    Whatever else is kept for the signers of a standing pledge alone goes here too.
    """
    close_changes(EmailChange.objects.filter(signatory__pledge=pledge))
    forget_receipts(pledge)
    line = [pledge, *(earlier for earlier in pledge.earlier() if earlier.state not in STANDING)]
    Signatory.objects.filter(pledge__in=line).update(email="", phone="")
    forget_exchanges(Pledge.objects.filter(pk__in=[pledge.pk for pledge in line]))


def forget_exchanges(pledges: QuerySet[Pledge]) -> int:
    """Delete the questions put to those who signed, their answers, and the notes about them.

    :return: How many there were.
    """
    questions, _by_model = Question.objects.filter(pledge__in=pledges).delete()
    notes, _by_model = Note.objects.filter(pledge__in=pledges).delete()
    return questions + notes


def close_changes(changes: QuerySet[EmailChange]) -> int:
    """Delete changes of address, with their links and the mails that have not left.

    :return: How many there were.
    """
    keys = dict(changes.values_list("pk", "signatory_id"))
    mails = OutboxMail.objects.filter(signatory__in=keys.values(), kind__in=(MailKind.APPROVE, MailKind.PROVE))
    mails.filter(sent_at=None).delete()
    EmailChange.objects.filter(pk__in=keys).delete()
    return len(keys)


def forget_everything(signatories: list[int]) -> dict[str, int]:
    """Delete the links, the mails and the changes of address of people who signed, by their keys.

    :return: How many there were of each.
    """
    changes = close_changes(EmailChange.objects.filter(signatory__in=signatories))
    mails, _by_model = OutboxMail.objects.filter(signatory__in=signatories).delete()
    links, _by_model = MailLink.objects.filter(signatory__in=signatories).delete()
    return {"changes": changes, "mails": mails, "links": links}
