"""The receipt, for its signer; `/verifier/…`, for whoever holds the paper."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from pledges import issuing
from pledges.codes import in_groups, read_code
from pledges.drawing import DrawingError
from pledges.enums import STANDING, Act, PledgeState
from pledges.file_digest import DigestUploadHandler
from pledges.forms import CODE_PARAMETER, RECEIPT_LIMIT, ReceiptCodeForm, ReceiptFileForm
from pledges.matrix import all_cells
from pledges.models import Pledge, Receipt, Signatory
from pledges.views.private_page import by_link


@by_link
def download(request: HttpRequest, token: str, signatory: Signatory) -> HttpResponse:
    """The receipt of what the pledge says now, made at once if no task has done it yet."""
    try:
        receipt = issuing.issue(signatory.pledge_id)
        if receipt is None:
            return redirect("private", token=token)
        pdf = receipt.pdf()
    except (DrawingError, OSError) as error:
        issuing.log_failure(signatory.pledge_id, error)
        return render(request, "pledges/receipt_late.html", {"token": token}, status=503)
    name = slugify(str(signatory.pledge.signer))[:60].strip("-") or "engagement"
    attachment = content_disposition_header(True, f"recu-{name}.pdf")  # noqa: FBT003  Django's own signature
    return HttpResponse(pdf, content_type="application/pdf", headers={"Content-Disposition": attachment})


@login_not_required
@never_cache
@require_safe
def verify_form(request: HttpRequest) -> HttpResponse:
    """Type the code of a receipt."""
    form = ReceiptCodeForm(request.GET if CODE_PARAMETER in request.GET else None)
    if form.is_valid():
        return redirect("verify-code", code=in_groups(form.cleaned_data["code"]))
    return render(request, "pledges/verify_form.html", {"form": form}, status=422 if form.is_bound else 200)


@login_not_required
@never_cache
@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """What the record holds of a pledge: nothing that its paper does not say, and nothing of what was taken back."""
    pledge = _find(code)
    if pledge is None:
        return render(request, "pledges/verify_unknown.html", status=404)
    if code != pledge.shown_code:
        return redirect("verify-code", code=pledge.shown_code)
    latest = pledge.latest()
    is_shown = pledge.published_at is not None and latest.state in STANDING
    contest = pledge.candidate_list.contest
    context = {
        "pledge": pledge,
        "latest": latest,
        "is_shown": is_shown,
        "ended": latest.state in {PledgeState.WITHDRAWN, PledgeState.DECLINED},
        "contest": contest,
        "election": contest.election,
        "fingerprint": in_groups(pledge.charter_id, " "),
        "cells": all_cells(pledge, pledge.charter.principles.all()) if is_shown else [],
        "signatories": pledge.signatories.all() if is_shown else [],
        "receipts": pledge.receipts.all() if is_shown else [],
        "successor": pledge.successor(),
        "was_declared": pledge.entries.filter(act=Act.PLEDGE_MATCHED).exists(),
    }
    return render(request, "pledges/verify.html", context)


# The body is read by our own handler, that must be there before the token is looked for.
@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify_file(request: HttpRequest, code: str) -> HttpResponse:
    """Say whether a file is, byte for byte, a receipt issued for this code. The file is hashed and dropped."""
    request.upload_handlers = [DigestUploadHandler(RECEIPT_LIMIT)]
    return _verify_file(request, code)


@csrf_protect
def _verify_file(request: HttpRequest, code: str) -> HttpResponse:
    pledge = _find(code)
    if pledge is None:
        return render(request, "pledges/verify_unknown.html", status=404)
    if request.method != "POST" and code != pledge.shown_code:
        return redirect("verify-file", code=pledge.shown_code)
    form = ReceiptFileForm(request.POST, request.FILES) if request.method == "POST" else ReceiptFileForm()
    context = {"pledge": pledge, "form": form, "latest": pledge.latest(), "checked": form.is_valid()}
    if form.is_valid():
        sha256 = form.cleaned_data["file"].sha256
        context |= {"sha256": sha256, "receipt": Receipt.objects.filter(pledge=pledge, pdf_sha256=sha256).first()}
    return render(request, "pledges/verify_file.html", context, status=422 if form.errors else 200)


def _find(typed: str) -> Pledge | None:
    """The pledge of a code, once confirmed: before that, no paper bears it."""
    return (
        Pledge.objects.select_related(
            "charter", "candidate", "candidate_list__contest__election", "candidate_list__contest__region"
        )
        .exclude(state=PledgeState.SUBMITTED)
        .filter(code=read_code(typed))
        .first()
    )
