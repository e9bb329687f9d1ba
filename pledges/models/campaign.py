"""A campaign of invitations: the same question to every list of an election in a region, by one rule."""

import datetime
from collections.abc import Sequence
from typing import Self

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pledges.enums import CAMPAIGN_AT_WORK, CAMPAIGN_IN_PREPARATION, CAMPAIGN_LIVE, CampaignState
from pledges.models.elections import CandidateList, CandidateListQuerySet, Election
from regions.models import Region, ScopedQuerySet

MOST_REMINDERS = 3
BODY_LENGTH = 4_000


def weekly() -> list[int]:
    """One week, two weeks, three weeks after the first request."""
    return [7, 14, 21]


class CampaignQuerySet(ScopedQuerySet["Campaign"]):
    region_path = "region"

    def live(self) -> Self:
        """Those that are not over: there is one at most for an election in a region."""
        return self.filter(state__in=CAMPAIGN_LIVE)

    def at_work(self) -> Self:
        return self.filter(state__in=CAMPAIGN_AT_WORK)

    def running(self) -> Self:
        return self.filter(state=CampaignState.RUNNING)

    def with_place(self) -> Self:
        """Load what its name, its clock and its dates are read from."""
        return self.select_related("election__charter", "region")

    def take(self) -> Self:
        """Lock these campaigns until the transaction ends: whoever acts on one acts alone.

        A row lock on PostgreSQL; SQLite's transactions, opened IMMEDIATE, already wait for one another.
        """
        return self.select_for_update(of=("self",), no_key=True)


class Campaign(models.Model):
    """One text, one rule, all the lists. Its state has one door: ``pledges/actions/campaigns.py``.

    It asks whoever joins the official list, or is given an address, while it runs: on the same terms, with the same
    text. Once launched, its text does not change any more: each request bears its fingerprint.
    """

    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("élection")
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("région"))
    state = models.CharField(
        _("état"), max_length=10, choices=CampaignState, default=CampaignState.DRAFT, editable=False
    )
    subject = models.CharField(_("objet"), max_length=120)
    body = models.TextField(_("texte"), validators=[MaxLengthValidator(BODY_LENGTH)])
    reminder_subject = models.CharField(_("objet des relances"), max_length=120)
    reminder_body = models.TextField(_("texte des relances"), validators=[MaxLengthValidator(BODY_LENGTH)])
    reminder_days = models.JSONField(_("relances, en jours après la sollicitation"), default=weekly, blank=True)
    reply_to = models.EmailField(
        _("adresse pour les réponses"),
        blank=True,
        help_text=_("Celle que lit le réseau ; sans elle, les réponses vont à l’adresse de contact du portail."),
    )
    launch_at = models.DateTimeField(_("départ programmé"), null=True, editable=False)
    launched_at = models.DateTimeField(_("partie le"), null=True, editable=False)
    launched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("lancée par"),
    )

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campagne de sollicitation")
        verbose_name_plural = _("campagnes de sollicitation")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["election", "region"],
                condition=Q(state__in=CAMPAIGN_LIVE),
                name="campaign_one_at_a_time",
                violation_error_message=_(
                    "Une campagne est déjà préparée ou en cours pour cette élection dans cette région : terminez-la"
                    " d’abord."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(*CAMPAIGN_AT_WORK, CampaignState.OVER))
                | Q(launched_at__isnull=False, launched_by__isnull=False),
                name="campaign_at_work_was_launched",
                violation_error_message=_("Une campagne en cours a été lancée, un jour, par quelqu’un."),
            ),
            models.CheckConstraint(
                condition=~Q(state=CampaignState.SCHEDULED) | Q(launch_at__isnull=False, launched_by__isnull=False),
                name="campaign_scheduled_has_a_moment",
                violation_error_message=_("Une campagne programmée a un moment de départ."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region}, {self.election}"

    def get_admin_url(self) -> str:
        return reverse("admin:pledges_campaign_change", args=[self.pk])

    @property
    def is_in_preparation(self) -> bool:
        """Whether its text may still change."""
        return self.state in CAMPAIGN_IN_PREPARATION

    @property
    def is_at_work(self) -> bool:
        return self.state in CAMPAIGN_AT_WORK

    @property
    def lists(self) -> CandidateListQuerySet:
        """Every list in the running, in all the contests of the election in the region: nobody is chosen."""
        return CandidateList.objects.in_the_running().filter(
            contest__election=self.election_id, contest__region=self.region_id
        )

    def delay_before(self, number: int) -> datetime.timedelta:
        """The time between the request before and the reminder of this number; after the last, before a call.

        Counted from one request to the next, not from the first: a pause or the silence never brings two at once.
        """
        days: Sequence[int] = [0, *self.reminder_days]
        if number < len(days):
            return datetime.timedelta(days=days[number] - days[number - 1])
        return datetime.timedelta(days=days[-1] - days[-2] if len(days) > 1 else weekly()[0])
