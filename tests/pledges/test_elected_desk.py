"""The desk's page on someone elected: both lines, a button on each, in one's own regions."""

import datetime

import pytest
from django.urls import reverse

from pledges.enums import Act, MandateMatch
from pledges.models import ElectedOfficial, Election, JournalEntry
from tests.desk.acts import enter
from tests.pledges.factories import (
    CandidateFactory,
    CandidateListFactory,
    ContestFactory,
    ElectedOfficialFactory,
)
from tests.regions.factories import MembershipFactory, NetworkFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest():
    return ContestFactory(region=RegionFactory(code="53", name="Bretagne"), code="53", election__past=True)


@pytest.fixture
def desk(client, contest):
    user = UserFactory(is_staff=True, first_name="Mona", last_name="Modération")
    MembershipFactory(user=user, network=NetworkFactory(regions=[contest.region]))
    return enter(client, user)


@pytest.fixture
def candidate(contest):
    candidate_list = CandidateListFactory(contest=contest, name="Liste d’essai")
    return CandidateFactory(candidate_list=candidate_list, last_name="EXEMPLE-FICTIF", section_name="Finistère", rank=3)


@pytest.fixture
def official(contest):
    return ElectedOfficialFactory(
        contest=contest, last_name="EXEMPLE", match=MandateMatch.UNSURE, starts_on=datetime.date(2021, 7, 2)
    )


def page_of(official):
    return reverse("admin:pledges_electedofficial_change", args=[official.pk])


def lines(response):
    """The candidates that the page compares, with what differs."""
    return [(each.candidate.last_name, sorted(each.differs)) for each in response.context["options"]]


def test_both_lines_are_shown_with_what_differs(desk, official, candidate):
    CandidateFactory(candidate_list=candidate.candidate_list, last_name="AUTRE", first_names="Zoé")

    response = desk.get(page_of(official))

    assert lines(response) == [("EXEMPLE-FICTIF", ["last_name"])]
    text = response.content.decode().replace("\xa0", " ")
    assert all(word in text for word in ("EXEMPLE-FICTIF", "Finistère", "Liste d’essai", "n° 3", "2 juillet 2021"))


def test_a_button_says_that_it_is_the_same_person_and_opens_the_next(desk, official, candidate, contest):
    following = ElectedOfficialFactory(contest=contest, last_name="Z", match=MandateMatch.UNSURE)

    response = desk.post(page_of(official), {"candidate": candidate.pk}, follow=True)

    official.refresh_from_db()
    assert (official.match, official.candidate) == (MandateMatch.DECIDED, candidate)
    assert response.redirect_chain == [(page_of(following), 302)]
    assert [str(message) for message in response.context["messages"]] == [
        "Alix EXEMPLE : c’est noté. Il reste 1 personne."
    ]
    assert JournalEntry.objects.filter(act=Act.ELECTED_MATCHED, by=official.decided_by).count() == 1


def test_a_button_says_that_it_is_nobody_and_the_last_one_leads_to_the_register(desk, official, candidate):
    response = desk.post(page_of(official), {"nobody": "1"}, follow=True)

    official.refresh_from_db()
    assert (official.match, official.candidate) == (MandateMatch.DECIDED, None)
    assert response.redirect_chain == [(reverse("admin:pledges_electedofficial_changelist"), 302)]


def test_another_candidate_is_looked_for_by_name_and_chosen(desk, official, candidate):
    other = CandidateFactory(candidate_list=candidate.candidate_list, last_name="TOUT-AUTRE", first_names="Zoé")
    address = f"{page_of(official)}?q=zoé tout"

    found = desk.get(address)
    desk.post(address, {"candidate": other.pk})

    official.refresh_from_db()
    assert lines(found) == [("TOUT-AUTRE", ["first_names", "last_name"])]
    assert official.candidate == other


def test_a_decision_is_taken_back_on_the_same_page(desk, official, candidate):
    desk.post(page_of(official), {"candidate": candidate.pk})

    decided = desk.get(page_of(official)).content.decode()
    response = desk.post(page_of(official), {"undo": "1"})

    official.refresh_from_db()
    assert "Reprendre cette décision" in decided
    assert "C’est la même personne" not in decided
    assert (response.url, official.match, official.candidate) == (page_of(official), MandateMatch.UNSURE, None)


@pytest.mark.parametrize("data", [{}, {"candidate": "999999"}, {"candidate": "x"}, {"undo": "1"}])
def test_what_cannot_be_decided_is_a_sentence_on_the_page(desk, official, candidate, data):
    response = desk.post(page_of(official), data)

    assert response.status_code == 200
    assert response.context["refusal"]
    assert ElectedOfficial.objects.get().match == MandateMatch.UNSURE


def test_what_a_colleague_has_decided_meanwhile_is_said(desk, official, candidate):
    official.refresh_from_db()
    ElectedOfficial.objects.update(
        match=MandateMatch.DECIDED, decided_at=official.imported_at, decided_by=UserFactory(username="yann")
    )

    response = desk.post(page_of(official), {"candidate": candidate.pk})

    assert response.context["refusal"].startswith("Déjà décidé par")
    assert "Reprendre cette décision" in response.content.decode()


def test_someone_elected_elsewhere_is_not_there(desk, candidate):
    elsewhere = ElectedOfficialFactory(match=MandateMatch.UNSURE)

    answers = [desk.get(page_of(elsewhere)), desk.post(page_of(elsewhere), {"nobody": "1"})]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert ElectedOfficial.objects.get().match == MandateMatch.UNSURE


def test_those_to_decide_are_counted_on_the_first_page(desk, official):
    ElectedOfficialFactory(match=MandateMatch.UNSURE)  # elsewhere
    ElectedOfficialFactory(contest=official.contest)

    response = desk.get(reverse("admin:index"))

    assert response.context["dashboard"].elected == 1
    assert "?match__exact=unsure" in response.content.decode()


def test_an_archive_is_read_and_not_decided(desk, official, candidate):
    dates = {"first_round_on": (2013, 6, 2), "second_round_on": (2013, 6, 9), "mandate_starts_on": (2013, 6, 14)}
    dates |= {"mandate_ends_on": (2020, 1, 1)}
    Election.objects.update(**{name: datetime.date(*on) for name, on in dates.items()})

    page = desk.get(page_of(official)).content.decode()
    refused = desk.post(page_of(official), {"candidate": candidate.pk})

    assert "est une archive depuis le 3 juillet 2020" in page.replace("\xa0", " ")
    assert "C’est la même personne" not in page
    assert "est une archive" in refused.context["refusal"]


@pytest.mark.parametrize("count", [1, 12])
def test_the_page_asks_as_little_for_few_as_for_many(desk, official, contest, count, django_assert_num_queries):
    row = CandidateListFactory(contest=contest)
    for number in range(count):
        CandidateFactory(candidate_list=row, last_name=f"EXEMPLE-{number}")

    with django_assert_num_queries(9):
        response = desk.get(page_of(official))

    assert len(response.context["options"]) == count
