"""`/signer/…`: find one's list, sign, and confirm from one's mailbox."""

from django.contrib.auth.decorators import login_not_required
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pledges import calendar, limits
from pledges.actions import signing as actions
from pledges.enums import STANDING, LinkPurpose
from pledges.forms import ConfirmForm, SigningForm
from pledges.matrix import all_cells, leaders_of
from pledges.models import Candidate, CandidateList, Contest, Election, MailLink, Pledge
from pledges.search import find_lists
from pledges.views.refusals import too_many
from regions.models import Region
from regions.search import find_places


@login_not_required
def find(request: HttpRequest) -> HttpResponse:
    """Find one's list by postcode, region or name, among those of the current election."""
    elections = Election.objects.current()
    query = request.GET.get("q", "").strip()
    places = find_places(query) if query else None
    lists: list[CandidateList] = []
    if places:
        of_election = CandidateList.objects.standing().filter(contest__election__in=elections).with_contest()
        lists = list(
            of_election.filter(contest__region__in=places.regions)
            .order_by("contest__region__norm", "contest__slug", "panel_number", "pk")
            .fetch_mode(models.FETCH_RAISE)
        )
        if not lists and not places.postal_code:
            lists = [found for found in find_lists(query) if found.contest.election in elections]
    leaders = leaders_of(lists)
    context = {
        "election": elections[0] if elections else None,
        "query": query,
        "places": places,
        "found": [(candidate_list, leaders.get(candidate_list.pk, [])) for candidate_list in lists],
        "regions": Region.objects.all(),
    }
    return render(request, "pledges/sign_find.html", context)


@login_not_required
@never_cache
def sign_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign for a list (its head or mandataire) or a binôme (both members)."""
    candidate_list = get_object_or_404(CandidateList.objects.standing().with_contest(), pk=pk)
    return _sign(request, candidate_list, None)


@login_not_required
@never_cache
def sign_candidate(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign for oneself alone, as a candidate of the official list."""
    candidate = get_object_or_404(
        Candidate.objects.standing().select_related(
            "candidate_list__contest__election__charter", "candidate_list__contest__region", "candidate_list__nuance"
        ),
        pk=pk,
    )
    return _sign(request, candidate.candidate_list, candidate)


def _sign(request: HttpRequest, candidate_list: CandidateList, candidate: Candidate | None) -> HttpResponse:
    contest: Contest = candidate_list.contest
    window = calendar.signing(contest.election, contest.region)
    context = {
        "list": candidate_list,
        "candidate": candidate,
        "contest": contest,
        "election": contest.election,
        "region": contest.region,
        "signing": window,
    }
    if not window.is_open:
        return render(request, "pledges/sign_closed.html", context)
    signed = Pledge.objects.filter(
        candidate_list=candidate_list, candidate=candidate, charter=contest.election.charter, state__in=STANDING
    )
    if signed.exists():
        return render(request, "pledges/sign_already.html", context)
    form = SigningForm(
        request.POST if request.method == "POST" else None, candidate_list=candidate_list, candidate=candidate
    )
    if form.is_valid():
        signers = form.signers()
        try:
            limits.admit_signature(request, candidate_list, [signer.email for signer in signers], proved=form.is_proved)
            actions.submit(candidate_list, candidate=candidate, signers=signers, replies=form.replies())
        except limits.TooManyError as error:
            return too_many(request, "pledges/sign.html", {**context, "form": form}, error)
        except actions.SigningClosedError as error:  # midnight struck while the form was being written
            form.add_error(None, str(error))
        else:
            return redirect("sign-sent")
    status = 422 if form.is_bound else 200
    return render(request, "pledges/sign.html", {**context, "form": form}, status=status)


@login_not_required
def sent(request: HttpRequest) -> HttpResponse:
    """The same page for everyone: it never tells whether an address is known."""
    return render(request, "pledges/sign_sent.html")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link of a mail. GET shows, only POST confirms; opened again, it says what happened."""
    link = MailLink.objects.for_token(token, LinkPurpose.CONFIRM).with_pledge().first()
    if link is None:
        return render(request, "pledges/confirm_unknown.html", status=404)
    pledge = link.signatory.pledge
    context = {
        "link": link,
        "signatory": link.signatory,
        "pledge": pledge,
        "list": pledge.candidate_list,
        "cells": all_cells(pledge, pledge.charter.principles.all()),
        "others": pledge.signatories.exclude(pk=link.signatory_id),
    }
    if link.signatory.confirmed_at:
        return render(request, "pledges/confirm_done.html", context)
    if not link.is_usable:
        return render(request, "pledges/confirm_expired.html", context, status=410)
    form = ConfirmForm(request.POST if request.method == "POST" else None, signatory=link.signatory)
    if form.is_valid():
        try:
            actions.confirm(link, accepts_contact=form.cleaned_data.get("accepts_contact"))
        except actions.AlreadySignedError as error:
            return render(request, "pledges/confirm_rival.html", {**context, "reason": str(error)}, status=409)
        except actions.LinkUnusableError:
            pass  # spent a moment ago, by another tab or a second click: the page now says what happened
        return redirect("confirm", token=token)
    status = 422 if form.is_bound else 200
    return render(request, "pledges/confirm.html", {**context, "form": form}, status=status)
