"""A prefix look-up that uses the plain index on both databases."""

from typing import Any

from django.db import models
from django.db.models.lookups import Lookup, StartsWith

_LAST_CHARACTER = "\U0010ffff"


@models.CharField.register_lookup
class Prefix(Lookup[bool]):
    """``norm__prefix="saint"``: what begins so, case included. The right-hand side is a plain string.

    PostgreSQL answers a LIKE from the index Django adds for it; SQLite's LIKE ignores case, so ignores the index:
    there the same question is put as a range.
    """

    lookup_name = "prefix"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        # Django finds the operator by the look-up's name: the question is put under the name it knows.
        condition, params = StartsWith(self.lhs, self.rhs).as_sql(compiler, connection)
        return condition, tuple(params)

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"({column} >= %s AND {column} < %s)", (*params, self.rhs, *params, f"{self.rhs}{_LAST_CHARACTER}")
