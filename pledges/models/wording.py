"""What an act says in someone's own words, beside the journal: words can be erased, the journal cannot."""

import hashlib
import json
import secrets
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from pledges.models.journal import JournalEntry
from regions.constraints import RefuseChange


def new_salt() -> str:
    """Random enough that nobody finds erased words again by trying likely ones."""
    return secrets.token_hex(32)


class Wording(models.Model):
    """The reason or the answers of one journal entry, which holds their fingerprint alone (docs/adr/0008).

    Written once; erased with the person whose words they are, and the salt goes with them.
    """

    entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, related_name="wording", verbose_name=_("entrée du journal")
    )
    reason = models.TextField(_("motif"), blank=True)
    answers = models.JSONField(_("réponses"), default=dict)
    salt = models.CharField(_("sel"), max_length=64, default=new_salt)

    class Meta:
        verbose_name = _("mots d’un acte")
        verbose_name_plural = _("mots des actes")
        constraints = [
            RefuseChange(
                name="wording_is_written_once",
                events=("UPDATE", "TRUNCATE"),
                violation_error_message=_("Les mots d’un acte s’écrivent une fois : ils s’effacent, sans se corriger."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.entry)

    @property
    def fingerprint(self) -> str:
        """What the journal holds of these words: their salted SHA-256, in hexadecimal."""
        words: dict[str, Any] = {"answers": self.answers, "reason": self.reason, "salt": self.salt}
        return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()
