"""Coming in at the desk: half-way once the password is given, in once the second factor is."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from desk.actions.retention import forget_old_log_ins
from desk.enums import Entry, Outcome
from desk.models import LogIn
from desk.origins import origin_of
from desk.presence import ENTERED_BY
from regions.admin.proof import note_proof
from regions.models import User

HALF_WAY = "half_way"
"""In the session: who has given their password and not their second factor. They are nobody until then."""
HALF_WAY_FOR = 15 * 60
"""Seconds in which to find one's telephone."""


@dataclass(frozen=True, slots=True)
class HalfWay:
    """Somebody whose password is right, or who holds the key that a mail gave; and where they were going."""

    user: User
    by_mail: bool
    destination: str


def begin(request: HttpRequest, user: User, *, destination: str, by_mail: bool = False) -> None:
    """Note that this is the account's password, or its key: whatever this browser's session was, it is another now."""
    logout(request)
    request.session.cycle_key()
    request.session[HALF_WAY] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "since": time.time(),
        "by_mail": by_mail,
        "destination": destination,
    }


def half_way(request: HttpRequest) -> HalfWay | None:
    """Who is half-way in; nobody once their password has changed, their sessions are ended or their time is over."""
    held: Mapping[str, Any] = request.session.get(HALF_WAY) or {}
    if not held or not 0 <= time.time() - held["since"] < HALF_WAY_FOR:
        return None
    user = User.objects.filter(pk=held["user"], is_active=True, is_staff=True).first()
    if user is None or not constant_time_compare(held["hash"], user.get_session_auth_hash()):
        return None
    return HalfWay(user, held["by_mail"], held["destination"])


def give_up(request: HttpRequest) -> None:
    """Be nobody again, to come in as somebody else."""
    request.session.pop(HALF_WAY, None)


def enter(request: HttpRequest, user: User, by: Entry) -> None:
    """Open the desk to somebody who has given all that is asked for, in a session of a new key."""
    request.session.pop(HALF_WAY, None)
    login(request, user)
    request.session[ENTERED_BY] = by.value
    # An hour by the clock, that no click moves: a cookie that was copied ends with the working day.
    request.session.set_expiry(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    note_proof(request)
    note_attempt(request, user, Outcome.ENTERED)


def note_attempt(request: HttpRequest, user: User | None, outcome: Outcome) -> None:
    """Keep what an account's owner may want to recognise later, and forget what is three months old.

    :param user: None when the account does not exist: the row is written all the same, for the time that it takes.
    """
    origin = origin_of(request)
    LogIn.objects.create(user=user, outcome=outcome, browser=origin.browser, network=origin.network)
    forget_old_log_ins()


def local_path(request: HttpRequest, wanted: str) -> str:
    """Where to go on to: a page of this portal, or the desk's first page when something else was asked for."""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure())
    return wanted if is_ours and wanted.startswith("/") else reverse("admin:index")
