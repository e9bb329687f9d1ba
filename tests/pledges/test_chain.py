"""The journal's chain: what is sealed, by whom, and what `verify_journal` says of whatever was done to it by SQL."""

import datetime
import io
import json
import os
import signal
import uuid

import pytest
import time_machine
from django.core import serializers
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from pledges import chain
from pledges.actions import personal_data, review
from pledges.actions.recording import record, record_at_large
from pledges.actions.sealing import seal_journal
from pledges.enums import Act, IdentityCheck
from pledges.models import JournalEntry, Seal, Wording
from pledges.verifying import name
from tests.pledges.acts import confirm, headed_list, submit
from tests.pledges.factories import PledgeFactory
from tests.pledges.tampering import execute, tamper, unguarded
from tests.regions.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime.datetime(2028, 3, 1, 11, 0, 0, 123456, datetime.UTC)


@pytest.fixture(autouse=True)
def restless(monkeypatch):
    """Seal after every act: these tests write several a second."""
    monkeypatch.setattr("pledges.actions.sealing.REST", 0)
    monkeypatch.setattr("pledges.actions.sealing._rested_at", 0)


@pytest.fixture
def entries():
    """Ten acts, sealed as they commit, the sixth with words."""
    with time_machine.travel(NOON, tick=False):
        return [
            record_at_large(Act.CHARTER_LOADED, number=number, reason="Parce que." if number == 6 else "")
            for number in range(1, 11)
        ]


def told(**options):
    """What `verify_journal` prints when all is well."""
    out = io.StringIO()
    call_command("verify_journal", stdout=out, stderr=out, **options)
    return out.getvalue()


def faults(**options):
    """The sentences of `verify_journal` when it is not, with ordinary spaces."""
    with pytest.raises(CommandError) as refusal:
        told(**options)
    first, *sentences = str(refusal.value).replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " ").splitlines()
    assert first == "Le journal n’est pas intact."
    return sentences


def named(entry):
    return f"L’entrée {entry.pk} (charte chargée, 1er mars 2028 à 12:00:00)"


# --- Sealing ---


def test_an_act_is_sealed_as_soon_as_it_commits(entries):
    assert list(Seal.objects.values_list("position", "entry")) == [
        (position, entry.pk) for position, entry in enumerate(entries, 1)
    ]
    assert "10 entrées scellées, aucune modifiée, ôtée ni ajoutée." in told()


def test_the_acts_of_one_transaction_are_sealed_once_it_commits():
    with transaction.atomic():
        for number in range(3):
            record_at_large(Act.CHARTER_LOADED, number=number)
        before = Seal.objects.count()

    assert (before, Seal.objects.count()) == (0, 3)


def test_a_rush_of_acts_is_sealed_by_one_round_and_what_is_left_by_the_loop(monkeypatch):
    monkeypatch.setattr("pledges.actions.sealing.REST", 3600)
    for number in range(5):
        record_at_large(Act.CHARTER_LOADED, number=number)
    at_once = Seal.objects.count()

    sealed = seal_journal()

    assert (at_once, sealed.count, Seal.objects.count()) == (1, 4, 5)


def test_an_act_rolled_back_leaves_nothing_and_the_next_is_sealed():
    with transaction.atomic():
        record_at_large(Act.CHARTER_LOADED, number=1)
        transaction.set_rollback(True)
    with transaction.atomic():
        with transaction.atomic():
            record_at_large(Act.CHARTER_LOADED, number=2)
            transaction.set_rollback(True)
        record_at_large(Act.CHARTER_LOADED, number=3)

    assert list(Seal.objects.values_list("position", "entry__details__number")) == [(1, 3)]


def test_eight_threads_make_one_chain_without_a_gap(in_threads):
    def act():
        for number in range(5):
            record_at_large(Act.CHARTER_LOADED, number=number)

    outcomes = in_threads(act, 8)
    sealed_at_once = Seal.objects.count()
    seal_journal()

    assert outcomes == [None] * 8
    assert sealed_at_once == 40
    assert list(Seal.objects.values_list("position", flat=True)) == list(range(1, 41))
    assert "40 entrées scellées" in told()


def test_what_a_process_that_died_after_its_act_left_is_sealed_by_the_loop(tmp_path):
    """A child writes an act and is killed (-9) as its seal begins, as by a power cut."""
    record_at_large(Act.CHARTER_LOADED, number=1)
    connection.close()
    child = os.fork()
    if not child:
        try:
            from pledges.actions import sealing  # noqa: PLC0415

            sealing._take_the_pen = lambda **kwargs: os.kill(os.getpid(), signal.SIGKILL)
            record_at_large(Act.CHARTER_LOADED, number=2)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    left = list(JournalEntry.objects.unsealed().values_list("details__number", flat=True))

    call_command("send_outbox", stdout=io.StringIO())

    assert (os.waitstatus_to_exitcode(status), left) == (-9, [2])
    assert list(Seal.objects.values_list("entry__details__number", flat=True)) == [1, 2]


def test_a_sealing_that_fails_does_not_fail_the_act(monkeypatch, caplog):
    def fail(**kwargs):
        raise DatabaseError("gone")

    monkeypatch.setattr("pledges.actions.sealing._take_the_pen", fail)

    record_at_large(Act.CHARTER_LOADED)

    assert JournalEntry.objects.unsealed().count() == 1


def test_an_entry_committed_late_is_sealed_after_those_that_overtook_it(entries):
    with unguarded():
        execute("DELETE FROM pledges_seal WHERE position >= 3")
        execute("DELETE FROM pledges_journalentry WHERE id = %s", entries[2].pk)
    seal_journal()
    late = entries[2]
    late.save(force_insert=True)
    seal_journal()

    assert Seal.objects.get(entry=late).position == 10
    assert "10 entrées scellées" in told()


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's writers already exclude one another")
def test_nobody_waits_for_the_one_who_seals(in_threads):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [0x6A6F75726E616C])
        outcomes = in_threads(lambda: record_at_large(Act.CHARTER_LOADED).pk > 0, 2)

    assert (outcomes, JournalEntry.objects.unsealed().count()) == ([True, True], 2)


# --- What was done to it ---


def test_an_entry_changed_is_named(entries):
    tamper("UPDATE pledges_journalentry SET details = %s WHERE id = %s", '{"number": 40}', entries[3].pk)

    assert faults() == [f"{named(entries[3])}, scellée sous le n° 4, a été modifiée."]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", datetime.datetime(2028, 3, 1, 11, 0, 0, 124456, datetime.UTC)),
        ("act", "charter.unloaded"),
        ("pledge_id", 7),
        ("reason", "autre"),
        ("details", "[]"),
        ("details", '{"number": 4, "more": 1}'),
        ("uid", uuid.UUID(int=4)),
        ("mac", "0" * 64),
        ("region_id", "53"),
        ("election_id", 4),
        ("by_id", 4),
    ],
)
def test_no_column_changes_unseen(entries, column, value):
    value = value.hex if isinstance(value, uuid.UUID) and connection.vendor == "sqlite" else value
    tamper(f'UPDATE pledges_journalentry SET "{column}" = %s WHERE id = %s', value, entries[3].pk)

    assert [sentence.rpartition(")")[2] for sentence in faults()] == [", scellée sous le n° 4, a été modifiée."]


def test_an_entry_removed_is_named(entries):
    tamper("DELETE FROM pledges_journalentry WHERE id = %s", entries[3].pk)

    assert faults() == [f"L’entrée {entries[3].pk}, scellée sous le n° 4 le 1er mars 2028, a été supprimée."]


def test_an_entry_removed_with_its_seal_is_told(entries):
    with unguarded():
        execute("DELETE FROM pledges_seal WHERE position = 4")
        execute("DELETE FROM pledges_journalentry WHERE id = %s", entries[3].pk)

    assert faults() == ["Il manque des sceaux : après le n° 3 vient le n° 5."]


def test_a_chain_made_anew_without_the_key_is_told(entries):
    """The digests are anybody's to compute: the fourth entry goes with its seal, and those after are renumbered."""
    kept = list(Seal.objects.exclude(position=4).select_related("entry"))
    previous = chain.NOTHING
    with unguarded():
        execute("DELETE FROM pledges_seal")
        execute("DELETE FROM pledges_journalentry WHERE id = %s", entries[3].pk)
        for position, seal in enumerate(kept, 1):
            seal.digest = previous = chain.link(
                previous, position=position, key=seal.entry_id, sealed_at=seal.sealed_at, entry=seal.entry.fingerprint
            )
            seal.position = position
        Seal.objects.bulk_create(kept)

    assert faults() == [
        f"Le sceau n° {position} n’est pas du portail : il a été refait, ou modifié, comme après une entrée ôtée."
        for position in range(4, 10)
    ]


COLUMNS = "act, at, by_id, region_id, election_id, pledge_id, reason, details, mac"


def copy_of(entry, *, uid):
    """The SQL of a row inserted from another, under another identifier."""
    uid = uid.hex if connection.vendor == "sqlite" else str(uid)
    key = entry.pk + 100
    return (
        f"INSERT INTO pledges_journalentry (id, uid, {COLUMNS})"
        f" SELECT {key}, '{uid}', {COLUMNS} FROM pledges_journalentry WHERE id = {entry.pk}"
    )


def test_an_entry_inserted_is_named_and_never_sealed(entries):
    tamper(copy_of(entries[3], uid=uuid.UUID(int=1)))
    inserted = JournalEntry.objects.latest("pk")

    assert faults() == [
        f"{named(inserted)} n’a pas été écrite par le portail : elle a été ajoutée, ou modifiée avant d’être scellée."
    ]
    assert not Seal.objects.filter(entry=inserted).exists()
    assert record_at_large(Act.CHARTER_LOADED).seal.position == 11


AS_TEXT = {str: "%s", int: "%s", bytes: "CAST(%s AS TEXT)"}
MALFORMED = [("details", '{"a": 1e999}'), ("details", f'{{"a": {"9" * 5000}}}'), ("details", "[1, 2]")]
if connection.vendor == "postgresql":
    MALFORMED += [("at", "infinity"), ("at", "9999-12-31 23:30+00")]
else:
    MALFORMED += [("uid", "zz"), ("uid", 5), ("at", "zz"), ("reason", b"\xff"), ("details", "[" * 900 + "]" * 900)]


@pytest.mark.parametrize(("column", "value"), MALFORMED)
def test_an_entry_inserted_that_means_nothing_is_named_and_stops_nothing(entries, column, value):
    tamper(copy_of(entries[3], uid=uuid.UUID(int=1)))
    key = entries[3].pk + 100
    tamper(f'UPDATE pledges_journalentry SET "{column}" = {AS_TEXT[type(value)]} WHERE id = %s', value, key)

    sealed = record_at_large(Act.CHARTER_LOADED).seal.position

    assert (sealed, seal_journal().refused) == (11, (key,))
    [sentence] = faults()
    assert sentence.startswith(f"L’entrée {key}")
    assert sentence.endswith(
        " n’a pas été écrite par le portail : elle a été ajoutée, ou modifiée avant d’être scellée."
    )


@pytest.mark.parametrize(("column", "value"), MALFORMED)
def test_an_entry_changed_into_what_means_nothing_is_named(entries, column, value):
    tamper(f'UPDATE pledges_journalentry SET "{column}" = {AS_TEXT[type(value)]} WHERE id = %s', value, entries[3].pk)

    [sentence] = faults()
    assert sentence.startswith(f"L’entrée {entries[3].pk}")
    assert "scellée sous le n° 4, " in sentence
    assert sentence.endswith("a été modifiée.")


def test_a_seal_and_words_that_mean_nothing_are_named(entries):
    if connection.vendor == "postgresql":
        tamper("UPDATE pledges_seal SET sealed_at = 'infinity' WHERE position = 4")
    else:
        tamper("UPDATE pledges_seal SET sealed_at = 'zz' WHERE position = 4")
    tamper("UPDATE pledges_wording SET answers = %s", f'{{"a": {"9" * 5000}}}')

    assert faults() == [
        "Le sceau n° 4 ne peut plus être lu : il a été modifié.",
        f"{named(entries[5])} : ses mots ont été modifiés.",
    ]


def test_an_entry_copied_as_it_is_meets_its_own_identifier(entries):
    with pytest.raises(IntegrityError):
        tamper(copy_of(entries[3], uid=entries[3].uid))


def test_two_entries_that_change_places_are_named(entries):
    third, fourth = entries[2].pk, entries[3].pk
    with unguarded():
        for old, new in ((third, 999), (fourth, third), (999, fourth)):
            execute("UPDATE pledges_journalentry SET id = %s WHERE id = %s", new, old)

    assert len(faults()) == 2
    assert "n’est pas celle que le sceau n° 3 a scellée" in faults()[0]


@pytest.mark.parametrize(
    "change",
    ["digest = '" + "0" * 64 + "'", "sealed_at = '2028-03-02 11:00:00+00:00'", "entry_id = 999"],
)
def test_a_seal_changed_is_told(entries, change):
    change = change if connection.vendor == "postgresql" else change.replace("+00:00", "")
    tamper(f"UPDATE pledges_seal SET {change} WHERE position = 4")

    assert "n° 4" in faults()[0]


def test_words_changed_are_named(entries):
    tamper("UPDATE pledges_wording SET reason = 'Autre.'")

    assert faults() == [f"{named(entries[5])} : ses mots ont été modifiés."]


def test_words_added_are_named(entries):
    Wording.objects.create(entry=entries[1], reason="Je l’aurais dit.")

    assert faults() == [f"{named(entries[1])} : des mots lui ont été ajoutés."]


def test_words_removed_that_nobody_asked_to_erase_are_named(entries):
    pledge = PledgeFactory(in_review=True)
    with time_machine.travel(NOON, tick=False):
        record(Act.DATA_ERASED, pledge)
        declined = record(Act.PLEDGE_DECLINED, pledge, by=UserFactory(), reason="Écrit après l’effacement.")
    execute("DELETE FROM pledges_wording")

    removed = "ses mots ont disparu, sans que personne ait demandé leur effacement."
    assert faults() == [f"{named(entries[5])} : {removed}", f"{name(declined)} : {removed}"]


def test_a_tail_cut_off_is_seen_by_whoever_noted_the_head(entries):
    head = Seal.objects.head()
    with unguarded():
        execute("DELETE FROM pledges_seal WHERE position > 7")
        execute("DELETE FROM pledges_journalentry WHERE id > %s", entries[6].pk)

    assert "7 entrées scellées" in told()
    assert faults(expect=head) == ["La chaîne s’arrête au n° 7 : elle allait au moins jusqu’au n° 10."]


def test_a_chain_made_anew_with_the_key_is_seen_by_whoever_noted_the_head(entries):
    head = Seal.objects.head()
    entry = entries[3]
    entry.details["number"] = 40
    with unguarded():
        execute("DELETE FROM pledges_seal")
        JournalEntry.objects.filter(pk=entry.pk).update(details=entry.details, mac=chain.sign(entry.content))
    seal_journal()

    assert "10 entrées scellées" in told()
    assert faults(expect=head) == ["Le sceau n° 10 n’a plus l’empreinte notée : la chaîne a été réécrite avant lui."]


def test_a_head_noted_long_ago_is_still_in_the_chain(entries):
    head = Seal.objects.head()
    record_at_large(Act.CHARTER_LOADED)

    assert f"à noter ailleurs : {Seal.objects.head()}".replace(" :", "\N{NO-BREAK SPACE}:") in told(expect=head)


def test_what_is_no_head_is_refused():
    with pytest.raises(CommandError, match="NOMBRE:EMPREINTE"):
        call_command("verify_journal", "--expect", "10:abc")


# --- Keys, databases, people ---


def test_a_key_replaced_keeps_what_it_signed_when_it_is_a_fallback(entries, settings):
    settings.JOURNAL_KEY_FALLBACKS = [settings.JOURNAL_KEY]
    settings.JOURNAL_KEY = settings.SECRET_KEY = "another key, that signs from now on"
    record_at_large(Act.CHARTER_LOADED)

    assert "11 entrées scellées" in told()

    settings.JOURNAL_KEY_FALLBACKS = []
    settings.SECRET_KEY = settings.JOURNAL_KEY
    assert len(faults()) == 10  # all but the eleventh, that the key of today has signed


def test_a_secret_key_replaced_keeps_what_it_signed_while_it_is_the_journal_s_too(entries, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.JOURNAL_KEY = settings.SECRET_KEY = "another key, that signs from now on"

    assert "10 entrées scellées" in told()


def test_the_portal_s_secret_signs_nothing_in_a_journal_that_has_a_key_apart(settings):
    settings.SECRET_KEY_FALLBACKS = ["the portal's secret of before"]
    forged, link = chain.sign("{}"), chain.sign_link(chain.NOTHING)
    settings.JOURNAL_KEY = "a key kept apart from the portal's secret"
    apart = [chain.is_signed("{}", forged), chain.is_signed_link(chain.NOTHING, link)]

    settings.JOURNAL_KEY = "the portal's secret of before"
    older = chain.sign("{}")
    settings.JOURNAL_KEY = "a key kept apart from the portal's secret"

    assert (apart, chain.is_signed("{}", older)) == ([False, False], False)


def test_the_secret_that_signed_before_a_key_apart_is_named_among_the_journal_s(entries, settings):
    settings.JOURNAL_KEY = "a key kept apart from the portal's secret"
    without = faults()

    settings.JOURNAL_KEY_FALLBACKS = [settings.SECRET_KEY]

    assert len(without) == 10
    assert "10 entrées scellées" in told()


def test_erasing_a_person_leaves_the_chain_whole():
    pledge = confirm(submit(headed_list(), statement="Mes mots."))
    review.publish(pledge, by=UserFactory(), identity_check=IdentityCheck.OFFICIAL_LIST)

    personal_data.erase("tete@example.org")

    assert "aucune modifiée, ôtée ni ajoutée." in told()
    assert "0 intacts, 1 effacés à la demande d’une personne." in told()


def test_a_backup_brings_back_the_same_chain(tmp_path):
    """To the second that JSON keeps: a backup by `dumpdata` has no microseconds."""
    pledge = PledgeFactory(in_review=True)
    record(Act.PLEDGE_DECLINED, pledge, by=UserFactory(), reason="Un doute.", share=0.1, big=1e23, whole=2.0)
    head = Seal.objects.head()
    objects = [JournalEntry, Seal, Wording]
    dump = [serializers.serialize("json", model.objects.order_by("pk")) for model in objects]
    with unguarded():
        for model in reversed(objects):
            execute(f"DELETE FROM {model._meta.db_table}")

    for text in dump:
        for restored in serializers.deserialize("json", text):
            restored.save()

    assert json.loads(dump[0])[0]["fields"]["at"][-5:] != "00:00"
    assert "1 entrée scellée" in told(expect=head)


def test_the_form_of_an_entry_is_the_same_on_all_databases():
    entry = JournalEntry(
        uid=uuid.UUID(int=1),
        act=Act.PLEDGE_DECLINED,
        at=NOON.astimezone(datetime.timezone(datetime.timedelta(hours=2))),
        pledge_id=3,
        details={"é": "œ\n\u2028", "b": [1.0, 1e23, -0.0, 0.1, 1e-7, True, None], "a": {"z": 1, "y": "2"}},
    )

    assert entry.content == (
        '{"act":"pledge.declined","at":"2028-03-01T11:00:00.123+00:00","by":null,'
        '"details":{"a":{"y":"2","z":1},"b":[1,100000000000000000000000,0,0.1,1e-07,true,null],'
        '"\\u00e9":"\\u0153\\n\\u2028"},"election":null,"pledge":3,"reason":"","region":null,'
        '"uid":"00000000-0000-0000-0000-000000000001"}'
    )
    entry.mac = chain.sign(entry.content)
    entry.save()
    assert JournalEntry.objects.get().content == entry.content


def test_a_number_that_no_database_keeps_is_refused():
    with pytest.raises(ValueError, match="JSON compliant"):
        record_at_large(Act.CHARTER_LOADED, share=float("inf"))


def test_all_that_an_entry_says_is_signed():
    signed = set(json.loads(JournalEntry(at=NOON).content))

    assert signed == {field.name for field in JournalEntry._meta.concrete_fields} - {"id", "mac"}


@pytest.mark.timeout(180)
@pytest.mark.any_database
def test_entries_written_before_the_chain_join_it():
    executor = MigrationExecutor(connection)
    executor.migrate([("pledges", "0011_desk")])
    old = MigrationExecutor(connection).loader.project_state([("pledges", "0011_desk")]).apps
    for number in range(3):
        old.get_model("pledges", "JournalEntry").objects.create(
            act="charter.loaded", at=timezone.now(), details={"number": number}
        )

    call_command("migrate", verbosity=0)

    assert "3 entrées scellées" in told()
    with pytest.raises(IntegrityError):
        JournalEntry.objects.update(act="autre")


@pytest.mark.timeout(180)
@pytest.mark.any_database
def test_seals_made_before_they_were_signed_are_signed(entries):
    MigrationExecutor(connection).migrate([("pledges", "0016_mails_to_accounts")])

    call_command("migrate", verbosity=0)

    assert "10 entrées scellées" in told()
    with pytest.raises(IntegrityError):
        Seal.objects.update(mac="")


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("table", ["pledges_journalentry", "pledges_seal", "pledges_wording", "regions_user"])
def test_emptying_a_table_at_one_stroke_is_refused(entries, table):
    with pytest.raises(IntegrityError), transaction.atomic():
        execute(f"TRUNCATE {table} CASCADE")

    assert JournalEntry.objects.count() == 10
