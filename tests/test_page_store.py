"""The store of public pages around the WSGI application: what it keeps, for whom, and for how long."""

import datetime
import gzip
from io import BytesIO

import brotli
import pytest
import time_machine
from django.core.handlers.wsgi import WSGIHandler
from django.db import DatabaseError
from django.urls import reverse

from config.encodings import chosen
from config.page_store import MAX_BYTES, PageStore
from pledges import drawing
from pledges.actions import personal_data, review
from pledges.calendar import local_midnight
from pledges.enums import IdentityCheck
from regions.models import Revision
from tests.desk.acts import enter
from tests.pledges.factories import CommitmentFactory, PledgeFactory
from tests.regions.factories import RegionFactory, UserFactory
from tests.resources.factories import CollectionFactory, ResourceFactory

pytestmark = pytest.mark.django_db(transaction=True)  # as on a server: requests end, connections close

NOON = "2027-03-01 12:00:10+00:00"


class Answer:
    """What the application said: ``status``, ``headers`` by name in lower case, ``body``, ``sent`` over the wire."""

    DECODERS = {"br": brotli.decompress, "gzip": gzip.decompress}

    def __init__(self, application, path="/", method="GET", query="", **headers):
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "testserver",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            "wsgi.errors": BytesIO(),
            "REMOTE_ADDR": "127.0.0.1",
            **headers,
        }
        started = []
        chunks = application(environ, lambda *said: started.extend(said))
        self.sent = b"".join(chunks)
        if hasattr(chunks, "close"):
            chunks.close()
        self.status = int(started[0].split()[0])
        self.headers = {name.lower(): value for name, value in started[1]}
        decode = self.DECODERS.get(self.headers.get("content-encoding"), bytes)
        self.body = decode(self.sent).decode() if self.sent else ""


class CountingHandler(WSGIHandler):
    """Django, counting what it is asked."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def __call__(self, environ, start_response):
        self.count += 1
        return super().__call__(environ, start_response)


@pytest.fixture
def django():
    return CountingHandler()


@pytest.fixture
def store(django):
    return PageStore(django)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def test_a_page_is_made_once_for_all_readers(store, django, clock, django_assert_num_queries):
    first = Answer(store)

    with django_assert_num_queries(0):
        second = Answer(store)

    assert (first.status, first.body, first.headers) == (second.status, second.body, second.headers)
    assert django.count == 1


def test_a_reader_who_has_the_page_is_told_so(store, clock):
    etag = Answer(store).headers["etag"]

    again = Answer(store, HTTP_IF_NONE_MATCH=f'"other", W/{etag}')

    assert (again.status, again.body, again.headers["etag"]) == (304, "", etag)


def test_the_head_of_a_kept_page_has_no_body(store, django, clock):
    page = Answer(store)

    head = Answer(store, method="HEAD")

    assert (head.status, head.body, head.headers) == (200, "", page.headers)
    assert django.count == 1


def test_what_is_published_is_seen_within_a_second(store, clock):
    pledge = PledgeFactory(in_review=True, signed=True)
    CommitmentFactory(pledge=pledge, statement="Une phrase d’essai.")
    address = pledge.candidate_list.get_absolute_url()
    before = Answer(store, address)
    review.publish(pledge, by=UserFactory(), identity_check=IdentityCheck.CALL_BACK)

    clock.shift(1)
    after = Answer(store, address)

    assert ("Une phrase d’essai." in before.body, "Une phrase d’essai." in after.body) == (False, True)
    assert before.headers["etag"] != after.headers["etag"]


def test_a_page_that_the_revision_did_not_change_keeps_its_tag(store, clock):
    etag = Answer(store, "/methode/").headers["etag"]
    Revision.advance()
    clock.shift(1)

    assert Answer(store, "/methode/", HTTP_IF_NONE_MATCH=etag).status == 304


def test_what_the_calendar_decides_is_right_at_its_minute(store, clock):
    pledge = PledgeFactory(published=True, signed=True)
    election = pledge.candidate_list.contest.election
    region = pledge.candidate_list.contest.region
    address = region.get_absolute_url()
    over = local_midnight(election.signing_closes_on + datetime.timedelta(days=1), region)
    clock.move_to(over - datetime.timedelta(seconds=0.5))
    before = Answer(store, address)

    clock.shift(0.5)
    after = Answer(store, address)

    said = ["Les signatures sont ouvertes" in answer.body for answer in (before, after)]
    assert said == [True, False]


def test_whoever_bears_a_cookie_gets_a_page_of_the_moment(store, django, clock):
    Answer(store)

    Answer(store, HTTP_COOKIE="sessionid=x")
    Answer(store, HTTP_COOKIE="csrftoken=x")

    assert django.count == 3


def test_each_filter_of_a_matrix_is_kept_apart_and_nothing_else_after_the_question_mark(store, django, clock):
    filters = ("", "principe=1", "reponse=s-engage", "principe=1&reponse=s-engage", "public=candidats")
    for query in 2 * filters:
        Answer(store, reverse("elections"), query=query)
    kept = django.count
    for query in 2 * ("principe=10", "reponse=S", "reponse=s-engage&q=rouen", "a", "principe=1;", "public=x"):
        Answer(store, reverse("elections"), query=query)

    assert (kept, django.count) == (5, 5 + 12)


def test_what_someone_searches_is_not_kept(store, django, clock):
    Answer(store, reverse("search"), query="q=rouen")
    Answer(store, reverse("search"), query="q=rouen")

    assert django.count == 2


@pytest.mark.parametrize("name", ["private-ask", "admin:login", "health", "sign", "verify"])
def test_what_is_someone_s_own_is_never_kept(store, django, clock, name):
    answers = [Answer(store, reverse(name)) for _ in range(2)]

    assert django.count == 2
    assert [answer.headers.get("cache-control", "").startswith("public") for answer in answers] == [False, False]


@pytest.mark.parametrize("path", ["/nulle-part/", "/regions", "/listes/1-x/"])
def test_what_is_no_page_is_not_kept(store, django, clock, path):
    Answer(store, path)
    Answer(store, path)

    assert django.count == 2


def test_a_drawing_is_a_file_already_and_is_neither_kept_nor_compressed(store, django, clock, monkeypatch):
    monkeypatch.setattr(drawing, "png", lambda _template, _content: b"PNG" * 1000)

    answers = [Answer(store, "/partage/accueil.png", HTTP_ACCEPT_ENCODING="br, gzip") for _time in range(2)]

    assert [(answer.status, answer.sent) for answer in answers] == [(200, b"PNG" * 1000)] * 2
    assert {answer.headers.get("content-encoding") for answer in answers} == {None}
    assert django.count == 2


def test_each_host_and_scheme_has_its_own_pages(store, django, clock):
    Answer(store)
    Answer(store, HTTP_HOST="localhost")
    Answer(store, HTTP_X_FORWARDED_PROTO="https")
    foreign = Answer(store, HTTP_HOST="mal.example.org")

    assert (django.count, foreign.status) == (4, 400)


def test_no_method_but_reading_is_answered_from_the_store(store, django, clock):
    Answer(store)

    Answer(store, method="POST")

    assert django.count == 2


def _size_with(store, path):
    Answer(store, path)
    return store._size


def test_the_store_forgets_the_oldest_when_it_is_full(store, django, clock, monkeypatch):
    monkeypatch.setattr("config.page_store.MAX_BYTES", _size_with(store, "/methode/"))

    Answer(store, "/glossaire/")
    Answer(store, "/methode/")

    assert django.count == 3
    assert store._size <= MAX_BYTES


@pytest.mark.parametrize("header", ["HTTP_HOST", "HTTP_X_FORWARDED_PROTO"])
def test_what_is_too_long_to_name_a_page_of_ours_is_not_kept(store, django, clock, header):
    value = "testserver:" + "0" * 400 if header == "HTTP_HOST" else "x" * 400
    Answer(store, "/robots.txt", **{header: value})
    Answer(store, "/robots.txt", **{header: value})

    assert (django.count, store._size) == (2, 0)


def test_when_the_database_is_away_the_application_says_so(store, django, clock, monkeypatch):
    def away():
        raise DatabaseError

    monkeypatch.setattr(Revision, "current", away)

    Answer(store, "/methode/")
    Answer(store, "/methode/")

    assert django.count == 2


# --- Compression ---


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_a_kept_page_is_the_same_page_compressed(store, django, clock, encoding):
    plain = Answer(store)

    short = Answer(store, HTTP_ACCEPT_ENCODING=encoding)

    assert (short.status, short.body, django.count) == (200, plain.body, 1)
    assert len(short.sent) < len(plain.sent) / 3
    own = {"content-encoding": encoding, "content-length": str(len(short.sent)), "etag": short.headers["etag"]}
    assert short.headers == plain.headers | own


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
def test_each_encoding_has_a_tag_of_its_own(store, clock, encoding):
    tags = {name: Answer(store, HTTP_ACCEPT_ENCODING=name).headers["etag"] for name in ("br", "gzip", "identity")}

    statuses = {
        name: Answer(store, HTTP_ACCEPT_ENCODING=encoding, HTTP_IF_NONE_MATCH=f"W/{tag}").status
        for name, tag in tags.items()
    }

    assert statuses == {"br": 200, "gzip": 200, "identity": 200} | {encoding: 304}


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
def test_every_answer_of_the_store_says_that_it_depends_on_the_encoding(store, clock, encoding):
    page = Answer(store, HTTP_ACCEPT_ENCODING=encoding)
    again = Answer(store, HTTP_ACCEPT_ENCODING=encoding, HTTP_IF_NONE_MATCH=page.headers["etag"])
    head = Answer(store, method="HEAD", HTTP_ACCEPT_ENCODING=encoding)

    assert [answer.headers["vary"] for answer in (page, again, head)] == ["Accept-Encoding"] * 3
    assert (again.sent, head.sent, head.headers["content-length"]) == (b"", b"", str(len(page.sent)))


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", "identity"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("gzip; q=0.000", "identity"),
        ("gzip;q=0.2, identity;q=0.9", "identity"),
        ("*", "br"),
        ("*;q=0.1, br;q=0", "gzip"),
        ("*;q=0", "identity"),
        ("br;q=high, gzip;level=9", "identity"),
        ("deflate, zstd", "identity"),
    ],
)
def test_the_encoding_is_the_one_that_the_client_prefers(accepted, encoding):
    assert chosen(accepted, ["br", "gzip", "identity"]) == encoding


def test_a_page_too_short_to_gain_by_it_is_not_compressed(clock):
    def short(environ, start_response):
        start_response("200 OK", [("Cache-Control", "public")])
        return [b"ok"]

    answer = Answer(PageStore(short), HTTP_ACCEPT_ENCODING="br, gzip")

    assert (answer.sent, answer.headers.get("content-encoding")) == (b"ok", None)


def test_what_it_keeps_is_counted_in_every_encoding(store, clock):
    sent = [len(Answer(store, HTTP_ACCEPT_ENCODING=name).sent) for name in ("br", "gzip", "identity")]

    assert sum(sent) < store._size < sum(sent) + 8_000


@pytest.mark.parametrize("path", ["/signer/ma-page/", "/verifier/", "/admin/login/", "/nulle-part/"])
def test_a_page_with_a_form_or_one_that_is_not_kept_is_never_compressed(store, clock, path):
    answer = Answer(store, path, HTTP_ACCEPT_ENCODING="br, gzip")

    assert "content-encoding" not in answer.headers
    assert answer.sent.decode().startswith(("<!doctype html>", "<!DOCTYPE html>"))


def test_a_page_for_someone_with_a_cookie_is_never_compressed(store, clock):
    Answer(store)

    answer = Answer(store, HTTP_COOKIE="sessionid=x", HTTP_ACCEPT_ENCODING="br, gzip")

    assert ("content-encoding" in answer.headers, answer.sent.decode()[:15]) == (False, "<!doctype html>")


def test_what_comes_with_an_encoding_passes_unchanged(clock):
    def packed(environ, start_response):
        start_response("200 OK", [("Cache-Control", "public"), ("Content-Encoding", "gzip")])
        return [gzip.compress(b"x" * 500)]

    answer = Answer(PageStore(packed), HTTP_ACCEPT_ENCODING="br")

    assert (answer.body, answer.headers) == ("x" * 500, {"cache-control": "public", "content-encoding": "gzip"})


# --- What changes a public page moves the revision ---


@pytest.fixture
def pledge():
    pledge = PledgeFactory(published=True, signed=True)
    CommitmentFactory(pledge=pledge, statement="Une phrase d’essai.")
    return pledge


def test_erasing_someone_moves_the_revision(pledge):
    before = Revision.current()

    personal_data.erase(pledge.signatories.get().email)

    assert Revision.current() > before


def test_what_an_administrator_saves_or_deletes_moves_the_revision(client):
    enter(client, UserFactory(is_staff=True, is_superuser=True))
    resource = ResourceFactory(region=RegionFactory())
    collection = CollectionFactory(published_on=None)
    data = {"title": "Un autre titre", "slug": resource.slug, "summary": "Un résumé.", "url": resource.current.url}
    data |= {"audience": resource.audience, "kind": resource.kind, "region": resource.region_id}
    data |= {"licence": resource.licence, "language": "fr"}
    revisions = [Revision.current()]

    client.post(reverse("admin:resources_resource_change", args=[resource.pk]), data)
    revisions.append(Revision.current())
    client.post(reverse("admin:resources_collection_delete", args=[collection.pk]), {"post": "yes"})
    revisions.append(Revision.current())

    assert revisions[0] < revisions[1] < revisions[2]


# --- What a public page may be ---


@pytest.mark.parametrize("name", ["home", "method", "legal-notice", "privacy", "glossary", "resources", "site-map"])
def test_a_public_page_holds_nothing_of_its_visitor(client, name):
    enter(client, UserFactory())

    response = client.get(reverse(name))

    assert response.headers["Cache-Control"] == "public, max-age=0, s-maxage=1"
    assert "Vary" not in response.headers
    assert not response.cookies
    assert "nonce" not in response.headers["Content-Security-Policy"]
