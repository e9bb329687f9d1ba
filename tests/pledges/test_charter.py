import copy

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, transaction

from pledges.actions.charter import CharterError, load_charter, read_toml
from pledges.enums import Act
from pledges.management.commands.load_charter import CHARTER, DATA
from pledges.models import Charter, JournalEntry, Principle
from tests.pledges.factories import CharterFactory, PledgeFactory

pytestmark = pytest.mark.django_db

SHA256_2021 = "daaa89e36c34a68c965fcf23539e95b1aab03480df77871a0b1dfff603cfbecd"


@pytest.fixture
def text():
    return read_toml(CHARTER)


@pytest.fixture
def words():
    return read_toml(DATA / "principes-2021.toml")


def test_the_charter_of_2021_loads_with_its_five_statements(text, words):
    charter, changed = load_charter(text, words)

    assert (charter.version, charter.sha256, changed) == ("2021", SHA256_2021, True)
    assert [principle.statement for principle in charter.principles.all()] == [
        principle["statement"] for principle in text["principle"]
    ]
    assert charter.text_fingerprint() == charter.sha256
    assert list(JournalEntry.objects.values_list("act", "details")) == [
        (Act.CHARTER_LOADED, {"version": "2021", "sha256": SHA256_2021})
    ]


def test_loading_it_again_changes_nothing(text, words):
    load_charter(text, words)

    _charter, changed = load_charter(text, words)

    assert not changed
    assert JournalEntry.objects.count() == 1


def test_plain_words_may_change_under_a_signed_text(text, words):
    charter, _changed = load_charter(text, words)
    PledgeFactory(candidate_list__contest__election__charter=charter)
    words["principle"][0]["short"] = "Autrement dit"

    _charter, changed = load_charter(text, words)

    assert changed
    assert charter.principles.get(number=1).short == "Autrement dit"


def test_a_text_in_use_is_not_replaced(text, words):
    charter, _changed = load_charter(text, words)
    PledgeFactory(candidate_list__contest__election__charter=charter)
    other = copy.deepcopy(text)
    other["principle"][0]["statement"] += " demain"

    with pytest.raises(CharterError, match="nouvelle version"):
        load_charter(other, words)

    assert Charter.objects.get().sha256 == SHA256_2021


def test_a_text_that_nobody_uses_is_replaced_whole(text, words):
    load_charter(text, words)
    other = copy.deepcopy(text)
    other["principle"][0]["statement"] += " demain"

    charter, changed = load_charter(other, words)

    assert changed
    assert charter.sha256 != SHA256_2021
    assert charter.text_fingerprint() == charter.sha256
    assert Charter.objects.count() == 1


@pytest.mark.parametrize(
    ("breakage", "sentence"),
    [
        (lambda text: text.pop("title"), "title"),
        (lambda text: text["principle"].pop(1), "sans trou ni doublon"),
        (lambda text: text["principle"][1].update(number=1), "sans trou ni doublon"),
    ],
)
def test_an_incomplete_charter_is_refused_in_words(text, words, breakage, sentence):
    breakage(text)

    with pytest.raises(CharterError, match=sentence):
        load_charter(text, words)

    assert not Charter.objects.exists()


@pytest.mark.parametrize("content", [b"\xff\xfe", b"version = ", None])
def test_a_file_that_is_no_toml_is_refused_in_words(tmp_path, content):
    path = tmp_path / "charte.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CommandError, match=r"charte\.toml"):
        call_command("load_charter", path)


def test_the_command_says_what_it_did(capsys):
    call_command("load_charter", CHARTER)
    call_command("load_charter", CHARTER)

    assert capsys.readouterr().out.splitlines() == [
        f"Charte 2021 chargée : 5 principes, SHA-256 {SHA256_2021}.",
        f"Charte 2021 déjà chargée, rien à changer : 5 principes, SHA-256 {SHA256_2021}.",
    ]


@pytest.mark.parametrize("change", [{"statement": "Autre chose"}, {"number": 9}])
def test_the_database_itself_refuses_to_change_a_statement(change):
    principle = CharterFactory().principles.first()

    with pytest.raises(DatabaseError, match="principle_text_is_written_once"), transaction.atomic():
        Principle.objects.filter(pk=principle.pk).update(**change)

    assert Principle.objects.filter(pk=principle.pk, number=principle.number, statement=principle.statement).exists()


@pytest.mark.parametrize("change", [{"title": "Autre"}, {"sha256": "0" * 64}, {"version": "9"}, {"addressed_to": "?"}])
def test_the_database_itself_refuses_to_change_a_charter(change):
    charter = CharterFactory()

    with pytest.raises(DatabaseError, match="charter_text_is_written_once"), transaction.atomic():
        Charter.objects.filter(pk=charter.pk).update(**change)
