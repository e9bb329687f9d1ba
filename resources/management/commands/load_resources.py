"""``manage.py load_resources``."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from pledges.calendar import SilenceError
from pledges.drawing import DrawingError
from resources.actions.kit import KitError, KitOutcome, load_kit


class Command(BaseCommand):
    help = (
        "Met en rayon le kit de départ : deux guides, la charte à plier, deux textes types, les mots de l’ESS. Peut"
        " être répétée : ce qui a changé est remplacé, ce qu’un réseau a réécrit reste."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as-draft", action="store_true", help="En brouillon : à relire et à publier dans l’espace des réseaux."
        )

    def handle(self, *args: Any, as_draft: bool, **options: Any) -> None:
        try:
            loaded = load_kit(as_draft=as_draft)
        except SilenceError as silence:
            raise CommandError(_("%s Chargez le kit ensuite : rien n’a changé.") % silence) from silence
        except (KitError, DrawingError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _(
                "Kit de départ : %(created)d ajoutées, %(replaced)d remplacées, %(unchanged)d inchangées,"
                " %(left)d laissées telles quelles."
            )
            % {
                "created": loaded[KitOutcome.CREATED],
                "replaced": loaded[KitOutcome.REPLACED],
                "unchanged": loaded[KitOutcome.UNCHANGED],
                "left": loaded[KitOutcome.LEFT_ALONE],
            }
        )
