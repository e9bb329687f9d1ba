"""`/comparer/?listes=1,2`: two to four lists of one contest, principle by principle, in their own words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pledges import calendar
from pledges.enums import Round
from pledges.forms.comparing import ComparisonForm
from pledges.matrix import Cell, Matrix, Row, matrix
from pledges.models import CandidateList, Contest, Principle
from regions.pages import public_page


@dataclass(frozen=True, slots=True)
class Answers:
    """One principle, and what each list answers to it."""

    principle: Principle
    replies: Sequence[tuple[Row, Cell]]


def answers(table: Matrix, rows: Sequence[Row]) -> list[Answers]:
    """The matrix turned over: for each principle, the answers of these of its rows, in the order of the panels."""
    return [
        Answers(principle, [(row, row.cells[index]) for row in rows])
        for index, principle in enumerate(table.principles)
    ]


@public_page
def compare(request: HttpRequest) -> HttpResponse:
    """Side by side, in the order of the panels whatever the address says; what cannot be compared is explained."""
    form = ComparisonForm(request.GET)
    is_valid = form.is_valid()
    contest = form.known[0].contest if form.known else _asked(request)
    table = matrix(contest, _round_of(form.known) if is_valid else None) if contest else None
    chosen = {candidate_list.pk for candidate_list in form.known}
    rows = [row for row in table.rows if row.list.pk in chosen] if table and is_valid else []
    context = {
        "form": form,
        "contest": contest,
        "election": contest.election if contest else None,
        "crumbs": [(contest.region.name, contest.region.get_absolute_url())] if contest else [],
        "matrix": table,
        "chosen": chosen,
        "rows": rows,
        "counted": table.kind.lists(len(rows)) if table else "",
        "answers": answers(table, rows) if table and rows else [],
        "hush": calendar.silence_in(contest.region) if contest else None,
    }
    return render(request, "pledges/compare.html", context)


def _round_of(lists: Sequence[CandidateList]) -> Round:
    """The last round that these lists have in common: that of a merged list, else the one where all of them stood."""
    return max(set.intersection(*(set(candidate_list.rounds) for candidate_list in lists)))


def _asked(request: HttpRequest) -> Contest | None:
    """The contest whose form was sent without a list, so that nobody has to find their territory again."""
    key = request.GET.get("territoire", "")
    if not re.fullmatch(r"[0-9]{1,18}", key, re.ASCII):
        return None
    return Contest.objects.public().select_related("election__charter", "region").filter(pk=int(key)).first()
