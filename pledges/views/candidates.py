"""`/candidats/<id>-<slug>/`: one candidate, their place, and their own pledge if any."""

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from pledges import calendar, last_change, mandates, second_round, structured
from pledges.enums import Fate
from pledges.matrix import cells, standing, withdrawal_reason
from pledges.models import Candidate, Pledge
from regions.pages import public_page


@public_page
def candidate(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """A personal pledge is one thing, the list's another: the page says which is which."""
    person = get_object_or_404(
        Candidate.objects.official().select_related(
            "candidate_list__contest__election__charter", "candidate_list__contest__region", "earlier__candidate_list"
        ),
        pk=pk,
    )
    if request.path != person.get_absolute_url():
        return redirect(person, permanent=True)
    contest = person.candidate_list.contest
    pledges = list(
        Pledge.objects.public()
        .filter(candidate_list=person.candidate_list, charter=contest.election.charter)
        .with_answers()
        .order_by("published_at", "pk")
        .fetch_mode(models.FETCH_RAISE)
    )
    own = [pledge for pledge in pledges if pledge.candidate_id == person.pk]
    of_list = [pledge for pledge in pledges if not pledge.is_personal]
    silence = calendar.silence_in(contest.region)
    at = calendar.stands_at(contest.region, silence)
    as_of = second_round.answers_as_of(contest, person.candidate_list.rounds[-1], at)
    mandate = mandates.mandate_of(person, at)
    crumbs = [
        (contest.region.name, contest.region.get_absolute_url()),
        (person.candidate_list.name, person.candidate_list.get_absolute_url()),
    ]
    context = {
        "candidate": person,
        "list": person.candidate_list,
        "crumbs": crumbs,
        "structured": structured.described(
            structured.person(person, title=mandate.title if mandate else ""),
            structured.breadcrumb(crumbs, person.full_name, request.path),
        ),
        "contest": contest,
        "region": contest.region,
        "election": contest.election,
        "changed_at": last_change.of_candidate(person),
        "mandate": mandate,
        "cells": cells(own[-1] if own else None, contest.election.charter.principles.all()),
        "pledge": own[-1] if own else None,
        "reason": withdrawal_reason(own[-1] if own else None),
        "standing": standing(own[-1], as_of) if own else _("pas de signature à titre personnel"),
        "list_standing": standing(of_list[-1] if of_list else None, as_of),
        "later": _later(person),
        "hush": silence,
        "signing": second_round.signing_of(person.candidate_list, silence=silence),
    }
    return render(request, "pledges/candidate.html", context)


def _later(person: Candidate) -> Candidate | None:
    """The same person's place on the list that a merger made of theirs, if any."""
    if person.candidate_list.fate != Fate.MERGED:
        return None
    return person.later.filter(left_at=None).select_related("candidate_list").first()
