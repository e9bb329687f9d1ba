"""An official file sent through the desk: read, shown, accepted, written whole or not at all."""

import datetime
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from pledges.actions import import_job, imports
from pledges.actions.import_state import ImportMovedError, move
from pledges.actions.imports import StalePreviewError, UnansweredListsError
from pledges.actions.retention import purge_expired
from pledges.calendar import SilenceError
from pledges.enums import NEXT_IMPORT_STATES, Act, Fate, ImportState, Round
from pledges.models import Candidate, CandidateImport, CandidateList, Contest, JournalEntry, Pledge
from regions.models import Revision
from tests.pledges.factories import CandidateImportFactory, ContestFactory, ElectionFactory, PledgeFactory
from tests.pledges.official_files import HEADERS, follower, person, text_file
from tests.regions.factories import MembershipFactory, NetworkFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commits_at_once")]

A = [person("EXEMPLE"), follower("ESSAI")]
NORMAND = person("NORMAND", region="28", region_name="Normandie", section="14", code="7")
FREE = {"leased_until": None, "lease": ""}


@pytest.fixture
def election():
    return ElectionFactory(slug="essai", name="Régionales d’essai")


@pytest.fixture
def member(bretagne, normandie):
    """A moderator in Bretagne."""
    return MembershipFactory(network=NetworkFactory(regions=[bretagne])).user


def upload(rows=A, *, headers=HEADERS, name="essai.csv"):
    return SimpleUploadedFile(name, text_file(rows, headers=headers))


def send(election, by, rows=A, **options):
    return CandidateImport.objects.get(pk=imports.send(election, upload(rows, **options), by=by).pk)


def accept(sent, by):
    imports.accept(sent, fingerprint=sent.fingerprint, by=by)
    return CandidateImport.objects.get(pk=sent.pk)


def stored_files(settings):
    folder = Path(settings.DATA_DIR, "imports")
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def names():
    return sorted(Candidate.objects.values_list("last_name", flat=True))


# --- Reading ---


def test_a_file_is_read_and_shown_before_anything_is_written(election, member, settings):
    sent = send(election, member, [*A, NORMAND])

    assert sent.state == ImportState.READY
    assert sent.reading == {
        "layout": "lists",
        "encoding": "cp1252",
        "separator": "\t",
        "sheet": "",
        "header_line": 1,
        "columns": {field: HEADERS[name] for field, name in FIELDS.items()},
        "unread": ["Nom nais. candidat", "Prénom nais. candidat", "Date naissance candidat", "Profession candidat"],
        "missing": [],
        "is_remembered": False,
        "rows": 3,
        "mine": [{"name": "Bretagne", "lists": 1, "people": 2}],
        "elsewhere": [{"name": "Normandie", "rows": 1}],
    }
    [contest] = sent.preview["contests"]
    assert (contest["name"], contest["is_new"], contest["lists"]["created"], contest["people"]["created"]) == (
        "Bretagne",
        True,
        1,
        2,
    )
    assert [region.code for region in sent.regions.all()] == ["53"]
    assert (Contest.objects.count(), CandidateList.objects.count(), JournalEntry.objects.count()) == (0, 0, 0)
    assert stored_files(settings) == [sent.file.name]
    assert "essai" not in sent.file.name


FIELDS = {
    "region_code": "region",
    "region_name": "region_name",
    "section_code": "section",
    "section_name": "section_name",
    "panel_number": "panel",
    "list_code": "code",
    "list_name": "name",
    "nuance": "nuance",
    "is_head": "head",
    "rank": "rank",
    "sex": "sex",
    "last_name": "last_name",
    "first_names": "first_names",
}


def test_a_file_is_kept_where_nobody_else_reads_it(election, member):
    sent = send(election, member)

    path = Path(sent.file.path)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    with pytest.raises(ValueError, match="served nowhere"):
        sent.file.url  # noqa: B018


def test_a_refused_file_is_deleted_and_its_rows_are_named(election, member, settings):
    sent = send(election, member, [person("EXEMPLE", rank="x"), follower("ESSAI", sex="?")])

    assert (sent.state, sent.file.name, stored_files(settings)) == (ImportState.REFUSED, "", [])
    assert sent.refusal == {
        "sentence": "Rien n’est importé. Anomalies à corriger dans le fichier : 2.",
        "problems": [
            [2, "rang « x » : un nombre entier est attendu"],
            [3, "sexe « ? » : F ou M attendu"],
        ],
    }


def test_a_file_of_lists_is_refused_in_words_where_binomes_stand(member):
    sent = send(ElectionFactory(name="Départementales", kind="departmental"), member)

    assert sent.refusal["sentence"] == (
        "Ce fichier est celui de listes régionales, et cette élection élit des binômes, canton par canton."
    )


# --- Columns ---

ODD = HEADERS | {"last_name": "Patronyme"}


def test_a_column_that_nobody_knows_is_asked_for_then_remembered(election, member):
    sent = send(election, member, headers=ODD)
    assert (sent.state, sent.reading["missing"]) == (ImportState.UNCLEAR, ["last_name"])

    imports.choose_columns(sent, {"last_name": "Patronyme"}, by=member)
    sent.refresh_from_db()
    assert (sent.state, sent.mapping) == (ImportState.READY, {"last_name": "Patronyme"})
    accept(sent, member)

    again = send(election, member, headers=ODD)
    assert (again.state, again.mapping, again.reading["is_remembered"]) == (
        ImportState.READY,
        {"last_name": "Patronyme"},
        True,
    )
    assert names() == ["ESSAI", "EXEMPLE"]


def test_what_another_network_said_of_its_columns_is_not_taken(election, member, normandie):
    sent = send(election, member, headers=ODD)
    imports.choose_columns(sent, {"last_name": "Patronyme"}, by=member)
    sent.refresh_from_db()
    accept(sent, member)
    neighbour = MembershipFactory(network=NetworkFactory(regions=[normandie])).user

    assert send(election, neighbour, headers=ODD).state == ImportState.UNCLEAR


def test_what_was_said_of_an_import_never_written_is_not_remembered(election, member):
    sent = send(election, member, headers=ODD)
    imports.choose_columns(sent, {"last_name": "Patronyme"}, by=member)

    assert send(election, member, headers=ODD).state == ImportState.UNCLEAR


# --- Accepting ---


def test_what_is_accepted_is_written_and_the_file_is_gone(election, member, settings):
    before = Revision.current()
    sent = send(election, member, [*A, NORMAND])

    done = accept(sent, member)

    assert (done.state, done.decided_by, done.preview, stored_files(settings)) == (ImportState.DONE, member, {}, [])
    assert done.finished_at is not None
    assert names() == ["ESSAI", "EXEMPLE"]
    assert done.report["totals"]["people"]["created"] == 2
    assert [one["people"] for one in done.report["contests"][0]["details"]] == [[]]
    [entry] = JournalEntry.objects.all()
    assert (entry.act, entry.by, entry.region_id, entry.details["file"]) == (
        Act.CANDIDATES_IMPORTED,
        member,
        "53",
        "essai.csv",
    )
    assert Revision.current() == before + 1


def test_a_corrected_file_shows_what_changes_and_who_has_a_pledge(election, member):
    accept(send(election, member, [*A, person("AUTRE", code="4", panel="2", name="Liste B")]), member)
    PledgeFactory(candidate_list=CandidateList.objects.get(official_code="9"))

    corrected = [
        person("EXEMPLE", head="Non", name="Liste A bis"),
        follower("NOUVELLE", head="Oui", name="Liste A bis"),
    ]
    sent = send(election, member, corrected)

    [contest] = sent.preview["contests"]
    pledged, gone = contest["details"]
    assert pledged == {
        "code": "9",
        "name": "Liste A bis",
        "fate": "updated",
        "head": "Sacha NOUVELLE",
        "is_pledged": True,
        "is_other": True,
        "what": [
            "nom : « Liste de démonstration A » devient « Liste A bis »",
            "tête de liste : Alix EXEMPLE devient Sacha NOUVELLE",
        ],
        "counts": {"created": 1, "updated": 1, "left": 1, "returned": 0},
        "people": [
            {"fate": "updated", "name": "Alix EXEMPLE", "place": "n° 1, section Côtes-d'Armor"},
            {"fate": "left", "name": "Sacha ESSAI", "place": "n° 2, section Côtes-d'Armor"},
            {"fate": "created", "name": "Sacha NOUVELLE", "place": "n° 2, section Côtes-d'Armor"},
        ],
        "more": 0,
    }
    assert (gone["name"], gone["fate"], gone["head"], gone["people"]) == ("Liste B", "left", "Alix AUTRE", [])
    pk = CandidateList.objects.get(official_code="9").pk
    assert sent.preview["pledged_lists"] == [pk]
    assert sent.preview["same_lists"] == [
        {"pk": pk, "contest": "Bretagne", "name": "Liste A bis", "what": pledged["what"]}
    ]
    assert names() == ["AUTRE", "ESSAI", "EXEMPLE"]


def test_a_pledge_passes_to_another_name_and_head_only_when_someone_says_it_is_the_same_list(election, member):
    accept(send(election, member), member)
    PledgeFactory(candidate_list=CandidateList.objects.get())
    pk = CandidateList.objects.get().pk
    sent = send(election, member, [person("AUTRE", name="Liste fusionnée")])

    for others in ([], [pk + 1]):
        with pytest.raises(UnansweredListsError, match="Rien n’est écrit : cochez chaque liste"):
            imports.accept(sent, fingerprint=sent.fingerprint, same_lists=others, by=member)
    sent.refresh_from_db()
    assert (sent.state, CandidateList.objects.get().name) == (ImportState.READY, "Liste de démonstration A")

    imports.accept(sent, fingerprint=sent.fingerprint, same_lists=[pk], by=member)
    assert CandidateList.objects.get().name == "Liste fusionnée"
    assert [entry.details["lists_with_pledges"] for entry in JournalEntry.objects.order_by("pk")] == [[], [pk]]


def test_under_another_code_the_pledge_stays_with_the_list_that_left(election, member):
    accept(send(election, member), member)
    pledge = PledgeFactory(candidate_list=CandidateList.objects.get())

    sent = send(election, member, [person("AUTRE", name="Liste fusionnée", code="10")])
    assert sent.preview["same_lists"] == []
    accept(sent, member)

    new = CandidateList.objects.get(left_at=None)
    assert (new.name, new.pledges.count()) == ("Liste fusionnée", 0)
    pledge.refresh_from_db()
    assert pledge.candidate_list.name == "Liste de démonstration A"


def test_a_preview_that_the_database_no_longer_bears_out_is_shown_again(election, member):
    first, second = send(election, member), send(election, member, [*A, follower("TROIS", rank="3")])
    accept(first, member)

    renewed = accept(second, member)

    assert (renewed.state, renewed.is_renewed, renewed.decided_by) == (ImportState.READY, True, None)
    assert renewed.preview["totals"]["people"] == {"created": 1, "updated": 0, "left": 0, "returned": 0, "unchanged": 2}
    assert names() == ["ESSAI", "EXEMPLE"]
    assert JournalEntry.objects.count() == 1
    assert accept(renewed, member).state == ImportState.DONE
    assert names() == ["ESSAI", "EXEMPLE", "TROIS"]


def test_a_pledge_that_arrives_meanwhile_makes_the_preview_new(election, member):
    accept(send(election, member), member)
    sent = send(election, member, [person("EXEMPLE"), follower("AUTRE")])
    PledgeFactory(candidate_list=CandidateList.objects.get())

    assert accept(sent, member).state == ImportState.READY
    assert Pledge.objects.count() == 1
    assert names() == ["ESSAI", "EXEMPLE"]


def test_a_preview_that_nobody_read_is_not_accepted(election, member):
    sent = send(election, member)

    with pytest.raises(StalePreviewError):
        imports.accept(sent, fingerprint="0" * 64, by=member)

    sent.refresh_from_db()
    assert (sent.state, names()) == (ImportState.READY, [])


def test_an_import_is_accepted_once_and_the_second_is_told_by_whom(election, member):
    sent = send(election, member)
    accept(sent, member)

    with pytest.raises(ImportMovedError, match=f"Déjà décidé par {member}, le .* : importé"):
        imports.accept(sent, fingerprint=sent.fingerprint, by=UserFactory())

    assert JournalEntry.objects.count() == 1


def test_a_list_under_another_s_code_is_refused_when_it_is_read(election, member):
    accept(send(election, member, [person("UN"), person("DEUX", code="4", panel="2", name="Liste B")]), member)

    sent = send(election, member, [person("DEUX", code="9", panel="2", name="Liste B")])

    assert sent.state == ImportState.REFUSED
    assert sent.refusal["problems"] == [
        [2, "« Liste B » était la liste 4, et la liste 9 était « Liste de démonstration A »"]
    ]


# --- Giving up, and starting again ---


@pytest.mark.parametrize("begins", ["before it is accepted", "before it is written"])
def test_a_file_accepted_during_the_silence_waits_as_it_was(election, member, bretagne, no_worker, begins):
    ContestFactory(election=ElectionFactory(past=True), region=bretagne)
    sent = send(election, member)
    import_job.work(sent.pk)
    sent.refresh_from_db()
    if begins == "before it is written":
        accept(sent, member)

    with time_machine.travel(datetime.datetime(2021, 6, 19, 12, tzinfo=datetime.UTC)):
        if begins == "before it is accepted":
            with pytest.raises(SilenceError, match="Silence électoral jusqu’au 20 juin 2021"):
                accept(sent, member)
        else:
            import_job.work(sent.pk)

    sent.refresh_from_db()
    assert (sent.state, names(), bool(sent.file)) == (ImportState.READY, [], True)


def test_an_import_given_up_leaves_nothing(election, member, settings):
    sent = send(election, member)

    ended = imports.cancel(sent, by=member)

    assert (ended.state, ended.decided_by, ended.preview, stored_files(settings)) == (
        ImportState.CANCELLED,
        member,
        {},
        [],
    )
    assert names() == []


@pytest.fixture
def no_worker(monkeypatch):
    """Nobody takes what is enqueued."""
    monkeypatch.setattr(imports, "_enqueue", lambda candidate_import: None)


def test_a_worker_stops_when_its_import_is_given_up(election, member, no_worker, monkeypatch):
    sent = send(election, member)
    monkeypatch.setattr(import_job, "_TELL_EVERY", 0)
    monkeypatch.setattr("pledges.official_files.lists._TELL_EVERY", 1)
    read_file = import_job.read_file

    def cancelled_meanwhile(*args, **kwargs):
        imports.cancel(sent, by=member)
        return read_file(*args, **kwargs)

    monkeypatch.setattr(import_job, "read_file", cancelled_meanwhile)

    assert import_job.work(sent.pk) is True
    sent.refresh_from_db()
    assert (sent.state, sent.preview) == (ImportState.CANCELLED, {})


def test_once_the_writing_has_begun_it_is_too_late(election, member, no_worker):
    sent = send(election, member)
    CandidateImport.objects.update(state=ImportState.WRITING, decided_by=member)

    with pytest.raises(ImportMovedError, match="Trop tard : l’écriture est en cours depuis"):
        imports.cancel(sent, by=member)


def test_two_workers_do_not_read_the_same_import(election, member, no_worker):
    sent = send(election, member)
    CandidateImport.objects.update(lease="another", leased_until=timezone.now() + datetime.timedelta(seconds=30))

    assert import_job.work(sent.pk) is False


def test_a_worker_that_failed_is_seen_at_once_and_the_work_starts_again(election, member, no_worker, monkeypatch):
    sent = send(election, member)
    with monkeypatch.context() as patch:
        patch.setattr(import_job, "read_file", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            import_job.work(sent.pk)
    sent.refresh_from_db()
    assert (sent.state, sent.is_stalled) == (ImportState.READING, True)

    imports.restart(sent)
    assert import_job.work(sent.pk) is True

    sent.refresh_from_db()
    assert (sent.state, sent.is_stalled) == (ImportState.READY, False)


def test_a_worker_that_fails_while_writing_leaves_nothing_written(election, member, no_worker, monkeypatch):
    sent = send(election, member)
    import_job.work(sent.pk)
    sent.refresh_from_db()
    imports.accept(sent, fingerprint=sent.fingerprint, by=member)
    with monkeypatch.context() as patch:
        patch.setattr(import_job.import_summary, "report_of", lambda report: 1 / 0)  # the last thing it does
        with pytest.raises(ZeroDivisionError):
            import_job.work(sent.pk)
    sent.refresh_from_db()
    assert (sent.state, sent.is_stalled, names()) == (ImportState.WRITING, True, [])

    restarted = imports.restart(sent)
    assert restarted.state == ImportState.ACCEPTED
    import_job.work(sent.pk)

    sent.refresh_from_db()
    assert (sent.state, names()) == (ImportState.DONE, ["ESSAI", "EXEMPLE"])


def test_a_slow_worker_thought_dead_writes_nothing_more(election, member, no_worker, monkeypatch):
    sent = send(election, member)
    import_job.work(sent.pk)
    sent.refresh_from_db()
    imports.accept(sent, fingerprint=sent.fingerprint, by=member)
    write = import_job.write

    def restarted_meanwhile(*args, **kwargs):
        report = write(*args, **kwargs)
        CandidateImport.objects.update(leased_until=timezone.now())
        imports.restart(sent)
        return report

    monkeypatch.setattr(import_job, "write", restarted_meanwhile)
    import_job.work(sent.pk)

    assert (names(), JournalEntry.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("changes", "stalled"),
    [
        ({}, False),
        ({"moved_at": timezone.now() - datetime.timedelta(minutes=3)}, True),
        ({"leased_until": timezone.now() + datetime.timedelta(minutes=30)}, False),
        ({"leased_until": timezone.now() - datetime.timedelta(seconds=1)}, True),
        ({"state": ImportState.READY, "moved_at": timezone.now() - datetime.timedelta(days=3)}, False),
    ],
)
def test_who_is_stalled(changes, stalled):
    assert CandidateImport(**changes).is_stalled is stalled


def test_what_is_not_stalled_is_not_started_again(election, member, no_worker):
    sent = send(election, member)

    with pytest.raises(ImportMovedError):
        imports.restart(sent)


# --- The door, the border, the time that passes ---


def test_every_move_is_in_the_table(election):
    for state in ImportState:
        for target in ImportState:
            over = {"file": "", "finished_at": timezone.now()}
            row = CandidateImportFactory(
                election=election, state=state, **(over if not NEXT_IMPORT_STATES[state] else {})
            )
            ends = over if not NEXT_IMPORT_STATES[target] else {}
            if state.can_become(target):
                assert move(row, target, **ends).state == target
            else:
                with pytest.raises(ImportMovedError):
                    move(row, target, **ends)


def test_an_import_that_is_over_keeps_no_file():
    with pytest.raises(IntegrityError, match="import_over_has_a_date_and_no_file"), transaction.atomic():
        CandidateImportFactory(state=ImportState.DONE, finished_at=timezone.now())


def test_an_import_is_seen_by_those_to_whom_all_its_regions_belong(bretagne, normandie, member, admin_user):
    national = MembershipFactory(network=NetworkFactory(national=True)).user
    mine, theirs, both = (
        CandidateImportFactory(regions=regions) for regions in ([bretagne], [normandie], [bretagne, normandie])
    )

    seen = {user: set(CandidateImport.objects.visible_to(user)) for user in (member, national, admin_user)}

    assert seen == {member: {mine}, national: {mine, theirs, both}, admin_user: {mine, theirs, both}}
    assert not CandidateImport.objects.visible_to(UserFactory()).exists()


def test_an_import_that_nobody_decides_is_given_up_after_thirty_days(election, member, settings):
    old, recent = send(election, member), send(election, member)
    CandidateImport.objects.filter(pk=old.pk).update(uploaded_at=timezone.now() - datetime.timedelta(days=31))

    purged = purge_expired()

    old.refresh_from_db()
    assert (purged.imports, old.state, old.decided_by) == (1, ImportState.CANCELLED, None)
    assert stored_files(settings) == [recent.file.name]
    assert purge_expired().imports == 0


def test_what_a_refusal_says_of_people_is_forgotten_after_thirty_days(election, member):
    sent = send(election, member, [person("EXEMPLE", rank="x")])
    CandidateImport.objects.update(finished_at=timezone.now() - datetime.timedelta(days=31))

    purge_expired()

    sent.refresh_from_db()
    assert sent.refusal == {
        "sentence": "Rien n’est importé. Anomalies à corriger dans le fichier : 1.",
        "problems": [],
    }


# --- The second round ---


def test_a_file_of_the_second_round_is_shown_then_written_as_such(member):
    election = ElectionFactory(past=True)
    accept(send(election, member, [person("UN"), person("DEUX", code="4", panel="2", name="Liste B")]), member)
    second = [person("DEUX", name="Ensemble"), follower("UN", "Alix", name="Ensemble")]

    refused = send(election, member, second)
    sent = imports.send(election, upload(second), by=member, one_round=Round.SECOND)
    sent.refresh_from_db()
    [contest] = sent.preview["contests"]
    accept(sent, member)

    assert refused.state == ImportState.REFUSED
    assert next((one["name"], one["what"]) for one in contest["details"]) == (
        "Ensemble",
        ["issue de « Liste de démonstration A » (personnes : 1)", "issue de « Liste B » (personnes : 1)"],
    )
    assert CandidateImport.objects.get(pk=sent.pk).state == ImportState.DONE
    lists = CandidateList.objects.order_by("round", "panel_number")
    assert list(lists.values_list("name", "round", "fate")) == [
        ("Liste de démonstration A", Round.FIRST, Fate.MERGED),
        ("Liste B", Round.FIRST, Fate.MERGED),
        ("Ensemble", Round.SECOND, ""),
    ]
