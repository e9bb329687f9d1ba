"""The networks' desk in a browser."""

import pytest
from django.urls import reverse


@pytest.fixture
def administrator(django_user_model):
    return django_user_model.objects.create_superuser("admin", "admin@example.org", "a long password")


def test_an_administrator_logs_in(page, live_server, administrator):
    page.goto(live_server.url + reverse("admin:login"))
    page.fill("#id_username", "admin")
    page.fill("#id_password", "a long password")
    page.click("[type=submit]")

    page.wait_for_url(live_server.url + reverse("admin:index"))
    assert page.locator("h1").count() >= 1
