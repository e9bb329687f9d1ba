"""Rules about change, that a CHECK constraint cannot say: enforced by triggers on both databases."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.models.constraints import BaseConstraint

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


class RefuseChange(BaseConstraint):
    """Refuse to UPDATE or DELETE rows, always or when a condition on OLD and NEW holds; or to TRUNCATE the table.

    ``when`` is SQL that both databases read; ``{op}`` in it stands for their « is distinct from ». It says nothing of
    TRUNCATE, which looks at no row; SQLite has none: there it is a DELETE of every row.
    Declared among a model's constraints, so a SQLite table that a migration rebuilds gets its triggers back.

    >>> RefuseChange(name="journal_is_append_only", violation_error_message="The journal is append-only.")
    """

    def __init__(
        self,
        *,
        name: str,
        events: Sequence[str] = ("UPDATE", "DELETE"),
        when: str = "",
        violation_error_message: "StrOrPromise",
    ) -> None:
        super().__init__(name=name, violation_error_message=violation_error_message)
        self.events = tuple(events)
        self.when = when

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RefuseChange) and self.deconstruct() == other.deconstruct()

    __hash__ = BaseConstraint.__hash__

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "events": self.events, "when": self.when}

    def constraint_sql(self, model: Any, schema_editor: Any) -> str:
        """Leave the triggers for after the table: they are no part of its definition."""
        schema_editor.deferred_sql.extend(self._statements(model, schema_editor))
        return ""

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        """Add the triggers to a table that exists. (SQLite never asks: it rebuilds the table.)"""
        return ";\n".join(map(str, self._statements(model, schema_editor)))

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        quote = schema_editor.quote_name
        table = quote(model._meta.db_table)
        drops = [f"DROP TRIGGER {quote(self._trigger(event))} ON {table}" for event in self.events]
        return ";\n".join([*drops, f"DROP FUNCTION {quote(self._function)}()"])

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to say before the write: a form does not offer what this refuses."""

    @property
    def _function(self) -> str:
        return f"{self.name}_refuse"

    def _trigger(self, event: str) -> str:
        return f"{self.name}_{event.lower()}"

    def _statements(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> list[Statement]:
        """What creates the triggers, the table kept as a reference: Django renames it while it rebuilds a table."""
        quote = schema_editor.quote_name
        table = Table(model._meta.db_table, quote)
        postgresql = schema_editor.connection.vendor == "postgresql"
        refuse = quote(self._function)
        statements = []
        if postgresql:
            statements.append(
                f"CREATE OR REPLACE FUNCTION {refuse}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{self.name}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
        for event in self.events:
            if event == "TRUNCATE" and not postgresql:
                continue
            when = self.when.format(op="IS DISTINCT FROM" if postgresql else "IS NOT")
            condition = f"WHEN ({when}) " if when and event != "TRUNCATE" else ""
            body = f"EXECUTE FUNCTION {refuse}()" if postgresql else f"BEGIN SELECT RAISE(ABORT, '{self.name}'); END"
            each = "STATEMENT" if event == "TRUNCATE" else "ROW"
            statements.append(
                f"CREATE TRIGGER {quote(self._trigger(event))} BEFORE {event} ON %(table)s FOR EACH {each}"
                f" {condition}{body}"
            )
        return [Statement(statement, table=table) for statement in statements]
