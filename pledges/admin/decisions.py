"""Each decision of a network on a pledge: the form that asks, the action that acts, the sentence that says so."""

from collections.abc import Mapping
from typing import Protocol

from django.forms import Form
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from pledges.actions import asking, matching, review, signing
from pledges.actions.transitions import TransitionError
from pledges.admin.forms import MatchForm, ReasonForm
from pledges.enums import IdentityCheck
from pledges.models import Pledge
from regions.models import User

REFUSALS = (
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
    signing.withdraw(pledge, by=by, reason=form.cleaned_data["reason"])
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
