"""Answers that belong to no app: refusals, the map of the site, health."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.defaults import page_not_found

from pledges.models import JournalEntry, OutboxMail
from pledges.sitemap import addresses
from regions.pages import public_page
from resources.sitemap import addresses as addresses_of_resources


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came back without its key: usually cookies are refused, or the page is a day old."""
    return render(request, "errors/csrf.html", status=403)


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """At the desk, for whoever works there, a page of the desk; elsewhere the public one."""
    if request.path.startswith(reverse("admin:index")) and admin.site.has_permission(request):
        request.current_app = admin.site.name
        return render(request, "admin/404.html", admin.site.each_context(request), status=404)
    return page_not_found(request, exception)


@public_page
def sitemap(request: HttpRequest) -> HttpResponse:
    """`/sitemap.xml`, in French: each page names its other languages itself."""
    named = [*addresses(), *addresses_of_resources()]
    return render(request, "sitemap.xml", {"addresses": named}, content_type="application/xml")


@login_not_required
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Whether the portal can serve: its database answers, and has the tables this code expects.

    ``mail_late_seconds`` and ``journal_unsealed_seconds`` are for whoever watches: mails and acts that wait take
    nothing from the pages. Either grows when `make outbox` is not running; the second one, when a row of the journal
    was not written by the portal.
    """
    late = unsealed = None
    try:
        executor = MigrationExecutor(connection)
        migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        database = True
        if migrated:
            late = int(OutboxMail.objects.lateness().total_seconds())
            unsealed = int(JournalEntry.objects.unsealed_since().total_seconds())
    except DatabaseError:
        database = migrated = False
    ready = database and migrated
    return JsonResponse(
        {
            "ready": ready,
            "database": database,
            "migrations": migrated,
            "mail_late_seconds": late,
            "journal_unsealed_seconds": unsealed,
        },
        status=200 if ready else 503,
    )
