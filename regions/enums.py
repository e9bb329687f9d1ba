"""Closed lists of words about the territory and its networks."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CommuneKind(models.TextChoices):
    """What a name of the official geography (COG) stands for; all but the first lead to a present commune."""

    PRESENT = "present", _("commune")
    DELEGATED = "delegated", _("ancienne commune, devenue déléguée")
    ASSOCIATED = "associated", _("ancienne commune, devenue associée")
    DISTRICT = "district", _("arrondissement municipal")


class Role(models.TextChoices):
    """What a member may do for a network."""

    MODERATOR = "moderator", _("modérateur ou modératrice")
    COORDINATOR = "coordinator", _("coordinateur ou coordinatrice")


class Measure(models.TextChoices):
    """What an indicator counts."""

    JOB_SHARE = "job_share", _("part de l’ESS dans l’emploi salarié")
    JOBS = "jobs", _("emplois salariés de l’ESS")
    ESTABLISHMENTS = "establishments", _("établissements de l’ESS")

    @property
    def unit(self) -> str:
        return "%" if self == Measure.JOB_SHARE else ""
