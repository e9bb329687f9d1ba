"""The look-up of places: a postcode, a commune (present or former), a department, a region.

Whatever is typed gets an answer: places, or a French sentence that says why there are none and what to type.
Nothing is guessed: where a postcode or a name leads to several regions, all of them are given as a choice.
"""

import re
import unicodedata
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Self

from django.utils.translation import gettext as _

from regions.enums import CommuneKind
from regions.folding import fold
from regions.places import LIMIT, Places, named, with_postal_code
from regions.unserved import unserved_name, unserved_postal_code

LONGEST_QUERY = 100  # characters

_FIVE_DIGITS = (
    re.compile(r"(?<!\d)\d{5}(?!\d)", re.ASCII),
    re.compile(r"(?<!\d)\d{2}[ .]\d{3}(?!\d)", re.ASCII),  # « 35 000 »
    re.compile(r"^\d(?:[ .]?\d){4}$", re.ASCII),  # « 3 5 0 0 0 »
)
_CEDEX = re.compile(r"\bcedex\b(?: \d{1,2}\b)?")
_DEPARTMENT_CODE = re.compile(r"\d{2}|2[ab]|97\d")


class Outcome(StrEnum):
    """How a look-up ended: at one region, at a choice, or at a dead end."""

    ONE_REGION = "one_region"
    SEVERAL_REGIONS = "several_regions"
    EMPTY = "empty"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NOT_A_POSTAL_CODE = "not_a_postal_code"
    UNKNOWN_POSTAL_CODE = "unknown_postal_code"
    CEDEX = "cedex"
    NO_COUNCIL = "no_council"  # a collectivity that elects no regional council
    ABROAD = "abroad"
    UNKNOWN_NAME = "unknown_name"


@dataclass(frozen=True, slots=True)
class PlaceAnswer(Places):
    """What a look-up found, or why it found nothing.

    ``message`` is plain French text: it is there at each dead end, and wherever there is a choice to make. A dead end
    may still have communes, as suggestions: « 35042 Rennes CEDEX » gives Rennes.
    """

    query: str = ""  # as it can be shown again
    outcome: Outcome = Outcome.EMPTY
    message: str = ""
    postal_code: str = ""  # the five digits that were read in the query

    @classmethod
    def about(cls, places: Places, **said: Any) -> Self:
        """These places, with the rest of the answer."""
        return cls(**{field.name: getattr(places, field.name) for field in fields(places)}, **said)

    @property
    def is_certain(self) -> bool:
        """Whether a postcode or a whole name leads to one region only: a page may go straight to it.

        « Bourg » is a village of the Gironde: it is certain only as long as no larger place elsewhere has a name that
        goes on, as Bourg-en-Bresse does.
        """
        if not self.is_exact or self.outcome != Outcome.ONE_REGION:
            return False
        [region] = self.regions
        largest = max((commune.population or 0 for commune in self.communes), default=None)
        return largest is None or all(
            commune.department.region == region or (commune.population or 0) <= largest for commune in self.longer_names
        )

    @property
    def is_refused(self) -> bool:
        """Whether the query was not one: nothing was looked for."""
        return self.outcome in {Outcome.EMPTY, Outcome.TOO_SHORT, Outcome.TOO_LONG}


def find_places(query: str) -> PlaceAnswer:
    """Find the places that a visitor means: one SQL query for a postcode, four for most names, never more than nine.

    :param query: As typed: « 35000 », « 35 000 Rennes », « st malo », « Paris 18ème », « Saint-Denis (93) », « 2A ».
        Any string at all is accepted, and none raises.
    """
    letters = unicodedata.normalize("NFKC", query.strip()[: 10 * LONGEST_QUERY])
    shown = " ".join("".join(letter if letter.isprintable() else " " for letter in letters).split())
    if not shown:
        message = _("Tapez un code postal, ou le nom d’une commune.")
        return PlaceAnswer(outcome=Outcome.EMPTY, message=message)
    if len(shown) > LONGEST_QUERY:
        message = _("C’est trop long pour être cherché : tapez un code postal, ou le nom d’une commune.")
        return PlaceAnswer(query=shown[:LONGEST_QUERY], outcome=Outcome.TOO_LONG, message=message)
    for pattern in _FIVE_DIGITS:
        if match := pattern.search(shown):
            beside = fold(f"{shown[: match.start()]} {shown[match.end() :]}")
            return _by_postal_code(shown, re.sub(r"\D", "", match[0]), beside)
    return _by_name(shown, _without_cedex(fold(shown)))


def _by_postal_code(query: str, code: str, beside: str) -> PlaceAnswer:
    """The communes of a postcode; a name typed beside it says which, when it is one of them."""
    places = with_postal_code(code)
    name = _without_cedex(beside)
    if not places.communes:
        return _unknown_postal_code(query, code, name, is_cedex="cedex" in beside.split())
    if meant := tuple(commune for commune in places.communes if commune.norm == name):
        places = replace(places, communes=meant)
    count = len(places.regions)
    if count == 1:
        return PlaceAnswer.about(places, query=query, outcome=Outcome.ONE_REGION, postal_code=code)
    message = _("Le code postal %(code)s est partagé entre %(count)d régions : choisissez votre commune.")
    return PlaceAnswer.about(
        places,
        query=query,
        outcome=Outcome.SEVERAL_REGIONS,
        message=message % {"code": code, "count": count},
        postal_code=code,
    )


def _unknown_postal_code(query: str, code: str, name: str, *, is_cedex: bool) -> PlaceAnswer:
    """Say what a code without a commune is; the communes of the name typed beside it are suggestions."""
    if message := unserved_postal_code(code):
        outcome = Outcome.ABROAD if code.startswith(("980", "99")) else Outcome.NO_COUNCIL
        return PlaceAnswer(query=query, outcome=outcome, message=message, postal_code=code)
    if is_cedex:
        outcome = Outcome.CEDEX
        message = _(
            "%(code)s est un code CEDEX, réservé au courrier des entreprises et des administrations : tapez le code "
            "postal ou le nom de votre commune."
        )
    else:
        outcome = Outcome.UNKNOWN_POSTAL_CODE
        message = _(
            "Aucune commune n’a le code postal %(code)s. S’il vient d’une adresse CEDEX, c’est celui d’une entreprise "
            "ou d’une administration : tapez le code postal ou le nom de votre commune."
        )
    communes = named(name).communes if name else ()
    return PlaceAnswer(
        query=query, outcome=outcome, message=message % {"code": code}, postal_code=code, communes=communes
    )


def _by_name(query: str, name: str) -> PlaceAnswer:
    """The places of a folded name, or the sentence that says why there are none."""
    if name.replace(" ", "").isdigit() and not _DEPARTMENT_CODE.fullmatch(name):
        message = _("Un code postal compte cinq chiffres, par exemple 01000 pour Bourg-en-Bresse.")
        return PlaceAnswer(query=query, outcome=Outcome.NOT_A_POSTAL_CODE, message=message)
    places = named(name)
    unserved = unserved_name(name)
    if places.regions:
        outcome = Outcome.ONE_REGION if len(places.regions) == 1 else Outcome.SEVERAL_REGIONS
        return PlaceAnswer.about(places, query=query, outcome=outcome, message=unserved or _hint(places))
    if unserved:
        return PlaceAnswer(query=query, outcome=Outcome.NO_COUNCIL, message=unserved)
    if len(name) == 1:
        message = _("Tapez au moins deux lettres du nom.")
        return PlaceAnswer(query=query, outcome=Outcome.TOO_SHORT, message=message)
    message = _("Rien ne répond à « %(query)s » : vérifiez l’orthographe, ou tapez un code postal.")
    return PlaceAnswer(query=query, outcome=Outcome.UNKNOWN_NAME, message=message % {"query": query})


def _hint(places: Places) -> str:
    """What to say about places found by a name: how to narrow them, what became of the only one; nothing if clear."""
    if places.is_cut and not places.is_exact:
        return _("Plus de %(count)d communes répondent : tapez la suite du nom, ou un code postal.") % {"count": LIMIT}
    if len(places.regions) > 1:
        return _("Plusieurs régions répondent à ce nom : choisissez votre territoire.")
    if len(places.communes) == 1 and not places.departments:
        [commune] = places.communes
        if commune.present_commune and commune.kind != CommuneKind.DISTRICT:
            names = {"former": commune.name, "present": commune.present_commune.name}
            return _("%(former)s fait aujourd’hui partie de %(present)s.") % names
    return ""


def _without_cedex(name: str) -> str:
    return " ".join(_CEDEX.sub(" ", name).split())
