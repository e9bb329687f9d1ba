"""Names and texts as people type them."""

import pytest
from django.core.exceptions import ValidationError

from pledges.names import clean_text, needs_a_look, scripts_of
from tests.pledges.factories import SignatoryFactory

FRENCH = [
    "Ñuñez", "Œdipe", "ʻOlelo", "D’Arc", "Saint-Exupéry", "Léa-Maëlys", "Gauß", "Le Guilloux d'Ùst",
    "Ÿsé", "Hervé L'Huître", "Nguyễn Thị", "Åsa Ødegård", "Mahaʻulepū", "Çelik", "M. Jean 1er",
]  # fmt: skip


@pytest.mark.parametrize("name", FRENCH)
def test_true_names_pass_as_they_are(name):
    assert clean_text(f" {name} ", is_name=True) == name
    assert not needs_a_look(name)


def test_letters_are_composed():
    assert clean_text("e\N{COMBINING ACUTE ACCENT}") == "é"


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\u2066", "\ufeff", "\x00", "\x1b"])
def test_what_cannot_be_seen_is_refused(hidden):
    with pytest.raises(ValidationError, match="caractères invisibles"):
        clean_text(f"avant{hidden}après")


@pytest.mark.parametrize("hidden", ["\u200d", "\u200c", "\n", "\t"])
def test_a_name_keeps_to_one_line_and_has_no_joiner_but_a_sentence_may(hidden):
    assert clean_text(f"avant{hidden}après") == f"avant{hidden}après"
    with pytest.raises(ValidationError, match="caractères invisibles"):
        clean_text(f"avant{hidden}après", is_name=True)


def test_letters_buried_under_marks_are_refused():
    assert clean_text("ệ", is_name=True) == "ệ"  # two marks, one letter of Vietnamese
    with pytest.raises(ValidationError, match="empile des accents"):
        clean_text("Zoe" + "\N{COMBINING TILDE}" * 40)


@pytest.mark.parametrize("name", ["Mаrie Dupont", "Ρaul Durand", "Ангелина", "Jean Дupont", "ＡＢＣ Dupont"])
def test_a_name_that_could_pass_for_another_is_shown_to_a_human(name):
    assert needs_a_look(name)


def test_the_scripts_of_a_name_are_named():
    assert scripts_of("Mаrie ʻO") == {"LATIN", "CYRILLIC"}


@pytest.mark.django_db
def test_a_signatory_says_whether_their_name_needs_a_look():
    names = [SignatoryFactory(mandatary=True, full_name=name) for name in ("Zoé Œuvre", "Zоé Œuvre")]

    assert [signatory.name_needs_a_look for signatory in names] == [False, True]
