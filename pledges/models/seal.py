"""The chain of seals: each holds an entry of the journal, and the seal before it."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from pledges import chain
from pledges.models.journal import JournalEntry
from regions.constraints import RefuseChange


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: kept elsewhere, it proves later that nothing before it was altered."""

    count: int
    digest: str

    def __str__(self) -> str:
        return f"{self.count}:{self.digest}"


START = Head(0, chain.NOTHING)


class SealQuerySet(models.QuerySet["Seal"]):
    def head(self) -> Head:
        """The last seal, read at this very moment."""
        last = self.order_by("-position").values_list("position", "digest").first()
        return Head(*last) if last else START


class Seal(models.Model):
    """The place of one journal entry in the chain. The order is that of sealing: two acts may commit at once."""

    position = models.PositiveBigIntegerField(_("numéro"), primary_key=True)
    entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, related_name="seal", verbose_name=_("entrée du journal")
    )
    digest = models.CharField(_("empreinte"), max_length=64)
    mac = models.CharField(_("signature"), max_length=64, editable=False)
    sealed_at = models.DateTimeField(_("scellée le"))

    objects = SealQuerySet.as_manager()

    class Meta:
        verbose_name = _("sceau")
        verbose_name_plural = _("sceaux")
        ordering = ("position",)
        constraints = [
            RefuseChange(
                name="seal_is_append_only",
                events=("UPDATE", "DELETE", "TRUNCATE"),
                violation_error_message=_("Un sceau ne se modifie ni ne s’efface."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("n° %d")) % self.position
