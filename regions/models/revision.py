"""The version of all that the public sees."""

from django.db import models
from django.db.models import F


class Revision(models.Model):
    """One integer, one row: it moves in the same transaction as anything that changes a public page."""

    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="revision_is_one_row"),
        ]

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def current(cls) -> int:
        """The present revision; 0 before anything was published."""
        return cls.objects.filter(pk=1).values_list("number", flat=True).first() or 0

    @classmethod
    def advance(cls) -> None:
        """Say that what the public sees has changed. Call it inside the transaction that changes it."""
        if not cls.objects.filter(pk=1).update(number=F("number") + 1):
            Revision.objects.bulk_create([Revision(pk=1, number=0)], ignore_conflicts=True)
            Revision.objects.filter(pk=1).update(number=F("number") + 1)
