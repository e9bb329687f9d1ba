"""Several resources in one zip: what it holds, in which order, and what it costs to send."""

import datetime
import hashlib
import io
import tracemalloc
import zipfile
from pathlib import PurePosixPath

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.db import DatabaseError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from resources.actions.versions import add_version
from resources.enums import FileFormat, Licence
from resources.files import Received
from resources.files.bundle import bundle
from resources.models import DownloadCount, Resource, Version
from resources.views.files import MOST_SELECTED
from tests.resources.factories import CollectionFactory, ResourceFactory, VersionFactory

PDF = b"%PDF-1.7 " + bytes(range(256)) * 600  # three pieces
MEGA = 1_000_000
SELECTION = reverse("resources-zip")
VIEW = "resources.views.files"

pytestmark = pytest.mark.django_db


def give(slug, content=PDF, kind=FileFormat.PDF, twin="", **traits):
    """A published resource, and its file."""
    resource = ResourceFactory(slug=slug, version=None, **traits)
    received = Received(ContentFile(content), kind, len(content), hashlib.sha256(content).hexdigest(), 2)
    add_version(resource, by=None, received=received, twin=twin)
    return resource


def link(slug, **traits):
    return ResourceFactory(slug=slug, version__url=f"https://example.org/{slug}", **traits)


def body(response):
    return b"".join(response.streaming_content)


def select(client, *resources):
    return client.get(SELECTION, {"r": [getattr(resource, "slug", resource) for resource in resources]})


def opened(response):
    return zipfile.ZipFile(io.BytesIO(body(response)))


def address(collection):
    return reverse("collection-zip", args=[collection.slug])


class Zeros(io.RawIOBase):
    """A file that is nowhere: zeros, as many as are asked for."""

    def __init__(self, size):
        self.left = self.size = size

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=0):
        assert (offset, whence) == (0, 0)
        self.left = self.size
        return 0

    def readinto(self, buffer):
        count = min(len(buffer), self.left)
        buffer[:count] = bytes(count)
        self.left -= count
        return count


class MadeUp(Storage):
    """A storage of such files, all of one size, and those that it gave."""

    def __init__(self, size):
        self.each = size
        self.given = []

    def _open(self, name, mode="rb"):
        self.given.append(Zeros(self.each))
        return File(self.given[-1], name=name)


@pytest.fixture
def made_up(monkeypatch):
    """Keep no file: the storage makes them."""

    def keep(size):
        storage = MadeUp(size)
        monkeypatch.setattr(Version._meta.get_field("file"), "storage", storage)
        return storage

    return keep


# --- What it holds ---


def test_a_zip_gives_each_file_as_it_is(client):
    guide, film = give("guide"), give("film", b"\0\0\0\x18ftypmp42", FileFormat.MP4)

    archive = opened(select(client, guide, film))

    assert archive.testzip() is None
    assert archive.namelist() == [
        "SOMMAIRE.txt",
        "sommaire.html",
        "fichiers/guide-v1.pdf",
        "fichiers/film-v1.mp4",
    ]
    assert (archive.read("fichiers/guide-v1.pdf"), archive.read("fichiers/film-v1.mp4")) == (
        PDF,
        b"\0\0\0\x18ftypmp42",
    )


def test_any_program_may_open_a_zip(client):
    archive = opened(select(client, give("guide")))

    assert {(found.compress_type, found.external_attr >> 16, found.create_system) for found in archive.infolist()} == {
        (zipfile.ZIP_STORED, 0o644, 3)
    }


def test_the_table_comes_first_and_names_titles_links_and_licences(client):
    give("guide", title="Guide des candidates", licence=Licence.ETALAB, twin="Bonjour.")
    give("fiche", title="Fiche & outils", licence=Licence.RESERVED)
    link("film", title="Le film", licence=Licence.CC_BY_SA)

    archive = opened(select(client, "guide", "fiche", "film"))

    assert archive.namelist()[:2] == ["SOMMAIRE.txt", "sommaire.html"]
    text, page = (archive.read(name).decode() for name in archive.namelist()[:2])
    for said in (
        "Guide des candidates",
        "http://testserver/ressources/guide/",
        "http://testserver/ressources/fiche/",
        "https://example.org/film",
        "fichiers/guide-v1.pdf",
        "textes/guide.txt",
        "fichiers/fiche-v1.pdf",
        "Le film",
        *(str(licence.label) for licence in (Licence.ETALAB, Licence.RESERVED, Licence.CC_BY_SA)),
    ):
        assert said in text
        assert said in page
    assert ("Fiche & outils" in text, "Fiche &amp; outils" in page) == (True, True)
    assert (Licence.ETALAB.address in page, Licence.CC_BY_SA.address in page) == (True, True)


def test_a_title_runs_nothing_in_the_table(client):
    give("guide", title="<script>alert(1)</script>", summary="<img src=x onerror=alert(1)>")

    page = opened(select(client, "guide")).read("sommaire.html").decode()

    assert ("<script" in page, "<img" in page, "&lt;script&gt;" in page) == (False, False, True)


def test_what_the_table_leads_to_is_in_the_zip(client):
    give("guide", twin="Bonjour.")
    link("film")

    archive = opened(select(client, "guide", "film"))

    page = archive.read("sommaire.html").decode()
    led_to = {part.partition('"')[0] for part in page.split('href="')[1:]}
    assert {there for there in led_to if "://" not in there} == set(archive.namelist()[2:])


def test_a_collection_keeps_its_order(client):
    first, second, third = give("z"), give("a"), give("m")
    collection = CollectionFactory(slug="dossier", title="Le dossier", resources=[third, first, second])

    archive = opened(client.get(address(collection)))

    text = archive.read("SOMMAIRE.txt").decode()
    assert archive.namelist()[2:] == ["fichiers/m-v1.pdf", "fichiers/z-v1.pdf", "fichiers/a-v1.pdf"]
    assert text.startswith("Le dossier\n")
    assert text.index(third.title) < text.index(first.title) < text.index(second.title)


def test_a_selection_has_the_order_of_the_shelves(client):
    today = timezone.localdate()
    old, new = (give(slug, published_on=today - datetime.timedelta(days=age)) for slug, age in [("vieux", 9), ("a", 1)])

    for asked in ([old, new], [new, old], [old, new, old]):
        assert opened(select(client, *asked)).namelist()[2:] == ["fichiers/a-v1.pdf", "fichiers/vieux-v1.pdf"]


def test_a_twin_is_a_text_beside_its_file(client):
    give("guide", twin="# Élu·e\n\nBonjour.")
    give("fiche")

    archive = opened(select(client, "guide", "fiche"))

    assert archive.namelist()[2:] == ["textes/guide.txt", "fichiers/guide-v1.pdf", "fichiers/fiche-v1.pdf"]
    assert archive.read("textes/guide.txt").decode() == "# Élu·e\n\nBonjour."


def test_a_link_is_only_in_the_table(client):
    archive = opened(select(client, link("film")))

    assert archive.namelist() == ["SOMMAIRE.txt", "sommaire.html"]
    assert "https://example.org/film" in archive.read("SOMMAIRE.txt").decode()


def test_the_version_of_today_is_given(client):
    resource = give("guide", b"%PDF-1.7 first")
    received = Received(ContentFile(b"%PDF-1.7 second"), FileFormat.PDF, 15, "1" * 64, 2)
    add_version(resource, by=None, received=received)

    archive = opened(select(client, resource))

    assert archive.namelist()[2:] == ["fichiers/guide-v2.pdf"]
    assert archive.read("fichiers/guide-v2.pdf") == b"%PDF-1.7 second"


def test_what_is_not_on_the_shelves_is_left_out(client):
    hidden = [give("brouillon", draft=True), give("ancien", archived=True), give("propose", submitted=True)]
    shown = give("guide")
    collection = CollectionFactory(resources=[*hidden, shown])

    for response in (select(client, *hidden, shown, "inconnu", ""), client.get(address(collection))):
        archive = opened(response)
        assert archive.namelist()[2:] == ["fichiers/guide-v1.pdf"]
        assert not any(resource.title in archive.read("SOMMAIRE.txt").decode() for resource in hidden)


def test_a_resource_without_a_version_is_left_out(client):
    empty = ResourceFactory(slug="vide", version=None)

    archive = opened(select(client, empty, give("guide")))

    assert archive.namelist()[2:] == ["fichiers/guide-v1.pdf"]
    assert empty.title not in archive.read("SOMMAIRE.txt").decode()


def test_two_names_never_meet(client):
    slugs = ["guide", "guide-v1", "guide-v1-v1", "guide-v1pdf", "sommaire", "textes", "fichiers"]
    for slug in slugs:
        give(slug, slug.encode(), twin=slug)
    guide = Resource.objects.get(slug="guide")
    add_version(guide, by=None, twin="guide", received=Received(ContentFile(b"guide"), FileFormat.ODT, 5, "1" * 64, 2))

    archive = opened(select(client, *slugs))

    names = archive.namelist()
    assert (len(names), len({name.lower() for name in names})) == (2 + 2 * len(slugs), len(names))
    assert sorted(archive.read(name).decode() for name in names[2:]) == sorted(slugs * 2)
    assert not any(PurePosixPath(name).is_absolute() or ".." in name for name in names)


# --- What is said of it ---


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_zip_is_an_attachment_that_runs_nothing(client, method):
    collection = CollectionFactory(slug="dossier", resources=[give("guide", twin="Élu·e"), link("film")])
    weight = len(body(client.get(address(collection))))

    response = getattr(client, method)(address(collection))

    assert (response.status_code, {name: response.headers[name] for name in EXPECTED}) == (200, EXPECTED)
    assert response.headers["Content-Length"] == str(weight)
    assert (dict(response.cookies), len(body(response))) == ({}, weight if method == "get" else 0)


EXPECTED = {
    "Cache-Control": "no-cache",
    "Content-Disposition": 'attachment; filename="dossier.zip"',
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Content-Type": "application/zip",
    "X-Content-Type-Options": "nosniff",
}


def test_a_selection_has_a_name_too(client):
    link("film")

    response = client.head(SELECTION, {"r": "film"})

    assert response.headers["Content-Disposition"] == 'attachment; filename="ressources.zip"'


@pytest.mark.parametrize("size", [0, 1, 64 * 1024, 64 * 1024 + 1, 300_000])
def test_the_length_is_known_before_the_first_byte(client, made_up, size):
    made_up(size)
    versions = [VersionFactory(stored=True, size=size, twin="é" * (size % 9)) for _count in range(3)]

    response = select(client, *(version.resource for version in versions), link("film"))

    assert response.headers["Content-Length"] == str(len(body(response)))


def test_the_length_of_a_zip_too_large_for_the_plain_form_is_not_said(client):
    for _count in range(3):
        VersionFactory(stored=True, size=800 * MEGA)

    response = client.head(SELECTION, {"r": list(Resource.objects.values_list("slug", flat=True))})

    assert (response.status_code, "Content-Length" in response.headers) == (200, False)


def test_head_sends_nothing_opens_nothing_and_counts_nothing(client, made_up):
    storage = made_up(120_000)
    version = VersionFactory(stored=True)
    collection = CollectionFactory(resources=[version.resource])

    for response in (client.head(address(collection)), client.head(SELECTION, {"r": version.resource.slug})):
        assert (response.status_code, body(response)) == (200, b"")
    assert (storage.given, DownloadCount.objects.count()) == ([], 0)


def test_the_same_resources_make_the_same_zip(client):
    collection = CollectionFactory(resources=[give("guide", twin="Bonjour."), link("film")])

    first, second = (body(client.get(address(collection))) for _time in range(2))

    assert first == second


def test_the_same_resources_make_the_same_zip_another_day(client, time_machine):
    collection = CollectionFactory(resources=[give("guide", twin="Bonjour."), link("film")])
    first = body(client.get(address(collection)))

    time_machine.move_to(timezone.now() + datetime.timedelta(days=40))

    assert body(client.get(address(collection))) == first


def test_a_file_has_the_date_of_its_version_in_our_time(client):
    resource = give("guide")
    Version.objects.update(added_at=datetime.datetime(2027, 3, 1, 23, 30, 12, tzinfo=datetime.UTC))

    dates = {found.date_time for found in opened(select(client, resource)).infolist()}

    assert dates == {(2027, 3, 2, 0, 30, 12)}


@pytest.mark.parametrize("day", [(1970, 1, 1), (1976, 2, 29), (1979, 12, 30)])
def test_a_zip_knows_no_year_before_1980(client, day):
    resource = give("guide")
    Version.objects.update(added_at=datetime.datetime(*day, 12, tzinfo=datetime.UTC))

    archive = opened(select(client, resource))

    assert {found.date_time[:3] for found in archive.infolist()} == {(1980, *day[1:])}
    assert archive.testzip() is None


# --- What is refused ---


@pytest.mark.parametrize("query", [{}, {"r": ""}, {"r": "inconnu"}, {"r": ["brouillon", "inconnu"]}, {"q": "guide"}])
def test_nothing_found_is_said_in_words(client, query):
    give("guide")
    give("brouillon", draft=True)

    response = client.get(SELECTION, query)

    assert response.status_code == 404
    assert "Aucune des ressources demandées n’est publiée." in response.content.decode()


def test_a_collection_of_nothing_is_said_in_words(client):
    collection = CollectionFactory(resources=[give("brouillon", draft=True)])

    response = client.get(address(collection))

    assert response.status_code == 404
    assert "Aucune des ressources demandées n’est publiée." in response.content.decode()


@pytest.mark.parametrize("slug", ["brouillon", "inconnu"])
def test_a_draft_of_a_collection_is_given_to_nobody(client, slug):
    CollectionFactory(slug="brouillon", published_on=None, resources=[give("guide")])

    assert client.get(reverse("collection-zip", args=[slug])).status_code == 404


def test_more_than_anyone_ticks_is_refused_in_words(client):
    resource = give("guide")

    response = select(client, resource, *(f"inconnu-{count}" for count in range(MOST_SELECTED)))

    assert response.status_code == 404
    assert "On télécharge 50 ressources à la fois, au plus." in response.content.decode()
    assert DownloadCount.objects.count() == 0


def test_as_many_as_one_may_tick_are_given(client):
    resource = give("guide")

    asked = [resource, resource, *(f"inconnu-{count}" for count in range(MOST_SELECTED - 1))]

    assert opened(select(client, *asked)).namelist()[2:] == ["fichiers/guide-v1.pdf"]


def test_nothing_is_written_at_the_address_of_a_zip(client):
    collection = CollectionFactory(resources=[give("guide")])

    assert (client.post(address(collection)).status_code, client.post(SELECTION).status_code) == (405, 405)


# --- Counting ---


def counts():
    return {(count.version.resource.slug, count.version.number): count.count for count in DownloadCount.objects.all()}


def test_each_version_is_counted_once(client):
    guide, fiche, film = give("guide", twin="Bonjour."), give("fiche"), link("film")
    collection = CollectionFactory(resources=[guide, film])

    body(client.get(address(collection)))
    body(select(client, guide, guide, fiche))

    assert counts() == {("guide", 1): 2, ("fiche", 1): 1}


def test_a_count_that_fails_costs_nobody_their_zip(client, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise DatabaseError("read only")

    resource = give("guide")
    monkeypatch.setattr(QuerySet, "bulk_create", fail)

    archive = opened(select(client, resource))

    assert (archive.testzip(), [record.message for record in caplog.records if record.name == VIEW]) == (
        None,
        ["A download was not counted."],
    )


@pytest.mark.parametrize("count", [1, 30])
def test_queries_of_a_selection_are_counted(client, made_up, django_assert_num_queries, count):
    made_up(120_000)
    slugs = [VersionFactory(stored=True, twin="Bonjour.").resource.slug for _time in range(count)]

    with django_assert_num_queries(6):  # the resources, their versions; a count in a transaction of its own
        body(select(client, *slugs))


@pytest.mark.parametrize("count", [1, 30])
def test_queries_of_a_collection_are_counted(client, made_up, django_assert_num_queries, count):
    made_up(120_000)
    collection = CollectionFactory(resources=[VersionFactory(stored=True).resource for _time in range(count)])

    with django_assert_num_queries(7):  # the collection, and as above
        body(client.get(address(collection)))


# --- While it is sent ---


@pytest.mark.parametrize("size", [119_999, 120_001, 0])
def test_a_file_that_is_not_what_is_known_of_it_cuts_the_zip(client, made_up, size):
    made_up(size)
    response = select(client, VersionFactory(stored=True, size=120_000).resource)

    with pytest.raises(OSError, match=f"{size} bytes instead of 120000"):
        body(response)


def test_a_file_that_was_lost_cuts_the_zip(client):
    resource = give("guide")
    resource.current.file.storage.delete(resource.current.file.name)
    response = select(client, resource)

    with pytest.raises(FileNotFoundError):
        body(response)


def test_whoever_leaves_before_the_end_leaves_no_file_open(made_up):
    storage = made_up(MEGA)
    for _count in range(3):
        VersionFactory(stored=True, size=MEGA)
    pieces = iter(bundle("Tout", Resource.objects.with_cards(), str))
    while not storage.given:
        next(pieces)

    pieces.close()

    assert [file.closed for file in storage.given] == [True]


def test_one_file_is_open_at_a_time(made_up):
    storage = made_up(MEGA)
    for _count in range(3):
        VersionFactory(stored=True, size=MEGA)
    made = bundle("Tout", Resource.objects.with_cards(), str)

    most = max(sum(not file.closed for file in storage.given) for _piece in made)

    assert (most, [file.closed for file in storage.given]) == (1, [True] * 3)


def test_half_a_gigabyte_is_sent_in_little_memory(client, made_up):
    made_up(10 * MEGA)
    slugs = [VersionFactory(stored=True, size=10 * MEGA).resource.slug for _count in range(MOST_SELECTED)]

    tracemalloc.start()
    try:
        response = select(client, *slugs)
        largest, sent = 0, 0
        for piece in response.streaming_content:
            largest, sent = max(largest, len(piece)), sent + len(piece)
        _current, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert sent == int(response.headers["Content-Length"]) > 500 * MEGA
    assert peak < 50 * MEGA
    assert largest < MEGA
