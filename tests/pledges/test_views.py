import datetime
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from pledges.enums import Answer, CandidateRole, ElectionKind, ListKind
from pledges.models import Pledge
from tests.pledges.factories import (
    CandidateFactory,
    CandidateListFactory,
    CharterFactory,
    CommitmentFactory,
    ContestFactory,
    ElectionFactory,
    NuanceFactory,
    PledgeFactory,
    SignatoryFactory,
)
from tests.regions.factories import (
    CommuneFactory,
    DepartmentFactory,
    IndicatorFactory,
    MembershipFactory,
    PostalCodeFactory,
    RegionFactory,
)

pytestmark = pytest.mark.django_db

COMMITS, DECLINES = Answer.COMMITS, Answer.DECLINES


def text_of(response):
    """The page as it is read, with ordinary spaces."""
    page = response.content.decode()
    return " ".join(page.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.fixture
def contest():
    return ContestFactory(region__name="Bretagne", region__name_type=0)


def full_list(contest, **kwargs):
    """A list with a head, a nuance and a published pledge with a sentence for each principle."""
    candidate_list = CandidateListFactory(
        contest=contest, headed=True, nuance=NuanceFactory(election=contest.election), **kwargs
    )
    pledge = PledgeFactory(candidate_list=candidate_list, published=True, signed=True)
    for principle in contest.election.charter.principles.all():
        CommitmentFactory(pledge=pledge, principle=principle, statement=f"Nos mots sur {principle.number}.")
    PledgeFactory(candidate_list=candidate_list, personal=True, published=True, signed=True)
    return candidate_list


# --- The number of queries of each page does not depend on what it shows ---


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(
    ("name", "queries"),
    [("home", 6), ("region", 17), ("contest", 11), ("election", 4), ("principle", 7), ("list", 9), ("candidate", 7)],
)
def test_queries_are_counted(client, contest, count, name, queries, django_assert_num_queries):
    lists = [full_list(contest) for _ in range(count)]
    if name in {"list", "candidate"}:
        CandidateFactory.create_batch(count, candidate_list=lists[0])
    addresses = {
        "home": reverse("home"),
        "region": contest.region.get_absolute_url(),
        "contest": contest.get_absolute_url(),
        "election": contest.election.get_absolute_url(),
        "principle": reverse("principle", args=[1]),
        "list": lists[0].get_absolute_url(),
        "candidate": lists[0].candidates.first().get_absolute_url(),
    }

    with django_assert_num_queries(queries):
        response = client.get(addresses[name])

    assert response.status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_queries_of_a_search_are_counted(client, contest, count, django_assert_num_queries):
    for _ in range(count):
        full_list(contest)

    with django_assert_num_queries(7):
        response = client.get(reverse("search"), {"q": "démonstration"})

    assert len(response.context["lists"]) == count


@pytest.mark.parametrize("count", [1, 30])
def test_queries_of_the_lists_to_sign_for_are_counted(client, contest, count, django_assert_num_queries):
    for _ in range(count):
        full_list(contest)

    with django_assert_num_queries(7):
        response = client.get(reverse("sign"), {"q": "Bretagne"})

    assert len(response.context["found"]) == count


# --- What is public carries nothing of the visitor ---


@pytest.mark.parametrize(
    "name",
    ["home", "search", "sign", "resources", "method", "legal-notice", "privacy", "accessibility",
     "glossary", "site-map", "robots"],
)  # fmt: skip
def test_public_pages_set_no_cookie_and_do_not_vary_with_it(client, name):
    response = client.get(reverse(name))

    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_a_page_is_the_same_for_a_member_and_a_passer_by(client, admin_client, contest):
    full_list(contest)
    address = contest.region.get_absolute_url()

    assert client.get(address).content == admin_client.get(address).content


# --- The territory ---


def test_the_matrix_is_in_panel_order_with_words_and_denominators(client, contest):
    silent = CandidateListFactory(contest=contest, panel_number=3, headed=True)
    first = full_list(contest, panel_number=1)
    second = CandidateListFactory(contest=contest, panel_number=2)
    PledgeFactory(candidate_list=second, published=True, answers={1: COMMITS, 2: DECLINES})
    CandidateListFactory(contest=contest, panel_number=4, departed=True)

    type(contest.election).objects.update(signing_closes_on=datetime.date(2027, 6, 30))
    with time_machine.travel(datetime.datetime(2027, 6, 1, 12, tzinfo=datetime.UTC)):
        Pledge.objects.update(published_at=datetime.datetime(2027, 5, 30, 12, tzinfo=datetime.UTC))
        response = client.get(contest.get_absolute_url())

    table = response.context["matrix"]
    assert [row.list for row in table.rows] == [first, second, silent]
    assert [[cell.answer for cell in row.cells] for row in table.rows] == [
        [COMMITS] * 5,
        [COMMITS, DECLINES, "", "", ""],
        [""] * 5,
    ]
    assert [row.state for row in table.rows] == [
        "signataire depuis le 30 mai 2027",
        "signataire depuis le 30 mai 2027",
        "pas de réponse au 1er juin 2027",
    ]
    assert [(total.count, total.total) for total in table.totals] == [(2, 3), (1, 3), (1, 3), (1, 3), (1, 3)]
    assert (table.signed_count, table.list_count, table.personal_count) == (2, 3, 1)
    assert "2 listes sur 3 ont signé la charte." in text_of(response)


def test_an_absence_is_dated_to_the_last_day_one_could_answer(client):
    contest = ContestFactory(election=ElectionFactory(past=True))
    candidate_list = CandidateListFactory(contest=contest)

    [row] = client.get(contest.get_absolute_url()).context["matrix"].rows

    assert row.state == "pas de réponse au 26 juin 2021"
    assert client.get(candidate_list.get_absolute_url()).context["standing"] == "pas de réponse au 26 juin 2021"


@pytest.mark.parametrize("state", [None, "in_review", "declined"])
def test_what_is_not_published_shows_nowhere(client, contest, state):
    candidate_list = CandidateListFactory(contest=contest, headed=True)
    pledge = PledgeFactory(candidate_list=candidate_list, **({state: True} if state else {}))
    CommitmentFactory(pledge=pledge, statement="Un secret de campagne")
    SignatoryFactory(pledge=pledge, mandatary=True)
    addresses = [
        reverse("home"),
        contest.region.get_absolute_url(),
        contest.get_absolute_url(),
        contest.election.get_absolute_url(),
        candidate_list.get_absolute_url(),
        candidate_list.candidates.get().get_absolute_url(),
        reverse("principle", args=[1]),
    ]

    pages = [text_of(client.get(address)) for address in addresses]

    for page in pages:
        assert "Un secret de campagne" not in page
        assert "Camille MANDAT" not in page
        assert "signataire depuis" not in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("withdrawn", "engagement retiré le"),
        ("suspended", "engagement suspendu le"),
        ("declined", "publication annulée le"),
    ],
)
def test_what_was_published_stays_as_a_dated_fact_without_its_words(client, contest, state, words):
    candidate_list = CandidateListFactory(contest=contest)
    pledge = PledgeFactory(candidate_list=candidate_list, made_public=True, **{state: True})
    CommitmentFactory(pledge=pledge, statement="Des mots repris")

    pages = [
        text_of(client.get(address))
        for address in (contest.get_absolute_url(), candidate_list.get_absolute_url(), reverse("principle", args=[1]))
    ]

    assert [words in page.lower() for page in pages] == [True, True, False]
    assert not any("Des mots repris" in page for page in pages)


def test_private_contact_data_is_on_no_public_page(client, contest):
    candidate_list = full_list(contest)
    pledge = candidate_list.pledges.first()
    pledge.signatories.update(email="prive@example.org", phone="0612345678")

    for address in (contest.get_absolute_url(), candidate_list.get_absolute_url(), reverse("home")):
        page = text_of(client.get(address))
        assert "prive@example.org" not in page
        assert "0612345678" not in page


def test_the_nuance_is_said_to_be_the_ministrys(client, contest):
    candidate_list = full_list(contest)

    page = text_of(client.get(candidate_list.get_absolute_url()))

    assert f"Nuance attribuée par le ministère : {candidate_list.nuance}" in page


def test_a_region_shows_its_network_its_figures_and_its_past(client, contest):
    MembershipFactory(network__name="CRESS de démonstration").network.regions.add(contest.region)
    IndicatorFactory(region=contest.region, value="11.3", year=2015, base="emploi salarié", source="INSEE")
    past = ContestFactory(region=contest.region, election=ElectionFactory(past=True, name="Régionales d’avant"))

    response = client.get(contest.region.get_absolute_url())

    page = text_of(response)
    assert "CRESS de démonstration" in page
    assert "11,3" in page
    assert "2015, emploi salarié. Source : INSEE" in page
    assert [vote.election for vote in response.context["votes"]] == [contest.election]
    assert list(response.context["archives"]) == [past]


def test_two_elections_of_the_same_day_stand_side_by_side(client, contest):
    cantons = ElectionFactory(
        kind=ElectionKind.DEPARTMENTAL,
        charter=contest.election.charter,
        first_round_on=contest.election.first_round_on,
        second_round_on=contest.election.second_round_on,
    )
    for number in (1, 2):
        ContestFactory(election=cantons, region=contest.region, code=f"350{number}", slug=f"canton-{number}")

    votes = client.get(contest.region.get_absolute_url()).context["votes"]

    assert [(vote.election, len(vote.contests), vote.matrix is not None) for vote in votes] == [
        (contest.election, 1, True),
        (cantons, 2, False),
    ]


def test_a_region_without_an_election_says_so(client):
    region = RegionFactory(name="Bretagne")

    assert "Aucune élection n’est préparée ici." in text_of(client.get(region.get_absolute_url()))


def test_an_invented_election_says_so_on_each_of_its_pages(client):
    contest = ContestFactory(election__is_demonstration=True)
    candidate_list = full_list(contest)

    for place in (contest, contest.region, contest.election, candidate_list, candidate_list.candidates.first()):
        assert "Tout est inventé ici" in text_of(client.get(place.get_absolute_url()))


# --- Lists and candidates ---


def test_a_list_shows_its_own_words_who_signed_and_how_identity_was_checked(client, contest):
    candidate_list = full_list(contest)

    page = text_of(client.get(candidate_list.get_absolute_url()))

    head = candidate_list.candidates.get(is_head=True)
    assert "« Nos mots sur 3. »" in page
    assert f"{head.full_name} (tête de liste)" in page
    assert "identité rapprochée de la liste officielle" in page


def test_a_list_unfolds_by_section_without_those_who_left(client, contest):
    candidate_list = CandidateListFactory(contest=contest)
    for section in ("Finistère", "Morbihan"):
        CandidateFactory.create_batch(2, candidate_list=candidate_list, section_code=section[:3], section_name=section)
    CandidateFactory(candidate_list=candidate_list, departed=True)

    sections = client.get(candidate_list.get_absolute_url()).context["sections"]

    assert [(name, len(people)) for name, people in sections] == [("Finistère", 2), ("Morbihan", 2)]


def test_a_pair_shows_both_members_and_their_substitutes(client, contest):
    pair = CandidateListFactory(contest=contest, kind=ListKind.PAIR)
    members = [CandidateFactory(candidate_list=pair) for _ in range(2)]
    CandidateFactory.create_batch(2, candidate_list=pair, role=CandidateRole.SUBSTITUTE)

    response = client.get(pair.get_absolute_url())

    assert response.context["leaders"] == members
    assert text_of(response).count("remplaçante") == 2


@pytest.mark.parametrize("wrong", ["autre-nom", "x"])
def test_an_old_name_in_the_address_leads_to_the_present_one(client, contest, wrong):
    candidate_list = full_list(contest)

    response = client.get(reverse("list", args=[candidate_list.pk, wrong]))

    assert (response.status_code, response.headers["Location"]) == (301, candidate_list.get_absolute_url())


def test_a_name_without_latin_letters_still_has_an_address(client, contest):
    candidate_list = CandidateListFactory(contest=contest, name="!!!")

    assert client.get(candidate_list.get_absolute_url()).status_code == 200


def test_a_candidates_own_pledge_is_not_taken_for_the_lists(client, contest):
    candidate_list = CandidateListFactory(contest=contest, headed=True)
    pledge = PledgeFactory(candidate_list=candidate_list, personal=True, published=True, answers={1: COMMITS})

    of_candidate = client.get(pledge.candidate.get_absolute_url())
    of_list = client.get(candidate_list.get_absolute_url())

    assert (of_candidate.context["pledge"], of_candidate.context["list_standing"][:14]) == (pledge, "pas de réponse")
    assert (of_list.context["pledge"], of_list.context["personal_pledges"]) == (None, [pledge])


@pytest.mark.parametrize(
    "address",
    ["/regions/nulle-part/", "/elections/jamais/", "/elections/jamais/ici/", "/listes/1-x/", "/candidats/1-x/",
     "/principes/9/", "/principes/999999999999999999999/", "/listes/99999999999999999999-x/", "/signer/liste/1/",
     "/signer/candidat/1/", "/demonstration/courriels/"],
)  # fmt: skip
def test_what_does_not_exist_is_a_page_with_a_way_on(client, address):
    response = client.get(address)

    assert response.status_code == 404
    assert 'action="/recherche/"' in response.content.decode()


def test_the_principles_are_read_before_any_election_is_prepared(client):
    charter = CharterFactory(version="2027")

    response = client.get("/principes/1/")

    assert response.context["principle"] == charter.principles.get(number=1)
    assert "Aucune élection n’est encore préparée." in response.content.decode()


# --- The look-up ---


@pytest.fixture
def rennes():
    bretagne = RegionFactory(code="53", name="Bretagne", slug="bretagne")
    commune = CommuneFactory(name="Rennes", department=DepartmentFactory(code="35", region=bretagne))
    PostalCodeFactory(code="35000").communes.add(commune)
    return commune


@pytest.mark.parametrize("query", ["35000", " 35 000 ", "rennes", "RENNES", "bretagne"])
def test_one_answer_leads_straight_to_the_territory(client, rennes, query):
    response = client.get(reverse("search"), {"q": query})

    assert (response.status_code, response.headers.get("Location")) == (302, "/regions/bretagne/")


def test_a_postcode_of_two_regions_is_a_choice(client, rennes):
    PostalCodeFactory(code="35000").communes.add(CommuneFactory(department__region__name="Normandie"))

    page = text_of(client.get(reverse("search"), {"q": "35000"}))

    assert "Choisissez votre région" in page
    assert '<a href="/regions/bretagne/">Bretagne</a>' in page
    assert '<a href="/regions/normandie/">Normandie</a>' in page


def test_a_person_named_like_a_commune_stays_within_reach(client, rennes, contest):
    candidate = CandidateFactory(
        candidate_list__contest=contest, last_name="RENNES", first_names="Alix", norm="alix rennes"
    )

    response = client.get(reverse("search"), {"q": "rennes"})

    assert response.context["candidates"] == [candidate]
    assert "/regions/bretagne/" in text_of(response)


@pytest.mark.parametrize("query", ["démonstration", "DEMONSTRATION essai", "essai dem"])
def test_lists_are_found_by_any_words_of_their_name(client, contest, query):
    found = CandidateListFactory(contest=contest, name="Démonstration d’Essai", norm="demonstration d essai")
    CandidateListFactory(contest=contest, name="Tout autre", norm="tout autre")

    assert client.get(reverse("search"), {"q": query}).context["lists"] == [found]


@pytest.mark.parametrize(
    "query", ["", "x", "35042 CEDEX", "97133", "00000", "zzzzzz", "x" * 5000, "a\x00b", "<script>"]
)
def test_a_dead_end_explains_and_offers_a_way_on(client, rennes, query):
    response = client.get(reverse("search"), {"q": query})

    assert response.status_code == 200
    assert response.context["places"].message
    assert "<script>" not in response.content.decode()
    assert response.context["places"].message in unescape(text_of(response)) or response.context["found"]
    assert 'action="/recherche/"' in text_of(response)


def test_home_explains_itself_before_anything_is_loaded(client):
    assert "Aucune élection n’est encore préparée." in text_of(client.get("/"))


def test_home_counts_lists_with_their_denominator(client, contest):
    full_list(contest)
    CandidateListFactory(contest=contest)

    response = client.get("/")

    assert (response.context["signed_count"], response.context["list_count"]) == (1, 2)
    assert "1 liste signataire sur 2" in text_of(response)


# --- What must not be counted or named ---


def test_home_names_the_latest_first_and_only_those_of_the_present_elections(client, contest):
    older, newer = [
        PledgeFactory(candidate_list__contest=contest, published=True, published_at=moment)
        for moment in (datetime.datetime(2027, 5, day, tzinfo=datetime.UTC) for day in (1, 2))
    ]
    PledgeFactory(candidate_list__contest__election=ElectionFactory(past=True), published=True)

    assert list(client.get("/").context["latest"]) == [newer, older]


def test_counts_leave_out_lists_that_left_and_personal_pledges(client, contest):
    CandidateListFactory(contest=contest)
    PledgeFactory(candidate_list__contest=contest, published=True, personal=True)
    PledgeFactory(candidate_list=CandidateListFactory(contest=contest, departed=True), published=True)

    [place] = client.get(contest.election.get_absolute_url()).context["contests"]

    assert (place.list_count, place.signed_count) == (2, 0)


def test_a_principle_names_standing_lists_alone(client, contest):
    expected = PledgeFactory(candidate_list__contest=contest, published=True, answers={1: COMMITS})
    PledgeFactory(candidate_list__contest=contest, published=True, personal=True, answers={1: COMMITS})
    departed = CandidateListFactory(contest=contest, departed=True)
    PledgeFactory(candidate_list=departed, published=True, answers={1: COMMITS})

    commitments = client.get(reverse("principle", args=[1])).context["commitments"]

    assert [commitment.pledge for commitment in commitments] == [expected]


def test_the_election_shown_first_is_the_latest_that_has_opened(client):
    def election(opens_in, name):
        day = datetime.timedelta(days=1)
        opens_on = datetime.datetime.now(datetime.UTC).date() + opens_in * day
        return ElectionFactory(
            name=name,
            signing_opens_on=opens_on,
            signing_closes_on=opens_on + 30 * day,
            first_round_on=opens_on + 40 * day,
            second_round_on=opens_on + 47 * day,
            mandate_starts_on=opens_on + 50 * day,
            mandate_ends_on=opens_on + 2000 * day,
        )

    far, near = election(500, "Lointaine"), election(100, "Prochaine")
    before_any = client.get("/").context["elections"]
    opened = election(-20, "Ouverte")
    after = client.get("/").context["elections"]

    assert far not in before_any
    assert (before_any, after) == ([near], [opened])


@pytest.mark.parametrize(("query", "found"), [("essai", True), ("ssai", False)])
def test_a_word_is_found_by_its_beginning_among_those_who_stand(client, contest, query, found):
    standing = CandidateListFactory(contest=contest, name="Liste d’essai", norm="liste d essai")
    CandidateListFactory(contest=contest, name="Essai parti", norm="essai parti", departed=True)
    person = CandidateFactory(candidate_list=standing, norm="alix essai")
    CandidateFactory(candidate_list=standing, norm="essai parti", departed=True)

    context = client.get(reverse("search"), {"q": query}).context

    assert (context["lists"], context["candidates"]) == (([standing], [person]) if found else ([], []))


def test_a_list_that_signs_again_after_a_withdrawal_shows_its_latest_word(client, contest):
    candidate_list = CandidateListFactory(contest=contest)
    now = datetime.datetime.now(datetime.UTC)
    again = PledgeFactory(candidate_list=candidate_list, published=True, published_at=now)
    PledgeFactory(candidate_list=candidate_list, withdrawn=True, published_at=now - datetime.timedelta(days=9))

    [row] = client.get(contest.get_absolute_url()).context["matrix"].rows

    assert row.pledge == again
    assert client.get(candidate_list.get_absolute_url()).context["pledge"] == again


def test_a_withdrawal_is_dated_by_itself_and_takes_the_answers_away(client, contest):
    pledge = PledgeFactory(
        candidate_list__contest=contest,
        withdrawn=True,
        answers={1: COMMITS},
        published_at=datetime.datetime(2027, 5, 1, 12, tzinfo=datetime.UTC),
        withdrawn_at=datetime.datetime(2027, 5, 9, 23, tzinfo=datetime.UTC),
    )

    [row] = client.get(contest.get_absolute_url()).context["matrix"].rows

    assert (row.pledge, row.state) == (pledge, "engagement retiré le 10 mai 2027")
    assert [cell.answer for cell in row.cells] == [""] * 5


def test_a_head_who_left_leads_no_more(client, contest):
    candidate_list = CandidateListFactory(contest=contest)
    CandidateFactory(candidate_list=candidate_list, head=True, departed=True)
    head = CandidateFactory(candidate_list=candidate_list, head=True)

    [row] = client.get(contest.get_absolute_url()).context["matrix"].rows

    assert list(row.leaders) == [head]
