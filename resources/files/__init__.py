"""Files that come from outside: none is trusted for its name, its declared type or its first bytes."""

from resources.examining.families import LARGEST
from resources.files.receiving import Received, RefusedFileError, receive

__all__ = ["LARGEST", "Received", "RefusedFileError", "receive"]
