import csv
import datetime
import io
import re
from xml.etree import ElementTree as ET

import pytest
from django.urls import reverse

from pledges.enums import Answer
from tests.pledges.factories import (
    CandidateListFactory,
    CommitmentFactory,
    ContestFactory,
    ElectionFactory,
    NuanceFactory,
    PledgeFactory,
)

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def own_address(settings):
    settings.SITE_URL = "https://portail.exemple"


@pytest.fixture
def contest():
    return ContestFactory(region__name="Bretagne", region__slug="bretagne", election__slug="regionales")


def entries(response):
    return ET.fromstring(response.content).findall(f"{ATOM}entry")


# --- Feeds ---


def test_a_feed_says_who_signed_and_how_many_principles(client, contest):
    candidate_list = CandidateListFactory(contest=contest, name="Demain < Ici & là")
    pledge = PledgeFactory(
        candidate_list=candidate_list, published=True, signed=True, answers={1: Answer.COMMITS, 2: Answer.DECLINES}
    )

    (entry,) = entries(client.get("/flux/engagements.atom"))

    assert {child.tag.removeprefix(ATOM): child.text or child.get("href") or child[0].text for child in entry} == {
        "title": "Demain < Ici & là, Bretagne : signataire de la charte",
        "link": f"https://portail.exemple{candidate_list.get_absolute_url()}",
        "published": pledge.published_at.isoformat(),
        "updated": pledge.published_at.isoformat(),
        "author": "Engagements ESS",
        "id": f"tag:portail.exemple,2028:engagement-{pledge.pk}",
        "summary": "S’engage sur 1 principe sur 5.",
    }


def test_a_region_has_its_own_feed(client, contest):
    PledgeFactory(candidate_list__contest=contest, published=True)
    PledgeFactory(published=True)

    assert len(entries(client.get("/flux/regions/bretagne.atom"))) == 1
    assert len(entries(client.get("/flux/engagements.atom"))) == 2
    assert client.get("/flux/regions/ailleurs.atom").status_code == 404


@pytest.mark.parametrize("state", ["in_review", "declined", "suspended", "withdrawn", "superseded"])
def test_a_feed_holds_nothing_but_what_is_published(client, contest, state):
    PledgeFactory(candidate_list__contest=contest, **{state: True})

    response = client.get("/flux/engagements.atom")

    assert entries(response) == []
    assert ET.fromstring(response.content).findtext(f"{ATOM}updated") == "1970-01-01T00:00:00+00:00"


@pytest.mark.parametrize("count", [1, 31])
def test_a_feed_stops_at_thirty_and_is_read_in_one_query(client, contest, count, django_assert_num_queries):
    for _ in range(count):
        PledgeFactory(candidate_list__contest=contest, published=True)

    with django_assert_num_queries(1):
        response = client.get("/flux/engagements.atom")

    assert len(entries(response)) == min(count, 30)
    assert response["Cache-Control"].startswith("public")


# --- Calendar ---


def test_a_calendar_has_the_six_days_of_the_election(client):
    election = ElectionFactory(past=True, slug="regionales-2021", name="Régionales ; juin, 2021")

    response = client.get("/flux/elections/regionales-2021.ics")

    lines = response.content.decode().replace("\r\n ", "").split("\r\n")
    assert lines[:2] + lines[-2:] == ["BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR", ""]
    assert [line for line in lines if line.startswith("DTSTART")] == [
        f"DTSTART;VALUE=DATE:{day}" for day in (20210401, 20210626, 20210620, 20210627, 20210702, 20280331)
    ]
    assert "SUMMARY:Régionales \\; juin\\, 2021 : premier tour" in lines
    assert f"UID:election-{election.pk}-first-round@portail.exemple" in lines
    assert {line for line in lines if line.startswith("DTSTAMP")} == {"DTSTAMP:20210401T000000Z"}
    assert response["Content-Type"] == "text/calendar; charset=utf-8"


def test_no_line_of_a_calendar_is_longer_than_75_octets(client):
    ElectionFactory(slug="longue", name="é" * 120)

    content = client.get("/flux/elections/longue.ics").content

    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert all(line.decode() is not None for line in content.split(b"\r\n"))  # no letter is cut in two
    assert content.replace(b"\r\n ", b"").decode().count("é" * 120) == 7


# --- Table ---


def test_a_table_is_the_matrix_in_words_and_no_formula(client, contest):
    candidate_list = CandidateListFactory(
        contest=contest, name="=CMD()", panel_number=3, nuance=NuanceFactory(election=contest.election, label="Essai")
    )
    pledge = PledgeFactory(candidate_list=candidate_list, published=True, answers={2: Answer.DECLINES})
    CommitmentFactory(
        pledge=pledge, principle=contest.election.charter.principles.get(number=1), statement="+33 ; « nos mots »"
    )
    PledgeFactory(candidate_list__contest=contest, candidate_list__panel_number=4, in_review=True)

    response = client.get("/elections/regionales/bretagne/tableau.csv")

    header, signed, silent = csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";")
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert response["Content-Disposition"] == 'attachment; filename="regionales-bretagne.csv"'
    assert [len(header), len(signed), len(silent)] == [15, 15, 15]
    assert header[:6] == [
        "panneau", "liste ou binôme", "tête de liste ou binôme", "nuance", "1. Action 1", "1. dans leurs mots",
    ]  # fmt: skip
    assert signed[:10] == [
        "3", "'=CMD()", "", "Essai", "s’engage", "'+33 ; « nos mots »", "ne s’engage pas", "", "pas de réponse", "",
    ]  # fmt: skip
    assert signed[-1].startswith("signataire depuis le")
    assert silent[4:-1] == ["pas de réponse", ""] * 5


def test_a_contest_that_only_a_declaration_brought_has_no_table(client, contest):
    contest.declared_at = datetime.datetime.now(datetime.UTC)
    contest.save()

    assert client.get(reverse("contest-table", args=["regionales", "bretagne"])).status_code == 404


# --- Cards for other sites ---


def policy_of(response):
    """What the page says of each kind of source."""
    return {name: rest for name, *rest in map(str.split, response["Content-Security-Policy"].split(";"))}


def test_cards_alone_may_be_framed(client, contest):
    signed = PledgeFactory(candidate_list__contest=contest, published=True).candidate_list

    cards = [client.get(address) for address in ("/integrer/regions/bretagne/", f"/integrer/listes/{signed.pk}/")]
    pages = [
        client.get(address)
        for address in ("/", "/integrer/", contest.region.get_absolute_url(), f"/integrer/listes/{signed.pk}/badge.svg")
    ]

    for card in cards:
        assert "X-Frame-Options" not in card
        assert policy_of(card) == {
            "default-src": ["'none'"],
            "script-src": ["'none'"],
            "style-src": ["'self'"],
            "img-src": ["'self'"],
            "font-src": ["'self'"],
            "connect-src": ["'none'"],
            "form-action": ["'none'"],
            "frame-ancestors": ["*"],
            "base-uri": ["'none'"],
        }
    for page in pages:
        assert (page.status_code, page["X-Frame-Options"]) == (200, "DENY")
        assert policy_of(page)["frame-ancestors"] == ["'none'"]


def test_a_card_has_no_form_and_opens_its_links_elsewhere(client, contest):
    signed = PledgeFactory(candidate_list__contest=contest, published=True).candidate_list

    for address in ("/integrer/regions/bretagne/", f"/integrer/listes/{signed.pk}/"):
        page = client.get(address).content.decode()
        assert "<form" not in page
        assert "<script" not in page
        assert page.count("<a ") == page.count('target="_blank" rel="noopener"') == 1


def test_the_card_of_a_list_shows_answers_once_they_are_published(client, contest):
    signed = PledgeFactory(candidate_list__contest=contest, published=True, answers={1: Answer.COMMITS}).candidate_list
    silent = PledgeFactory(candidate_list__contest=contest, in_review=True, answers={1: Answer.COMMITS}).candidate_list

    shown, hidden = (client.get(f"/integrer/listes/{each.pk}/").content.decode() for each in (signed, silent))

    assert ("Signataire de la charte" in shown, "s’engage" in shown) == (True, True)
    assert ("Signataire de la charte" in hidden, "s’engage" in hidden) == (False, False)


def test_a_badge_is_for_a_published_pledge_and_nothing_else(client, contest):
    signed = PledgeFactory(
        candidate_list__contest=contest, candidate_list__name="Demain <b> & là", published=True
    ).candidate_list
    others = [
        PledgeFactory(candidate_list__contest=contest, in_review=True).candidate_list,
        PledgeFactory(candidate_list__contest=contest, withdrawn=True).candidate_list,
        PledgeFactory(candidate_list__contest=contest, suspended=True).candidate_list,
        PledgeFactory(candidate_list__contest=contest, personal=True, published=True).candidate_list,
        CandidateListFactory(contest=contest),
    ]

    response = client.get(f"/integrer/listes/{signed.pk}/badge.svg")

    texts = ET.fromstring(response.content).iter("{http://www.w3.org/2000/svg}text")
    assert [text.text for text in texts] == ["Signataire de la charte", "Demain <b> & là"]
    assert response["Content-Type"] == "image/svg+xml"
    assert [client.get(f"/integrer/listes/{each.pk}/badge.svg").status_code for each in others] == [404] * 5


def test_a_declared_list_has_no_card(client, contest):
    declared = CandidateListFactory(
        contest=contest, declared_at=datetime.datetime.now(datetime.UTC), official_code="", panel_number=None
    )

    assert client.get(f"/integrer/listes/{declared.pk}/").status_code == 404
    assert client.get(f"/integrer/listes/{declared.pk}/badge.svg").status_code == 404


def test_the_code_to_copy_is_a_sandboxed_frame_with_a_title(client, contest):
    page = client.get("/integrer/").content.decode()

    assert '&lt;iframe src="https://portail.exemple/integrer/regions/bretagne/"' in page
    assert page.count('sandbox="allow-popups allow-popups-to-escape-sandbox" title="') == 2


def test_a_long_name_keeps_inside_its_badge_and_says_that_it_goes_on(client, contest):
    name = "MAINTENANT ! NORMANDIE ENSEMBLE POUR DEMAIN ET POUR TOUTES ET TOUS"
    signed = PledgeFactory(candidate_list__contest=contest, candidate_list__name=name, published=True).candidate_list

    drawing = client.get(f"/integrer/listes/{signed.pk}/badge.svg").content.decode()

    assert re.findall(r'font-size="12">(.*?)</text>', drawing) == ["MAINTENANT ! NORMANDIE", "ENSEMBLE POUR DEMAIN ET…"]


def test_the_code_to_copy_holds_nothing_that_a_list_wrote(client, contest):
    shown = CandidateListFactory(contest=contest, name='Liste "Unis" onload="alert(1)"')

    page = client.get(shown.get_absolute_url()).content.decode()

    [code] = re.findall(r"<code>(&lt;iframe .*?)</code>", page, re.DOTALL)
    assert "Unis" not in code


# --- Where all this is found ---


def test_the_feed_of_a_region_is_said_to_feed_readers(client, contest):
    page = client.get(contest.region.get_absolute_url()).content.decode()

    assert '<link rel="alternate" type="application/atom+xml"' in page
    assert 'href="/flux/regions/bretagne.atom"' in page


def offered(client, page):
    """What « À emporter » leads to, on a page."""
    html = client.get(page.get_absolute_url()).content.decode()
    [block] = re.findall(r"<h2[^>]*>À emporter</h2>\s*<ul[^>]*>(.*?)</ul>", html, re.DOTALL)
    return re.findall(r'<li><a href="([^"]+)"', block)


def test_a_contest_and_its_region_offer_their_sheet_table_dates_feed_and_card(client, contest):
    CandidateListFactory(contest=contest)

    assert (
        offered(client, contest)
        == offered(client, contest.region)
        == [
            "/elections/regionales/bretagne/feuille.pdf",
            "/elections/regionales/bretagne/tableau.csv",
            "/flux/elections/regionales.ics",
            "/flux/regions/bretagne.atom",
            "/integrer/#bretagne",
        ]
    )


def test_a_contest_without_a_list_has_no_table_to_offer(client, contest):
    assert offered(client, contest) == [
        "/flux/elections/regionales.ics",
        "/flux/regions/bretagne.atom",
        "/integrer/#bretagne",
    ]


@pytest.mark.parametrize("state", ["published", "withdrawn"])
def test_a_list_offers_its_card_and_a_badge_as_long_as_its_pledge_is_published(client, contest, state):
    shown = PledgeFactory(candidate_list__contest=contest, signed=True, **{state: True}).candidate_list

    badges = [f"/integrer/listes/{shown.pk}/badge.svg"] if state == "published" else []
    assert offered(client, shown) == [
        f"/listes/{shown.pk}/feuille.pdf",
        f"/integrer/listes/{shown.pk}/",
        *badges,
        "/elections/regionales/bretagne/tableau.csv",
        "/flux/elections/regionales.ics",
        "/flux/regions/bretagne.atom",
    ]
    assert {client.get(address.partition("#")[0]).status_code for address in offered(client, shown)} == {200}


def test_the_home_page_names_its_feed(client):
    page = client.get("/").content.decode()

    assert 'type="application/atom+xml" title="Les derniers engagements publiés" href="/flux/engagements.atom">' in page


def test_the_sitemap_names_the_pages_and_the_lists_that_signed(client, contest):
    signed = PledgeFactory(candidate_list__contest=contest, published=True).candidate_list
    PledgeFactory(candidate_list__contest=contest, in_review=True)
    ContestFactory(
        election=contest.election,
        region=contest.region,
        code="2",
        slug="a",
        declared_at=datetime.datetime.now(datetime.UTC),
    )

    content = client.get("/sitemap.xml").content

    named = [loc.text for loc in ET.fromstring(content).iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    paths = [address.removeprefix("https://portail.exemple") for address in named]
    assert paths[11:] == [
        *(f"/principes/{number}/" for number in range(1, 6)),
        "/regions/bretagne/",
        "/elections/regionales/",
        "/elections/regionales/bretagne/",
        signed.get_absolute_url(),
    ]
    assert [client.get(path).status_code for path in paths] == [200] * len(paths)
    assert "Sitemap: https://portail.exemple/sitemap.xml" in client.get("/robots.txt").content.decode()


@pytest.mark.parametrize("count", [1, 20])
def test_queries_of_the_sitemap_are_counted(client, contest, count, django_assert_num_queries):
    for _ in range(count):
        PledgeFactory(candidate_list__contest=contest, published=True)

    with django_assert_num_queries(8):
        client.get("/sitemap.xml")
