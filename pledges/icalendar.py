"""A calendar that other software reads (RFC 5545): all-day events, and nothing else."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_LONGEST = 75  # octets of a line, its end not counted
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\r": None, "\n": "\\n"})


@dataclass(frozen=True, slots=True)
class AllDay:
    """An event of one day. ``uid`` never changes: it is how a calendar knows an event whose date has moved."""

    uid: str
    on: datetime.date
    summary: str
    url: str


def escape(text: str) -> str:
    r"""A text as a property holds it.

    >>> escape("Deux tours ; Bretagne, 2028")
    'Deux tours \\; Bretagne\\, 2028'
    """
    return text.translate(_ESCAPES)


def folded(line: str) -> str:
    """A line in pieces of 75 octets at most, each after the first begun by a space; no letter is cut in two."""
    pieces = [""]
    size = 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _LONGEST:
            pieces.append(" ")
            size = 1
        pieces[-1] += letter
        size += octets
    return "\r\n".join(pieces)


def calendar_file(name: str, events: Iterable[AllDay], *, stamp: datetime.date, version: int) -> str:
    """The whole file, the same each time for the same facts.

    :param stamp: The day that stands for when the file was written: not today, or no two files would be the same.
    :param version: Grows each time the facts change, so that calendars take the new dates.
    """
    return "".join(f"{folded(line)}\r\n" for line in _lines(name, events, stamp, version))


def _lines(name: str, events: Iterable[AllDay], stamp: datetime.date, version: int) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Engagements ESS//Calendrier//FR", "CALSCALE:GREGORIAN")
    yield f"X-WR-CALNAME:{escape(name)}"
    for event in events:
        yield "BEGIN:VEVENT"
        yield f"UID:{event.uid}"
        yield f"DTSTAMP:{stamp:%Y%m%d}T000000Z"
        yield f"SEQUENCE:{version}"
        yield f"DTSTART;VALUE=DATE:{event.on:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{event.on + datetime.timedelta(days=1):%Y%m%d}"  # the end is not part of the event
        yield f"SUMMARY:{escape(event.summary)}"
        yield f"URL:{event.url}"
        yield "TRANSP:TRANSPARENT"  # nobody is busy all day because of it
        yield "END:VEVENT"
    yield "END:VCALENDAR"
