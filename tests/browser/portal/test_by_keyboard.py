"""From question to answer by the keyboard alone, by what the accessibility tree says of each page."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import heading

pytestmark = pytest.mark.timeout(600)  # seconds: it loads a whole demonstration

MOST = 120  # presses of Tab: a page where more are needed has lost its reader
IS_HERE = "(element) => element === document.activeElement"
SEEN = """() => {  // people see where the focus is: in the window, with a line around it or around the label it is in
  const at = document.activeElement, box = at.getBoundingClientRect();
  const lined = [at, at.closest("label")].some((one) => one && getComputedStyle(one).outlineStyle !== "none");
  return box.width > 0 && box.top < innerHeight && box.bottom > 0 && (lined || !!at.closest("svg"));
}"""


@pytest.fixture(params=[390, 1280], ids=["phone", "desktop"])
def page(request, window, portal):
    page = window(request.param).new_page()
    page.goto(f"{portal}/")
    return page


def tab_to(page, there):
    """Press Tab until the focus is on an element, and say that it shows."""
    for _press in range(MOST):
        page.keyboard.press("Tab")
        if there.evaluate(IS_HERE):
            assert page.evaluate(SEEN), f"the focus does not show on {there}"
            return
    pytest.fail(f"{MOST} presses of Tab do not lead to {there}")


def test_a_postcode_leads_to_who_commits(page):
    box = page.get_by_role("search").get_by_role("textbox", name="Code postal")

    tab_to(page, box)
    page.keyboard.type("14000")
    page.keyboard.press("Enter")

    expect(heading(page)).to_have_text("Normandie")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_a_choice_of_territories_is_a_list_of_links(page, portal):
    page.goto(f"{portal}/recherche/?q=01410")
    choices = page.get_by_role("main").get_by_role("listitem").get_by_role("link")

    tab_to(page, choices.first)
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(f"^{re.escape(portal)}/regions/"))


def test_the_map_names_each_region_with_its_count(page):
    land = page.get_by_role("group", name="Carte des régions").get_by_role("link")
    names = [link.get_attribute("aria-label") for link in land.all()]
    normandie = page.get_by_role("group", name="Carte des régions").get_by_role("link", name="Normandie")

    tab_to(page, normandie)
    page.keyboard.press("Enter")

    expect(heading(page)).to_have_text("Normandie")
    assert len(names) == 18
    assert [name for name in names if not re.search(r"^\w.* : .*\w", name)] == []


def test_a_table_stays_a_table_where_it_is_shown_as_cards(page, portal):
    page.goto(f"{portal}/regions/normandie/")
    table = page.get_by_role("table", name="Normandie : les réponses des listes aux cinq principes")
    first = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Liste de démonstration A"))

    tab_to(page, first.get_by_role("link").first)
    tree = first.aria_snapshot()
    page.keyboard.press("Enter")

    expect(heading(page)).to_have_text("Liste de démonstration A")
    assert len(re.findall("- cell ", tree)) == 6  # five answers and where the list stands
    assert re.search("- cell .*s’engage", tree)


def test_two_lists_are_ticked_and_read_side_by_side(page, portal):
    page.goto(f"{portal}/regions/normandie/")
    fold = page.locator("summary", has_text="Comparer")
    lists = page.get_by_role("group", name="Leurs réponses").get_by_role("checkbox")

    tab_to(page, fold)
    page.keyboard.press("Enter")
    for ticked in (lists.nth(0), lists.nth(2)):
        tab_to(page, ticked)
        page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Comparer"))
    page.keyboard.press("Enter")

    expect(heading(page)).to_have_text("2 listes côte à côte")
    tree = page.get_by_role("main").aria_snapshot()
    assert len(re.findall(r'heading "\d\. .*" \[level=2\]', tree)) == 5
    assert len(re.findall(r'heading "Liste de démonstration [AC]" \[level=3\]', tree)) == 10
