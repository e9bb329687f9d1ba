"""The map of the 18 regions, and the same in words."""

import functools
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import regions
from pledges.models import Contest
from regions.models import Region

MAP_FILE = Path(regions.__file__).parent / "data" / "carte-regions.json"
LEVELS = 3  # besides « none »: shades and patterns that stay readable


@functools.cache
def outlines() -> tuple[str, dict[str, str]]:
    """The view box and the SVG path of each region, by INSEE code (IGN Admin Express, Licence Ouverte)."""
    drawing = json.loads(MAP_FILE.read_text(encoding="utf-8"))
    return drawing["viewBox"], drawing["paths"]


@dataclass(frozen=True, slots=True)
class MapRegion:
    """One region of the map: where it leads, what it says, how dense its pattern is."""

    region: Region
    path: str
    list_count: int
    signed_count: int

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
    def level(self) -> int:
        """0 when no list has signed, then the third of the lists that has: 1, 2, 3."""
        if not self.signed_count:
            return 0
        return min(LEVELS, 1 + LEVELS * self.signed_count // (self.list_count + 1))

    @property
    def label(self) -> str:
        if not self.list_count:
            return _("aucune liste connue")
        return ngettext(
            "%(signed)d liste signataire sur %(count)d",
            "%(signed)d listes signataires sur %(count)d",
            self.signed_count,
        ) % {"signed": self.signed_count, "count": self.list_count}


def region_map(places: Iterable[Region], contests: Iterable[Contest]) -> list[MapRegion]:
    """The regions in the order of their names, with the counts of their contests added up.

    :param contests: With ``list_count`` and ``signed_count``.
    """
    lists: dict[str, int] = defaultdict(int)
    signed: dict[str, int] = defaultdict(int)
    for contest in contests:
        lists[contest.region_id] += contest.list_count
        signed[contest.region_id] += contest.signed_count
    paths = outlines()[1]
    return [MapRegion(region, paths.get(region.code, ""), lists[region.code], signed[region.code]) for region in places]
