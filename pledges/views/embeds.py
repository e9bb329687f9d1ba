"""`/integrer/…`: small cards for other people's pages; the only pages of the portal that may be framed."""

import textwrap
from collections.abc import Callable, Collection

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override

from pledges import calendar, second_round
from pledges.matrix import cells, standing
from pledges.models import CandidateList, Contest, Election, Pledge
from regions.models import Region
from regions.pages import public_page

# As strict as any page, stricter where a card needs less: no script runs, and nothing is sent.
FRAMED_BY_ANYONE: dict[str, Collection[str]] = {
    **settings.SECURE_CSP,
    "script-src": [CSP.NONE],
    "connect-src": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": ["*"],
}
BADGE_LETTERS = 26  # of a list's name, on each of two lines: what the drawing has room for, even in capitals


def embeddable[**P](view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """A public page that any site may show in a frame: without a form or a script, no click can be stolen."""
    return public_page(xframe_options_exempt(csp_override(FRAMED_BY_ANYONE)(view)))


@public_page
def how_to_embed(request: HttpRequest) -> HttpResponse:
    """What can be shown elsewhere, and the code to copy."""
    return render(request, "pledges/embed.html", {"regions": Region.objects.order_by("norm")})


@embeddable
def embedded_region(request: HttpRequest, slug: str) -> HttpResponse:
    """How many lists of a region signed, election by election."""
    region = get_object_or_404(Region, slug=slug)
    current = Election.objects.current_in(region, calendar.shown_at(region).date())
    contests = list(Contest.objects.public().filter(region=region, election__in=current).with_counts())
    votes = []
    for election in current:
        its_own = [contest for contest in contests if contest.election_id == election.pk]
        if its_own:
            votes.append(
                {
                    "election": election,
                    "signed_count": sum(contest.signed_count for contest in its_own),
                    "list_count": sum(contest.list_count for contest in its_own),
                }
            )
    here = {contest.election_id for contest in contests}
    invented = next((election for election in current if election.is_demonstration and election.pk in here), None)
    return render(request, "pledges/embed_region.html", {"region": region, "votes": votes, "invented": invented})


@embeddable
def embedded_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a list stands, and what it answers to each principle."""
    shown = get_object_or_404(CandidateList.objects.official().with_contest(), pk=pk)
    election = shown.contest.election
    pledge = Pledge.objects.last_words().filter(candidate_list=shown, charter=election.charter).with_answers().last()
    context = {
        "list": shown,
        "contest": shown.contest,
        "election": election,
        "is_signed": pledge is not None and pledge.is_published,
        "cells": cells(pledge, election.charter.principles.all()),
        "standing": standing(pledge, second_round.answers_as_of(shown.contest, shown.rounds[-1])),
    }
    return render(request, "pledges/embed_list.html", context)


@public_page
def badge(request: HttpRequest, pk: int) -> HttpResponse:
    """« Signataire de la charte », and the list's name: for a list whose pledge is published, as long as it is."""
    signed = Pledge.objects.published().for_lists().values("candidate_list")
    shown = get_object_or_404(CandidateList.objects.standing().filter(pk__in=signed), pk=pk)
    lines = textwrap.wrap(shown.name, BADGE_LETTERS, max_lines=2, placeholder="…")
    context = {"list": shown, "lines": lines}
    return render(request, "pledges/badge.svg", context, content_type="image/svg+xml")
