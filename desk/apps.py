"""The networks' desk: who comes in, with what rights, and what they find first."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "desk"
    verbose_name = _("Espace des réseaux")
    default = True


class DeskAdminConfig(admin.AdminConfig):
    """Django's admin, whose site is ours: every class registered anywhere is registered on it."""

    default_site = "desk.site.DeskSite"
    default = False
