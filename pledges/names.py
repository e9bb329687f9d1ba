"""Names as people type them: French ones pass as they are, odd ones are shown to a human eye."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Directions that hide what a text says (Unicode bidi controls), and zero-width characters. The joiners of emoji
# (U+200D) and of some scripts (U+200C) are left to sentences; a name has no use for them.
_HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_JOINERS = re.compile("[\u200c\u200d]")
_STACKED = 3  # combining marks on one letter that no composed form takes in: no language of a ballot has as many
# Signs that belong to every script: the ʻokina is a « modifier letter », ª and º are said « ordinal ».
_COMMON = {"MODIFIER", "FEMININE", "MASCULINE", "COMBINING"}


def clean_text(text: str, *, is_name: bool = False) -> str:
    """A typed text in its composed form (NFC), without what cannot be seen.

    :param is_name: A name keeps to one line, and has no joiners.
    :raises ValidationError: When it holds control or direction characters, or letters buried under marks.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    kept = "" if is_name else "\n\t"
    hidden = any(unicodedata.category(letter) == "Cc" and letter not in kept for letter in text)
    if hidden or _HIDDEN.search(text) or (is_name and _JOINERS.search(text)):
        raise ValidationError(
            _("Ce texte contient des caractères invisibles : retapez-le ici plutôt que de le coller.")
        )
    if _most_marks(text) >= _STACKED:
        raise ValidationError(_("Ce texte empile des accents sur une même lettre : retapez-le sans eux."))
    return text


def scripts_of(text: str) -> frozenset[str]:
    """The scripts of the letters of a text, by their Unicode names: ``{"LATIN"}`` for « Ñuñez ».

    Python does not know the script of a character; the first word of its name says it for every alphabet.
    """
    letters = (letter for letter in text if unicodedata.category(letter).startswith("L"))
    return frozenset(unicodedata.name(letter, "?").split()[0] for letter in letters) - _COMMON


def needs_a_look(name: str) -> bool:
    """Whether a name could pass for another: letters of several alphabets, or not Latin ones, as ballots print."""
    return bool(scripts_of(name) - {"LATIN"})


def _most_marks(text: str) -> int:
    """The longest run of combining marks."""
    longest = run = 0
    for letter in text:
        run = run + 1 if unicodedata.combining(letter) else 0
        longest = max(longest, run)
    return longest
