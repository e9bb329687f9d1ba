"""The queue of pledges to review, and the page where each is decided."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from pledges.actions import matching, review, signing
from pledges.actions.transitions import TransitionError
from pledges.admin.forms import MatchForm, PublishForm, ReasonForm, WithdrawForm
from pledges.enums import IdentityCheck, PledgeState
from pledges.matrix import all_cells
from pledges.models import Pledge
from regions.admin.scoping import RegionScopedAdmin
from regions.folding import fold
from regions.models import User

REFUSALS = (
    TransitionError,
    review.SilenceError,
    review.NotOfficialError,
    matching.MismatchError,
    signing.AlreadySignedError,
)


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


@admin.register(Pledge)
class PledgeAdmin(RegionScopedAdmin[Pledge]):
    """One page a decision: the pledge as the public will see it, and all that helps to decide."""

    list_display = ("signer", "scope", "election", "region", "waiting_for", "state")
    list_filter = (
        StateFilter,
        ("candidate_list__contest__election", admin.RelatedOnlyFieldListFilter),
        ("candidate_list__contest__region", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("candidate", "candidate_list__contest__region", "candidate_list__contest__election")
    list_per_page = 50
    ordering = ("confirmed_at", "pk")
    search_fields = ("candidate_list__norm", "candidate__norm", "signatories__full_name", "signatories__email")
    actions = None

    @admin.display(description=_("signé pour"))
    def signer(self, pledge: Pledge) -> str:
        return str(pledge.signer)

    @admin.display(description=_("portée"))
    def scope(self, pledge: Pledge) -> Any:
        return _("à titre personnel") if pledge.is_personal else pledge.candidate_list.get_kind_display()

    @admin.display(description=_("élection"))
    def election(self, pledge: Pledge) -> str:
        return pledge.candidate_list.contest.election.name

    @admin.display(description=_("région"))
    def region(self, pledge: Pledge) -> str:
        return pledge.candidate_list.contest.region.name

    @admin.display(description=_("attend depuis"), ordering="confirmed_at")
    def waiting_for(self, pledge: Pledge) -> str:
        if pledge.state != PledgeState.IN_REVIEW or not pledge.confirmed_at:
            return "—"
        return timesince(pledge.confirmed_at, depth=1)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Pledge], search_term: str
    ) -> tuple[QuerySet[Pledge], bool]:
        """Find a name typed with its accents as well as without."""
        as_typed, may_repeat = super().get_search_results(request, queryset, search_term)
        folded, _may_repeat = super().get_search_results(request, queryset, fold(search_term) or search_term)
        return as_typed | folded, may_repeat

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        waiting = request.GET.get("etat", PledgeState.IN_REVIEW) == PledgeState.IN_REVIEW
        title = _("Engagements à vérifier") if waiting else _("Engagements")
        return super().changelist_view(request, {**(extra_context or {}), "title": title})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Review a pledge. The buttons call the same actions as the rest of the code."""
        try:
            pledge = (
                self.get_queryset(request)
                .select_related(
                    "charter", "candidate", "candidate_list__contest__election", "candidate_list__nuance", "decided_by"
                )
                .get(pk=int(object_id))
            )
        except (Pledge.DoesNotExist, ValueError, OverflowError) as error:
            raise Http404 from error
        act = request.POST.get("act", "") if request.method == "POST" else ""
        forms: dict[str, Form] = {
            "publish": PublishForm(request.POST if act == "publish" else None),
            "reason": ReasonForm(request.POST if act in {"decline", "suspend"} else None),
            "withdraw": WithdrawForm(request.POST if act == "withdraw" else None, prefix="withdraw"),
        }
        to_match = pledge.is_declared and pledge.state == PledgeState.IN_REVIEW
        if to_match:
            forms["match"] = MatchForm(
                request.POST if act == "match" else None, matches=matching.matches(pledge), label_suffix=""
            )
        if act and self._decide(request, pledge, act, forms):
            return HttpResponseRedirect(self._next_page(pledge, act))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(pledge),
            "pledge": pledge,
            "list": pledge.candidate_list,
            "signatories": pledge.signatories.select_related("candidate"),
            "cells": all_cells(pledge, pledge.charter.principles.all()),
            "others": self._others(pledge),
            "unconfirmed_count": Pledge.objects.filter(
                candidate_list=pledge.candidate_list, candidate=pledge.candidate, state=PledgeState.SUBMITTED
            ).count(),
            "entries": pledge.entries.select_related("by", "wording").order_by("-pk"),
            "publish_form": forms["publish"],
            "reason_form": forms["reason"],
            "withdraw_form": forms["withdraw"],
            "match_form": forms.get("match"),
            "declared_people": pledge.candidate_list.candidates.order_by("rank") if to_match else [],
            "can_publish": pledge.state == PledgeState.IN_REVIEW and not to_match,
            "can_resume": pledge.state == PledgeState.SUSPENDED,
            "can_suspend": pledge.state == PledgeState.PUBLISHED,
            "can_decline": PledgeState(pledge.state).can_become(PledgeState.DECLINED),
            "can_withdraw": PledgeState(pledge.state).can_become(PledgeState.WITHDRAWN),
        }
        return TemplateResponse(request, "admin/pledges/pledge/review.html", context)

    def _decide(self, request: HttpRequest, pledge: Pledge, act: str, forms: dict[str, Form]) -> bool:
        """Call the action that the button names.

        :return: Whether the request is dealt with; False when a form has to be shown again.
        """
        by, publish, reason, withdraw = request.user, forms["publish"], forms["reason"], forms["withdraw"]
        assert isinstance(by, User)  # noqa: S101  the admin lets no visitor in
        try:
            match act:
                case "publish" if publish.is_valid():
                    check = IdentityCheck(publish.cleaned_data["identity_check"])
                    review.publish(pledge, by=by, identity_check=check)
                    sentence = _("« %s » est publié.")
                case "match" if "match" in forms and forms["match"].is_valid():
                    self._match(pledge, forms["match"], by=by)
                    sentence = _("« %s » est rapproché de la liste officielle : il reste à publier.")
                case "decline" if reason.is_valid():
                    review.decline(pledge, by=by, reason=reason.cleaned_data["reason"])
                    sentence = _("« %s » est refusé : le motif part par courriel.")
                case "suspend" if reason.is_valid():
                    review.suspend(pledge, by=by, reason=reason.cleaned_data["reason"])
                    sentence = _("« %s » est suspendu : le motif part par courriel.")
                case "withdraw" if withdraw.is_valid():
                    signing.withdraw(pledge, by=by, reason=withdraw.cleaned_data["reason"])
                    sentence = _("« %s » est retiré, à la demande de qui l’a signé.")
                case "resume":
                    review.resume(pledge, by=by)
                    sentence = _("« %s » est de nouveau publié.")
                case _:
                    return False
        except REFUSALS as error:
            self.message_user(request, str(error), messages.WARNING)
        else:
            self.message_user(request, sentence % pledge, messages.SUCCESS)
        return True

    def _match(self, pledge: Pledge, form: Form, *, by: User) -> None:
        assert isinstance(form, MatchForm)  # noqa: S101  made above
        chosen = form.chosen()
        candidate = chosen.people[0] if pledge.is_personal else None
        matched = matching.match(pledge, chosen.candidate_list, by=by, candidate=candidate)
        pledge.candidate_list, pledge.candidate = matched.candidate_list, matched.candidate

    def _next_page(self, pledge: Pledge, act: str) -> str:
        """Back to the queue, where the next oldest is on top; to the same page when it has just been matched."""
        if act == "match":
            return reverse("admin:pledges_pledge_change", args=[pledge.pk])
        return reverse("admin:pledges_pledge_changelist")

    def _others(self, pledge: Pledge) -> QuerySet[Pledge]:
        """The other pledges of the same list, which help to judge this one."""
        others = Pledge.objects.filter(candidate_list=pledge.candidate_list).exclude(pk=pledge.pk)
        return others.exclude(state=PledgeState.SUBMITTED).select_related("candidate", "candidate_list")
