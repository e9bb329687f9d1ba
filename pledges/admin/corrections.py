"""The corrections that people ask: what is wrong on which page, and the answer that each of them is owed."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pledges.actions.corrections import CannotAnswerError, accept, decline
from pledges.forms import AnswerCorrectionForm
from pledges.models import CorrectionRequest
from regions.admin.scoping import RegionScopedAdmin, member
from regions.typography import age

ANSWERS = {"accept": accept, "decline": decline}


@admin.register(CorrectionRequest)
class CorrectionRequestAdmin(RegionScopedAdmin[CorrectionRequest]):
    empty_words = _("Ce que l’on signale sur les pages de votre territoire arrivera ici, le plus ancien d’abord.")
    list_display = ("page", "kind", "asked_as", "where", "standing", "since")
    list_filter = ("state", "kind", ("region", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("region",)
    list_per_page = 50
    search_fields = ("page",)
    search_help_text = _("Un morceau de l’adresse de la page.")

    @admin.display(description=_("territoire"), ordering="region")
    def where(self, correction: CorrectionRequest) -> Any:
        return correction.region or _("tout le portail")

    @admin.display(description=_("état"), ordering="state")
    def standing(self, correction: CorrectionRequest) -> str:
        return correction.standing

    @admin.display(description=_("demandée il y a"), ordering="asked_at")
    def since(self, correction: CorrectionRequest) -> str:
        return age(correction.asked_at)

    def has_answer_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What is asked, and the form that answers it, once. What is typed in it is never lost."""
        correction = self.get_object(request, unquote(object_id))
        if correction is None or not self.has_view_permission(request, correction):
            raise Http404
        form = AnswerCorrectionForm(request.POST if request.method == "POST" else None)
        answer = next((ANSWERS[name] for name in ANSWERS if name in request.POST), None)
        if answer and form.is_valid():
            try:
                answer(correction, by=member(request), reason=form.cleaned_data["reason"])
            except CannotAnswerError as error:
                form.add_error(None, str(error))
                correction.refresh_from_db()
            else:
                self.message_user(request, _("La réponse part par courriel."), messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:pledges_correctionrequest_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": str(correction),
            "opts": self.opts,
            "correction": correction,
            "form": form,
            "can_answer": not (correction.decided_at or correction.is_forgotten),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/pledges/correctionrequest/page.html", context)
