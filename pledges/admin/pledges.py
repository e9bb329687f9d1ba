"""The queue of pledges to review, and the page where each is decided."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldError
from django.db.models import Exists, OuterRef, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.csp import CSP
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override

from pledges import calendar, dossier
from pledges.actions.preparing import CannotPrepareError
from pledges.actions.transitions import TransitionError
from pledges.admin import bulk, review_page
from pledges.admin.decisions import DECISIONS, REFUSALS, cancel_prepared, prepare
from pledges.admin.forms import BulkPublishForm
from pledges.calendar import SilenceError
from pledges.enums import IdentityCheck, PledgeState
from pledges.models import Pledge, PreparedDecision
from regions.admin.proof import ask_for_proof
from regions.admin.scoping import RegionScopedAdmin, member
from regions.folding import fold
from regions.typography import age

ON_CHANGE_FORM = f"{ActionLocation.CHANGE_FORM.value}-action"
"""The name that Django's admin gives to the button of an action, on the page of one row."""
FILTERS_TO_COME_BACK = "_changelist_filters"
KEY_DIGITS = 18  # what the database can hold
# The page shows the public's card in a frame; that card alone may be framed, and by us.
FRAMES = {**settings.SECURE_CSP, "frame-src": [CSP.SELF]}
FRAMED = {**settings.SECURE_CSP, "frame-ancestors": [CSP.SELF]}
ENDS_ITS_WAIT = frozenset({"publish", "decline", "withdraw"})


class StateFilter(admin.SimpleListFilter):
    """What waits comes first, without asking."""

    title = _("état")
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("tous", _("tous")), *((state.value, state.label) for state in PledgeState)]

    def choices(self, changelist: ChangeList) -> Any:
        waiting = PledgeState.IN_REVIEW
        for choice, (value, _label) in zip(list(super().choices(changelist))[1:], self.lookup_choices, strict=True):
            selected = value == (self.value() or waiting)
            yield {**choice, "selected": selected}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Pledge]) -> QuerySet[Pledge]:
        if self.value() == "tous":
            return queryset
        state = self.value() if self.value() in PledgeState.values else PledgeState.IN_REVIEW
        return queryset.filter(state=state)


class Queue(ChangeList):
    """The rows of one page, each with what it waits for."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        silences = calendar.silences()
        rows: list[Pledge] = list(dossier.with_people(self.result_list))
        prepared = {row.pledge_id: row for row in PreparedDecision.objects.waiting().filter(pledge__in=rows)}
        for pledge in rows:
            if decided := prepared.get(pledge.pk):
                pledge.is_decided = True
                pledge.standstill = gettext("à la fin du silence : %s") % decided.get_decision_display()
                continue
            pledge.standstill = dossier.standstill(pledge, silences.get(pledge.candidate_list.contest.region_id))
        self.result_list = rows


@admin.register(Pledge)
class PledgeAdmin(RegionScopedAdmin[Pledge]):
    """One page a decision: the pledge as the public will see it, and all that helps to decide."""

    list_display = ("signed_for", "waiting_for", "stage")
    list_filter = (
        StateFilter,
        ("candidate_list__contest__election", admin.RelatedOnlyFieldListFilter),
        ("candidate_list__contest__region", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("candidate", "candidate_list__contest__region", "candidate_list__contest__election")
    list_per_page = 50
    ordering = dossier.QUEUE_ORDER
    search_fields = ("candidate_list__norm", "candidate__norm", "signatories__full_name", "signatories__email")
    search_help_text = _("Un nom de liste, de personne, ou une adresse. Les accents ne comptent pas.")
    change_list_template = "admin/pledges/pledge/change_list.html"
    actions = (
        "publish",
        "match",
        "decline",
        "suspend",
        "resume",
        "withdraw",
        "ask",
        "note",
        "publish_selected",
    )
    actions_selection_counter = True

    # --- The queue ---

    @admin.display(description=_("signé pour"))
    def signed_for(self, pledge: Pledge) -> str:
        candidate_list = pledge.candidate_list
        scope = gettext("à titre personnel") if pledge.is_personal else candidate_list.get_kind_display()
        return format_html(
            '{} <span class="queue__where">{}, {}, {}</span>',
            pledge.signer,
            scope,
            candidate_list.contest.name,
            candidate_list.contest.election.name,
        )

    @admin.display(description=_("attend depuis"), ordering="confirmed_at")
    def waiting_for(self, pledge: Pledge) -> str:
        if pledge.state != PledgeState.IN_REVIEW or not pledge.confirmed_at:
            return "—"
        return age(pledge.confirmed_at)

    @admin.display(description=_("où il en est"))
    def stage(self, pledge: Pledge) -> Any:
        if pledge.state != PledgeState.IN_REVIEW:
            return pledge.get_state_display()
        if dossier.has_answered(pledge) and not getattr(pledge, "is_decided", False):
            return format_html('<strong class="queue__answered">{}</strong>', gettext("a répondu"))
        if words := getattr(pledge, "standstill", ""):
            return format_html('<span class="queue__blocked">{}</span>', words)
        return gettext("à vérifier")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Queue

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Pledge], search_term: str
    ) -> tuple[QuerySet[Pledge], bool]:
        """Find a name typed with its accents as well as without."""
        as_typed, may_repeat = super().get_search_results(request, queryset, search_term)
        folded, _may_repeat = super().get_search_results(request, queryset, fold(search_term) or search_term)
        return as_typed | folded, may_repeat

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not all(key.isdecimal() and len(key) <= KEY_DIGITS for key in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise Http404
        is_waiting = request.GET.get("etat", PledgeState.IN_REVIEW) == PledgeState.IN_REVIEW
        title = _("Engagements à vérifier") if is_waiting else _("Engagements")
        context = {**(extra_context or {}), "title": title, "is_waiting": is_waiting}
        return super().changelist_view(request, context)

    # --- The page ---

    def get_urls(self) -> list[URLPattern]:
        framed = xframe_options_sameorigin(csp_override(FRAMED)(self.as_published_view))
        own = path("<int:pk>/apercu/", self.admin_site.admin_view(framed), name="pledges_pledge_preview")
        return [own, *super().get_urls()]

    def as_published_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The public's own card of a pledge, in a page of its own: what is published is what was shown."""
        pledge = self._loaded(request, str(pk))
        return TemplateResponse(request, "admin/pledges/pledge/preview.html", review_page.as_published(pledge))

    @method_decorator(csp_override(FRAMES))
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Review a pledge. The buttons call the same actions as the rest of the code."""
        pledge = self._loaded(request, object_id)
        if request.method == "POST" and "cancel_prepared" in request.POST:
            return self._cancel(request, pledge)
        if request.method == "POST" and ON_CHANGE_FORM in request.POST:
            # The button names one row: this page's.
            if request.POST.getlist(ACTION_CHECKBOX_NAME) != [str(pledge.pk)]:
                raise Http404
            queryset = self.get_queryset(request)
            response = self.response_action(request, queryset, action_location=ActionLocation.CHANGE_FORM)
            if isinstance(response, HttpResponse):
                return response
        return self._page(request, pledge, review_page.forms_of(pledge))

    def _loaded(self, request: HttpRequest, key: str) -> Pledge:
        try:
            return review_page.load(self.get_queryset(request)).get(pk=int(key))
        except (Pledge.DoesNotExist, ValueError, OverflowError) as error:
            raise Http404 from error

    def _page(
        self, request: HttpRequest, pledge: Pledge, forms: dict[str, Form], *, opened: str = "", lost: str = ""
    ) -> HttpResponse:
        """
        :param opened: The decision whose form is shown open; the first one otherwise, when nothing is in its way.
        :param lost: What somebody typed for a decision that is not possible any more.
        """
        context = review_page.context_of(pledge)
        queue = self._waiting(request)
        place = queue.index(pledge.pk) if pledge.pk in queue else -1
        others = [*queue[place + 1 :], *queue[: max(place, 0)]]
        refused = forms[opened] if opened in forms and forms[opened].errors else None
        title = gettext("Vérifier : %s") if pledge.state == PledgeState.IN_REVIEW else gettext("Engagement : %s")
        has_obstacle = bool(context["obstacle"]) and not pledge.is_declared
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": (gettext("Erreur : %s") if refused else title) % pledge,
            "refused": refused,
            "forms": forms,
            "opened": opened or ("" if has_obstacle else next(iter(forms.keys() & {"publish", "match", "resume"}), "")),
            "lost": lost,
            "on_change_form": ON_CHANGE_FORM,
            "checkbox": ACTION_CHECKBOX_NAME,
            "queue_url": self._queue_url(request),
            "waiting_count": len(queue),
            "next_url": self._page_url(request, others[0]) if others else "",
        }
        return TemplateResponse(request, "admin/pledges/pledge/review.html", context)

    def _waiting(self, request: HttpRequest) -> list[int]:
        """The keys of what waits here, in the order of the queue that this person was looking at."""
        asked = QueryDict(request.GET.get(FILTERS_TO_COME_BACK, ""))
        kept = {
            name: value
            for name, value in asked.items()
            if name.removesuffix("__id__exact").removesuffix("__code__exact")
            in {"candidate_list__contest__election", "candidate_list__contest__region"}
            and str(value).isalnum()
        }
        prepared = PreparedDecision.objects.waiting().filter(pledge=OuterRef("pk"))
        waiting = self.get_queryset(request).filter(~Exists(prepared), state=PledgeState.IN_REVIEW)
        try:
            return list(waiting.filter(**kept).values_list("pk", flat=True))
        except (ValueError, OverflowError, FieldError):
            return list(waiting.values_list("pk", flat=True))

    def _queue_url(self, request: HttpRequest) -> str:
        filters = request.GET.get(FILTERS_TO_COME_BACK, "")
        return reverse("admin:pledges_pledge_changelist") + (f"?{filters}" if filters else "")

    def _page_url(self, request: HttpRequest, key: int) -> str:
        filters = request.GET.get(FILTERS_TO_COME_BACK, "")
        page = reverse("admin:pledges_pledge_change", args=[key])
        return page + (f"?{urlencode({FILTERS_TO_COME_BACK: filters})}" if filters else "")

    # --- The decisions ---

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Who sees a pledge decides on it: the border is the region."""
        return self.has_view_permission(request)

    @admin.action(description=_("Publier"), permissions=["decide"], location=ActionLocation.CHANGE_FORM)
    def publish(self, request: HttpRequest, queryset: QuerySet[Pledge]) -> HttpResponseBase:
        return self._decide(request, queryset, "publish")

    @admin.action(
        description=_("Rapprocher de la liste officielle"), permissions=["decide"], location=ActionLocation.CHANGE_FORM
    )
    def match(self, request: HttpRequest, queryset: QuerySet[Pledge]) -> HttpResponseBase:
        return self._decide(request, queryset, "match")

    @admin.action(description=_("Refuser"), permissions=["decide"], location=ActionLocation.CHANGE_FORM)
    def decline(self, request: HttpRequest, queryset: QuerySet[Pledge]) -> HttpResponseBase:
        return self._decide(request, queryset, "decline")

    @admin.action(description=_("Suspendre"), permissions=["decide"], location=ActionLocation.CHANGE_FORM)
    def suspend(self, request: HttpRequest, queryset: QuerySet[Pledge]) -> HttpResponseBase:
        return self._decide(request, queryset, "suspend")

    @admin.action(description=_("Publier de nouveau"), permissions=["decide"], location=ActionLocation.CHANGE_FORM)
    def resume(self, request: HttpRequest, queryset: QuerySet[Pledge]) -> HttpResponseBase:
        return self._decide(request, queryset, "resume")

    @admin.action(description=_("Retirer à sa demande"), permissions=["decide"], location=ActionLocation.CHANGE_FORM)
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Pledge]) -> HttpResponseBase:
        return self._decide(request, queryset, "withdraw")

    @admin.action(description=_("Poser une question"), permissions=["decide"], location=ActionLocation.CHANGE_FORM)
    def ask(self, request: HttpRequest, queryset: QuerySet[Pledge]) -> HttpResponseBase:
        return self._decide(request, queryset, "ask")

    @admin.action(
        description=_("Laisser une note aux collègues"), permissions=["decide"], location=ActionLocation.CHANGE_FORM
    )
    def note(self, request: HttpRequest, queryset: QuerySet[Pledge]) -> HttpResponseBase:
        return self._decide(request, queryset, "note")

    def _decide(self, request: HttpRequest, queryset: QuerySet[Pledge], name: str) -> HttpResponseBase:
        """Call the action that the button names; show the page again, with what was typed, when it cannot be done."""
        pledge = review_page.load(queryset).get()
        forms = review_page.forms_of(pledge, request.POST, name)
        form = forms.get(name)
        if form is None:  # somebody decided meanwhile: the action that cannot be done any more says who and when
            refusal = dossier.obstacle(pledge, None) if name == "publish" else str(TransitionError(pledge))
            self.message_user(request, refusal, messages.WARNING)
            return self._refused(request, pledge, forms, name)
        if not form.is_valid():
            return self._page(request, pledge, forms, opened=name)
        was_waiting = pledge.state == PledgeState.IN_REVIEW
        try:
            done = DECISIONS[name](pledge, form, by=member(request))
        except SilenceError as error:
            # Only what the page has said would wait is prepared: a silence that has just begun is told first.
            return self._hold(request, pledge, form, name) or self._stopped(request, pledge, name, str(error))
        except REFUSALS as error:
            return self._stopped(request, pledge, name, str(error))
        self.message_user(request, done, messages.SUCCESS)
        if was_waiting and name in ENDS_ITS_WAIT:
            return self._next(request)
        return HttpResponseRedirect(self._page_url(request, pledge.pk))

    def _next(self, request: HttpRequest) -> HttpResponse:
        """What waits after the one that has just been dealt with."""
        left = self._waiting(request)
        return HttpResponseRedirect(self._page_url(request, left[0]) if left else self._queue_url(request))

    def _hold(self, request: HttpRequest, pledge: Pledge, form: Form, name: str) -> HttpResponse | None:
        """Prepare a decision for the end of the silence, when the button said so; None when it did not."""
        if "held" not in request.POST:
            return None
        try:
            noted = prepare(name, pledge, form, by=member(request))
        except REFUSALS as error:
            return self._stopped(request, pledge, name, str(error))
        self.message_user(request, noted, messages.SUCCESS)
        if pledge.state == PledgeState.IN_REVIEW:
            return self._next(request)
        return HttpResponseRedirect(self._page_url(request, pledge.pk))

    def _cancel(self, request: HttpRequest, pledge: Pledge) -> HttpResponse:
        """Give up what was prepared on this pledge."""
        try:
            done = cancel_prepared(pledge, request.POST["cancel_prepared"], by=member(request))
        except CannotPrepareError as refusal:
            self.message_user(request, str(refusal), messages.WARNING)
        else:
            self.message_user(request, done, messages.SUCCESS)
        return HttpResponseRedirect(self._page_url(request, pledge.pk))

    def _stopped(self, request: HttpRequest, pledge: Pledge, name: str, refusal: str) -> HttpResponse:
        self.message_user(request, refusal, messages.WARNING)
        now = self._loaded(request, str(pledge.pk))
        return self._refused(request, now, review_page.forms_of(now, request.POST, name), name)

    def _refused(self, request: HttpRequest, pledge: Pledge, forms: dict[str, Form], name: str) -> HttpResponse:
        """The page as it now is; what was typed stays in its form, or is shown apart when the form has gone."""
        typed = [request.POST.get(f"{name}-{field}", "").strip() for field in ("words", "reason", "text")]
        lost = "" if name in forms else "\n".join(filter(None, typed))
        return self._page(request, pledge, forms, opened=name if name in forms else "", lost=lost)

    # --- Several at once ---

    @admin.action(description=_("Publier la sélection"), permissions=["decide"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Pledge]) -> HttpResponseBase | None:
        """Show what is selected, ask once how identity was checked, then publish each on its own."""
        if prove := ask_for_proof(request):  # each of those who signed gets a mail
            return prove
        is_final = "confirm" in request.POST
        keys: Sequence[int] = (
            list(queryset.values_list("pk", flat=True)[: bulk.MOST + 1])
            if request.POST.get("select_across") == "1" and not is_final
            else [int(key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)]
        )
        if len(keys) > bulk.MOST:
            words = gettext("Au plus %d engagements à la fois : choisissez-en moins.") % bulk.MOST
            self.message_user(request, words, messages.WARNING)
            return None
        # Fresh rows, whatever the filters of the queue: what was decided meanwhile says so.
        choices = bulk.choices(self.get_queryset(request), keys)
        if len(choices) != len(set(keys)):
            raise Http404
        form = BulkPublishForm(request.POST if is_final else None, label_suffix="")
        if is_final and form.is_valid():
            check = IdentityCheck(form.cleaned_data["identity_check"])
            outcome = bulk.publish(choices, by=member(request), identity_check=check)
            if outcome.published:
                words = ngettext("%d engagement publié.", "%d engagements publiés.", len(outcome.published))
                self.message_user(request, words % len(outcome.published), messages.SUCCESS)
            for pledge, refusal in outcome.refused:
                self.message_user(request, f"« {pledge} » : {refusal}", messages.WARNING)
            return HttpResponseRedirect(request.get_full_path())
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Publier plusieurs engagements"),
            "choices": choices,
            "ready_count": sum(choice.is_ready for choice in choices),
            "form": form,
            "checkbox": ACTION_CHECKBOX_NAME,
            "queue_url": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/pledges/pledge/publish_selected.html", context)
