"""`/signer/ma-page/<token>/adresse/` asks for another address; `/signer/adresse/…` are the links of both mailboxes."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pledges import calendar
from pledges.actions import email_change as actions
from pledges.actions.signing import LinkUnusableError, SigningClosedError
from pledges.enums import LinkPurpose
from pledges.forms import DecideChangeForm, EmailChangeForm
from pledges.models import EmailChange, MailLink, Signatory
from pledges.views.private_page import by_link, private_context

ASKS = {LinkPurpose.APPROVE: "pledges/email_approve.html", LinkPurpose.PROVE: "pledges/email_prove.html"}


@by_link
def ask_change(request: HttpRequest, token: str, signatory: Signatory) -> HttpResponse:
    """Ask for another address: both mailboxes then get a link."""
    context = private_context(token, signatory)
    if not context["is_live"]:
        return redirect("private", token=token)
    form = EmailChangeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.ask_change(signatory, new_email=form.cleaned_data["new_email"])
        except actions.EmailChangeError as error:
            form.add_error("new_email", str(error))
        except SigningClosedError as error:
            form.add_error(None, str(error))
        else:
            return redirect("private-email", token=token)
    context |= {
        "form": form,
        "change": EmailChange.objects.open().filter(signatory=signatory).first(),
        "silence": calendar.silence_in(signatory.pledge.candidate_list.contest.region),
    }
    return render(request, "pledges/email_ask.html", context, status=422 if form.is_bound else 200)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, token: str) -> HttpResponse:
    """The present mailbox allows the change, or refuses it."""
    return _decide(request, token, LinkPurpose.APPROVE)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest, token: str) -> HttpResponse:
    """The new mailbox shows that it reads its mails."""
    return _decide(request, token, LinkPurpose.PROVE)


@login_not_required
def noted(request: HttpRequest, outcome: str) -> HttpResponse:
    """What comes next, once a mailbox has answered."""
    return render(request, "pledges/email_noted.html", {"outcome": outcome})


def _decide(request: HttpRequest, token: str, purpose: LinkPurpose) -> HttpResponse:
    """GET shows, only POST with a ticked box acts. A link that is over, or never was, answers the same."""
    link = MailLink.objects.for_token(token, purpose).with_pledge().select_related("email_change").first()
    change = link.email_change if link and link.email_change_id else None
    if link is None or change is None or not EmailChange.objects.open().filter(pk=change.pk).exists():
        return _over(request)
    if link.used_at:  # a second click, while the other mailbox has still to answer
        return redirect("email-noted")
    form = DecideChangeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            if "refuse" in request.POST:
                actions.refuse_change(link)
                return redirect("email-refused")
            return redirect("email-changed" if actions.confirm_change(link) else "email-noted")
        except LinkUnusableError:
            return _over(request)
        except actions.EmailChangeError as error:
            form.add_error(None, str(error))
    context = {"link": link, "change": change, "pledge": link.signatory.pledge, "form": form}
    return render(request, ASKS[purpose], context, status=422 if form.is_bound else 200)


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "pledges/email_over.html", status=404)
