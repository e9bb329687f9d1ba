"""`/signer/ma-page/<token>/…`: what the portal holds of a signer, and their rights over it."""

import json

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from pledges import consent
from pledges.actions import consents, personal_data
from pledges.enums import Door
from pledges.forms import ContactForm, EraseForm
from pledges.models import EmailChange, Signatory
from pledges.views.private_page import by_link, private_context


@by_link
def contact(request: HttpRequest, token: str, signatory: Signatory) -> HttpResponse:
    """Agree to be written to by one's network, or agree no more."""
    context = private_context(token, signatory)
    if not context["is_live"]:
        return redirect("private", token=token)
    initial = {"accepts_contact": "yes" if signatory.consented_to_contact_at else "no"}
    form = ContactForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        consents.accept_contact(signatory, accepts=form.cleaned_data["accepts_contact"])
        return redirect("private", token=token)
    context |= {"form": form, "consent": consent.CONTACT}
    return render(request, "pledges/private_contact.html", context, status=422 if form.is_bound else 200)


@by_link
def my_data(request: HttpRequest, token: str, signatory: Signatory) -> HttpResponse:
    """What is held, why, until when; and the way to a copy, or to nothing at all."""
    context = private_context(token, signatory)
    if not signatory.email:
        return redirect("private", token=token)
    context |= {
        "signatures": _signatures(signatory),
        "change": EmailChange.objects.open().filter(signatory=signatory).first(),
        "retention_ends_on": personal_data.contact_kept_until(signatory),
    }
    return render(request, "pledges/private_data.html", context)


@require_POST
@by_link
def download(request: HttpRequest, token: str, signatory: Signatory) -> HttpResponse:
    """All that concerns the mailbox, in a file. A POST: no scanner that follows links takes a copy."""
    if not signatory.email:
        return redirect("private", token=token)
    data = personal_data.export(signatory.email, door=Door.PRIVATE_PAGE)
    response = HttpResponse(json.dumps(data, ensure_ascii=False, indent=2), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="mes-donnees.json"'
    return response


@by_link
def erase(request: HttpRequest, token: str, signatory: Signatory) -> HttpResponse:
    """Erase all that concerns the mailbox: GET explains, POST with a ticked box does it."""
    context = private_context(token, signatory)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if signatory.email:
            done = personal_data.erase(signatory.email, door=Door.PRIVATE_PAGE)
        else:  # withdrawn already
            done = personal_data.erase_signature(signatory, door=Door.PRIVATE_PAGE)
        if done.waiting:  # the electoral silence keeps the public page as it was
            return render(request, "pledges/private_erased.html", {"silence": context["silence"]})
        return redirect("private-erased")
    context |= {"form": form, "signatures": _signatures(signatory)}
    return render(request, "pledges/private_erase.html", context, status=422 if form.is_bound else 200)


@login_not_required
def erased(request: HttpRequest) -> HttpResponse:
    """What has just been done; the page knows nobody."""
    return render(request, "pledges/private_erased.html")


def _signatures(signatory: Signatory) -> list[Signatory]:
    """All that was signed from this mailbox; once the address is blank, this alone."""
    signatures = Signatory.objects.with_email(signatory.email) | Signatory.objects.filter(pk=signatory.pk)
    signatures = signatures.order_by("pledge__submitted_at", "pk")
    return list(
        signatures.select_related("pledge__candidate", "pledge__candidate_list__contest__election", "candidate")
    )
