"""What a page of prose may say that the installation, or the code, knows: ``{{ publisher }}`` in its Markdown."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pledges.enums import Answer
from pledges.models.email_change import CHANGE_LIFE
from pledges.models.pledge import STATEMENT_LENGTH, UNCONFIRMED

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

HOUR = 60 * 60


@dataclass(frozen=True, slots=True)
class Fact:
    """One name that a text may use: what it stands for, in words for who writes the text, and how it is shown."""

    words: "StrOrPromise"
    show: Callable[[], str]


def _setting(name: str) -> str:
    """What the installation says of itself, on as many lines as it takes; in words when it says nothing."""
    value = getattr(settings, name)
    return linebreaksbr(value) if value else conditional_escape(gettext("non renseigné par cette installation"))


def _contact() -> str:
    address = settings.CONTACT_EMAIL
    return format_html('<a href="mailto:{0}">{0}</a>', address) if address else _setting("CONTACT_EMAIL")


def _answer(answer: str) -> SafeString:
    return render_to_string("components/answer.html", {"answer": answer})


def _sign(name: str) -> SafeString:
    return render_to_string(f"components/icons.html#{name}")


FACTS: dict[str, Fact] = {
    "publisher": Fact(_("l’éditeur"), partial(_setting, "LEGAL_PUBLISHER")),
    "address": Fact(_("le siège de l’éditeur"), partial(_setting, "LEGAL_ADDRESS")),
    "phone": Fact(_("son téléphone"), partial(_setting, "LEGAL_PHONE")),
    "director": Fact(_("qui dirige la publication"), partial(_setting, "LEGAL_DIRECTOR")),
    "host": Fact(_("l’hébergeur"), partial(_setting, "LEGAL_HOST")),
    "contact": Fact(_("l’adresse électronique où écrire, en lien"), _contact),
    "site": Fact(_("l’adresse du portail"), partial(_setting, "SITE_URL")),
    "statement_length": Fact(_("caractères au plus pour une phrase"), lambda: str(STATEMENT_LENGTH)),
    "unconfirmed_days": Fact(_("jours avant qu’une signature non confirmée s’efface"), lambda: str(UNCONFIRMED.days)),
    "email_change_days": Fact(_("jours pour confirmer une nouvelle adresse"), lambda: str(CHANGE_LIFE.days)),
    "session_hours": Fact(
        _("heures pendant lesquelles on reste connecté à l’espace des réseaux"),
        lambda: str(settings.SESSION_COOKIE_AGE // HOUR),
    ),
    "answer_commits": Fact(_("le signe « s’engage »"), partial(_answer, Answer.COMMITS)),
    "answer_declines": Fact(_("le signe « ne s’engage pas »"), partial(_answer, Answer.DECLINES)),
    "answer_none": Fact(_("le signe « pas de réponse »"), partial(_answer, "")),
} | {
    f"sign_{name}": Fact(words, partial(_sign, name))
    for name, words in {
        "calendar": _("un pictogramme : un calendrier"),
        "info": _("un pictogramme : une information"),
        "mail": _("un pictogramme : une enveloppe"),
        "pen": _("un pictogramme : un stylo"),
        "people": _("un pictogramme : des personnes"),
        "search": _("un pictogramme : une loupe"),
        "silence": _("un pictogramme : une pause"),
        "success": _("un pictogramme : une coche"),
        "warning": _("un pictogramme : attention"),
    }.items()
}
