"""The mails: a message from the model that owes it."""

import datetime
import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import campaign_text, invitation_keys, letters, second_round
from pledges.enums import (
    CAMPAIGN_AT_WORK,
    CODES,
    LIVE,
    Act,
    CorrectionKind,
    CorrectionState,
    InvitationOutcome,
    LinkPurpose,
    ListKind,
    MailKind,
    PledgeState,
    Round,
)
from pledges.letters import inline
from pledges.matrix import all_cells
from pledges.models import (
    Campaign,
    Candidate,
    CandidateList,
    CorrectionRequest,
    EmailChange,
    Invitation,
    JournalEntry,
    ListContact,
    MailLink,
    OutboxMail,
    Pledge,
    Question,
    Signatory,
)
from pledges.models.mail import LINK_LIFE
from regions import keys
from regions.enums import Role
from regions.models import Network, Region, User
from regions.typography import day, hour, typeset_text

# The mails that carry a link, and what it opens: the page of the same name.
LINKS = {
    MailKind.CONFIRM: LinkPurpose.CONFIRM,
    MailKind.REMINDER: LinkPurpose.CONFIRM,
    MailKind.PRIVATE: LinkPurpose.PRIVATE,
    MailKind.APPROVE: LinkPurpose.APPROVE,
    MailKind.PROVE: LinkPurpose.PROVE,
    MailKind.QUESTION: LinkPurpose.PRIVATE,
}
CODE_FOR = {purpose: code for code, purpose in CODES.items()}
# The states in which a mail is still true: it may leave hours after the act that owed it.
TRUE_IN: dict[MailKind, tuple[PledgeState, ...]] = {
    MailKind.CONFIRM: (PledgeState.SUBMITTED,),
    MailKind.REMINDER: (PledgeState.SUBMITTED,),
    MailKind.PRIVATE: LIVE,
    MailKind.APPROVE: LIVE,
    MailKind.PROVE: LIVE,
    MailKind.IN_REVIEW: (PledgeState.IN_REVIEW,),
    MailKind.PUBLISHED: (PledgeState.PUBLISHED,),
    MailKind.SUPERSEDED: (PledgeState.PUBLISHED,),
    MailKind.RESUMED: (PledgeState.PUBLISHED,),
    MailKind.SUSPENDED: (PledgeState.SUSPENDED,),
    MailKind.DECLINED: (PledgeState.DECLINED,),
    MailKind.WITHDRAWN: (PledgeState.WITHDRAWN,),
    MailKind.QUESTION: LIVE,
    MailKind.MERGED: LIVE,
}


def is_still_true(mail: OutboxMail) -> bool:
    """Whether what the mail says has not been overtaken: confirmed since, published since, withdrawn since."""
    if mail.correction:
        return _is_correction_so(mail, mail.correction)
    if mail.user:
        return mail.user.is_active and mail.user.email == mail.recipient
    return _is_to_ask(mail, mail.invitation) if mail.invitation else _is_pledge_so(mail)


def _is_pledge_so(mail: OutboxMail) -> bool:
    """Whether the pledge is still where the mail says, and the signer still has to do what it asks."""
    kind = MailKind(mail.kind)
    if mail.signatory is None or mail.pledge is None:
        return False
    if LINKS.get(kind) == LinkPurpose.CONFIRM and mail.signatory.confirmed_at:
        return False
    asks = ASKS.get(kind)
    return mail.pledge.state in TRUE_IN.get(kind, PledgeState) and (asks is None or asks(mail.signatory))


def _is_correction_so(mail: OutboxMail, correction: CorrectionRequest) -> bool:
    """« Received » is true until somebody answers, « answered » from then on; « to answer » while any waits."""
    if reader := mail.user:
        return reader.is_active and mail.recipient == reader.email and _to_answer(reader).exists()
    is_answered = correction.state != CorrectionState.RECEIVED
    return mail.recipient == correction.email and is_answered == (mail.kind == MailKind.CORRECTION_ANSWERED)


def _is_to_ask(mail: OutboxMail, invitation: Invitation) -> bool:
    """Whether the list is still to be asked: the campaign goes on, the list stands, and has said nothing."""
    campaign, contact = invitation.campaign, invitation.contact
    assert campaign is not None  # noqa: S101  the database says so of an invitation that has a mail
    assert contact is not None  # noqa: S101
    return (
        invitation.outcome == InvitationOutcome.WAITING
        and campaign.state in CAMPAIGN_AT_WORK
        and second_round.signing_of(invitation.candidate_list).is_open
        and contact.is_usable
        and contact.email == mail.recipient
        and CandidateList.objects.in_the_running().filter(pk=invitation.candidate_list_id).silent().exists()
    )


def _to_answer(user: User) -> QuerySet[CorrectionRequest]:
    return CorrectionRequest.objects.visible_to(user).waiting()


def compose(mail: OutboxMail) -> EmailMultiAlternatives:
    """The message of a mail owed, as text and as HTML. A link it carries is made here: nothing stored ever opens it.

    Composed again after a crash, it has another link and the same Message-ID: a mailbox keeps one of the two.
    """
    source = typeset_text(render_to_string(f"emails/{mail.kind}.txt", _context(mail)))
    letter = letters.read(source, site=settings.SITE_URL)
    reply_to = (mail.invitation and mail.invitation.campaign and mail.invitation.campaign.reply_to) or (
        settings.CONTACT_EMAIL
    )
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        to=[mail.recipient],
        reply_to=[reply_to] if reply_to else None,
        headers={
            "Message-ID": message_id(mail),
            "Content-Language": settings.LANGUAGE_CODE,
            "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answers
        },
    )
    if mail.invitation_id:
        _mark_for_return(message, mail.invitation_id)
    message.attach_alternative(render_to_string("emails/layout.html", {"letter": letter}), "text/html")
    return message


def message_id(mail: OutboxMail) -> str:
    """The same at each try, and never another mail's, even in a portal restored from a backup."""
    if mail.invitation_id:  # one that is recognised when it comes back
        return invitation_keys.message_id(mail.invitation_id)
    seed = f"{mail.key} {mail.created_at.astimezone(datetime.UTC).isoformat()}"
    return f"<{hashlib.sha256(seed.encode()).hexdigest()[:40]}@{urlsplit(settings.SITE_URL).hostname}>"


def _context(mail: OutboxMail) -> dict[str, Any]:
    """What the templates may say: words made harmless, and no model that would let others in."""
    if mail.invitation:
        return _invitation_context(mail.invitation)
    if mail.user and mail.campaign:
        return _trial_context(mail.campaign)
    if mail.correction:
        return _to_answer_context(mail.correction, mail.user) if mail.user else _correction_context(mail.correction)
    return _account_context(mail, mail.user) if mail.user else _pledge_context(mail)


def _mark_for_return(message: EmailMultiAlternatives, invitation_id: int) -> None:
    """Have a mail to a list come back under its own name, and be refused from the mail program's own button."""
    if envelope := invitation_keys.return_address(invitation_id):
        message.extra_headers["From"] = message.from_email
        message.from_email = envelope
    refuse = reverse("invitation-refuse", args=[invitation_keys.link_key(invitation_id)])
    message.extra_headers["List-Unsubscribe"] = f"<{settings.SITE_URL}{refuse}>"


def _invitation_context(invitation: Invitation) -> dict[str, Any]:
    """The text of the campaign for this list, where its address comes from, and how to refuse."""
    campaign, contact = invitation.campaign, invitation.contact
    assert campaign is not None  # noqa: S101
    return said_to(
        campaign, invitation.candidate_list, invitation.number or 0, contact=contact, invitation_id=invitation.pk
    )


def _trial_context(campaign: Campaign) -> dict[str, Any]:
    """What the first list of the panel would read, with a link that opens no list."""
    first = campaign.lists.with_contest().in_panel_order().first()
    if first is None:
        return {"subject": campaign.subject, "text": campaign.body, "SITE_URL": settings.SITE_URL}
    return said_to(campaign, first, 0, contact=first.contacts.usable().best_first().first())


def said_to(
    campaign: Campaign,
    candidate_list: CandidateList,
    number: int,
    *,
    contact: ListContact | None,
    invitation_id: int | None = None,
) -> dict[str, Any]:
    """What a list is told: by a mail, in a trial, in a preview; the same words from the same place.

    :param candidate_list: With its contest, election, charter and region loaded.
    :param invitation_id: Whose link it carries; None for the one that opens no list.
    """
    key = invitation_keys.link_key(invitation_id)
    networks = list(campaign.region.networks.all())
    leaders = Candidate.objects.filter(candidate_list=candidate_list, left_at=None).leading().in_list_order()
    places = campaign_text.values(candidate_list, leaders, networks)
    text = campaign_text.text_of(campaign, number)
    return {
        "subject": campaign_text.fill(text.subject, places),
        "text": campaign_text.fill_body(
            text.body, places, f"{settings.SITE_URL}{reverse('invitation', args=[key])}", campaign.election.choice
        ),
        "source": inline(contact.source) if contact else "",
        "found_on": day(contact.found_on) if contact else "",
        "refuse": f"{settings.SITE_URL}{reverse('invitation-refuse', args=[key])}",
        "networks": [(inline(network.name), network.site) for network in networks],
        "contact": settings.CONTACT_EMAIL,
        "is_demonstration": campaign.election.is_demonstration,
        "SITE_URL": settings.SITE_URL,
    }


def _correction_context(correction: CorrectionRequest) -> dict[str, Any]:
    """Which page, and what was answered; not what was typed about it, which anyone may have mailed to anyone."""
    region = correction.region
    networks = region.networks.all() if region else Network.objects.none()
    return {
        "is_reply": correction.kind == CorrectionKind.REPLY,
        "is_accepted": correction.state == CorrectionState.ACCEPTED,
        "place": inline(region.name) if region else "",
        "page_url": f"{settings.SITE_URL}{correction.page}",
        "reason": letters.quoted(correction.reason),
        "desk": f"{settings.SITE_URL}{reverse('admin:pledges_correctionrequest_change', args=[correction.pk])}",
        "networks": [(inline(network.name), network.site) for network in networks],
        "contact": settings.CONTACT_EMAIL,
        "SITE_URL": settings.SITE_URL,
    }


def _to_answer_context(correction: CorrectionRequest, user: User) -> dict[str, Any]:
    """The one that waits, or how many do: one mail tells of all that was asked since the last."""
    waiting = list(_to_answer(user).select_related("region"))
    context = _correction_context(waiting[0] if waiting else correction)
    if len(waiting) > 1:
        register = reverse("admin:pledges_correctionrequest_changelist")
        context["desk"] = f"{settings.SITE_URL}{register}?state__exact={CorrectionState.RECEIVED}"
    return {**context, "count": len(waiting)}


def _account_context(mail: OutboxMail, user: User) -> dict[str, Any]:
    """Who invites, for which network, and the key of the account: it opens for three days, and once."""
    invited = JournalEntry.objects.filter(act=Act.MEMBER_INVITED, details__user=user.pk).select_related("by").last()
    network = Network.objects.filter(pk=invited.details.get("network")).first() if invited else None
    until = timezone.now() + datetime.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    return {
        "name": inline(user.get_full_name()),
        "by": inline(invited.by) if invited and invited.by else "",
        "network": inline(network) if network else "",
        "role": Role(invited.details["role"]).label if invited and invited.details.get("role") in Role else "",
        "is_open": user.has_usable_password(),
        "link": f"{settings.SITE_URL}{reverse('admin:welcome', args=keys.mint(user))}",
        "link_until": f"{day(timezone.localtime(until))} à {hour(timezone.localtime(until))}",
        "desk": f"{settings.SITE_URL}{reverse('admin:index')}",
        "forgotten": f"{settings.SITE_URL}{reverse('admin:forgotten')}",
        "networks": [],
        "contact": settings.CONTACT_EMAIL,
        "SITE_URL": settings.SITE_URL,
    }


def _pledge_context(mail: OutboxMail) -> dict[str, Any]:
    pledge, signatory = mail.pledge, mail.signatory
    assert pledge is not None  # noqa: S101  the database says so of all that is for no account
    assert signatory is not None  # noqa: S101
    contest = pledge.candidate_list.contest
    region = contest.region
    is_pair = pledge.candidate_list.kind == ListKind.PAIR
    # A binôme is called by its members' names, which nobody puts in quotation marks.
    whom = inline(pledge.candidate_list) if is_pair else _("« %s »") % inline(pledge.candidate_list)
    context = {
        "name": inline(signatory.full_name),
        "capacity": signatory.get_capacity_display(),
        "whom": whom,
        "contest": inline(contest.name),
        "election": inline(contest.election),
        "is_personal": pledge.is_personal,
        "is_pair": is_pair,
        "is_demonstration": contest.election.is_demonstration,
        "engagement": _("votre engagement personnel")
        if pledge.is_personal
        else (_("l’engagement du binôme %s") if is_pair else _("l’engagement de %s")) % whom,
        "answers": [
            (cell.principle.number, inline(cell.principle.short), cell)
            for cell in all_cells(pledge, pledge.charter.principles.all())
        ],
        "erased_at": _moment(pledge.erased_at, region),
        "withdrawn_at": _moment(pledge.withdrawn_at, region) if pledge.withdrawn_at else "",
        "was_published": pledge.published_at is not None,
        "replaces": _replaced(pledge, region),
        "still_published": _replaced(pledge, region) if pledge.amends and pledge.amends.is_published else "",
        "reason": letters.quoted(pledge.decision_reason),
        "identity_check": pledge.get_identity_check_display(),
        "charter": inline(pledge.charter.title),
        "rule": letters.RULE,
        "questions": [letters.quoted(question.text) for question in _unanswered(signatory)]
        if mail.kind == MailKind.QUESTION
        else [],
        "networks": [(inline(network.name), network.site) for network in region.networks.all()],
        "contact": settings.CONTACT_EMAIL,
        "SITE_URL": settings.SITE_URL,
        "sign_url": f"{settings.SITE_URL}{reverse('sign')}"
        if second_round.signing_of(pledge.candidate_list).is_open
        else "",
        "private_url": f"{settings.SITE_URL}{reverse('private-ask')}",
        "is_declared": pledge.is_declared,
        "signer_url": f"{settings.SITE_URL}{pledge.signer.get_absolute_url()}",
    }
    if mail.kind == MailKind.MERGED and (merged := _merged(signatory)):
        context |= _merged_context(merged)
    if purpose := LINKS.get(MailKind(mail.kind)):
        token = MailLink.objects.mint(signatory, purpose, email_change=_change(mail, signatory))
        context["link"] = f"{settings.SITE_URL}{reverse(purpose, args=[token])}"
        # A code lives ten minutes: it serves who has just asked for the mail, and waits for it.
        if mail.kind != MailKind.QUESTION and (code := CODE_FOR.get(purpose)):
            context["code"] = MailLink.objects.mint_code(signatory, code)
            context["code_url"] = f"{settings.SITE_URL}{reverse('code')}"
        context["link_until"] = _moment(timezone.now() + LINK_LIFE[purpose], region)
    return context


def _change(mail: OutboxMail, signatory: Signatory) -> EmailChange | None:
    """The change of address that a mail asks to confirm, as it is now: the link does nothing for another."""
    if mail.kind == MailKind.APPROVE:
        return signatory.email_changes.first()
    if mail.kind == MailKind.PROVE:
        return signatory.email_changes.filter(new_email=mail.recipient).first()
    return None


def _merged(signatory: Signatory) -> CandidateList | None:
    """The list of the second round that someone leads, who led one of those that made it."""
    led = Candidate.objects.standing().filter(is_head=True, earlier=signatory.candidate_id)
    merged = CandidateList.objects.standing().filter(round=Round.SECOND, candidates__in=led)
    return merged.with_contest().first() if signatory.candidate_id else None


def _may_sign_merged(signatory: Signatory) -> bool:
    """Whether they still lead it, may sign for it now, and nobody has."""
    merged = _merged(signatory)
    if merged is None or not second_round.signing_of(merged).is_open:
        return False
    return not Pledge.objects.for_lists().filter(candidate_list=merged, state__in=LIVE).exists()


def _merged_context(merged: CandidateList) -> dict[str, Any]:
    """The list that someone is asked to sign for: its name, where to sign and until when."""
    return {
        "merged": inline(merged),
        "merged_window": str(second_round.signing_of(merged)),
        "sign_merged_url": f"{settings.SITE_URL}{reverse('sign-list', args=[merged.pk])}",
    }


def _unanswered(signatory: Signatory) -> QuerySet[Question]:
    """What waits for this person's answer: a mail that asks one question asks them all."""
    return Question.objects.unanswered().filter(signatory=signatory)


# The mails that ask something, and whether it is still to be asked of this person.
ASKS: dict[MailKind, Callable[[Signatory], bool]] = {
    MailKind.QUESTION: lambda signatory: _unanswered(signatory).exists(),
    MailKind.MERGED: _may_sign_merged,
}


def _replaced(pledge: Pledge, region: Region) -> str:
    """The day the answers that this pledge replaces were published; nothing when it replaces none."""
    if not pledge.amends or not pledge.amends.published_at:
        return ""
    return day(timezone.localtime(pledge.amends.published_at, region.zone))


def _moment(at: datetime.datetime, region: Region) -> str:
    """A moment by the clock of those who read it: « 30 novembre 2026 à 14 h 32 »."""
    local = timezone.localtime(at, region.zone)
    return _("%(day)s à %(hour)s") % {"day": day(local), "hour": hour(local)}
