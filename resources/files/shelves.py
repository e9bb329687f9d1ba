"""Where the files of the resources are kept: a folder of the portal's, or a bucket that speaks S3.

Neither has addresses of its own: the portal alone gives these files, under the names and the headers that it chooses.
"""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage

BLOCK = 256 * 1024  # bytes read at once


class Folder(FileSystemStorage):
    """A folder of ``DATA_DIR``, which no server publishes."""

    @property
    def base_location(self) -> Path:
        return Path(settings.DATA_DIR) / "resources"

    @property
    def location(self) -> str:
        return os.path.abspath(self.base_location)  # noqa: PTH100  not resolved: a folder may be a link elsewhere

    def url(self, name: str | None) -> NoReturn:
        raise _no_address(name)


class Bucket(Storage):
    """A bucket at any provider that speaks S3. The keys are those of boto3: its variables, or its files."""

    def __init__(self, bucket: str, endpoint: str = "", region: str = "") -> None:
        self.bucket = bucket
        self.endpoint = endpoint
        self.region = region

    @cached_property
    def client(self) -> Any:
        """The client, made when it is first asked for: a folder never loads it."""
        import boto3  # noqa: PLC0415  a quarter of a second
        from botocore.config import Config  # noqa: PLC0415

        # Not every store knows the checksums that Amazon added in 2025.
        config = Config(
            connect_timeout=5,
            read_timeout=20,
            retries={"max_attempts": 3, "mode": "standard"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return boto3.session.Session().client(
            "s3", endpoint_url=self.endpoint or None, region_name=self.region or None, config=config
        )

    def exists(self, name: str) -> bool:
        return self._head(name) is not None

    def size(self, name: str) -> int:
        return int(self._described(name)["ContentLength"])

    def delete(self, name: str) -> None:
        with _faults():
            self.client.delete_object(Bucket=self.bucket, Key=name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Its files; it has no folders."""
        with _faults():
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
            return [], [found["Key"] for page in pages for found in page.get("Contents", [])]

    def get_modified_time(self, name: str) -> datetime:
        modified: datetime = self._described(name)["LastModified"]
        return modified

    def url(self, name: str | None) -> NoReturn:
        raise _no_address(name)

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        if mode != "rb":
            raise ValueError("A file of a bucket is read, or saved whole.")
        return File(io.BufferedReader(_Stream(self, name, self.size(name)), BLOCK), name=name)

    def _save(self, name: str, content: "File[Any]") -> str:
        content.seek(0)
        with _faults():
            self.client.put_object(Bucket=self.bucket, Key=name, Body=content, ContentType="application/octet-stream")
        return name

    def _described(self, name: str) -> dict[str, Any]:
        head = self._head(name)
        if head is None:
            raise FileNotFoundError(name)
        return head

    def _head(self, name: str) -> dict[str, Any] | None:
        """What the bucket says of a file; None if it has none of this name."""
        try:
            with _faults():
                head: dict[str, Any] = self.client.head_object(Bucket=self.bucket, Key=name)
        except FileNotFoundError:
            return None
        return head


@contextmanager
def _faults() -> Iterator[None]:
    """Say in Python's own words what went wrong at the bucket: callers know no other storage than files.

    :raises FileNotFoundError: If it has no such file.
    :raises OSError: If it does not answer, or refuses.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  the client has loaded it

    try:
        yield
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        raise (FileNotFoundError if status == 404 else OSError)(str(error)) from error
    except BotoCoreError as error:
        raise OSError(str(error)) from error


class _Stream(io.RawIOBase):
    """A file of a bucket, asked for from where it is read and no further than it is read."""

    def __init__(self, shelf: Bucket, name: str, size: int) -> None:
        self.shelf = shelf
        self.name = name
        self.length = size
        self.at = 0
        self.body: Any = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        place = offset + (0, self.at, self.length)[whence]
        if place != self.at:
            self._drop()
        self.at = place
        return place

    def readinto(self, buffer: Any) -> int:
        if self.at >= self.length:
            return 0
        with _faults():
            if self.body is None:
                asked = {"Bucket": self.shelf.bucket, "Key": self.name, "Range": f"bytes={self.at}-"}
                self.body = self.shelf.client.get_object(**asked)["Body"]
            found = self.body.read(len(buffer))
        buffer[: len(found)] = found
        self.at += len(found)
        return len(found)

    def close(self) -> None:
        self._drop()
        super().close()

    def _drop(self) -> None:
        if self.body is not None:
            self.body.close()
            self.body = None


def _no_address(name: str | None) -> ValueError:
    return ValueError(f"{name}: the portal alone gives it, and not by an address of its storage.")
