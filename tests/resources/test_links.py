"""Links that are followed: what they answer, in words, and what is never asked."""

import ipaddress
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone

from resources import links
from resources.actions.link_checks import Checked, check_links
from resources.links import Verdict, check, is_public
from resources.models import Version
from tests.resources.factories import ResourceFactory

LOOPBACK = ipaddress.ip_network("127.0.0.0/8")


def here(address):
    """What the tests may ask, and the portal may not."""
    return address in LOOPBACK


class Site(BaseHTTPRequestHandler):
    """A site that answers as its address says: ``/404``, ``/vers/autre-adresse``."""

    def do_HEAD(self):
        self.answer("HEAD")

    def do_GET(self):
        self.answer("GET")

    def answer(self, method):
        self.server.asked.append((method, self.path, self.headers["User-Agent"], self.headers["Host"]))
        word = self.path.split("/")[1]
        if word == "lent":
            self.server.released.wait(5)
        if word == "get-seul":
            self.send_response(404 if method == "HEAD" else 200)
        elif word in {"vers", "boucle"}:
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/vers") if word == "vers" else "/boucle")
        else:
            self.send_response(int(word) if word.isdigit() else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def site():
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        server.asked, server.released = [], threading.Event()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()


def at(site, path):
    return f"http://127.0.0.1:{site.server_port}{path}"


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("path", "verdict"),
    [
        ("/", Verdict()),
        ("/page?q=été", Verdict()),
        ("/get-seul", Verdict()),
        ("/vers/page", Verdict()),
        ("/404", Verdict("page introuvable (404)")),
        ("/410", Verdict("page retirée (410)")),
        ("/vers/404", Verdict("page introuvable (404)")),
        ("/401", Verdict("demande un mot de passe (401)")),
        ("/418", Verdict("adresse refusée (418)")),
        ("/503", Verdict("erreur du site (503)")),
        ("/403", Verdict(is_sure=False)),
        ("/429", Verdict(is_sure=False)),
        ("/boucle", Verdict("renvoie sans fin d’une adresse à une autre")),
    ],
)
def test_an_answer_is_told_in_words(site, path, verdict):
    assert check(at(site, path), may_ask=here) == verdict


@pytest.mark.any_database
def test_the_site_is_told_who_asks_and_its_page_is_not_read(site, settings):
    check(at(site, "/"), may_ask=here)

    who = f"EngagementsESS (verification des liens ; {settings.SITE_URL})"
    assert site.asked == [("HEAD", "/", who, f"127.0.0.1:{site.server_port}")]


@pytest.mark.any_database
@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_nothing_inside_is_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.any_database
@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"])
def test_what_is_on_the_internet_is_public(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.any_database
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f000001", "127.1"])
def test_this_machine_is_never_asked_however_it_is_written(site, host):
    with pytest.MonkeyPatch.context() as patch:
        # The guard of the tests knows fewer ways to write this machine than a resolver does.
        patch.setattr(links.socket, "getaddrinfo", _resolves_here)
        verdict = check(f"http://{host}:{site.server_port}/")

    assert (verdict, site.asked) == (Verdict("ne mène pas à un site public"), [])


def _resolves_here(host, port, **options):
    return [(2, 1, 6, "", ("127.0.0.1", port))]


@pytest.mark.any_database
def test_a_redirection_leads_inside_no_more_than_a_link(site):
    asked = []

    def first_only(address):
        asked.append(address)
        return len(asked) == 1

    verdict = check(at(site, "/vers/page"), may_ask=first_only)

    assert verdict == Verdict("ne mène pas à un site public")
    assert [path for _method, path, _who, _host in site.asked] == ["/vers/page"]


@pytest.mark.any_database
def test_the_connection_is_made_to_the_address_that_was_judged(site, monkeypatch):
    """A name that leads outside when it is judged, and inside a moment later, leads nowhere."""
    asked = []

    def look_up(host, port, **options):
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1" if len(asked) == 1 else "10.0.0.1", port))]

    monkeypatch.setattr(links.socket, "getaddrinfo", look_up)

    verdict = check(f"http://rebond.example.org:{site.server_port}/", may_ask=here)

    assert (verdict, asked) == (Verdict(), ["rebond.example.org"])


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("ftp://127.0.0.1/", "renvoie vers ce qui n’est pas une page du web"),
        ("file:///etc/passwd", "renvoie vers ce qui n’est pas une page du web"),
        ("http://127.0.0.1:9/", "connexion impossible"),
        ("http://127.0.0.1:99999/", "connexion impossible"),
    ],
)
def test_what_cannot_be_asked_is_told(url, fault):
    assert check(url, may_ask=here) == Verdict(fault)


@pytest.mark.any_database
def test_a_redirection_leaves_the_web_no_more_than_a_link(site):
    class Elsewhere(Site):
        def answer(self, method):
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()

    site.RequestHandlerClass = Elsewhere

    assert check(at(site, "/"), may_ask=here) == Verdict("renvoie vers ce qui n’est pas une page du web")


@pytest.mark.any_database
def test_a_site_that_keeps_us_waiting_is_left(site):
    assert check(at(site, "/lent"), may_ask=here, deadline=0.05) == Verdict("ne répond pas")


# --- What is written down ---


def ask(answers):
    return lambda url: answers[url]


@pytest.mark.django_db
def test_a_fault_keeps_its_first_moment_until_it_is_over():
    version = ResourceFactory().versions.get()
    broken, fine = ask({version.url: Verdict("ne répond pas")}), ask({version.url: Verdict()})
    states = []

    for day, answer in enumerate((broken, broken, ask({version.url: Verdict(is_sure=False)}), fine), start=1):
        with time_machine.travel(f"2027-03-0{day}T12:00:00Z", tick=False):
            check_links(ask=answer, pause=0)
        version.refresh_from_db()
        since = version.failing_since
        states.append((version.checked_at.day, version.fault, since and since.day))

    assert states == [(1, "ne répond pas", 1), (2, "ne répond pas", 1), (3, "ne répond pas", 1), (4, "", None)]


@pytest.mark.django_db
def test_the_links_that_the_public_is_given_are_followed_and_no_others():
    shown = ResourceFactory(version__url="https://example.org/a")
    ResourceFactory(draft=True), ResourceFactory(archived=True)
    ResourceFactory(version__stored=True)
    ResourceFactory(version__replaced_on=timezone.localdate(), version__url="https://example.org/b")
    asked = []

    checked = check_links(ask=lambda url: asked.append(url) or Verdict(), pause=0)

    assert (checked, asked) == ((1, 0), [shown.versions.get().url])


@pytest.mark.django_db
def test_a_link_mended_while_it_is_followed_is_not_called_broken():
    version = ResourceFactory().versions.get()

    def mend(url):
        Version.objects.filter(pk=version.pk).update(url="https://example.org/mieux")
        return Verdict("ne répond pas")

    check_links(ask=mend, pause=0)

    version.refresh_from_db()
    assert (version.fault, version.checked_at) == ("", None)


@pytest.mark.django_db
def test_a_site_is_given_time_between_two_pages(monkeypatch):
    for url in ("https://a.example.org/1", "https://b.example.org/", "https://a.example.org/2"):
        ResourceFactory(version__url=url)
    slept = []
    monkeypatch.setattr("resources.actions.link_checks.time.sleep", slept.append)

    check_links(ask=lambda url: Verdict(), pause=2)

    assert slept == [2]


@pytest.mark.django_db
def test_the_command_says_what_it_found():
    ResourceFactory(version__url="http://127.0.0.1:9/")
    out = StringIO()

    call_command("check_links", stdout=out)

    assert out.getvalue() == "Liens suivis : 1, en défaut : 1.\n"


def test_going_round_outlives_a_database_that_stops_and_tries_again_soon(monkeypatch, caplog):
    outcomes, naps = [DatabaseError("the server has gone"), Checked(0, 0)], []

    def follow():
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def sleep(seconds):
        naps.append(seconds)
        if not outcomes:
            raise KeyboardInterrupt

    monkeypatch.setattr("resources.management.commands.check_links.check_links", follow)
    monkeypatch.setattr("regions.management.repeating.time.sleep", sleep)
    out = StringIO()

    call_command("check_links", "--every", "24", stdout=out)

    assert (naps, out.getvalue()) == ([60, 24 * 60 * 60], "Liens suivis : 0, en défaut : 0.\n")
    assert "the server has gone" in caplog.text
