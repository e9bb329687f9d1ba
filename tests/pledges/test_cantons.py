"""A departmental election: cantons chosen through their department, binômes that two people sign for."""

import re
from html import unescape

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from pledges.actions import review
from pledges.actions.importing import import_candidates
from pledges.enums import Capacity, ElectionKind, IdentityCheck, PledgeState
from pledges.models import Candidate, CandidateList, Contest, Pledge
from tests.pledges.acts import fill, send
from tests.pledges.factories import CandidateListFactory, ContestFactory, ElectionFactory, PledgeFactory
from tests.pledges.pair_files import ALIX, LOU, NOA, SACHA, line_per_pair, pair
from tests.regions.factories import (
    CommuneFactory,
    DepartmentFactory,
    MembershipFactory,
    NetworkFactory,
    PostalCodeFactory,
    RegionFactory,
)

pytestmark = pytest.mark.django_db

CANTON_2 = ("02", "Demoville-2")
OTHERS = (("F", "IMAGINAIRE", "Claude"), ("M", "MAQUETTE", "Charlie"))


def text_of(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u202f", " ").split())


@pytest.fixture
def bretagne():
    region = RegionFactory(code="53", name="Bretagne", slug="bretagne", council="conseil régional de Bretagne")
    rennes = CommuneFactory(
        name="Rennes", department=DepartmentFactory(code="35", name="Ille-et-Vilaine", name_type=1, region=region)
    )
    PostalCodeFactory(code="35000").communes.add(rennes)
    DepartmentFactory(code="22", name="Côtes-d’Armor", name_type=4, region=region)
    return region


@pytest.fixture
def election(bretagne):
    return ElectionFactory(slug="departementales", name="Départementales d’essai", kind=ElectionKind.DEPARTMENTAL)


def import_file(election, *pairs):
    import_candidates(election, ContentFile(line_per_pair(*pairs), name="essai.csv"))


@pytest.fixture
def cantons(election):
    import_file(election, pair(ALIX, SACHA, LOU, NOA), pair(*OTHERS, canton=CANTON_2))
    return list(Contest.objects.order_by("code"))


# --- From a place to a canton ---


@pytest.mark.parametrize("query", ["35000", "rennes", "ille-et-vilaine"])
def test_a_place_leads_to_the_cantons_of_its_department(client, cantons, query):
    response = client.get(reverse("search"), {"q": query}, follow=True)

    assert response.redirect_chain == [("/regions/bretagne/?departement=35", 302)]
    assert "Un code postal ne dit pas le canton : le vôtre est écrit sur votre carte électorale." in text_of(response)
    assert re.findall(r'<a href="(/elections/departementales/[^"]+)"', response.content.decode())[:2] == [
        "/elections/departementales/ille-et-vilaine-demoville-1/",
        "/elections/departementales/ille-et-vilaine-demoville-2/",
    ]


def test_where_nobody_votes_by_canton_a_place_leads_to_its_region(client, bretagne):
    ContestFactory(election=ElectionFactory(), region=bretagne)

    response = client.get(reverse("search"), {"q": "35000"})

    assert response.headers["Location"] == "/regions/bretagne/"


@pytest.mark.parametrize(
    ("code", "name", "sentence"),
    [
        ("75", "Paris", "Paris n’élit pas de conseil départemental : le Conseil de Paris en tient lieu."),
        ("69", "Rhône", "Lyon et les communes de sa métropole n’élisent pas de conseil départemental"),
    ],
)
def test_who_votes_in_no_canton_is_told_so(client, election, bretagne, code, name, sentence):
    ContestFactory(election=election, region=bretagne, department_id="22", code="2201", slug="un-canton")
    here = DepartmentFactory(code=code, name=name, region=bretagne)
    PostalCodeFactory(code=f"{code}001").communes.add(CommuneFactory(name=f"{name}-ville", department=here))

    page = text_of(client.get(reverse("search"), {"q": f"{code}001"}, follow=True))

    assert sentence in page


def test_a_region_offers_departments_and_never_a_matrix_of_cantons(client, cantons, bretagne, election):
    ContestFactory(election=election, region=bretagne, department_id="22", code="2201", name="Armor", slug="armor")

    response = client.get(bretagne.get_absolute_url())

    [vote] = response.context["votes"]
    assert vote.matrix is None
    assert [(str(one.department), len(one.cantons), one.list_count) for one in vote.departments] == [
        ("Côtes-d’Armor (22)", 1, 0),
        ("Ille-et-Vilaine (35)", 2, 2),
    ]


def test_both_elections_of_one_day_are_on_the_page_of_the_region(client, cantons, bretagne, election):
    days = ("signing_opens_on", "signing_closes_on", "first_round_on", "second_round_on", "mandate_starts_on")
    regional = ElectionFactory(**{day: getattr(election, day) for day in days})
    ContestFactory(election=regional, region=bretagne)

    votes = client.get(bretagne.get_absolute_url()).context["votes"]

    assert [(vote.election, vote.matrix is not None, len(vote.departments)) for vote in votes] == [
        (regional, True, 0),
        (election, False, 1),
    ]


@pytest.mark.parametrize("code", ["99", "22", "x"])
def test_a_department_without_a_canton_has_no_page(client, cantons, code):
    assert client.get(reverse("department", args=["departementales", code])).status_code == 404


@pytest.mark.parametrize("asked", ["99", "x'", "3" * 5000, "35\n"])
def test_an_unknown_department_in_an_address_changes_nothing(client, cantons, bretagne, asked):
    response = client.get(bretagne.get_absolute_url(), {"departement": asked})

    assert (response.status_code, response.context["here"]) == (200, None)


def test_a_department_counts_its_binomes_canton_by_canton(client, cantons):
    PledgeFactory(published=True, candidate_list=cantons[0].lists.get())

    page = text_of(client.get(reverse("department", args=["departementales", "35"])))

    assert "Conseil départemental d’Ille-et-Vilaine : premier tour le" in page
    assert "binômes signataires 1 sur 2" in page
    assert "Demoville-1 1 sur 1 binômes signataires" in page
    assert "Demoville-2 0 sur 1 binômes signataires" in page


@pytest.mark.parametrize("count", [1, 20])
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/regions/bretagne/", 9),
        ("/regions/bretagne/?departement=35", 10),
        ("/elections/departementales/", 4),
        ("/elections/departementales/departements/35/", 1),
    ],
)
def test_queries_do_not_grow_with_the_cantons(client, election, path, queries, count, django_assert_num_queries):
    import_file(election, *(pair(ALIX, SACHA, canton=(str(code), f"Ville-{code}")) for code in range(1, count + 1)))

    with django_assert_num_queries(queries):
        page = client.get(path).content.decode()

    in_detail = "35" in path
    assert len(re.findall(r"/ille-et-vilaine-ville-\d+/", page)) == (count if in_detail else 0)


def test_the_sitemap_names_each_department_once(client, cantons):
    named = re.findall(r"<loc>[^<]*(/elections/[^<]+)</loc>", client.get("/sitemap.xml").content.decode())

    assert sorted(named) == [
        "/elections/departementales/",
        "/elections/departementales/departements/35/",
        "/elections/departementales/ille-et-vilaine-demoville-1/",
        "/elections/departementales/ille-et-vilaine-demoville-2/",
    ]


def test_a_canton_is_found_at_the_desk_by_its_name_or_its_department(admin_client, cantons):
    register = reverse("admin:pledges_contest_changelist")

    found = [
        list(admin_client.get(register, query).context["cl"].result_list)
        for query in ({"q": "Demoville-2"}, {"q": "ILLE et vilaine"}, {"department__code__exact": "22"})
    ]

    assert found == [[cantons[1]], cantons, []]


# --- Its words ---


def test_every_page_says_binome_and_none_says_list(client, cantons, election, bretagne):
    signed, other = cantons
    PledgeFactory(published=True, candidate_list=signed.lists.get())
    pages = {
        page: text_of(client.get(page.get_absolute_url() if hasattr(page, "get_absolute_url") else page))
        for page in (
            signed,
            other,
            election,
            signed.lists.get(),
            reverse("home"),
            reverse("press"),
            reverse("elections"),
        )
    }

    assert "1 binôme sur 1 a signé la charte." in pages[signed]
    assert "Binôme, dans l’ordre des panneaux" in pages[signed]
    assert "Le seul binôme n’a pas d’engagement publié." in pages[other]
    assert "Mesdames et Messieurs les membres des binômes," in pages[signed]
    assert "Canton, Départementales d’essai" in pages[signed]
    assert "Conseil départemental d’Ille-et-Vilaine : premier tour le" in pages[signed]
    assert "binômes signataires 1 sur 2" in pages[election]
    assert "Binômes qui s’engagent" in pages[election]
    assert "1 binôme signataire sur 2" in pages[reverse("home")]
    assert "Binômes qui s’engagent, principe par principe" in pages[reverse("press")]
    pages.pop(reverse("press"))  # whose advice is about every election
    for page, text in pages.items():
        # The look-up of every page names what else it finds; « liste officielle » is the ministry's.
        said = re.findall(
            r"[^.]{40}\blistes?\b(?! officielle| ou nom)[^.]{0,20}", text.partition("Fil d’Ariane")[2] or text
        )
        assert said == [], page


def test_a_canton_s_table_has_words_for_binomes(client, cantons):
    response = client.get(reverse("contest-table", args=["departementales", cantons[0].slug]))

    assert response.content.decode("utf-8-sig").splitlines()[0].startswith("panneau;liste ou binôme;")


def test_a_binome_s_page_shows_two_equals_then_who_may_replace_them(client, cantons):
    page = text_of(client.get(cantons[0].lists.get().get_absolute_url()))

    members = "Alix EXEMPLE membre du binôme Sacha ESSAI membre du binôme"
    assert f"{members} Lou FICTIF remplaçante Noa MODÈLE remplaçant" in page


# --- Assemblies ---


def test_a_contest_says_which_assembly_it_elects(client):
    corse = RegionFactory(code="94", name="Corse", slug="corse", council="Assemblée de Corse")
    contest = ContestFactory(region=corse)

    assert "Assemblée de Corse : premier tour le" in text_of(client.get(contest.get_absolute_url()))
    assert "Assemblée de Corse : premier tour le" in text_of(client.get(corse.get_absolute_url()))


def test_mayotte_voted_by_canton_and_will_by_list_on_the_same_pages(client):
    region = RegionFactory(code="06", name="Mayotte", slug="mayotte", council="Assemblée de Mayotte")
    DepartmentFactory(code="976", name="Mayotte", region=region)
    by_canton = ElectionFactory(slug="departementales-2021", kind=ElectionKind.DEPARTMENTAL, past=True)
    import_file(by_canton, pair(ALIX, SACHA, department=("ZM", "Mayotte"), canton=("01", "Bandraboua")))
    canton = Contest.objects.get()
    then = client.get(region.get_absolute_url())
    contest = ContestFactory(election=ElectionFactory(slug="mayotte-2028"), region=region)
    CandidateListFactory(contest=contest, headed=True)
    now = client.get(region.get_absolute_url())

    assert (canton.code, canton.council, contest.council) == (
        "97601", "conseil départemental de Mayotte", "Assemblée de Mayotte",
    )  # fmt: skip
    assert [(vote.matrix, len(vote.departments)) for vote in then.context["votes"]] == [(None, 1)]
    assert [(vote.matrix.list_count, vote.departments) for vote in now.context["votes"]] == [(1, [])]
    assert "conseil départemental de Mayotte" in text_of(client.get(canton.get_absolute_url())).replace(
        "Conseil", "conseil"
    )
    assert list(now.context["archives"]) == [canton]


# --- Signing ---


@pytest.mark.parametrize("query", ["35000", "ille-et-vilaine", "bretagne"])
def test_a_place_asks_whoever_signs_to_choose_a_canton(client, cantons, query):
    response = client.get(reverse("sign"), {"q": query})

    assert (response.context["found"], response.context["cantons"]) == ([], cantons)
    assert "Binômes : choisissez votre canton" in text_of(response)


@pytest.mark.parametrize("asked", [{"q": "demoville 2"}, {"circonscription": "{pk}"}])
def test_a_canton_leads_to_its_binomes(client, cantons, asked):
    query = {name: value.format(pk=cantons[1].pk) for name, value in asked.items()}

    response = client.get(reverse("sign"), query)

    assert [found for found, _leaders in response.context["found"]] == [cantons[1].lists.get()]


@pytest.mark.parametrize("asked", ["0", "x", "9" * 30, ""])
def test_an_unknown_canton_to_sign_in_is_a_blank_page(client, cantons, asked):
    response = client.get(reverse("sign"), {"circonscription": asked})

    assert (response.status_code, response.context["contest"], response.context["found"]) == (200, None, [])


def test_a_substitute_signs_for_themself_and_never_for_the_binome(client, cantons):
    substitute = Candidate.objects.get(last_name="FICTIF")
    start = reverse("sign-candidate", args=[substitute.pk])
    of_binome = client.get(reverse("sign-list", args=[substitute.candidate_list_id]) + "qui/")
    fill(client, start, email_0="lou@example.org")
    send(client, start)

    pledge = Pledge.objects.get()
    assert (pledge.is_personal, pledge.candidate) == (True, substitute)
    assert [one.capacity for one in pledge.signatories.all()] == [Capacity.SELF]
    assert "FICTIF" not in text_of(of_binome)


@pytest.mark.django_db(transaction=True)
def test_from_the_ministry_s_file_to_a_published_binome(client, smtp, election, bretagne):
    # Two cantons, binômes and substitutes come with the file.
    import_file(
        election, pair(ALIX, SACHA, LOU, NOA), pair(*OTHERS, panel="2"), pair(*OTHERS, LOU, NOA, canton=CANTON_2)
    )
    binome = CandidateList.objects.get(panel_number=1, contest__code="3501")

    # A member finds their binôme by canton, and signs for both.
    found = client.get(reverse("sign"), {"q": "demoville 1"}).context["found"]
    assert found[0][0] == binome
    start = reverse("sign-list", args=[binome.pk])
    fill(client, start, email_0="alix@example.org", email_1="sacha@example.org")
    send(client, start, accepts_publication=None)

    # Each receives their own link, and confirms for themself; one is not enough.
    links = {message["To"]: re.search(r"/signer/confirmer/\S+/", message.get_content())[0] for message in smtp.messages}
    assert sorted(links) == ["alix@example.org", "sacha@example.org"]
    agreed = {"is_me": "on", "accepts_publication": "on"}
    first = client.post(links["alix@example.org"], agreed, follow=True)
    assert "L’autre membre du binôme doit aussi confirmer, depuis sa propre adresse." in text_of(first)
    assert Pledge.objects.get().state == PledgeState.SUBMITTED
    client.post(links["sacha@example.org"], agreed)
    assert Pledge.objects.get().state == PledgeState.IN_REVIEW

    # The network publishes; the canton shows it.
    moderator = MembershipFactory(network=NetworkFactory(regions=[bretagne])).user
    review.publish(Pledge.objects.get(), by=moderator, identity_check=IdentityCheck.OFFICIAL_LIST)
    page = text_of(client.get(binome.contest.get_absolute_url()))
    assert "1 binôme sur 2 a signé la charte." in page
    assert "signataire depuis le" in page
    shown = text_of(client.get(binome.get_absolute_url()))
    assert "Alix EXEMPLE (membre du binôme)" in shown
    assert "Sacha ESSAI (membre du binôme)" in shown
    told = [message["To"] for message in smtp.messages if "publié" in message["Subject"]]
    assert sorted(told) == ["alix@example.org", "sacha@example.org"]
