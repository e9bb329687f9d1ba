"""What is drawn is kept: once for each content, whole or not at all, and not for long when nobody reads it."""

import os
import time

import pytest
from django.core.management import call_command

from pledges import drawing, kept
from pledges.actions import signing
from pledges.actions.retention import purge_expired
from pledges.kept import BusyError, Drawing
from tests.pledges.factories import CandidateListFactory, PledgeFactory

pytestmark = pytest.mark.django_db

HOUR = 60 * 60


@pytest.fixture
def made(monkeypatch):
    """The contents that were drawn; nothing is compiled."""
    contents = []

    def png(_template, content):
        contents.append(content["name"])
        return b"\x89PNG"

    monkeypatch.setattr(drawing, "png", png)
    return contents


def picture(name="un"):
    return Drawing("share.typ", "png", {"name": name})


def files():
    return sorted(file.name for file in kept.folder().glob("*"))


def test_what_says_the_same_is_drawn_once(made):
    assert [picture("un").file(), picture("un").file(), picture("deux").file()] == [b"\x89PNG"] * 3

    assert made == ["un", "deux"]
    assert files() == sorted([picture("un").path.name, picture("deux").path.name])


@pytest.mark.parametrize("template", ["contest_sheet.typ", "sheet.typ", "identity.typ"])
def test_a_change_of_a_template_is_another_drawing(monkeypatch, tmp_path, template):
    def digest():
        return Drawing("contest_sheet.typ", "pdf", {}).digest

    before = digest()
    for name in ("contest_sheet.typ", "sheet.typ", "identity.typ"):
        copy = tmp_path / "drawings" / name
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(
            (drawing.FOLDER / "drawings" / name).read_text() + ("// A word more." if name == template else "")
        )

    monkeypatch.setattr(drawing, "FOLDER", tmp_path)

    assert digest() != before


def test_many_who_ask_at_once_get_one_drawing(made, in_threads):
    assert in_threads(picture().file, 8) == [b"\x89PNG"] * 8

    assert made == ["un"]


def test_who_would_wait_too_long_is_told_so_and_the_turn_is_given_back(made, monkeypatch):
    monkeypatch.setattr(kept, "PATIENCE", 0)

    with kept._turn, pytest.raises(BusyError):
        picture().file()

    assert picture().file() == b"\x89PNG"


def test_a_drawing_that_fails_keeps_nothing_and_gives_its_turn_back(monkeypatch):
    def fails(_template, _content):
        raise drawing.DrawingError

    with monkeypatch.context() as patch:
        patch.setattr(drawing, "png", fails)
        with pytest.raises(drawing.DrawingError):
            picture().file()

    assert files() == []
    assert not kept._turn.locked()


def test_a_full_disk_keeps_nobody_from_reading(made, monkeypatch, caplog):
    def full(_handle, _mode):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)

    assert picture().file() == b"\x89PNG"

    assert files() == []
    assert "No space left" in caplog.text


def test_what_nobody_has_read_for_a_day_goes_and_what_is_read_stays(made):
    for name in ("vieux", "lu"):
        picture(name).file()
        os.utime(picture(name).path, (0, time.time() - 30 * HOUR))
    picture("neuf").file()
    picture("lu").file()

    assert [purge_expired().drawings, purge_expired().drawings] == [1, 0]

    assert files() == sorted([picture("lu").path.name, picture("neuf").path.name])


def test_a_withdrawal_leaves_no_drawing(made, commits_at_once):
    picture().file()
    pledge = PledgeFactory(published=True, signed=True)

    signing.withdraw(pledge)

    assert files() == []


def test_the_command_says_how_many_went(made, capsys):
    picture().file()
    os.utime(picture().path, (0, time.time() - 30 * HOUR))

    call_command("purge_expired")

    assert "1 dessin" in capsys.readouterr().out


# --- The answer ---


def test_a_drawing_that_cannot_be_made_is_a_sentence_and_not_an_error(client, monkeypatch, caplog):
    shown = CandidateListFactory()
    PledgeFactory(candidate_list=shown, published=True)

    def fails(*_args, **_kwargs):
        raise drawing.DrawingError("expected comma")

    monkeypatch.setattr(drawing, "pdf", fails)
    late = client.get(f"/listes/{shown.pk}/feuille.pdf")
    page = client.get(shown.get_absolute_url())

    assert (late.status_code, late.headers["Retry-After"], late.headers["Cache-Control"]) == (503, "10", "no-store")
    assert "Ce fichier n’est pas encore prêt" in late.content.decode()
    assert f"/listes/{shown.pk}/feuille.pdf not drawn: DrawingError: expected comma" in caplog.text
    assert page.status_code == 200


def test_a_turn_that_does_not_come_is_a_sentence_too(client, monkeypatch):
    monkeypatch.setattr(kept, "PATIENCE", 0)

    with kept._turn:
        late = client.get("/partage/accueil.png")

    assert late.status_code == 503
    assert client.get("/partage/accueil.png").status_code == 200


def test_what_has_not_changed_is_neither_drawn_nor_read(client, made):
    etag = client.get("/partage/accueil.png").headers["ETag"]
    for file in kept.folder().glob("*"):
        file.unlink()

    again = client.get("/partage/accueil.png", headers={"If-None-Match": etag})

    assert (again.status_code, len(made), files()) == (304, 1, [])
