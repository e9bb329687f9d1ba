"""The mails: a message from the model that owes it."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import strip_tags

from pledges.enums import LinkPurpose, MailKind
from pledges.models import EmailChange, MailLink, OutboxMail
from regions.typography import typeset_text

# The mails that carry a link, and what it opens: the page of the same name.
LINKS = {
    MailKind.CONFIRM: LinkPurpose.CONFIRM,
    MailKind.PRIVATE: LinkPurpose.PRIVATE,
    MailKind.APPROVE: LinkPurpose.APPROVE,
    MailKind.PROVE: LinkPurpose.PROVE,
}


def compose(mail: OutboxMail) -> EmailMessage:
    """The message of a mail owed. A link it carries is made here, so that nothing stored ever opens anything.

    The first line of the template is the subject, the rest after a blank line is the body.
    """
    pledge = mail.pledge
    context = {
        "mail": mail,
        "signatory": mail.signatory,
        "pledge": pledge,
        "candidate_list": pledge.candidate_list,
        "contest": pledge.candidate_list.contest,
        "SITE_URL": settings.SITE_URL,
        "networks": pledge.candidate_list.contest.region.networks.all(),
        "contact": settings.CONTACT_EMAIL,
        "private_url": f"{settings.SITE_URL}{reverse('private-ask')}",
        "signer_url": f"{settings.SITE_URL}{pledge.signer.get_absolute_url()}",
    }
    if purpose := LINKS.get(MailKind(mail.kind)):
        token = MailLink.objects.mint(mail.signatory, purpose, email_change=_change(mail))
        context["link"] = f"{settings.SITE_URL}{reverse(purpose, args=[token])}"
    text = typeset_text(render_to_string(f"emails/{mail.kind}.txt", context))
    subject, _blank, body = text.partition("\n\n")
    return EmailMessage(
        subject=" ".join(strip_tags(subject).split()),
        body=f"{body.strip()}\n",
        to=[mail.recipient],
        reply_to=[settings.CONTACT_EMAIL] if settings.CONTACT_EMAIL else None,
        headers={"Auto-Submitted": "auto-generated"},  # RFC 3834: no out-of-office answers
    )


def _change(mail: OutboxMail) -> EmailChange | None:
    """The change of address that a mail asks to confirm, as it is now: the link does nothing for another."""
    if mail.kind == MailKind.APPROVE:
        return mail.signatory.email_changes.first()
    if mail.kind == MailKind.PROVE:
        return mail.signatory.email_changes.filter(new_email=mail.recipient).first()
    return None
