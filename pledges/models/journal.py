"""The one journal: every act, dated, by someone, for a reason."""

import datetime
import uuid
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pledges import chain
from pledges.enums import Act, ConsentPurpose, Door
from pledges.models.elections import Election
from pledges.models.pledge import Pledge
from regions.constraints import RefuseChange
from regions.models import Region, ScopedQuerySet, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class JournalEntryQuerySet(ScopedQuerySet["JournalEntry"]):
    region_path = "region"

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """The acts of the user's regions; those of no region are the administrators'."""
        return self.all() if user.is_active and user.is_superuser else super().visible_to(user)

    def unsealed(self) -> Self:
        """What has no place in the chain yet: an act of this very second, or a row that nobody signed."""
        return self.filter(seal=None)

    def unsealed_since(self) -> datetime.timedelta:
        """For how long the oldest entry without a seal has been there; nothing when all have theirs."""
        now = timezone.now()
        return now - (self.unsealed().aggregate(since=models.Min("at"))["since"] or now)

    def erasures(self) -> dict[int, int]:
        """The last entry, by key, that says a person's data were erased from a pledge; by the key of the pledge.

        The words of the entries before it may be gone. Nothing else removes any.
        """
        erased = self.filter(act=Act.DATA_ERASED, pledge__isnull=False).order_by()
        return dict(erased.values_list("pledge").annotate(models.Max("pk")))


class JournalEntry(models.Model):
    """One act. Append-only, in the database's own terms: so it holds no contact data, and nobody's own words.

    What a signer or a moderator wrote about a pledge is its ``wording``, that can be erased.
    ``pledges.actions.recording`` alone writes entries, because it signs them.
    """

    uid = models.UUIDField(_("identifiant"), unique=True, default=uuid.uuid4, editable=False)
    mac = models.CharField(_("signature"), max_length=64, editable=False)
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
        verbose_name_plural = _("entrées du journal")
        ordering = ("pk",)
        constraints = [
            RefuseChange(
                name="journal_is_append_only",
                events=("UPDATE", "DELETE", "TRUNCATE"),
                violation_error_message=_("Le journal s’écrit à la suite : rien ne s’y modifie ni ne s’y efface."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()}, {timezone.localtime(self.at):%d/%m/%Y %H:%M}"

    @property
    def content(self) -> str:
        """What is signed and sealed: all that the entry says."""
        return chain.content_of(self)

    @property
    def is_signed(self) -> bool:
        """Whether the portal wrote this entry, and nothing changed it since."""
        try:
            return chain.is_signed(self.content, self.mac)
        except (ValueError, RecursionError):  # a number without end, lists without end: it signs no such thing
            return False

    @property
    def fingerprint(self) -> str:
        """What the chain holds of this entry, in hexadecimal.

        :raises ValueError: When the portal did not write it, and its details have no form (see ``is_signed``).
        """
        return chain.fingerprint(self.content, self.mac)

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
