"""``manage.py reset_second_factor``: the way back in for an administrator whom nobody else can help."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from desk.actions.second_factor import reset
from desk.views.entering import account_called


class Command(BaseCommand):
    help = "Retire le second facteur d’un compte qui l’a perdu : il en choisira un autre à sa prochaine connexion."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("compte", help="Son identifiant, ou son adresse.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = account_called(options["compte"])
        if user is None:
            raise CommandError(_("Aucun compte n’a cet identifiant ni cette adresse."))
        reset(user, by=None)
        self.stdout.write(_("%s choisira une autre application de codes à sa prochaine connexion.") % user)
