"""An official file imported in a browser: 2,000 rows, corrected, broken, in odd columns; by keyboard and by phone."""

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from pledges.models import Candidate
from tests.browser.steps import fits_and_is_accessible, heading
from tests.desk.acts import enter
from tests.pledges.factories import ElectionFactory
from tests.pledges.official_files import HEADERS, person, text_file
from tests.regions.factories import MembershipFactory, NetworkFactory, RegionFactory

LISTS, PLACES = 20, 100
ODD = HEADERS | {"last_name": "Patronyme"}


def rows():
    return [
        person(
            f"INVENTÉE{number} {rank}",
            code=str(number),
            panel=str(number),
            name=f"Liste de démonstration {number}",
            head="Oui" if rank == 1 else "Non",
            rank=str(rank),
        )
        for number in range(1, LISTS + 1)
        for rank in range(1, PLACES + 1)
    ]


@pytest.fixture
def desk(page, live_server, context):
    """A moderator in Bretagne, at the desk, where an election awaits its lists."""
    bretagne = RegionFactory(code="53", name="Bretagne")
    ElectionFactory(name="Régionales d’essai")
    member = MembershipFactory(user__is_staff=True, network=NetworkFactory(regions=[bretagne])).user

    session = enter(Client(), member).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(live_server.url + reverse("admin:pledges_candidateimport_changelist"))
    return page


def send(page, live_server, content, name):
    page.goto(live_server.url + reverse("admin:pledges_candidateimport_add"))
    page.locator("#id_file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Envoyer et voir").press("Enter")


def test_a_list_is_imported_corrected_and_refused(desk, live_server):
    fits_and_is_accessible(desk)
    desk.get_by_role("link", name="Importer la première").click()
    fits_and_is_accessible(desk)
    example = desk.get_by_role("region", name="Exemple de ligne d’en-têtes")
    assert example.evaluate("box => box.scrollWidth <= box.clientWidth")

    send(desk, live_server, text_file(rows()), "liste.csv")
    expect(heading(desk)).to_have_text("Import : liste.csv, à vérifier")
    expect(desk.get_by_text("20 listes, 2 000 personnes")).to_be_visible()
    fits_and_is_accessible(desk)
    assert Candidate.objects.count() == 0

    desk.get_by_role("button", name="Accepter et écrire").press("Enter")
    expect(desk.get_by_role("heading", name="Compte rendu")).to_be_visible()
    fits_and_is_accessible(desk)
    assert Candidate.objects.count() == LISTS * PLACES
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Télécharger le compte rendu").click()
    assert len(download.value.path().read_text(encoding="utf-8-sig").splitlines()) == LISTS + 1

    corrected = rows()[:-1]
    corrected[1]["last_name"] = "CORRIGÉE"
    send(desk, live_server, text_file(corrected, headers=ODD), "corrigé.csv")
    expect(desk.get_by_text("Des colonnes manquent")).to_be_visible()
    fits_and_is_accessible(desk)
    desk.get_by_label("Nom de la personne").select_option("Patronyme")
    desk.get_by_role("button", name="Relire le fichier ainsi").press("Enter")
    desk.get_by_text("Personnes : 1 nouvelle, 1 partie", exact=True).click()
    expect(desk.get_by_text("Alix CORRIGÉE, n° 2, section Côtes-d'Armor : arrive")).to_be_visible()
    fits_and_is_accessible(desk)
    desk.get_by_role("button", name="Accepter et écrire").click()
    expect(desk.get_by_role("heading", name="Compte rendu")).to_be_visible()
    assert Candidate.objects.standing().count() == LISTS * PLACES - 1

    broken = [row | {"rank": "douze"} if n in {4, 1500} else row for n, row in enumerate(rows())]
    send(desk, live_server, text_file(broken), "abîmé.csv")
    expect(desk.get_by_role("cell", name="1 502")).to_be_visible()
    fits_and_is_accessible(desk)
    desk.get_by_role("link", name="Envoyer le fichier corrigé").click()
    expect(heading(desk)).to_have_text("Importer une liste officielle")


@pytest.mark.browser_context_args(viewport={"width": 390, "height": 844}, color_scheme="dark")
def test_on_a_phone_in_the_dark(desk, live_server):
    fits_and_is_accessible(desk)
    send(desk, live_server, text_file(rows()), "liste.csv")
    expect(desk.get_by_role("button", name="Accepter et écrire")).to_be_visible()
    fits_and_is_accessible(desk)


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_script(desk, live_server):
    send(desk, live_server, text_file(rows()), "liste.csv")
    desk.get_by_role("button", name="Accepter et écrire").click()

    expect(desk.get_by_role("heading", name="Compte rendu")).to_be_visible()
