"""``manage.py send_outbox``: the mails owed leave, with or without a worker; what was just written is sealed.

What was decided during an electoral silence that is over is done first.
"""

import logging
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections
from django.utils.translation import gettext as _

from pledges import outbox
from pledges.actions.campaigns import carry_on, write_down
from pledges.actions.prepared import carry_out_prepared
from pledges.actions.sealing import seal_journal

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Envoie les courriers dus dont l’heure est venue ; peut être répétée et lancée plusieurs fois sans dommage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--every", type=int, metavar="SECONDES", help="Recommencer, sans fin, toutes les N secondes."
        )

    def handle(self, *args: Any, every: int | None, **options: Any) -> None:
        while True:
            try:
                seal_journal()  # what a process that died between an act and its seal has left
                done, refused = carry_out_prepared()  # before the mails, which these acts owe
                carry_on()  # campaigns that leave, reminders that fall due
                sent, kept = outbox.deliver_due()
                write_down()
            except DatabaseError:
                if not every:
                    raise
                logger.exception("the journal or the mails owed could not be read: next try in %s seconds", every)
                sent = kept = done = refused = 0
            if done or refused:
                words = _("Décisions préparées pendant le silence : %(done)d faites, %(refused)d impossibles.")
                self.stdout.write(words % {"done": done, "refused": refused})
            if sent or kept or not every:
                self.stdout.write(_("%(sent)d partis, %(kept)d à réessayer.") % {"sent": sent, "kept": kept})
            if not every:
                return
            close_old_connections()
            try:
                time.sleep(every)
            except KeyboardInterrupt:
                return
