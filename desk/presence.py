"""Whether somebody is at the desk: what their session says of it, and nothing that the admin itself stands on."""

from django.conf import settings
from django.http import HttpRequest

from desk.enums import Entry

ENTERED_BY = "entered_by"
"""In the session: an ``Entry``, once all that is asked for has been given."""


def has_entered(request: HttpRequest) -> bool:
    """Whether this session holds more than a password, or may do without more."""
    by = request.session.get(ENTERED_BY)
    return by == Entry.SECOND_FACTOR or (by == Entry.PASSWORD and not settings.SECOND_FACTOR)
