"""From a pledge to its receipt: what the PDF says, and its bytes, the same on any machine and any day."""

import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges.codes import in_groups
from pledges.enums import LIVE, STANDING, Answer, IdentityCheck, ListKind, PledgeState
from pledges.matrix import Cell, all_cells
from pledges.models import Pledge, Signatory
from regions.typography import day, typeset_text

TEMPLATE = Path(settings.BASE_DIR) / "templates" / "receipts" / "receipt.typ"
# Raised by whoever changes, in this module, how a content becomes a PDF: older receipts are then made anew.
EDITION = 1

type Content = dict[str, Any]


class ReceiptError(Exception):
    """The PDF could not be made. The text says where the compiler stopped, and nothing of what the pledge says."""


# --- Which pledges ---


def read(pledge_id: int) -> Pledge | None:
    """The pledge as it now is, with all that its receipt says; None when no receipt is made of it.

    A receipt is made of what its signers confirmed and may still be read: not of a pledge that was withdrawn or
    declined, nor of one whose amendment was.
    """
    pledge = (
        Pledge.objects.select_related(
            "candidate", "charter", "candidate_list__contest__election", "candidate_list__contest__region"
        )
        .prefetch_related("commitments", "signatories", "charter__principles")
        .filter(pk=pledge_id)
        .first()
    )
    return pledge if pledge and may_be_made(pledge) else None


def may_be_made(pledge: Pledge) -> bool:
    """Whether a receipt may be made of this pledge, and kept."""
    return pledge.state in LIVE or (pledge.state == PledgeState.SUPERSEDED and pledge.latest().state in STANDING)


# --- What the receipt says ---


def content(pledge: Pledge) -> Content:
    """All that the PDF is made from, in plain values: nothing private, nothing of the day or the machine.

    :param pledge: As ``read`` gives it.
    """
    contest = pledge.candidate_list.contest
    address = f"{settings.SITE_URL}{reverse('verify-code', args=[pledge.shown_code])}"
    words = {
        "title": _("Reçu d’engagement"),
        "signatories": _("Qui a signé"),
        "charter": _("La charte signée"),
        "answers": _("Les réponses, principe par principe"),
        "dates": _("Dates et vérification"),
        "meaning": _("Ce que ce reçu dit, et ce qu’il ne dit pas"),
        "check": _("Vérifier ce reçu"),
        "principle": _("Principe"),
        "their_words": _("Les mots de qui signe :"),
        "page": _("page"),
        "of": _("sur"),
        "how_to_check": _(
            "Visez ce dessin avec un téléphone, ou tapez le code sur la page de vérification. Elle montre ce que le"
            " registre garde : comparez-la à ce papier, mot à mot."
        ),
        "qr": _("Code QR de l’adresse %s") % address,
        "addressed_to": _("Destinataires :"),
        "check_address": _("À cette adresse, ou en tapant le code sur %s") % f"{settings.SITE_URL}{reverse('verify')}",
        "fingerprint": _("Empreinte SHA-256 du texte de la charte, par groupes de quatre signes :"),
        "meant": _(
            "Cette charte a été signée, mot pour mot, au nom des personnes nommées ci-dessus, qui ont donné ces"
            " réponses et dont un réseau de l’ESS a vérifié l’identité. Elles sont « signataires de la charte »."
        )
        if pledge.published_at
        else _(
            "Cette charte a été signée, mot pour mot, au nom des personnes nommées ci-dessus, depuis les boîtes qui ont"
            " confirmé. Aucun réseau de l’ESS n’a encore vérifié leur identité, et rien n’est publié."
        ),
        "not_meant": _(
            "Il ne dit pas que les réseaux de l’économie sociale et solidaire soutiennent cette candidature, ni qu’ils"
            " la préfèrent à une autre. Il ne dit rien de ce qui sera fait pendant le mandat."
        ),
    }
    return {
        "language": "fr",
        "dated": int(max(moment for moment in _moments(pledge) if moment).timestamp()),
        "words": _typeset(words),
        "demonstration": typeset_text(
            _("Démonstration : tout est inventé ici, la liste, les personnes, les réponses. Ce reçu ne prouve rien.")
        )
        if contest.election.is_demonstration
        else "",
        "signer": {"kind": typeset_text(_kind(pledge)), "name": one_line(str(pledge.signer))},
        "facts": [[typeset_text(label), one_line(value)] for label, value in _facts(pledge)],
        "signatories": [
            {"name": one_line(signatory.full_name), "line": typeset_text(_signature(signatory))}
            for signatory in pledge.signatories.all()
        ],
        "charter": {
            "title": one_line(pledge.charter.title),
            "version": typeset_text(_("version %s") % pledge.charter.version),
            "addressed_to": one_line(pledge.charter.addressed_to),
            "fingerprint": in_groups(pledge.charter_id, " "),
        },
        "answers": [_answer(cell) for cell in all_cells(pledge, pledge.charter.principles.all())],
        "dates": [[typeset_text(label), typeset_text(value)] for label, value in _dates(pledge)],
        "code": pledge.shown_code,
        "address": address,
    }


def content_sha256(content: Content) -> str:
    """The hash of everything the PDF is made from: what it says, the template's own text, what draws it."""
    whole = [content, TEMPLATE.read_text(encoding="utf-8"), version("typst"), version("segno"), EDITION]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def one_line(text: str) -> str:
    """A text as a page shows it: line ends and runs of spaces are one space, so that words stay in their place."""
    return re.sub(r"[ \t\r\n\f\v]+", " ", text).strip()


def _moments(pledge: Pledge) -> list[datetime | None]:
    return [pledge.submitted_at, pledge.confirmed_at, pledge.published_at, _left_at(pledge)]


def _left_at(pledge: Pledge) -> datetime | None:
    """When a pledge that was published stopped being so: suspended, or replaced."""
    if pledge.state == PledgeState.SUSPENDED:
        return pledge.decided_at
    successor = pledge.successor()
    return successor.published_at if successor else None


def _moment(at: datetime | None) -> str:
    """« 20 juin 2021 à 14:05 », by the clock of the portal."""
    if at is None:
        return ""
    local = timezone.localtime(at, timezone.get_default_timezone())
    return _("%(day)s à %(hour)s") % {"day": day(local), "hour": f"{local:%H:%M}"}


def _kind(pledge: Pledge) -> str:
    if pledge.is_personal:
        return _("À titre personnel")
    return _("Pour le binôme") if pledge.candidate_list.kind == ListKind.PAIR else _("Pour la liste")


def _facts(pledge: Pledge) -> list[tuple[str, str]]:
    contest = pledge.candidate_list.contest
    facts = [(_("Élection"), contest.election.name), (_("Territoire"), contest.name)]
    if contest.name != contest.region.name:
        facts.append((_("Région"), contest.region.name))
    if pledge.is_personal:
        facts.append((_("Sur la liste"), pledge.candidate_list.name))
    return facts


def _signature(signatory: Signatory) -> str:
    return _("%(capacity)s, a confirmé le %(moment)s") % {
        "capacity": signatory.get_capacity_display(),
        "moment": _moment(signatory.confirmed_at),
    }


def _answer(cell: Cell) -> dict[str, Any]:
    labels = {Answer.COMMITS: _("S’engage"), Answer.DECLINES: _("Ne s’engage pas"), "": _("Pas de réponse")}
    return {
        "number": cell.principle.number,
        "short": one_line(cell.principle.short),
        "statement": one_line(cell.principle.statement),
        "answer": cell.answer or "none",
        "label": typeset_text(labels[cell.answer]),
        "words": one_line(cell.statement),
    }


def _dates(pledge: Pledge) -> list[tuple[str, str]]:
    dates = [
        (_("Déposé le"), _moment(pledge.submitted_at)),
        (_("Confirmé le"), _moment(pledge.confirmed_at)),
    ]
    if pledge.published_at is None:
        dates.append((_("Publication"), _("pas encore : le réseau de l’ESS vérifie qui a signé")))
        dates.append((_("Identité"), _("pas encore vérifiée")))
        return dates
    dates.append((_("Publié le"), _moment(pledge.published_at)))
    if pledge.state == PledgeState.SUSPENDED:
        dates.append((_("Suspendu depuis le"), _moment(_left_at(pledge))))
    elif pledge.state == PledgeState.SUPERSEDED:
        dates.append((_("Remplacé le"), _("%s, par de nouvelles réponses") % _moment(_left_at(pledge))))
    dates.append((_("Identité"), _("vérifiée : %s") % IdentityCheck(pledge.identity_check).label))
    return dates


def _typeset(words: dict[str, str]) -> dict[str, str]:
    return {name: typeset_text(text) for name, text in words.items()}


# --- The PDF ---

# « error: PDF/UA-1 error: the text `"…"` could not be displayed with font … »: one line for each group of signs.
_REFUSED = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
# Signs that every font has: they are never the reason of a refusal.
_COMMON = re.compile("[\u0020-\u007e\u00a0-\u017f\u2010-\u2027\u202f\u2039\u203a\u27e8\u27e9]")


def render(content: Content) -> bytes:
    """The PDF, tagged for those who do not see it (PDF/UA-1). The same content gives the same bytes.

    A sign that no font draws, or that nobody sees, is written by its number, ``⟨U+1F600⟩``: the words stay exact.

    :raises ReceiptError: When the compiler refuses it, which no words of a signer can cause.
    """
    numbered = {sign for sign in _signs(content) if _is_hidden(sign)}
    attempts = 0
    while True:
        attempts += 1
        try:
            return _compile(_by_number(content, numbered))
        except typst.TypstError as error:
            refused = _refused(error) - numbered
            if not refused:
                raise ReceiptError(error.message) from None
        # Signs are drawn in groups: writing one by its number may leave another alone. Twice, then all at once.
        numbered |= refused if attempts < 3 else _uncommon(_signs(content))


def _compile(content: Content) -> bytes:
    pdf = compiler(content).compile(format="pdf", pdf_standards=["ua-1"], timestamp=content["dated"])
    assert isinstance(pdf, bytes)  # noqa: S101  one file, whatever its pages
    return pdf


def compiler(content: Content) -> typst.Compiler:
    """The template with a content; the fonts are those that come with the compiler, the same on any machine."""
    return typst.Compiler(
        input=TEMPLATE.read_bytes(),
        root=TEMPLATE.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(content, sort_keys=True), "qr": _qr(content["address"])},
    )


def _qr(address: str) -> str:
    """The QR code of an address, as SVG: the PDF keeps it as lines, sharp at any size."""
    svg = io.BytesIO()
    segno.make_qr(address, error="m").save(svg, kind="svg", xmldecl=False, border=4, dark="#261a2b", nl=False)
    return svg.getvalue().decode()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def _map_text(value: Any, change: Callable[[str], str]) -> Any:
    """The same values, each text changed."""
    if isinstance(value, dict):
        return {name: _map_text(inner, change) for name, inner in value.items()}
    if isinstance(value, list):
        return [_map_text(inner, change) for inner in value]
    return change(value) if isinstance(value, str) else value


def _signs(value: Any) -> set[str]:
    """Every sign of a content."""
    if isinstance(value, dict | list):
        return set().union(*map(_signs, value.values() if isinstance(value, dict) else value))
    return set(value) if isinstance(value, str) else set()


def _by_number(content: Content, signs: set[str]) -> Content:
    """Write these signs by their number, wherever they are."""
    table = {ord(sign): f"⟨U+{ord(sign):04X}⟩" for sign in signs}
    changed: Content = _map_text(content, lambda text: text.translate(table))
    return changed


def _is_hidden(sign: str) -> bool:
    """Controls, directions, joiners, private and half signs: nobody sees them, or nobody knows what they show."""
    return unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cs"}


def _uncommon(signs: Iterable[str]) -> set[str]:
    return {sign for sign in signs if not _COMMON.match(sign)}


def _refused(error: typst.TypstError) -> set[str]:
    """The signs that the compiler could not draw, as its words name them."""
    groups = "".join(_REFUSED.findall(error.diagnostic))
    return _uncommon(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), groups))
