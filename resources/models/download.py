"""How often a version was taken, by day and by nobody in particular."""

import datetime
from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from resources.models.resource import Version


class DownloadCountQuerySet(models.QuerySet["DownloadCount"]):
    def add(self, version: Version, day: datetime.date) -> None:
        """Count one more, in one statement: two at once are two."""
        self.add_each([version], day)

    def add_each(self, versions: Iterable[Version], day: datetime.date) -> None:
        """Count one more of each of these versions, which were taken away together."""
        # In one order for all: two who take the same ones at once never wait for one another in a ring.
        counted = sorted(versions, key=lambda version: version.pk)
        counts = [self.model(version=version, day=day, count=0) for version in counted]
        self.bulk_create(counts, ignore_conflicts=True)
        self.filter(version__in=counted, day=day).update(count=models.F("count") + 1)


class DownloadCount(models.Model):
    """The downloads of one version on one day. No address, no browser, no time of day: nothing of who asked."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="downloads")
    day = models.DateField(_("jour"))
    count = models.PositiveIntegerField(_("téléchargements"))

    objects = DownloadCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("téléchargements d’un jour")
        verbose_name_plural = _("téléchargements par jour")
        ordering = ("-day", "version")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "day"],
                name="download_count_one_per_version_and_day",
                violation_error_message=_("Ce jour est déjà compté."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}, {self.day} : {self.count}"
