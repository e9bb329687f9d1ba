"""The press page: figures with their moment and denominator, the same in sentences, charts, pictures and tables."""

import csv
import datetime
import io
import struct
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.utils import timezone

from pledges.enums import Answer
from pledges.models import Election
from pledges.press import TRACK, figures_of
from pledges.totals import election_totals
from regions.typography import day
from tests.pledges.factories import CandidateListFactory, ContestFactory, ElectionFactory, PledgeFactory

pytestmark = pytest.mark.django_db

SVG = "{http://www.w3.org/2000/svg}"
NINE = "2027-05-12 07:00:10+00:00"  # nine in the morning in Paris


@pytest.fixture(autouse=True)
def own_address(settings):
    settings.SITE_URL = "https://portail.exemple"
    settings.CONTACT_EMAIL = "presse@exemple.org"


@pytest.fixture
def election():
    """To come, at nine that day as today: nothing is yet said to be of its first round."""
    later = max(datetime.date.fromisoformat(NINE[:10]), timezone.localdate())
    days = {"first_round_on": 40, "second_round_on": 47, "mandate_starts_on": 52, "mandate_ends_on": 2000}
    return ElectionFactory(
        slug="regionales",
        name="Régionales",
        **{name: later + datetime.timedelta(days=count) for name, count in days.items()},
    )


@pytest.fixture
def counted(election):
    """Two lists of three signed in Bretagne, one of which declines the second principle; none of one in Corse."""
    bretagne = ContestFactory(election=election, region__name="Bretagne", region__slug="bretagne")
    corse = ContestFactory(election=election, region__name="Corse", region__slug="corse")
    for second in (Answer.COMMITS, Answer.DECLINES):
        PledgeFactory(candidate_list__contest=bretagne, published=True, answers={1: Answer.COMMITS, 2: second})
    PledgeFactory(candidate_list__contest=bretagne, in_review=True, answers={1: Answer.COMMITS})
    CandidateListFactory(contest=corse)
    return election


def plain(text):
    return text.replace("\xa0", " ").replace("\u202f", " ")


def page_of(client):
    return plain(client.get("/presse/").content.decode())


def rows_of(client, chart):
    text = client.get(f"/presse/regionales/{chart}.csv").content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def texts_of(svg):
    return [plain(text.text) for text in ET.fromstring(svg).iter(f"{SVG}text")]


def test_each_figure_is_said_in_a_sentence_with_its_moment_its_denominator_and_its_source(client, counted):
    with time_machine.travel(NINE, tick=False):
        figures = figures_of(Election.objects.get())
        page = page_of(client)

    source = "Source : Engagements ESS, portail.exemple."
    first, second, third, *_others = [principle.short for principle in counted.charter.principles.all()]
    moment = "au 12 mai 2027 à 9 h 00"
    sentences = [
        f"Régionales : {moment}, 2 listes sur 4 ont signé la charte. {source}",
        f"Régionales : {moment}, 2 listes sur 4 s’engagent sur le principe 1, « {first} ». {source}",
        f"Régionales : {moment}, 1 liste sur 4 s’engage sur le principe 2, « {second} ». {source}",
        f"Régionales : {moment}, aucune liste sur 4 ne s’engage sur le principe 3, « {third} ». {source}",
        f"Régionales, Bretagne : {moment}, 2 listes sur 3 ont signé la charte. {source}",
        f"Régionales, Corse : {moment}, aucune liste sur 1 n’a signé la charte. {source}",
    ]
    said = [figures.whole, *figures.by_principle.figures[:3], *figures.by_region.figures]
    assert [plain(figure.sentence) for figure in said] == sentences
    for sentence in sentences:
        assert sentence in page


def test_the_figures_are_those_of_the_elections_own_page(counted):
    contests = counted.contests.select_related("region").with_counts().order_by("region__norm")
    totals = election_totals(counted, contests)

    figures = figures_of(counted)

    assert [(it.count, it.total) for it in figures.by_principle.figures] == [
        (total.count, total.total) for total in totals.totals
    ]
    assert [(it.label, it.count, it.total) for it in figures.by_region.figures] == [
        (place.region.name, place.signed_count, place.list_count) for place in totals.regions
    ]


def test_a_bar_is_a_part_of_its_own_denominator_and_none_for_none(counted):
    bretagne, corse = figures_of(counted).by_region.bars

    assert (bretagne.length, corse.length) == (round(TRACK * 2 / 3), 0)


def test_a_table_holds_the_figures_of_its_chart(client, counted):
    principles = [str(principle) for principle in counted.charter.principles.all()]

    by_principle, by_region = rows_of(client, "principes"), rows_of(client, "territoires")

    assert by_principle[0] == ["quoi", "listes qui s’engagent", "listes", "phrase à citer"]
    assert [row[:3] for row in by_principle[1:]] == [
        [principle, count, "4"] for principle, count in zip(principles, "21000", strict=True)
    ]
    assert by_region[0] == ["quoi", "listes signataires", "listes", *principles, "phrase à citer"]
    assert [row[:-1] for row in by_region[1:]] == [
        ["Bretagne", "2", "3", "2", "1", "0", "0", "0"],
        ["Corse", "0", "1", "0", "0", "0", "0", "0"],
    ]


def test_a_chart_writes_each_figure_in_words_with_its_title_and_its_day(client, counted):
    svg = client.get("/presse/regionales/territoires.svg").content

    today = day(timezone.localdate())
    assert texts_of(svg) == [
        "Régionales",
        "Listes signataires, territoire par territoire",
        "Bretagne",
        "2 sur 3",
        "Corse",
        "0 sur 1",
        "Source : Engagements ESS, portail.exemple.",
        f"Au {today}.",
    ]
    assert plain(ET.fromstring(svg).findtext(f"{SVG}title")) == (
        "Régionales : listes signataires, territoire par territoire"
    )


@pytest.mark.parametrize("name", ["Régionales", "<script>#panic() & [x]", "Été 😀 漢字"])
@pytest.mark.parametrize("chart", ["principes", "territoires"])
def test_the_picture_of_a_chart_is_three_times_its_size(client, counted, chart, name):
    Election.objects.update(name=name)

    response = client.get(f"/presse/regionales/{chart}.png")

    shown = figures_of(Election.objects.get()).charts[chart]
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/png")
    assert struct.unpack(">II", response.content[16:24]) == (3 * shown.width, 3 * shown.height)
    assert ET.fromstring(client.get(f"/presse/regionales/{chart}.svg").content).tag == f"{SVG}svg"


def test_the_page_leads_to_each_file_and_each_file_to_its_name(client, counted):
    page = page_of(client)

    for chart in ("principes", "territoires"):
        for kind, disposition in (("svg", "attachment"), ("csv", "attachment"), ("png", "inline")):
            address = f"/presse/regionales/{chart}.{kind}"
            response = client.get(address)

            assert f'href="{address}"' in page
            assert response.headers["Content-Disposition"] == f'{disposition}; filename="regionales-{chart}.{kind}"'
            assert response.headers["Cache-Control"] == "public, max-age=0, s-maxage=1"


def test_an_invented_election_says_so_in_each_sentence_and_chart(client, counted):
    Election.objects.update(is_demonstration=True)

    figures = figures_of(Election.objects.get())

    said = [figures.whole, *figures.by_principle.figures, *figures.by_region.figures]
    assert {figure.sentence.startswith("Démonstration, tout est inventé. ") for figure in said} == {True}
    assert texts_of(figures.by_region.svg())[-1].endswith("Démonstration, tout est inventé.")


def test_whom_to_ask_is_on_the_page(client, election, settings):
    assert '<a href="mailto:presse@exemple.org">' in page_of(client)

    settings.CONTACT_EMAIL = ""

    assert "Pour nous joindre : les <a href=" in page_of(client)


def test_before_the_lists_are_known_there_is_nothing_to_count(client, election):
    ContestFactory(election=election)

    assert "Les listes ne sont pas encore connues." in page_of(client)
    assert client.get("/presse/regionales/principes.svg").status_code == 404


def test_before_the_first_election_the_page_says_so(client):
    assert "Aucune élection n’est préparée en ce moment." in page_of(client)


@pytest.mark.parametrize("address", ["ailleurs/principes.svg", "regionales/ailleurs.png", "regionales/principes.pdf"])
def test_there_is_no_file_of_what_is_not_there(client, counted, address):
    assert client.get(f"/presse/{address}").status_code == 404


@pytest.mark.parametrize("count", [1, 13])
def test_figures_cost_the_same_for_all_numbers_of_lists_and_regions(client, election, count, django_assert_num_queries):
    for _number in range(count):
        PledgeFactory(
            candidate_list__contest=ContestFactory(election=election), published=True, answers={1: Answer.COMMITS}
        )

    with django_assert_num_queries(6):
        client.get("/presse/")
    for kind in ("svg", "csv", "png"):
        with django_assert_num_queries(5):
            client.get(f"/presse/regionales/territoires.{kind}")
