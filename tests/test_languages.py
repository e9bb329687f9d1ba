"""The language of a page is that of its address, and of nothing else."""

import json
import re

import pytest
from django.urls import reverse
from django.utils import translation

from tests.pledges.factories import CandidateListFactory, CommitmentFactory, PledgeFactory

pytestmark = pytest.mark.django_db


def test_a_page_to_read_is_at_one_address_in_each_language(client, settings):
    region = CandidateListFactory().contest.region

    french = client.get(f"/regions/{region.slug}/", headers={"accept-language": "en"})
    english = client.get(f"/en/regions/{region.slug}/", headers={"accept-language": "fr"})

    assert [french.headers["Content-Language"], english.headers["Content-Language"]] == ["fr", "en"]
    for response in (french, english):
        page = response.content.decode()
        for code, address in (("fr", ""), ("x-default", ""), ("en", "/en")):
            assert f'hreflang="{code}" href="{settings.SITE_URL}{address}/regions/{region.slug}/"' in page
        assert "Vary" not in response.headers
        assert not response.cookies


def test_an_address_keeps_to_the_language_that_is_spoken():
    region = CandidateListFactory().contest.region

    with translation.override("en"):
        assert region.get_absolute_url() == f"/en/regions/{region.slug}/"
        assert reverse("sign") == "/signer/"


def test_what_is_signed_is_in_french_alone(client):
    page = client.get("/signer/").content.decode()

    assert client.get("/en/signer/").status_code == 404
    assert "hreflang" not in page
    assert '<html lang="fr">' in page


def test_a_page_tells_programs_the_language_that_it_speaks(client):
    pages = {code: client.get(path).content.decode() for code, path in (("fr", "/"), ("en", "/en/"))}

    said = {code: re.findall(r'ld\+json">(.*?)</script>', page) for code, page in pages.items()}

    assert {code: [json.loads(text)["inLanguage"] for text in texts] for code, texts in said.items()} == {
        "fr": ["fr"],
        "en": ["en"],
    }


def test_what_a_list_wrote_is_french_on_a_page_in_english(client):
    pledge = PledgeFactory(published=True)
    CommitmentFactory(pledge=pledge, statement="Une maison par canton ; promis !")
    path = pledge.candidate_list.get_absolute_url()

    french, english = (client.get(f"{prefix}{path}").content.decode() for prefix in ("", "/en"))

    words = "«\u202fUne maison par canton\u202f; promis\u202f!\u202f»"
    assert f"<p>{words}</p>" in french
    assert f'<p><span lang="fr">{words}</span></p>' in english
    assert "The charter is signed in French" in english


def test_a_question_about_the_whole_server_is_answered(client):
    assert client.generic("OPTIONS", "*").status_code in {200, 404, 405}
