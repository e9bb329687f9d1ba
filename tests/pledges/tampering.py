"""What someone who holds the database can do to it, and nobody else: SQL, with the triggers and the keys put aside."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def unguarded() -> Iterator[None]:
    """Let anything be written. Ask for ``@pytest.mark.django_db(transaction=True)``."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        connection.connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False)
        on, off = "PRAGMA foreign_keys = ON", "PRAGMA foreign_keys = OFF"
    else:
        on, off = "SET session_replication_role = DEFAULT", "SET session_replication_role = replica"
    try:
        execute(off)
        yield
    finally:
        execute(on)
        if connection.vendor == "sqlite":
            connection.connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, True)


def execute(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def tamper(statement: str, *parameters: object) -> None:
    """Run one statement that the database would refuse."""
    with unguarded():
        execute(statement, *parameters)
