"""The map of the 18 regions, and the same in words."""

import functools
import itertools
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import regions
from pledges.enums import ElectionKind
from pledges.models import Contest
from regions.models import Region

MAP_FILE = Path(regions.__file__).parent / "data" / "carte-regions.json"
# Around the drawing, room for the boxes of overseas regions and for the sentence that a pointer brings.
VIEW_BOX = "-26 -62 1052 1240"
CORSE = "94"
OVERSEAS = ("01", "02", "03", "04", "06")
BOX_TOP, BOX_WIDTH, BOX_HEIGHT, PETAL = 966, 196, 206, 30


@functools.cache
def outlines() -> dict[str, str]:
    """The SVG path of each region, by INSEE code (IGN Admin Express, Licence Ouverte)."""
    paths: dict[str, str] = json.loads(MAP_FILE.read_text(encoding="utf-8"))["paths"]
    return paths


@functools.cache
def middles() -> dict[str, tuple[int, int]]:
    """Where a figure is written on each region: the middle of its largest piece of land, of its box overseas."""
    found = {}
    for code, path in outlines().items():
        points = max(map(_points, re.split("[zZ]", path)), key=len)
        xs, ys = zip(*points, strict=True)
        found[code] = (min(xs) + max(xs)) // 2, (min(ys) + max(ys)) // 2
    for place, code in enumerate(OVERSEAS):
        if code in found:
            found[code] = 75 + place * 850 // 4, found[code][1]
    return found


def _points(outline: str) -> list[tuple[int, int]]:
    """The corners of one outline: « M » to its first, « l » from each to the next."""
    numbers = [int(number) for number in re.findall(r"-?\d+", outline)]
    steps = zip(numbers[::2], numbers[1::2], strict=True)
    return list(itertools.accumulate(steps, lambda here, step: (here[0] + step[0], here[1] + step[1])))


@dataclass(frozen=True, slots=True)
class MapRegion:
    """One region of the map: where it leads, what it says, how dense its pattern is."""

    region: Region
    path: str
    list_count: int
    signed_count: int
    kind: ElectionKind = ElectionKind.REGIONAL

    @property
    def code(self) -> str:
        return self.region.code

    @property
    def name(self) -> str:
        return self.region.name

    @property
    def url(self) -> str:
        return self.region.get_absolute_url()

    @property
    def is_known(self) -> bool:
        """Whether its lists are known: « none has signed » is another thing."""
        return self.list_count > 0

    @property
    def level(self) -> int:
        """0 when no list has signed, 1 below a third of the lists, 3 above two thirds, 2 between."""
        if not self.signed_count:
            return 0
        return 1 + (3 * self.signed_count >= self.list_count) + (3 * self.signed_count > 2 * self.list_count)

    @property
    def middle(self) -> tuple[int, int]:
        return middles().get(self.code, (0, 0))

    @property
    def box(self) -> str:
        """The frame of an overseas region; around Corse, none is drawn, but a thumb finds as much room."""
        if self.code not in (*OVERSEAS, CORSE):
            return ""
        left = self.middle[0] - BOX_WIDTH // 2
        top = self.middle[1] - BOX_HEIGHT // 2 if self.code == CORSE else BOX_TOP
        corner, back = f"a{PETAL} {PETAL} 0 0 1 {PETAL} {PETAL}", f"a{PETAL} {PETAL} 0 0 1-{PETAL}-{PETAL}"
        across, down = BOX_WIDTH - PETAL, BOX_HEIGHT - PETAL
        return f"M{left} {top}h{across}{corner}v{down}h-{across}{back}z"

    @property
    def is_overseas(self) -> bool:
        return self.code in OVERSEAS

    @property
    def label(self) -> str:
        if not self.list_count:
            return _("aucune candidature connue")
        return ngettext(
            "%(signed)s signataire sur %(count)d", "%(signed)s signataires sur %(count)d", self.signed_count
        ) % {"signed": self.kind.lists(self.signed_count), "count": self.list_count}


@dataclass(frozen=True, slots=True)
class LegendLine:
    """What a pattern means, and how many regions bear it."""

    level: int
    words: str
    count: int
    total: int
    is_known: bool = True


def legend(places: Sequence[MapRegion], kind: ElectionKind = ElectionKind.REGIONAL) -> list[LegendLine]:
    """The four patterns, and the fifth where the lists of a region are not known yet."""
    counts = Counter(place.level if place.is_known else None for place in places)
    words = [
        kind.none_yet,
        _("moins d’un tiers"),
        _("d’un tiers à deux tiers"),
        _("plus de deux tiers"),
    ]
    lines = [LegendLine(level, said, counts[level], len(places)) for level, said in enumerate(words)]
    if unknown := counts[None]:
        lines.append(LegendLine(0, _("candidatures pas encore connues"), unknown, len(places), is_known=False))
    return lines


def region_map(
    places: Iterable[Region], contests: Iterable[Contest], kind: ElectionKind = ElectionKind.REGIONAL
) -> list[MapRegion]:
    """The regions in the order of their names, with the counts of their contests added up.

    :param kind: That of the election: it says what is counted.
    :param contests: With ``list_count`` and ``signed_count``.
    """
    lists: dict[str, int] = defaultdict(int)
    signed: dict[str, int] = defaultdict(int)
    for contest in contests:
        lists[contest.region_id] += contest.list_count
        signed[contest.region_id] += contest.signed_count
    paths = outlines()
    return [
        MapRegion(region, paths.get(region.code, ""), lists[region.code], signed[region.code], kind)
        for region in places
    ]
