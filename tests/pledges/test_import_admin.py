"""Importing an official file at the desk: each page, each refusal in words, nothing beyond one's regions."""

import csv
import datetime
import io
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pledges import uploads
from pledges.actions import imports
from pledges.enums import ImportState
from pledges.models import Candidate, CandidateImport, CandidateList, JournalEntry
from tests.desk.acts import enter
from tests.pledges.factories import (
    CandidateImportFactory,
    CandidateListFactory,
    ContestFactory,
    ElectionFactory,
    PledgeFactory,
)
from tests.pledges.official_files import HEADERS, follower, person, text_file, workbook
from tests.regions.factories import MembershipFactory, NetworkFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commits_at_once")]

LIST = reverse("admin:pledges_candidateimport_changelist")
ADD = reverse("admin:pledges_candidateimport_add")
A = [person("EXEMPLE"), follower("ESSAI")]
NORMAND = person("NORMAND", region="28", region_name="Normandie", section="14", code="7")


@pytest.fixture
def election():
    return ElectionFactory(slug="essai", name="Régionales d’essai")


def moderator_of(*regions):
    return MembershipFactory(user__is_staff=True, network=NetworkFactory(regions=regions)).user


@pytest.fixture
def breton(client, bretagne, normandie):
    """A moderator in Bretagne, at the desk."""
    return enter(client, moderator_of(bretagne))


def words(response):
    """What a page says, without its tags and its non-breaking spaces."""
    text = re.sub(r"<(script|style|head)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", text).replace("&#x27;", "'")
    return " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").split())


def post(client, election, content, name="essai.csv", **options):
    data = {"election": election.pk, "file": SimpleUploadedFile(name, content)}
    return client.post(ADD, data, **options)


def send(client, election, rows=A, *, headers=HEADERS):
    """Send a file: the page that it leads to."""
    return post(client, election, text_file(rows, headers=headers), follow=True)


def only():
    return CandidateImport.objects.get()


def page(candidate_import, name="change"):
    return reverse(f"admin:pledges_candidateimport_{name}", args=[candidate_import.pk])


def decide(client, act, **data):
    row = CandidateImport.objects.latest("pk")
    return client.post(page(row), {"act": act, "fingerprint": row.fingerprint, **data}, follow=True)


# --- Sending ---


def test_a_file_is_sent_seen_accepted_and_written(breton, election):
    shown = words(send(breton, election, [*A, NORMAND]))
    assert "séparateur : tabulation ; encodage : Windows-1252 (Latin-1)" in shown
    assert "Bretagne (1 liste, 2 personnes)" in shown
    assert "1 autre région du fichier n’est pas la vôtre : elle ne sera pas touchée (Normandie)" in shown
    assert "nouvelle Liste de démonstration A dépôt n° 9 Tête de liste : Alix EXEMPLE Personnes : 2 nouvelles" in shown
    assert Candidate.objects.count() == 0

    done = words(decide(breton, "accept"))

    assert "Compte rendu" in done
    assert sorted(Candidate.objects.values_list("last_name", flat=True)) == ["ESSAI", "EXEMPLE"]
    assert [entry.region_id for entry in JournalEntry.objects.all()] == ["53"]


def test_a_workbook_is_recognised_by_its_content(breton, election):
    shown = words(post(breton, election, workbook(A), name="liste.csv", follow=True))

    assert "première feuille, « Sheet »" in shown
    assert only().state == ImportState.READY


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "vide.csv", "Ce fichier est vide."),
        (b"\x00\x01\x02", "image.csv", "Ce fichier n’est pas un texte lisible"),
        (b"%PDF-1.7 rien", "liste.xlsx", "Ce fichier n’est pas un classeur XLSX, malgré son nom"),
        (b"PK\x03\x04 tronque", "liste.xlsx", "Ce classeur est illisible"),
        (b"=cmd|calc;x\n1;2\n", "formules.csv", "Des colonnes manquent"),
        (text_file([NORMAND]), "normands.csv", "Aucune candidature de vos régions dans ce fichier"),
    ],
)
def test_what_is_no_list_of_theirs_is_refused_in_words(breton, election, content, name, sentence):
    assert sentence in words(post(breton, election, content, name=name, follow=True))
    assert Candidate.objects.count() == 0


def test_a_file_too_large_is_dropped_and_the_rest_of_the_form_is_kept(breton, election, monkeypatch):
    monkeypatch.setattr("pledges.admin.imports.MAX_BYTES", 1000)
    other = ElectionFactory(name="Une autre")

    answer = post(breton, other, b"x" * 1001)

    assert answer.status_code == 422
    assert "Ce fichier dépasse 50 Mo : une liste officielle en pèse dix fois moins." in words(answer)
    assert answer.context["form"]["election"].value() == str(other.pk)
    assert CandidateImport.objects.count() == 0


def test_what_is_announced_too_large_is_never_kept_on_disk(breton, election, monkeypatch):
    monkeypatch.setattr("pledges.admin.imports.MAX_BYTES", 1000)
    monkeypatch.setattr(uploads.TemporaryFileUploadHandler, "new_file", lambda *args: pytest.fail("kept"))
    monkeypatch.setattr(uploads, "_HEARD_OUT", 10_000)

    answer = post(breton, election, b"x" * (1024 * 1024 + 2000))

    assert "Ce fichier dépasse 50 Mo" in words(answer)


def test_what_is_far_too_large_is_not_even_read(breton, election, monkeypatch):
    monkeypatch.setattr("pledges.admin.imports.MAX_BYTES", 1000)

    answer = post(breton, election, b"x" * 5000)

    assert (answer.status_code, CandidateImport.objects.count()) == (422, 0)


def test_an_upload_goes_to_disk_and_leaves_nothing_behind(breton, election, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()

    send(breton, election)
    post(breton, election, b"")

    assert list(settings.FILE_UPLOAD_TEMP_DIR.iterdir()) == []
    assert len(list(Path(settings.DATA_DIR, "imports").iterdir())) == 1


def test_a_forged_post_is_refused(breton, election):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = breton.cookies

    assert post(strict, election, text_file(A)).status_code == 403
    assert CandidateImport.objects.count() == 0


def test_elections_whose_lists_no_longer_come_are_not_offered(breton, election):
    past = ElectionFactory(past=True, name="Régionales de 2021")
    departmental = ElectionFactory(kind="departmental", name="Départementales")

    shown = words(breton.get(ADD))
    assert "Régionales d’essai" in shown
    assert "Régionales de 2021" not in shown

    assert "Les listes de cette élection ne sont plus à venir" in words(post(breton, past, text_file(A)))
    refused = words(post(breton, departmental, text_file(A), follow=True))
    assert "Ce fichier est celui de listes régionales, et cette élection élit des binômes" in refused


def test_without_an_election_the_page_says_what_to_do(breton):
    assert "Aucune élection n’attend de listes" in words(breton.get(ADD))


# --- Columns ---

ODD = HEADERS | {"last_name": "Patronyme"}


def test_an_unknown_column_is_asked_for(breton, election):
    asked = send(breton, election, headers=ODD)
    assert "nom de la personne. Dites où elles sont" in words(asked)

    assert "Dites quelle colonne le contient" in words(decide(breton, "columns"))
    twice = {"colonne-last_name": "Patronyme", "colonne-nuance_label": "Patronyme"}
    assert "Cette colonne est choisie deux fois." in words(decide(breton, "columns", **twice))
    assert only().state == ImportState.UNCLEAR

    read = words(decide(breton, "columns", **{"colonne-last_name": "Patronyme"}))
    assert "Tête de liste : Alix EXEMPLE" in read
    assert only().mapping == {"last_name": "Patronyme"}


def test_a_header_that_the_file_does_not_have_cannot_be_chosen(breton, election):
    send(breton, election, headers=ODD)

    answer = decide(breton, "columns", **{"colonne-last_name": "Autre chose"})

    assert answer.status_code == 422
    assert only().state == ImportState.UNCLEAR


def test_the_code_of_a_list_or_its_panel_is_enough(breton, election):
    headers = {key: name for key, name in HEADERS.items() if key != "panel"} | {"code": "Réf."}
    send(breton, election, headers=headers)

    assert "ou à défaut le panneau" in words(decide(breton, "columns"))
    decide(breton, "columns", **{"colonne-list_code": "Réf."})
    assert only().state == ImportState.READY


# --- Deciding ---


def test_a_page_left_open_does_not_accept_what_it_did_not_show(breton, election):
    send(breton, election)

    answer = breton.post(page(only()), {"act": "accept", "fingerprint": "0" * 64}, follow=True)

    assert "L’aperçu a été refait depuis que vous l’avez lu" in words(answer)
    assert (only().state, Candidate.objects.count()) == (ImportState.READY, 0)


def test_a_second_colleague_is_told_who_decided(breton, election, bretagne):
    send(breton, election)
    decide(breton, "accept")
    colleague = enter(Client(), moderator_of(bretagne))

    answer = words(decide(colleague, "accept"))

    assert f"Déjà décidé par {only().decided_by}, le" in answer
    assert JournalEntry.objects.count() == 1


def test_a_preview_made_anew_says_so(breton, election):
    send(breton, election)
    send(breton, election, [*A, follower("TROIS", rank="3")])
    first, second = CandidateImport.objects.order_by("pk")
    breton.post(page(first), {"act": "accept", "fingerprint": first.fingerprint})

    answer = breton.post(page(second), {"act": "accept", "fingerprint": second.fingerprint}, follow=True)

    assert "rien n’a été écrit. Voici l’aperçu refait ; relisez-le." in words(answer)


def test_an_import_given_up_says_by_whom(breton, election):
    send(breton, election)

    answer = words(decide(breton, "cancel"))

    assert "Cet import est abandonné" in answer
    assert f"Par {only().by}" in answer


def test_the_same_file_again_has_nothing_to_accept(breton, election):
    send(breton, election)
    decide(breton, "accept")

    answer = words(send(breton, election))

    assert "Rien à changer : le portail dit déjà ce que dit ce fichier." in answer
    assert "Accepter et écrire" not in answer


def test_lists_with_a_pledge_come_first_and_declared_ones_are_announced(breton, election, bretagne):
    contest = ContestFactory(election=election, region=bretagne, code="53")
    pledged = CandidateListFactory(contest=contest, official_code="9", name="Liste Z", panel_number=1)
    signed = PledgeFactory(candidate_list=pledged, published=True)
    declared = CandidateListFactory(
        contest=contest, official_code="", panel_number=None, nuance=None, name="Déclarée", declared_at=timezone.now()
    )
    waiting = PledgeFactory(candidate_list=declared, in_review=True)

    shown = words(send(breton, election, [person("PREMIÈRE", code="1", panel="3", name="Liste A"), *A]))
    assert "Des listes qui ont un engagement changent : regardez-les d’abord Bretagne, « Liste Z »" not in shown
    assert "Bretagne, « Liste de démonstration A » : nom, panneau, code ou nuance modifiés" in shown
    assert "1 candidature déclarée avant la liste officielle est à rapprocher" in shown
    assert shown.index("nom : « Liste Z » devient « Liste de démonstration A »") < shown.index("nouvelle Liste A")

    answer = decide(breton, "accept")
    assert list(answer.context["declared"]) == [waiting]
    assert list(answer.context["changed_pledges"]) == [signed]
    for pledge in (waiting, signed):
        assert reverse("admin:pledges_pledge_change", args=[pledge.pk]) in answer.content.decode()


def test_what_looks_like_another_round_is_pointed_out(breton, election):
    lists = [person(f"TÊTE{n}", code=str(n), panel=str(n), name=f"Liste {n}") for n in range(1, 5)]
    send(breton, election, lists)
    decide(breton, "accept")

    merged = person("AUTRE", code="1", panel="1", name="Liste fusionnée")
    shown = words(send(breton, election, [merged]))

    assert (
        "Plus de la moitié des listes connues ne sont pas dans ce fichier : est-il complet, et du même tour ?" in shown
    )
    assert "Sous le même code, un autre nom et une autre tête : est-ce bien la même liste ?" in shown
    assert "tête de liste : Alix TÊTE1 devient Alix AUTRE" in shown


@pytest.fixture
def merged(breton, election, bretagne):
    """Two lists that have a pledge, and a preview that gives both another name and another head."""
    rows = [person(f"TÊTE{n}", code=str(n), panel=str(n), name=f"Liste {n}") for n in (1, 2)]
    send(breton, election, rows)
    decide(breton, "accept")
    lists = list(CandidateList.objects.order_by("official_code"))
    for one in lists:
        PledgeFactory(candidate_list=one, published=True)
    send(breton, election, [row | {"name": f"Fusion {row['code']}", "last_name": f"N{row['code']}"} for row in rows])
    return lists


def names_of_lists():
    return list(CandidateList.objects.order_by("official_code").values_list("name", flat=True))


def boxes(answer):
    """The boxes of « Est-ce bien la même liste ? », and whether each is ticked."""
    found = re.findall(r'<input type="checkbox" name="same_lists" value="(\d+)"([^>]*)>', answer.content.decode())
    return {int(pk): " checked" in rest for pk, rest in found}


def test_a_list_that_may_be_another_is_answered_for_before_its_pledge_follows(breton, merged):
    first, second = merged
    asked = breton.get(page(CandidateImport.objects.latest("pk")))
    assert boxes(asked) == {first.pk: False, second.pk: False}
    assert "C’est bien la même liste : son engagement reste le sien" in words(asked)

    refused = decide(breton, "accept", same_lists=[second.pk])

    assert refused.status_code == 422
    assert "Rien n’est écrit : cochez chaque liste qui est bien la même." in words(refused)
    assert "<title>Erreur : Import : essai.csv, à vérifier" in refused.content.decode()
    assert boxes(refused) == {first.pk: False, second.pk: True}
    assert names_of_lists() == ["Liste 1", "Liste 2"]

    done = words(decide(breton, "accept", same_lists=[first.pk, second.pk]))

    assert names_of_lists() == ["Fusion 1", "Fusion 2"]
    assert "Qui a accepté cet import a dit que c’est bien la même liste." in done
    assert JournalEntry.objects.latest("pk").details["lists_with_pledges"] == [first.pk, second.pk]


@pytest.mark.parametrize("forged", [[], ["0", "-1"], ["tout", "9" * 5000], ["{first}", "{first}"]])
def test_a_forged_answer_writes_nothing(breton, merged, forged):
    answer = decide(breton, "accept", same_lists=[value.format(first=merged[0].pk) for value in forged])

    assert answer.status_code == 422
    assert names_of_lists() == ["Liste 1", "Liste 2"]


def test_who_answers_an_older_preview_is_told_to_read_again(breton, merged):
    ticked = [one.pk for one in merged]

    answer = decide(breton, "accept", same_lists=ticked, fingerprint="0" * 64)

    assert "L’aperçu a été refait depuis que vous l’avez lu" in words(answer)
    assert names_of_lists() == ["Liste 1", "Liste 2"]


def test_what_nobody_can_answer_for_is_given_up_without_a_tick(breton, merged):
    assert "Cet import est abandonné" in words(decide(breton, "cancel"))


def test_a_report_speaks_of_what_was_done(breton, election, merged):
    rows = [person("N1", code="1", panel="1", name="Encore"), NORMAND]
    decide(breton, "accept", same_lists=[one.pk for one in merged])
    send(breton, election, rows)

    done = words(decide(breton, "accept"))

    assert "« essai.csv » importé : listes, 1 modifiée, 1 partie ; personnes, 1 partie." in done
    assert "Import : essai.csv, importé" in done
    assert "Des listes qui ont un engagement ont changé" in done
    assert "1 autre région du fichier n’est pas la vôtre : elle n’a pas été touchée (Normandie)" in done
    assert "regardez-les" not in done
    assert "sera" not in done


def test_an_hour_is_written_as_in_french(breton, bretagne):
    sent_at = datetime.datetime(2028, 2, 1, 8, 30, tzinfo=datetime.UTC)
    row = CandidateImportFactory(regions=[bretagne], uploaded_at=sent_at)

    assert "le 1er février 2028 à 9 h 30." in words(breton.get(page(row)))
    assert "1er février 2028, 9 h 30" in words(breton.get(LIST))


# --- Progress ---


@pytest.fixture
def no_worker(monkeypatch):
    monkeypatch.setattr(imports, "_enqueue", lambda candidate_import: None)


def test_the_page_of_an_import_at_work_asks_how_far_it_is(breton, election, no_worker):
    shown = send(breton, election)
    assert "En attente : le travail va commencer." in words(shown)
    assert "js/desk/import.js" in shown.content.decode()
    CandidateImport.objects.update(
        progress="5 lignes lues", done=5, total=8, leased_until=timezone.now() + datetime.timedelta(minutes=1)
    )

    answer = breton.get(page(only(), "progress"))

    assert answer["X-Import-State"] == "reading"
    assert "5 lignes lues" in words(answer)
    assert 'value="5" max="8"' in answer.content.decode()


def test_a_dead_worker_is_seen_and_the_work_starts_again(breton, election, no_worker, monkeypatch):
    send(breton, election)
    CandidateImport.objects.update(leased_until=timezone.now() - datetime.timedelta(seconds=1))
    assert "Le travail s’est interrompu" in words(breton.get(page(only())))
    monkeypatch.undo()
    monkeypatch.setattr(transaction, "on_commit", lambda act, robust=False: act())

    answer = words(decide(breton, "restart"))

    assert "Ce qui changerait" in answer


def test_what_is_being_written_cannot_be_given_up(breton, election, no_worker):
    send(breton, election)
    CandidateImport.objects.update(
        state=ImportState.WRITING, leased_until=timezone.now() + datetime.timedelta(minutes=1)
    )

    shown = words(breton.get(page(only())))
    assert "Il est trop tard pour l’abandonner." in shown
    assert "Abandonner cet import" not in shown
    assert "Trop tard : l’écriture est en cours" in words(decide(breton, "cancel"))


# --- Downloads ---


def cells(answer):
    text = answer.content.decode().removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def test_the_report_is_a_table_without_formulas(breton, election):
    send(breton, election, [person("=1+1", name="@liste"), follower("ESSAI", name="@liste")])
    decide(breton, "accept")

    answer = breton.get(page(only(), "report"))

    assert answer["Content-Disposition"] == f'attachment; filename="compte-rendu-import-{only().pk}.csv"'
    assert cells(answer) == [
        ["circonscription", "code", "liste", "ce qu’elle devient", "tête de liste", "a un engagement",
         "ce qui change", "personnes nouvelles", "modifiées", "parties", "de retour"],
        ["Bretagne", "9", "'@liste", "nouvelle", "Alix =1+1", "non", "", "2", "0", "0", "0"],
    ]  # fmt: skip


def test_the_report_of_an_import_that_changed_nothing_says_so(breton, election):
    for _time in range(2):
        send(breton, election)
        decide(breton, "accept")
    imported = CandidateImport.objects.order_by("pk").last()
    CandidateImport.objects.filter(pk=imported.pk).update(
        state=ImportState.DONE, finished_at=timezone.now(), file="", report=imported.preview or imported.report
    )

    assert cells(breton.get(page(imported, "report")))[1][:4] == ["Bretagne", "", "", "rien ne change"]


def test_a_refused_file_shows_each_bad_row_and_takes_the_corrected_one(breton, election):
    shown = send(breton, election, [person("EXEMPLE", rank="=x"), follower("ESSAI", sex="?")])

    assert "2 rang « =x » : un nombre entier est attendu 3 sexe « ? » : F ou M attendu" in words(shown)
    assert f'href="{ADD}?election={election.pk}"' in shown.content.decode()
    assert cells(breton.get(page(only(), "refusal"))) == [
        ["ligne", "anomalie"],
        ["2", "rang « =x » : un nombre entier est attendu"],
        ["3", "sexe « ? » : F ou M attendu"],
    ]
    assert breton.get(page(only(), "report")).status_code == 404


# --- The border ---


@pytest.mark.parametrize("name", ["change", "progress", "report", "refusal", "history", "delete"])
def test_an_import_of_elsewhere_is_not_there(breton, bretagne, normandie, name):
    over = {"state": ImportState.DONE, "finished_at": timezone.now(), "file": ""}
    theirs = CandidateImportFactory(regions=[normandie], **over)
    both = CandidateImportFactory(regions=[bretagne, normandie], **over)

    assert [breton.get(page(row, name)).status_code for row in (theirs, both)] == [404, 404]
    assert [breton.post(page(row, name), {"act": "cancel"}).status_code for row in (theirs, both)] == [404, 404]


def test_an_import_of_elsewhere_is_on_no_list(breton, bretagne, normandie):
    CandidateImportFactory(regions=[normandie], name="normand.csv")
    CandidateImportFactory(regions=[bretagne], name="breton.csv")

    shown = words(breton.get(LIST))

    assert "breton.csv" in shown
    assert "normand.csv" not in shown


def test_who_has_no_region_sends_nothing(client, election):
    from tests.regions.factories import UserFactory  # noqa: PLC0415

    enter(client, UserFactory(is_staff=True))

    assert [client.get(url).status_code for url in (LIST, ADD)] == [404, 404]
    assert post(client, election, text_file(A)).status_code == 404


def test_a_visitor_is_sent_to_log_in(client, election):
    assert [client.get(url).status_code for url in (LIST, ADD)] == [302, 302]


def test_no_import_is_deleted_by_hand(admin_client):
    row = CandidateImportFactory()

    assert admin_client.get(page(row, "delete")).status_code == 404


# --- The list ---


def test_an_empty_list_teaches_what_to_send(breton):
    shown = words(breton.get(LIST))

    assert "Aucune liste officielle n’a encore été importée pour vos régions." in shown
    assert "Code de la région Code section électorale Code Dépôt Liste Libellé Etendu Liste" in shown


@pytest.mark.parametrize("count", [2, 20])
def test_the_list_asks_as_much_for_many(breton, bretagne, election, count, django_assert_num_queries):
    CandidateImportFactory.create_batch(count, regions=[bretagne], election=election)

    with django_assert_num_queries(10):
        breton.get(LIST)


@pytest.mark.parametrize("count", [2, 40])
def test_a_preview_asks_as_much_for_many(breton, election, count, django_assert_num_queries):
    rows = [person(f"NOM{n}", code=str(n), panel=str(n), name=f"Liste {n}") for n in range(1, count + 1)]
    send(breton, election, rows)

    with django_assert_num_queries(8):
        breton.get(page(only()))


@pytest.mark.parametrize("count", [2, 20])
def test_a_report_asks_as_much_for_many(breton, election, bretagne, count, django_assert_num_queries):
    rows = [person(f"NOM{n}", code=str(n), panel=str(n), name=f"Liste {n}") for n in range(1, count + 1)]
    contest = ContestFactory(election=election, region=bretagne, code="53")
    for n in range(1, count + 1):
        PledgeFactory(
            candidate_list=CandidateListFactory(contest=contest, official_code=str(n), panel_number=n), published=True
        )
        declared = CandidateListFactory(
            contest=contest, official_code="", panel_number=None, nuance=None, declared_at=timezone.now()
        )
        PledgeFactory(candidate_list=declared, in_review=True)
    send(breton, election, rows)
    decide(breton, "accept")
    assert CandidateList.objects.official().filter(left_at=None).count() == count

    with django_assert_num_queries(10):
        breton.get(page(only()))
