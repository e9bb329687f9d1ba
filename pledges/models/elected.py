"""Who was elected, as the national register of elected officials says, and which candidate that was."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pledges.enums import MandateMatch, Sex
from pledges.models.elections import Candidate, Contest
from regions.models import ScopedQuerySet


class ElectedOfficialQuerySet(ScopedQuerySet["ElectedOfficial"]):
    region_path = "contest__region"

    def sitting(self) -> Self:
        """Those whom the last file of the register names."""
        return self.filter(left_at=None)

    def linked(self) -> Self:
        """Those whose candidate is known: without a doubt, or because a person said so."""
        return self.filter(candidate__isnull=False)

    def to_decide(self) -> Self:
        """Those whom a person should look at."""
        return self.sitting().filter(match=MandateMatch.UNSURE)

    def in_order(self) -> Self:
        """By section and name: a register ranks nobody."""
        return self.order_by("contest", "section_code", "norm", "pk")


class ElectedOfficial(models.Model):
    """One mandate of one person in one territory. The register's birth date and profession are not kept.

    Nothing of it is public before the mandate begins: ``mandates.has_begun`` tells.
    """

    contest = models.ForeignKey(
        Contest, on_delete=models.PROTECT, related_name="elected", verbose_name=_("circonscription")
    )
    section_code = models.CharField(_("section"), max_length=10, blank=True)
    section_name = models.CharField(_("nom de la section"), max_length=120, blank=True)
    last_name = models.CharField(_("nom"), max_length=120)
    first_names = models.CharField(_("prénoms"), max_length=120)
    norm = models.CharField(_("nom plié"), max_length=241, db_index=True, editable=False)
    sex = models.CharField(_("sexe"), max_length=1, choices=Sex, blank=True)
    function = models.CharField(_("fonction"), max_length=200, blank=True)
    starts_on = models.DateField(_("début du mandat"), null=True, blank=True)
    imported_at = models.DateTimeField(_("importé·e le"))
    left_at = models.DateTimeField(_("n’est plus au répertoire depuis"), null=True, editable=False)

    match = models.CharField(_("rapprochement"), max_length=9, choices=MandateMatch, editable=False)
    candidate = models.ForeignKey(
        Candidate,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="mandates",
        verbose_name=_("candidature"),
    )
    decided_at = models.DateTimeField(_("décidé le"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("décidé par"),
    )

    objects = ElectedOfficialQuerySet.as_manager()

    class Meta:
        verbose_name = _("élu·e")
        verbose_name_plural = _("élues et élus")
        ordering = ("contest", "section_code", "norm", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "norm", "section_code"],
                name="elected_once_per_contest_and_section",
                violation_error_message=_("Cette personne est déjà parmi les élu·es de cette circonscription."),
            ),
            models.UniqueConstraint(
                fields=["candidate"],
                condition=Q(left_at=None),
                name="elected_one_per_candidate",
                violation_error_message=_("Cette candidature est déjà celle de quelqu’un d’autre."),
            ),
            models.CheckConstraint(
                condition=Q(match=MandateMatch.DECIDED, decided_at__isnull=False, decided_by__isnull=False)
                | Q(match=MandateMatch.SURE, candidate__isnull=False, decided_at=None, decided_by=None)
                | Q(
                    match__in=(MandateMatch.UNSURE, MandateMatch.UNMATCHED),
                    candidate=None,
                    decided_at=None,
                    decided_by=None,
                ),
                name="elected_match_says_who_and_by_whom",
                violation_error_message=_(
                    "Un rapprochement sûr a une candidature, une décision a une date et son auteur ; les autres, rien."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_names} {self.last_name}".strip()

    @property
    def begins_on(self) -> datetime.date:
        """The first day of the mandate: the election's own, where the register does not say."""
        return self.starts_on or self.contest.election.mandate_starts_on

    @property
    def is_decided(self) -> bool:
        return self.match == MandateMatch.DECIDED
