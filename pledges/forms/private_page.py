"""What a signer may ask on their private page, and the way in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges.forms.fields import MailboxField, StatementField, WordsField
from pledges.guard import GuardedForm


class PrivateLinkForm(GuardedForm):
    """Where to send the link of one's private page."""

    email = MailboxField(label=_("L’adresse avec laquelle vous avez signé"))


class WithdrawForm(forms.Form):
    """Taking back a signature, for good."""

    reason = StatementField(
        label=_("Pourquoi"), help_text=_("Publié avec la date du retrait, si vous écrivez quelque chose.")
    )
    is_sure = forms.BooleanField(
        label=_("Je retire cet engagement, pour de bon. Mes coordonnées seront effacées."),
        error_messages={"required": _("Cochez la case : un retrait est définitif.")},
    )

    def __init__(self, *args: Any, amends: bool = False, **kwargs: Any) -> None:
        """
        :param amends: Whether only answers that wait go, and the first ones stay: nothing of it is public.
        """
        super().__init__(*args, **kwargs)
        if amends:
            self.fields["is_sure"].label = _("Je retire ces nouvelles réponses, pour de bon. Les premières restent.")
            del self.fields["reason"]


class EmailChangeForm(forms.Form):
    """Another address for one's mails."""

    new_email = MailboxField(label=_("Votre nouvelle adresse électronique"), help_text=_("Jamais publiée."))


class DecideChangeForm(forms.Form):
    """A box with no default, whichever button follows: a scanner that presses buttons decides nothing."""

    is_me = forms.BooleanField(
        label=_("Cette boîte est la mienne, et j’ai lu ce qui précède."),
        error_messages={"required": _("Cochez la case pour répondre.")},
    )


class ContactForm(forms.Form):
    """Whether one's network may write again."""

    accepts_contact = forms.TypedChoiceField(
        label=_("Le réseau peut-il vous recontacter ?"),
        choices=[("yes", _("Oui, j’accepte")), ("no", _("Non, je n’accepte pas, ou plus"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une réponse.")},
    )


class EraseForm(forms.Form):
    """Erasing all that concerns one's mailbox, for good."""

    is_sure = forms.BooleanField(
        label=_("J’ai lu ce qui disparaît et ce qui reste. Effacez mes données, pour de bon."),
        error_messages={"required": _("Cochez la case : cet effacement est définitif.")},
    )


class AnswerForm(forms.Form):
    """What a signer answers to a question of their network."""

    text = WordsField(
        label=_("Votre réponse"),
        rows=5,
        help_text=_("Lue par le réseau seul, jamais publiée. Elle part une fois : relisez-vous."),
        error_messages={"required": _("Écrivez votre réponse.")},
    )
