"""`/presse/`: figures to quote, with their charts and tables to take away."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from pledges import calendar, structured
from pledges.models import Election
from pledges.press import BarChart, ElectionFigures, figures_of
from pledges.views.drawn import drawn
from regions.csv_cells import write_rows
from regions.pages import attached, public_page


@public_page
def press(request: HttpRequest) -> HttpResponse:
    """The elections of the moment, in figures that may be quoted."""
    context = {
        "votes": [figures_of(election) for election in Election.objects.current(calendar.shown_at().date())],
        "structured": structured.breadcrumb([], _("Presse"), request.path),
    }
    return render(request, "pledges/press.html", context)


@public_page
def press_svg(request: HttpRequest, slug: str, chart: str) -> HttpResponse:
    """A chart, for whoever lays out a page."""
    _figures, shown = _chart(slug, chart)
    return attached(HttpResponse(shown.svg(), content_type="image/svg+xml"), f"{slug}-{chart}.svg")


@public_page
def press_png(request: HttpRequest, slug: str, chart: str) -> HttpResponse:
    """The same chart, for whoever wants a picture."""
    _figures, shown = _chart(slug, chart)
    return drawn(request, shown.png(), f"{slug}-{chart}")


@public_page
def press_table(request: HttpRequest, slug: str, chart: str) -> HttpResponse:
    """The figures of a chart, for a spreadsheet."""
    figures, shown = _chart(slug, chart)
    lists = figures.election.choice.many
    header: list[object] = [_("quoi"), _("%s qui s’engagent") % lists, lists, _("phrase à citer")]
    rows: list[list[object]] = [[it.label, it.count, it.total, it.sentence] for it in shown.figures]
    if shown is figures.by_region:
        header[1:3] = [_("%s signataires") % lists, lists, *(it.label for it in figures.by_principle.figures)]
        for row, counts in zip(rows, figures.table, strict=True):
            row[3:3] = counts
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    write_rows(response, header, rows)
    return attached(response, f"{slug}-{chart}.csv")


def _chart(slug: str, name: str) -> tuple[ElectionFigures, BarChart]:
    """The figures of an election, and the chart of that name.

    :raises Http404: When there is no such election, chart, or list to count.
    """
    figures = figures_of(get_object_or_404(Election.objects.select_related("charter"), slug=slug))
    if name not in figures.charts or not figures.whole.total:
        raise Http404
    return figures, figures.charts[name]
