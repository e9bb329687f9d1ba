"""The recovery codes of a second factor, and the log-ins that its owner may look at."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk.enums import Outcome

HASH_LENGTH = 64  # a SHA-256 in hexadecimal


class RecoveryCode(models.Model):
    """One of the codes kept on paper against the loss of a telephone: its keyed hash, and when it served."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="recovery_codes", verbose_name=_("compte")
    )
    digest = models.CharField(_("empreinte"), max_length=HASH_LENGTH)
    used_at = models.DateTimeField(_("utilisé le"), null=True)

    class Meta:
        verbose_name = _("code de secours")
        verbose_name_plural = _("codes de secours")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "digest"],
                name="recovery_code_one_per_user",
                violation_error_message=_("Ce code existe déjà."),
            ),
            models.CheckConstraint(
                condition=Exact(Length("digest"), HASH_LENGTH),
                name="recovery_code_keeps_no_code",
                violation_error_message=_("Un code de secours n’est gardé que par son empreinte."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.digest[:8]}"


class LogIn(models.Model):
    """One attempt to come in, as its account's owner may recognise it: never a whole address.

    Kept for an account that does not exist too, without its name: the answer takes as long in both cases.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="log_ins",
        verbose_name=_("compte"),
    )
    at = models.DateTimeField(_("le"), default=timezone.now, db_index=True)
    outcome = models.CharField(_("issue"), max_length=10, choices=Outcome)
    browser = models.CharField(_("navigateur"), max_length=60)
    network = models.CharField(_("réseau d’origine"), max_length=30, help_text=_("Le début de l’adresse seulement."))

    class Meta:
        verbose_name = _("connexion")
        ordering = ("-at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(network="") | Q(network__endswith="…"),
                name="log_in_keeps_no_whole_address",
                violation_error_message=_("Une connexion ne garde que le début de l’adresse."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}, {timezone.localtime(self.at):%d/%m/%Y %H:%M}"
