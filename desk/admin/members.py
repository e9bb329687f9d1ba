"""The members of a network, for those who coordinate it: who they are, what protects them, and what may change."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_totp.models import TOTPDevice

from desk.actions.members import MemberRefusedError, change_role, invite_again, remove
from pledges.models import OutboxMail
from regions.admin.proof import needs_fresh_proof
from regions.admin.scoping import ScopedAdmin, member
from regions.enums import Role
from regions.models import Membership, User
from regions.typography import day

NEED_A_BOX = ("coordinator", "remove")
"""The buttons of a member's page that do nothing unless the box beside them is ticked: ``sure``, with their name."""


def state_of(user: User) -> Any:
    """Whether an account waits for its owner, serves, or is closed."""
    if not user.is_active:
        return _("fermé")
    return _("actif") if user.has_usable_password() else _("invitation envoyée")


def in_words(has: object) -> str:
    """Whether somebody has what protects their account: what is missing is still to come."""
    return _("oui") if has else _("pas encore")


def last_seen(user: User) -> str:
    return day(timezone.localtime(user.last_login)) if user.last_login else _("jamais")


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin[Membership]):
    empty_words = gettext_lazy(
        "Invitez une première personne : elle recevra un courriel pour choisir son mot de passe."
    )
    list_display = ("person", "network", "role", "second_factor", "seen", "state")
    list_display_links = ("person",)
    list_filter = ("role", ("network", admin.RelatedOnlyFieldListFilter))
    search_fields = ("user__first_name", "user__last_name", "user__email", "user__username")
    ordering = ("network__name", "user__last_name", "user__first_name", "pk")
    list_per_page = 50
    actions = None
    fields = ("person", "address", "network", "role", "second_factor", "seen", "state")
    readonly_fields = (*fields, "network_name")
    change_list_template = "admin/regions/membership/change_list.html"
    change_form_template = "admin/regions/membership/change_form.html"

    def allows(self, user: User, act: str) -> bool:
        """Coordinators see their networks' members; what changes them are the buttons, each an action of its own."""
        return act == "view" and user.coordinates

    def get_fields(self, request: HttpRequest, obj: Membership | None = None) -> Any:
        """The network's own page is the administrators': its name leads there for them alone."""
        may_open = member(request).is_superuser
        return [name if may_open or name != "network" else "network_name" for name in self.fields]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        device = TOTPDevice.objects.filter(user=OuterRef("user"), confirmed=True)
        latest = OutboxMail.objects.filter(user=OuterRef("user")).order_by("-pk")
        members: QuerySet[Membership] = super().get_queryset(request)
        return members.select_related("user", "network").annotate(
            has_second_factor=Exists(device), mail_lost_at=Subquery(latest.values("abandoned_at")[:1])
        )

    @admin.display(description=gettext_lazy("personne"), ordering="user__last_name")
    def person(self, membership: Membership) -> str:
        return str(membership.user)

    @admin.display(description=gettext_lazy("adresse"))
    def address(self, membership: Membership) -> str:
        return membership.user.email

    @admin.display(description=gettext_lazy("réseau"))
    def network_name(self, membership: Membership) -> str:
        return membership.network.name

    @admin.display(description=gettext_lazy("second facteur"))
    def second_factor(self, membership: Any) -> str:
        return in_words(membership.has_second_factor)

    @admin.display(description=gettext_lazy("dernière connexion"), ordering="user__last_login")
    def seen(self, membership: Membership) -> str:
        return last_seen(membership.user)

    @admin.display(description=gettext_lazy("compte"))
    def state(self, membership: Any) -> Any:
        if membership.mail_lost_at and membership.user.is_active and not membership.user.has_usable_password():
            return _("invitation non remise : l’adresse est-elle la bonne ?")
        return state_of(membership.user)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "title": _("Équipe")})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "POST":
            return needs_fresh_proof(self._act)(request, object_id)
        membership = self.get_object(request, object_id)
        if membership is None:
            raise Http404
        context = {
            "title": str(membership.user),
            "subtitle": None,
            "may_change": self._may_change(member(request), membership),
            "is_invited": membership.user.is_active and not membership.user.has_usable_password(),
            "is_coordinator": membership.role == Role.COORDINATOR,
            "closes": not membership.user.is_superuser and membership.user.memberships.count() == 1,
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def _may_change(self, by: User, membership: Membership) -> bool:
        return membership.user_id != by.pk and (by.is_superuser or not membership.user.is_superuser)

    def _act(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The buttons of the page. What one may not do is refused by the action, whatever the page showed."""
        membership = self.get_object(request, object_id)
        if membership is None:
            raise Http404
        by, user = member(request), membership.user
        answer = request.path
        unsure = next(
            (act for act in NEED_A_BOX if act in request.POST and act not in request.POST.getlist("sure")), ""
        )
        if unsure:
            self.message_user(request, _("Rien n’a changé : cochez d’abord la case qui le confirme."), messages.WARNING)
            return HttpResponseRedirect(answer)
        try:
            if "coordinator" in request.POST:
                change_role(membership, Role.COORDINATOR, by=by)
                said = _("%s coordonne maintenant ce réseau.")
            elif "moderator" in request.POST:
                change_role(membership, Role.MODERATOR, by=by)
                said = _("%s est maintenant à la modération de ce réseau.")
            elif "invite_again" in request.POST:
                invite_again(membership, by=by)
                said = _("L’invitation de %s part de nouveau.")
            elif "remove" in request.POST:
                closed = remove(membership, by=by)
                answer = reverse("admin:regions_membership_changelist")
                said = (
                    _("%s ne fait plus partie du réseau, et son compte est fermé.")
                    if closed
                    else _("%s ne fait plus partie du réseau.")
                )
            else:
                return HttpResponseRedirect(answer)
        except MemberRefusedError as refusal:
            self.message_user(request, str(refusal), messages.WARNING)
        else:
            self.message_user(request, said % user, messages.SUCCESS)
        return HttpResponseRedirect(answer)
