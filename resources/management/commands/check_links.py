"""``manage.py check_links``: the links of the resources are followed; to be run each day."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils.translation import gettext as _

from resources.actions.link_checks import check_links


class Command(BaseCommand):
    help = (
        "Suit les liens des ressources publiées et note ceux qui ne mènent plus nulle part : l’espace des réseaux les"
        " montre. À lancer chaque jour ; peut être répétée sans dommage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=int, metavar="HEURES", help="Recommencer, sans fin, toutes les N heures.")

    def handle(self, *args: Any, every: int | None, **options: Any) -> None:
        while True:
            checked = check_links()
            self.stdout.write(_("Liens suivis : %(links)d, en défaut : %(faults)d.") % checked._asdict())
            if not every:
                return
            close_old_connections()
            try:
                time.sleep(every * 3600)
            except KeyboardInterrupt:
                return
