"""Every way to sign, and every accident on the way, as people meet them: on a phone and on a desk."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from pledges.enums import ElectionKind, LinkPurpose, ListKind, PledgeState
from pledges.models import MailLink, OutboxMail, Pledge
from tests.browser.steps import (
    answer_all,
    confirm,
    fits_and_is_accessible,
    go_on,
    heading,
    link_in,
    read_then_press,
    send,
)
from tests.pledges.factories import (
    CandidateFactory,
    CandidateListFactory,
    CommitmentFactory,
    PledgeFactory,
)
from tests.regions.factories import RegionFactory

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "Deux sièges pour la CRESS, dès le premier budget."


@pytest.fixture(params=[(390, 844), (1280, 900)], ids=["phone", "desktop"])
def browser_context_args(browser_context_args, request):
    width, height = request.param
    return browser_context_args | {"viewport": {"width": width, "height": height}}


@pytest.fixture(autouse=True)
def portal(settings, live_server, smtp):
    """Mails lead to the server of the test."""
    settings.SITE_URL = live_server.url


@pytest.fixture
def candidate_list():
    return CandidateListFactory(
        contest__region=RegionFactory(code="53", name="Bretagne", slug="bretagne", norm="bretagne"),
        headed=True,
        name="Liste d’essai pour demain",
    )


@pytest.fixture
def start(live_server, candidate_list):
    return live_server.url + reverse("sign-list", args=[candidate_list.pk])


def fill_as_head(page, start, email="tete@example.org"):
    """From the start to the last page, for the head of a list."""
    page.goto(start)
    page.get_by_role("link", name="Commencer").click()
    answer_all(page, words=WORDS)
    page.get_by_role("radio", name=re.compile("tête de liste")).check()
    page.get_by_label("Votre adresse électronique").fill(email)
    go_on(page)
    expect(heading(page)).to_have_text("Relisez, puis signez")


def private_page(live_server, pledge):
    """The address of a signer's page, as a mail would give it."""
    token = MailLink.objects.mint(pledge.signatories.get(), LinkPurpose.PRIVATE)
    return live_server.url + reverse("private", args=[token])


@pytest.fixture
def published(candidate_list):
    pledge = PledgeFactory(candidate_list=candidate_list, published=True, signed=True)
    CommitmentFactory(pledge=pledge, statement=WORDS)
    return pledge


# --- Who signs ---


def test_both_members_of_a_pair_confirm_from_their_own_mailbox(page, live_server, smtp):
    pair = CandidateListFactory(contest__election__kind=ElectionKind.DEPARTMENTAL, kind=ListKind.PAIR, name="A et B")
    first, second = (CandidateFactory(candidate_list=pair, first_names=name) for name in ("Alix", "Noa"))
    page.goto(live_server.url + reverse("sign-list", args=[pair.pk]))
    page.get_by_role("link", name="Commencer").click()
    answer_all(page)
    page.get_by_label(f"Adresse électronique ({first.full_name})").fill("alix@example.org")
    page.get_by_label(f"Adresse électronique ({second.full_name})").fill("alix@example.org")
    go_on(page)
    expect(page.get_by_role("alert")).to_contain_text("Chaque membre du binôme confirme depuis sa propre adresse.")
    fits_and_is_accessible(page)
    page.get_by_label(f"Adresse électronique ({second.full_name})").fill("noa@example.org")
    go_on(page)
    fits_and_is_accessible(page)
    send(page, consents=False)
    fits_and_is_accessible(page)

    links = {message["To"]: link_in(message) for message in smtp.messages}
    confirm(page, links["alix@example.org"], consents=True)
    expect(page.locator("main")).to_contain_text("Il manque une confirmation")
    fits_and_is_accessible(page)
    confirm(page, links["noa@example.org"], consents=True)
    expect(page.locator("main")).to_contain_text("Le réseau vérifie")
    assert Pledge.objects.get().state == PledgeState.IN_REVIEW


def test_a_candidate_signs_for_themself_from_the_page_of_their_list(page, live_server, smtp, candidate_list):
    person = CandidateFactory(candidate_list=candidate_list, first_names="Ñora", last_name="Œuvre")
    page.goto(live_server.url + candidate_list.get_absolute_url())
    page.get_by_role("link", name="Ñora Œuvre").click()
    page.get_by_role("link", name="C’est moi : signer à titre personnel").click()
    page.get_by_role("link", name="Commencer").click()
    answer_all(page)
    page.get_by_label("Votre adresse électronique").fill("moi@example.org")
    go_on(page)
    expect(page.locator("main")).to_contain_text("à titre personnel")
    send(page)
    confirm(page, link_in(smtp.messages[0]))

    assert (Pledge.objects.get().signer, Pledge.objects.get().state) == (person, PledgeState.IN_REVIEW)


def test_a_candidacy_is_declared_before_the_official_list(page, live_server, smtp, candidate_list):
    page.goto(f"{live_server.url}/signer/?q=Liste+introuvable")
    page.get_by_role("link", name="Déclarer ma candidature").click()
    fits_and_is_accessible(page)
    go_on(page)
    expect(page.get_by_role("alert")).to_contain_text("Choisissez un territoire.")
    fits_and_is_accessible(page)
    page.get_by_label("Élection et territoire").select_option(label="Bretagne")
    page.get_by_role("radio", name=re.compile("La liste")).check()
    page.get_by_label("Nom de la liste").fill("Pour après-demain")
    page.get_by_label("Prénom").first.fill("Zoé")
    page.get_by_label("Nom", exact=True).first.fill("ʻOlé")
    go_on(page)
    answer_all(page)
    page.get_by_role("radio", name="Je suis Zoé ʻOlé, tête de liste").check()
    page.get_by_label("Votre adresse électronique").fill("zoe@example.org")
    go_on(page)
    expect(page.locator("main")).to_contain_text("Candidature déclarée par vous")
    fits_and_is_accessible(page)
    send(page)
    confirm(page, link_in(smtp.messages[0]))
    expect(page.locator("main")).to_contain_text("Votre candidature attend la liste officielle")
    fits_and_is_accessible(page)

    assert Pledge.objects.get().is_declared


# --- Changing one's mind ---


def test_a_signer_amends_their_answers(page, live_server, published):
    page.goto(private_page(live_server, published))
    fits_and_is_accessible(page)
    page.get_by_role("link", name="Modifier mes réponses").click()
    page.get_by_role("radio", name="Je ne m’engage pas").first.check()
    page.get_by_label("Vos mots").first.fill("Finalement non.")
    fits_and_is_accessible(page)
    page.get_by_role("button", name="Envoyer ces réponses").click()
    expect(page.locator("main")).to_contain_text("Vos nouvelles réponses")
    fits_and_is_accessible(page)

    published.refresh_from_db()
    assert (published.state, published.amendments.get().state) == (PledgeState.PUBLISHED, PledgeState.IN_REVIEW)


def test_a_signer_withdraws_and_may_say_why(page, live_server, published, candidate_list):
    page.goto(private_page(live_server, published))
    page.get_by_role("link", name="Retirer").first.click()
    fits_and_is_accessible(page)
    page.get_by_label("Pourquoi").fill("La liste a changé d’avis.")
    page.get_by_role("button", name="Retirer pour de bon").click()
    expect(page.get_by_role("alert")).to_contain_text("un retrait est définitif")
    expect(page.get_by_label("Pourquoi")).to_have_value("La liste a changé d’avis.")
    fits_and_is_accessible(page)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Retirer pour de bon").click()
    expect(page.locator("main")).to_contain_text("Retiré le")
    page.goto(live_server.url + candidate_list.get_absolute_url())
    expect(page.locator("main")).to_contain_text("Engagement retiré le")
    expect(page.locator("main")).to_contain_text("La liste a changé d’avis.")
    fits_and_is_accessible(page)


def test_a_signer_corrects_their_address_from_both_mailboxes(page, live_server, smtp, published):
    page.goto(private_page(live_server, published))
    page.get_by_role("link", name="Changer mon adresse électronique").click()
    fits_and_is_accessible(page)
    page.get_by_label("Votre nouvelle adresse électronique").fill("nouvelle@example.org")
    page.get_by_role("main").get_by_role("button").first.click()
    fits_and_is_accessible(page)
    assert {message["To"] for message in smtp.messages} == {"nouvelle@example.org", published.signatories.get().email}
    for message in smtp.messages:
        page.goto(link_in(message, r"adresse/\w+"))
        fits_and_is_accessible(page)
        page.get_by_role("checkbox").check()
        page.get_by_role("main").get_by_role("button").first.click()
        fits_and_is_accessible(page)

    assert published.signatories.get().email == "nouvelle@example.org"


def test_a_receipt_is_downloaded_and_anyone_checks_it(page, live_server, published, tmp_path):
    page.goto(private_page(live_server, published))
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Télécharger le reçu")).click()
    receipt = tmp_path / download.value.suggested_filename
    download.value.save_as(receipt)
    page.goto(f"{live_server.url}/verifier/")
    fits_and_is_accessible(page)
    page.get_by_label("Le code du reçu").fill(published.code.lower())
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.locator("main")).to_contain_text(WORDS)
    fits_and_is_accessible(page)
    page.get_by_role("link", name="Comparer un fichier").click()
    page.get_by_label("Le fichier du reçu").set_input_files(receipt)
    page.get_by_role("button", name="Comparer").click()
    expect(page.locator("main .notice--success")).to_be_visible()
    fits_and_is_accessible(page)


# --- Accidents ---


def test_a_lost_link_is_sent_again(page, live_server, smtp, start):
    fill_as_head(page, start)
    send(page)
    OutboxMail.objects.update(created_at=timezone.now() - datetime.timedelta(minutes=11))
    page.get_by_role("button", name="Renvoyer le courriel").click()
    expect(page.get_by_role("status").first).to_contain_text("C’est demandé.")
    fits_and_is_accessible(page)

    assert len(smtp.messages) == 2
    confirm(page, link_in(smtp.messages[1]))


def test_the_code_of_the_mail_is_another_way(page, smtp, start):
    fill_as_head(page, start)
    send(page)
    [code] = re.findall(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b", smtp.messages[0].get_body(("plain",)).get_content())
    page.get_by_label("Code du courriel").fill("AAAA-2222")
    go_on(page)
    expect(page.locator("main")).to_contain_text("Ce code n’est pas le bon")
    fits_and_is_accessible(page)
    page.get_by_label("Code du courriel").fill(code.lower())
    go_on(page)
    expect(heading(page)).to_have_text("Relisez, puis confirmez")


def test_an_expired_link_says_so(page, smtp, start):
    fill_as_head(page, start)
    send(page)
    MailLink.objects.update(expires_at=timezone.now())
    page.goto(link_in(smtp.messages[0]))

    expect(heading(page)).to_have_text("Ce lien n’est plus valable")
    fits_and_is_accessible(page)
    page.get_by_role("link", name="Signer de nouveau").click()
    expect(page.locator("main")).to_contain_text("Ce navigateur garde un brouillon")
    fits_and_is_accessible(page)


def test_a_double_click_signs_once(page, smtp, start):
    fill_as_head(page, start)
    page.get_by_role("checkbox").first.check()
    page.wait_for_timeout(2_000)
    page.get_by_role("button", name="Signer", exact=True).dblclick()
    expect(heading(page)).to_have_text("Il reste à confirmer")

    assert (Pledge.objects.count(), len(smtp.messages)) == (1, 1)


def test_the_back_button_loses_nothing_and_signs_nothing_twice(page, smtp, start):
    fill_as_head(page, start)
    page.go_back()
    expect(heading(page)).to_have_text("Qui signe")
    expect(page.get_by_label("Votre adresse électronique")).to_have_value("tete@example.org")
    page.go_forward()
    send(page)
    page.go_back()
    expect(heading(page)).to_have_text("Relisez, puis signez")
    send(page)

    assert (Pledge.objects.count(), len(smtp.messages)) == (1, 1)


def test_two_tabs_sign_what_was_read(page, context, start):
    fill_as_head(page, start)
    other = context.new_page()
    other.goto(f"{start}principe-1/")
    other.get_by_role("radio", name="Je ne m’engage pas").check()
    other.get_by_role("button", name="Enregistrer et relire").click()
    page.get_by_role("checkbox").first.check()
    read_then_press(page)

    expect(page.get_by_role("alert")).to_contain_text("Vos réponses ont changé, dans un autre onglet")
    expect(page.locator("main")).to_contain_text("ne s’engage pas")
    assert not Pledge.objects.exists()


def test_a_closed_tab_loses_nothing_of_what_was_being_typed(page, context, start):
    page.goto(f"{start}principe-1/")
    page.get_by_role("radio", name="Je m’engage", exact=True).check()
    page.get_by_label("Vos mots").press_sequentially("À moitié écr")
    expect(page.locator(".field__count")).to_have_text("Il reste 588 signes.")
    with page.expect_response(lambda response: response.status == 204):
        page.get_by_label("Vos mots").press_sequentially("i")
    page.close()
    again = context.new_page()
    again.goto(start)
    again.get_by_role("link", name="Reprendre").click()
    again.get_by_role("link", name="Revenir à l’étape précédente").click()

    expect(again.get_by_label("Vos mots")).to_have_value("À moitié écri")
    expect(again.get_by_role("radio", name="Je m’engage", exact=True)).to_be_checked()


def test_the_keyboard_alone_is_enough(page, smtp, start):
    def tab_to(locator):
        for _ in range(60):
            page.keyboard.press("Tab")
            if locator.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError("the Tab key never reaches it")

    page.goto(start)
    tab_to(page.get_by_role("link", name="Commencer"))
    page.keyboard.press("Enter")
    for _ in range(5):
        page.wait_for_load_state()
        tab_to(page.get_by_role("radio").first)
        page.keyboard.press("Space")
        tab_to(page.get_by_role("button", name="Continuer"))
        with page.expect_navigation():
            page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Qui signe")
    tab_to(page.get_by_role("radio").first)
    page.keyboard.press("Space")
    tab_to(page.get_by_label("Votre adresse électronique"))
    page.keyboard.type("tete@example.org")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page.get_by_role("checkbox").first)
    page.keyboard.press("Space")
    tab_to(page.get_by_role("button", name="Signer", exact=True))
    page.wait_for_timeout(2_000)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Il reste à confirmer")
    page.goto(link_in(smtp.messages[0]))
    tab_to(page.get_by_role("checkbox", name="C’est bien moi"))
    page.keyboard.press("Space")
    tab_to(page.get_by_role("button", name="Confirmer ma signature"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Votre signature est confirmée")


def test_a_scanner_that_runs_scripts_and_presses_buttons_confirms_nothing(page, smtp, start):
    fill_as_head(page, start)
    send(page)
    page.goto(link_in(smtp.messages[0]))
    for button in page.get_by_role("button").all():
        button.click()

    assert Pledge.objects.get().state == PledgeState.SUBMITTED
    expect(page.get_by_role("alert")).to_contain_text("Cochez la case pour confirmer.")


def test_who_comes_second_reads_a_clear_and_neutral_page(page, smtp, start, candidate_list):
    fill_as_head(page, start)
    send(page)
    PledgeFactory(candidate_list=candidate_list, in_review=True)
    page.goto(link_in(smtp.messages[0]))
    page.get_by_role("checkbox", name="C’est bien moi").check()
    page.get_by_role("button", name="Confirmer ma signature").click()

    expect(heading(page)).to_have_text("Cette candidature a déjà signé")
    fits_and_is_accessible(page)
