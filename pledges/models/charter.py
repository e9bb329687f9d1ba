"""The text that candidates sign: versioned, fingerprinted, written once."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from regions.constraints import RefuseChange
from regions.models.history import History

if TYPE_CHECKING:
    from pledges.models.elections import Election


def fingerprint(title: str, addressed_to: str, statements: Iterable[str]) -> str:
    """The SHA-256, in hexadecimal, of a charter's text: its lines in UTF-8, each ended by a line feed."""
    lines = [title, addressed_to, *statements]
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


class CharterManager(models.Manager["Charter"]):
    def shown_with(self, elections: "Sequence[Election]") -> "Charter | None":
        """The charter of these elections, or the latest version while none is prepared; None before any is loaded."""
        return elections[0].charter if elections else self.order_by("-version").first()


class Charter(models.Model):
    """One version of the text. Its SHA-256 is what each pledge refers to.

    The text is written once, signed or not: a version that nobody has signed can be replaced whole, and a signed one
    can neither change nor go, since pledges refer to its fingerprint.
    """

    version = models.CharField(_("version"), max_length=20, unique=True)
    title = models.CharField(_("titre"), max_length=200)
    addressed_to = models.CharField(_("destinataires"), max_length=200)
    source = models.CharField(_("source"), max_length=200)
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64, unique=True, editable=False)

    objects = CharterManager()

    class Meta:
        verbose_name = _("charte")
        ordering = ("-version",)
        constraints = [
            RefuseChange(
                name="charter_text_is_written_once",
                events=("UPDATE",),
                when=(
                    "OLD.version {op} NEW.version OR OLD.title {op} NEW.title"
                    " OR OLD.addressed_to {op} NEW.addressed_to OR OLD.sha256 {op} NEW.sha256"
                ),
                violation_error_message=_("Le texte d’une charte ne change pas : créez une nouvelle version."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.version})"

    def text_fingerprint(self) -> str:
        """The SHA-256 of the text as it stands now: equal to ``sha256`` unless someone altered it by hand."""
        return fingerprint(self.title, self.addressed_to, [principle.statement for principle in self.principles.all()])


class Principle(models.Model):
    """One of the charter's numbered statements."""

    charter = models.ForeignKey(Charter, on_delete=models.PROTECT, related_name="principles", verbose_name=_("charte"))
    number = models.PositiveSmallIntegerField(_("numéro"))
    statement = models.TextField(_("énoncé"))
    short = models.CharField(_("en bref"), max_length=80, help_text=_("Quelques mots pour les tableaux."))
    explanation = models.TextField(_("en clair"), help_text=_("Ce que le principe demande, en mots simples."))

    history = History()

    class Meta:
        verbose_name = _("principe")
        ordering = ("charter", "number")
        constraints = [
            models.UniqueConstraint(
                fields=["charter", "number"],
                name="principle_one_per_number",
                violation_error_message=_("Cette charte a déjà un principe de ce numéro."),
            ),
            RefuseChange(
                name="principle_text_is_written_once",
                events=("UPDATE",),
                when=(
                    "OLD.statement {op} NEW.statement OR OLD.number {op} NEW.number"
                    " OR OLD.charter_id {op} NEW.charter_id"
                ),
                violation_error_message=_("L’énoncé d’un principe ne change pas : créez une nouvelle version."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.short}"

    def get_absolute_url(self) -> str:
        return reverse("principle", args=[self.number])
