"""The matrix of a contest: its lists in panel order, by the principles of the charter, with denominators."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges import calendar
from pledges.enums import Answer, PledgeState
from pledges.models import Candidate, CandidateList, Contest, Pledge, Principle
from regions.models import Region
from regions.typography import day


@dataclass(frozen=True, slots=True)
class Cell:
    """What a list answers to one principle; ``answer`` is empty when it does not."""

    principle: Principle
    answer: str = ""
    statement: str = ""

    @property
    def commits(self) -> bool:
        return self.answer == Answer.COMMITS

    @property
    def declines(self) -> bool:
        return self.answer == Answer.DECLINES

    @property
    def label(self) -> str:
        """The answer in words."""
        return str(Answer(self.answer).label) if self.answer else _("pas de réponse")


@dataclass(frozen=True, slots=True)
class Row:
    """A list or binôme, who leads it, and its answers."""

    list: CandidateList
    leaders: Sequence[Candidate]
    pledge: Pledge | None
    cells: Sequence[Cell]
    personal_count: int
    as_of: datetime.date

    @property
    def is_published(self) -> bool:
        return self.pledge is not None and self.pledge.is_published

    @property
    def state(self) -> str:
        """Where the list stands, in neutral words and with a date: an absence is never a reproach."""
        return standing(self.pledge, self.as_of)


@dataclass(frozen=True, slots=True)
class Total:
    """How many lists commit to a principle."""

    principle: Principle
    count: int
    total: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """The rows of a contest in the official order of the posters."""

    principles: Sequence[Principle]
    rows: Sequence[Row]

    @property
    def list_count(self) -> int:
        """The denominator: every list that stands."""
        return len(self.rows)

    @property
    def signed_count(self) -> int:
        return sum(row.is_published for row in self.rows)

    @property
    def personal_count(self) -> int:
        return sum(row.personal_count for row in self.rows)

    @property
    def summary(self) -> str:
        """« 3 listes sur 6 ont signé la charte. », the same on a page and on paper."""
        if not self.rows:
            return _("Les listes ne sont pas encore connues.")
        if not self.signed_count:
            words = ngettext(
                "La seule liste n’a pas d’engagement publié.",
                "Aucune des %(total)d listes n’a d’engagement publié.",
                self.list_count,
            )
        else:
            words = ngettext(
                "%(signed)d liste sur %(total)d a signé la charte.",
                "%(signed)d listes sur %(total)d ont signé la charte.",
                self.signed_count,
            )
        return words % {"signed": self.signed_count, "total": self.list_count}

    @property
    def totals(self) -> list[Total]:
        return [
            Total(principle, sum(row.cells[index].commits for row in self.rows), self.list_count)
            for index, principle in enumerate(self.principles)
        ]


def cells(pledge: Pledge | None, principles: Iterable[Principle]) -> list[Cell]:
    """What the public reads of a pledge: every cell is empty unless it is published.

    :param pledge: With its commitments prefetched.
    """
    return all_cells(pledge if pledge and pledge.is_published else None, principles)


def all_cells(pledge: Pledge | None, principles: Iterable[Principle]) -> list[Cell]:
    """What a pledge answers to each principle, published or not: for its signer and its network alone."""
    commitments = pledge.commitments.all() if pledge else ()
    answers = {commitment.principle_id: commitment for commitment in commitments}
    return [
        Cell(principle, answers[principle.pk].answer, answers[principle.pk].statement)
        if principle.pk in answers
        else Cell(principle)
        for principle in principles
    ]


def standing(pledge: Pledge | None, as_of: datetime.date) -> str:
    """What the public may say of a pledge, or of its absence.

    :param pledge: The last one that was public, if any.
    :param as_of: The day that an absence is dated: ``calendar.answers_as_of``.
    """
    if pledge is None or pledge.published_at is None:
        return _("pas de réponse au %s") % day(as_of)
    if pledge.state == PledgeState.WITHDRAWN and pledge.withdrawn_at:
        return _("engagement retiré le %s") % day(timezone.localtime(pledge.withdrawn_at))
    if pledge.state == PledgeState.DECLINED and pledge.decided_at:
        return _("publication annulée le %s") % day(timezone.localtime(pledge.decided_at))
    if pledge.state == PledgeState.SUSPENDED and pledge.decided_at:
        return _("engagement suspendu le %s") % day(timezone.localtime(pledge.decided_at))
    return _("signataire depuis le %s") % day(timezone.localtime(pledge.published_at))


def withdrawal_reason(pledge: Pledge | None, region: Region) -> str:
    """What the signer wrote when taking back what was public; nothing new is shown during the electoral silence."""
    if pledge is None or not pledge.withdrawal_reason or pledge.withdrawn_at is None:
        return ""
    silence = calendar.silence_in(region)
    return "" if silence and pledge.withdrawn_at >= silence.starts_at else pledge.withdrawal_reason


def leaders_of(lists: Iterable[CandidateList]) -> dict[int, list[Candidate]]:
    """The head of each list, or the two members of each binôme, by the list's key."""
    leaders = defaultdict(list)
    people = (
        Candidate.objects.standing()
        .leading()
        .filter(candidate_list__in=[candidate_list.pk for candidate_list in lists])
    )
    for person in people.in_list_order():
        leaders[person.candidate_list_id].append(person)
    return leaders


def matrix(contest: Contest) -> Matrix:
    """Read the matrix of a contest, in a number of queries that does not depend on its size.

    :param contest: With its election, charter and region loaded.
    """
    principles = list(contest.election.charter.principles.all())
    lists = list(
        contest.lists.standing().in_panel_order().select_related("nuance").with_counts().fetch_mode(models.FETCH_RAISE)
    )
    leaders = leaders_of(lists)
    # The latest word of each list that the public may know: published, suspended, or withdrawn since.
    pledges = {
        pledge.candidate_list_id: pledge
        for pledge in Pledge.objects.last_words()
        .filter(candidate_list__contest=contest, charter=contest.election.charter)
        .prefetch_related("commitments")
        .fetch_mode(models.FETCH_RAISE)
    }
    as_of = calendar.answers_as_of(contest.election, contest.region)
    rows = [
        Row(
            list=candidate_list,
            leaders=leaders.get(candidate_list.pk, []),
            pledge=pledges.get(candidate_list.pk),
            cells=cells(pledges.get(candidate_list.pk), principles),
            personal_count=candidate_list.personal_count,
            as_of=as_of,
        )
        for candidate_list in lists
    ]
    return Matrix(principles=principles, rows=rows)
