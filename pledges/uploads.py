"""Receiving a large file: to disk, and no more of it than is allowed."""

from typing import Any

from django.core.files.uploadhandler import SkipFile, StopUpload, TemporaryFileUploadHandler

# Up to there, what is too large is read to its end and dropped, so that the browser shows our sentence; beyond, the
# connection is cut.
_HEARD_OUT = 4


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Keep a file on disk while it comes, and drop it as soon as it is larger than the limit.

    ``is_too_large`` then says so: the file is not among those of the request.
    """

    def __init__(self, limit: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.limit = limit
        self.announced = 0
        self.is_too_large = False

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:  # noqa: N803
        """Note how much is coming, before any of it is read."""
        self.announced = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.is_too_large = self.announced > self.limit + 1024 * 1024  # what is around the file weighs less
        if self.announced > self.limit * _HEARD_OUT:
            raise StopUpload(connection_reset=True)
        if self.is_too_large:
            raise SkipFile
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > self.limit:
            self.is_too_large = True
            raise SkipFile
        super().receive_data_chunk(raw_data, start)
