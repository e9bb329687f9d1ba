"""``manage.py send_outbox``: the mails owed leave, with or without a worker; what was just written is sealed.

What was decided during an electoral silence that is over is done first.
"""

from django.utils.translation import gettext as _

from pledges import outbox
from pledges.actions.campaigns import carry_on, write_down
from pledges.actions.prepared import carry_out_prepared
from pledges.actions.sealing import seal_journal
from regions.management.repeating import SECOND, RepeatingCommand


class Command(RepeatingCommand):
    help = "Envoie les courriers dus dont l’heure est venue ; peut être répétée et lancée plusieurs fois sans dommage."
    unit = SECOND

    def work(self, *, is_repeated: bool) -> None:
        seal_journal()  # what a process that died between an act and its seal has left
        done, refused = carry_out_prepared()  # before the mails, which these acts owe
        carry_on()  # campaigns that leave, reminders that fall due
        sent, kept = outbox.deliver_due()
        write_down()
        if done or refused:
            words = _("Décisions préparées pendant le silence : %(done)d faites, %(refused)d impossibles.")
            self.stdout.write(words % {"done": done, "refused": refused})
        if sent or kept or not is_repeated:
            self.stdout.write(_("%(sent)d partis, %(kept)d à réessayer.") % {"sent": sent, "kept": kept})
