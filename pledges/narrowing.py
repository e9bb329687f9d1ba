"""A matrix of which one reads a part: one principle, or the lists of one answer. The address says which."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges.enums import Answer, AnswerFilter
from pledges.matrix import Cell, Matrix, Row, Total
from pledges.models import Principle

_ANSWERS: dict[str, str] = {
    AnswerFilter.COMMITS: Answer.COMMITS,
    AnswerFilter.DECLINES: Answer.DECLINES,
    AnswerFilter.NONE: "",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One link of a filter."""

    words: str
    query: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The lists of a matrix that give an answer, in panel order, and their cells for the principles asked.

    ``principle`` and ``reply`` are empty where the address does not narrow; ``is_known`` is false when it asks for
    something that is not here, and everything is then shown. Totals stay those of all the lists: a denominator never
    shrinks to what is on the screen.
    """

    whole: Matrix
    principle: Principle | None = None
    reply: str = ""
    is_known: bool = True

    @property
    def is_narrowed(self) -> bool:
        return bool(self.principle or self.reply)

    @property
    def principles(self) -> Sequence[Principle]:
        return [self.principle] if self.principle else self.whole.principles

    @property
    def totals(self) -> list[Total]:
        """How many lists commit; of a list alone, its own row says it."""
        if self.whole.list_count == 1:
            return []
        return [total for total in self.whole.totals if total.principle in self.principles]

    @property
    def rows(self) -> list[tuple[Row, Sequence[Cell]]]:
        """The lists that answer so, each with the cells to show."""
        shown = [(row, self._asked(row)) for row in self.whole.rows]
        return [(row, cells) for row, cells in shown if not self.reply or self._replies(cells)]

    @property
    def has_words(self) -> bool:
        """Whether there is room for a column of words, and anything to write in it."""
        return self.principle is not None and any(cell.statement for _row, cells in self.rows for cell in cells)

    def _asked(self, row: Row) -> Sequence[Cell]:
        return [cell for cell in row.cells if cell.principle in self.principles]

    def _replies(self, cells: Sequence[Cell]) -> bool:
        """One such answer is enough; « no answer » is to have given none."""
        matching = [cell.answer == _ANSWERS[self.reply] for cell in cells]
        return all(matching) if self.reply == AnswerFilter.NONE else any(matching)

    @property
    def sentence(self) -> str:
        """What is shown, counted in words; empty when all is."""
        if not self.is_known:
            return _("Ce filtre n’existe pas : tout est montré.")
        if not self.is_narrowed:
            return ""
        count = len(self.rows)
        words = self._about_one(count) if self.principle else self._about_all(count)
        return words % {
            "lists": self.whole.kind.lists(count),
            "total": self.whole.list_count,
            "number": self.principle.number if self.principle else None,
        }

    def _about_one(self, count: int) -> str:
        if self.reply == AnswerFilter.COMMITS:
            return ngettext(
                "%(lists)s sur %(total)d s’engage sur le principe %(number)d.",
                "%(lists)s sur %(total)d s’engagent sur le principe %(number)d.",
                count,
            )
        if self.reply == AnswerFilter.DECLINES:
            return ngettext(
                "%(lists)s sur %(total)d ne s’engage pas sur le principe %(number)d.",
                "%(lists)s sur %(total)d ne s’engagent pas sur le principe %(number)d.",
                count,
            )
        if self.reply == AnswerFilter.NONE:
            return ngettext(
                "%(lists)s sur %(total)d n’a pas de réponse publiée sur le principe %(number)d.",
                "%(lists)s sur %(total)d n’ont pas de réponse publiée sur le principe %(number)d.",
                count,
            )
        return ngettext(
            "%(lists)s, et sa réponse au principe %(number)d.",
            "%(lists)s, et leurs réponses au principe %(number)d.",
            count,
        )

    def _about_all(self, count: int) -> str:
        if self.reply == AnswerFilter.COMMITS:
            return ngettext(
                "%(lists)s sur %(total)d s’engage sur un principe au moins.",
                "%(lists)s sur %(total)d s’engagent sur un principe au moins.",
                count,
            )
        if self.reply == AnswerFilter.DECLINES:
            return ngettext(
                "%(lists)s sur %(total)d répond « ne s’engage pas » à un principe au moins.",
                "%(lists)s sur %(total)d répondent « ne s’engage pas » à un principe au moins.",
                count,
            )
        return ngettext(
            "%(lists)s sur %(total)d n’a aucune réponse publiée.",
            "%(lists)s sur %(total)d n’ont aucune réponse publiée.",
            count,
        )

    @property
    def principle_choices(self) -> list[Choice]:
        """« Tous », then each principle; the answer chosen stays."""
        every = [(None, _("Tous")), *((one, f"{one.number}. {one.short}") for one in self.whole.principles)]
        return [Choice(words, _query(one, self.reply), one == self.principle) for one, words in every]

    @property
    def reply_choices(self) -> list[Choice]:
        """« Toutes », then each answer; the principle chosen stays."""
        every = [("", _("Toutes")), *((reply.value, str(reply.label)) for reply in AnswerFilter)]
        return [Choice(words, _query(self.principle, reply), reply == self.reply) for reply, words in every]


def _query(principle: Principle | None, reply: str) -> str:
    """The end of an address, empty when nothing narrows: one address for each thing shown."""
    asked = {"principe": principle.number if principle else None, "reponse": reply}
    words = urlencode({name: value for name, value in asked.items() if value})
    return f"?{words}" if words else ""
