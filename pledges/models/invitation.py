"""What a network asked of a list, and when: the same question for all."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from pledges.enums import Channel
from pledges.models.elections import CandidateList
from regions.models import ScopedQuerySet


class InvitationQuerySet(ScopedQuerySet["Invitation"]):
    region_path = "candidate_list__contest__region"

    def oldest_first(self) -> Self:
        return self.order_by("asked_on", "pk")


class Invitation(models.Model):
    """One dated request to a list, recorded by hand; those that follow the first are its reminders.

    It holds no word and no address: that a list was treated like the others is in the dates and the channels.
    """

    candidate_list = models.ForeignKey(
        CandidateList, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("liste ou binôme")
    )
    asked_on = models.DateField(_("sollicitée le"))
    channel = models.CharField(_("par quel moyen"), max_length=10, choices=Channel)
    recorded_at = models.DateTimeField(_("noté le"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("noté par")
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("sollicitation")
        ordering = ("candidate_list", "asked_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["candidate_list", "asked_on", "channel"],
                name="invitation_noted_once",
                violation_error_message=_("Cette sollicitation est déjà notée."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate_list}, {self.asked_on:%d/%m/%Y}"

    @staticmethod
    def ordinal(number: int) -> str:
        """What the n-th request to a list is called: « sollicitation », « 1re relance », « 2e relance »."""
        if number == 0:
            return pgettext("liste", "sollicitation")
        return pgettext("liste", "1re relance") if number == 1 else pgettext("liste", "%de relance") % number
