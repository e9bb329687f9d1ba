"""Each decision of a network on a pledge: the form that asks, the action that acts, the sentence that says so."""

from collections.abc import Mapping
from typing import Protocol

from django.forms import Form
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from pledges.actions import asking, matching, preparing, review, signing
from pledges.actions.transitions import TransitionError
from pledges.admin.forms import MatchForm, ReasonForm
from pledges.archives import ArchivedError
from pledges.calendar import Silence
from pledges.enums import STANDING, IdentityCheck, PledgeState
from pledges.enums import Decision as Kind
from pledges.models import Pledge
from regions.models import User

HELD = {
    "publish": Kind.PUBLISH,
    "decline": Kind.DECLINE,
    "suspend": Kind.SUSPEND,
    "resume": Kind.RESUME,
}
"""The decisions that the electoral silence may forbid: each may then be prepared, and is done when it ends."""

REFUSALS = (
    ArchivedError,
    preparing.CannotPrepareError,
    TransitionError,
    asking.CannotAskError,
    review.SilenceError,
    review.NotOfficialError,
    matching.MismatchError,
    signing.AlreadySignedError,
)


class Decision(Protocol):
    """Do what a button says, with what its form holds, and say what has been done; raise one of ``REFUSALS``."""

    def __call__(self, pledge: Pledge, form: Form, /, *, by: User) -> str: ...


def is_held(name: str, pledge: Pledge, silence: Silence | None) -> bool:
    """Whether a decision changes what the public reads, and so waits for the end of the silence."""
    if silence is None or name not in {*HELD, "withdraw"}:
        return False
    return pledge.state in STANDING or name == "publish"


def prepare(name: str, pledge: Pledge, form: Form, *, by: User) -> str:
    """Prepare what a button says, during the silence, and say what has been noted; raise one of ``REFUSALS``."""
    check = form.cleaned_data.get("identity_check") if name == "publish" else None
    if name == "publish" and pledge.is_declared:
        raise review.NotOfficialError
    preparing.prepare(
        pledge,
        HELD[name],
        by=by,
        identity_check=IdentityCheck(check) if check else None,
        reason=form.reason() if isinstance(form, ReasonForm) else "",
    )
    return _("« %(pledge)s » : c’est noté, et se fera à la fin du silence (%(decision)s).") % {
        "pledge": pledge,
        "decision": HELD[name].label,
    }


def cancel_prepared(pledge: Pledge, key: str, *, by: User) -> str:
    """Give up what was prepared on a pledge, and say so.

    :param key: As the page names it.
    :raises CannotPrepareError: When it does not wait any more, or is not of this pledge.
    """
    prepared = next((row for row in pledge.prepared.waiting() if str(row.pk) == key), None)
    if prepared is None:
        raise preparing.CannotPrepareError(_("Cette décision n’attend plus : rien n’a changé."))
    preparing.cancel(prepared, by=by)
    return _("La décision préparée est abandonnée : rien ne se fera.")


def _publish(pledge: Pledge, form: Form, *, by: User) -> str:
    review.publish(pledge, by=by, identity_check=IdentityCheck(form.cleaned_data["identity_check"]))
    return format_html(
        _("« {} » est publié. Une erreur ? {} : « Suspendre » le retire des pages."),
        pledge,
        format_html('<a href="{}">{}</a>', reverse("admin:pledges_pledge_change", args=[pledge.pk]), _("Ouvrez-le")),
    )


def _match(pledge: Pledge, form: Form, *, by: User) -> str:
    assert isinstance(form, MatchForm)  # noqa: S101  review_page.forms_of made it
    chosen = form.chosen()
    matched = matching.match(
        pledge, chosen.candidate_list, by=by, candidate=chosen.people[0] if pledge.is_personal else None
    )
    return _("« %s » est rapproché de la liste officielle : il reste à publier.") % matched


def _decline(pledge: Pledge, form: Form, *, by: User) -> str:
    review.decline(pledge, by=by, reason=_reason(form))
    return _("« %s » est refusé : le motif part par courriel.") % pledge


def _suspend(pledge: Pledge, form: Form, *, by: User) -> str:
    review.suspend(pledge, by=by, reason=_reason(form))
    return _("« %s » est suspendu : le motif part par courriel.") % pledge


def _resume(pledge: Pledge, form: Form, *, by: User) -> str:
    review.resume(pledge, by=by)
    return _("« %s » est de nouveau publié.") % pledge


def _withdraw(pledge: Pledge, form: Form, *, by: User) -> str:
    after = signing.withdraw(pledge, by=by, reason=form.cleaned_data["reason"])
    if after.state != PledgeState.WITHDRAWN:
        return _("« %s » : le retrait est noté, et se fera à la fin du silence.") % pledge
    return _("« %s » est retiré, à la demande de qui l’a signé.") % pledge


def _ask(pledge: Pledge, form: Form, *, by: User) -> str:
    asking.ask(pledge, form.cleaned_data["signatory"], by=by, text=form.cleaned_data["text"])
    return _("La question part par courriel à %s.") % str(form.cleaned_data["signatory"])


def _note(pledge: Pledge, form: Form, *, by: User) -> str:
    asking.note(pledge, by=by, text=form.cleaned_data["text"])
    return _("La note est là, pour vos collègues.")


def _reason(form: Form) -> str:
    assert isinstance(form, ReasonForm)  # noqa: S101  review_page.forms_of made it
    return form.reason()


DECISIONS: Mapping[str, Decision] = {
    "publish": _publish,
    "match": _match,
    "decline": _decline,
    "suspend": _suspend,
    "resume": _resume,
    "withdraw": _withdraw,
    "ask": _ask,
    "note": _note,
}
