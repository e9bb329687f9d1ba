"""How much of something one network, mailbox or list may ask for, counted in the database: docs/adr/0006."""

import re
import time
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.http import HttpRequest
from django.utils.encoding import punycode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges.clients import client_address, network_of
from pledges.keyed_hash import keyed_hash
from pledges.models import Allowance, CandidateList

MILLISECOND = timedelta(milliseconds=1)
# Asked for the first time, an allowance is created with one share used; later, one more is, if one is left. Django's
# own upsert has no condition: in four statements where this is one, the limits took a third of the time of a signature.
_TAKE = {
    vendor: f"""
        INSERT INTO {Allowance._meta.db_table} AS allowance (key, full_again_ms) VALUES (%s, %s)
        ON CONFLICT (key) DO UPDATE SET full_again_ms = {later}(allowance.full_again_ms, %s) + %s
        WHERE allowance.full_again_ms <= %s RETURNING key"""  # noqa: S608  no value in it is anybody's
    for vendor, later in {"sqlite": "MAX", "postgresql": "GREATEST"}.items()
}


class TooManyError(Exception):
    """A limit is reached. The text says which and when to try again, ``retry_after`` in how many seconds."""

    def __init__(self, reason: str, wait: timedelta) -> None:
        self.retry_after = -(-wait // timedelta(seconds=1))
        minutes = -(-self.retry_after // 60)
        again = ngettext(
            "Réessayez dans %(minutes)d minute : ce que vous avez écrit est gardé.",
            "Réessayez dans %(minutes)d minutes : ce que vous avez écrit est gardé.",
            minutes,
        )
        super().__init__(f"{reason} {again % {'minutes': minutes}}")


@dataclass(frozen=True, slots=True)
class Limit:
    """So many at once, then one more each time that a share of ``per`` has passed: ``per`` gives back all of them.

    An allowance is one moment, that by which it will be whole again (GCRA): each taking moves it one share later, and
    is refused when it would be further away than ``per``.
    """

    kind: str
    burst: int
    per: timedelta

    def take(self, value: object) -> bool:
        """Use one, if there is one left.

        One statement decides, whatever the number of threads, workers and machines.
        """
        now, share = _now(), self._share
        with connection.cursor() as cursor:
            cursor.execute(_TAKE[connection.vendor], [self._key(value), now + share, now, share, now + self._room])
            return cursor.fetchone() is not None

    def wait(self, value: object) -> timedelta:
        """How long before there is one to take; zero when there is."""
        now = _now()
        full_again = Allowance.objects.filter(key=self._key(value)).values_list("full_again_ms", flat=True).first()
        return max((full_again or now) - now - self._room, 0) * MILLISECOND

    @property
    def _share(self) -> int:
        """Milliseconds for one, rounded up: never more than the limit says."""
        return -(-(self.per // MILLISECOND) // self.burst)

    @property
    def _room(self) -> int:
        """How far from now an allowance may be whole again and still have one to give."""
        return self._share * (self.burst - 1)

    def _key(self, value: object) -> str:
        """What the database keeps of an address: a keyed hash, that says nothing without the portal's secret."""
        return keyed_hash("limits", f"{self.kind}:{value}").hex()


HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# Mobile carriers put thousands of people behind one IPv4 address, and a meeting of candidates shares one.
SIGNATURES_FROM_NETWORK = Limit("signature.network", 300, HOUR)
# The same without a proof of work: few honest browsers have no script, and all the simple robots.
UNPROVED_SIGNATURES_FROM_NETWORK = Limit("signature.network.unproved", 60, HOUR)
# One head or mandatary signs for a list, and a few people try again: a hundred is a flood for its network to sort.
SIGNATURES_TO_LIST = Limit("signature.list", 100, HOUR)
# Someone corrects themself, signs for a list and for themself, in two elections: never ten times in an hour.
SIGNATURES_FOR_MAILBOX = Limit("signature.mailbox", 10, HOUR)
# A link is asked for once and comes at once.
LINKS_FROM_NETWORK = Limit("link.network", 60, HOUR)
UNPROVED_LINKS_FROM_NETWORK = Limit("link.network.unproved", 20, HOUR)
# A code has 39 bits and lives ten minutes: a meeting types its thirty at once, and a thousand networks still find none.
CODES_FROM_NETWORK = Limit("code.network", 30, timedelta(minutes=10))
# Someone reports a few errors in a row, an assembly of volunteers a few dozen.
CORRECTIONS_FROM_NETWORK = Limit("correction.network", 30, HOUR)
UNPROVED_CORRECTIONS_FROM_NETWORK = Limit("correction.network.unproved", 10, HOUR)
# An address that has proved nothing may be anybody's, typed by anybody. Given back one a day: a bucket that gave back
# three a day would let five through in twenty-four hours, three at first and two as it fills.
MAILS_TO_UNPROVED = Limit("mail.unproved", 3, 3 * DAY)
# Apart: by signing in someone's name nobody must use up what lets that person open their page and withdraw.
PRIVATE_LINKS_TO_MAILBOX = Limit("mail.private", 3, 3 * DAY)


def admit_signature(
    request: HttpRequest, candidate_list: CandidateList, emails: Iterable[str], *, proved: bool
) -> None:
    """Count a signature that is about to be sent. To be called before the act, outside its transaction.

    What is refused or fails later has been counted all the same: it is the asking that costs.

    :raises TooManyError: When its network, one of its mailboxes or its list has sent too many.
    """
    # The list comes last: one network, or one mailbox, cannot use up the allowance that others share.
    network = SIGNATURES_FROM_NETWORK if proved else UNPROVED_SIGNATURES_FROM_NETWORK
    _admit(network, _network(request), _("Beaucoup de signatures arrivent de votre réseau."))
    for mailbox in sorted({mailbox_of(email) for email in emails}):
        _admit(SIGNATURES_FOR_MAILBOX, mailbox, _("Beaucoup de signatures arrivent pour cette adresse électronique."))
    # A declared candidacy has no key yet, but a name.
    target = candidate_list.pk or _declared(candidate_list)
    _admit(SIGNATURES_TO_LIST, target, _("Beaucoup de signatures arrivent pour cette liste."))


def admit_link(request: HttpRequest, *, proved: bool) -> None:
    """Count an asking for the link of a private page, whatever the address: the answer never tells if it is known.

    :raises TooManyError: When its network has asked too many times.
    """
    network = LINKS_FROM_NETWORK if proved else UNPROVED_LINKS_FROM_NETWORK
    _admit(network, _network(request), _("Beaucoup de demandes arrivent de votre réseau."))


def admit_code(request: HttpRequest) -> None:
    """Count a code that is about to be tried.

    :raises TooManyError: When its network has tried too many.
    """
    _admit(CODES_FROM_NETWORK, _network(request), _("Beaucoup de codes ont été essayés depuis votre réseau."))


def admit_correction(request: HttpRequest, *, proved: bool) -> None:
    """Count a correction that is about to be asked.

    :raises TooManyError: When its network has asked too many.
    """
    network = CORRECTIONS_FROM_NETWORK if proved else UNPROVED_CORRECTIONS_FROM_NETWORK
    _admit(network, _network(request), _("Beaucoup de demandes arrivent de votre réseau."))


def forget() -> int:
    """Delete the allowances that have been whole for a day: they say nothing more than their absence.

    :return: How many.
    """
    return Allowance.objects.filter(full_again_ms__lt=_now() - DAY // MILLISECOND).delete()[0]


def mailbox_of(email: str) -> str:
    """One spelling for all the addresses that lead to the same mailbox, to be counted together and never written to.

    Capitals, an accented domain and its ASCII form, letters taken for others (`ｅxample.org`), quotes and backslashes
    (`"a"@example.org`), and what follows a `+`: each would be a way round a limit.
    """
    local, _at, domain = email.rpartition("@")
    if local.startswith('"'):
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    local = unicodedata.normalize("NFKC", local).casefold()
    try:
        domain = punycode(domain)
    except UnicodeError:  # no mail server has such a name
        domain = unicodedata.normalize("NFKC", domain)
    return f"{local.partition('+')[0] or local}@{domain.casefold()}"


def _declared(candidate_list: CandidateList) -> str:
    contest = candidate_list.contest
    return f"declared:{contest.election_id}:{contest.code}:{candidate_list.norm}"


def _admit(limit: Limit, value: object, reason: str) -> None:
    if not limit.take(value):
        raise TooManyError(reason, limit.wait(value))


def _network(request: HttpRequest) -> str:
    return network_of(client_address(request))


def _now() -> int:
    """The moment, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000
