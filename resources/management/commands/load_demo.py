"""``manage.py load_demo``: all that a demonstration needs. It is here because resources may know the other two apps."""

from typing import Any, NamedTuple

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from pledges import demonstration
from pledges.actions.sealing import seal_journal
from pledges.models import Charter, Pledge
from regions.enums import Role
from regions.models import Membership, Network, Revision, User
from resources import demonstration as invented

PASSWORD = "demonstration-ess"  # noqa: S105  printed for whoever tries the demonstration


class Account(NamedTuple):
    """Someone who tries the desk; an administrator has no region."""

    username: str
    first_name: str
    last_name: str
    region: str = ""
    role: Role | None = None


ACCOUNTS = [
    Account("admin", "Ariane", "Administration"),
    Account("normandie", "Mona", "Modération", "28", Role.MODERATOR),
    Account("bretagne", "Corentin", "Coordination", "53", Role.COORDINATOR),
]


class Command(BaseCommand):
    help = (
        "Charge la démonstration : géographie, charte, réseaux, élections inventées, engagements et ressources dans"
        " chaque état, un compte pour chaque rôle. Peut être répétée : ce qui est là reste."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                _("Les comptes de la démonstration ont un mot de passe connu : elle ne se charge qu’avec DEMO=1.")
            )
        call_command("load_territories", stdout=self.stdout)
        call_command("load_charter", stdout=self.stdout)
        users = {account.username: self._account(account) for account in ACCOUNTS}
        charter = Charter.objects.order_by("-version").first()
        assert charter is not None  # noqa: S101  loaded above
        elections = demonstration.load(charter, users["admin"])
        call_command("load_resources", stdout=self.stdout)
        invented.load(charter, users["normandie"])
        Revision.advance()
        seal_journal()  # no loop goes round in a demonstration
        if elections:
            count = Pledge.objects.count()
            self.stdout.write(_("%(count)d engagements inventés, dans %(states)d états.") % self._count(count))
        else:
            self.stdout.write(_("La démonstration est déjà chargée : rien à changer."))
        self._say_what_to_try()

    def _count(self, count: int) -> dict[str, int]:
        return {"count": count, "states": Pledge.objects.order_by().values("state").distinct().count()}

    def _account(self, account: Account) -> User:
        user, created = User.objects.get_or_create(
            username=account.username,
            defaults={
                "first_name": account.first_name,
                "last_name": account.last_name,
                "email": f"{account.username}@exemple.invalid",
                "is_staff": True,
                "is_superuser": account.role is None,
            },
        )
        if created:
            user.set_password(PASSWORD)
            user.save(update_fields=["password"])
        if account.role:
            network = Network.objects.get(regions=account.region, is_national=False)
            Membership.objects.get_or_create(user=user, network=network, defaults={"role": account.role})
        return user

    def _say_what_to_try(self) -> None:
        site = settings.SITE_URL
        self.stdout.write("")
        self.stdout.write(_("Le portail : %s") % f"{site}/")
        self.stdout.write(_("L’espace des réseaux : %s") % f"{site}/admin/")
        self.stdout.write(_("Comptes (mot de passe pour tous : %s) :") % PASSWORD)
        self.stdout.write(_("  admin      administration, toutes les régions"))
        self.stdout.write(_("  normandie  modération, en Normandie"))
        self.stdout.write(_("  bretagne   coordination, en Bretagne"))
        self.stdout.write(_("Trois choses à essayer :"))
        self.stdout.write(_("  1. Cherchez 14000, ouvrez « Liste de démonstration D », signez pour elle."))
        self.stdout.write(_("  2. Lisez le courriel et confirmez : %s") % f"{site}/demonstration/courriels/")
        self.stdout.write(_("  3. Connectez-vous comme « normandie », publiez, puis revoyez la page de la région."))
