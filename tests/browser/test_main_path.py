"""The main job, end to end: a citizen searches, a candidate signs, a network publishes, the citizen sees it."""

import re

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from playwright.sync_api import expect

from pledges.actions import review
from pledges.actions.importing import import_candidates
from pledges.enums import ElectionKind, IdentityCheck
from pledges.models import Pledge
from tests.browser.steps import answer_all, confirm, fits_and_is_accessible, go_on, link_in, read_then_press, send
from tests.desk.acts import code_of, telephone_of
from tests.pledges.factories import CandidateListFactory, CharterFactory, ContestFactory, ElectionFactory
from tests.pledges.pair_files import ALIX, LOU, NOA, SACHA, line_per_pair, pair
from tests.regions.factories import (
    CommuneFactory,
    DepartmentFactory,
    MembershipFactory,
    PostalCodeFactory,
    RegionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "un mot de passe d’essai"
WORDS = "Deux sièges pour la CRESS, dès le premier budget."


@pytest.fixture
def bretagne():
    region = RegionFactory(code="53", name="Bretagne", slug="bretagne", norm="bretagne")
    commune = CommuneFactory(name="Rennes", department=DepartmentFactory(code="35", region=region))
    PostalCodeFactory(code="35000").communes.add(commune)
    return region


@pytest.fixture
def candidate_list(bretagne):
    election = ElectionFactory(name="Régionales d’essai", charter=CharterFactory())
    contest = ContestFactory(election=election, region=bretagne)
    CandidateListFactory(contest=contest, headed=True, panel_number=2, name="Une autre liste d’essai")
    return CandidateListFactory(contest=contest, headed=True, panel_number=1, name="Liste d’essai pour demain")


@pytest.fixture
def moderator(bretagne):
    user = UserFactory(username="mona", is_staff=True)
    user.set_password(PASSWORD)
    user.save()
    telephone_of(user)
    MembershipFactory(user=user).network.regions.add(bretagne)
    return user


@pytest.fixture(params=[(390, 844), (1280, 900)], ids=["phone", "desktop"])
def browser_context_args(browser_context_args, request):
    width, height = request.param
    return browser_context_args | {"viewport": {"width": width, "height": height}}


def sign_with_a_mistake_at_each_end(page):
    """The head of the list forgets an answer, then a consent, and loses nothing."""
    fits_and_is_accessible(page)
    page.get_by_role("link", name="Commencer").click()
    page.get_by_label("Vos mots").fill(WORDS)
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("alert")).to_contain_text("Choisissez une des trois réponses.")
    expect(page.get_by_label("Vos mots")).to_have_value(WORDS)
    fits_and_is_accessible(page)
    answer_all(page, first="Je m’engage")
    fits_and_is_accessible(page)
    page.get_by_role("radio", name=re.compile("tête de liste")).check()
    page.get_by_label("Votre adresse électronique").fill("tete@example.org")
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator("main")).to_contain_text(WORDS)
    page.get_by_role("button", name="Signer").click()
    expect(page.get_by_role("alert")).to_contain_text("Sans votre accord, rien ne peut être publié")
    fits_and_is_accessible(page)
    page.get_by_role("checkbox").first.check()
    read_then_press(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Il reste à confirmer")
    expect(page.locator("main")).to_contain_text("tete@example.org")
    fits_and_is_accessible(page)


def test_from_a_postcode_to_a_published_pledge(page, live_server, smtp, settings, candidate_list, moderator):
    settings.SITE_URL = live_server.url

    # A citizen types a postcode, and reads that the list has not answered.
    page.goto(live_server.url)
    fits_and_is_accessible(page)
    page.get_by_label("Code postal, commune, région, liste ou nom").fill("35000")
    page.get_by_role("button", name="Chercher").click()
    expect(page).to_have_url(f"{live_server.url}/regions/bretagne/")
    row = page.get_by_role("row", name=re.compile("Liste d’essai pour demain"))
    expect(row).to_contain_text("pas de réponse au")
    fits_and_is_accessible(page)

    # The head of the list signs: first forgetting something, losing nothing.
    row.get_by_role("link", name="Liste d’essai pour demain").click()
    page.get_by_role("link", name="Signer pour cette liste").click()
    sign_with_a_mistake_at_each_end(page)

    # The mail arrives; its link shows, and only the box and the button confirm.
    [message] = smtp.messages
    assert message["To"] == "tete@example.org"
    [link] = re.findall(r"http://\S+/signer/confirmer/\S+/", message.get_content())
    page.goto(link)
    expect(page.locator("main")).to_contain_text(WORDS)
    assert Pledge.objects.get().state == "submitted"
    page.get_by_role("checkbox", name="C’est bien moi").check()
    page.get_by_role("button", name="Confirmer ma signature").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre signature est confirmée")
    fits_and_is_accessible(page)

    # The network checks, and publishes.
    page.goto(live_server.url + reverse("admin:pledges_pledge_changelist"))
    page.fill("#id_username", "mona")
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url(live_server.url + reverse("admin:second-factor"))
    page.fill("#id_code", code_of(telephone_of(moderator)))
    page.click("[type=submit]")
    page.get_by_role("link", name="Liste d’essai pour demain").click()
    expect(page.frame_locator("iframe").locator("main")).to_contain_text(WORDS)
    page.get_by_role("radio", name="rappel téléphonique par le réseau").check()
    page.get_by_role("button", name="Publier").click()
    expect(page.locator(".messagelist")).to_contain_text("« Liste d’essai pour demain » est publié.")

    # The citizen sees it, and the signer is told.
    page.goto(f"{live_server.url}/regions/bretagne/")
    expect(row).to_contain_text("signataire depuis le")
    expect(row).to_contain_text("s’engage")
    expect(page.locator("main")).to_contain_text("1 liste sur 2 a signé la charte.")
    row.get_by_role("link", name="Liste d’essai pour demain").click()
    expect(page.locator("main")).to_contain_text(WORDS)
    expect(page.locator("main")).to_contain_text("rappel téléphonique par le réseau")
    fits_and_is_accessible(page)
    assert [mail["Subject"] for mail in smtp.messages[1:]] == [
        "Signature confirmée : le réseau va vérifier",
        "Votre engagement est publié",
    ]


def test_the_main_path_needs_no_script(browser, browser_context_args, live_server, smtp, settings, candidate_list):
    settings.SITE_URL = live_server.url
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/signer/?q=bretagne")
    page.get_by_role("link", name="Signer pour Liste d’essai pour demain").click()
    page.get_by_role("link", name="Commencer").click()
    answer_all(page, first="Je ne m’engage pas")
    page.get_by_role("radio", name=re.compile("mandataire")).check()
    page.get_by_label("Nom de la personne mandataire").fill("Camille Mandat")
    page.get_by_label("Votre adresse électronique").fill("mandat@example.org")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("checkbox").first.check()
    read_then_press(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("Il reste à confirmer")
    assert [message["To"] for message in smtp.messages] == ["mandat@example.org"]
    context.close()


def test_from_a_postcode_to_a_published_binome(page, live_server, smtp, settings, bretagne, moderator):
    settings.SITE_URL = live_server.url
    election = ElectionFactory(name="Départementales d’essai", kind=ElectionKind.DEPARTMENTAL, charter=CharterFactory())
    content = line_per_pair(pair(ALIX, SACHA, LOU, NOA), pair(ALIX, SACHA, canton=("02", "Demoville-2")))
    import_candidates(election, ContentFile(content.replace(b"Ille-et-Vilaine", b""), name="essai.csv"))

    # A postcode does not give a canton: it opens the region at the department, where one chooses.
    page.goto(live_server.url)
    page.get_by_label("Code postal, commune, région, liste ou nom").fill("35000")
    page.get_by_role("button", name="Chercher").click()
    expect(page).to_have_url(f"{live_server.url}/regions/bretagne/?departement=35")
    fits_and_is_accessible(page)
    page.get_by_role("link", name=re.compile("Demoville-1")).click()
    fits_and_is_accessible(page)
    page.get_by_role("navigation", name="Fil d’Ariane").get_by_role("link").nth(3).click()
    fits_and_is_accessible(page)
    page.get_by_role("link", name=re.compile("Demoville-1")).click()

    # A member signs for both, from the page of the canton; each confirms from their own mailbox.
    page.get_by_role("link", name="Signer pour un binôme d’ici").click()
    fits_and_is_accessible(page)
    page.get_by_role("link", name="Signer pour Alix EXEMPLE et Sacha ESSAI").click()
    page.get_by_role("link", name="Commencer").click()
    answer_all(page, words=WORDS)
    page.get_by_label("Adresse électronique (Alix EXEMPLE)").fill("alix@example.org")
    page.get_by_label("Adresse électronique (Sacha ESSAI)").fill("sacha@example.org")
    go_on(page)
    send(page, consents=False)
    for link in {message["To"]: link_in(message) for message in smtp.messages}.values():
        confirm(page, link, consents=True)

    # Once published, the canton shows it.
    review.publish(Pledge.objects.get(), by=moderator, identity_check=IdentityCheck.CALL_BACK)
    page.goto(live_server.url + "/elections/" + election.slug + "/")
    page.get_by_role("link", name=re.compile("1 sur 2")).click()
    page.get_by_role("link", name=re.compile("Demoville-1")).click()
    expect(page.locator("main")).to_contain_text("1 binôme sur 1 a signé la charte.")
    page.get_by_role("link", name="Alix EXEMPLE et Sacha ESSAI").first.click()
    expect(page.locator("main")).to_contain_text(WORDS)
    fits_and_is_accessible(page)
