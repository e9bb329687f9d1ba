"""Who the client of a request is: the one place that reads an address from a request."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Some proxies add the port: 192.0.2.7:4711, [2001:db8::7]:4711.
_WITH_PORT = re.compile(r"^(?:\[(?P<six>[0-9a-fA-F:.]+)\](?::\d+)?|(?P<four>[0-9.]+):\d+)$")
_NETWORK_OF_A_SUBSCRIBER = 64  # bits: what a provider gives to one home, and one phone, in IPv6


def client_address(request: HttpRequest) -> str:
    """The address that the request came from, as the outermost of our own proxies saw it.

    Each proxy adds at the right of ``X-Forwarded-For`` the address that called it, and leaves at the left whatever the
    client made up. Behind ``PROXY_COUNT`` proxies, the client is that many places from the right. Where an address is
    missing or is none, the answer is the nearest one that a proxy of ours vouches for.
    """
    written = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    vouched = [request.META.get("REMOTE_ADDR", ""), *reversed(written)][: settings.PROXY_COUNT + 1]
    client = _parse(vouched[0])
    for text in vouched[1:]:
        address = _parse(text)
        if address is None:
            break
        client = address
    return str(client or "")


def network_of(address: str) -> str:
    """What one subscriber holds: their IPv4 address, or the /64 that their IPv6 address is taken from."""
    parsed = _parse(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((int(parsed), _NETWORK_OF_A_SUBSCRIBER), strict=False))
    return str(parsed or "")


def _parse(text: str) -> Address | None:
    """An address, without its port or its zone; None when the text is none. IPv4 written as IPv6 is IPv4."""
    text = text.strip()
    if with_port := _WITH_PORT.match(text):
        text = with_port["six"] or with_port["four"]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
