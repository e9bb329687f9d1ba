"""The mails owed: what waits, what fails and why, what was given up; and the button that sends again."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pledges import failures
from pledges.actions.mail import CannotSendAgainError, send_again
from pledges.models import OutboxMail
from pledges.models.mail import OutboxMailQuerySet
from regions.admin.proof import ask_for_proof
from regions.admin.scoping import RegionScopedAdmin
from regions.models import User
from regions.typography import hour


class DeliveryFilter(admin.SimpleListFilter):
    """What has not left comes first, without asking."""

    title = _("envoi")
    parameter_name = "envoi"
    STAGES = (
        ("restent", _("pas encore partis")),
        ("a-envoyer", _("à envoyer")),
        ("en-echec", _("en échec, à réessayer")),
        ("abandonnes", _("abandonnés")),
        ("partis", _("partis")),
        ("tous", _("tous")),
    )

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.STAGES)

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        stage = self._stage()
        for choice, (value, _label) in zip(list(super().choices(changelist))[1:], self.STAGES, strict=True):
            yield {**choice, "selected": value == stage}

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutboxMail]) -> QuerySet[OutboxMail]:
        owed = {"sent_at": None, "abandoned_at": None}
        match self._stage():
            case "a-envoyer":
                return queryset.filter(**owed, last_error="")
            case "en-echec":
                return queryset.filter(**owed).exclude(last_error="")
            case "abandonnes":
                return queryset.filter(abandoned_at__isnull=False)
            case "partis":
                return queryset.filter(sent_at__isnull=False)
            case "tous":
                return queryset
            case _:
                return queryset.filter(sent_at=None)

    def _stage(self) -> str:
        asked = self.value() or ""
        return asked if asked in dict(self.STAGES) else "restent"


@admin.register(OutboxMail)
class OutboxMailAdmin(RegionScopedAdmin[OutboxMail]):
    """No address here: whoever decides on a pledge finds it on the page of the pledge."""

    empty_words = _("Chaque courrier dû apparaît ici jusqu’à son départ. S’il n’y a rien, tout est parti.")

    list_display = ("kind", "addressee", "pledge", "stage", "trouble", "region")
    list_filter = (DeliveryFilter, "kind", ("region", admin.RelatedOnlyFieldListFilter))
    list_select_related = (
        "signatory",
        "user",
        "correction",
        "region",
        "pledge__candidate",
        "pledge__candidate_list",
        "invitation__candidate_list",
    )
    list_per_page = 50
    ordering = ("created_at", "pk")
    fields = ("kind", "addressee", "pledge", "region", "created_at", "stage", "trouble", "attempts")
    readonly_fields = fields
    actions = ("send_selected_again",)
    change_form_template = "admin/pledges/outboxmail/change_form.html"

    @admin.display(description=_("destinataire"), ordering="signatory__full_name")
    def addressee(self, mail: OutboxMail) -> str:
        return mail.addressee

    @admin.display(description=_("où il en est"), ordering="next_try_at")
    def stage(self, mail: OutboxMail) -> Any:
        now = timezone.now()
        if mail.sent_at:
            return _("parti le %s") % _at(mail.sent_at)
        if mail.abandoned_at:
            return _("abandonné le %s") % _at(mail.abandoned_at)
        if mail.leased_until and mail.leased_until > now:
            return _("en cours d’envoi")
        if mail.next_try_at > now:
            return _("prochain essai le %s") % _at(mail.next_try_at)
        return _("en retard, attendu le %s") % _at(mail.next_try_at)

    @admin.display(description=_("ce qui s’est passé"), ordering="last_error")
    def trouble(self, mail: OutboxMail) -> str:
        return failures.in_words(mail.last_error) or "—"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "title": _("Courriers à envoyer")})

    def has_send_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    @admin.action(description=_("Renvoyer maintenant"), permissions=["send"])
    def send_selected_again(self, request: HttpRequest, queryset: OutboxMailQuerySet) -> HttpResponse | None:
        """Several mails at once: for somebody who has just proved who they are."""
        if prove := ask_for_proof(request):
            return prove
        sent = sum(self._send_again(request, mail) for mail in queryset.select_related("signatory", "pledge"))
        if sent:
            words = ngettext("%d courrier part maintenant.", "%d courriers partent maintenant.", sent) % sent
            self.message_user(request, words, messages.SUCCESS)
        return None

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method != "POST":
            return super().change_view(request, object_id, form_url, extra_context)
        try:
            mail = self.get_queryset(request).select_related("signatory", "pledge").get(pk=int(object_id))
        except (OutboxMail.DoesNotExist, ValueError, OverflowError) as error:
            raise Http404 from error
        if "send_again" in request.POST and self._send_again(request, mail):
            self.message_user(request, _("Le courrier part maintenant."), messages.SUCCESS)
        return HttpResponseRedirect(request.path)

    def _send_again(self, request: HttpRequest, mail: OutboxMail) -> bool:
        by = request.user
        assert isinstance(by, User)  # noqa: S101  the admin lets no visitor in
        try:
            send_again(mail, by=by)
        except CannotSendAgainError as refusal:
            words = _("%(mail)s, %(name)s : %(refusal)s")
            said = words % {"mail": mail, "name": mail.addressee, "refusal": refusal}
            self.message_user(request, said, messages.WARNING)
            return False
        return True


def _at(moment: datetime.datetime) -> str:
    """Short, for a column: « 23/11/2026 à 4 h 27 »."""
    local = timezone.localtime(moment)
    return f"{local:%d/%m/%Y} à {hour(local)}"
