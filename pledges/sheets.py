"""The A4 sheets of a contest and of a list: what their pages say, on paper, with the way back to them."""

import hashlib
import json
from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from pledges import calendar, second_round
from pledges.drawing import Content, as_on_a_page
from pledges.enums import ListKind
from pledges.kept import Drawing
from pledges.matrix import Row, Total, cells, leaders_of, matrix, standing
from pledges.models import Candidate, CandidateList, Contest, Pledge
from regions.models import Indicator
from regions.typography import day

HEAVIEST = 200
"""In thousands of bytes: what the links to the sheets promise, and no sheet reaches."""
MARK_SIGNS = 12


def contest_sheet(contest: Contest) -> Drawing:
    """Who committed to what in a contest: every list, in the order of the panels.

    :param contest: With its election, charter and region loaded.
    """
    shown = matrix(contest)
    name = contest.name
    return _sheet(
        "contest_sheet.typ",
        contest,
        {
            "title": _("%(name)s : les réponses des %(lists)s aux cinq principes")
            % {"name": name, "lists": shown.kind.many},
            "kicker": contest.election.name,
            "name": name,
            "facts": _dates(contest),
            "summary": shown.summary,
            "principles": [{"number": it.number, "short": it.short} for it in shown.principles],
            "rows": [_row(row) for row in shown.rows],
            "totals": [_share(total) for total in shown.totals],
            "indicators": [_figure(figure) for figure in _latest(contest.region.indicators.regional())],
            "page": contest.get_absolute_url(),
            "words": {
                "lists": _("%s, dans l’ordre des panneaux") % capfirst(shown.kind.one),
                "totals": _("%s qui s’engagent") % capfirst(shown.kind.many),
                "figures": _("L’ESS %s, en chiffres") % contest.region.of_name,
                "reading": _(
                    "Ni classement, ni note : signer n’est pas un soutien des réseaux, et ne pas répondre n’est pas"
                    " refuser."
                ),
                "qr": _("Code QR de la page du territoire"),
            },
        },
    )


def list_sheet(candidate_list: CandidateList) -> Drawing:
    """What a list answers, in its own words, who signed and since when; or that it has not answered, and on what day.

    :param candidate_list: As ``with_contest`` loads it.
    """
    contest = candidate_list.contest
    charter = contest.election.charter
    principles = list(charter.principles.all())
    pledge = (
        Pledge.objects.last_words()
        .filter(candidate_list=candidate_list, charter=charter)
        .prefetch_related("commitments", "signatories")
        .last()
    )
    published = pledge if pledge and pledge.is_published else None
    statements = {principle.pk: principle.statement for principle in principles}
    return _sheet(
        "list_sheet.typ",
        contest,
        {
            "title": _("%s : réponses aux cinq principes") % candidate_list.name,
            "kicker": f"{contest.election.name}, {contest.name}",
            "name": candidate_list.name,
            "facts": _who(candidate_list, leaders_of([candidate_list]).get(candidate_list.pk, [])),
            "standing": _standing_sentence(candidate_list, pledge),
            "is_signed": published is not None,
            "answers": [
                {
                    "number": cell.principle.number,
                    "short": cell.principle.short,
                    "statement": statements[cell.principle.pk],
                    "answer": cell.answer or "none",
                    "label": cell.label,
                    "words": cell.statement,
                }
                for cell in cells(pledge, principles)
            ],
            "signatories": [
                _("%(name)s (%(capacity)s)")
                % {"name": signatory.full_name, "capacity": signatory.get_capacity_display()}
                for signatory in (published.signatories.all() if published else ())
            ],
            "charter": _("%(title)s, version %(version)s, empreinte %(mark)s…")
            % {"title": charter.title, "version": charter.version, "mark": charter.sha256[:16]},
            "page": candidate_list.get_absolute_url(),
            "words": {
                "answers": _("Ses réponses, dans ses mots") if published else _("Les cinq principes de la charte"),
                "signed_by": _("Signé par"),
                "charter": _("Charte"),
                "reading": _("Signer n’est pas un soutien des réseaux, et ne pas répondre n’est pas refuser."),
                "qr": _("Code QR de la page du binôme")
                if candidate_list.kind == ListKind.PAIR
                else _("Code QR de la page de la liste"),
            },
        },
    )


def _sheet(template: str, contest: Contest, said: Content) -> Drawing:
    """A sheet, with what all of them bear: the day it tells of, the address of its page, and its mark."""
    region = contest.region
    today = calendar.shown_at(region).date()
    address = f"{settings.SITE_URL}{said['page']}"
    content = as_on_a_page(
        {
            **said,
            "language": "fr",
            "dated": int(calendar.local_midnight(today, region).timestamp()),
            "address": address,
            "as_of": _("État au %s") % day(today),
            "demonstration": _("Démonstration : tout est inventé ici, les listes, les personnes, les réponses.")
            if contest.election.is_demonstration
            else "",
            "words": {
                **said["words"],
                "page": _("page"),
                "of": _("sur"),
                "today": _("À jour, avec les sources :"),
                "mark": _("version"),
            },
        }
    )
    # Two papers that bear the same mark say the same thing, whatever was published elsewhere meanwhile.
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return Drawing(template, "pdf", {**content, "mark": digest[:MARK_SIGNS]})


def _dates(contest: Contest) -> list[list[str]]:
    election = contest.election
    dates = [
        [_("Premier tour"), day(election.first_round_on)],
        [_("Second tour"), day(election.second_round_on)],
        [
            _("Signatures"),
            _("du %(start)s au %(end)s")
            % {"start": day(election.signing_opens_on), "end": day(election.signing_closes_on)},
        ],
    ]
    if election.second_signing_closes_on > election.signing_closes_on:
        dates.append([_("Entre les deux tours"), _("jusqu’au %s") % day(election.second_signing_closes_on)])
    return dates


def _row(row: Row) -> Content:
    return {
        "panel": str(row.list.panel_number or "–"),
        "name": row.list.name,
        "leaders": _leaders(row.list, row.leaders),
        "nuance": _("nuance attribuée par le ministère : %s") % row.list.nuance if row.list.nuance else "",
        "state": "\n".join(row.sentences),
        "answers": [{"answer": cell.answer or "none", "label": cell.label} for cell in row.cells],
    }


def _who(candidate_list: CandidateList, leaders: list[Candidate]) -> list[list[str]]:
    """Panel, head and nuance: what the list's page says above its answers."""
    head = _("Binôme") if candidate_list.kind == ListKind.PAIR else _("Tête de liste")
    facts = [
        (_("Panneau"), str(candidate_list.panel_number or "")),
        (head, _leaders(candidate_list, leaders)),
        (_("Nuance attribuée par le ministère"), str(candidate_list.nuance or "")),
    ]
    return [[label, value] for label, value in facts if value]


def _standing_sentence(candidate_list: CandidateList, pledge: Pledge | None) -> str:
    as_of = second_round.answers_as_of(candidate_list.contest, candidate_list.rounds[-1])
    sentences = [capfirst(standing(pledge, as_of))]
    if pledge and pledge.is_published:
        sentences.append(_("Vérification : %s") % pledge.get_identity_check_display())
    if candidate_list.left_at:
        left_on = day(timezone.localtime(candidate_list.left_at))
        sentences.append(_("La publication officielle n’en fait plus mention depuis le %s") % left_on)
    return " ".join(f"{sentence}." for sentence in sentences)


def _leaders(candidate_list: CandidateList, leaders: Iterable[Candidate]) -> str:
    """Who leads a list, or makes a binôme: nothing where its name already says it."""
    names = _(" et ").join(person.full_name for person in leaders)
    return "" if names == candidate_list.name else names


def _share(total: Total) -> str:
    return _("%(count)d sur %(total)d") % {"count": total.count, "total": total.total}


def _latest(figures: Iterable[Indicator]) -> Iterable[Indicator]:
    """The last figure of each measure and base: the others are on the page, with their chart."""
    latest: dict[tuple[str, str], Indicator] = {}
    for figure in figures:  # in the order of the model: the last year first
        latest.setdefault((figure.measure, figure.base), figure)
    return latest.values()


def _figure(figure: Indicator) -> Content:
    return {
        "value": f"{figure.shown_value} {figure.unit}".strip(),
        "label": figure.get_measure_display(),
        "source": f"{figure.year}, {figure.base}. {figure.source}",
    }
