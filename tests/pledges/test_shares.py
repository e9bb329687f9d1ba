"""The pictures of shared links: what they say of whom, and that they say it of all alike."""

import struct

import pytest
from django.urls import reverse
from django.utils import timezone

from pledges import drawing, shares
from pledges.enums import Answer, ElectionKind
from pledges.models import CandidateList, Contest
from regions.typography import day
from tests.pledges.factories import CandidateListFactory, ContestFactory, ElectionFactory, PledgeFactory
from tests.regions.factories import RegionFactory

pytestmark = pytest.mark.django_db

INVENTED = {"language": "fr", "demonstration": f"Démonstration{chr(160)}: tout est inventé", "host": "portail.exemple"}
ALL = [1, 2, 3, 4, 5]


@pytest.fixture(autouse=True)
def own_address(settings):
    settings.SITE_URL = "https://portail.exemple"


@pytest.fixture
def contest():
    return ContestFactory(
        region__name="Bretagne", region__slug="bretagne", election__slug="regionales", election__name="Régionales"
    )


@pytest.fixture
def said(monkeypatch):
    """What the pictures that a page asks for say; nothing is compiled."""
    contents = []

    def png(_template, content):
        contents.append(content)
        return b"\x89PNG"

    monkeypatch.setattr(drawing, "png", png)
    return contents


def today():
    return day(timezone.localdate()).replace(" ", chr(160), 1)


def signed_list(contest, **kwargs):
    shown = CandidateListFactory(contest=contest, **kwargs)
    PledgeFactory(
        candidate_list=shown, published=True, answers={1: Answer.COMMITS, 2: Answer.DECLINES, 4: Answer.COMMITS}
    )
    return shown


def of_contest(signed, total, **kwargs):
    verb = "liste sur {} a signé la charte" if signed == 1 else "listes sur {} ont signé la charte"
    return {
        **INVENTED,
        "kicker": "Régionales",
        "name": "Bretagne",
        "line": f"{signed} {verb.format(total)}",
        "notes": [f"Au {today()}"],
        "lit": ALL,
        "invented": False,
        **kwargs,
    }


def test_a_list_that_signed_is_a_signatory_of_the_charter_since_a_day(client, contest, said):
    shown = signed_list(contest, name="Demain ensemble")
    since = day(timezone.localtime(shown.pledges.get().published_at)).replace(" ", chr(160), 1)

    client.get(f"/partage/listes/{shown.pk}.png")

    assert said == [
        {
            **INVENTED,
            "kicker": "Régionales, Bretagne",
            "name": "Demain ensemble",
            "line": "Signataire de la charte",
            "notes": [f"Depuis le {since}", "S’engage sur 2 principes sur 5"],
            "lit": [1, 4],
            "invented": False,
        }
    ]


@pytest.mark.parametrize("state", [None, "in_review", "declined", "suspended", "withdrawn", "personal"])
def test_a_list_that_has_not_signed_shows_its_contest_and_not_its_name(client, contest, said, state):
    shown = CandidateListFactory(contest=contest, name="Sans réponse")
    if state == "personal":
        PledgeFactory(candidate_list=shown, published=True, personal=True)
    elif state:
        PledgeFactory(candidate_list=shown, **{state: True})
    signed_list(contest)

    client.get(f"/partage/listes/{shown.pk}.png")
    client.get("/partage/elections/regionales/bretagne.png")

    assert said == [of_contest(1, 2)]  # once: it is the picture of the contest


def test_a_list_that_left_shows_its_contest(client, contest, said):
    shown = signed_list(contest, departed=True)
    signed_list(contest)
    signed_list(contest)

    client.get(f"/partage/listes/{shown.pk}.png")

    assert said == [of_contest(2, 2)]


def test_a_contest_whose_lists_are_not_known_counts_nothing(client, contest, said):
    client.get("/partage/elections/regionales/bretagne.png")

    assert said == [of_contest(0, 0, line="Les candidatures ne sont pas encore connues", notes=[])]


def test_a_contest_where_nobody_signed_counts_what_is_published(client, contest, said):
    CandidateListFactory.create_batch(2, contest=contest)

    client.get("/partage/elections/regionales/bretagne.png")

    assert said == [of_contest(0, 2, line="Aucun engagement publié, sur 2 listes")]


def test_a_region_counts_each_election_of_the_moment_apart(client, contest, said):
    signed_list(contest)
    other = ElectionFactory(name="Départementales", kind=ElectionKind.DEPARTMENTAL, is_demonstration=True)
    CandidateListFactory(contest=ContestFactory(election=other, region=contest.region, code="1", slug="canton"))
    ContestFactory(election=ElectionFactory(past=True), region=contest.region)

    client.get("/partage/regions/bretagne.png")

    notes = ["Aucun engagement publié, sur 1 binôme", f"Au {today()}"]
    assert said == [of_contest(1, 1, kicker="Régionales, Départementales", notes=notes, invented=True)]


def test_a_region_without_election_is_named_with_its_assembly(client, said):
    RegionFactory(name="Corse", slug="corse", council="Assemblée de Corse")

    client.get("/partage/regions/corse.png")

    assert said == [
        of_contest(
            0,
            0,
            kicker="Assemblée de Corse",
            name="Corse",
            line="Les candidatures ne sont pas encore connues",
            notes=[],
        )
    ]


def test_an_election_counts_all_its_contests(client, contest, said):
    signed_list(contest)
    CandidateListFactory(contest=ContestFactory(election=contest.election))

    client.get("/partage/elections/regionales.png")

    assert said == [of_contest(1, 2, kicker="élections régionales", name="Régionales")]


def test_a_principle_lights_its_lobe(client, contest, said):
    client.get("/partage/principes/3.png")

    assert said == [
        {
            **INVENTED,
            "kicker": "Principe 3",
            "name": "Action 3",
            "line": "Cinq principes, de la signature à la fin du mandat",
            "notes": [],
            "lit": [3],
            "invented": False,
        }
    ]


@pytest.mark.parametrize(
    "address",
    ["regions/ailleurs", "elections/ailleurs", "elections/regionales/ailleurs", "listes/999999", "principes/6"],
)
def test_there_is_no_picture_of_what_is_not_there(client, contest, address):
    assert client.get(f"/partage/{address}.png").status_code == 404


def test_without_election_there_is_no_picture_of_a_principle(client):
    assert client.get("/partage/principes/1.png").status_code == 404


HOSTILE = {
    "plain": "Demain ensemble",
    "markup": '#panic() [x] *gras* $x$ \\ "',
    "emoji": "Oui 😀",
    "ideograms": "漢字",
    "right to left": "مرحبا بكم",
    "a hidden direction": "ab\u202ecd",
    "one long word": "W" * 500,
    "many words": "Union des territoires " * 20,
    "marks": "Z" + "\u0301" * 300,
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_whatever_the_name_the_picture_has_its_size_and_its_address_says_so(client, contest, name):
    shown = signed_list(contest, name=name)

    response = client.get(f"/partage/listes/{shown.pk}.png")

    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/png")
    assert response.headers["Cache-Control"] == "public, max-age=0, s-maxage=1"
    assert response.content.startswith(b"\x89PNG")
    assert struct.unpack(">II", response.content[16:24]) == (1200, 630)
    assert len(response.content) < 300_000  # what every network takes


def test_a_sign_that_no_font_draws_is_written_by_its_number():
    list_of_signs = shares.of_contest(Contest.objects.with_counts().get(pk=ContestFactory(name="Ici 😀").pk))

    content, _pdf = drawing._drawable(list_of_signs._source, list_of_signs.content, 0)

    assert content["name"] == "Ici ⟨U+1F600⟩"


@pytest.mark.parametrize("count", [1, 13])
def test_a_picture_costs_the_same_for_all_numbers_of_lists(client, contest, said, count, django_assert_num_queries):
    lists = [signed_list(contest) for _number in range(count)]
    unsigned = CandidateListFactory(contest=contest)

    for address, queries in {
        "accueil": 0,
        "regions/bretagne": 5,
        "elections/regionales": 3,
        "elections/regionales/bretagne": 4,
        f"listes/{lists[0].pk}": 4,
        f"listes/{unsigned.pk}": 5,
        "principes/1": 3,
    }.items():
        with django_assert_num_queries(queries):
            client.get(f"/partage/{address}.png")


# --- The heads that name them ---


def head_of(client, address):
    html = client.get(address).content.decode().replace("\xa0", " ").replace("\u202f", " ")
    return html[: html.index("</head>")]


def test_each_page_names_its_picture_its_size_and_its_words(client, contest):
    shown = signed_list(contest, name="Demain ensemble")
    silent = CandidateListFactory(contest=contest)
    count = "Bretagne : combien de listes ont signé la charte"

    for address, picture, words in (
        ("/", "accueil", "Qui s’engage, chez vous, pour l’économie sociale et solidaire ?"),
        ("/methode/", "accueil", "Qui s’engage, chez vous, pour l’économie sociale et solidaire ?"),
        (contest.region.get_absolute_url(), "regions/bretagne", count),
        (contest.get_absolute_url(), "elections/regionales/bretagne", count),
        (contest.election.get_absolute_url(), "elections/regionales", count.replace("Bretagne", "Régionales")),
        (shown.get_absolute_url(), f"listes/{shown.pk}", "Demain ensemble, signataire de la charte"),
        (silent.get_absolute_url(), f"listes/{silent.pk}", count),
        ("/principes/2/", "principes/2", "Le principe : Action 2"),
    ):
        head = head_of(client, address)

        assert f'<meta property="og:image" content="https://portail.exemple/partage/{picture}.png">' in head
        assert '<meta property="og:image:width" content="1200">' in head
        assert '<meta property="og:image:height" content="630">' in head
        assert f'<meta property="og:image:alt" content="{words}">' in head


@pytest.mark.parametrize("name", ["search", "compare"])
def test_what_is_not_shared_names_no_picture(client, contest, name):
    assert "og:image" not in head_of(client, reverse(name))


def test_a_name_cannot_leave_the_words_of_its_picture(client, contest):
    shown = signed_list(contest, name='"><script>alert(1)</script>')

    assert "<script>alert" not in head_of(client, shown.get_absolute_url())
    assert CandidateList.objects.get(pk=shown.pk).name.startswith('"')
