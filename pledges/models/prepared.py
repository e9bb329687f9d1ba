"""What was decided during the electoral silence, and waits for its end."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from pledges.enums import Decision, Door, IdentityCheck, PreparedState
from pledges.models.pledge import Pledge, Signatory
from regions.models import ScopedQuerySet


class PreparedDecisionQuerySet(ScopedQuerySet["PreparedDecision"]):
    region_path = "pledge__candidate_list__contest__region"

    def waiting(self) -> Self:
        """Those still to be done, in the order in which they were decided."""
        return self.filter(state=PreparedState.WAITING).order_by("pk")

    def to_tell(self) -> Self:
        """Those that somebody should know of: they wait, or could not be done."""
        return self.filter(state__in=(PreparedState.WAITING, PreparedState.REFUSED)).order_by("pk")


class PreparedDecision(models.Model):
    """A decision on a pledge, taken while nothing may change on public pages: done once, in order, when silence ends.

    What it says is kept here until then alone: the act itself writes its reason in the journal.
    """

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="prepared", verbose_name=_("engagement"))
    decision = models.CharField(_("décision"), max_length=10, choices=Decision)
    # None: who signed decided it, from the private page.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("préparée par")
    )
    signatory = models.ForeignKey(
        Signatory, null=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("signataire à effacer")
    )
    identity_check = models.CharField(
        _("vérification de l’identité"), max_length=20, choices=IdentityCheck, blank=True, default=""
    )
    reason = models.TextField(_("motif"), blank=True, default="")
    door = models.CharField(_("demandé"), max_length=12, choices=Door, blank=True, default="")
    prepared_at = models.DateTimeField(_("préparée le"))
    state = models.CharField(
        _("état"), max_length=10, choices=PreparedState, default=PreparedState.WAITING, editable=False
    )
    settled_at = models.DateTimeField(_("réglée le"), null=True, editable=False)
    why = models.TextField(_("pourquoi elle n’a pas été faite"), blank=True, default="", editable=False)

    objects = PreparedDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("décision préparée")
        verbose_name_plural = _("décisions préparées")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["pledge"],
                condition=Q(state=PreparedState.WAITING, by__isnull=False),
                name="prepared_one_by_a_network",
                violation_error_message=_(
                    "Une décision est déjà préparée pour cet engagement : abandonnez-la d’abord."
                ),
            ),
            models.UniqueConstraint(
                F("pledge"),
                F("decision"),
                Coalesce("signatory", 0),
                condition=Q(state=PreparedState.WAITING, by=None),
                name="prepared_once_by_a_signer",
                violation_error_message=_("Cette demande est déjà notée."),
            ),
            models.CheckConstraint(
                condition=Q(state=PreparedState.WAITING, settled_at=None)
                | (~Q(state=PreparedState.WAITING) & Q(settled_at__isnull=False, reason="")),
                name="prepared_settled_is_dated_and_forgets_its_words",
                violation_error_message=_("Une décision réglée a une date, et ne garde pas son motif."),
            ),
            models.CheckConstraint(
                condition=(Q(decision=Decision.PUBLISH) & ~Q(identity_check=""))
                | (~Q(decision=Decision.PUBLISH) & Q(identity_check="")),
                name="prepared_publication_says_how_identity_was_checked",
                violation_error_message=_("Publier demande de dire comment l’identité a été vérifiée."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()}, {self.pledge}"
