"""Reading rows that someone may have written by SQL: one that cannot be loaded must not hide the others."""

from django.db import DataError, OperationalError, connection
from django.db.models import Model, QuerySet

UNREADABLE = (ValueError, TypeError, AttributeError, OverflowError, RecursionError, DataError)
"""What Django and the drivers raise at a value that is none of its column: a date in letters, a number without end."""


def read[M: Model](rows: QuerySet[M]) -> list[tuple[int, M | None]]:
    """These rows with their keys, in order; in place of a row that cannot be loaded, nothing.

    :param rows: They may be sliced. One query, unless one of them cannot be loaded.
    """
    try:
        return [(row.pk, row if _is_whole(row) else None) for row in rows.all()]
    except (*UNREADABLE, OperationalError):
        keys = list(rows.values_list("pk", flat=True))
        return [(key, _read_one(rows.model, key)) for key in keys]


def _is_whole(row: Model) -> bool:
    """Whether every column that always holds something does: on SQLite a date in letters is read as none."""
    return all(field.null or getattr(row, field.attname) is not None for field in row._meta.concrete_fields)


def _read_one[M: Model](model: type[M], key: int) -> M | None:
    try:
        row = model._base_manager.filter(pk=key).first()
        return row if row and _is_whole(row) else None
    except UNREADABLE:
        return None
    except OperationalError:  # on SQLite, of a text that is not UTF-8; or the database is gone
        if connection.is_usable():
            return None
        raise
