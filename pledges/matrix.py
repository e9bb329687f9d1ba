"""The matrix of a contest: its lists in panel order, by the principles of the charter, with denominators."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import models
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges import calendar, second_round
from pledges.enums import Answer, ElectionKind, PledgeState, Round
from pledges.models import Candidate, CandidateList, Contest, Pledge, Principle
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
class Origin:
    """A list that merged into another, and what it had answered for itself: never an answer of the other."""

    list: CandidateList
    numbers: Sequence[int]
    """Of the principles that it commits to; none where no pledge of its own is published."""
    standing: str

    def __str__(self) -> str:
        """« La liste « A », dont elle est issue, s’est engagée sur les principes 1, 2 et 3. »"""
        if not self.numbers:
            words = _("La liste « %(name)s », dont elle est issue : %(standing)s.")
            return words % {"name": self.list, "standing": self.standing}
        words = ngettext(
            "La liste « %(name)s », dont elle est issue, s’est engagée sur le principe %(numbers)s.",
            "La liste « %(name)s », dont elle est issue, s’est engagée sur les principes %(numbers)s.",
            len(self.numbers),
        )
        numbers = get_text_list([str(number) for number in self.numbers], _("et"))
        return words % {"name": self.list, "numbers": numbers}


@dataclass(frozen=True, slots=True)
class Row:
    """A list or binôme, who leads it, and its answers."""

    list: CandidateList
    leaders: Sequence[Candidate]
    pledge: Pledge | None
    cells: Sequence[Cell]
    personal_count: int
    as_of: datetime.date
    origins: Sequence[Origin] = ()
    """The lists that it comes from, when a merger made it."""

    @property
    def is_published(self) -> bool:
        return self.pledge is not None and self.pledge.is_published

    @property
    def state(self) -> str:
        """Where the list stands, in neutral words and with a date: an absence is never a reproach."""
        return standing(self.pledge, self.as_of)

    @property
    def sentences(self) -> Sequence[str]:
        """What a table without links says of the list: where it stands, then the lists that it comes from."""
        return [self.state, *map(str, self.origins)]


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
    kind: ElectionKind
    round: Round = Round.FIRST

    @property
    def is_second_round(self) -> bool:
        return self.round == Round.SECOND

    @property
    def list_count(self) -> int:
        """The denominator: every list that stands in this round."""
        return len(self.rows)

    @property
    def signed(self) -> set[int]:
        """The keys of the lists whose pledge is published."""
        return {row.list.pk for row in self.rows if row.is_published}

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
            return self.kind.unknown
        if not self.signed_count:
            words = ngettext(
                "%(none)s n’a pas d’engagement publié.", "%(none)s n’a d’engagement publié.", self.list_count
            )
            said = words % {"none": self.kind.none_of(self.list_count)}
        else:
            words = ngettext(
                "%(signed)s sur %(total)d a signé la charte.",
                "%(signed)s sur %(total)d ont signé la charte.",
                self.signed_count,
            )
            said = words % {"signed": self.kind.lists(self.signed_count), "total": self.list_count}
        if self.is_second_round:
            return _("Au second tour : %s") % (said[0].lower() + said[1:])
        return said

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


def withdrawal_reason(pledge: Pledge | None) -> str:
    """What the signer wrote when taking back what was public."""
    return pledge.withdrawal_reason if pledge else ""


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


def origins(
    candidate_list: CandidateList, pledges: Mapping[int, Pledge], principles: Iterable[Principle], as_of: datetime.date
) -> list[Origin]:
    """The lists that one comes from, in the order of the panels, and what each had answered for itself.

    :param candidate_list: With its parents, prefetched where there are several lists to tell of.
    :param pledges: The last word of each parent, by its key, with its commitments prefetched.
    """
    known = list(principles)
    parents = sorted(candidate_list.parents.all(), key=lambda each: (each.panel_number or 0, each.pk))
    return [
        Origin(
            parent,
            [cell.principle.number for cell in cells(pledges.get(parent.pk), known) if cell.commits],
            standing(pledges.get(parent.pk), as_of),
        )
        for parent in parents
    ]


def matrix(contest: Contest, one_round: Round | None = None, *, at: datetime.datetime | None = None) -> Matrix:
    """Read the matrix of a contest, in a number of queries that does not depend on its size.

    :param contest: With its election, charter and region loaded.
    :param one_round: Whose lists are wanted; those that voters are about to choose from, or have just, unless told.
    :param at: The moment that the page tells of, where it is known already: ``calendar.shown_at``.
    """
    principles = list(contest.election.charter.principles.all())
    standing_lists = list(
        contest.lists.standing().in_panel_order().select_related("nuance").with_counts().fetch_mode(models.FETCH_RAISE)
    )
    shown = one_round or second_round.shown_round(standing_lists)
    lists = [each for each in standing_lists if shown in each.rounds]
    leaders = leaders_of(lists)
    # The latest word of each list that the public may know: published, suspended, or withdrawn since.
    pledges = {
        pledge.candidate_list_id: pledge
        for pledge in Pledge.objects.last_words()
        .filter(candidate_list__contest=contest, charter=contest.election.charter)
        .prefetch_related("commitments")
        .fetch_mode(models.FETCH_RAISE)
    }
    merged = [each for each in lists if each.round == Round.SECOND]
    models.prefetch_related_objects(merged, "parents")
    at = at or calendar.shown_at(contest.region)
    as_of = second_round.answers_as_of(contest, shown, at)
    then = second_round.answers_as_of(contest, Round.FIRST, at)
    rows = [
        Row(
            list=candidate_list,
            leaders=leaders.get(candidate_list.pk, []),
            pledge=pledges.get(candidate_list.pk),
            cells=cells(pledges.get(candidate_list.pk), principles),
            personal_count=candidate_list.personal_count,
            as_of=as_of,
            origins=origins(candidate_list, pledges, principles, then) if candidate_list in merged else (),
        )
        for candidate_list in lists
    ]
    return Matrix(principles=principles, rows=rows, kind=contest.election.choice, round=shown)
