"""The database refuses changes, on both engines, whatever a migration does to the table."""

import datetime

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, migrations, models, transaction
from django.db.migrations.state import ProjectState
from django.utils import timezone

from pledges.enums import Act
from pledges.models import Charter, JournalEntry, Principle
from regions.constraints import RefuseChange

DECLARED = [
    pytest.param(model, constraint, id=constraint.name)
    for model in apps.get_models()
    for constraint in model._meta.constraints
    if isinstance(constraint, RefuseChange)
]


def triggers(table):
    """The names of the triggers that guard this table, as the database itself lists them."""
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
        "postgresql": "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE NOT tgisinternal AND relname = %s",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query, [table])
        return {name for [name] in cursor.fetchall()}


def refuses(change):
    """Whether the database refuses this write for breaking a rule."""
    try:
        with transaction.atomic():
            change()
    except IntegrityError:
        return True
    return False


@pytest.fixture
def charter():
    charter = Charter.objects.create(
        version="2021", title="Charte", addressed_to="Aux listes", source="Les réseaux", sha256="0" * 64
    )
    charter.principles.create(number=1, statement="Un énoncé.", short="Un", explanation="En clair.")
    return charter


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "constraint"), DECLARED)
def test_each_declared_rule_has_its_triggers(model, constraint):
    events = [event for event in constraint.events if connection.vendor == "postgresql" or event != "TRUNCATE"]
    expected = {f"{constraint.name}_{event.lower()}" for event in events}

    assert expected <= triggers(model._meta.db_table)


@pytest.mark.django_db
def test_the_journal_is_append_only():
    entry = JournalEntry.objects.create(act=Act.CHARTER_LOADED, at=timezone.now(), reason="première")

    assert refuses(lambda: JournalEntry.objects.update(reason="autre"))
    assert refuses(lambda: JournalEntry.objects.filter(pk=entry.pk).delete())
    assert refuses(entry.save)
    assert JournalEntry.objects.get().reason == "première"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [{"version": "2022"}, {"title": "Autre"}, {"addressed_to": "À d’autres"}, {"sha256": "1" * 64}],
    ids=lambda change: next(iter(change)),
)
def test_the_text_of_a_charter_is_written_once(charter, change):
    assert refuses(lambda: Charter.objects.update(**change))


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"statement": "Autre."}, {"number": 2}], ids=lambda change: next(iter(change)))
def test_the_statement_of_a_principle_is_written_once(charter, change):
    assert refuses(lambda: Principle.objects.update(**change))


@pytest.mark.django_db
def test_what_is_no_part_of_the_text_may_be_corrected(charter):
    Charter.objects.update(source="Les réseaux de l’ESS")
    Principle.objects.update(short="Premier", explanation="Plus clair.")

    assert charter.principles.get().explanation == "Plus clair."


# --- Migrations ---


@pytest.fixture
def history():
    """An invented table, and the means to take it through migrations, forward and back."""

    class History:
        def __init__(self):
            self.states = [ProjectState()]
            self.operations = []

        def apply(self, operation):
            after = self.states[-1].clone()
            operation.state_forwards("history", after)
            with connection.schema_editor() as editor:
                operation.database_forwards("history", editor, self.states[-1], after)
            self.states.append(after)
            self.operations.append(operation)

        def revert(self):
            operation, before = self.operations.pop(), self.states.pop()
            with connection.schema_editor() as editor:
                operation.database_backwards("history", editor, before, self.states[-1])

        @property
        def Note(self):  # noqa: N802  a model
            return self.states[-1].apps.get_model("history", "note")

    history = History()
    yield history
    while history.operations:
        history.revert()


NOTE = [("id", models.BigAutoField(primary_key=True)), ("words", models.TextField())]
WRITTEN_ONCE = RefuseChange(
    name="note_is_written_once",
    events=("UPDATE",),
    when="OLD.words {op} NEW.words",
    violation_error_message="A note is written once.",
)
APPEND_ONLY = RefuseChange(name="note_is_append_only", violation_error_message="Notes follow one another.")


def create_note(*constraints):
    return migrations.CreateModel("Note", NOTE, options={"constraints": list(constraints)})


@pytest.mark.django_db(transaction=True)
def test_a_rule_created_with_its_table_or_after_it_is_the_same(history):
    history.apply(create_note(WRITTEN_ONCE))
    history.apply(migrations.AddConstraint("note", APPEND_ONLY))

    assert triggers("history_note") == {
        "note_is_written_once_update",
        "note_is_append_only_update",
        "note_is_append_only_delete",
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "rebuild",
    [
        pytest.param(
            migrations.AddField("note", "day", models.DateField(default=datetime.date(2021, 6, 20))), id="add a field"
        ),
        pytest.param(migrations.AlterField("note", "words", models.TextField(null=True)), id="alter a field"),
        pytest.param(migrations.RenameField("note", "id", "number"), id="rename a field"),
        pytest.param(
            migrations.AddConstraint("note", models.CheckConstraint(condition=~models.Q(words=""), name="note_says")),
            id="add a constraint",
        ),
    ],
)
def test_a_migration_that_rebuilds_the_table_keeps_its_rules(history, rebuild):
    history.apply(create_note(WRITTEN_ONCE, APPEND_ONLY))
    history.Note.objects.create(words="avant")
    before = triggers("history_note")

    history.apply(rebuild)

    assert triggers("history_note") == before
    assert len(before) == 3
    assert refuses(lambda: history.Note.objects.update(words="après"))
    assert refuses(lambda: history.Note.objects.all().delete())
    assert history.Note.objects.get().words == "avant"
    history.revert()
    assert triggers("history_note") == before


@pytest.mark.django_db(transaction=True)
def test_taking_a_rule_away_and_back(history):
    history.apply(create_note(WRITTEN_ONCE))
    history.apply(migrations.RemoveConstraint("note", "note_is_written_once"))
    history.Note.objects.create(words="avant")
    assert triggers("history_note") == set()
    assert history.Note.objects.update(words="après") == 1

    history.revert()

    assert triggers("history_note") == {"note_is_written_once_update"}
    assert refuses(lambda: history.Note.objects.update(words="encore"))


@pytest.mark.django_db(transaction=True)
def test_adding_a_rule_can_be_reverted(history):
    history.apply(create_note())
    history.apply(migrations.AddConstraint("note", APPEND_ONLY))

    history.revert()

    assert triggers("history_note") == set()


@pytest.mark.django_db(transaction=True)
def test_an_event_that_no_rule_names_goes_through(history):
    history.apply(create_note(WRITTEN_ONCE))
    history.Note.objects.create(words="avant")

    assert history.Note.objects.update(words="avant") == 1
    assert history.Note.objects.all().delete() == (1, {"history.Note": 1})


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(120)
def test_the_migrations_of_the_app_go_back_and_forth():
    tables = {model._meta.db_table: triggers(model._meta.db_table) for model, _ in (p.values for p in DECLARED)}

    call_command("migrate", "pledges", "zero", verbosity=0)
    call_command("migrate", "regions", "0001", verbosity=0)
    assert all(triggers(table) == set() for table in tables)
    call_command("migrate", verbosity=0)

    assert {table: triggers(table) for table in tables} == tables
