"""Who the client is, whatever the client says: attack 15."""

import re

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from pledges.clients import client_address, network_of
from tests.test_consistency import ROOT, code, in_words

PROXY, OUTER, CLIENT, INVENTED = "10.0.0.1", "10.0.0.2", "192.0.2.7", "203.0.113.66"


def seen(settings, proxies, written=None, *, remote=PROXY, **headers):
    settings.PROXY_COUNT = proxies
    if written is not None:
        headers["HTTP_X_FORWARDED_FOR"] = written
    return client_address(RequestFactory().get("/", REMOTE_ADDR=remote, **headers))


@pytest.mark.parametrize(
    ("proxies", "written", "client"),
    [
        (0, None, PROXY),
        (0, CLIENT, PROXY),
        (1, CLIENT, CLIENT),
        (1, f"{INVENTED}, {CLIENT}", CLIENT),
        (2, f"{CLIENT}, {OUTER}", CLIENT),
        (2, f"{INVENTED}, {INVENTED},{CLIENT} ,  {OUTER}", CLIENT),
        (1, "2001:db8::7", "2001:db8::7"),
        (1, "::ffff:192.0.2.7", CLIENT),
        (1, "192.0.2.7:4711", CLIENT),
        (1, "[2001:db8::7]:4711", "2001:db8::7"),
    ],
)
def test_the_client_is_as_many_places_from_the_right_as_there_are_proxies(settings, proxies, written, client):
    assert seen(settings, proxies, written) == client


@pytest.mark.parametrize(
    ("proxies", "written", "nearest"),
    [
        (1, None, PROXY),
        (1, "", PROXY),
        (1, f"{INVENTED}, unknown", PROXY),
        (1, f"{INVENTED}, 192.0.2.7.1", PROXY),
        (1, f"{INVENTED},", PROXY),
        (1, f"{INVENTED}, 192.0.2.007", PROXY),
        (2, OUTER, OUTER),
        (2, f"{INVENTED}, nonsense, {OUTER}", OUTER),
        (3, f"{INVENTED}, nonsense, {OUTER}", OUTER),
        (3, f"{CLIENT}, nonsense", PROXY),
    ],
)
def test_what_is_missing_or_malformed_falls_back_on_a_proxy_and_never_further(settings, proxies, written, nearest):
    assert seen(settings, proxies, written) == nearest


@given(invented=st.lists(st.ip_addresses().map(str) | st.text(st.characters(codec="latin-1"), max_size=20)))
def test_nothing_that_a_client_invents_changes_who_it_is(invented):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pledges.clients.settings.PROXY_COUNT", 1, raising=False)
        headers = {"HTTP_X_FORWARDED_FOR": ", ".join([*invented, CLIENT]), "REMOTE_ADDR": PROXY}
        for name in ("X_REAL_IP", "FORWARDED", "CLIENT_IP", "CF_CONNECTING_IP", "TRUE_CLIENT_IP", "X_FORWARDED_HOST"):
            headers[f"HTTP_{name}"] = INVENTED

        assert client_address(RequestFactory().get("/", **headers)) == CLIENT


def test_a_server_behind_a_socket_of_this_machine_knows_no_address(settings):
    assert seen(settings, 0, CLIENT, remote="") == ""
    assert network_of("") == ""


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_a_network_is_what_one_subscriber_holds(address, network):
    assert network_of(address) == network


def test_nobody_else_reads_an_address_from_a_request():
    readers = re.compile(r"REMOTE_(ADDR|HOST)|FORWARDED.FOR|REAL.IP", re.IGNORECASE)
    ours = [*code(), *(ROOT / "bin").glob("*.py"), *(ROOT / "templates").rglob("*.html")]

    # The benchmark stands for the proxy.
    readers_of_it = in_words(path for path in ours if readers.search(path.read_text()))
    assert readers_of_it == ["pledges/clients.py", "bin/bench_signing.py"]
