"""Closed lists of words about who comes in at the desk."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    """What came of an attempt to come in."""

    ENTERED = "entered", _("entrée")
    WRONG_PASSWORD = "password", _("refusée : mot de passe")
    WRONG_CODE = "code", _("refusée : code")


class Entry(models.TextChoices):
    """By what somebody has come in, as their session says it."""

    SECOND_FACTOR = "second_factor", _("mot de passe et code")
    PASSWORD = "password", _("mot de passe seul")
