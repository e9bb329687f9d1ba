"""The code of a pledge: what a receipt prints, and what anyone types to check it."""

import re
import secrets

# Crockford's: no I, L, O or U, so that no sign is taken for another when it is read aloud or copied by hand.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 32  # signs of five bits: 160 bits
_GROUP = 4
_MISREAD = str.maketrans("OIL", "011")


def make_code() -> str:
    """A new code, at random: nobody finds one by trying."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def read_code(typed: str) -> str:
    """The code that someone typed, whatever its spaces, dashes and capitals; empty when it can be none."""
    code = re.sub(r"[\s\-\u2010-\u2015\u2212.]", "", typed[: CODE_LENGTH * 4]).upper().translate(_MISREAD)
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else ""


def in_groups(code: str, separator: str = "-") -> str:
    """A code or a fingerprint cut in fours, as the eye follows it: ``AB3D-…``."""
    return separator.join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
