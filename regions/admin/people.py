"""Networks, members and accounts: administrators alone, until coordinators get their own page."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from regions.admin.history import HistoryAdmin
from regions.admin.scoping import AdministratorAdmin
from regions.models import Membership, Network, User

admin.site.unregister(Group)  # rights come from memberships


class MembershipInline(admin.TabularInline[Membership, User]):
    model = Membership
    extra = 1


@admin.register(User)
class UserAdmin(AdministratorAdmin[User], DjangoUserAdmin[User]):
    list_display = ("username", "first_name", "last_name", "email", "is_active")
    list_filter = ("is_active", "is_superuser", "memberships__network")
    inlines = (MembershipInline,)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Personne", {"fields": ("first_name", "last_name", "email")}),
        ("Droits", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    filter_horizontal = ()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        """A member of a network works at the desk: nobody has to think of the box that says so."""
        super().save_related(request, form, formsets, change)
        user = form.instance
        if not user.is_staff and user.memberships.exists():
            user.is_staff = True
            user.save(update_fields=["is_staff"])
            self.message_user(request, _("%s est membre d’un réseau, et peut donc se connecter ici.") % user)


@admin.register(Network)
class NetworkAdmin(HistoryAdmin[Network], AdministratorAdmin[Network]):
    empty_words = _("Ajoutez un réseau et ses régions : ses membres y vérifieront les engagements.")
    list_display = ("name", "where", "site")
    list_filter = ("is_national",)
    list_per_page = 50
    search_fields = ("name",)
    search_help_text = _("Un mot du nom du réseau.")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("regions")

    @admin.display(description=_("territoire"), ordering="is_national")
    def where(self, network: Network) -> Any:
        if network.is_national:
            return _("toutes les régions")
        return ", ".join(region.name for region in network.regions.all()) or "—"
