import datetime
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.utils.translation import override

from regions.enums import Measure
from regions.typography import day
from tests.pledges.factories import CandidateListFactory, ContestFactory, ElectionFactory, days_away
from tests.regions.factories import IndicatorFactory, RegionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest():
    place = ContestFactory(region__name="Bretagne", region__name_type=0, election__name="Élections d’essai")
    CandidateListFactory(contest=place, headed=True)
    return place


def page_of(client, place):
    """The page, with ordinary spaces."""
    page = client.get(place.get_absolute_url()).content.decode()
    return page.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("shown", ["region", "contest"])
def test_the_letter_names_the_territory_the_date_and_the_address_of_its_page(client, contest, settings, shown):
    place = contest.region if shown == "region" else contest

    response = client.get(place.get_absolute_url())

    appeal = response.context["appeal"] if shown == "contest" else response.context["votes"][0].appeal
    assert appeal.subject == "Élections d’essai, Bretagne : votre réponse aux cinq principes de l’ESS"
    assert appeal.body == "\n\n".join(
        [
            "Mesdames et Messieurs les têtes de liste,",
            (
                "Vous vous présentez au suffrage : Élections d’essai, Bretagne. La charte de l’économie sociale et"
                " solidaire propose cinq principes à toutes les candidatures."
            ),
            (
                "Je vous demande votre réponse à chacun d’eux : ceux que vous prenez comme engagement, ceux que vous ne"
                " prenez pas, et pourquoi. Vous pouvez répondre sur le portail jusqu’au"
                f" {day(contest.election.signing_closes_on)}."
            ),
            (
                "Les principes et les réponses publiées de chaque candidature sont à cette adresse :\n"
                f"{settings.SITE_URL}{place.get_absolute_url()}"
            ),
            "J’adresse la même lettre à toutes les candidatures de ce territoire.",
            "Avec mes salutations respectueuses,",
        ]
    )


def test_the_letter_is_to_copy_or_to_open_in_ones_own_mail_and_is_not_printed(client, contest):
    response = client.get(contest.get_absolute_url())

    appeal, page = response.context["appeal"], response.content.decode()
    assert f'rows="18" lang="fr" readonly>{appeal.body}</textarea>' in page
    assert 'class="section appeal no-print"' in page
    assert f'href="{appeal.mailto.replace("&", "&amp;")}"' in page
    link = urlsplit(appeal.mailto)
    assert (link.scheme, link.path) == ("mailto", "")  # the reader chooses to whom
    assert parse_qs(link.query) == {"subject": [appeal.subject], "body": [appeal.body.replace("\n", "\r\n")]}
    assert len(appeal.mailto) < 2000  # what the mail programs of all systems take


def test_the_letter_is_in_french_on_the_english_page_too(client, contest):
    french = client.get(contest.get_absolute_url()).context["appeal"]

    with override("en"):
        english = client.get(contest.get_absolute_url())

    assert english.request["PATH_INFO"].startswith("/en/")
    assert english.context["appeal"] == french


@pytest.mark.parametrize("shown", ["region", "contest"])
def test_during_the_silence_of_another_election_the_date_takes_the_place_of_the_letter(client, contest, shown):
    other = ElectionFactory(first_round_on=days_away(10), second_round_on=days_away(17))
    ContestFactory(election=other, region=contest.region, code="29", slug="ailleurs")
    eve = datetime.datetime.combine(other.first_round_on, datetime.time(), contest.region.zone)

    with time_machine.travel(eve - datetime.timedelta(hours=1)):
        page = page_of(client, contest.region if shown == "region" else contest)

    assert f"<p>Silence électoral jusqu’au {day(other.first_round_on)} à 20 h, heure locale. La lettre" in page
    assert "<textarea" not in page
    assert "mailto:?" not in page


@pytest.mark.parametrize("shown", ["region", "contest"])
@pytest.mark.parametrize(
    ("opens", "closes", "sentence"),
    [(-30, -2, "Les signatures sont closes depuis le {closes}."), (5, 30, "Les signatures ouvriront le {opens}.")],
)
def test_when_no_list_may_sign_the_date_takes_the_place_of_the_letter(client, contest, shown, opens, closes, sentence):
    election = contest.election
    today = datetime.datetime.now(contest.region.zone).date()
    election.signing_opens_on = today + datetime.timedelta(days=opens)
    election.signing_closes_on = today + datetime.timedelta(days=closes)
    election.save()

    page = page_of(client, contest.region if shown == "region" else contest)

    said = sentence.format(opens=day(election.signing_opens_on), closes=day(election.signing_closes_on))
    assert f"<p>{said} La lettre à adresser aux candidatures n’est pas proposée en ce moment.</p>" in page
    assert "<textarea" not in page


@pytest.mark.parametrize("shown", ["region", "contest"])
def test_there_is_nobody_to_write_to_before_the_lists_are_known(client, shown):
    empty = ContestFactory()

    page = page_of(client, empty.region if shown == "region" else empty)

    assert "Interpeller" not in page


@pytest.mark.parametrize("count", [1, 13])
@pytest.mark.parametrize(("shown", "queries"), [("region", 16), ("contest", 10)])
def test_the_letter_costs_the_same_for_all_numbers_of_lists(
    client, contest, shown, queries, count, django_assert_num_queries
):
    CandidateListFactory.create_batch(count - 1, contest=contest, headed=True)
    address = (contest.region if shown == "region" else contest).get_absolute_url()

    with django_assert_num_queries(queries):
        response = client.get(address)

    assert response.status_code == 200


def test_the_part_of_employment_of_several_years_is_drawn_from_zero_with_its_table(client):
    region = RegionFactory()
    for year, value in [(2015, "12.0"), (2008, "6.0"), (2014, "9.0")]:
        IndicatorFactory(region=region, year=year, value=value, base="emploi salarié", source=f"Insee {year}")
    IndicatorFactory(region=region, year=2021, value="8.0", base="emploi salarié total")

    page = page_of(client, region)

    [chart] = client.get(region.get_absolute_url()).context["charts"]
    assert [(bar.figure.year, bar.height, bar.y + bar.height) for bar in chart.bars] == [
        (2008, 60, chart.ground),
        (2014, 90, chart.ground),
        (2015, 120, chart.ground),
    ]
    assert '<desc id="parts-1-d">2008 : 6,0 % ; 2014 : 9,0 % ; 2015 : 12,0 %</desc>' in page
    assert '<tr><th scope="row">2014</th><td>9,0 %</td><td>Insee 2014</td></tr>' in page


def test_each_figure_is_given_once_drawn_or_in_words(client):
    region = RegionFactory()
    for year in (2008, 2015):
        IndicatorFactory(region=region, year=year, value="6.0", base="emploi salarié", source="Insee")
    jobs = IndicatorFactory(region=region, year=2021, value="29000.0", measure=Measure.JOBS, base="emploi total")

    response = client.get(region.get_absolute_url())

    page = page_of(client, region)
    assert response.context["figures"] == [jobs]
    assert re.findall(r'class="figure">([^<]*)<', page) == ["29 000"]
    assert '<p class="meta">Source : Insee</p>' in page


@pytest.mark.parametrize(
    "other",
    [{"year": 2015}, {"year": 2014, "base": "emploi total"}, {"year": 2014, "measure": Measure.JOBS}],
    ids=["same year", "other base", "other measure"],
)
def test_figures_that_do_not_compare_are_not_drawn(client, other):
    region = RegionFactory()
    IndicatorFactory(region=region, year=2015)
    IndicatorFactory(region=region, **other)

    page = page_of(client, region)

    assert 'class="chart"' not in page
