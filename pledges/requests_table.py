"""All that was asked of each list of a contest, in one table: what is shown to a list that asks how it was treated."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import failures, worksheet
from pledges.enums import ElectionKind, InvitationOutcome, ListKind, Round
from pledges.heads_asked import HeadAsked, heads_asked
from pledges.models import CandidateList, Contest, Invitation, Pledge
from regions.typography import day, hour


@dataclass(frozen=True, slots=True)
class Request:
    """One request to a list; without an invitation, the line of a list that nobody has asked."""

    candidate_list: CandidateList
    number: str = ""
    on: datetime.date | None = None
    at: str = ""
    channel: str = ""
    fingerprint: str = ""
    outcome: str = ""
    is_made: bool = False
    """Whether it left, as far as is known: what comes after it is its reminder."""

    @property
    def cells(self) -> Sequence[object]:
        """The line as a spreadsheet has it: dates as it sorts them, no address, no name of anybody."""
        row = self.candidate_list
        on = self.on.isoformat() if self.on else ""
        return row.panel_number, row.name, self.number, on, self.at, self.channel, self.fingerprint, self.outcome


def header(choice: ElectionKind) -> Sequence[str]:
    """The names of the columns, for lists or for binômes."""
    return (
        _("panneau"),
        choice.one,
        _("demande"),
        _("jour"),
        _("heure locale"),
        _("par quel moyen"),
        _("empreinte du texte (SHA-256)"),
        _("ce qu’elle est devenue"),
    )


def requests_of(contest: Contest) -> list[Request]:
    """Every request to every list that stands, or stood when it was asked, in panel order then in time.

    Three queries, five where a merger made a list: what the portal asked its head by itself is a request.

    :param contest: With its region loaded.
    """
    invitations = Invitation.objects.exclude(outcome=InvitationOutcome.DROPPED).order_by("asked_on", "pk")
    known = contest.lists.official().filter(Q(left_at=None) | Q(invitations__isnull=False)).distinct()
    answers = Pledge.objects.for_lists().filter(confirmed_at__isnull=False).order_by("confirmed_at", "pk")
    for prefetch in (
        Prefetch("invitations", invitations, to_attr="all_requests"),
        Prefetch("pledges", answers, to_attr="answers"),
    ):
        known = known.prefetch_related(prefetch)
    rows = list(known.in_panel_order())
    is_merged = any(row.round == Round.SECOND for row in rows)
    mails = heads_asked([contest.region], [contest.election_id]) if is_merged else {}
    return [line for row in rows for line in _lines(row, contest, mails.get(row.pk, []))]


def _lines(row: CandidateList, contest: Contest, mails: Sequence[HeadAsked]) -> list[Request]:
    """What was asked of a list, each line under the number of what was made before it."""
    invitations: list[Invitation] = getattr(row, "all_requests")  # noqa: B009  put there by requests_of
    lines = [_noted(row, contest, request) for request in invitations] + [_automatic(row, mail) for mail in mails]
    if mails:
        lines.sort(key=lambda line: (line.on is None, line.on or datetime.date.min))
    numbered, made = [], 0
    for line in lines:
        # A number is that of what was made: what did not arrive is made again under the same.
        numbered.append(replace(line, number=Invitation.ordinal(made)))
        made += line.is_made
    return numbered or [Request(row, outcome=_unasked(row, contest))]


def _unasked(row: CandidateList, contest: Contest) -> str:
    """Why there is no line for a list: it had answered before its turn, or nobody has asked yet."""
    answers: list[Pledge] = getattr(row, "answers")  # noqa: B009  put there by requests_of
    if answers and answers[0].confirmed_at:
        on = timezone.localtime(answers[0].confirmed_at, contest.region.zone)
        return _("avait déjà répondu le %s") % day(on)
    return worksheet.not_asked_yet(row)


def _noted(row: CandidateList, contest: Contest, request: Invitation) -> Request:
    """What a campaign asked, or somebody who noted it."""
    sent_at = timezone.localtime(request.sent_at, contest.region.zone) if request.sent_at else None
    outcome = _outcome(request.get_outcome_display(), request.trouble)
    if request.refused_at:
        is_pair = row.kind == ListKind.PAIR
        words = (
            _("%s ; le binôme ne souhaite plus être sollicité")
            if is_pair
            else _("%s ; la liste ne souhaite plus être sollicitée")
        )
        outcome = words % outcome
    return Request(
        row,
        on=request.asked_on,
        at=hour(sent_at) if sent_at else "",
        channel=request.get_channel_display(),
        fingerprint=request.fingerprint,
        outcome=outcome,
        is_made=request.outcome == InvitationOutcome.SENT,
    )


def _automatic(row: CandidateList, mail: HeadAsked) -> Request:
    """What the portal asked the head of a merged list."""
    outcome = _outcome(str(mail.outcome.label), mail.trouble)
    if mail.is_erased:
        outcome = _("due ce jour-là ; le courriel a été effacé avec les données de la personne")
    return Request(
        row,
        on=mail.at.date() if mail.at else None,
        at=hour(mail.at) if mail.at and not mail.is_erased else "",
        channel=_("courriel, automatique"),
        fingerprint=mail.fingerprint,
        outcome=outcome,
        is_made=mail.outcome == InvitationOutcome.SENT,
    )


def _outcome(words: str, trouble: str) -> str:
    if not trouble:
        return words
    return _("%(outcome)s : %(why)s") % {"outcome": words, "why": failures.in_words(trouble)}
