"""Where a list can be written to: an address that somebody found, where and when. Private, and erasable."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pledges.enums import AddressKind
from pledges.models.elections import CandidateList
from regions.models import ScopedQuerySet


class ListContactQuerySet(ScopedQuerySet["ListContact"]):
    region_path = "candidate_list__contest__region"

    def kept(self) -> Self:
        """Those whose address has not been erased."""
        return self.filter(erased_at=None)

    def usable(self) -> Self:
        """Those that a mail may be sent to: known, and not refused by a mail server."""
        return self.kept().filter(failed_at=None)

    def best_first(self) -> Self:
        """The list's own address before any other, then the latest found."""
        rank = Case(*(When(kind=kind, then=Value(index)) for index, kind in enumerate(AddressKind)))
        return self.order_by("candidate_list", rank, "-found_on", "-pk")

    def with_email(self, email: str) -> Self:
        """The rows of a mailbox, whatever the capitals."""
        return self.kept().filter(email__iexact=email)

    def note_failure(self, at: datetime.datetime) -> None:
        """A mail server refused these addresses: nothing more goes there unless somebody gives them again."""
        self.filter(failed_at=None).update(failed_at=at)

    def erase(self) -> int:
        """Forget these addresses and where they came from; that there was one, and of what kind, stays.

        :return: How many were erased.
        """
        return self.kept().update(email="", source="", erased_at=timezone.now())


class ListContact(models.Model):
    """An address of a list. It is in no page of the public, no export, no log and no journal."""

    candidate_list = models.ForeignKey(
        CandidateList, on_delete=models.PROTECT, related_name="contacts", verbose_name=_("liste ou binôme")
    )
    email = models.EmailField(_("adresse électronique"), blank=True)
    kind = models.CharField(_("nature de l’adresse"), max_length=10, choices=AddressKind)
    source = models.CharField(
        _("source"), max_length=300, blank=True, help_text=_("Où l’adresse a été trouvée : une page, un document.")
    )
    found_on = models.DateField(_("relevée le"))
    added_at = models.DateTimeField(_("ajoutée le"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("ajoutée par")
    )
    failed_at = models.DateTimeField(_("refusée depuis"), null=True)
    erased_at = models.DateTimeField(_("effacée le"), null=True)

    objects = ListContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("adresse d’une liste")
        verbose_name_plural = _("adresses des listes")
        ordering = ("candidate_list", "pk")
        constraints = [
            models.UniqueConstraint(
                "candidate_list",
                Lower("email"),
                condition=~Q(email=""),
                name="contact_once_per_list",
                violation_error_message=_("Cette liste a déjà cette adresse."),
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) & ~Q(email="") | Q(erased_at__isnull=False, email="", source=""),
                name="contact_erased_says_nothing",
                violation_error_message=_("Une adresse effacée ne dit plus rien."),
            ),
        ]

    def __str__(self) -> str:
        """Never the address: this ends up in logs and in error pages."""
        return f"{self.get_kind_display()}, {self.candidate_list_id}"

    @property
    def is_usable(self) -> bool:
        return self.erased_at is None and self.failed_at is None
