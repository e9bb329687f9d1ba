"""Why a file is refused, in sentences for whoever sends it."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

# A file with so many bad rows is the wrong file: reading stops, and memory stays bounded.
PROBLEMS_KEPT = 1_000
PROBLEMS_SHOWN = 50


class Problem(NamedTuple):
    """A bad row: its line in the file, counted from 1, and what is wrong with it."""

    line: int
    reason: str

    def __str__(self) -> str:
        return _("ligne %(line)d : %(reason)s") % {"line": self.line, "reason": self.reason}


class FileRefusedError(Exception):
    """Nothing of this file is imported. The text says why; ``problems`` are the bad rows, when rows are the reason."""

    def __init__(self, sentence: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(sentence)
        self.problems = tuple(problems)

    def report(self, shown: int = PROBLEMS_SHOWN) -> str:
        """The sentence, the first bad rows one a line, and how many others there are."""
        lines = [str(self), *(f"  {problem}" for problem in self.problems[:shown])]
        if others := len(self.problems) - shown:
            lines += [_("  et %d autres.") % others] if others > 0 else []
        return "\n".join(lines)


class Problems:
    """The bad rows met so far."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, line: int, reason: str) -> None:
        """Note a bad row.

        :raises FileRefusedError: When there are already too many for reading on to be of use.
        """
        self._found.append(Problem(line, reason))
        if len(self._found) == PROBLEMS_KEPT:
            raise FileRefusedError(
                _("Rien n’est importé : déjà %d anomalies, la lecture s’arrête là.") % PROBLEMS_KEPT, self._found
            )

    def refuse_if_any(self) -> None:
        """Stop here when a row is bad.

        :raises FileRefusedError: It lists the bad rows in the order of the file.
        """
        if self._found:
            raise FileRefusedError(
                _("Rien n’est importé. Anomalies à corriger dans le fichier : %d.") % len(self._found),
                sorted(self._found),
            )
