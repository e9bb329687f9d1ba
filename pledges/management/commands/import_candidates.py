"""``manage.py import_candidates FILE --election SLUG [--round 2] [--dry-run]``."""

from django.core.files import File
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges.actions.importing import ImportReport, import_candidates
from pledges.actions.importing_second_round import import_second_round
from pledges.enums import Round
from pledges.fates import LIST_FATES
from pledges.management.official_files import OfficialFileCommand
from pledges.models import Election
from pledges.official_files.changes import Counts
from regions.typography import typeset_text

_COLUMN = 12  # characters
_NAMED = 20  # contests: a departmental file has two thousand


class Command(OfficialFileCommand):
    help = _(
        "Importe les candidatures telles que le ministère les publie (texte ou XLSX), tout entières ou pas du tout : "
        "une ligne par personne ou par binôme, les colonnes reconnues à leurs en-têtes, quels que soient le séparateur "
        "et l’encodage. Peut être relancée avec un fichier corrigé : les listes et les personnes sont mises à jour, "
        "celles qui n’y sont plus sont gardées et marquées, et aucun engagement n’est touché. Seules les régions "
        "présentes dans le fichier sont concernées. Ni date ni nom de naissance ne sont conservés."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--round",
            type=int,
            choices=Round.values,
            default=Round.FIRST,
            help=_(
                "2 pour les listes du second tour : celles qui se maintiennent, celles qui sont issues d’une fusion,"
                " d’après leurs personnes, et ce que les autres sont devenues."
            ),
        )

    def import_file(self, election: Election, source: File[bytes], *, dry_run: bool, **options: object) -> None:
        is_second = options["round"] == Round.SECOND
        read = import_second_round if is_second else import_candidates
        report = read(election, source, dry_run=dry_run, progress=self.show_progress)
        self.tell(_lines(report, election) + (_fates(report) if is_second else []))
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


def _waiting(count: int) -> str:
    return (
        ngettext(
            "%d engagement signé avant la liste officielle est à rapprocher, dans l’espace des réseaux.",
            "%d engagements signés avant la liste officielle sont à rapprocher, dans l’espace des réseaux.",
            count,
        )
        % count
    )


def _lines(report: ImportReport, election: Election) -> list[str]:
    """The report, as lines of text."""
    lines = [
        _("%(file)s (SHA-256 %(sha256)s), « %(election)s »")
        % {"file": report.file_name, "sha256": report.sha256, "election": election},
        _row("", [_("créées"), _("modifiées"), _("parties"), _("de retour"), _("inchangées")]),
        _count_row(_("circonscriptions"), report.contests),
        _count_row(election.choice.many, report.lists),
        _count_row(_("candidatures"), report.candidates),
    ]
    names = [contest.name for contest in report.by_contest if contest.contest.changed]
    changed = ", ".join(names[:_NAMED])
    if len(names) > _NAMED:
        changed = _("%(names)s et %(count)d autres") % {"names": changed, "count": len(names) - _NAMED}
    if not report.changed:
        lines.append(_("Rien à changer : le portail dit déjà ce que dit ce fichier."))
    elif report.dry_run:
        lines.append(_("Aperçu : rien n’est écrit. Changeraient : %s.") % changed)
    else:
        lines.append(_("Importé. Ont changé : %s.") % changed)
    return lines


def _fates(report: ImportReport) -> list[str]:
    """What becomes of each list, in a line."""
    return [
        _("%(contest)s, « %(name)s » : %(what)s.")
        % {"contest": contest.name, "name": change.name, "what": " ; ".join(change.what) or LIST_FATES[change.fate]}
        for contest in report.by_contest
        for change in contest.details
    ]


def _count_row(what: str, counts: Counts) -> str:
    numbers = (counts.created, counts.updated, counts.left, counts.returned, counts.unchanged)
    return _row(what, [f"{number:,}".replace(",", " ") for number in numbers])


def _row(what: str, cells: list[str]) -> str:
    return what.ljust(18) + "".join(cell.rjust(_COLUMN) for cell in cells)
