"""What tells a robot from a person, without a question to either: docs/adr/0006."""

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from pledges import proof

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

MILLISECOND = timedelta(milliseconds=1)

_signer = Signer(salt="pledges.guard")


def start() -> str:
    """The present moment, in milliseconds, signed: when a form was first shown."""
    return _signer.sign(str(time.time_ns() // 1_000_000))


KEPT_BY_NO_BROWSER = {"hidden": True, "autocomplete": "off"}


class ReissuedField(forms.Field):
    """A value that each display makes anew: what was posted in it is never shown again, nor found faulty."""

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial


class GuardedForm(forms.Form):
    """A form that makes the portal write or send: its page includes ``components/guard.html``.

    Three guards, that a person never meets: a field that only robots see and fill, a least time between showing and
    sending, and a proof of work that a script does meanwhile. The first two are refusals that lose nothing; the third
    is an advantage, not a condition: once the form is valid, ``is_proved`` says which limit it comes under.
    """

    # Nobody reads and fills a form faster.
    least_delay = timedelta(seconds=2)
    # A robot keeps the hour of one form for all its sendings; a person comes back to theirs in the evening.
    longest_delay = timedelta(days=1)

    website = ReissuedField(
        label=_("Laissez ce champ vide"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    # Fields of text that are hidden, not fields of kind « hidden »: those may not say that a browser must not fill them
    # again with what they held before the page was loaded anew.
    started = ReissuedField(required=False, initial=start, widget=forms.TextInput(attrs=KEPT_BY_NO_BROWSER))
    proof = ReissuedField(required=False, widget=forms.TextInput(attrs=KEPT_BY_NO_BROWSER))

    is_proved = False

    def challenge(self) -> str:
        """The proof of work that the page asks for, a new one each time."""
        return proof.challenge()

    def full_clean(self) -> None:
        """Look at the rest first: who has something to correct is not told of the guards, and a proof is not spent."""
        super().full_clean()
        if not self.is_bound:
            return
        refusal = self._refusal()
        if self.errors:
            return
        if refusal:
            self.add_error(None, refusal)
        else:
            self.is_proved = proof.accept(self.cleaned_data["proof"] or "")

    def _refusal(self) -> "StrOrPromise":
        """Why a robot might be sending, in words for the person whom it is not; nothing when all is well."""
        delay = self._delay()
        if delay is None or delay > self.longest_delay:
            return _("Cette page était ouverte depuis longtemps : la voici renouvelée. Envoyez, rien n’est perdu.")
        # Sent again after a correction, the form was first shown when it was.
        self.initial = {**self.initial, "started": self.cleaned_data["started"]}
        if self.cleaned_data["website"]:
            return _(
                "Un champ invisible a été rempli, sans doute par votre navigateur : le voici vidé. Envoyez, rien n’est"
                " perdu."
            )
        if delay < self.least_delay:
            return _("Un instant… Relisez, puis envoyez de nouveau : rien n’est perdu.")
        return ""

    def _delay(self) -> timedelta | None:
        """How long ago the form was first shown, as it says; None when it was altered."""
        try:
            started = int(_signer.unsign(self.cleaned_data["started"] or ""))
        except (BadSignature, ValueError):
            return None
        return (time.time_ns() // 1_000_000 - started) * MILLISECOND
