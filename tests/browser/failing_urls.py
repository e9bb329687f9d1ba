"""The portal's addresses, and one that fails in the way that is asked: no page of ours fails on request."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.urls import path

from config.urls import handler404, urlpatterns

FAILURES = {400: SuspiciousOperation, 403: PermissionDenied, 500: RuntimeError}


@login_not_required
def fail(_request, status):
    raise FAILURES[status]


urlpatterns = [*urlpatterns, path("echec/<int:status>/", fail)]
__all__ = ["handler404", "urlpatterns"]
