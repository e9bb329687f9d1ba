"""Networks: administrators alone. Members and accounts are the desk's, which writes their changes in the journal."""

from django.contrib import admin
from django.contrib.auth.models import Group

from regions.admin.scoping import AdministratorAdmin
from regions.models import Network

admin.site.unregister(Group)  # rights come from memberships


@admin.register(Network)
class NetworkAdmin(AdministratorAdmin[Network]):
    list_display = ("name", "is_national", "site")
    list_filter = ("is_national",)
    search_fields = ("name",)
    filter_horizontal = ("regions",)
