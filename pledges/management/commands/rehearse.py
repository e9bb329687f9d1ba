"""``manage.py rehearse``: the calendar of invented elections, from its preparation to its mandate, in minutes."""

import time
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from pledges import calendar, outbox
from pledges.actions.prepared import carry_out_prepared
from pledges.actions.rehearsing import DAYS, CannotRehearseError, dates_of, put_back, rehearse
from pledges.actions.sealing import seal_journal
from pledges.enums import ALLOWED, Phase, What
from pledges.models import Election
from regions.models import Region


class Command(BaseCommand):
    help = (
        "Joue le calendrier d’une élection de démonstration, et de celles des mêmes jours : leurs dates sont"
        " déplacées, phase après phase, puis remises. Refuse toute base qui contient une élection réelle."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("election", nargs="?", help="L’adresse d’une élection inventée ; la prochaine, sinon.")
        parser.add_argument("--phase", choices=list(DAYS), help="Aller à cette phase et y rester.")
        parser.add_argument(
            "--every", type=int, default=60, metavar="SECONDES", help="Combien de temps dure chaque phase (60)."
        )

    def handle(self, *args: Any, election: str | None, phase: str | None, every: int, **options: Any) -> None:
        invented = Election.objects.filter(is_demonstration=True)
        first = (invented.filter(slug=election) if election else invented.latest_first()).first()
        if first is None:
            raise CommandError(_("Aucune élection de démonstration à jouer : lancez d’abord « manage.py load_demo »."))
        # What is voted on the same days moves together: pages show all of it.
        played = list(invented.filter(first_round_on=first.first_round_on).order_by("slug"))
        before = [(each, dates_of(each)) for each in played]
        try:
            if phase:
                self._play(played, Phase(phase))
                return
            try:
                for step in DAYS:
                    self._play(played, step)
                    time.sleep(every)
            except KeyboardInterrupt:
                pass
            finally:
                for each, dates in before:
                    put_back(each, dates)
        except CannotRehearseError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(_("Les dates sont remises comme elles étaient."))

    def _play(self, elections: Sequence[Election], phase: Phase) -> None:
        """Come to a phase, and say where each territory is and what the portal did on coming there."""
        for election in elections:
            rehearse(election, phase)
        done, refused = carry_out_prepared()
        sent, kept = outbox.deliver_due()
        seal_journal()
        self.stdout.write(f"— {phase.label}")
        allowed = ", ".join(str(what.label) for what in What if what in ALLOWED[phase])
        self.stdout.write(_("  Permis : %s.") % (allowed or _("rien de nouveau")))
        elsewhere = [
            f"{region} : {there.label}"
            for region in Region.objects.filter(contests__election__in=elections).distinct().order_by("norm")
            if (there := calendar.phase(elections[0], region)) != phase
        ]
        if elsewhere:  # another day begins there, or has not begun yet
            self.stdout.write(_("  À leur heure : %s.") % " ; ".join(elsewhere))
        self.stdout.write(
            _(
                "  Décisions préparées : %(done)d faites, %(refused)d impossibles. Courriels : %(sent)d partis,"
                " %(kept)d qui attendent."
            )
            % {"done": done, "refused": refused, "sent": sent, "kept": kept}
        )
