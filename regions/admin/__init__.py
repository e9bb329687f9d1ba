"""The networks' desk: the territory and the people. ``scoping`` holds the border that every scoped class rests on."""

from django.contrib import admin

from . import people, territory  # noqa: F401  they register themselves

admin.site.site_header = "Engagements ESS"
admin.site.site_title = "Engagements ESS"
admin.site.index_title = "Espace des réseaux"
admin.site.site_url = "/"
admin.site.enable_nav_sidebar = False
