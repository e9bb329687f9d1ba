"""A resource at the desk, by somebody who sees it for the first time: from an empty page to the public, on a phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from regions.enums import Role
from resources.models import Resource
from tests.browser.accessibility import faults
from tests.browser.steps import NARROW, heading
from tests.browser.test_desk import come_in
from tests.regions.factories import MembershipFactory, NetworkFactory, RegionFactory

pytestmark = pytest.mark.django_db(transaction=True)


def is_accessible(page):
    found = faults(page, NARROW)
    assert found == [], "\n".join([page.url, *found])


def test_a_resource_is_proposed_read_and_published_by_telephone(page, context, live_server):
    page.set_viewport_size({"width": 390, "height": 800})
    network = NetworkFactory(name="CRESS Bretagne", regions=[RegionFactory(name="Bretagne")], reviews_resources=True)
    mona, corentin = (
        MembershipFactory(user__is_staff=True, user__first_name=name, network=network, role=role).user
        for name, role in (("Mona", Role.MODERATOR), ("Corentin", Role.COORDINATOR))
    )

    come_in(context, live_server, mona)
    page.goto(live_server.url + reverse("admin:resources_resource_add"))
    page.get_by_label("Titre").fill("Guide des candidates et candidats")
    page.get_by_label("Résumé").fill("Trois pages pour comprendre.")
    page.get_by_label("Nature").select_option("argumentaire")
    page.get_by_role("button", name="Proposer à la relecture").click()
    is_accessible(page)  # two things are missing: the page says which
    expect(page.get_by_text("Donnez un fichier, un lien ou un texte type")).to_be_visible()
    page.get_by_label("ou un lien").fill("https://example.org/guide")
    page.get_by_label("Public").select_option("Candidates et candidats")
    page.get_by_role("button", name="Proposer à la relecture").click()
    expect(page.get_by_text("est proposée : une coordination de son réseau la lira")).to_be_visible()
    is_accessible(page)

    come_in(context, live_server, corentin)
    page.goto(live_server.url + reverse("admin:index"))
    page.get_by_role("link", name="Guide des candidates et candidats").click()
    page.get_by_text("La renvoyer avec une remarque").click()
    is_accessible(page)
    page.get_by_role("button", name="Publier telle quelle").click()
    page.get_by_role("link", name="Voir sa page publique").click()

    expect(heading(page)).to_have_text("Guide des candidates et candidats")
    assert Resource.objects.get().slug == "guide-des-candidates-et-candidats"
