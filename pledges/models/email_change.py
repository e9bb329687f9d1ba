"""A change of address asked for, until both mailboxes have said yes."""

import datetime
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pledges.models.pledge import Signatory

CHANGE_LIFE = datetime.timedelta(days=2)


class EmailChangeQuerySet(models.QuerySet["EmailChange"]):
    def open(self) -> Self:
        return self.filter(asked_at__gt=timezone.now() - CHANGE_LIFE)

    def expired(self) -> Self:
        return self.filter(asked_at__lte=timezone.now() - CHANGE_LIFE)


class EmailChange(models.Model):
    """Another address, waiting for the mailbox it leaves and for the one it goes to.

    It is there while it waits: done, refused, replaced or expired, it is deleted, and the journal says what happened.
    """

    signatory = models.ForeignKey(Signatory, on_delete=models.CASCADE, related_name="email_changes")
    new_email = models.EmailField(_("nouvelle adresse"))
    asked_at = models.DateTimeField(_("demandé le"))
    approved_at = models.DateTimeField(_("autorisé par l’ancienne adresse le"), null=True)
    proved_at = models.DateTimeField(_("confirmé par la nouvelle adresse le"), null=True)

    objects = EmailChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("changement d’adresse")
        verbose_name_plural = _("changements d’adresse")
        ordering = ("asked_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["signatory"],
                name="email_change_one_open_per_signatory",
                violation_error_message=_("Un changement d’adresse attend déjà sa confirmation."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.signatory)

    @property
    def expires_at(self) -> datetime.datetime:
        return self.asked_at + CHANGE_LIFE

    @property
    def is_confirmed(self) -> bool:
        """Whether both mailboxes have said yes."""
        return self.approved_at is not None and self.proved_at is not None
