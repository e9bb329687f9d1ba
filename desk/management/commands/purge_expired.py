"""``manage.py purge_expired``: what has no more use is forgotten; to be run each day."""

from dataclasses import asdict, replace

from django.utils.translation import gettext as _

from desk.actions.retention import forget_traces
from pledges.actions.retention import purge_expired
from regions.management.repeating import RepeatingCommand


class Command(RepeatingCommand):
    help = (
        "Efface les signatures que personne n’a confirmées en sept jours, après un rappel deux jours avant, et les"
        " coordonnées dont le délai est passé : six mois après le mandat. À lancer chaque jour ; peut être"
        " répétée sans dommage."
    )

    def work(self, *, is_repeated: bool) -> None:
        purged, traces = purge_expired(), forget_traces()
        if purged.reminders:
            self.stdout.write(_("Rappels dus avant effacement : %d.") % purged.reminders)
        self.stdout.write(
            _(
                "Effacés : %(pledges)d signatures jamais confirmées, les coordonnées de %(contacts)d signataires,"
                " %(exchanges)d questions et notes de leur vérification,"
                " %(addresses)d adresses de courriers abandonnés, %(requests)d traces de demandes,"
                " %(tasks)d tâches d’il y a deux semaines,"
                " %(email_changes)d changements d’adresse restés sans confirmation,"
                " %(stray_receipts)d fichiers de reçus sans engagement,"
                " %(drawings)d dessins que personne n’a relus depuis un jour,"
                " %(imports)d imports que personne n’a acceptés,"
                " les mots de %(corrections)d demandes de correction,"
                " %(links)d liens d’élections archivées,"
                " %(list_addresses)d adresses de listes d’un vote passé,"
                " %(log_ins)d connexions d’il y a trois mois,"
                " les adresses de %(accounts)d comptes fermés."
            )
            % (asdict(purged) | asdict(traces))
            if replace(purged, reminders=0) or traces
            else _("Rien à effacer.")
        )
