"""The files of the resources as they go out: whole, from where a download was cut, and counted."""

import datetime
import hashlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import DatabaseError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from config.page_store import PageStore
from resources.actions.versions import add_version
from resources.enums import FileFormat, ResourceState
from resources.files import Received
from resources.models import DownloadCount, Resource, Version
from tests.resources.factories import ResourceFactory, VersionFactory

CONTENT = bytes(range(256)) * 1000  # 256 000 bytes: four pieces
SHA256 = hashlib.sha256(CONTENT).hexdigest()
ETAG = f'"{SHA256}"'
ADDED_AT = datetime.datetime(2027, 3, 1, 12, tzinfo=datetime.UTC)

pytestmark = pytest.mark.django_db


def give(resource, content=CONTENT, kind=FileFormat.PDF):
    received = Received(ContentFile(content), kind, len(content), hashlib.sha256(content).hexdigest(), 2)
    version = add_version(resource, by=None, received=received)
    Version.objects.filter(pk=version.pk).update(added_at=ADDED_AT)
    return version


@pytest.fixture
def version():
    return give(ResourceFactory(slug="guide", version=None))


def body(response):
    """All that it sends: what is not read to its end would stay open."""
    return b"".join(response)


def test_a_file_is_an_attachment_that_runs_nothing(client, version):
    response = client.get(version.get_absolute_url())

    assert body(response) == CONTENT
    headers = {name: value for name, value in response.headers.items() if name in EXPECTED}
    assert (response.status_code, headers) == (200, EXPECTED)


EXPECTED = {
    "Accept-Ranges": "bytes",
    "Cache-Control": "no-cache",
    "Content-Disposition": 'attachment; filename="guide-v1.pdf"',
    "Content-Length": "256000",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Content-Type": "application/pdf",
    "ETag": ETAG,
    "Last-Modified": "Mon, 01 Mar 2027 12:00:00 GMT",
    "X-Content-Type-Options": "nosniff",
}


def test_no_cookie_is_given_with_a_file(client, version):
    response = client.get(version.get_absolute_url())

    assert (body(response), dict(response.cookies), response.has_header("Vary")) == (CONTENT, {}, False)


@pytest.mark.parametrize("kind", FileFormat)
def test_each_format_has_its_type(client, kind):
    version = give(ResourceFactory(version=None), kind=kind)

    response = client.get(version.get_absolute_url())

    assert body(response) == CONTENT
    assert response.headers["Content-Type"].partition("/")[0] == {
        FileFormat.PNG: "image",
        FileFormat.JPEG: "image",
        FileFormat.WEBP: "image",
        FileFormat.MP3: "audio",
        FileFormat.MP4: "video",
    }.get(kind, "application")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-", 0, 255_999),
        ("bytes=100000-", 100_000, 255_999),
        ("bytes=0-0", 0, 0),
        ("bytes=65530-65545", 65_530, 65_545),
        ("bytes=255000-999999999", 255_000, 255_999),
        ("bytes=-10", 255_990, 255_999),
        ("bytes=-999999", 0, 255_999),
    ],
)
def test_a_cut_download_goes_on(client, version, asked, first, last):
    response = client.get(version.get_absolute_url(), headers={"range": asked})

    assert body(response) == CONTENT[first : last + 1]
    assert (response.status_code, response.headers["Content-Range"], response.headers["Content-Length"]) == (
        206,
        f"bytes {first}-{last}/256000",
        str(last - first + 1),
    )


@pytest.mark.parametrize("asked", ["bytes=256000-", "bytes=999999-", "bytes=-0"])
def test_what_is_beyond_the_end_is_refused(client, version, asked):
    response = client.get(version.get_absolute_url(), headers={"range": asked})

    assert (response.status_code, response.headers["Content-Range"]) == (416, "bytes */256000")


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-9", "bytes=9-5", "lines=1-2", "bytes=-", "bytes=a-b", "bytes=" + "9" * 40 + "-", ""]
)
def test_what_is_not_one_stretch_gives_the_whole(client, version, asked):
    response = client.get(version.get_absolute_url(), headers={"range": asked})

    assert (response.status_code, body(response), "Content-Range" in response.headers) == (200, CONTENT, False)


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        (ETAG, 206),
        ("Mon, 01 Mar 2027 12:00:00 GMT", 206),
        ('"another"', 200),
        (f"W/{ETAG}", 200),
        ("Mon, 01 Mar 2027 11:00:00 GMT", 200),
        ("whatever", 200),
    ],
)
def test_a_download_goes_on_only_with_the_same_file(client, version, condition, status):
    response = client.get(version.get_absolute_url(), headers={"range": "bytes=9-", "if-range": condition})

    assert response.status_code == status
    body(response)


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("if-none-match", ETAG, 304),
        ("if-none-match", '"another"', 200),
        ("if-modified-since", "Mon, 01 Mar 2027 12:00:00 GMT", 304),
        ("if-modified-since", "Mon, 01 Mar 2027 11:00:00 GMT", 200),
        ("if-match", '"another"', 412),
    ],
)
def test_whoever_has_it_already_is_told_so(client, version, header, value, status):
    response = client.get(version.get_absolute_url(), headers={header: value})

    assert (response.status_code, response.headers["ETag"]) == (status, ETAG)
    body(response)


def test_head_says_the_same_without_reading_the_file(client, version):
    version.file.storage.delete(version.file.name)

    response = client.head(version.get_absolute_url())

    headers = {name: value for name, value in response.headers.items() if name in EXPECTED}
    assert (response.status_code, response.content, headers) == (200, b"", EXPECTED)


def test_nothing_is_written_at_the_address_of_a_file(client, version):
    assert client.post(version.get_absolute_url()).status_code == 405


# --- Which files ---


def test_an_earlier_version_keeps_its_address(client, version):
    again = give(version.resource, b"%PDF-1.7 second")

    assert (body(client.get(version.get_absolute_url())), body(client.get(again.get_absolute_url()))) == (
        CONTENT,
        b"%PDF-1.7 second",
    )


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (ResourceState.DRAFT, 404),
        (ResourceState.SUBMITTED, 404),
        (ResourceState.PUBLISHED, 200),
        (ResourceState.ARCHIVED, 200),
    ],
)
def test_what_is_not_public_is_given_to_nobody(client, state, status):
    traits = {ResourceState.PUBLISHED: {}}.get(state, {state.value: True})
    version = give(ResourceFactory(version=None, **traits))

    response = client.get(version.get_absolute_url())

    assert (response.status_code, body(response) == CONTENT) == (status, status == 200)


@pytest.mark.parametrize(
    ("number", "name"), [(1, "guide-v1.odt"), (1, "guide.pdf"), (1, "GUIDE-V1.PDF"), (2, "guide-v2.pdf")]
)
def test_a_file_has_one_name(client, version, number, name):
    assert client.get(reverse("resource-file", args=["guide", number, name])).status_code == 404


def test_a_link_has_no_file(client):
    version = VersionFactory(resource__slug="lien")

    assert client.get(f"/ressources/lien/{version.number}/lien-v1.pdf").status_code == 404


def test_a_file_that_was_lost_is_not_there_and_is_reported(client, version, caplog):
    version.file.storage.delete(version.file.name)

    response = client.get(version.get_absolute_url())

    assert (response.status_code, [record.levelname for record in caplog.records if record.name == VIEW]) == (
        404,
        ["ERROR"],
    )
    assert DownloadCount.objects.count() == 0


VIEW = "resources.views.files"


def test_a_storage_that_does_not_answer_is_said_in_words(client, version, monkeypatch, caplog):
    monkeypatch.setattr(type(storages["resources"]), "open", lambda *args: (_ for _ in ()).throw(OSError("no route")))

    response = client.get(version.get_absolute_url())

    assert (response.status_code, response.headers["Retry-After"]) == (503, "60")
    assert "Ce fichier est indisponible" in response.content.decode()


def test_a_file_is_not_kept_by_the_page_store(version):
    def application(request, start_response):
        start_response("200 OK", [("Cache-Control", "no-cache"), ("Content-Type", "application/pdf")])
        return iter([CONTENT])

    store = PageStore(application)
    for _time in range(2):
        chunks = store(
            {"REQUEST_METHOD": "GET", "PATH_INFO": version.get_absolute_url(), "QUERY_STRING": ""}, lambda *said: None
        )
        assert list(chunks) == [CONTENT]

    assert store._size == 0


@pytest.mark.parametrize("count", [1, 30])
def test_queries_of_a_file_are_counted(client, django_assert_num_queries, count):
    resource = ResourceFactory(version=None)
    for _time in range(count):
        version = give(resource)

    with django_assert_num_queries(5):  # the version; a count in a transaction of its own, made if need be
        body(client.get(version.get_absolute_url()))


# --- Counting ---


def counts():
    return {(count.version.number, count.day): count.count for count in DownloadCount.objects.all()}


def test_a_download_is_counted_by_version_and_day(client, version):
    for asked in ({}, {"range": "bytes=0-"}, {"range": "bytes=0-99"}):
        body(client.get(version.get_absolute_url(), headers=asked))

    assert counts() == {(1, timezone.localdate()): 3}


@pytest.mark.parametrize(
    "headers", [{"range": "bytes=100-"}, {"range": "bytes=-5"}, {"range": "bytes=999999-"}, {"if-none-match": ETAG}]
)
def test_what_is_no_new_download_is_not_counted(client, version, headers):
    body(client.get(version.get_absolute_url(), headers=headers))
    client.head(version.get_absolute_url())

    assert counts() == {}


def test_a_count_that_fails_costs_nobody_their_file(client, version, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise DatabaseError("read only")

    monkeypatch.setattr(QuerySet, "bulk_create", fail)

    response = client.get(version.get_absolute_url())

    assert (body(response), [record.message for record in caplog.records if record.name == VIEW]) == (
        CONTENT,
        ["A download was not counted."],
    )
    assert Resource.objects.count() == 1  # the transaction around the request is unharmed


def test_a_count_says_nothing_of_who_asked():
    assert {field.name for field in DownloadCount._meta.get_fields()} == {"id", "version", "day", "count"}


# --- Storing ---


def test_a_file_is_stored_under_a_random_name_out_of_reach(version, settings):
    folder = settings.DATA_DIR / "resources"

    assert [path.name for path in folder.iterdir()] == [version.file.name]
    assert len(version.file.name) == 36
    with pytest.raises(ValueError, match="the portal alone"):
        _address = version.file.url


@pytest.mark.django_db(transaction=True)
def test_a_version_that_is_refused_leaves_no_file(version, settings, monkeypatch):
    def fail(*args, **kwargs):
        raise DatabaseError("disk full")

    monkeypatch.setattr("resources.actions.versions.record_at_large", fail)

    with pytest.raises(DatabaseError):
        give(version.resource, b"%PDF-1.7 second")

    assert [path.name for path in (settings.DATA_DIR / "resources").iterdir()] == [version.file.name]
    assert list(Version.objects.values_list("number", "replaced_on")) == [(1, None)]
