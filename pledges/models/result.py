"""What the voters decided, list by list, as the ministry published it."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from pledges.enums import Round
from pledges.models.elections import CandidateList
from regions.models import ScopedQuerySet


class ResultQuerySet(ScopedQuerySet["Result"]):
    region_path = "candidate_list__contest__region"

    def in_panel_order(self) -> Self:
        """By round, then in the official order of the posters: never by votes."""
        return self.order_by("round", models.F("candidate_list__panel_number").asc(nulls_last=True), "pk")


class Result(models.Model):
    """The votes of a list in one round, and its seats once they are known.

    No page shows one before the last polling station of the territory has closed: ``calendar.counted_rounds`` tells.
    """

    candidate_list = models.ForeignKey(
        CandidateList, on_delete=models.PROTECT, related_name="results", verbose_name=_("liste ou binôme")
    )
    round = models.PositiveSmallIntegerField(_("tour"), choices=Round)
    votes = models.PositiveIntegerField(_("voix"))
    seats = models.PositiveSmallIntegerField(_("sièges"), null=True, blank=True)
    imported_at = models.DateTimeField(_("importé le"))

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("résultat")
        ordering = ("candidate_list", "round")
        constraints = [
            models.UniqueConstraint(
                fields=["candidate_list", "round"],
                name="result_one_per_list_and_round",
                violation_error_message=_("Cette liste a déjà un résultat pour ce tour."),
            ),
            models.CheckConstraint(
                condition=models.Q(round__in=Round.values),
                name="result_of_one_of_two_rounds",
                violation_error_message=_("Une élection a deux tours."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate_list}, {self.get_round_display()}"
