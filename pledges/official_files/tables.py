"""From the bytes of a file to its cells: text in any usual encoding and separator, or a workbook (XLSX)."""

import codecs
import datetime
import hashlib
import io
import re
import zipfile
import zlib
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from pledges.official_files.columns import FileKind, Layout
from pledges.official_files.refusals import FileRefusedError

MAX_BYTES = 50 * 1024 * 1024  # the whole country, 20,000 candidates, takes 4 MB
_MAX_UNZIPPED_BYTES = 2 * MAX_BYTES
# All but the sheets is read whole, and costs twenty-five times its size in memory: 20,000 candidates need 2 MB.
_MAX_PART_BYTES = 10 * 1024 * 1024
_SHEETS = "xl/worksheets/"
_MAX_LINE = 100_000  # characters
_MAX_SHEET_ROWS = 1_048_576  # what a workbook can hold
_MAX_SHEET_COLUMNS = 100
_CHUNK = 1024 * 1024  # bytes
_HEADER_WITHIN = 20  # lines: some files begin with a title
_LINES_OF_A_CELL = 5  # a quoted cell may hold line breaks
_SEPARATORS = "\t;,|"
_ZIP = b"PK\x03\x04"
_NOT_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
# « Ã » before a sign: an accented letter in UTF-8. No French text in Windows-1252 holds it.
_UTF8_LETTER = re.compile(rb"\xc3[\x80-\xbf]")
# What openpyxl raises at a damaged workbook, and defusedxml (ValueError) at a hostile one.
_BAD_WORKBOOK = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    EOFError,
    IndexError,
    KeyError,
    NotImplementedError,
    TypeError,
    ValueError,
)

Row = tuple[int, list[str]]  # the line in the file, counted from 1, and its cells


@dataclass(frozen=True, slots=True)
class Origin:
    """How a file holds its table. ``encoding`` and ``separator`` are those of a text, ``sheet`` is a workbook's."""

    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    header_line: int = 1
    line_count: int = 0
    """The lines of a text, the header's included; 0 for a workbook, which only says so at its end."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose header we have found. ``rows`` is read once, blank rows left out."""

    sha256: str
    origin: Origin
    layout: Layout
    rows: Iterator[Row]


@contextmanager
def open_table(
    source: IO[bytes], kind: FileKind, *, name: str, mapping: Mapping[str, str] | None = None, may_lack: bool = False
) -> Iterator[Table]:
    """Read a file's header; its rows follow, one at a time.

    :param source: The bytes, seekable, read from their beginning; left open.
    :param kind: What the file should tell.
    :param name: The file's name: one that ends with ``.xlsx`` must be a workbook. Otherwise the content tells.
    :param mapping: As ``FileKind.lay_out`` takes it.
    :param may_lack: Whether needed columns may be missing: to ask someone where they are.
    :raises FileRefusedError: When the file as a whole cannot be read; at any row, for a damaged workbook.
    """
    header = _Header(kind, mapping, may_lack=may_lack)
    found = _inspect(source, name=name)
    source.seek(0)
    if found.encoding is None:
        with closing(_sheet_rows(source)) as sheet:
            yield _sheet_table(found, sheet, header)
        return
    text = io.TextIOWrapper(source, encoding=found.encoding, newline="")
    try:
        yield _text_table(found, text, header)
    finally:
        text.detach()


class _Header:
    """How to read a header line."""

    def __init__(self, kind: FileKind, mapping: Mapping[str, str] | None, *, may_lack: bool) -> None:
        self.kind = kind
        self.read = kind.lay_out if may_lack else kind.understand
        self.mapping = mapping

    def likeness(self, cells: Sequence[str]) -> tuple[int, int]:
        """How much a line is like a header; of two alike, that which makes more columns."""
        return self.kind.recognised(cells), len(cells)

    def lay_out(self, cells: Sequence[str]) -> Layout:
        return self.read(cells, self.mapping)


@dataclass(frozen=True, slots=True)
class _Bytes:
    """What reading the bytes once tells. ``encoding`` is None for a workbook."""

    sha256: str
    encoding: str | None
    line_count: int = 0


def _inspect(source: IO[bytes], *, name: str) -> _Bytes:
    """Read the bytes once."""
    source.seek(0)
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    size, line_count, before = 0, 0, b""
    is_zip = is_utf8 = True
    undefined = utf8_letters = False
    while chunk := source.read(_CHUNK):
        is_zip = chunk.startswith(_ZIP) if not size else is_zip
        size += len(chunk)
        if size > MAX_BYTES:
            raise FileRefusedError(_("Ce fichier dépasse %d Mo.") % (MAX_BYTES // 1024 // 1024))
        digest.update(chunk)
        if is_zip:
            continue
        line_count += chunk.count(b"\n") or chunk.count(b"\r")
        if b"\0" in chunk:
            raise FileRefusedError(
                _("Ce fichier n’est pas un texte lisible : enregistrez-le au format CSV (UTF-8) ou XLSX.")
            )
        if is_utf8:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                is_utf8 = False
        undefined = undefined or bool(_NOT_CP1252.search(chunk))
        utf8_letters = utf8_letters or bool(_UTF8_LETTER.search(before + chunk))
        before = chunk[-1:]
    if not size:
        raise FileRefusedError(_("Ce fichier est vide."))
    line_count += before not in b"\r\n"  # the last line may have no end
    if is_zip:
        return _Bytes(digest.hexdigest(), None)
    if name.casefold().endswith((".xlsx", ".xlsm")):
        raise FileRefusedError(
            _("Ce fichier n’est pas un classeur XLSX, malgré son nom, ou bien un mot de passe le protège.")
        )
    if is_utf8 and not decoder.getstate()[0]:
        return _Bytes(digest.hexdigest(), "utf-8-sig", line_count)
    if undefined or utf8_letters:
        raise FileRefusedError(
            _("L’encodage de ce fichier est indéchiffrable ou mélangé : enregistrez-le au format CSV (UTF-8).")
        )
    return _Bytes(digest.hexdigest(), "cp1252", line_count)  # which reads Latin-1 as well


def _sheet_table(found: _Bytes, rows: Iterator[Row], header: _Header) -> Table:
    head = list(islice(rows, _HEADER_WITHIN + 1))
    if len(head) < 2:  # the sheet's name alone
        raise FileRefusedError(_("Ce fichier est vide."))
    (_line, [sheet]), *head = head
    at = max(range(len(head)), key=lambda place: header.likeness(head[place][1]))
    layout = header.lay_out(head[at][1])
    data = chain(head[at + 1 :], rows)
    # A workbook does not write the empty cells at the end of a row.
    return Table(
        found.sha256,
        Origin(sheet=sheet, header_line=head[at][0]),
        layout,
        ((line, row + [""] * (layout.width - len(row))) for line, row in data),
    )


def _text_table(found: _Bytes, text: io.TextIOWrapper, header: _Header) -> Table:
    lines = _numbered(text)
    head = list(islice(lines, _HEADER_WITHIN))
    if not head:
        raise FileRefusedError(_("Ce fichier est vide."))
    separator, at = max(
        ((separator, at) for at in range(len(head)) for separator in _SEPARATORS),
        key=lambda guess: header.likeness(_split(head[guess[1]][1], guess[0])),
    )
    cells = _split(head[at][1], separator)
    return Table(
        found.sha256,
        Origin(text.encoding, separator, "", head[at][0], found.line_count),
        header.lay_out(cells),
        _records(chain(head[at + 1 :], lines), separator, len(cells)),
    )


def _numbered(text: io.TextIOWrapper) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, each with its number. CRLF, LF and CR all end a line."""
    line = 0
    while content := text.readline(_MAX_LINE):
        line += 1
        if len(content) == _MAX_LINE:
            raise FileRefusedError(_("La ligne %d est démesurée : ce n’est pas un fichier officiel.") % line)
        if content.strip():
            yield line, content.rstrip("\r\n")


def _records(lines: Iterable[tuple[int, str]], separator: str, width: int) -> Iterator[Row]:
    """The rows of a text. A quoted cell may hold the separator and line breaks; a lone quote is a character."""
    source = iter(lines)
    waiting: deque[tuple[int, str]] = deque()
    while (current := waiting.popleft() if waiting else next(source, None)) is not None:
        line, content = current
        cells = _split(content, separator)
        if _is_open(content, separator):
            # A cell that goes on below, or a character. Lines are joined only when that makes one whole row of lines
            # that are none by themselves: no row may ever disappear into another.
            while len(waiting) < _LINES_OF_A_CELL and (following := next(source, None)):
                waiting.append(following)
            for taken, (_line, below) in enumerate(list(waiting), 1):
                if len(_split(below, separator)) == width:
                    break
                content = f"{content}\n{below}"
                if not _is_open(content, separator) and len(whole := _split(content, separator)) == width:
                    cells = whole
                    waiting = deque(islice(waiting, taken, None))
                    break
        if any(map(str.strip, cells)):
            yield line, cells


def _split(line: str, separator: str) -> list[str]:
    """The cells of a line. A cell is quoted when quotes stand at both its ends and are doubled inside."""
    if '"' not in line:
        return line.split(separator)
    return [
        plain if quoted is None else quoted.replace('""', '"') for quoted, plain in _quoted_or_plain(line, separator)
    ]


def _is_open(line: str, separator: str) -> bool:
    """Whether a cell begins with a quote that does not end it."""
    return '"' in line and any(plain.startswith('"') for _quoted, plain in _quoted_or_plain(line, separator))


def _quoted_or_plain(line: str, separator: str) -> Iterator[tuple[str | None, str]]:
    position, more = 0, True
    while more and (match := _CELL[separator].match(line, position)):
        quoted, plain, end = match.groups()
        yield quoted, plain or ""
        position, more = match.end(), bool(end)


_CELL = {
    separator: re.compile(
        rf'(?:"([^"]*+(?:""[^"]*+)*+)"(?={re.escape(separator)}|\Z)|([^{re.escape(separator)}]*+))({re.escape(separator)}|\Z)'
    )
    for separator in _SEPARATORS
}


def _sheet_rows(source: IO[bytes]) -> Generator[Row]:
    """The rows of a workbook's first sheet, read as a stream; before them, as a row of its own, the sheet's name."""
    try:
        with zipfile.ZipFile(source) as archive:
            parts = archive.infolist()
            whole = max((part.file_size for part in parts if not part.filename.startswith(_SHEETS)), default=0)
            if whole > _MAX_PART_BYTES or sum(part.file_size for part in parts) > _MAX_UNZIPPED_BYTES:
                raise FileRefusedError(_("Ce classeur est trop gros une fois décompressé."))
        workbook = load_workbook(source, read_only=True, data_only=True)
        with closing(workbook):
            sheet: Any = workbook.worksheets[0]
            yield 0, [str(sheet.title)]
            sheet.reset_dimensions()  # some software writes wrong ones
            rows: Iterable[Sequence[Any]] = sheet.iter_rows(max_col=_MAX_SHEET_COLUMNS, values_only=True)
            for line, row in enumerate(islice(rows, _MAX_SHEET_ROWS), 1):
                filled = max((place for place, value in enumerate(row, 1) if value is not None), default=0)
                if cells := [_text(value) for value in row[:filled]]:
                    yield line, cells
    except _BAD_WORKBOOK as error:
        raise FileRefusedError(
            _("Ce classeur est illisible : enregistrez-le à nouveau au format XLSX ou CSV.")
        ) from error


def _text(value: object) -> str:
    """What a workbook's cell says: 84 for the number 84.0, 02/01/2021 for a date."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.date):
        return f"{value:%d/%m/%Y}"
    return str(value)
