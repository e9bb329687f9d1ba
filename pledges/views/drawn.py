"""How a drawing is answered: with its own tag, and a sentence rather than an error when it cannot be made."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from pledges.drawing import DrawingError
from pledges.kept import BusyError, Drawing

logger = logging.getLogger(__name__)

CONTENT_TYPES = {"pdf": "application/pdf", "png": "image/png"}
COME_BACK_IN = "10"  # seconds


def drawn(request: HttpRequest, drawing: Drawing, name: str = "") -> HttpResponse:
    """The file of a drawing; 304 for who has it, and then nothing is made or read.

    :param name: What it is called once saved, without extension; without one it is for pages to show.
    """
    etag = f'"{drawing.digest[:32]}"'
    if unchanged := get_conditional_response(request, etag=etag):
        assert isinstance(unchanged, HttpResponse)  # noqa: S101  Django's own type is wider
        return unchanged
    try:
        made = drawing.file()
    except (DrawingError, BusyError, OSError) as error:
        logger.error("%s not drawn: %s: %s", request.path, type(error).__name__, error)  # noqa: TRY400  said on one line
        late = render(request, "pledges/drawing_late.html", status=503)
        late.headers["Retry-After"] = COME_BACK_IN
        late.headers["Cache-Control"] = "no-store"
        return late
    response = HttpResponse(made, content_type=CONTENT_TYPES[drawing.kind], headers={"ETag": etag})
    if name:
        disposition = content_disposition_header(False, f"{name}.{drawing.kind}")  # noqa: FBT003  Django's own signature
        response.headers["Content-Disposition"] = disposition or "inline"
    return response
