"""How many passwords and codes may be tried, so that guessing opens nothing and locks nobody out: docs/adr/0012."""

from datetime import timedelta

from django.http import HttpRequest
from django.utils.translation import ngettext

from desk import origins
from pledges.limits import DAY, HOUR, Limit
from regions.models import User

TEN_MINUTES = timedelta(minutes=10)

# From a browser that has come in to this account before: nobody else can use this up.
PASSWORDS_FROM_BROWSER = Limit("desk.password.browser", 10, TEN_MINUTES)
CODES_FROM_BROWSER = Limit("desk.code.browser", 10, TEN_MINUTES)
# From any other: a whole network, one account from one network, one account from everywhere. In this order, so that
# one network cannot use up what the others share.
PASSWORDS_FROM_NETWORK = Limit("desk.password.network", 60, HOUR)
PASSWORDS_TO_ACCOUNT_FROM_NETWORK = Limit("desk.password.pair", 10, timedelta(minutes=15))
PASSWORDS_TO_ACCOUNT = Limit("desk.password.account", 30, HOUR)
# Whoever tries codes has given the password. Three codes in a million are right at any moment: a stranger who has the
# password and tries for a year finds one once in ninety.
CODES_TO_ACCOUNT = Limit("desk.code.account", 10, DAY)
# Each link by mail makes another browser known, with an allowance of its own: until a code serves there, they share.
CODES_FROM_BROWSERS_BY_MAIL = Limit("desk.code.mail", 50, DAY)
# Like the links to a private page: three at once, one more a day.
LINKS_TO_MAILBOX = Limit("desk.link.mailbox", 3, 3 * DAY)
LINKS_FROM_NETWORK = Limit("desk.link.network", 20, HOUR)
INVITATIONS_BY_MEMBER = Limit("desk.invitation", 50, HOUR)


class TooManyTriesError(Exception):
    """A limit is reached. The text says when to try again, ``retry_after`` in how many seconds."""

    def __init__(self, wait: timedelta) -> None:
        self.retry_after = -(-wait // timedelta(seconds=1))
        minutes = -(-self.retry_after // 60)
        words = ngettext(
            "Trop d’essais ont été faits. Réessayez dans %(minutes)d minute.",
            "Trop d’essais ont été faits. Réessayez dans %(minutes)d minutes.",
            minutes,
        )
        super().__init__(words % {"minutes": minutes})


def admit_password(request: HttpRequest, account: str, user: User | None) -> None:
    """Count a password that is about to be tried, before any is hashed; the same for an account that does not exist.

    :param account: The account's name, or what was typed for it.
    :param user: The account, when it exists.
    :raises TooManyTriesError: When this browser, this network or the world has tried too many.
    """
    if browser := origins.known_browser(request, user):
        _admit(PASSWORDS_FROM_BROWSER, browser.name)
        return
    network = origins.network(request)
    _admit(PASSWORDS_FROM_NETWORK, network)
    _admit(PASSWORDS_TO_ACCOUNT_FROM_NETWORK, f"{network} {account}")
    _admit(PASSWORDS_TO_ACCOUNT, account)


def admit_code(request: HttpRequest, user: User) -> None:
    """Count a code that is about to be tried, from a telephone or from paper.

    :raises TooManyTriesError: When this browser, or the others together, have tried too many.
    """
    browser = origins.known_browser(request, user)
    if browser is None:
        _admit(CODES_TO_ACCOUNT, user.pk)
        return
    _admit(CODES_FROM_BROWSER, browser.name)
    if not browser.gave_code:
        _admit(CODES_FROM_BROWSERS_BY_MAIL, user.pk)


def admit_link(request: HttpRequest) -> None:
    """Count an asking for a link to choose a password, whatever the address.

    :raises TooManyTriesError: When this network has asked too many times.
    """
    _admit(LINKS_FROM_NETWORK, origins.network(request))


def admit_invitation(by: object) -> None:
    """Count an invitation.

    :raises TooManyTriesError: When this member has sent too many.
    """
    _admit(INVITATIONS_BY_MEMBER, by)


def _admit(limit: Limit, value: object) -> None:
    if not limit.take(value):
        raise TooManyTriesError(limit.wait(value))
