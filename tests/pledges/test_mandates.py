"""Who was elected, on the public pages: once the mandate has begun, with denominators, and of known matches only."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from pledges.enums import ElectionKind, ListKind, MandateMatch, Sex
from pledges.mandates import Bench, Mandate, council_of, mandate_of, mandates_from
from regions.models import Revision
from tests.pledges.factories import (
    CandidateFactory,
    CandidateListFactory,
    ContestFactory,
    ElectedOfficialFactory,
    ElectionFactory,
    PledgeFactory,
)
from tests.pledges.rounds import second_round
from tests.pledges.test_views import text_of
from tests.regions.factories import RegionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest():
    region = RegionFactory(
        name="Guadeloupe", council="conseil régional de la Guadeloupe", time_zone="America/Guadeloupe"
    )
    return ContestFactory(region=region, election=ElectionFactory(past=True))


@pytest.fixture
def candidate(contest):
    row = CandidateListFactory(contest=contest, panel_number=2, name="Liste d’essai")
    return CandidateFactory(candidate_list=row, last_name="EXEMPLE")


@pytest.fixture
def official(candidate):
    return ElectedOfficialFactory(candidate=candidate, last_name="EXEMPLE", starts_on=datetime.date(2021, 7, 2))


# --- Words ---


@pytest.mark.parametrize(
    ("council", "kind", "sex", "title"),
    [
        ("conseil régional de Bretagne", ElectionKind.REGIONAL, Sex.FEMALE, "conseillère régionale"),
        ("conseil régional de Bretagne", ElectionKind.REGIONAL, Sex.MALE, "conseiller régional"),
        ("conseil régional de Bretagne", ElectionKind.REGIONAL, "", "membre du conseil régional"),
        ("Assemblée de Corse", ElectionKind.REGIONAL, Sex.FEMALE, "conseillère à l’Assemblée de Corse"),
        ("Assemblée de Martinique", ElectionKind.REGIONAL, Sex.MALE, "conseiller à l’Assemblée de Martinique"),
        ("conseil régional de Bretagne", ElectionKind.DEPARTMENTAL, Sex.FEMALE, "conseillère départementale"),
        ("conseil départemental de Mayotte", ElectionKind.REGIONAL, Sex.MALE, "conseiller départemental"),
    ],
)
def test_a_title_agrees_with_who_bears_it_and_says_the_assembly(council, kind, sex, title):
    contest = ContestFactory(region=RegionFactory(council=council), election=ElectionFactory(kind=kind, past=True))

    assert Mandate(ElectedOfficialFactory(contest=contest, sex=sex)).title == title


def test_a_mandate_is_from_the_register_s_day_to_the_election_s_last(official):
    mandate = mandate_of(official.candidate)

    assert mandate.sentence.replace("\xa0", " ") == (
        "Élue conseillère régionale, mandat du 2 juillet 2021 au 31 mars 2028."
    )


# --- When, and of whom ---


def test_nobody_is_shown_as_elected_before_the_mandate_begins_in_the_territory(client, official, candidate):
    contest = candidate.candidate_list.contest
    start = datetime.datetime.combine(contest.election.mandate_starts_on, datetime.time(), contest.region.zone)
    pages = [candidate.get_absolute_url(), candidate.candidate_list.get_absolute_url(), contest.get_absolute_url()]
    pages.append(contest.region.get_absolute_url())

    def shown(at):
        with time_machine.travel(at, tick=False):
            return ["Élue" in text_of(client.get(page)) for page in pages]

    assert shown(start - datetime.timedelta(seconds=1)) == [False] * 4
    assert shown(start) == [True] * 4


@pytest.mark.parametrize(("match", "shown"), [("unsure", False), ("nobody", False), ("decided", True), ("sure", True)])
def test_only_a_sure_or_decided_match_is_shown(client, official, candidate, match, shown):
    match match:
        case "unsure":
            official.match, official.candidate = MandateMatch.UNSURE, None
        case "nobody" | "decided":
            official.candidate = candidate if match == "decided" else None
            official.match, official.decided_at = MandateMatch.DECIDED, timezone.now()
            official.decided_by = UserFactory()
    official.save()

    page = text_of(client.get(candidate.get_absolute_url()))

    assert ("Élue conseillère régionale" in page) is shown
    assert ("par un réseau" in page) is (match == "decided")
    assert ('"jobTitle"' in page) is shown


def test_someone_who_left_before_the_end_is_said_to_have_left(client, candidate):
    ElectedOfficialFactory(candidate=candidate, departed=True, function="2ème Vice-présidente")

    page = text_of(client.get(candidate.get_absolute_url()))

    assert "Élue conseillère régionale, mandat commencé le 2 juillet 2021." in page
    assert "Le répertoire ne nomme plus cette personne depuis le" in page
    assert "Fonction : 2ème Vice-présidente." in page


# --- Counts ---


def test_a_council_is_counted_with_its_denominator_list_by_list_in_panel_order(contest, candidate, official):
    signatory = CandidateListFactory(contest=contest, panel_number=1)
    PledgeFactory(candidate_list=signatory, published=True)
    PledgeFactory(candidate_list=candidate.candidate_list, candidate=candidate, published=True)
    for number in range(2):
        ElectedOfficialFactory(candidate=CandidateFactory(candidate_list=signatory), last_name=f"SIGNE{number}")
    ElectedOfficialFactory(contest=contest)
    ElectedOfficialFactory(contest=contest, departed=True)

    council = council_of(contest)

    assert council.summary == "2 élu·es sur 4 viennent de listes signataires de la charte."
    assert council.benches == [Bench(signatory, 2, True), Bench(candidate.candidate_list, 1, False)]
    assert (council.personal, council.unknown) == (1, 1)


def test_those_elected_in_a_canton_come_from_pairs():
    region = RegionFactory()
    contest = ContestFactory(region=region, election=ElectionFactory(past=True, kind=ElectionKind.DEPARTMENTAL))
    pair = CandidateListFactory(contest=contest, kind=ListKind.PAIR)
    for number in range(2):
        ElectedOfficialFactory(candidate=CandidateFactory(candidate_list=pair), last_name=f"MEMBRE{number}")
    before = council_of(contest).summary

    PledgeFactory(candidate_list=pair, published=True)

    assert before == "Aucune des 2 personnes élues ne vient d’un binôme signataire de la charte."
    assert council_of(contest).summary == "2 élu·es sur 2 viennent d’un binôme signataire de la charte."


def test_a_withdrawn_pledge_makes_no_signatory_list(contest, candidate, official):
    PledgeFactory(candidate_list=candidate.candidate_list, withdrawn=True)

    assert council_of(contest).summary == "La personne élue ne vient pas d’une liste signataire de la charte."


def test_what_a_parent_signed_is_not_said_of_those_whom_the_merged_list_elected(client):
    stood = second_round(election=ElectionFactory(past=True))
    first, _second = stood.parents
    member = CandidateFactory(candidate_list=first)  # that it is her, a person has decided
    stranger = CandidateFactory(candidate_list=stood.out)
    for person in (stood.head, member, stranger):
        ElectedOfficialFactory(candidate=person)

    council = council_of(stood.contest)
    page = text_of(client.get(stood.contest.get_absolute_url()))

    assert (council.benches, council.elsewhere, council.unknown) == ([Bench(stood.merged, 1, False)], 2, 0)
    assert council.summary == "Aucune des 3 personnes élues ne vient d’une liste signataire de la charte."
    assert "Candidature d’une liste qui n’était pas au second tour" in page
    assert [len(mandates_from(each)) for each in (stood.kept, first, stood.out, stood.merged)] == [0, 0, 0, 1]
    assert "1 personne est élue" in text_of(client.get(stood.merged.get_absolute_url()))
    assert "1 personne est élue" not in text_of(client.get(first.get_absolute_url()))


def test_what_someone_signed_for_themselves_is_still_theirs_on_a_merged_list():
    stood = second_round(election=ElectionFactory(past=True))
    PledgeFactory(candidate_list=stood.parents[0], candidate=stood.head.earlier, published=True)
    ElectedOfficialFactory(candidate=stood.head, last_name="TETE")

    assert council_of(stood.contest).personal == 1


def test_a_council_that_no_file_has_named_is_not_told(client, contest):
    CandidateListFactory(contest=contest)

    assert council_of(contest) is None
    assert "Élues et élus" not in text_of(client.get(contest.get_absolute_url()))


@pytest.mark.parametrize("count", [1, 12])
def test_a_council_asks_as_little_for_few_as_for_many(contest, count, django_assert_num_queries):
    for number in range(count):
        row = CandidateListFactory(contest=contest)
        ElectedOfficialFactory(candidate=CandidateFactory(candidate_list=row), last_name=f"EXEMPLE{number}")

    with django_assert_num_queries(6):
        council = council_of(contest)

    assert council.count == count


def test_the_pages_say_who_sits_and_who_of_them_signed_for_themselves(client, contest, candidate, official):
    PledgeFactory(candidate_list=candidate.candidate_list, candidate=candidate, published=True, signed=True)
    Revision.advance()

    of_list = text_of(client.get(candidate.candidate_list.get_absolute_url()))
    of_contest = text_of(client.get(contest.get_absolute_url()))
    of_region = text_of(client.get(contest.region.get_absolute_url()))

    assert "1 personne est élue. Mandat du 2 juillet 2021 au 31 mars 2028." in of_list
    assert '<span class="tag">élu·e</span>' in of_list
    assert "À titre personnel : Alix EXEMPLE (élu·e)." in of_contest
    assert "1 a signé à titre personnel." in of_contest
    assert "La personne élue ne vient pas d’une liste signataire de la charte." in of_region
