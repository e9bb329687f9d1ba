"""``manage.py reset_second_factor``: the way back in for an administrator whom nobody else can help."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils.translation import gettext as _

from desk.actions.second_factor import reset
from desk.views.entering import account_called
from regions import keys


class Command(BaseCommand):
    help = "Retire le second facteur d’un compte qui l’a perdu : il en choisira un autre par le lien qu’il reçoit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("compte", help="Son identifiant, ou son adresse.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = account_called(options["compte"])
        if user is None:
            raise CommandError(_("Aucun compte n’a cet identifiant ni cette adresse."))
        user = reset(user, by=None)
        if user.email:
            self.stdout.write(_("%s reçoit un lien pour choisir une autre application de codes.") % user)
            return
        # Without an address there is no mail; and whoever has this command line has the database.
        self.stdout.write(_("%s n’a pas d’adresse. Son lien, valable trois jours :") % user)
        self.stdout.write(f"{settings.SITE_URL}{reverse('admin:welcome', args=keys.mint(user))}")
