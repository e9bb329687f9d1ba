"""Load the geography, the CRESS networks and the published ESS figures that the product ships."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from regions.actions import Change, load_territories
from regions.shipped import DATA, DataFileError, read_territories

# Beyond that a list of codes is no longer read.
_MANY = 20


class Command(BaseCommand):
    help = _(
        "Charge les régions, départements, communes et codes postaux (INSEE et La Poste), les CRESS et les chiffres "
        "publiés de l’ESS. Peut être relancée sans crainte : seul ce qui diffère des fichiers est écrit, rien n’est "
        "supprimé, et les réseaux déjà en place ne sont jamais modifiés. À lancer à l’installation et après une mise "
        "à jour du portail."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--data", type=Path, default=DATA, help=_("Le dossier des fichiers CSV (par défaut : ceux du portail).")
        )

    def handle(self, *, data: Path, **options: object) -> None:
        try:
            territories = read_territories(data)
        except DataFileError as error:
            raise CommandError(_("%(problem)s Rien n’a été écrit.") % {"problem": error}) from error
        changes = load_territories(territories, say=self.say)
        for change in changes:
            self.stdout.write(sentence(change))
        for change in changes:
            if change.kept:
                self.stdout.write(self.style.WARNING(kept_sentence(change)))
        if territories.undated:
            self.stdout.write(
                _("Chiffres publiés sans année, laissés de côté : %(count)d.") % {"count": territories.undated}
            )
        if not any(changes):
            self.stdout.write(self.style.SUCCESS(_("Rien à changer.")))

    def say(self, step: str) -> None:
        """Show the step in progress to a person; a log has no use for it."""
        if self.stdout.isatty():
            self.stdout.write(f"… {step}")


def sentence(change: Change) -> str:
    """« communes : 37 496 (ajouts : 2, corrections : 31) »."""
    counts = {_("ajouts"): change.added, _("corrections"): change.corrected, _("retraits"): change.removed}
    details = ", ".join(f"{word} : {grouped(count)}" for word, count in counts.items() if count)
    return f"{change.what} : {grouped(change.total)}" + (f" ({details})" if details else "")


def grouped(count: int) -> str:
    """A count as French writes it: « 37 496 »."""
    return number_format(count, force_grouping=True)


def kept_sentence(change: Change) -> str:
    codes = ", ".join(change.kept[:_MANY]) + ("…" if len(change.kept) > _MANY else "")
    return _("%(what)s absents des fichiers et gardés tels quels (%(count)d) : %(codes)s") % {
        "what": change.what,
        "count": len(change.kept),
        "codes": codes,
    }
