"""`/listes/<id>-<slug>/`: a list or a binôme, who is on it, and what it undertakes."""

import datetime
from itertools import groupby

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from pledges import calendar, last_change, second_round, structured
from pledges.enums import Round
from pledges.mandates import mandates_from
from pledges.matrix import Origin, cells, leaders_of, origins, standing, withdrawal_reason
from pledges.models import CandidateList, Pledge
from pledges.outcomes import outcomes_for, outcomes_of
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
    people = list(shown.candidates.standing().in_list_order().fetch_mode(models.FETCH_RAISE))
    for person in people:
        person.candidate_list = shown  # a member's place says that it is a binôme's
    sections = [(name, list(members)) for name, members in groupby(people, key=lambda one: one.section_name)]
    own = [pledge for pledge in pledges if not pledge.is_personal]
    crumbs = [(contest.region.name, contest.region.get_absolute_url())]
    silence = calendar.silence_in(contest.region)
    at = calendar.stands_at(contest.region, silence)
    elected = mandates_from(shown, at)
    as_of = second_round.answers_as_of(contest, shown.rounds[-1], at)
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
        "reason": withdrawal_reason(own[-1] if own else None),
        "standing": standing(own[-1] if own else None, as_of),
        "personal_pledges": [pledge for pledge in pledges if pledge.is_personal and pledge.is_published],
        "sections": sections,
        "elected": elected,
        "sitting": {mandate.official.candidate_id for mandate in elected},
        "outcomes": outcomes_for(shown, outcomes_of(contest)),
        "fate": shown.fate_in_words,
        "mergers": shown.mergers.filter(left_at=None),
        "origins": _origins(shown, at),
        "hush": silence,
        "signing": second_round.signing_of(shown, silence=silence),
    }
    return render(request, "pledges/list.html", context)


def _origins(shown: CandidateList, at: datetime.datetime) -> list[Origin]:
    """The lists that this one comes from, and what each had answered for itself; none unless a merger made it."""
    if shown.round == Round.FIRST:
        return []
    charter = shown.contest.election.charter
    said = Pledge.objects.last_words().filter(candidate_list__mergers=shown, charter=charter)
    pledges = {pledge.candidate_list_id: pledge for pledge in said.prefetch_related("commitments")}
    then = second_round.answers_as_of(shown.contest, Round.FIRST, at)
    return origins(shown, pledges, charter.principles.all(), then)
