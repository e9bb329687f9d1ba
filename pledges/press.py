"""What a newsroom takes away: the figures of an election, each with its denominator, its moment, a sentence to quote.

The figures are those of `pledges/totals.py`, as on the election's own page.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges import calendar, last_change
from pledges.drawing import one_line
from pledges.kept import Drawing
from pledges.matrix import Total
from pledges.models import Election
from pledges.totals import election_totals
from regions.typography import day, hour, typeset

# In units of the drawing, whole so that no language writes them with a comma.
WIDTH, MARGIN, HEAD, STEP, BAR, FOOT = 540, 24, 104, 56, 16, 54
TRACK = WIDTH - 2 * MARGIN
LETTERS = 40  # of a name: what the chart has room for; the table beside it has all of it
SCALE = 3  # pixels for each unit, once it is a picture
PRINCIPLES, TERRITORIES = CHARTS = ("principes", "territoires")  # the names of the charts, in their addresses


@dataclass(frozen=True, slots=True)
class Figure:
    """So many lists out of so many, what it is the figure of, and the sentence that says it."""

    label: str
    count: int
    total: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure, and where its bar stands in the drawing."""

    figure: Figure
    y: int
    height: int = BAR
    track: int = TRACK

    @property
    def label(self) -> str:
        return Truncator(self.figure.label).chars(LETTERS)

    @property
    def length(self) -> int:
        return round(TRACK * self.figure.count / self.figure.total) if self.figure.total else 0

    @property
    def above(self) -> int:
        """Where its words are written."""
        return self.y - 8


@dataclass(frozen=True, slots=True)
class BarChart:
    """Figures side by side, each on the length of its own denominator: in the order of the pages, never ranked."""

    name: str
    election: str
    what: str
    source: str
    note: str
    figures: Sequence[Figure]

    @property
    def title(self) -> str:
        """What it shows, of which election."""
        return _("%(election)s : %(what)s") % {"election": self.election, "what": self.what}

    @property
    def bars(self) -> list[Bar]:
        return [Bar(figure, HEAD + STEP * number) for number, figure in enumerate(self.figures)]

    @property
    def width(self) -> int:
        return WIDTH

    @property
    def right(self) -> int:
        """Where the counts end."""
        return WIDTH - MARGIN

    @property
    def height(self) -> int:
        return HEAD + STEP * len(self.figures) + FOOT

    @property
    def feet(self) -> list[tuple[str, int]]:
        """Its source and its day, and where they are written."""
        return [(self.source, self.height - 36), (self.note, self.height - 16)]

    def svg(self) -> str:
        """The drawing as a file of its own."""
        return one_line(typeset(render_to_string("pledges/bars.svg", {"chart": self, "alone": True})))

    def png(self) -> Drawing:
        """The same drawing as a picture."""
        size = {"width": WIDTH * SCALE, "height": self.height * SCALE}
        return Drawing("chart.typ", "png", {"language": "fr", "title": self.title, "svg": self.svg(), **size})


@dataclass(frozen=True, slots=True)
class ElectionFigures:
    """All that is counted of an election at a moment."""

    election: Election
    whole: Figure
    by_principle: BarChart
    by_region: BarChart
    first_is_over: bool
    """Whether they are said to be of the first round: another may have begun, whose lists are counted apart."""
    table: Sequence[Sequence[int]]
    """For each region, how many of its lists commit to each principle."""

    @property
    def charts(self) -> dict[str, BarChart]:
        """Its charts, by the name that their files have."""
        return {chart.name: chart for chart in (self.by_principle, self.by_region)}


def figures_of(election: Election, at: datetime.datetime | None = None) -> ElectionFigures:
    """Count an election, in three queries.

    :param election: With its charter.
    :param at: The moment that the sentences name: now by default, or the last one before a silence began.
    """
    local = timezone.localtime(at or last_change.shown_at(election), timezone.get_default_timezone())
    contests = list(
        election.contests.public().select_related("election", "region").with_counts().order_by("region__norm", "slug")
    )
    totals = election_totals(election, contests)
    said = _Said(election, local)
    name = said.name()
    list_count = sum(place.list_count for place in totals.regions)
    signed_count = sum(place.signed_count for place in totals.regions)
    return ElectionFigures(
        election=election,
        whole=said.signed(election.name, name, signed_count, list_count),
        by_principle=BarChart(
            PRINCIPLES,
            name,
            _("%s qui s’engagent, principe par principe") % election.choice.many,
            said.source,
            said.note,
            [said.committed(total) for total in totals.totals],
        ),
        by_region=BarChart(
            TERRITORIES,
            name,
            _("%s signataires, territoire par territoire") % election.choice.many,
            said.source,
            said.note,
            [
                said.signed(place.region.name, said.name(place.region.name), place.signed_count, place.list_count)
                for place in totals.regions
            ],
        ),
        first_is_over=said.first_is_over,
        table=[[total.count for total in place.totals] for place in totals.regions],
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """How the figures of an election are said at a moment."""

    election: Election
    at: datetime.datetime

    @property
    def first_is_over(self) -> bool:
        return calendar.is_past_first_round(self.election, self.at)

    def name(self, territory: str = "") -> str:
        """« Régionales, Bretagne », and of which round its figures are once the first is over."""
        name = ", ".join(filter(None, (self.election.name, territory)))
        return _("%s, premier tour") % name if self.first_is_over else name

    @property
    def source(self) -> str:
        """Where a figure comes from."""
        return _("Source : Engagements ESS, %s.") % _host()

    @property
    def note(self) -> str:
        """What a chart bears of its moment: the day alone, so that it is not drawn anew each minute."""
        moment = _("Au %s.") % day(self.at)
        return f"{moment} {self._warning}".strip()

    def signed(self, label: str, what: str, count: int, total: int) -> Figure:
        """How many lists signed.

        :param what: The election, and the territory if it is one's figure.
        """
        words = ngettext(
            "%(what)s : au %(moment)s, %(lists)s sur %(total)d a signé la charte.",
            "%(what)s : au %(moment)s, %(lists)s sur %(total)d ont signé la charte.",
            count,
        )
        if not count:
            words = _("%(what)s : au %(moment)s, %(none)s sur %(total)d n’a signé la charte.")
        return Figure(label, count, total, self._quotable(self._sentence(words, what, count, total)))

    def committed(self, total: Total) -> Figure:
        """How many lists commit to a principle."""
        words = ngettext(
            "%(what)s : au %(moment)s, %(lists)s sur %(total)d s’engage sur le principe %(number)d, « %(principle)s ».",
            "%(what)s : au %(moment)s, %(lists)s sur %(total)d s’engagent sur le principe %(number)d,"
            " « %(principle)s ».",
            total.count,
        )
        if not total.count:
            words = _(
                "%(what)s : au %(moment)s, %(none)s sur %(total)d ne s’engage sur le principe %(number)d,"
                " « %(principle)s »."
            )
        sentence = self._sentence(
            words,
            self.name(),
            total.count,
            total.total,
            number=total.principle.number,
            principle=total.principle.short,
        )
        return Figure(str(total.principle), total.count, total.total, self._quotable(sentence))

    def _sentence(self, words: str, what: str, count: int, total: int, **more: int | str) -> str:
        """A count in words, where there is something to count: nothing is said of lists that nobody knows yet."""
        if not total:
            words = _("%(what)s : au %(moment)s, les candidatures ne sont pas encore connues.")
        moment = _("%(day)s à %(hour)s") % {"day": day(self.at), "hour": hour(self.at)}
        kind = self.election.choice
        said = {"what": what, "moment": moment, "total": total, "lists": kind.lists(count), "none": kind.no_list()}
        return words % (said | more)

    def _quotable(self, sentence: str) -> str:
        return f"{self._warning} {sentence} {self.source}".strip()

    @property
    def _warning(self) -> str:
        return _("Démonstration, tout est inventé.") if self.election.is_demonstration else ""


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or ""
