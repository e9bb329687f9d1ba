"""``manage.py record_bounce``: a mail server gives a message that came back, on the standard input."""

import logging
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError
from django.utils.translation import gettext as _

from pledges import failures, returns
from pledges.actions.campaigns import note_return
from pledges.models import Invitation

logger = logging.getLogger(__name__)

TRY_LATER = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the message, and gives it again


class Command(BaseCommand):
    help = (
        "Lit sur l’entrée standard un avis de non-remise (RFC 3464), tel que le serveur de courrier le transmet, et"
        " note que la sollicitation n’est pas arrivée. Tout autre message est laissé de côté."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = returns.read(sys.stdin.buffer.read(returns.LARGEST))
        if found is None:
            self.stdout.write(_("Ce message ne dit pas qu’une sollicitation a échoué : rien n’est noté."))
            return
        try:
            invitation = Invitation.objects.filter(pk=found.invitation_id, campaign__isnull=False).first()
            is_new = invitation is not None and note_return(invitation, found.trouble)
        except DatabaseError:
            logger.exception("a returned mail was not recorded")
            sys.exit(TRY_LATER)
        if is_new:
            self.stdout.write(_("Noté : %s.") % failures.in_words(found.trouble))
        else:
            self.stdout.write(_("C’était déjà noté : rien n’a changé."))
