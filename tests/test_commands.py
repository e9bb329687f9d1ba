"""What `make demo` and `make serve` do and refuse, run as they are run: in a process of their own."""

import gettext
import importlib
import io
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from django.conf import settings

from tests.conftest import free_port

pytestmark = pytest.mark.any_database

BIN = settings.BASE_DIR / "bin"


def environment(**variables):
    """The shell's own variables, without those that the tests set."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {name: str(value) for name, value in variables.items()}


def refusal(script, **variables):
    """The sentence with which a command stops."""
    command = [sys.executable, BIN / script]
    result = subprocess.run(
        command, env=environment(**variables), capture_output=True, text=True, timeout=50, check=False
    )
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    return result.stderr.strip()


@pytest.fixture
def taken_port():
    with socket.socket() as occupant:
        occupant.bind(("127.0.0.1", 0))
        occupant.listen()
        yield occupant.getsockname()[1]


def test_a_port_that_is_taken_is_named_and_nothing_is_written(taken_port, tmp_path):
    sentence = refusal("demo.py", PORT=taken_port, DEMO_DATA_DIR=tmp_path / "demo")

    assert sentence.startswith(f"Le port {taken_port} est déjà pris")
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1"])
def test_a_port_is_a_number(port):
    assert refusal("demo.py", PORT=port) == f"PORT={port} : un numéro de port va de 1 à 65535."


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()

    sentence = refusal("demo.py", PORT=free_port(), DEMO_DATA_DIR=tmp_path / "file")

    assert sentence == f"Le dossier {tmp_path / 'file'} ne peut pas être créé : choisissez-en un autre."


def test_a_server_without_a_key_says_so(tmp_path):
    # Empty rather than absent: a developer's .env then does not fill it in.
    sentence = refusal("serve.py", PORT=free_port(), SECRET_KEY="", DATA_DIR=tmp_path)

    assert sentence.startswith("Il manque SECRET_KEY, dans l’environnement ou dans le fichier .env")


def test_a_server_with_a_bad_key_stops_with_a_sentence(tmp_path):
    sentence = refusal(
        "serve.py", PORT=free_port(), SECRET_KEY="short", ALLOWED_HOSTS="x", SITE_URL="x", DATA_DIR=tmp_path
    )

    assert "« check --deploy » a échoué : SECRET_KEY" in sentence


def answer(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def serve(folder, port):
    """Start the demonstration, look at its first page, press Ctrl-C: the page's status, and what was printed."""
    with (folder.parent / "printed").open("w+") as printed:
        variables = environment(DEMO_DATA_DIR=folder, PORT=port)
        process = subprocess.Popen([sys.executable, BIN / "demo.py"], env=variables, stdout=printed, stderr=printed)
        try:
            deadline = time.monotonic() + 100
            while answer(f"http://127.0.0.1:{port}/sante/") != 200 and process.poll() is None:
                assert time.monotonic() < deadline
                time.sleep(0.2)
            status = answer(f"http://127.0.0.1:{port}/")
            process.send_signal(signal.SIGINT)
            process.wait(20)
        finally:
            process.kill()
        printed.seek(0)
        return status, printed.read()


@pytest.mark.timeout(240)
def test_the_demonstration_serves_and_can_be_started_again(tmp_path):
    folder, port = tmp_path / "demo", free_port()

    status, printed = serve(folder, port)
    key = (folder / "secret").read_text()
    again, printed_again = serve(folder, port)

    assert (status, again) == (200, 200), printed + printed_again
    assert f"http://127.0.0.1:{port}/" in printed
    assert (folder / "secret").read_text() == key


def test_starting_afresh_removes_what_a_demonstration_made_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(BIN)
    demo = importlib.import_module("demo")
    for name in ("secret", "portal.sqlite3", "theirs"):
        (tmp_path / name).touch()
    (tmp_path / "media" / "deep").mkdir(parents=True)

    demo.reset(tmp_path)
    demo.reset(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["theirs"]


def test_the_catalogue_that_we_compile_is_one_that_gettext_reads(monkeypatch):
    monkeypatch.syspath_prepend(BIN)
    catalogue = importlib.import_module("catalogue")
    entries = [
        catalogue.HEADER.strip(),
        'msgid "Publié"\nmsgstr ""',
        catalogue.with_plurals('msgid "%d liste"\nmsgid_plural "%d listes"\nmsgstr[0] ""\nmsgstr[1] ""'),
        'msgctxt "mail"\nmsgid "Objet"\nmsgstr "Sujet\\n« é »"',
    ]

    french = gettext.GNUTranslations(io.BytesIO(catalogue.compiled("\n\n".join(entries))))

    assert [french.ngettext("%d liste", "%d listes", count) for count in (0, 1, 2)] == [
        "%d liste",
        "%d liste",
        "%d listes",
    ]
    assert french.pgettext("mail", "Objet") == "Sujet\n« é »"
    assert french.gettext("Publié") == "Publié"


def source(words, plural=""):
    """An entry as `from_sources` writes it."""
    if not plural:
        return f'msgid "{words}"\nmsgstr ""'
    return f'msgid "{words}"\nmsgid_plural "{plural}"\nmsgstr[0] "{words}"\nmsgstr[1] "{plural}"'


def test_a_new_catalogue_keeps_the_translations_of_what_the_sources_still_say(monkeypatch):
    monkeypatch.syspath_prepend(BIN)
    catalogue = importlib.import_module("catalogue")
    sources = [
        "# French",
        source("Publié"),
        source("Nouveau"),
        source("%d liste", "%d listes"),
        "#, python-format\n" + source("%d but", "%d buts"),
    ]
    present = [
        '# English\nmsgid ""\nmsgstr ""',
        'msgid "Parti"\nmsgstr "Gone"',
        'msgid "%d but"\nmsgid_plural "%d buts"\nmsgstr[0] "%d goal"\nmsgstr[1] "%d goals"',
        'msgid "Publié"\nmsgstr "Published"',
    ]

    text = catalogue.translated("\n\n".join(sources), "\n\n".join(present))

    assert text.split("\n\n") == [
        '# English\nmsgid ""\nmsgstr ""',
        'msgid "Publié"\nmsgstr "Published"',
        'msgid "Nouveau"\nmsgstr ""',
        'msgid "%d liste"\nmsgid_plural "%d listes"\nmsgstr[0] ""\nmsgstr[1] ""',
        '#, python-format\nmsgid "%d but"\nmsgid_plural "%d buts"\nmsgstr[0] "%d goal"\nmsgstr[1] "%d goals"\n',
    ]


@pytest.mark.parametrize(
    ("words", "plural", "answers", "faults"),
    [
        ("Publié", "", 'msgstr "Published"', []),
        ("Publié", "", 'msgstr ""', ["sans traduction : Publié"]),
        ("De %(a)s à {b}", "", 'msgstr "To {b} from %(a)s"', []),
        ("De %(a)s", "", 'msgstr "From %(b)s"', ["valeurs ou balises différentes : De %(a)s"]),
        ("De {a}", "", 'msgstr "From it"', ["valeurs ou balises différentes : De {a}"]),
        ("Un <b>but</b>", "", 'msgstr "A <b>goal"', ["valeurs ou balises différentes : Un <b>but</b>"]),
        ("But\\n", "", 'msgstr "Goal"', ["valeurs ou balises différentes : But\n"]),
        ("%d but", "%d buts", 'msgstr[0] "%d goal"\nmsgstr[1] "%d goals"', []),
        ("Un but", "%d buts", 'msgstr[0] "A goal"\nmsgstr[1] "%d goals"', []),
        ("%d but", "%d buts", 'msgstr[0] "%d goal"', ["formes du pluriel à revoir : %d but"]),
        ("%d but", "%d buts", 'msgstr[0] "%d goal"\nmsgstr[1] ""', ["formes du pluriel à revoir : %d but"]),
    ],
)
def test_the_english_catalogue_is_complete_and_keeps_values_and_tags(monkeypatch, words, plural, answers, faults):
    monkeypatch.syspath_prepend(BIN)
    catalogue = importlib.import_module("catalogue")
    entry = source(words, plural)
    english = entry[: entry.index("msgstr")] + answers

    assert list(catalogue.faults(f"#\n\n{entry}", f"#\n\n{english}")) == faults


def test_the_english_catalogue_has_the_texts_of_the_sources_and_no_other(monkeypatch):
    monkeypatch.syspath_prepend(BIN)
    catalogue = importlib.import_module("catalogue")

    faults = list(catalogue.faults("#\n\n" + source("Ici"), '#\n\nmsgid "Parti"\nmsgstr "Gone"'))

    assert faults == ["sans traduction : Ici", "n’est plus dans les sources : Parti"]
