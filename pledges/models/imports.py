"""The import of an official file, from its upload to its report: what someone sees before anything is written."""

import datetime
import secrets
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.deconstruct import deconstructible
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pledges.enums import IMPORT_AT_WORK, IMPORT_OVER, ImportState, Round
from pledges.models.elections import Election
from regions.models import Region, User

NEVER_TAKEN = datetime.timedelta(minutes=2)
"""After which somebody is told that no worker has begun."""


@deconstructible
class PrivateStorage(FileSystemStorage):
    """A folder of the portal's own, that no address leads to."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def location(self) -> str:  # read each time: tests move DATA_DIR
        return str(Path(settings.DATA_DIR, "imports").absolute())

    def url(self, name: str | None) -> str:
        raise ValueError("A file to import is served nowhere.")


def random_name(_import: "CandidateImport", _filename: str) -> str:
    """Where its file is kept: a name that nobody chose."""
    return secrets.token_hex(16)


class CandidateImportQuerySet(models.QuerySet["CandidateImport"]):
    def visible_to(self, user: Any) -> Self:
        """The imports that are of this user's regions, and of no other: what a file says of others is theirs."""
        of_import = CandidateImport.regions.through._default_manager.filter(candidateimport=OuterRef("pk"))
        mine = Q(region__in=getattr(user, "region_codes", frozenset()))
        return self.filter(Exists(of_import.filter(mine)), ~Exists(of_import.exclude(mine)))


class CandidateImport(models.Model):
    """One official file sent through the desk. Its state has one door: ``pledges/actions/import_state.py``.

    The job that reads or writes holds a lease, renewed as it goes: a worker that was killed lets it run out, and
    someone starts the job again. The file goes as soon as the import is over.
    """

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="+", verbose_name=_("élection"))
    regions = models.ManyToManyField(
        Region,
        related_name="+",
        verbose_name=_("régions"),
        help_text=_("Celles dont les lignes sont lues : les autres ne sont pas touchées."),
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("envoyé par"))
    uploaded_at = models.DateTimeField(_("envoyé le"), default=timezone.now)
    round = models.PositiveSmallIntegerField(
        _("tour"), choices=Round, default=Round.FIRST, db_default=Round.FIRST, editable=False
    )
    name = models.CharField(_("fichier"), max_length=200)
    size = models.PositiveIntegerField(_("poids"), help_text=_("En octets."))
    sha256 = models.CharField(_("empreinte"), max_length=64, blank=True)
    file = models.FileField(storage=PrivateStorage(), upload_to=random_name, blank=True)

    state = models.CharField(_("état"), max_length=10, choices=ImportState, default=ImportState.READING, editable=False)
    moved_at = models.DateTimeField(_("dans cet état depuis"), default=timezone.now, editable=False)
    decided_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("décidé par"), editable=False
    )
    finished_at = models.DateTimeField(_("fini le"), null=True, editable=False)

    headers_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    mapping = models.JSONField(_("colonnes précisées"), default=dict, editable=False)
    reading = models.JSONField(_("ce qui est reconnu"), default=dict, editable=False)
    preview = models.JSONField(_("aperçu"), default=dict, editable=False)
    fingerprint = models.CharField(_("empreinte de l’aperçu"), max_length=64, blank=True, editable=False)
    is_renewed = models.BooleanField(_("aperçu refait"), default=False, editable=False)
    report = models.JSONField(_("compte rendu"), default=dict, editable=False)
    refusal = models.JSONField(_("refus"), default=dict, editable=False)

    progress = models.CharField(_("avancement"), max_length=200, blank=True, editable=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    total = models.PositiveIntegerField(default=0, editable=False)
    lease = models.CharField(max_length=32, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)

    objects = CandidateImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import de liste officielle")
        verbose_name_plural = _("imports de listes officielles")
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=IMPORT_OVER, finished_at__isnull=False, file="")
                | (~Q(state__in=IMPORT_OVER) & Q(finished_at=None)),
                name="import_over_has_a_date_and_no_file",
                violation_error_message=_("Un import fini a une date, et n’a plus de fichier."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def weight(self) -> str:
        """« 1,4 Mo »."""
        megabytes = self.size / 1_000_000
        if megabytes < 0.1:
            return gettext("%d Ko") % max(1, round(self.size / 1000))
        return gettext("%s Mo") % number_format(round(megabytes, 1), 1)

    @property
    def is_at_work(self) -> bool:
        return self.state in IMPORT_AT_WORK

    @property
    def is_over(self) -> bool:
        return self.state in IMPORT_OVER

    @property
    def is_stalled(self) -> bool:
        """Whether its worker has died, or none ever came."""
        if not self.is_at_work:
            return False
        if self.leased_until:
            return self.leased_until <= timezone.now()
        return self.moved_at <= timezone.now() - NEVER_TAKEN

    @property
    def step(self) -> str:
        """What its page depends on: when this changes, so does the page."""
        return f"{self.state}{'-stalled' * self.is_stalled}"

    @property
    def can_be_cancelled(self) -> bool:
        """Until the writing begins."""
        return ImportState(self.state).can_become(ImportState.CANCELLED)
