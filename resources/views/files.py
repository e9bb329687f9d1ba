"""The files of the resources, as they are taken away: one, or several in a zip."""

import logging
from collections.abc import Iterable

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from resources.enums import PUBLIC_STATES, FileFormat
from resources.files.bundle import bundle
from resources.files.serving import CONTENT_TYPES, answer, guarded
from resources.models import Collection, DownloadCount, Resource, Version

logger = logging.getLogger(__name__)

MOST_SELECTED = 50


@login_not_required
@require_safe
def file(request: HttpRequest, slug: str, number: int, name: str) -> HttpResponseBase:
    """The file of a version, earlier ones too: an address that was printed gives what it gave.

    :raises Http404: For what is not public, and under any other name than its own.
    """
    version = get_object_or_404(
        Version.objects.select_related("resource").exclude(file=""),
        resource__slug=slug,
        resource__state__in=PUBLIC_STATES,
        number=number,
    )
    if name != version.file_name:
        raise Http404
    try:
        response = answer(
            request,
            open_file=lambda: version.file.storage.open(str(version.file.name)),
            name=version.file_name,
            content_type=CONTENT_TYPES[FileFormat(version.format)],
            size=version.size or 0,
            sha256=version.sha256,
            modified=version.added_at,
        )
    except FileNotFoundError as error:
        logger.exception("The file of a version is not in its storage: %s.", version.file.name)
        raise Http404 from error
    except OSError:
        logger.exception("The storage of the resources does not answer.")
        return _unavailable(request)
    # Whoever resumes a download was counted when it began.
    first = response.headers.get("Content-Range", "bytes 0-").startswith("bytes 0-")
    if request.method == "GET" and response.status_code in {200, 206} and first:
        _count([version])
    return response


@login_not_required
@require_safe
def collection_zip(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What a collection gives today, in its order.

    :raises Http404: For a draft.
    """
    found = get_object_or_404(Collection.objects.published(), slug=slug)
    return _zip(request, found.title, found.shown(), f"{found.slug}.zip")


@login_not_required
@require_safe
def resources_zip(request: HttpRequest) -> HttpResponseBase:
    """The resources that a reader ticked, in the order of the shelves: ``?r=guide&r=affiche``.

    What is not public, or not known, is left out; nothing at all, or more than anyone ticks, is answered in words.
    """
    slugs = set(request.GET.getlist("r"))
    if len(slugs) > MOST_SELECTED:
        return _nothing(request, _("On télécharge %d ressources à la fois, au plus.") % MOST_SELECTED)
    chosen = Resource.objects.published().filter(slug__in=slugs).with_cards()
    return _zip(request, _("Ressources choisies"), chosen, "ressources.zip")


def _zip(request: HttpRequest, title: str, resources: Iterable[Resource], name: str) -> HttpResponseBase:
    chosen = list(resources)
    if not chosen:
        return _nothing(request, _("Aucune des ressources demandées n’est publiée."))
    made = bundle(title, chosen, request.build_absolute_uri)
    if request.method == "HEAD":
        response = StreamingHttpResponse(content_type="application/zip")  # nobody says for it that it weighs nothing
    else:
        response = StreamingHttpResponse(iter(made), content_type="application/zip")
        _count(made.versions)
    if (length := made.length) is not None:
        response.headers["Content-Length"] = str(length)
    response.headers["Content-Disposition"] = content_disposition_header(True, name)  # noqa: FBT003  Django's own
    return guarded(response)


def _count(versions: Iterable[Version]) -> None:
    """Note that these files were taken, and nothing of who took them. A reader has their file all the same."""
    try:
        with transaction.atomic():
            DownloadCount.objects.add_each(versions, timezone.localdate())
    except DatabaseError:
        logger.exception("A download was not counted.")


def _nothing(request: HttpRequest, reason: str) -> HttpResponse:
    return render(request, "resources/nothing_to_take.html", {"reason": reason}, status=404)


def _unavailable(request: HttpRequest) -> HttpResponse:
    response = render(request, "resources/unavailable.html", status=503)
    response.headers["Retry-After"] = "60"
    return response
