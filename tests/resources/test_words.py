"""The shipped pages of prose say things as the rest of the portal does: the head of the English catalogue rules."""

import re

import pytest
from django.conf import settings
from django.utils.translation import override

from pledges.enums import IdentityCheck
from resources.enums import PageName
from resources.shipped import FIELDS, shipped

# Words that lost to another, at the head of locale/en/LC_MESSAGES/django.po.
LOST = re.compile(
    r"\bESS\b|\bheads? of (?:the )?lists?\b|\bagents?\b|\be-mails?\b|\bnuances?\b|\bdepartments?\b|\bdeclin\w+"
    r"|\blog-ins?\b|\bendors\w+|\brestored?\b",
    re.IGNORECASE,
)
# What may have them: French words, names, what is put in.
SPARED = re.compile(r"«[^«»]*»|\bEngagements ESS\b|\{\{.*?\}\}|\{#[\w-]+\}|\]\([^)]*\)")


def said(name, language):
    text = shipped(name, language)
    return "\n".join(getattr(text, field) for field in FIELDS)


@pytest.mark.parametrize("name", PageName)
def test_a_page_in_english_has_the_words_of_the_catalogue(name):
    assert LOST.findall(SPARED.sub("", said(name, "en"))) == []


@pytest.mark.parametrize("words", ["the ESS network", "the head of list", "an e-mail", "their Nuance", "it declines"])
def test_a_word_that_lost_is_found(words):
    assert LOST.search(SPARED.sub("", f"« ESS », Engagements ESS, {{{{ answer_declines }}}}: {words}."))


@pytest.mark.parametrize("check", IdentityCheck)
@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_the_method_names_each_check_of_identity_as_the_pages_do(language, check):
    with override(language):
        label = str(check.label)

    assert re.search(rf"\*\*[«“] ?{re.escape(label)} ?[»”]\*\*", shipped("methode", language).body)
