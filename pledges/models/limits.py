"""What the portal remembers of requests, to answer everyone and nobody too much: no address, and not for long."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

HASH_LENGTH = 64  # a SHA-256 in hexadecimal


class Allowance(models.Model):
    """How much of a limit one network, mailbox or list has used: a moment, by which all of it will be back.

    The moment is in milliseconds since 1970 because both databases compute on whole numbers alike.
    """

    key = models.CharField(_("empreinte"), max_length=HASH_LENGTH, primary_key=True)
    full_again_ms = models.BigIntegerField(_("de nouveau entier"))

    class Meta:
        verbose_name = _("quota")
        constraints = [
            models.CheckConstraint(
                condition=Exact(Length("key"), HASH_LENGTH) & ~Q(key__contains="@"),
                name="allowance_keeps_no_address",
                violation_error_message=_("Un quota ne garde que l’empreinte d’une adresse."),
            ),
        ]

    def __str__(self) -> str:
        return self.key[:8]


class SpentProof(models.Model):
    """A proof of work already accepted: another request with the same one proves nothing."""

    digest = models.CharField(_("empreinte"), max_length=HASH_LENGTH, primary_key=True)
    expires_at = models.DateTimeField(_("sans valeur après le"))

    class Meta:
        verbose_name = _("preuve de travail utilisée")
        verbose_name_plural = _("preuves de travail utilisées")

    def __str__(self) -> str:
        return self.digest[:8]
