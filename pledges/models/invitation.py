"""What a network asked of a list, and when: the same question for all."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from pledges.enums import COUNTED_OUTCOMES, Channel, InvitationOutcome
from pledges.models.campaign import Campaign
from pledges.models.contact import ListContact
from pledges.models.elections import CandidateList
from regions.models import ScopedQuerySet


class InvitationQuerySet(ScopedQuerySet["Invitation"]):
    region_path = "candidate_list__contest__region"

    def made(self) -> Self:
        """What has left, or was noted by hand: not what waits, nor what did not arrive."""
        return self.filter(outcome=InvitationOutcome.SENT)

    def waiting(self) -> Self:
        return self.filter(outcome=InvitationOutcome.WAITING)

    def counted(self) -> Self:
        """What is not to be made again: it waits, or it was made."""
        return self.filter(outcome__in=COUNTED_OUTCOMES)

    def refused(self) -> Self:
        """Those by which a list asked to be left alone."""
        return self.filter(refused_at__isnull=False)

    def oldest_first(self) -> Self:
        return self.order_by("asked_on", "pk")

    def mark_sent(self, at: datetime.datetime, on: datetime.date) -> bool:
        """Say that these have left.

        :param on: The day, by the territory's own calendar.
        :return: Whether any was still waiting.
        """
        return bool(self.waiting().update(outcome=InvitationOutcome.SENT, sent_at=at, asked_on=on))

    def mark_undelivered(self, at: datetime.datetime, trouble: str) -> bool:
        """Say that these did not arrive, and why, as the code that ``pledges.failures`` puts in words.

        :return: Whether any was not known to be so.
        """
        return bool(
            self.counted().update(outcome=InvitationOutcome.UNDELIVERED, undelivered_at=at, trouble=trouble[:200])
        )

    def drop(self) -> None:
        """Say that these will not leave: they have no object any more."""
        self.waiting().update(outcome=InvitationOutcome.DROPPED)


class Invitation(models.Model):
    """One request to a list; those that follow the first are its reminders.

    A campaign owes it, and it is dated when it leaves; or somebody did it otherwise, and notes the day. It holds no
    word and no address: that a list was treated like the others is in the dates, the channels and the fingerprints.
    """

    candidate_list = models.ForeignKey(
        CandidateList, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("liste ou binôme")
    )
    asked_on = models.DateField(_("sollicitée le"), null=True)
    channel = models.CharField(_("par quel moyen"), max_length=10, choices=Channel)
    recorded_at = models.DateTimeField(_("noté le"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("noté par")
    )
    outcome = models.CharField(
        _("ce qu’elle est devenue"), max_length=11, choices=InvitationOutcome, default=InvitationOutcome.SENT
    )
    # Of a campaign's alone.
    campaign = models.ForeignKey(
        Campaign, null=True, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("campagne")
    )
    number = models.PositiveSmallIntegerField(_("numéro"), null=True)
    contact = models.ForeignKey(ListContact, null=True, on_delete=models.PROTECT, related_name="invitations")
    fingerprint = models.CharField(_("empreinte du texte"), max_length=64, blank=True)
    sent_at = models.DateTimeField(_("partie à"), null=True)
    undelivered_at = models.DateTimeField(_("revenue à"), null=True)
    trouble = models.CharField(_("ce qui s’est passé"), max_length=200, blank=True)
    refused_at = models.DateTimeField(_("refusée par la liste à"), null=True)
    # The journal is written just after, by who holds the campaign: what it already says of this request.
    is_departure_recorded = models.BooleanField(default=False)
    is_return_recorded = models.BooleanField(default=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("sollicitation")
        ordering = ("candidate_list", "asked_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["candidate_list", "asked_on", "channel"],
                condition=Q(campaign=None),
                name="invitation_noted_once",
                violation_error_message=_("Cette sollicitation est déjà notée."),
            ),
            models.UniqueConstraint(
                fields=["campaign", "candidate_list", "number"],
                condition=Q(outcome__in=COUNTED_OUTCOMES),
                name="invitation_once_per_number",
                violation_error_message=_("Cette liste a déjà reçu cette sollicitation."),
            ),
            models.CheckConstraint(
                condition=Q(campaign=None, number=None, contact=None, fingerprint="", outcome=InvitationOutcome.SENT)
                | Q(campaign__isnull=False, number__isnull=False, contact__isnull=False) & ~Q(fingerprint=""),
                name="invitation_by_hand_or_by_a_campaign",
                violation_error_message=_("Une sollicitation est notée à la main, ou part d’une campagne."),
            ),
            models.CheckConstraint(
                condition=~Q(outcome=InvitationOutcome.SENT) | Q(asked_on__isnull=False),
                name="invitation_made_has_a_day",
                violation_error_message=_("Une sollicitation faite a un jour."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate_list}, {self.asked_on:%d/%m/%Y}" if self.asked_on else str(self.candidate_list)

    @staticmethod
    def ordinal(number: int) -> str:
        """What the n-th request to a list is called: « sollicitation », « 1re relance », « 2e relance »."""
        if number == 0:
            return pgettext("liste", "sollicitation")
        return pgettext("liste", "1re relance") if number == 1 else pgettext("liste", "%de relance") % number
