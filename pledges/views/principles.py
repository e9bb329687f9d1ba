"""`/principes/<n>/`: the exact text, what it means, and who committed, by region."""

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from pledges import calendar, structured
from pledges.enums import Answer, PledgeState, Round
from pledges.models import CandidateList, Charter, Commitment, Election, Principle
from regions.pages import public_page


@public_page
def principle(request: HttpRequest, number: int) -> HttpResponse:
    """One principle of the charter of the current election, or of the latest charter before any is prepared."""
    elections = Election.objects.current(calendar.shown_at().date())
    charter = Charter.objects.shown_with(elections)
    if charter is None:
        raise Http404
    shown = get_object_or_404(Principle, charter=charter, number=number)
    commitments = (
        Commitment.objects.filter(
            principle=shown,
            answer=Answer.COMMITS,
            pledge__state=PledgeState.PUBLISHED,
            pledge__candidate=None,
            pledge__candidate_list__left_at=None,
            pledge__candidate_list__round=Round.FIRST,
            pledge__candidate_list__contest__election__in=elections,
        )
        .select_related("pledge__candidate_list__contest__region")
        .order_by(
            "pledge__candidate_list__contest__region__norm",
            "pledge__candidate_list__contest__slug",
            "pledge__candidate_list__panel_number",
            "pk",
        )
        .fetch_mode(models.FETCH_RAISE)
    )
    lists = CandidateList.objects.standing().filter(contest__election__in=elections)
    context = {
        "principle": shown,
        "structured": structured.breadcrumb([], str(shown), request.path),
        "charter": charter,
        "principles": charter.principles.all(),
        "elections": elections,
        "commitments": commitments,
        "list_count": lists.of_round(Round.FIRST).count(),
    }
    return render(request, "pledges/principle.html", context)
