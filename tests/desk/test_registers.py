"""Every register of the desk: as many queries for ten rows as for a thousand, words where there is nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from pledges.models import Candidate, CandidateList, Pledge
from tests.desk.acts import enter
from tests.desk.rows import MAKERS, registers
from tests.pledges.factories import CandidateFactory, CandidateListFactory
from tests.pledges.test_views import text_of
from tests.regions.factories import UserFactory

pytestmark = pytest.mark.django_db

# Session, account and its regions; how many rows in all and under the filters; the rows; then what each needs.
QUERIES = {
    "Campaign": 9,
    "Candidate": 8,
    "CandidateImport": 9,
    "CandidateList": 14,
    "Charter": 7,
    "Collection": 8,
    "Commune": 8,
    "Contest": 10,
    "CorrectionRequest": 8,
    "DecisionReason": 8,
    "ElectedOfficial": 8,
    "Election": 7,
    "Indicator": 9,
    "JournalEntry": 14,
    "Membership": 8,
    "Network": 8,
    "Nuance": 8,
    "OutboxMail": 8,
    "Page": 7,
    "Pledge": 13,
    "Region": 7,
    "Resource": 8,
    "User": 8,
}


def address_of(model, page="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def administration(client):
    return enter(client, UserFactory(is_staff=True, is_superuser=True))


@pytest.fixture
def administration_links(place):
    response = enter(Client(), UserFactory(is_staff=True, is_superuser=True)).get(reverse("admin:index"))
    return [str(link.label) for link in response.context["desk_links"]]


def test_every_register_has_rows_to_try_it_with():
    assert [model._meta.label for model in registers() if model not in MAKERS] == []


@pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("count", [10, 1_000])
def test_a_register_asks_as_many_questions_for_many_rows(
    administration, place, model, count, django_assert_num_queries
):
    MAKERS[model](place, count)

    with django_assert_num_queries(QUERIES[model.__name__]):
        response = administration.get(address_of(model))

    assert len(response.context["cl"].result_list) >= 10


@pytest.mark.parametrize("typed", ["eglise verte", "ÉGLISE", "l'église  VERTE", "Verte"])
def test_a_list_is_found_as_people_type_its_name(desk, place, typed):
    found = CandidateListFactory(contest=place.contest, name="L’Église verte")
    CandidateListFactory(contest=place.contest, name="Autre liste")

    response = desk.get(address_of(CandidateList), {"q": typed})

    assert list(response.context["cl"].result_list) == [found]


@pytest.mark.parametrize("typed", ["helene loic", "Loïc Hélène", "HÉLÈNE"])
def test_a_candidate_is_found_as_people_type_their_name(desk, place, typed):
    row = CandidateListFactory(contest=place.contest)
    found = CandidateFactory(candidate_list=row, first_names="Hélène", last_name="LOÏC")
    CandidateFactory(candidate_list=row)

    response = desk.get(address_of(Candidate), {"q": typed})

    assert list(response.context["cl"].result_list) == [found]


def test_a_search_that_finds_nothing_says_so_and_offers_a_way_back(desk, place):
    CandidateListFactory(contest=place.contest)

    page = text_of(desk.get(address_of(CandidateList), {"q": "introuvable"}))

    assert "Rien ne répond à cette recherche et à ces filtres." in page
    assert "Tout effacer et recommencer" in page


# Whoever looks is in one, and where they look in another; some reasons come with the portal; three have words of their
# own.
NEVER_EMPTY = {"CandidateImport", "DecisionReason", "JournalEntry", "Page", "Pledge", "Region", "User"}


@pytest.mark.parametrize(
    "model", [model for model in registers() if model.__name__ not in NEVER_EMPTY], ids=lambda model: model.__name__
)
def test_an_empty_register_says_what_would_be_there(administration, region, model):
    response = administration.get(address_of(model))

    page, words = text_of(response), str(response.context["cl"].model_admin.empty_words)
    assert ("Il n’y a rien ici pour l’instant." in page, len(words) > 20, words in page) == (True, True, True)


def test_the_way_around_is_that_of_each_role(desk, administration_links, place):
    response = desk.get(address_of(Pledge))

    shown = [(str(link.label), link.is_current) for link in response.context["desk_links"]]
    expected = ["Tableau de bord", "À vérifier", "Circonscriptions", "Listes", "Campagnes", "Imports", "Élu·es"]
    expected += ["Motifs", "Courriers", "Corrections", "Journal", "Ressources", "Dossiers"]
    assert shown == [(label, label == "À vérifier") for label in expected]
    assert administration_links == [*expected, "Équipe", "Tout"]
