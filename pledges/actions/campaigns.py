"""A campaign of invitations, from its text to its end: every list is asked at the same moment, by the same rule.

Each act takes the campaign for itself. All that it decides is one transaction: whoever dies in the middle has done
nothing, and the next round of ``send_outbox`` does it.
"""

import datetime
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import calendar, campaign_text, second_round, tasks
from pledges.actions.recording import record_at_large
from pledges.enums import CAMPAIGN_AT_WORK, Act, CampaignState, Channel, InvitationOutcome, MailKind
from pledges.models import Campaign, CandidateList, Invitation, ListContact, OutboxMail
from regions.models import Revision, User
from regions.typography import day


class CampaignError(Exception):
    """What was asked cannot be done; the message says why, for whoever asked."""


# --- Before it leaves ---


@transaction.atomic
def rewrite(campaign: Campaign, *, by: User) -> Campaign:
    """Keep what somebody has just written: a text that was tried and has changed is to be tried again.

    :param campaign: With its new words; it is saved here.
    :raises CampaignError: For one that has been scheduled or launched: its text does not change any more.
    """
    before = _hold(campaign)
    if not before.is_in_preparation:
        raise CampaignError(_("Cette campagne est partie : son texte ne change plus, il est le même pour toutes."))
    words = ("subject", "body", "reminder_subject", "reminder_body", "reply_to")
    has_changed = any(getattr(before, name) != getattr(campaign, name) for name in words)
    campaign.state = CampaignState.DRAFT if has_changed else before.state
    campaign.save()
    return campaign


@transaction.atomic
def try_on(campaign: Campaign, *, by: User) -> OutboxMail:
    """Send the text to whoever prepares it, as the first list would read it.

    :raises CampaignError: When they have no address, or the campaign is past that.
    """
    campaign = _hold(campaign)
    if not by.email:
        raise CampaignError(_("Votre compte n’a pas d’adresse électronique : l’essai ne peut pas vous parvenir."))
    if not campaign.is_in_preparation:
        raise CampaignError(_("Cette campagne est déjà partie."))
    if not campaign.lists.exists():
        raise CampaignError(_("Aucune liste officielle n’est encore connue ici : il n’y a personne à solliciter."))
    _become(campaign, CampaignState.TESTED)
    mail = OutboxMail.objects.create(
        key=f"{MailKind.INVITATION_TRIAL}:{campaign.pk}:{campaign.trials.count()}",
        kind=MailKind.INVITATION_TRIAL,
        user=by,
        campaign=campaign,
        recipient=by.email,
    )
    _record(Act.CAMPAIGN_TRIED, campaign, by=by, text_sha256=campaign_text.text_of(campaign, 0).fingerprint)
    transaction.on_commit(partial(tasks.send_mail.enqueue, mail.pk), robust=True)
    return mail


@transaction.atomic
def launch(campaign: Campaign, *, by: User, at: datetime.datetime | None = None) -> Campaign:
    """Ask every list that can be, now or at a set moment.

    :raises CampaignError: When the text was not tried, or nobody may sign at that moment.
    """
    campaign = _hold(campaign)
    if campaign.state != CampaignState.TESTED:
        raise CampaignError(_("Envoyez-vous d’abord un essai du texte tel qu’il est, et relisez-le."))
    if not campaign.trials.filter(sent_at__isnull=False).exists():
        raise CampaignError(_("Votre essai n’est pas encore parti : attendez de l’avoir reçu."))
    if at and at <= timezone.now():
        raise CampaignError(_("Ce moment est passé : choisissez-en un à venir, ou lancez maintenant."))
    _check_dates(campaign, at or timezone.now())
    campaign.launched_by = by
    if at:
        campaign.launch_at = at
        _become(campaign, CampaignState.SCHEDULED)
        _record(Act.CAMPAIGN_SCHEDULED, campaign, by=by, moment=at.isoformat())
    else:
        _start(campaign)
    return campaign


@transaction.atomic
def unschedule(campaign: Campaign, *, by: User) -> Campaign:
    """Take back the moment that was set.

    :raises CampaignError: When it has left already.
    """
    campaign = _hold(campaign)
    campaign.launch_at = None
    _become(campaign, CampaignState.TESTED)
    _record(Act.CAMPAIGN_UNSCHEDULED, campaign, by=by)
    return campaign


# --- While it goes on ---


@transaction.atomic
def pause(campaign: Campaign, *, by: User) -> Campaign:
    """Hold what has not left: at most the mail that is being handed over goes.

    :raises CampaignError: When it is not running.
    """
    campaign = _hold(campaign)
    _become(campaign, CampaignState.PAUSED)
    _record(Act.CAMPAIGN_PAUSED, campaign, by=by)
    return campaign


@transaction.atomic
def resume(campaign: Campaign, *, by: User) -> Campaign:
    """Let what was held leave, in its order.

    :raises CampaignError: When it is not paused.
    """
    campaign = _hold(campaign)
    _become(campaign, CampaignState.RUNNING)
    _record(Act.CAMPAIGN_RESUMED, campaign, by=by)
    now = timezone.now()
    held = OutboxMail.objects.owed().filter(invitation__campaign=campaign, next_try_at__gt=now)
    held.update(next_try_at=now)
    _go_on(campaign)
    return campaign


@transaction.atomic
def cancel(campaign: Campaign, *, by: User) -> Campaign:
    """Stop for good: what has not left never will.

    :raises CampaignError: When it is over already.
    """
    campaign = _hold(campaign)
    _become(campaign, CampaignState.CANCELLED)
    campaign.invitations.waiting().drop()
    _record(Act.CAMPAIGN_CANCELLED, campaign, by=by)
    return campaign


def carry_on() -> int:
    """What time brings: what was scheduled leaves, reminders fall due, what is over ends, the journal is written.

    Safe to repeat, and to run several times at once.

    :return: How many requests were owed.
    """
    now = timezone.now()
    scheduled = Campaign.objects.filter(state=CampaignState.SCHEDULED, launch_at__lte=now)
    keys = [*scheduled.values_list("pk", flat=True), *Campaign.objects.at_work().values_list("pk", flat=True)]
    owed = sum(_carry_one(key) for key in sorted(set(keys)))
    write_down()
    return owed


@transaction.atomic
def _carry_one(key: int) -> int:
    """The turn of one campaign, in its own transaction."""
    campaign = Campaign.objects.with_place().take().get(pk=key)
    if campaign.state == CampaignState.SCHEDULED:
        if campaign.launch_at is None or campaign.launch_at > timezone.now():
            return 0  # put off a moment ago
        return _start(campaign)
    if campaign.state not in CAMPAIGN_AT_WORK:
        return 0
    started = campaign.launched_at or timezone.now()
    if timezone.now() >= second_round.signing_ends_at(campaign.election, campaign.region, started):
        _become(campaign, CampaignState.OVER)
        campaign.invitations.waiting().drop()
        _record(Act.CAMPAIGN_OVER, campaign)
        return 0
    return _go_on(campaign) if campaign.state == CampaignState.RUNNING else 0


def ask_newcomers(lists: Iterable[CandidateList]) -> None:
    """Ask at once lists that have just joined, or have just been given an address, where a campaign runs."""
    places = {(row.contest.election_id, row.contest.region_id) for row in lists}
    for election, region in sorted(places):
        campaign = (
            Campaign.objects.running()
            .with_place()
            .take()
            .filter(election=election, region=region)
            .order_by("pk")
            .first()
        )
        if campaign:
            _go_on(campaign)


# --- What becomes of a request ---


@transaction.atomic
def note_return(invitation: Invitation, trouble: str) -> bool:
    """A mail that had left came back: its address serves no more, and the list is to be reached otherwise.

    :param trouble: As ``pledges.failures`` keeps it.
    :return: Whether that was not known.
    """
    write_down()  # that it left, before that it came back
    now = timezone.now()
    if not Invitation.objects.filter(pk=invitation.pk).mark_undelivered(now, trouble):
        return False
    ListContact.objects.filter(invitations=invitation).note_failure(now)
    write_down()
    Revision.advance()  # one list fewer was asked, as the public reads it
    return True


@transaction.atomic
def refuse(invitation: Invitation) -> bool:
    """A list asks to be left alone, by the link of a mail that it received: no reminder leaves any more.

    :return: Whether that was not known.
    """
    fresh = Invitation.objects.filter(candidate_list=invitation.candidate_list)
    CandidateList.objects.filter(pk=invitation.candidate_list_id).take()
    if fresh.refused().exists():
        return False
    Invitation.objects.filter(pk=invitation.pk).update(refused_at=timezone.now())
    contest = invitation.candidate_list.contest
    record_at_large(
        Act.INVITATION_REFUSED,
        region=contest.region,
        election=contest.election,
        list=invitation.candidate_list_id,
        campaign=invitation.campaign_id,
    )
    return True


@transaction.atomic
def write_down() -> None:
    """Write in the journal what has left and what came back since the last time, each once.

    The sender of mails knows nothing of the journal: it dates the request, in the transaction that marks its mail, and
    whoever comes by writes the entry, of that very moment.
    """
    unsaid = Invitation.objects.filter(campaign__isnull=False).select_for_update(of=("self",), no_key=True)
    unsaid = unsaid.select_related("candidate_list__contest__election", "candidate_list__contest__region")
    departures = unsaid.filter(is_departure_recorded=False, sent_at__isnull=False)
    for invitation in departures.order_by("sent_at", "pk"):
        _write(Act.LIST_INVITED, invitation, at=invitation.sent_at)
        Invitation.objects.filter(pk=invitation.pk).update(is_departure_recorded=True)
    for invitation in unsaid.filter(is_return_recorded=False, undelivered_at__isnull=False).order_by("pk"):
        _write(Act.INVITATION_UNDELIVERED, invitation, at=invitation.undelivered_at)
        Invitation.objects.filter(pk=invitation.pk).update(is_return_recorded=True)


def _write(act: Act, invitation: Invitation, *, at: datetime.datetime | None) -> None:
    contest = invitation.candidate_list.contest
    record_at_large(
        act,
        region=contest.region,
        election=contest.election,
        at=at,
        list=invitation.candidate_list_id,
        campaign=invitation.campaign_id,
        number=invitation.number,
        channel=str(invitation.channel),
        text_sha256=invitation.fingerprint,
    )


# --- The rule ---


def _start(campaign: Campaign) -> int:
    campaign.launched_at, campaign.launch_at = timezone.now(), None
    _become(campaign, CampaignState.RUNNING)
    text, reminder = (campaign_text.text_of(campaign, number).fingerprint for number in (0, 1))
    owed = _go_on(campaign)
    _record(
        Act.CAMPAIGN_LAUNCHED,
        campaign,
        by=campaign.launched_by,
        asked=owed,
        lists=campaign.lists.count(),
        text_sha256=text,
        reminder_sha256=reminder,
    )
    return owed


def _go_on(campaign: Campaign) -> int:
    """Owe each list the request that is due to it: the first one, or its next reminder. The caller holds the campaign.

    :return: How many are owed that were not.
    """
    now = timezone.now()
    campaign.invitations.waiting().filter(mail=None).drop()  # its address was erased, and its mail went with it
    lists = list(campaign.lists.silent().select_related("contest").in_panel_order())
    contacts: dict[int, ListContact] = {}
    for contact in ListContact.objects.filter(candidate_list__in=lists).usable().best_first():
        contacts.setdefault(contact.candidate_list_id, contact)
    latest: dict[int, Invitation] = {}
    for invitation in campaign.invitations.counted().order_by("number"):
        latest[invitation.candidate_list_id] = invitation
    due = [
        (row, contacts[row.pk], number)
        for row in lists
        if row.pk in contacts and (number := _next(campaign, latest.get(row.pk), now)) is not None
    ]
    invitations = Invitation.objects.bulk_create(
        Invitation(
            candidate_list=row,
            channel=Channel.EMAIL,
            recorded_at=now,
            recorded_by=campaign.launched_by,
            outcome=InvitationOutcome.WAITING,
            campaign=campaign,
            number=number,
            contact=contact,
            fingerprint=campaign_text.text_of(campaign, number).fingerprint,
        )
        for row, contact, number in due
    )
    mails = OutboxMail.objects.bulk_create(
        OutboxMail(
            key=f"invitation:{invitation.pk}",
            kind=MailKind.INVITATION_REMINDER if number else MailKind.INVITATION,
            invitation=invitation,
            region=campaign.region,
            recipient=contact.email,
        )
        for invitation, (_row, contact, number) in zip(invitations, due, strict=True)
    )
    for mail in mails:
        transaction.on_commit(partial(tasks.send_mail.enqueue, mail.pk), robust=True)
    return len(mails)


def _next(campaign: Campaign, latest: Invitation | None, now: datetime.datetime) -> int | None:
    """The number of the request that is due to a list; None when none is.

    :param latest: The last that waits or has left.
    """
    if latest is None:
        return 0
    if latest.sent_at is None or latest.number is None or latest.number >= len(campaign.reminder_days):
        return None
    number = latest.number + 1
    return number if now >= latest.sent_at + campaign.delay_before(number) else None


# --- Its state ---


def _hold(campaign: Campaign) -> Campaign:
    """The campaign as it is stored, for oneself until the transaction ends."""
    return Campaign.objects.with_place().take().get(pk=campaign.pk)


def _become(campaign: Campaign, state: CampaignState) -> None:
    if not CampaignState(campaign.state).can_become(state):
        words = _("Cette campagne est « %s » : ce n’est plus possible.")
        raise CampaignError(words % campaign.get_state_display())
    campaign.state = state
    campaign.save(update_fields=["state", "launch_at", "launched_at", "launched_by"])


def _record(act: Act, campaign: Campaign, *, by: User | None = None, **details: Any) -> None:
    record_at_large(act, by=by, region=campaign.region, election=campaign.election, campaign=campaign.pk, **details)


def _check_dates(campaign: Campaign, at: datetime.datetime) -> None:
    """:raises CampaignError: When nobody may sign at that moment, for another reason than the silence, which ends."""
    election, region = campaign.election, campaign.region
    if at >= (ends_at := second_round.signing_ends_at(election, region, at)):
        raise CampaignError(_("Les signatures sont closes depuis le %s.") % day(ends_at - datetime.timedelta(days=1)))
    if at < calendar.local_midnight(election.signing_opens_on, region):
        raise CampaignError(
            _("Les signatures ouvriront le %s : choisissez un départ à partir de ce jour.")
            % day(election.signing_opens_on)
        )
