"""What an import counts, in words."""

import pytest

from pledges.templatetags.imports import counted


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({}, "aucun changement"),
        ({"unchanged": 3}, "aucun changement"),
        ({"created": 1, "left": 2}, "1 nouvelle, 2 parties"),
        (
            {"created": 8741, "updated": 1, "left": 1, "returned": 2},
            "8\xa0741 nouvelles, 1 modifiée, 1 partie, 2 de retour",
        ),
        ({"created": 2, "updated": 2, "left": 2}, "2 nouvelles, 2 modifiées, 2 parties"),
    ],
)
def test_counts_are_told_in_words(counts, words):
    assert counted(dict.fromkeys(("created", "updated", "left", "returned"), 0) | counts) == words
