"""The one journal: every act, dated, by someone, for a reason."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pledges.constraints import RefuseChange
from pledges.enums import Act, ConsentPurpose, Door
from pledges.models.elections import Election
from pledges.models.pledge import Pledge
from regions.models import Region, ScopedQuerySet


class JournalEntryQuerySet(ScopedQuerySet["JournalEntry"]):
    region_path = "region"


class JournalEntry(models.Model):
    """One act. Append-only, in the database's own terms: so it holds no contact data, and nobody's own words.

    What a signer or a moderator wrote about a pledge is its ``wording``, that can be erased.
    """

    act = models.CharField(_("acte"), max_length=30, choices=Act)
    at = models.DateTimeField(_("le"), db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("par"),
        help_text=_("Vide quand l’acte est celui d’un signataire ou du portail lui-même."),
    )
    region = models.ForeignKey(Region, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("région"))
    election = models.ForeignKey(
        Election, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("élection")
    )
    # A pledge that nobody confirmed is deleted; its entries stay, so the database does not tie them to it.
    pledge = models.ForeignKey(
        Pledge,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="entries",
        verbose_name=_("engagement"),
    )
    reason = models.TextField(_("motif"), blank=True)
    details = models.JSONField(_("précisions"), default=dict)

    objects = JournalEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entrée du journal")
        verbose_name_plural = _("journal")
        ordering = ("pk",)
        constraints = [
            RefuseChange(
                name="journal_is_append_only",
                violation_error_message=_("Le journal s’écrit à la suite : rien ne s’y modifie ni ne s’y efface."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()}, {timezone.localtime(self.at):%d/%m/%Y %H:%M}"

    @property
    def why(self) -> str:
        """The reason, as its author wrote it; empty without one, or once it is erased."""
        return self.wording.reason if hasattr(self, "wording") else self.reason

    @property
    def consent(self) -> str:
        """What a consent is about, where it was said; empty for other acts."""
        if self.act not in (Act.CONSENT_GIVEN, Act.CONSENT_WITHDRAWN):
            return ""
        return f"{ConsentPurpose(self.details['purpose']).label}, {Door(self.details['door']).label}"
