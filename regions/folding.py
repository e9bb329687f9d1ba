"""One way to compare names: as people type them, without accents, hyphens or capitals."""

import re
import unicodedata

# What voters type for a word of the official name.
_SHORT_FORMS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l"})


def fold(text: str) -> str:
    """Fold a name for comparison: ``fold("St-Étienne")`` is ``"saint etienne"``.

    Case, accents, hyphens, apostrophes (the ʻokina too) and runs of spaces do not count; « st » is read as
    « saint ». The same function is used when names are stored and when they are looked up.
    """
    # Decomposed first: a raised « ᴱᴿ » gives capitals, which are then folded like any other.
    letters = unicodedata.normalize("NFKD", text).casefold().translate(_LIGATURES)
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = re.findall(r"[a-z0-9]+", letters)
    return " ".join(_SHORT_FORMS.get(word, word) for word in words)
