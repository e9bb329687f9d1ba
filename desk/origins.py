"""Where somebody comes from: in words for their own eyes, and as a browser that we know for the limits."""

import ipaddress
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from pledges.clients import client_address, network_of
from pledges.keyed_hash import keyed_hash
from regions.models import User

KNOWN_FOR = 180 * 24 * 60 * 60  # seconds
_SALT = "desk.browser"

# In this order: most browsers also name the ones that they descend from.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class KnownBrowser:
    """A browser from which an account has come in, or opened a link of its mailbox; and whether a code served there."""

    name: str
    gave_code: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """What is kept of where an attempt came from: a family of browsers, and the beginning of an address."""

    browser: str
    network: str


def origin_of(request: HttpRequest) -> Origin:
    agent = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in _BROWSERS if mark in agent), _("un autre navigateur"))
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return Origin(
        browser=_("%(browser)s sur %(system)s") % {"browser": browser, "system": system} if system else browser,
        network=_beginning(client_address(request)),
    )


def network(request: HttpRequest) -> str:
    """What one subscriber holds, for the limits: it is hashed there and kept nowhere."""
    return network_of(client_address(request))


def known_browser(request: HttpRequest, user: User | None) -> KnownBrowser | None:
    """Which browser this is, among those from which this account has come in; None when it is none of them.

    A browser says so with a signed cookie, that a stranger can neither make nor guess: whatever they try uses up
    none of what this browser may try. It ends with the account's sessions.
    """
    if user is None:
        return None
    try:
        held, name, gave_code = signing.loads(request.COOKIES.get(_cookie(user), ""), salt=_SALT, max_age=KNOWN_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return KnownBrowser(str(name), gave_code is True) if held == _mark(user) else None


def remember_browser(response: HttpResponseBase, user: User, *, gave_code: bool) -> None:
    """Let this browser be known when it comes back to this account.

    :param gave_code: Whether a right code came from it; a link by mail shows no more than the reading of a mailbox.
    """
    response.set_cookie(
        _cookie(user),
        signing.dumps([_mark(user), secrets.token_urlsafe(16), gave_code], salt=_SALT),
        max_age=KNOWN_FOR,
        path="/admin/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _cookie(user: User) -> str:
    """One cookie for each account: colleagues may share a computer."""
    return f"browser-{keyed_hash('desk.browser.name', str(user.pk)).hex()[:12]}"


def _mark(user: User) -> str:
    """Of the account and of its round: a cookie taken from a lost computer is worth nothing once sessions are ended."""
    return keyed_hash("desk.browser", f"{user.pk}:{user.session_round}").hex()


def _beginning(address: str) -> str:
    """Enough to tell one's own provider from another continent: « 192.0… », « 2001:db8:… »."""
    if not address:
        return ""
    if ipaddress.ip_address(address).version == 4:
        return f"{'.'.join(address.split('.')[:2])}…"
    return f"{':'.join(ipaddress.ip_address(address).exploded.split(':')[:2])}…"
