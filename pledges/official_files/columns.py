"""Which column holds what: headers change from year to year, their meaning does not."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from pledges.official_files.refusals import FileRefusedError
from regions.folding import fold

_SMALL_WORDS = frozenset({"de", "du", "des", "d", "la", "le", "les", "l"})
_NUMBER_WORDS = frozenset({"n", "no", "num", "nr"})


def key(header: str) -> str:
    """Fold a header for comparison: ``key("N° Panneau Liste") == key("numero_panneau_liste")``.

    Case, accents, spaces, underscores, articles, and how « numéro » is abridged do not count.
    """
    words = (word for word in fold(header).split() if word not in _SMALL_WORDS)
    return "".join("numero" if word in _NUMBER_WORDS else word for word in words)


@dataclass(frozen=True)
class FileKind:
    """What one kind of file tells, and how its headers have been spelt.

    :param spellings: The fields that are read, in order, each with its spellings: an earlier one wins over a later.
    :param needed: Those without which a file is refused.
    :param either: Two fields of which one is enough; none when the kind has no such pair.
    """

    spellings: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]
    either: tuple[str, ...] = ()

    @cached_property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.spellings)

    @cached_property
    def _keys(self) -> dict[str, tuple[str, ...]]:
        return {field: tuple(map(key, spellings)) for field, spellings in self.spellings.items()}

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(known for keys in self._keys.values() for known in keys)

    def recognised(self, headers: Sequence[str]) -> int:
        """How many of these headers are known: it tells a header line from another, one separator from another."""
        return len(self._known.intersection(map(key, headers)))

    def lay_out(self, headers: Sequence[str], mapping: Mapping[str, str] | None = None) -> "Layout":
        """Find each column: where a person said it is, else by its header.

        :param headers: The header line; empty headers at its end are of no account.
        :param mapping: Fields, each with the header of its column, as someone chose them. A header that the file does
            not have is of no account.
        :raises FileRefusedError: When a column is there twice, or is said to hold two things.
        """
        width = max((place for place, header in enumerate(headers, 1) if header.strip()), default=0)
        names = [_name(header) for header in headers[:width]]
        chosen = {field: _name(header) for field, header in (mapping or {}).items() if _name(header) in names}
        known = self._known | set(chosen.values())
        twice = [headers[place] for place, name in enumerate(names) if name in known and name in names[:place]]
        if twice:
            raise FileRefusedError(_("Colonne présente deux fois : %s.") % ", ".join(map(_quote, twice)))
        places = tuple(
            names.index(chosen[field])
            if field in chosen
            else next((names.index(name) for name in self._keys[field] if name in names), None)
            for field in self.fields
        )
        shared = [headers[place] for place in dict.fromkeys(places) if place is not None and places.count(place) > 1]
        if shared:
            raise FileRefusedError(
                _("Colonne choisie pour deux choses à la fois : %s.") % ", ".join(map(_quote, shared))
            )
        return Layout(self, tuple(headers[:width]), places)

    def understand(self, headers: Sequence[str], mapping: Mapping[str, str] | None = None) -> "Layout":
        """The same, every needed column being there.

        :raises FileRefusedError: When a needed column is missing too.
        """
        layout = self.lay_out(headers, mapping)
        layout.refuse_if_incomplete()
        return layout

    def spelt(self, field: str) -> str:
        """How a header may be spelt, for whoever has to mend a file."""
        first, *others = map(_quote, self.spellings[field])
        if not others:
            return first
        return _("%(first)s (ou %(others)s)") % {"first": first, "others": ", ".join(others)}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where this file keeps what we read: ``places[i]`` is the column of ``kind.fields[i]``."""

    kind: FileKind
    headers: tuple[str, ...]
    places: tuple[int | None, ...]

    @property
    def width(self) -> int:
        return len(self.headers)

    @property
    def fields(self) -> frozenset[str]:
        """The fields that the file has a column for."""
        return frozenset(field for field, place in zip(self.kind.fields, self.places, strict=True) if place is not None)

    @property
    def columns(self) -> dict[str, str]:
        """The header of each field that has one, in the order of the kind."""
        return {
            field: self.headers[place].strip()
            for field, place in zip(self.kind.fields, self.places, strict=True)
            if place is not None
        }

    @property
    def unread(self) -> list[str]:
        """The headers of the columns that we read nothing in."""
        return [header.strip() for place, header in enumerate(self.headers) if place not in self.places]

    @property
    def missing(self) -> list[str]:
        """The needed fields that have no column; of two that do for each other, both or none."""
        missing = [field for field in self.kind.needed if field not in self.fields]
        return missing if self.fields & set(self.kind.either) else [*missing, *self.kind.either]

    @property
    def signature(self) -> str:
        """The same for two files whose header lines say the same: the SHA-256 of their folded headers."""
        return hashlib.sha256("\n".join(map(_name, self.headers)).encode()).hexdigest()

    def pick(self, row: Sequence[str]) -> list[str]:
        """The cells that are read, of a row as wide as the header; empty where the file has no such column."""
        return ["" if place is None else row[place] for place in self.places]

    def refuse_if_incomplete(self) -> None:
        """Stop here when a needed column is missing.

        :raises FileRefusedError: It gives the accepted spellings.
        """
        if not (missing := self.missing):
            return
        spelt = [self.kind.spelt(field) for field in missing if field in self.kind.needed]
        if set(self.kind.either) & set(missing):
            first, second = map(self.kind.spelt, self.kind.either)
            spelt.append(_("%(first)s, ou à défaut %(second)s") % {"first": first, "second": second})
        raise FileRefusedError(
            _("Colonnes introuvables : %(missing)s. Les en-têtes du fichier sont : %(headers)s.")
            % {"missing": " ; ".join(spelt), "headers": ", ".join(map(_quote, self.headers[:40])) or "—"}
        )


def _name(header: str) -> str:
    """What tells a header from another; one without any letter is told by its signs."""
    return key(header) or header.strip()


def _quote(header: str) -> str:
    return f"« {header.strip()[:60]} »"
