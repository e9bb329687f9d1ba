"""`/signer/confirmer/…` and `/signer/code/`: the signer confirms from their mailbox."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pledges import limits
from pledges.actions import signing as actions
from pledges.actions.links import exchange_code
from pledges.draft import Draft
from pledges.enums import LinkPurpose
from pledges.forms import CodeForm, ConfirmForm
from pledges.matrix import all_cells
from pledges.models import MailLink, Pledge
from pledges.views.refusals import too_many


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
    }
    if link.signatory.confirmed_at:
        return render(request, "pledges/confirm_done.html", context)
    if not link.is_usable:
        return render(request, "pledges/confirm_expired.html", context, status=410)
    form = ConfirmForm(request.POST if request.method == "POST" else None, signatory=link.signatory)
    if form.is_valid():
        response = redirect("confirm", token=token)
        try:
            actions.confirm(link, accepts_contact=form.cleaned_data.get("accepts_contact"))
            _forget_draft(pledge, response)
        except actions.AlreadySignedError as error:
            return render(request, "pledges/confirm_rival.html", {**context, **_turn_to(pledge, error)}, status=409)
        except actions.LinkUnusableError:
            pass  # spent a moment ago, by another tab or a second click: the page now says what happened
        return response
    asked = {**context, "form": form, "cells": all_cells(pledge, pledge.charter.principles.all())}
    return render(request, "pledges/confirm.html", asked, status=422 if form.is_bound else 200)


def _turn_to(pledge: Pledge, error: actions.AlreadySignedError) -> dict[str, object]:
    """Why it is refused, and who can tell more."""
    return {"reason": str(error), "networks": pledge.candidate_list.contest.region.networks.all()}


def _forget_draft(pledge: Pledge, response: HttpResponse) -> None:
    """The draft has become a pledge: where it was written in this browser, it is erased."""
    Draft.forget_at(pledge.signing_url, pledge.charter.principles.values_list("number", flat=True), response)


@login_not_required
@never_cache
def code(request: HttpRequest) -> HttpResponse:
    """Type the short code of a mail instead of opening its link: it leads to the same page, which still asks."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            limits.admit_code(request)
            purpose, token = exchange_code(form.cleaned_data["code"])
        except limits.TooManyError as error:
            return too_many(request, "pledges/code.html", {"form": form}, error)
        except actions.LinkUnusableError as error:
            form.add_error("code", str(error))
        else:
            return redirect(purpose, token=token)
    return render(request, "pledges/code.html", {"form": form}, status=422 if form.is_bound else 200)
