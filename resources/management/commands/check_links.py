"""``manage.py check_links``: the links of the resources are followed; to be run each day."""

from django.utils.translation import gettext as _

from regions.management.repeating import RepeatingCommand
from resources.actions.link_checks import check_links


class Command(RepeatingCommand):
    help = (
        "Suit les liens des ressources publiées et note ceux qui ne mènent plus nulle part : l’espace des réseaux les"
        " montre. À lancer chaque jour ; peut être répétée sans dommage."
    )

    def work(self, *, is_repeated: bool) -> None:
        checked = check_links()
        self.stdout.write(_("Liens suivis : %(links)d, en défaut : %(faults)d.") % checked._asdict())
