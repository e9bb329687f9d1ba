"""Whether an address still answers. It was typed by a person, so nothing inside our walls is ever asked."""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address

REDIRECTS = 5
TIMEOUT = 10
"""Seconds of silence after which nobody answers."""
DEADLINE = 20
"""Seconds that one request may take in all, however slowly it is answered."""
# A server that refuses robots, or is asked too much, says nothing of the page.
UNSURE = {403, 405, 406, 429, 451, 501, 999}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a link leads to: nothing wrong, a ``fault`` in words, or an answer that tells nothing (not ``is_sure``)."""

    fault: str = ""
    is_sure: bool = True


def is_public(address: Address) -> bool:
    """Whether an address is on the Internet: not this machine, nor its network, however it is written."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def check(url: str, *, may_ask: Callable[[Address], bool] = is_public, deadline: float = DEADLINE) -> Verdict:
    """Follow a link as a browser would, without reading what is there.

    :param may_ask: Which addresses may be connected to: each one that a name leads to is asked about, at each step,
        and the connection is made to that very address.
    """
    try:
        return _follow(url, may_ask, deadline)
    except _RefusedError as refusal:
        return Verdict(str(refusal))
    except TimeoutError:
        return Verdict(_("ne répond pas"))
    except ssl.SSLError:
        return Verdict(_("certificat refusé"))
    except (OSError, http.client.HTTPException, ValueError):
        return Verdict(_("connexion impossible"))


class _RefusedError(Exception):
    """Where a link leads is not to be asked, or is nowhere."""


def _follow(url: str, may_ask: Callable[[Address], bool], deadline: float) -> Verdict:
    for _step in range(REDIRECTS + 1):
        status, location = _ask("HEAD", url, may_ask, deadline)
        if status >= 400:  # many servers answer a HEAD wrongly
            status, location = _ask("GET", url, may_ask, deadline)
        if 300 <= status < 400 and location:
            url = urljoin(url, location)
            continue
        if status in UNSURE:
            return Verdict(is_sure=False)
        return Verdict("" if status < 400 else _in_words(status))
    return Verdict(_("renvoie sans fin d’une adresse à une autre"))


def _in_words(status: int) -> str:
    words = {
        404: _("page introuvable (404)"),
        410: _("page retirée (410)"),
        401: _("demande un mot de passe (401)"),
    }
    return words.get(status) or (
        _("erreur du site (%d)") % status if status >= 500 else _("adresse refusée (%d)") % status
    )


def _ask(method: str, url: str, may_ask: Callable[[Address], bool], deadline: float) -> tuple[int, str]:
    """The status of an answer, and where it sends on to; its body is not read."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in {"http", "https"} or not host:
        raise _RefusedError(_("renvoie vers ce qui n’est pas une page du web"))
    is_secure = parts.scheme == "https"
    port = parts.port or (443 if is_secure else 80)
    connection = _Connection(host, port, _resolve(host, port, may_ask), is_secure=is_secure)
    # A server that sends a byte now and then would keep us for ever: the socket is closed under it.
    watch = threading.Timer(deadline, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        target = quote(f"{parts.path or '/'}?{parts.query}".rstrip("?"), safe="/?%:@!$&'()*+,;=~-._")
        connection.request(method, target, headers={"User-Agent": _who_we_are(), "Accept": "*/*"})
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location", "")
    except (OSError, http.client.HTTPException) as error:
        if connection.is_cut:
            raise TimeoutError from error
        raise
    finally:
        watch.cancel()
        connection.close()


def _who_we_are() -> str:
    return f"EngagementsESS (verification des liens ; {settings.SITE_URL})"


def _resolve(host: str, port: int, may_ask: Callable[[Address], bool]) -> str:
    """The address that a name leads to. One that leads inside as well as outside is not asked at all."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise _RefusedError(_("ce nom de site n’existe pas")) from error
    addresses = [str(each[4][0]).partition("%")[0] for each in found]
    if not addresses or not all(may_ask(ipaddress.ip_address(address)) for address in addresses):
        raise _RefusedError(_("ne mène pas à un site public"))
    return addresses[0]


class _Connection(http.client.HTTPConnection):
    """A connection to one address, whatever the name would lead to a moment later."""

    def __init__(self, host: str, port: int, address: str, *, is_secure: bool) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self._address = address
        self._is_secure = is_secure
        self.is_cut = False
        # As browsers write it: without the port that the scheme means.
        self.default_port = 443 if is_secure else 80

    def connect(self) -> None:
        # Nothing is looked up again: a name may lead elsewhere the second time.
        self.sock: Any = socket.socket(socket.AF_INET6 if ":" in self._address else socket.AF_INET)
        self.sock.settimeout(TIMEOUT)
        self.sock.connect((self._address, self.port))
        if self._is_secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        self.is_cut = True
        if sock := getattr(self, "sock", None):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it was closed already
