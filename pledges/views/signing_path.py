"""`/signer/liste/…`, `/signer/candidat/…`, `/signer/declarer/…`: sign, one step after the other.

Each step has an address of its own, so that the back button, a reload and a second tab do what people expect. What is
typed waits in the browser's own draft; nothing is written before the last page is sent.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from pledges import calendar, invitation_keys, second_round
from pledges.actions import signing as actions
from pledges.actions.declaring import declare as declare_candidacy
from pledges.actions.declaring import replace_unconfirmed
from pledges.actions.links import send_links
from pledges.actions.signing import Reply
from pledges.declared import Declaration
from pledges.draft import DECLARED, INVITED, PRINCIPLE, READ, SENT, WHO, Draft, DraftTooLongError, StepData
from pledges.enums import STANDING, ListKind
from pledges.forms import CodeForm, DeclareForm, PrincipleForm, SendForm, SignersForm
from pledges.limits import TooManyError, admit_link, admit_signature
from pledges.matrix import Cell
from pledges.models import Candidate, CandidateList, Contest, Election, Invitation, Pledge, Principle
from pledges.views.refusals import too_many

# What a script sends while someone types: to keep, not to check.
AUTOSAVE = "garder"
_FIELD_LENGTH = 1_000  # characters kept of a field: more than any admits


class SigningPath:
    """One candidacy's way to its signature: whose it is, its steps and their addresses, its draft."""

    def __init__(  # noqa: PLR0913  what a way is made of
        self,
        request: HttpRequest,
        address: str,
        candidate_list: CandidateList,
        *,
        candidate: Candidate | None = None,
        declaration: Declaration | None = None,
        people: list[Candidate] | None = None,
    ) -> None:
        """
        :param address: Where it begins; the steps are below.
        :param declaration: When no official list names it yet; ``people`` are then those declared.
        """
        self.request = request
        self.address = address
        self.candidate_list = candidate_list
        self.candidate = candidate
        self.declaration = declaration
        self.contest: Contest = candidate_list.contest
        self.election: Election = self.contest.election
        self.is_personal = candidate is not None
        self.people = signing_people(candidate_list, candidate) if people is None else people
        self.principles: list[Principle] = list(self.election.charter.principles.all())
        silence = calendar.silence_in(self.contest.region)
        self.window = second_round.signing_of(candidate_list, silence=silence)
        self.draft = Draft.read(request, address)
        self._filled: dict[str, tuple[StepData, PrincipleForm | SignersForm]] = {}

    @property
    def asks_consent(self) -> bool:
        """Whether one person signs: each member of a binôme consents when confirming, never for the other."""
        return self.is_personal or self.candidate_list.kind != ListKind.PAIR

    @property
    def steps(self) -> list[str]:
        return [f"{PRINCIPLE}{principle.number}" for principle in self.principles] + [WHO, READ]

    def url(self, step: str = "") -> str:
        return f"{self.address}{step}/" if step else self.address

    def form(self, step: str, data: Mapping[str, Any] | None) -> PrincipleForm | SignersForm:
        """The form of a step, with what was typed, or blank."""
        if step == WHO:
            return SignersForm(
                data, candidate_list=self.candidate_list, people=self.people, is_personal=self.is_personal
            )
        return PrincipleForm(data)

    def filled(self, step: str) -> PrincipleForm | SignersForm | None:
        """The form of a step as the draft has it, when it is complete."""
        typed = self.draft.get(step)
        if typed is None:
            return None
        if step not in self._filled or self._filled[step][0] is not typed:
            self._filled[step] = (typed, self.form(step, typed))
        form = self._filled[step][1]
        return form if form.is_valid() else None

    def first_missing(self) -> str:
        """Where to go on: the first step that the draft lacks, or the last page."""
        return next((step for step in self.steps[:-1] if not self.filled(step)), READ)

    def after(self, step: str) -> str:
        """Where « continue » leads: the next step, or back to the last page for whoever came from there."""
        return READ if self.first_missing() == READ else self.steps[self.steps.index(step) + 1]

    def before(self, step: str) -> str:
        """The address of the step before."""
        index = self.steps.index(step)
        return self.url(self.steps[index - 1]) if index else self.address

    def replies(self) -> dict[Principle, Reply]:
        """The answers of the draft, once it is complete."""
        replies = {}
        for principle in self.principles:
            form = self.filled(f"{PRINCIPLE}{principle.number}")
            reply = form.reply() if isinstance(form, PrincipleForm) else None
            if reply:
                replies[principle] = reply
        return replies

    def fingerprint(self) -> str:
        """Of all that is about to be signed."""
        content = {step: self.draft.get(step) for step in (DECLARED, *self.steps[:-1])}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def is_signed(self) -> bool:
        """Whether its pledge is published already: the private page is then the way."""
        if self.declaration:
            return False
        return Pledge.objects.filter(
            charter=self.election.charter,
            candidate_list=self.candidate_list,
            candidate=self.candidate,
            state__in=STANDING,
        ).exists()

    def came_by(self) -> Invitation | None:
        """The invitation whose link led here, when this browser says so and it was this list's."""
        try:
            key = invitation_keys.owner_of(str((self.draft.get(INVITED) or {}).get("key", "")))
        except invitation_keys.UnknownKeyError:
            return None
        return Invitation.objects.filter(pk=key, candidate_list=self.candidate_list).first() if key else None

    def context(self, **more: Any) -> dict[str, Any]:
        """What every page of the way shows, and what this one does."""
        return {
            "path": self,
            "draft": self.draft,
            "list": self.candidate_list,
            "candidate": self.candidate,
            "contest": self.contest,
            "election": self.election,
            "region": self.contest.region,
            "signing": self.window,
            **more,
        }

    def render(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        return render(self.request, template, self.context(**context), status=status)


def signing_people(candidate_list: CandidateList, candidate: Candidate | None) -> list[Candidate]:
    """Those of the official list who sign: the candidate, the head, or both members."""
    return [candidate] if candidate else list(candidate_list.candidates.standing().leading().in_list_order())


# --- The three ways in ---


@login_not_required
@never_cache
def sign_list(request: HttpRequest, pk: int, step: str = "") -> HttpResponse:
    """Sign for a list (its head or mandataire) or a binôme (both members)."""
    candidate_list = get_object_or_404(CandidateList.objects.standing().with_contest(), pk=pk)
    return _page(SigningPath(request, reverse("sign-list", args=[pk]), candidate_list), step)


@login_not_required
@never_cache
def sign_candidate(request: HttpRequest, pk: int, step: str = "") -> HttpResponse:
    """Sign for oneself alone, as a candidate of the official list."""
    candidate = get_object_or_404(
        Candidate.objects.standing().select_related(
            "candidate_list__contest__election__charter", "candidate_list__contest__region", "candidate_list__nuance"
        ),
        pk=pk,
    )
    address = reverse("sign-candidate", args=[pk])
    return _page(SigningPath(request, address, candidate.candidate_list, candidate=candidate), step)


@login_not_required
@never_cache
def declare(request: HttpRequest, step: str = "") -> HttpResponse:
    """Sign before the official list exists: say first which candidacy it is, then go the same way."""
    address = reverse("declare")
    draft = Draft.read(request, address)
    elections = Election.objects.current()
    known = DeclareForm(draft.get(DECLARED) or {}, elections=elections)
    if step and not known.is_valid():
        return redirect(address)
    if not step:
        return _declare_start(request, draft, known, elections)
    declaration = known.declaration()
    candidate_list, people = declaration.rows()
    path = SigningPath(
        request,
        address,
        candidate_list,
        candidate=people[0] if declaration.is_personal else None,
        declaration=declaration,
        people=people,
    )
    return _page(path, step)


def _declare_start(request: HttpRequest, draft: Draft, known: DeclareForm, elections: list[Election]) -> HttpResponse:
    if request.method == "POST":
        if "effacer" in request.POST:
            return draft.forget(HttpResponseRedirect(request.path))
        form = DeclareForm(request.POST, elections=elections)
        if form.is_valid():
            try:
                draft.keep(DECLARED, _typed(form, request))
            except DraftTooLongError as error:
                form.add_error(None, str(error))
            else:
                return draft.save(redirect("declare-step", step=f"{PRINCIPLE}1"))
    else:
        form = DeclareForm(initial=draft.get(DECLARED), elections=elections)
    context = {"form": form, "draft": draft, "election": elections[0] if elections else None}
    return render(request, "pledges/declare.html", context, status=422 if form.is_bound else 200)


# --- The pages of a path ---


def _page(path: SigningPath, step: str) -> HttpResponse:
    if step and step not in {*path.steps, SENT}:
        raise Http404
    if step == SENT:
        return _sent(path)
    if not path.window.is_open:
        return path.render("pledges/sign_closed.html")
    if path.is_signed():
        return path.render("pledges/sign_already.html")
    if not step:
        return _start(path)
    return _read(path) if step == READ else _step(path, step)


def _start(path: SigningPath) -> HttpResponse:
    """What is about to be signed, by whom, and what follows: nothing is asked yet."""
    if path.request.method == "POST" and "effacer" in path.request.POST:
        return path.draft.forget(HttpResponseRedirect(path.address))
    return path.render("pledges/sign_start.html", resume_url=path.url(path.first_missing()))


def _step(path: SigningPath, step: str) -> HttpResponse:
    """One principle, or who signs: asked, checked, kept in the draft."""
    request = path.request
    if request.method == "POST" and AUTOSAVE in request.POST:
        return _autosave(path, step)
    form: Form
    if request.method == "POST":
        form = path.form(step, request.POST)
        if form.is_valid():
            try:
                path.draft.keep(step, _typed(form, request))
            except DraftTooLongError as error:
                form.add_error(None, str(error))
            else:
                return path.draft.save(redirect(path.url(path.after(step))))
    else:
        form = path.form(step, None)
        form.initial = path.draft.get(step) or {}
    number = path.steps.index(step) + 1
    context = {
        "form": form,
        "number": number,
        "back_url": path.before(step),
        "principle": path.principles[number - 1] if step != WHO else None,
        "to_last_page": path.first_missing() == READ,
    }
    template = "pledges/sign_who.html" if step == WHO else "pledges/sign_principle.html"
    return path.render(template, status=422 if form.is_bound else 200, **context)


def _autosave(path: SigningPath, step: str) -> HttpResponse:
    """Keep what is being typed, complete or not: a closed tab loses nothing."""
    try:
        path.draft.keep(step, _typed(path.form(step, path.request.POST), path.request))
    except DraftTooLongError:
        return HttpResponse(status=413)
    return path.draft.save(HttpResponse(status=204))


def _typed(form: Form, request: HttpRequest) -> dict[str, str]:
    """What was typed in the fields of a form, as it was."""
    return {name: request.POST.get(name, "")[:_FIELD_LENGTH] for name in form.fields}


def _read(path: SigningPath) -> HttpResponse:
    """Everything once more, then sent."""
    missing = path.first_missing()
    if missing != READ:
        return redirect(path.url(missing))
    replies, who = path.replies(), path.filled(WHO)
    form = SendForm(
        path.request.POST if path.request.method == "POST" else None,
        asks_consent=path.asks_consent,
        fingerprint=path.fingerprint(),
    )
    context = path.context(
        form=form,
        answers=[
            (_cell(principle, replies.get(principle)), path.url(f"{PRINCIPLE}{principle.number}"))
            for principle in path.principles
        ],
        answers_nothing=not replies,
        signers=who.signers() if isinstance(who, SignersForm) else [],
        who_url=path.url(WHO),
    )
    if form.is_valid() and replies and isinstance(who, SignersForm):
        try:
            pledge, emails = _send(path, who, form, replies)
        except TooManyError as error:
            return too_many(path.request, "pledges/sign_read.html", context, error)
        except actions.SigningClosedError as error:  # midnight struck while the form was being written
            form.add_error(None, str(error))
        else:
            path.draft.keep(SENT, {"pledge": pledge.pk, "emails": emails})
            return path.draft.save(redirect(path.url(SENT)))
    return render(path.request, "pledges/sign_read.html", context, status=422 if form.is_bound else 200)


def _send(
    path: SigningPath, who: SignersForm, form: SendForm, replies: dict[Principle, Reply]
) -> tuple[Pledge, list[str]]:
    """Sign.

    :return: What was signed, and the addresses that a link goes to.
    :raises TooManyError: When the network, a mailbox or the list has sent too many.
    :raises SigningClosedError: When the calendar no longer allows it.
    """
    signers = who.signers(accepts_publication=form.cleaned_data.get("accepts_publication", False))
    emails = [signer.email for signer in signers]
    admit_signature(path.request, path.candidate_list, emails, proved=form.is_proved)
    if path.declaration:
        pledge = declare_candidacy(path.declaration, signers=signers, replies=replies)
    else:
        pledge = actions.submit(
            path.candidate_list,
            candidate=path.candidate,
            signers=signers,
            replies=replies,
            came_by=path.came_by(),
        )
    if sent := path.draft.get(SENT):  # a correction: the link that went to the wrong address stops working
        replace_unconfirmed(pledge, replaced=sent["pledge"])
    return pledge, emails


def _cell(principle: Principle, reply: Reply | None) -> Cell:
    return Cell(principle, reply.answer, reply.statement) if reply else Cell(principle)


def _sent(path: SigningPath) -> HttpResponse:
    """What to do now. It names the addresses that this browser typed, and tells nothing of anyone else's."""
    sent = path.draft.get(SENT)
    if sent is None:
        return redirect(path.address)
    context = path.context(
        emails=sent["emails"],
        sent_again="renvoi" in path.request.GET,
        correct_url=path.url(WHO),
        code_form=CodeForm(),
    )
    if path.request.method == "POST":
        try:
            admit_link(path.request, proved=False)
        except TooManyError as error:
            return too_many(path.request, "pledges/sign_sent.html", context, error)
        for email in sent["emails"]:
            send_links(email)
        return redirect(f"{path.url(SENT)}?renvoi=1")
    return render(path.request, "pledges/sign_sent.html", context)
