"""The pages of prose: shipped, rewritten, looked at before they are saved, and given back."""

import datetime
from importlib import import_module
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from pledges.enums import Act
from pledges.models import JournalEntry
from regions.models import Revision
from resources import migrations
from resources.enums import PageName
from resources.models import Page
from resources.shipped import FIELDS, shipped

pytestmark = pytest.mark.django_db


def typed(page, **changes):
    seen = page.changed_at.isoformat() if page.changed_at else ""
    return {"seen": seen} | {field: getattr(page.text, field) for field in FIELDS} | changes


def page_of(name=PageName.METHOD, language="fr"):
    return Page.objects.get_or_create(name=name, language=language)[0]


def address(page, view="change"):
    return reverse(f"admin:resources_page_{view}", args=[page.pk])


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("name", PageName)
def test_a_page_is_at_its_address_with_one_question(client, name, prefix, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = client.get(f"{prefix}/{name}/")

    assert response.context["text"] == shipped(name, prefix.strip("/") or "fr")
    assert response.headers["Cache-Control"] == "public, max-age=0, s-maxage=1"
    assert not response.cookies


def test_the_migration_puts_a_row_for_each_page_in_each_language():
    [migration] = Path(migrations.__file__).parent.glob("*_pages.py")
    Page.objects.all().delete()

    import_module(f"resources.migrations.{migration.stem}").put_pages(apps, None)

    rows = set(Page.objects.values_list("name", "language"))

    assert rows == {(name.value, language) for name in PageName for language in ("fr", "en")}


def test_a_page_whose_row_is_lost_says_what_is_shipped(client):
    Page.objects.all().delete()

    assert client.get("/methode/").context["text"] == shipped("methode", "fr")


def test_what_an_administrator_writes_is_published_at_once_and_remembered(client, admin_client, admin_user):
    page, before = page_of(), Revision.current()

    response = admin_client.post(address(page), typed(page, body="# Règles {#regles}\n\nLes mêmes pour tous."))

    assert response.status_code == 302
    text = client.get("/methode/").context["text"]
    assert (text.body, text.title) == ("# Règles {#regles}\n\nLes mêmes pour tous.", "Méthode")
    assert text.changed_on == timezone.localdate()
    assert client.get("/en/methode/").context["text"] == shipped("methode", "en")
    assert Revision.current() > before
    entry = JournalEntry.objects.get(act=Act.RECORD_EDITED)
    assert (entry.by, entry.details) == (
        admin_user,
        {"record": "resources.page", "key": page.pk, "fields": ["body"]},
    )
    history = admin_client.get(address(page, "history")).context["page"].object_list
    assert [(edit.by, edit.what) for edit in history] == [(admin_user, "Modification")]


def test_a_page_comes_back_to_its_first_text_and_keeps_what_it_said(admin_client, client):
    page = page_of()
    admin_client.post(address(page), typed(page, lede="Un autre chapeau."))
    before = Revision.current()

    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=1), tick=False):
        admin_client.post(address(page), {"_restore": "1"})

    text = client.get("/methode/").context["text"]
    origin = shipped("methode", "fr")
    assert [getattr(text, field) for field in FIELDS] == [getattr(origin, field) for field in FIELDS]
    assert Revision.current() > before
    history = admin_client.get(address(page, "history")).context["page"].object_list
    assert "Un autre chapeau." in {change.before for change in history[0].changes}
    assert JournalEntry.objects.filter(act=Act.RECORD_EDITED).count() == 2


@pytest.mark.parametrize("words", ["", "réécrit"])
def test_a_page_says_when_it_last_changed(client, words):
    changed_at = datetime.datetime(2027, 5, 3, 22, 30, tzinfo=datetime.UTC)
    Page.objects.filter(pk=page_of().pk).update(changed_at=changed_at, **dict.fromkeys(FIELDS, words))

    page = client.get("/methode/").content.decode()

    # By the clock of Paris, where it was the day after.
    assert '<time datetime="2027-05-04">4 mai 2027</time>' in page.replace("\N{NO-BREAK SPACE}", " ")


def test_giving_back_a_text_that_is_already_there_writes_nothing(admin_client):
    page = page_of()

    admin_client.post(address(page), {"_restore": "1"})

    assert not JournalEntry.objects.filter(act=Act.RECORD_EDITED).exists()
    assert page_of().changed_at is None


def test_saving_without_a_change_writes_nothing(admin_client):
    page = page_of()

    admin_client.post(address(page), typed(page))

    assert not JournalEntry.objects.filter(act=Act.RECORD_EDITED).exists()
    assert not page_of().is_rewritten


def test_typing_the_first_text_again_is_coming_back_to_it(admin_client):
    page = page_of()
    first = typed(page)
    admin_client.post(address(page), typed(page, lede="Un autre chapeau."))

    admin_client.post(address(page), first | {"seen": typed(page_of())["seen"]})

    assert not page_of().is_rewritten


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_preview_is_the_page_of_the_public_and_saves_nothing(admin_client, language):
    page = page_of(language=language)

    response = admin_client.post(
        address(page), typed(page, body="# Essai\n\n{{ statement_length }} signes.") | {"_preview": "1"}
    )

    content = response.content.decode()
    assert response.templates[0].name == "resources/page.html"
    assert f'<html lang="{language}">' in content
    assert '<h2 id="essai">Essai</h2>' in content
    assert '<meta name="robots" content="noindex">' in content
    assert not page_of(language=language).is_rewritten


@pytest.mark.parametrize("button", ["_save", "_preview"])
def test_a_refused_text_keeps_what_was_typed_and_says_why(admin_client, button):
    page = page_of()

    response = admin_client.post(address(page), typed(page, body="{{ mot_de_passe }} et <b>") | {button: "1"})

    assert response.status_code == 200
    assert response.context["adminform"].form.errors["body"] == [
        "« {{ mot_de_passe }} » n’est pas un nom connu : la liste est sous le texte.",
        "« <b> » s’afficherait tel quel : écrivez en Markdown, sans HTML.",
    ]
    assert "{{ mot_de_passe }} et &lt;b&gt;" in response.content.decode()
    assert not page_of().is_rewritten


@pytest.mark.parametrize("button", ["_save", "_preview"])
@pytest.mark.parametrize("was_rewritten", [False, True])
def test_a_page_that_a_colleague_changed_meanwhile_is_not_written_over_unknowingly(admin_client, button, was_rewritten):
    if was_rewritten:
        admin_client.post(address(page_of()), typed(page_of(), title="Nos règles"))
    shown = admin_client.get(address(page_of())).context["adminform"].form
    mine = {name: shown[name].value() for name in ("seen", *FIELDS)} | {"lede": "Mon chapeau."}
    admin_client.post(address(page_of()), typed(page_of(), heading="Le titre d’une collègue"))

    refused = admin_client.post(address(page_of()), mine | {button: "1"})
    between = page_of().heading, page_of().lede
    form = refused.context["adminform"].form
    again = {name: form[name].value() for name in ("seen", *FIELDS)}
    admin_client.post(address(page_of()), again)

    [refusal] = form.non_field_errors()
    assert refusal == (
        "Cette page a été modifiée depuis que vous l’avez ouverte. Rien de ce que vous avez tapé n’est perdu : "
        "relisez-la dans un autre onglet, reportez ici ce qu’il faut en garder, puis enregistrez de nouveau."
    )
    assert "Mon chapeau." in refused.content.decode()
    assert between == ("Le titre d’une collègue", shipped("methode", "fr").lede)
    assert (page_of().heading, page_of().lede) == (mine["heading"], "Mon chapeau.")
    # What is seen is no field that somebody changed.
    assert {entry.details["fields"][0] for entry in JournalEntry.objects.filter(act=Act.RECORD_EDITED)} <= set(FIELDS)


def test_a_page_is_rewritten_whole_or_not_at_all():
    page = page_of()
    page.body = "Un corps sans tête."

    with pytest.raises(IntegrityError, match="page_is_rewritten_whole_or_not_at_all"), transaction.atomic():
        page.save()


def test_the_row_of_a_page_that_is_no_longer_shipped_shows_nowhere(admin_client):
    page = Page.objects.create(name="ancienne", language="fr")

    listed = admin_client.get(reverse("admin:resources_page_changelist")).context["cl"].result_list

    assert page not in listed
    assert admin_client.get(address(page)).status_code == 404


def test_a_page_has_one_row_in_each_language():
    page_of()

    with pytest.raises(IntegrityError), transaction.atomic():
        Page.objects.create(name=PageName.METHOD, language="fr")
