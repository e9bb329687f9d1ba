"""The public addresses: French, stable, one view each.

`reading` is in every language, `signing` and `files` in French alone.
"""

from django.urls import register_converter


class Key:
    """A row's number in an address: never longer than the database can hold."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(Key, "key")
