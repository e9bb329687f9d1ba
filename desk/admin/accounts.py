"""The accounts, for administrators: each right given or taken is in the journal. No password is seen or typed."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_totp.models import TOTPDevice

from desk.actions.accounts import RIGHTS, change_rights, check_address, check_rights, owe_link
from desk.actions.second_factor import reset
from desk.admin.members import in_words, last_seen, state_of
from regions.admin.proof import needs_fresh_proof
from regions.admin.scoping import AdministratorAdmin, member
from regions.models import User

SECRETS = ("password", "session_round")


class AccountForm(forms.ModelForm[User]):
    """What an administrator may change of an account."""

    by: ClassVar[User]

    class Meta:
        model = User
        fields = ("first_name", "last_name", "email", "is_superuser", "is_active")
        labels = {"is_superuser": gettext_lazy("Administre le portail"), "is_active": gettext_lazy("Compte ouvert")}
        help_texts = {
            "email": gettext_lazy("Là où partent ses liens : changer l’adresse ferme ses sessions."),
            "is_superuser": gettext_lazy("Voit et change tout, dans tous les territoires, comptes compris."),
            "is_active": gettext_lazy("Décoché, le compte se ferme aussitôt. Ce qu’il a fait reste au journal."),
        }

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        is_administrator = bool(typed.get("is_superuser") and typed.get("is_active"))
        check_rights(self.instance, by=self.by, is_administrator=is_administrator, is_active=bool(typed["is_active"]))
        check_address(self.instance, typed.get("email") or "")
        return typed


class AdministrationFilter(admin.BooleanFieldListFilter):
    """Django's filter, with the desk's name for that right."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("administration du portail")


@admin.register(User)
class UserAdmin(AdministratorAdmin[User]):
    """Accounts are invited, and closed; none is added or deleted here."""

    form = AccountForm
    administrators_may = frozenset({"change"})
    list_display = ("identifier", "first_name", "last_name", "administers", "second_factor", "seen", "state")
    list_filter = ("is_active", ("is_superuser", AdministrationFilter), "memberships__network")
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)
    actions = None
    readonly_fields = ("identifier", "networks", "second_factor", "seen", "state", "date_joined")
    fieldsets = (
        (gettext_lazy("Personne"), {"fields": ("identifier", "first_name", "last_name", "email")}),
        (gettext_lazy("Droits"), {"fields": ("networks", "is_superuser", "is_active")}),
        (gettext_lazy("Compte"), {"fields": ("state", "second_factor", "seen", "date_joined")}),
    )
    change_list_template = "admin/regions/membership/change_list.html"
    change_form_template = "admin/regions/user/change_form.html"

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Not by a secret: whoever may ask how it begins reads it sign by sign."""
        return not lookup.startswith(SECRETS) and super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        device = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        return super().get_queryset(request).annotate(has_second_factor=Exists(device))

    @admin.display(description=gettext_lazy("identifiant"), ordering="username")
    def identifier(self, user: User) -> str:
        return user.username

    @admin.display(description=gettext_lazy("administration"), ordering="is_superuser")
    def administers(self, user: User) -> str:
        return _("oui") if user.is_superuser else _("non")

    @admin.display(description=gettext_lazy("réseaux"))
    def networks(self, user: User) -> Any:
        members = user.memberships.select_related("network")
        said = ((f"{membership.network}, {membership.get_role_display()}",) for membership in members)
        return format_html_join(" ; ", "{}", said) or "—"

    @admin.display(description=gettext_lazy("second facteur"))
    def second_factor(self, user: Any) -> str:
        return in_words(user.has_second_factor)

    @admin.display(description=gettext_lazy("dernière connexion"), ordering="last_login")
    def seen(self, user: User) -> str:
        return last_seen(user)

    @admin.display(description=gettext_lazy("compte"))
    def state(self, user: User) -> Any:
        return state_of(user)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "title": _("Comptes")})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        act = self._act if request.method == "POST" and ("link" in request.POST or "reset" in request.POST) else None
        if act:
            return needs_fresh_proof(act)(request, object_id)
        user = self.get_object(request, object_id)
        context = {**(extra_context or {}), "title": str(user or ""), "subtitle": None}
        return needs_fresh_proof(super().change_view)(request, object_id, form_url, context)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001
        change_rights(obj, by=member(request))

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:
        """Rights are entries of their own, that the action has written."""
        message.fields = tuple(name for name in message.fields if name not in RIGHTS)
        return super().log_change(request, obj, message)

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        """A form that knows who holds it: what they may not do is a sentence beside what they typed."""
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"by": member(request)})

    def _act(self, request: HttpRequest, object_id: str) -> HttpResponse:
        user = self.get_object(request, object_id)
        if user is None:
            raise Http404
        if "link" in request.POST:
            sent = user.is_active and owe_link(user)
            words = (
                _("Le lien part à l’instant.")
                if sent
                else _("Aucun lien ne part : trois ont suffi, ou le compte est fermé.")
            )
            self.message_user(request, words, messages.SUCCESS if sent else messages.WARNING)
        elif user.pk == member(request).pk:
            self.message_user(request, _("Pour vous-même, passez par « Mon compte »."), messages.WARNING)
        else:
            reset(user, by=member(request))
            self.message_user(request, _("%s reçoit un lien pour enregistrer une autre application.") % user)
        return HttpResponseRedirect(request.path)
