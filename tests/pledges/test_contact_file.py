"""A table of addresses: all of it is kept, or nothing, and no sentence repeats an address."""

import datetime
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from pledges.contact_file import read_contacts
from pledges.enums import AddressKind
from pledges.models import CandidateList, ListContact
from pledges.official_files import FileRefusedError
from tests.desk.acts import enter
from tests.pledges.factories import CampaignFactory, CandidateListFactory, ContestFactory
from tests.regions.factories import MembershipFactory, NetworkFactory, UserFactory

pytestmark = pytest.mark.django_db

GOOD = """Liste;Adresse;Nature;Source;Date
Liste de l’Été;ete@example.org;officielle;https://ete.example.org/contact;12/05/2028
LISTE DE L'HIVER;hiver@example.org;;Déclaration en préfecture;2028-05-13
"""


@pytest.fixture
def contest(bretagne):
    contest = ContestFactory(region=bretagne)
    for number, name in ((1, "Liste de l’Été"), (2, "Liste de l’Hiver")):
        CandidateListFactory(contest=contest, panel_number=number, name=name)
    return contest


def read(text, encoding="utf-8"):
    lists = CandidateList.objects.with_contest().in_panel_order()
    return read_contacts(io.BytesIO(text.encode(encoding)), name="adresses.csv", lists=lists)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_table_is_read_whatever_its_encoding(contest, encoding):
    found = [(it.candidate_list.panel_number, it.email, it.kind, it.source, it.found_on) for it in read(GOOD, encoding)]

    assert found == [
        (1, "ete@example.org", AddressKind.OFFICIAL, "https://ete.example.org/contact", datetime.date(2028, 5, 12)),
        (2, "hiver@example.org", AddressKind.OTHER, "Déclaration en préfecture", datetime.date(2028, 5, 13)),
    ]


def test_a_panel_names_a_list_where_there_is_one_contest(contest):
    [found] = read("Panneau,Courriel,Source,Date\n2,hiver@example.org,Le site,2028-05-13\n")

    assert found.candidate_list.name == "Liste de l’Hiver"


def test_every_bad_row_is_said_and_no_address_is_repeated(contest):
    text = """Panneau;Adresse;Nature;Source;Date
9;neuf@example.org;;Le site;2028-05-13
1;pas une adresse;;Le site;2028-05-13
1;ete@example.org;voisin;;demain
2;hiver@example.org;parti;Le site;2028-05-13
2;HIVER@example.org;parti;Le site;2028-05-13
"""

    with pytest.raises(FileRefusedError) as refusal:
        read(text)

    assert [str(problem) for problem in refusal.value.problems] == [
        "ligne 2 : aucune liste de ce nom ou de ce panneau n’est sur la liste officielle",
        "ligne 3 : adresse électronique manquante ou mal écrite",
        "ligne 4 : date manquante ou mal écrite : 2028-05-12, ou 12/05/2028",
        "ligne 4 : nature inconnue : écrivez officielle, candidat, campagne, parti ou autre",
        "ligne 4 : source manquante, ou de plus de 300 signes",
        "ligne 6 : la même adresse est déjà à la ligne 5",
    ]
    assert "example.org" not in refusal.value.report()


def test_two_lists_of_one_panel_are_told_apart_by_their_contest(contest):
    other = ContestFactory(region=contest.region, name="Canton de l’Essai", code="3501", slug="essai")
    CandidateListFactory(contest=other, panel_number=1, name="Autre")
    text = "Panneau;Adresse;Source;Date;Canton\n1;a@example.org;Le site;2028-05-13;{}\n"

    [found] = read(text.format("canton de l'essai"))
    with pytest.raises(FileRefusedError, match="Anomalies à corriger"):
        read(text.format(""))

    assert found.candidate_list.name == "Autre"


@pytest.fixture
def desk(client, bretagne):
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, network=NetworkFactory(regions=[bretagne]))
    enter(client, user)
    return client


def upload(desk, campaign, text):
    address = reverse("admin:pledges_campaign_contacts", args=[campaign.pk])
    return desk.post(address, {"file": SimpleUploadedFile("adresses.csv", text.encode())})


def test_a_file_sent_at_the_desk_is_kept_whole(desk, contest):
    campaign = CampaignFactory(election=contest.election, region=contest.region)

    answer = upload(desk, campaign, GOOD)

    assert (answer.status_code, ListContact.objects.count()) == (302, 2)


def test_a_file_with_one_bad_row_keeps_nothing(desk, contest):
    campaign = CampaignFactory(election=contest.election, region=contest.region)

    answer = upload(desk, campaign, f"{GOOD}Inconnue;x@example.org;;Le site;2028-05-13\n")

    assert (answer.status_code, ListContact.objects.count()) == (200, 0)
    assert [problem.line for problem in answer.context["refusal"].problems] == [4]


def test_lists_of_elsewhere_are_unknown_to_a_file(desk, contest, normandie):
    CandidateListFactory(contest__region=normandie, contest__election=contest.election, name="Liste normande")
    campaign = CampaignFactory(election=contest.election, region=contest.region)

    upload(desk, campaign, "Liste;Adresse;Source;Date\nListe normande;n@example.org;Le site;2028-05-13\n")

    assert ListContact.objects.count() == 0
