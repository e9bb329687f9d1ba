"""The fingerprint of a file that someone sends, without keeping the file, in memory or on disk."""

import hashlib
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class DigestedFile(UploadedFile[bytes]):
    """What is left of a file sent: its name, its size, and its SHA-256 when it is not larger than the limit."""

    def __init__(self, sha256: str, **kwargs: Any) -> None:
        super().__init__(file=None, **kwargs)
        self.sha256 = sha256


class DigestUploadHandler(FileUploadHandler):
    """Hash each piece as it comes and drop it."""

    chunk_size = 64 * 1024

    def __init__(self, limit: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.limit = limit

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.hash = hashlib.sha256()
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received <= self.limit:
            self.hash.update(raw_data)

    def file_complete(self, file_size: int) -> DigestedFile:
        sha256 = self.hash.hexdigest() if file_size <= self.limit else ""
        return DigestedFile(sha256, name=self.file_name, size=file_size, content_type=self.content_type)
