"""The ministry's candidate files: bytes in, checked and typed lists out. Nothing here touches the database.

From the bottom up: ``refusals`` (what is wrong, in words), ``columns`` (known spellings of headers), ``tables`` (bytes
to cells), ``rows`` (cells to one person on one list), ``lists`` (rows to whole lists), ``matching`` (whom we know).
"""

from .lists import OfficialFile, OfficialList, read_candidates
from .refusals import FileRefusedError, Problem
from .rows import CandidateRow, ListFacts
from .tables import MAX_BYTES

__all__ = [
    "MAX_BYTES",
    "CandidateRow",
    "FileRefusedError",
    "ListFacts",
    "OfficialFile",
    "OfficialList",
    "Problem",
    "read_candidates",
]
