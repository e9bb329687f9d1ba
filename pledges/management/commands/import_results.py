"""``manage.py import_results FILE --election SLUG [--round 1|2] [--dry-run]``."""

from django.core.files import File
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from pledges.actions.results import ResultReport, import_results
from pledges.enums import Round
from pledges.management.official_files import OfficialFileCommand
from pledges.models import Election


class Command(OfficialFileCommand):
    help = _(
        "Importe les voix et les sièges des listes, tout entiers ou pas du tout : une ligne par liste, pour un tour ou"
        " pour les deux, les colonnes reconnues à leurs en-têtes. Peut être relancée avec un fichier corrigé. Un tour"
        " dont les bureaux de vote ne sont pas tous fermés est refusé."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--round",
            type=int,
            choices=Round.values,
            help=_("Le tour du fichier, quand ses en-têtes ne le disent pas ; sinon, le seul à lire."),
        )

    def import_file(self, election: Election, source: File[bytes], *, dry_run: bool, **options: object) -> None:
        one_round = Round(int(str(options["round"]))) if options["round"] else None
        self.tell(_lines(import_results(election, source, one_round=one_round, dry_run=dry_run), election))


def _lines(report: ResultReport, election: Election) -> list[str]:
    """The report, as lines of text."""
    lines = [
        _("%(file)s (SHA-256 %(sha256)s), « %(election)s »")
        % {"file": report.file_name, "sha256": report.sha256, "election": election}
    ]
    for each, counts in report.rounds.items():
        lines.append(
            _("%(round)s : %(created)d résultats ajoutés, %(updated)d corrigés, %(unchanged)d inchangés.")
            % {
                "round": each.label.capitalize(),
                "created": counts.created,
                "updated": counts.updated,
                "unchanged": counts.unchanged,
            }
        )
    if not report.changed:
        lines.append(_("Rien à changer : le portail dit déjà ce que dit ce fichier."))
    elif report.dry_run:
        lines.append(_("Aperçu : rien n’est écrit."))
    return lines
