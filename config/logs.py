"""What the log lines of every process leave out."""

import logging
import re

# What a link sent by mail ends with: whoever reads it in a log could open a signer's page.
TOKEN = re.compile(r"(/signer/[a-z/-]+/)[\w-]{43}(?![\w-])")


class HideTokens(logging.Filter):
    """Write « … » in place of the token of an address, whatever the line is about."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = TOKEN.sub(r"\1…", record.getMessage()), ()
        return True
