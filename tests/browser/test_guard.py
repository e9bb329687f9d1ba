"""The guarded forms in a real browser: a script does the proof meanwhile, and without one they work all the same."""

import gzip
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse
from playwright.sync_api import expect

from pledges.models import SpentProof
from tests.pledges.factories import PledgeFactory, SignatoryFactory

pytestmark = pytest.mark.django_db(transaction=True)

FREE = """() => new Promise((resolve) => {
  let longest = 0, last = performance.now();
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    document.querySelector("[name=proof]").value ? resolve(longest) : setTimeout(look, 0);
  };
  look();
})"""


@pytest.fixture
def address(live_server):
    SignatoryFactory(pledge=PledgeFactory(published=True), email="tete@example.org")
    return live_server.url + reverse("private-ask")


def ask(page, address):
    page.goto(address)
    page.get_by_label("L’adresse avec laquelle vous avez signé").fill("tete@example.org")


def test_the_proof_is_done_while_the_person_reads_and_the_page_stays_free(page, address, smtp):
    ask(page, address)

    longest_stop = page.evaluate(FREE)
    page.wait_for_timeout(2_000)
    page.get_by_role("button", name="Recevoir le lien").click()

    expect(page).to_have_url(f"{address}envoye/")
    assert longest_stop < 200  # milliseconds, on a busy machine
    assert SpentProof.objects.count() == 1
    assert [message["To"] for message in smtp.messages] == ["tete@example.org"]


def test_whoever_sends_too_soon_sends_again_and_has_lost_nothing(page, address, smtp):
    ask(page, address)
    page.get_by_role("button", name="Recevoir le lien").click()
    expect(page.get_by_role("alert")).to_contain_text("Un instant…")
    expect(page.get_by_label("L’adresse avec laquelle vous avez signé")).to_have_value("tete@example.org")

    page.wait_for_timeout(2_000)
    page.get_by_role("button", name="Recevoir le lien").click()

    expect(page).to_have_url(f"{address}envoye/")


@pytest.mark.parametrize("without", ["scripts", "WebCrypto"])
def test_a_browser_that_cannot_do_the_proof_sends_the_form_all_the_same(browser, address, smtp, without):
    context = browser.new_context(java_script_enabled=without != "scripts")
    context.add_init_script("Object.defineProperty(window.crypto, 'subtle', {value: undefined})")
    page = context.new_page()
    ask(page, address)
    page.wait_for_timeout(2_000)

    page.get_by_role("button", name="Recevoir le lien").click()

    expect(page).to_have_url(f"{address}envoye/")
    assert not SpentProof.objects.exists()
    assert len(smtp.messages) == 1
    context.close()


def test_the_trap_is_neither_seen_nor_reached_by_the_keyboard(page, address):
    page.goto(address)
    page.get_by_label("L’adresse avec laquelle vous avez signé").focus()
    page.keyboard.press("Shift+Tab")
    before = page.evaluate("document.activeElement.name || document.activeElement.tagName")

    box = page.locator("[name=website]").bounding_box()

    assert box["x"] + box["width"] <= 0
    assert before != "website"
    assert page.get_by_role("textbox").count() == 1


def test_all_the_scripts_together_are_small():
    scripts = [finders.find("django_htmx/htmx-2.min.js"), *(settings.BASE_DIR / "static" / "js").glob("*.js")]

    assert sum(len(gzip.compress(Path(script).read_bytes())) for script in scripts) < 20_000
