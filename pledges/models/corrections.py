"""What someone asks to be corrected on a page, or to reply to it."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pledges.enums import AskedAs, CorrectionKind, CorrectionState
from pledges.models.review import WORDS_LENGTH
from regions.models import Region, ScopedQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from regions.models import User

PATH_LENGTH = 200


class CorrectionRequestQuerySet(ScopedQuerySet["CorrectionRequest"]):
    region_path = "region"

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Those about the pages of their regions; those about no territory too, for administrators."""
        return self.all() if user.is_active and user.is_superuser else super().visible_to(user)

    def waiting(self) -> Self:
        """Those that somebody still has to answer: not those whose author is forgotten."""
        return self.filter(state=CorrectionState.RECEIVED).exclude(email="")

    def remembered(self) -> Self:
        """Those of which some word is left, of who asked or of the network."""
        return self.exclude(name="", email="", wrong="", wanted="", reason="")


class CorrectionRequest(models.Model):
    """Someone says what is wrong on a page and what it should say; the network of the territory answers, with a reason.

    Who asks, and all words, are forgotten in time: what stays is that it was asked of a page, and what was decided.
    """

    kind = models.CharField(_("demande"), max_length=10, choices=CorrectionKind)
    page = models.CharField(_("page"), max_length=PATH_LENGTH)
    region = models.ForeignKey(
        Region, null=True, on_delete=models.PROTECT, related_name="corrections", verbose_name=_("région")
    )
    wrong = models.TextField(_("ce qui ne va pas"), max_length=WORDS_LENGTH, blank=True)
    wanted = models.TextField(_("ce que la page devrait dire"), max_length=WORDS_LENGTH, blank=True)
    name = models.CharField(_("nom"), max_length=150, blank=True)
    asked_as = models.CharField(_("qualité"), max_length=10, choices=AskedAs)
    email = models.EmailField(_("adresse électronique"), blank=True)
    asked_at = models.DateTimeField(_("demandée le"))
    state = models.CharField(
        _("état"), max_length=10, choices=CorrectionState, default=CorrectionState.RECEIVED, editable=False
    )
    reason = models.TextField(_("réponse du réseau"), max_length=WORDS_LENGTH, blank=True)
    decided_at = models.DateTimeField(_("décidée le"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("décidée par")
    )

    objects = CorrectionRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande de correction")
        verbose_name_plural = _("demandes de correction")
        ordering = (F("decided_at").desc(nulls_first=True), "asked_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=CorrectionState.RECEIVED, decided_at=None, decided_by=None, reason="")
                | (~Q(state=CorrectionState.RECEIVED) & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="correction_decision_matches_state",
                violation_error_message=_("Une demande traitée a une date et une personne qui répond ; aucune autre."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} : {self.page}"

    @property
    def standing(self) -> str:
        """Where it stands: one forgotten before anybody answered waits no more."""
        is_lost = self.is_forgotten and self.state == CorrectionState.RECEIVED
        return str(_("effacée sans réponse")) if is_lost else self.get_state_display()

    @property
    def is_forgotten(self) -> bool:
        """Whether who asked is gone: nobody is left to answer."""
        return not self.email
