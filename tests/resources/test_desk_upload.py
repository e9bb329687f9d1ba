"""Files at the desk: received, refused in words, taken away again with the draft that had them."""

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from regions.models import Revision
from resources.models import Resource, Version
from tests.desk.acts import enter
from tests.regions.factories import MembershipFactory, NetworkFactory, RegionFactory
from tests.resources.factories import ResourceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ADD = reverse("admin:resources_resource_add")


def pdf(words=b""):
    """The smallest PDF of one page."""
    parts = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n",
    ]
    text, places = b"%PDF-1.4\n%" + words + b"\n", []
    for part in parts:
        places.append(len(text))
        text += part
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return text + table + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(text)


def upload(content=None, name="Guide des candidats.pdf"):
    return SimpleUploadedFile(name, content or pdf(), content_type="application/x-anything")


@pytest.fixture(autouse=True)
def kept(monkeypatch, tmp_path):
    """The folder of the files, for one test."""
    monkeypatch.setattr(Version.file.field, "storage", FileSystemStorage(location=tmp_path / "kept"))
    return tmp_path / "kept"


@pytest.fixture
def place():
    region = RegionFactory()
    return region, NetworkFactory(regions=[region])


@pytest.fixture
def desk(client, place):
    return enter(client, MembershipFactory(user__is_staff=True, network=place[1]).user)


def typed(place, **more):
    region, network = place
    return {"title": "Guide", "summary": "Trois pages.", "kind": "kit", "audience": "citizens", "licence": "cc-by",
            "language": "fr", "region": region.pk, "network": network.pk} | more  # fmt: skip


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def test_a_file_is_published_and_nothing_of_its_name_is_kept(desk, place, kept):
    desk.post(ADD, typed(place, file=upload(), _publish="1"))

    resource = Resource.objects.get()
    version = resource.versions.get()
    [path] = files(kept)
    assert (resource.state, version.format, version.page_count) == ("published", "pdf", 1)
    assert (version.size, "Guide" in path.name, path.suffix) == (path.stat().st_size, False, ".pdf")


def test_a_file_that_is_refused_says_why_and_nothing_typed_is_lost(desk, place, kept):
    response = desk.post(ADD, typed(place, file=upload(b"MZ" + bytes(200), "guide.pdf"), _publish="1"))

    form = response.context["adminform"].form
    assert list(form.errors) == ["file"]
    assert form.errors["file"] == ["« guide.pdf » est refusé : c’est un programme, et non un document."]
    assert (form["title"].value(), Resource.objects.exists(), files(kept)) == ("Guide", False, [])


def test_another_mistake_says_that_the_file_is_to_be_chosen_again(desk, place, kept):
    response = desk.post(ADD, typed(place, title="", file=upload(), _publish="1"))

    form = response.context["adminform"].form
    assert set(form.errors) == {"title", "file"}
    assert form.errors["file"] == ["Un navigateur ne garde pas les fichiers : choisissez-le de nouveau."]
    assert files(kept) == []


def test_another_file_of_a_draft_takes_the_place_of_the_first(desk, place, kept, django_capture_on_commit_callbacks):
    desk.post(ADD, typed(place, file=upload()))
    draft = Resource.objects.get()
    [first] = files(kept)

    with django_capture_on_commit_callbacks(execute=True):
        desk.post(
            reverse("admin:resources_resource_change", args=[draft.pk]),
            typed(place, slug=draft.slug, file=upload(pdf(b"autre"))),
        )

    [second] = files(kept)
    assert (first == second, draft.versions.get().number) == (False, 1)


def test_a_preview_of_a_file_keeps_nothing(desk, place, kept):
    before = Revision.current()

    response = desk.post(ADD, typed(place, file=upload(), _preview="1"))

    assert "(PDF, " in response.content.decode()
    assert (Resource.objects.exists(), files(kept), Revision.current()) == (False, [], before)


def test_the_file_of_a_draft_is_given_to_who_may_see_it_and_opens_nothing(desk, place):
    desk.post(ADD, typed(place, file=upload()))
    draft = Resource.objects.get()

    response = desk.get(reverse("admin:resources_resource_file", args=[draft.pk, 1]))

    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    names = ("Content-Type", "Content-Disposition", "X-Content-Type-Options", "Content-Security-Policy")
    assert [response.headers[name] for name in names] == [
        "application/pdf",
        'attachment; filename="guide-v1.pdf"',
        "nosniff",
        "default-src 'none'; sandbox",
    ]


def test_the_file_of_a_draft_is_not_there_for_others(desk, place):
    elsewhere = ResourceFactory(region=RegionFactory(), draft=True, version__stored=True)

    assert desk.get(reverse("admin:resources_resource_file", args=[elsewhere.pk, 1])).status_code == 404
    assert desk.get(reverse("admin:resources_resource_preview", args=[elsewhere.pk])).status_code == 404
