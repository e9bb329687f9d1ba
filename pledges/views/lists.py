"""`/listes/<id>-<slug>/`: a list or a binôme, who is on it, and what it undertakes."""

from itertools import groupby

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from pledges import calendar, last_change, structured
from pledges.matrix import cells, leaders_of, standing, withdrawal_reason
from pledges.models import CandidateList, Pledge
from regions.pages import public_page


@public_page
def candidate_list(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """The list's answers in its own words, its candidates by section, and those who signed for themselves."""
    shown = get_object_or_404(CandidateList.objects.official().with_contest(), pk=pk)
    if request.path != shown.get_absolute_url():
        return redirect(shown, permanent=True)
    contest = shown.contest
    pledges = list(
        Pledge.objects.public()
        .filter(candidate_list=shown, charter=contest.election.charter)
        .with_answers()
        .order_by("published_at", "pk")
        .fetch_mode(models.FETCH_RAISE)
    )
    people = shown.candidates.standing().in_list_order().fetch_mode(models.FETCH_RAISE)
    sections = [(name, list(members)) for name, members in groupby(people, key=lambda person: person.section_name)]
    own = [pledge for pledge in pledges if not pledge.is_personal]
    crumbs = [(contest.region.name, contest.region.get_absolute_url())]
    context = {
        "list": shown,
        "crumbs": crumbs,
        "structured": structured.described(
            structured.group(shown), structured.breadcrumb(crumbs, shown.name, request.path)
        ),
        "contest": contest,
        "region": contest.region,
        "election": contest.election,
        "changed_at": last_change.of_list(shown),
        "cells": cells(own[-1] if own else None, contest.election.charter.principles.all()),
        "leaders": leaders_of([shown]).get(shown.pk, []),
        "pledge": own[-1] if own else None,
        "reason": withdrawal_reason(own[-1] if own else None, contest.region),
        "standing": standing(own[-1] if own else None, calendar.answers_as_of(contest.election, contest.region)),
        "personal_pledges": [pledge for pledge in pledges if pledge.is_personal and pledge.is_published],
        "sections": sections,
        "signing": calendar.signing(contest.election, contest.region),
    }
    return render(request, "pledges/list.html", context)
