"""Files that come from outside: none is trusted for its name, its declared type or its first bytes."""

from resources.files.receiving import Received, RefusedFileError, receive

__all__ = ["Received", "RefusedFileError", "receive"]
