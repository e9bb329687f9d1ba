"""`/signer/invitation/…`: the link of an invitation, and the one that refuses any other.

Opening either changes nothing: scanners of mail open everything.
"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pledges import calendar, invitation_keys, second_round
from pledges.actions import campaigns
from pledges.draft import INVITED, Draft
from pledges.invitation_keys import UnknownKeyError
from pledges.models import Invitation


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """Which list is asked. Going on remembers, in this browser alone, that one came by here."""
    try:
        asked = _found(key)
    except UnknownKeyError:
        return render(request, "pledges/invitation_unknown.html", status=404)
    if asked is None:
        return render(request, "pledges/invitation_trial.html")
    context = _context(asked, key)
    if asked.candidate_list.left_at:
        return render(request, "pledges/invitation_left.html", context, status=410)
    if request.method == "POST" and context["signing"].is_open:
        path = reverse("sign-list", args=[asked.candidate_list_id])
        draft = Draft.read(request, path)
        draft.keep(INVITED, {"key": key})
        return draft.save(redirect(path))
    return render(request, "pledges/invitation.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest, key: str) -> HttpResponse:
    """Ask to be left alone: GET shows, POST does; done already, it says so."""
    try:
        asked = _found(key)
    except UnknownKeyError:
        return render(request, "pledges/invitation_unknown.html", status=404)
    if asked is None:
        return render(request, "pledges/invitation_trial.html")
    if request.method == "POST":
        campaigns.refuse(asked)
        return redirect("invitation-refuse", key=key)
    is_refused = Invitation.objects.filter(candidate_list=asked.candidate_list).refused().exists()
    return render(request, "pledges/invitation_refuse.html", {**_context(asked, key), "is_refused": is_refused})


def _found(key: str) -> Invitation | None:
    """The invitation of a key; None for that of a trial.

    :raises UnknownKeyError: When the key is nobody's.
    """
    number = invitation_keys.owner_of(key)
    if number is None:
        return None
    found = Invitation.objects.select_related(
        "candidate_list__contest__election__charter", "candidate_list__contest__region"
    )
    try:
        return found.get(pk=number, campaign__isnull=False)
    except Invitation.DoesNotExist as error:
        raise UnknownKeyError from error


def _context(asked: Invitation, key: str) -> dict[str, Any]:
    contest = asked.candidate_list.contest
    return {
        "key": key,
        "invitation": asked,
        "list": asked.candidate_list,
        "contest": contest,
        "election": contest.election,
        "networks": contest.region.networks.all(),
        "signing": second_round.signing_of(asked.candidate_list, silence=calendar.silence_in(contest.region)),
    }
