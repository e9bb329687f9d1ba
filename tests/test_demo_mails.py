"""The demonstration's page of mails: each can be read as text, and as a mail program would show it."""

import re

import pytest
from django.urls import path, reverse

from config import demo
from config.urls import urlpatterns as portal
from pledges import outbox
from pledges.models import OutboxMail
from tests.pledges.acts import headed_list, submit
from tests.pledges.test_views import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

# Those of a portal with DEMO=1.
urlpatterns = [
    *portal,
    path("demonstration/courriels/", demo.mails, name="demo-mails"),
    path("demonstration/courriels/<slug:name>/", demo.mail, name="demo-mail"),
]


@pytest.fixture
def sent(settings):
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(settings.DEMO_MAIL_DIR)},
        }
    }
    submit(headed_list(name="Liste <d’essai> & co."))
    outbox.deliver(OutboxMail.objects.get().pk)
    [file] = settings.DEMO_MAIL_DIR.iterdir()
    return file.stem


def test_a_mail_is_read_as_text_with_links_that_work(client, sent):
    page = text_of(client.get(reverse("demo-mails")))

    assert "Confirmez votre signature de la charte de l’ESS" in page
    assert "Liste &lt;d’essai&gt; &amp; co." in page
    assert len(re.findall(r'<a href="https://engagements\.example\.org/signer/confirmer/[\w-]{43}/"', page)) == 1
    assert reverse("demo-mail", args=[sent]) in page


def test_a_mail_is_shown_as_it_looks_by_a_page_that_may_do_nothing_else(client, sent):
    response = client.get(reverse("demo-mail", args=[sent]))

    policy = response["Content-Security-Policy"]
    assert re.sub(r"sha256-[\w+/=]{44}", "sha256-…", policy) == (
        "default-src 'none'; style-src 'sha256-…'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
    )
    assert "Liste &lt;d’essai&gt; &amp; co." in response.content.decode()


@pytest.mark.parametrize("name", ["x", "..", "20260101-000000-1"])
def test_a_mail_that_is_not_there_is_a_page_with_a_way_on(client, sent, name):
    assert client.get(f"/demonstration/courriels/{name}/").status_code == 404
