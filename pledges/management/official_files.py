"""What every command that imports an official file does: take it, refuse it in a sentence, show how far it is."""

from abc import abstractmethod
from pathlib import Path

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from pledges.models import Election
from pledges.official_files import FileRefusedError
from regions.typography import typeset_text


class OfficialFileCommand(BaseCommand):
    """``FILE --election SLUG [--dry-run]``: the file is imported whole, or refused whole."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER", help=_("Le fichier du ministère."))
        parser.add_argument(
            "--election", required=True, metavar="ADRESSE", help=_("L’élection, par exemple regionales-2021.")
        )
        parser.add_argument(
            "--dry-run", action="store_true", help=_("Montre ce qui changerait, ou les anomalies, sans rien écrire.")
        )

    def handle(self, *, file: Path, election: str, dry_run: bool, **options: object) -> None:
        found = Election.objects.filter(slug=election).first()
        if found is None:
            raise CommandError(_unknown(election))
        try:
            with file.open("rb") as source:
                self.import_file(found, File(source), dry_run=dry_run, **options)
        except FileRefusedError as refusal:
            self.show_progress("", 0, 0)
            raise CommandError(typeset_text(refusal.report())) from refusal
        except OSError as error:
            raise CommandError(
                typeset_text(
                    _("Le fichier « %(file)s » ne peut pas être lu : %(why)s.") % {"file": file, "why": _why(error)}
                )
            ) from error

    @abstractmethod
    def import_file(self, election: Election, source: File[bytes], *, dry_run: bool, **options: object) -> None:
        """Import it, and say what changed.

        :raises FileRefusedError: Nothing is then written.
        """

    def show_progress(self, sentence: str, _done: int, _total: int) -> None:
        """Show a person how far the work is, each sentence in the place of the one before."""
        if self.stderr.isatty():
            self.stderr.write(f"\r\033[K{typeset_text(sentence)}", style_func=str, ending="")

    def tell(self, lines: list[str]) -> None:
        """Say what was done, once the progress is cleared away."""
        self.show_progress("", 0, 0)
        self.stdout.write(typeset_text("\n".join(lines)))


def _unknown(slug: str) -> str:
    known = ", ".join(Election.objects.latest_first().values_list("slug", flat=True)) or _("aucune")
    return typeset_text(
        _("Élection inconnue : « %(slug)s ». Celles du portail : %(known)s.") % {"slug": slug, "known": known}
    )


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return _("il n’existe pas")
    if isinstance(error, IsADirectoryError):
        return _("c’est un dossier")
    if isinstance(error, PermissionError):
        return _("ses droits l’interdisent")
    return error.strerror or str(error)
