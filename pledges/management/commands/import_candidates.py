"""``manage.py import_candidates FILE --election SLUG [--dry-run]``."""

from pathlib import Path

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges.actions.importing import ImportReport, import_candidates
from pledges.models import Election
from pledges.official_files import FileRefusedError
from pledges.official_files.changes import Counts
from regions.typography import typeset_text

_COLUMN = 12  # characters


class Command(BaseCommand):
    help = _(
        "Importe les candidatures telles que le ministère les publie (texte ou XLSX), tout entières ou pas du tout : "
        "une ligne par personne, les colonnes reconnues à leurs en-têtes, quels que soient le séparateur et "
        "l’encodage. Peut être relancée avec un fichier corrigé : les listes et les personnes sont mises à jour, "
        "celles qui n’y sont plus sont gardées et marquées, et aucun engagement n’est touché. Seules les régions "
        "présentes dans le fichier sont concernées. Ni date ni nom de naissance ne sont conservés."
    )

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
                report = import_candidates(found, File(source), dry_run=dry_run, progress=self._progress)
        except FileRefusedError as refusal:
            self._progress("", 0, 0)
            raise CommandError(typeset_text(refusal.report())) from refusal
        except OSError as error:
            raise CommandError(
                typeset_text(
                    _("Le fichier « %(file)s » ne peut pas être lu : %(why)s.") % {"file": file, "why": _why(error)}
                )
            ) from error
        self._progress("", 0, 0)
        self.stdout.write(typeset_text("\n".join(_lines(report, found))))
        if report.declared_count:
            self.stdout.write(self.style.WARNING(typeset_text(_waiting(report.declared_count))))
        for pledged in report.pledged_lists:
            self.stdout.write(
                self.style.WARNING(
                    typeset_text(
                        _("À vérifier, cette liste a un engagement : %(contest)s, « %(name)s » (%(changes)s).")
                        % {"contest": pledged.contest, "name": pledged.name, "changes": ", ".join(pledged.changes)}
                    )
                )
            )

    def _progress(self, sentence: str, _done: int, _total: int) -> None:
        """Show a person how far the work is, each sentence in the place of the one before."""
        if self.stderr.isatty():
            self.stderr.write(f"\r\033[K{typeset_text(sentence)}", style_func=str, ending="")


def _waiting(count: int) -> str:
    return (
        ngettext(
            "%d engagement signé avant la liste officielle est à rapprocher, dans l’espace des réseaux.",
            "%d engagements signés avant la liste officielle sont à rapprocher, dans l’espace des réseaux.",
            count,
        )
        % count
    )


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


def _lines(report: ImportReport, election: Election) -> list[str]:
    """The report, as lines of text."""
    lines = [
        _("%(file)s (SHA-256 %(sha256)s), « %(election)s »")
        % {"file": report.file_name, "sha256": report.sha256, "election": election},
        _row("", [_("créées"), _("modifiées"), _("parties"), _("de retour"), _("inchangées")]),
        _count_row(_("circonscriptions"), report.contests),
        _count_row(_("listes"), report.lists),
        _count_row(_("candidatures"), report.candidates),
    ]
    changed = ", ".join(contest.name for contest in report.by_contest if contest.contest.changed)
    if not report.changed:
        lines.append(_("Rien à changer : le portail dit déjà ce que dit ce fichier."))
    elif report.dry_run:
        lines.append(_("Aperçu : rien n’est écrit. Changeraient : %s.") % changed)
    else:
        lines.append(_("Importé. Ont changé : %s.") % changed)
    return lines


def _count_row(what: str, counts: Counts) -> str:
    numbers = (counts.created, counts.updated, counts.left, counts.returned, counts.unchanged)
    return _row(what, [f"{number:,}".replace(",", " ") for number in numbers])


def _row(what: str, cells: list[str]) -> str:
    return what.ljust(18) + "".join(cell.rjust(_COLUMN) for cell in cells)
