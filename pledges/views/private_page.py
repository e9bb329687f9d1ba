"""`/signer/ma-page/…`: the signer's own page, by a short-lived link: follow, amend, withdraw."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from pledges import calendar, consent, limits, second_round
from pledges.actions import asking
from pledges.actions import signing as actions
from pledges.actions.links import send_links
from pledges.actions.personal_data import entries_of
from pledges.actions.preparing import CannotPrepareError
from pledges.actions.transitions import TransitionError
from pledges.enums import LIVE, STANDING, Act, Decision, LinkPurpose, PledgeState
from pledges.forms import AnswerForm, AnswersForm, PrivateLinkForm, WithdrawForm
from pledges.matrix import all_cells
from pledges.models import EmailChange, MailLink, Pledge, PreparedDecision, Question, Signatory
from pledges.receipts import may_be_made
from pledges.views.refusals import too_many

type SignerView = Callable[[HttpRequest, str, Signatory], HttpResponse]
type QuestionView = Callable[[HttpRequest, str, Question], HttpResponse]


@login_not_required
@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the link of one's page: the answer is the same whether the address is known or not."""
    form = PrivateLinkForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            limits.admit_link(request, proved=form.is_proved)
        except limits.TooManyError as error:
            return too_many(request, "pledges/private_ask.html", {"form": form}, error)
        send_links(form.cleaned_data["email"])
        return redirect("private-asked")
    return render(request, "pledges/private_ask.html", {"form": form}, status=422 if form.is_bound else 200)


@login_not_required
def asked(request: HttpRequest) -> HttpResponse:
    """The same page for everyone."""
    return render(request, "pledges/private_asked.html")


def by_link(view: SignerView) -> Callable[[HttpRequest, str], HttpResponse]:
    """Open a page to whoever holds a link to it that is not over; tell others how to get one.

    Each act done there counts on the link. The page speaks by the clock of the signer's territory.
    """

    @login_not_required
    @never_cache
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        links = MailLink.objects.for_token(token, LinkPurpose.PRIVATE)
        link = links.with_pledge().first()
        if link is None or not link.is_usable or (request.method == "POST" and not links.use()):
            return render(request, "pledges/private_over.html", status=410 if link else 404)
        with timezone.override(link.signatory.pledge.candidate_list.contest.region.zone):
            return view(request, token, link.signatory)

    return opened


def private_context(token: str, signatory: Signatory) -> dict[str, object]:
    """What each of the private pages knows: the pledge, the link, and what one may still do."""
    pledge = signatory.pledge
    silence = calendar.silence_in(pledge.candidate_list.contest.region)
    withdrawing = silence is not None and _withdraws(pledge)
    amendment = (
        pledge.amendments.filter(state__in=(PledgeState.SUBMITTED, PledgeState.IN_REVIEW)).order_by("-pk").first()
    )
    return {
        "token": token,
        "link_expires_at": MailLink.objects.for_token(token, LinkPurpose.PRIVATE).get().expires_at,
        "signatory": signatory,
        "pledge": pledge,
        "list": pledge.candidate_list,
        "amendment": amendment,
        "is_live": pledge.state in LIVE,
        "silence": silence,
        "withdrawing": withdrawing,
        "can_amend": pledge.state == PledgeState.PUBLISHED and amendment is None and not withdrawing,
        "can_withdraw": pledge.state in LIVE and not withdrawing,
    }


def _withdraws(pledge: Pledge) -> bool:
    """Whether its withdrawal is asked for, and waits for the end of the electoral silence."""
    return PreparedDecision.objects.waiting().filter(pledge=pledge, decision=Decision.WITHDRAW).exists()


@by_link
def private(request: HttpRequest, token: str, signatory: Signatory) -> HttpResponse:
    """Where the pledge stands, what it says, and what one may do."""
    questions = [
        (question, None if question.is_answered else AnswerForm(auto_id=f"question-{question.pk}-%s"))
        for question in signatory.questions.order_by("-asked_at", "-pk")
    ]
    context = {
        **private_context(token, signatory),
        "cells": all_cells(signatory.pledge, signatory.pledge.charter.principles.all()),
        "has_receipt": may_be_made(signatory.pledge),
        "receipt": signatory.pledge.receipts.last(),
        "entries": entries_of(signatory).exclude(act=Act.PLEDGE_NOTED).order_by("-pk"),
        "questions": questions,
        "is_asked": any(form for _question, form in questions),
        "signing": second_round.signing_of(signatory.pledge.candidate_list),
        "change": EmailChange.objects.open().filter(signatory=signatory).first(),
    }
    return render(request, "pledges/private.html", context)


def by_question(view: QuestionView) -> Callable[..., HttpResponse]:
    """Open a page about one of the questions put to the holder of the link: those of others are not there."""

    @wraps(view)
    def opened(request: HttpRequest, token: str, pk: int) -> HttpResponse:
        def about_it(request: HttpRequest, token: str, signatory: Signatory) -> HttpResponse:
            questions = signatory.questions.select_related("pledge__candidate_list")
            return view(request, token, get_object_or_404(questions, pk=pk))

        return by_link(about_it)(request, token)

    return login_not_required(opened)


@by_question
def answer(request: HttpRequest, token: str, question: Question) -> HttpResponse:
    """Answer a question of one's network, once. GET shows, POST sends."""
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            asking.answer(question, text=form.cleaned_data["text"])
        except asking.CannotAnswerError as error:
            form.add_error(None, str(error))
        else:
            return redirect(f"{reverse('private', args=[token])}#questions")
    context = {"token": token, "question": question, "form": form, "is_live": question.pledge.state in LIVE}
    return render(request, "pledges/private_question.html", context, status=422 if form.is_bound else 200)


@by_link
def amend(request: HttpRequest, token: str, signatory: Signatory) -> HttpResponse:
    """Give other answers: the first stay published until a network has checked the new ones."""
    pledge: Pledge = signatory.pledge
    context = private_context(token, signatory)
    if not context["can_amend"]:
        return redirect("private", token=token)
    context["consent"] = consent.PUBLICATION
    form = AnswersForm(request.POST if request.method == "POST" else None, charter=pledge.charter, pledge=pledge)
    if form.is_valid():
        try:
            actions.amend(signatory, replies=form.replies())
        except (actions.SigningClosedError, TransitionError) as error:
            form.add_error(None, str(error))
        else:
            return redirect("private", token=token)
    return render(
        request, "pledges/private_amend.html", {**context, "form": form}, status=422 if form.is_bound else 200
    )


@by_link
def withdraw(request: HttpRequest, token: str, signatory: Signatory) -> HttpResponse:
    """Take the signature back: GET explains, POST with a ticked box does it."""
    context = private_context(token, signatory)
    if not context["can_withdraw"]:
        return redirect("private", token=token)
    context |= {
        "signing": second_round.signing_of(signatory.pledge.candidate_list),
        "is_held": context["silence"] is not None and signatory.pledge.state in STANDING,
    }
    waiting = signatory.pledge.amends_id is not None and signatory.pledge.state == PledgeState.IN_REVIEW
    form = WithdrawForm(request.POST if request.method == "POST" else None, amends=waiting)
    if form.is_valid():
        try:
            actions.withdraw(signatory.pledge, reason=form.cleaned_data.get("reason", ""))
        except (TransitionError, CannotPrepareError) as error:
            form.add_error(None, str(error))
        else:
            return redirect("private", token=token)
    return render(
        request, "pledges/private_withdraw.html", {**context, "form": form}, status=422 if form.is_bound else 200
    )
