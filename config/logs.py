"""What the logs must not keep: the address of a page that a mail's link opens is a key to it."""

import logging
import re

_KEYS = re.compile(
    r"(/signer/(?:confirmer|ma-page|invitation|adresse/\w+)/|/verifier/|/admin/bienvenue/[^/\s?]+/)[^/\s?]+"
)


def without_keys(text: str) -> str:
    """A line of log with its links cut: ``/signer/confirmer/…``."""
    return _KEYS.sub(r"\1…", text)


class HideKeys(logging.Filter):
    """Cut the links that a record holds, in its message, its arguments and its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_keys(record.getMessage()), None
        if record.exc_info:
            record.exc_text = without_keys(logging.Formatter().formatException(record.exc_info))
        return True
