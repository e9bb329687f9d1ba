"""The files of the resources in a bucket: an S3 server on loopback, asked as any provider's would be."""

import hashlib
import io
import secrets
import zipfile

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.urls import reverse
from django.utils import timezone
from moto.server import ThreadedMotoServer

from config import shelf as configured
from resources.actions.versions import add_version
from resources.enums import FileFormat
from resources.files import Received
from resources.files.shelves import BLOCK, Bucket, Folder
from resources.models import DownloadCount, Version
from resources.models.resource import shelf
from tests.conftest import free_port
from tests.resources.factories import ResourceFactory

CONTENT = bytes(range(256)) * 4000  # 1 024 000 bytes: four blocks


@pytest.fixture(scope="module")
def endpoint():
    """An S3 server, for all the tests of this file."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
    server._server.server_close()


@pytest.fixture(autouse=True)
def keys(monkeypatch, tmp_path):
    """Keys that open nothing, and nothing of the developer's own."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def bucket(endpoint):
    """A new bucket."""
    made = Bucket(secrets.token_hex(8), endpoint, "us-east-1")
    made.client.create_bucket(Bucket=made.bucket)
    yield made
    made.client.close()


@pytest.fixture
def down(monkeypatch):
    """A bucket where nobody answers."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)  # it is asked again, at once
    made = Bucket("personne", f"http://127.0.0.1:{free_port()}", "us-east-1")
    yield made
    made.client.close()


@pytest.fixture
def asked(bucket):
    """The stretches of files that are asked of the bucket."""
    ranges = []

    def note(request, **kwargs):
        ranges.append(str(request.headers["Range"], "ascii"))

    bucket.client.meta.events.register("before-send.s3.GetObject", note)
    return ranges


def kept(bucket, content=CONTENT, name="a.pdf"):
    return bucket.save(name, ContentFile(content))


# --- A storage like another ---


def test_what_is_saved_is_read_as_it_was(bucket):
    name = kept(bucket)

    with bucket.open(name) as file:
        assert (name, file.read()) == ("a.pdf", CONTENT)


def test_a_file_that_was_read_once_is_saved_whole(bucket):
    content = ContentFile(CONTENT)
    content.read()

    bucket.save("a.pdf", content)

    assert bucket.size("a.pdf") == len(CONTENT)


def test_an_empty_file_is_a_file(bucket):
    kept(bucket, b"")

    with bucket.open("a.pdf") as file:
        assert (bucket.exists("a.pdf"), bucket.size("a.pdf"), file.read()) == (True, 0, b"")


def test_a_name_that_is_taken_is_not_written_over(bucket):
    first, second = kept(bucket, b"first"), kept(bucket, b"second")

    with bucket.open(first) as file:
        assert (first != second, file.read()) == (True, b"first")


def test_a_bucket_says_what_it_has(bucket):
    before = timezone.now().replace(microsecond=0)

    for name in ("a.pdf", "b.pdf"):
        kept(bucket, name=name)

    assert (bucket.exists("a.pdf"), bucket.exists("c.pdf"), bucket.size("a.pdf")) == (True, False, len(CONTENT))
    assert bucket.listdir("") == ([], ["a.pdf", "b.pdf"])
    assert bucket.get_modified_time("a.pdf") >= before


def test_a_list_goes_beyond_one_page(bucket):
    names = [f"{number}.pdf" for number in range(5)]
    for name in names:
        kept(bucket, b"", name)
    bucket.client.meta.events.register(
        "before-parameter-build.s3.ListObjectsV2", lambda params, **kwargs: params.update(MaxKeys=2)
    )

    assert bucket.listdir("") == ([], names)


def test_what_is_deleted_is_not_there(bucket):
    name = kept(bucket)

    bucket.delete(name)
    bucket.delete(name)  # once more harms nothing

    assert (bucket.exists(name), bucket.listdir("")) == (False, ([], []))


def test_a_file_is_written_only_whole(bucket):
    with pytest.raises(ValueError, match="saved whole"):
        bucket.open("a.pdf", "wb")


@pytest.mark.parametrize("storage", [Bucket("un-seau"), Folder()])
def test_a_file_has_no_address_of_its_storage(storage):
    with pytest.raises(ValueError, match="the portal alone gives it"):
        storage.url("a.pdf")


# --- Stretches ---


def test_any_place_of_a_file_may_be_read(bucket):
    kept(bucket)

    with bucket.open("a.pdf") as file:
        assert (file.seek(1000), file.read(10), file.tell()) == (1000, CONTENT[1000:1010], 1010)
        assert (file.seek(-10, 2), file.read()) == (len(CONTENT) - 10, CONTENT[-10:])
        assert (file.seek(600_000), file.seek(5, 1), file.read(3)) == (600_000, 600_005, CONTENT[600_005:600_008])
        assert (file.seek(0), file.read()) == (0, CONTENT)
        assert (file.seek(len(CONTENT) + 5), file.read()) == (len(CONTENT) + 5, b"")


def test_nothing_is_fetched_until_it_is_read(bucket, asked):
    kept(bucket)

    with bucket.open("a.pdf") as file:
        file.seek(900_000)

    assert asked == []


def test_a_stretch_is_fetched_from_its_beginning_and_no_further_than_it_is_read(bucket, asked):
    size = 20_000_000
    kept(bucket, bytes(size))

    with bucket.open("a.pdf") as file:
        file.seek(5_000_000)
        assert len(file.read(100)) == 100
        fetched = file.file.raw.body.tell()

    assert asked == ["bytes=5000000-"]
    assert 100 <= fetched <= BLOCK


def test_a_file_that_is_read_straight_on_is_asked_for_once(bucket, asked):
    kept(bucket)

    with bucket.open("a.pdf") as file:
        pieces = list(file.chunks(64 * 1024))

    assert (b"".join(pieces), asked) == (CONTENT, ["bytes=0-"])


# --- What goes wrong ---


def test_a_file_that_is_not_there_is_said_as_for_a_folder(bucket):
    for act in (bucket.open, bucket.size, bucket.get_modified_time):
        with pytest.raises(FileNotFoundError):
            act("rien.pdf")


def test_a_file_that_is_deleted_while_it_is_open_is_said_as_for_a_folder(bucket):
    kept(bucket)

    with bucket.open("a.pdf") as file:
        bucket.delete("a.pdf")
        with pytest.raises(FileNotFoundError):
            file.read()


def test_a_bucket_that_does_not_exist_takes_nothing(bucket, endpoint):
    other = Bucket("inconnu", endpoint, "us-east-1")

    with pytest.raises(OSError, match="NoSuchBucket"):
        other.save("a.pdf", ContentFile(b"a"))
    other.client.close()


@pytest.mark.parametrize(
    "act",
    [
        lambda down: down.open("a.pdf"),
        lambda down: down.exists("a.pdf"),
        lambda down: down.size("a.pdf"),
        lambda down: down.delete("a.pdf"),
        lambda down: down.listdir(""),
        lambda down: down.save("a.pdf", ContentFile(b"a")),
    ],
)
def test_a_bucket_that_does_not_answer_is_a_fault_of_the_system(down, act):
    with pytest.raises(OSError, match="Could not connect"):
        act(down)


def test_keys_that_are_missing_are_a_fault_of_the_system(endpoint, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    locked = Bucket("ferme", endpoint, "us-east-1")

    with pytest.raises(OSError, match="credentials"):
        locked.exists("a.pdf")
    locked.client.close()


# --- The setting ---


def test_nothing_said_is_a_folder_of_the_portal():
    assert configured.shelf("") == {"BACKEND": "resources.files.shelves.Folder"}


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("s3://kits", {"bucket": "kits"}),
        (
            "s3://kits?endpoint=https://s3.example.org&region=gra",
            {"bucket": "kits", "endpoint": "https://s3.example.org", "region": "gra"},
        ),
        (
            "s3://kits/?endpoint=http%3A%2F%2F127.0.0.1%3A9000",
            {"bucket": "kits", "endpoint": "http://127.0.0.1:9000"},
        ),
    ],
)
def test_an_address_is_a_bucket(address, options):
    assert configured.shelf(address) == {"BACKEND": "resources.files.shelves.Bucket", "OPTIONS": options}


@pytest.mark.parametrize(
    "address",
    [
        "kits",
        "/var/lib/kits",
        "s3:kits",
        "s3://",
        "s3://?endpoint=https://s3.example.org",
        "s3://kits/folder",
        "s3://kits?endpiont=https://s3.example.org",
        "s3://kits?key=abc",
        "https://s3.example.org/kits",
        "s3://kits?endpoint=s3.example.org",
        "s3://kits?endpoint=",
    ],
)
def test_an_address_that_names_no_bucket_is_refused_in_a_sentence(address):
    with pytest.raises(ImproperlyConfigured, match=r"^RESOURCES_STORAGE: s3://bucket\?endpoint=https://…&region=…, or"):
        configured.shelf(address)


# --- From end to end ---


@pytest.fixture
def in_bucket(bucket, settings, monkeypatch):
    """Keep the files of the portal in this bucket, as its setting says."""
    use(f"s3://{bucket.bucket}?endpoint={bucket.endpoint}&region={bucket.region}", settings, monkeypatch)
    storages["resources"].__dict__["client"] = bucket.client  # the one that is watched, and closed
    return bucket


def use(address, settings, monkeypatch):
    settings.STORAGES = settings.STORAGES | {"resources": configured.shelf(address)}
    monkeypatch.setattr(Version._meta.get_field("file"), "storage", shelf())  # a model asks for it once, at start


def give(content=CONTENT):
    received = Received(ContentFile(content), FileFormat.PDF, len(content), hashlib.sha256(content).hexdigest(), 2)
    return add_version(ResourceFactory(slug="guide", version=None), by=None, received=received)


def body(response):
    return b"".join(response.streaming_content)


@pytest.mark.django_db
def test_a_version_is_kept_in_the_bucket_and_given_whole(client, in_bucket, asked, settings):
    version = give()

    response = client.get(version.get_absolute_url())

    assert (response.status_code, body(response), response.headers["Content-Length"]) == (200, CONTENT, "1024000")
    assert (in_bucket.listdir(""), asked) == (([], [version.file.name]), ["bytes=0-"])
    assert not (settings.DATA_DIR / "resources").exists()


@pytest.mark.django_db
def test_a_cut_download_goes_on_from_the_bucket(client, in_bucket, asked):
    version = give()

    response = client.get(version.get_absolute_url(), headers={"range": "bytes=700000-700099"})

    assert (response.status_code, body(response)) == (206, CONTENT[700_000:700_100])
    assert (response.headers["Content-Range"], asked) == ("bytes 700000-700099/1024000", ["bytes=700000-"])


@pytest.mark.django_db
def test_what_the_reader_has_already_asks_nothing_of_the_bucket(client, in_bucket, down, settings, monkeypatch):
    version = give()
    use(f"s3://personne?endpoint={down.endpoint}&region=us-east-1", settings, monkeypatch)

    response = client.get(version.get_absolute_url(), headers={"if-none-match": f'"{version.sha256}"'})

    assert (response.status_code, client.head(version.get_absolute_url()).status_code) == (304, 200)


@pytest.mark.django_db
def test_a_zip_is_made_from_the_bucket(client, in_bucket, asked):
    version = give()

    content = body(client.get(reverse("resources-zip"), {"r": "guide"}))

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert (archive.testzip(), archive.read(f"fichiers/{version.file_name}")) == (None, CONTENT)
    assert asked == ["bytes=0-"]


@pytest.mark.django_db
def test_a_bucket_that_lost_a_file_is_reported(client, in_bucket, caplog):
    version = give()
    in_bucket.delete(version.file.name)

    response = client.get(version.get_absolute_url())

    assert response.status_code == 404
    assert "The file of a version is not in its storage" in caplog.text


@pytest.mark.django_db
def test_a_bucket_that_does_not_answer_is_said_in_words(client, in_bucket, down, settings, monkeypatch):
    version = give()
    use(f"s3://personne?endpoint={down.endpoint}&region=us-east-1", settings, monkeypatch)

    response = client.get(version.get_absolute_url())

    assert (response.status_code, response.headers["Retry-After"], DownloadCount.objects.count()) == (503, "60", 0)
    assert "Ce fichier est indisponible" in response.content.decode()
