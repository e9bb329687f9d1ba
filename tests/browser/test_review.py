"""The pages where pledges are decided, in a browser: light and dark, wide and narrow, with and without scripts."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from pledges.enums import Answer, PledgeState
from pledges.models import Pledge
from tests.browser.steps import fits_and_is_accessible
from tests.desk.acts import enter
from tests.pledges.factories import DecisionReasonFactory, PledgeFactory, QuestionFactory, SignatoryFactory
from tests.regions.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "Nous n’avons pas pu vous joindre."


@pytest.fixture(params=[(390, "dark"), (1280, "light")], ids=["phone", "desktop"])
def browser_context_args(browser_context_args, request):
    width, scheme = request.param
    return browser_context_args | {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}


@pytest.fixture
def pledge():
    first = PledgeFactory(published=True, answers={1: Answer.COMMITS})
    pledge = PledgeFactory(
        in_review=True, candidate_list=first.candidate_list, amends=first, answers={1: Answer.DECLINES}
    )
    QuestionFactory(signatory=SignatoryFactory(pledge=pledge), answered=True)
    SignatoryFactory(pledge=PledgeFactory(in_review=True, candidate_list__contest=first.candidate_list.contest))
    DecisionReasonFactory(title="Injoignable", text=REASON)
    return pledge


@pytest.fixture
def desk(context, live_server, pledge):
    """A moderator's browser, inside."""
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user).network.regions.add(pledge.candidate_list.contest.region)
    cookie = enter(Client(), user).cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return context


def address(live_server, name, *args):
    return live_server.url + reverse(f"admin:pledges_pledge_{name}", args=args)


def test_the_page_of_a_pledge_fits_and_is_accessible_with_any_decision_open(desk, page, live_server, pledge):
    page.goto(address(live_server, "change", pledge.pk))
    titles = page.locator("details.decision > summary").all_inner_texts()
    fits_and_is_accessible(page)

    for title in titles:
        if title != "Publier":
            page.locator("details.decision > summary", has_text=title).click()
        expect(page.locator("details.decision[open]")).to_have_count(1)
        fits_and_is_accessible(page)

    assert titles == [
        "Publier",
        "Poser une question",
        "Refuser",
        "Retirer à sa demande",
        "Laisser une note aux collègues",
    ]


def test_the_card_is_shown_in_its_frame(desk, page, live_server, pledge):
    page.goto(address(live_server, "change", pledge.pk))

    expect(page.frame_locator("iframe").locator("main")).to_contain_text("ne s’engage pas")


def test_a_reason_is_copied_into_the_box_to_be_completed_and_mailed_once(desk, page, live_server, pledge):
    page.goto(address(live_server, "change", pledge.pk))
    page.locator("summary", has_text="Refuser").click()
    page.get_by_label("Partir d’un motif tout prêt").select_option(label="Injoignable")
    box = page.locator("textarea[name=decline-words]")
    expect(box).to_have_value(REASON)
    box.press_sequentially(" Rappelez-nous.")

    page.get_by_role("button", name="Refuser et envoyer le motif").click()

    expect(page.locator(".messagelist")).to_contain_text("est refusé")
    declined = Pledge.objects.get(pk=pledge.pk)
    assert (declined.state, declined.decision_reason) == (PledgeState.DECLINED, f"{REASON} Rappelez-nous.")


def test_the_keyboard_alone_publishes(desk, page, live_server, pledge):
    page.goto(address(live_server, "change", pledge.pk))
    page.get_by_role("radio", name="rappel téléphonique par le réseau").focus()

    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    expect(page.locator(".messagelist")).to_contain_text("est publié")
    assert Pledge.objects.get(pk=pledge.pk).state == PledgeState.PUBLISHED


def test_the_queue_and_what_is_published_from_it_fit_and_are_accessible(desk, page, live_server, pledge):
    page.goto(address(live_server, "changelist"))
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    for box in page.locator("#result_list input[name=_selected_action]").all():
        box.check()
    page.locator("select[name=action]").select_option("publish_selected")
    page.locator("button[name=index]").click()
    fits_and_is_accessible(page)
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(1)
    page.get_by_role("radio", name="rappel téléphonique par le réseau").check()
    page.get_by_label("J’ai vérifié chacun des engagements cochés").check()

    page.get_by_role("button", name="Publier les engagements cochés").click()

    expect(page.locator(".messagelist")).to_contain_text("1 engagement publié.")
