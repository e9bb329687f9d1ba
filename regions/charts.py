"""A figure of the ESS over the years, as bars that start at zero."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from regions.enums import Measure
from regions.models import Indicator

# In units of the drawing, whole so that no language writes them with a comma.
STEP, BAR, TALLEST, HEADROOM, FOOT = 64, 40, 120, 22, 24


@dataclass(frozen=True, slots=True)
class Bar:
    """One published figure, and where its bar stands in the drawing."""

    figure: Indicator
    x: int
    y: int
    height: int
    width: int = BAR

    @property
    def middle(self) -> int:
        return self.x + BAR // 2

    @property
    def above(self) -> int:
        """Where its value is written."""
        return self.y - 6


@dataclass(frozen=True, slots=True)
class Chart:
    """The figures of one measure and one base, oldest first: others are not compared."""

    bars: tuple[Bar, ...]
    ground: int = HEADROOM + TALLEST
    height: int = HEADROOM + TALLEST + FOOT

    @property
    def width(self) -> int:
        return STEP * len(self.bars)

    @property
    def year_line(self) -> int:
        """Where the years are written."""
        return self.height - 6

    @property
    def sources(self) -> list[str]:
        """Who published the figures, each once, the oldest first."""
        return list(dict.fromkeys(bar.figure.source for bar in self.bars))

    @property
    def first(self) -> Indicator:
        return self.bars[0].figure

    @property
    def last(self) -> Indicator:
        return self.bars[-1].figure


def _chart(figures: list[Indicator]) -> Chart:
    largest = max(figure.value for figure in figures) or 1
    heights = [round(TALLEST * figure.value / largest) for figure in figures]
    return Chart(
        tuple(
            Bar(figure, x=STEP * n + (STEP - BAR) // 2, y=HEADROOM + TALLEST - height, height=height)
            for n, (figure, height) in enumerate(zip(figures, heights, strict=True))
        )
    )


def not_drawn(indicators: Iterable[Indicator], charts: Iterable[Chart]) -> list[Indicator]:
    """The figures that no chart shows: a page gives each once."""
    drawn = {bar.figure for chart in charts for bar in chart.bars}
    return [figure for figure in indicators if figure not in drawn]


def job_shares(indicators: Iterable[Indicator]) -> list[Chart]:
    """The charts of the part of employment in one territory: one for each base that has at least two years.

    :param indicators: Those of one region or department, in any order. Two sources of a year have a bar each.
    """
    shares = sorted(
        (figure for figure in indicators if figure.measure == Measure.JOB_SHARE),
        key=lambda figure: (figure.base, figure.year, figure.source),
    )
    bases = [list(figures) for _base, figures in groupby(shares, key=lambda figure: figure.base)]
    return [_chart(figures) for figures in bases if len({figure.year for figure in figures}) > 1]
