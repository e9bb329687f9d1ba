"""``manage.py verify_journal``: whether anybody has altered, removed or inserted anything in the journal."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges.actions.sealing import seal_journal
from pledges.models.seal import Head
from pledges.verifying import Findings, verify
from regions.typography import typeset_text

TELL_EVERY = 10_000


def head(text: str) -> Head:
    """``COUNT:DIGEST``, as an earlier run printed it."""
    match = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", text.strip().lower())
    if not match:
        raise ArgumentTypeError(_("« %s » n’est pas une tête de chaîne : NOMBRE:EMPREINTE est attendu.") % text)
    return Head(int(match[1]), match[2])


class Command(BaseCommand):
    help = "Vérifie la chaîne du journal, du premier acte au dernier, et nomme ce qui a été modifié, ôté ou ajouté."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--expect",
            type=head,
            metavar="NOMBRE:EMPREINTE",
            help="La tête notée lors d’une vérification passée : la chaîne doit encore la contenir.",
        )

    def handle(self, *args: Any, expect: Head | None, **options: Any) -> None:
        seal_journal()  # what waits joins the chain first: the head printed is that of all the journal
        findings = verify(expected=expect, tell=self._tell)
        self._say(_("Tête de la chaîne, à noter ailleurs : %s") % findings.head)
        if findings.fault_count:
            raise CommandError(self._faults(findings))
        self._say(
            ngettext(
                "%d entrée scellée, aucune modifiée, ôtée ni ajoutée.",
                "%d entrées scellées, aucune modifiée, ôtée ni ajoutée.",
                findings.head.count,
            )
            % findings.head.count
        )
        if findings.words or findings.erased:
            self._say(
                _("Motifs et réponses : %(words)d intacts, %(erased)d effacés à la demande d’une personne.")
                % {"words": findings.words, "erased": findings.erased}
            )
        if findings.waiting:
            self._say(_("%d en attente de leur sceau : elles viennent d’être écrites.") % findings.waiting)

    def _faults(self, findings: Findings) -> str:
        lines = list(findings.first_faults)
        if more := findings.fault_count - len(lines):
            lines.append(ngettext("Et %d autre.", "Et %d autres.", more) % more)
        return typeset_text("\n".join([_("Le journal n’est pas intact."), *lines]))

    def _tell(self, position: int) -> None:
        if position % TELL_EVERY == 0:
            self.stderr.write(_("… %d vérifiées") % position)

    def _say(self, sentence: str) -> None:
        self.stdout.write(typeset_text(sentence))
