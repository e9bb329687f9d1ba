"""``manage.py import_elected FILE --election SLUG [--dry-run]``."""

from django.core.files import File
from django.utils.translation import gettext as _

from pledges.actions.elected import ElectedCounts, ElectedReport, import_elected
from pledges.enums import MandateMatch
from pledges.management.official_files import OfficialFileCommand
from pledges.models import Election


class Command(OfficialFileCommand):
    help = _(
        "Importe qui est élu, d’après le Répertoire national des élus : conseils régionaux, assemblées de Corse, de"
        " Martinique et de Guyane, ou conseils départementaux. Tout entier ou pas du tout, les colonnes reconnues à"
        " leurs en-têtes. Peut être relancée : les décisions prises par une personne restent."
    )

    def import_file(self, election: Election, source: File[bytes], *, dry_run: bool, **options: object) -> None:
        self.tell(_lines(import_elected(election, source, dry_run=dry_run), election))


def _lines(report: ElectedReport, election: Election) -> list[str]:
    """The report, as lines of text."""
    lines = [
        _("%(file)s (SHA-256 %(sha256)s), « %(election)s »")
        % {"file": report.file_name, "sha256": report.sha256, "election": election}
    ]
    lines += [_line(name, counts) for name, counts in report.contests.items()]
    if len(report.contests) > 1:
        lines.append(_line(_("En tout"), report.total))
    if report.elsewhere:
        lines.append(
            _("Hors des circonscriptions de cette élection, laissé de côté : %s.")
            % ", ".join(f"{place} ({count})" for place, count in list(report.elsewhere.items())[:20])
        )
    if report.repeated:
        lines.append(_("Lignes qui répètent une personne, pour une autre fonction : %d.") % report.repeated)
    if not report.total.changed:
        lines.append(_("Rien à changer : le portail dit déjà ce que dit ce fichier."))
    elif report.dry_run:
        lines.append(_("Aperçu : rien n’est écrit."))
    if report.total.of(MandateMatch.UNSURE) and not report.dry_run:
        lines.append(_("Les rapprochements à décider attendent dans l’espace des réseaux, « Élues et élus »."))
    return lines


def _line(name: str, counts: ElectedCounts) -> str:
    return _(
        "%(name)s : %(people)d élu·es (%(created)d ajouté·es, %(updated)d modifié·es, %(left)d parti·es) ;"
        " %(sure)d sûr·es, %(decided)d décidé·es, %(unsure)d à décider, %(unmatched)d sans candidature."
    ) % {
        "name": name,
        "people": sum(counts.matches.values()),
        "created": counts.created,
        "updated": counts.updated,
        "left": counts.left,
        **{str(match): counts.of(match) for match in MandateMatch},
    }
