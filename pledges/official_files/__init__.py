"""The ministry's files: bytes in, checked and typed lists or results out. Nothing here touches the database.

From the bottom up: ``refusals`` (what is wrong, in words), ``columns`` (known spellings of headers), ``tables`` (bytes
to cells), ``rows`` (cells to people on one list), ``pairs`` (cells to a binôme), ``lists`` (rows to whole lists),
``matching`` (whom we know); ``results`` reads votes and seats, ``elected`` the national register of elected officials.
"""

from .elected import ElectedFile, ElectedRow, read_elected
from .lists import OfficialFile, OfficialList, read_candidates
from .pairs import DepartmentFacts
from .refusals import FileRefusedError, Problem
from .results import ResultFile, ResultRow, read_results
from .rows import CandidateRow, Canton, ListFacts
from .tables import MAX_BYTES

__all__ = [
    "MAX_BYTES",
    "CandidateRow",
    "Canton",
    "DepartmentFacts",
    "ElectedFile",
    "ElectedRow",
    "FileRefusedError",
    "ListFacts",
    "OfficialFile",
    "OfficialList",
    "Problem",
    "ResultFile",
    "ResultRow",
    "read_candidates",
    "read_elected",
    "read_results",
]
