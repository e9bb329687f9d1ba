"""From a pledge to its receipt: what the PDF says, and its bytes, the same on any machine and any day."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import drawing
from pledges.codes import in_groups
from pledges.drawing import Content, one_line
from pledges.enums import LIVE, STANDING, Answer, IdentityCheck, ListKind, PledgeState
from pledges.matrix import Cell, all_cells
from pledges.models import Pledge, Signatory
from regions.typography import day, typeset_text

TEMPLATE = drawing.FOLDER / "receipts" / "receipt.typ"


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
    """The hash of everything the PDF is made from."""
    return drawing.fingerprint(TEMPLATE, content)


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


def render(content: Content) -> bytes:
    """The PDF, tagged for those who do not see it (PDF/UA-1). The same content gives the same bytes.

    :raises DrawingError: When the compiler refuses it, which no words of a signer can cause.
    """
    return drawing.pdf(TEMPLATE, content, dated=content["dated"])
