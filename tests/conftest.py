"""What every test may use: mail over a real SMTP server, actions in parallel, and no way out of this machine."""

import email
import ipaddress
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default as modern_policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.cache import cache
from django.db import connection, connections
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import Client

from regions.models import User
from tests.desk.acts import enter


class LeftThisMachineError(AssertionError):
    """A test reached for the network."""


def is_here(host: str | bytes | None) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def no_way_out() -> Iterator[None]:
    """Refuse connections and name look-ups beyond loopback."""
    patch = pytest.MonkeyPatch()

    def guarded(real: Callable[..., Any]) -> Callable[..., Any]:
        def connect(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and not is_here(address[0]):
                raise LeftThisMachineError(address)
            return real(self, address)

        return connect

    real_look_up = socket.getaddrinfo

    def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not is_here(host):
            raise LeftThisMachineError(host)
        return real_look_up(host, *args, **kwargs)

    patch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
    patch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))
    patch.setattr(socket, "getaddrinfo", look_up)
    yield
    patch.undo()


# --- Database ---


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep SQLite's test database in a file: threads then meet in it as they do in production.

    In memory it would be one connection shared by all: no lock, no wait, nothing proved.
    """
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Let the tests empty the append-only tables between two tests.

    Django empties a SQLite table with DELETE and a PostgreSQL one with TRUNCATE: our triggers refuse both.
    """
    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def flush_as_a_replica(self: BaseDatabaseOperations, statements: list[str]) -> None:
        flush(self, ["SET LOCAL session_replication_role = replica", *statements])

    def flush_without_triggers(self: BaseDatabaseOperations, statements: list[str]) -> None:
        self.connection.ensure_connection()
        raw = self.connection.connection
        raw.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False)
        try:
            flush(self, statements)
        finally:
            raw.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, True)

    with pytest.MonkeyPatch.context() as patch:
        sqlite = connection.vendor == "sqlite"
        patch.setattr(operations, "execute_sql_flush", flush_without_triggers if sqlite else flush_as_a_replica)
        yield


@pytest.fixture
def in_threads() -> Callable[[Callable[[], Any], int], list[Any]]:
    """Run a function in several threads at the very same moment: what each returned or raised.

    Ask for ``@pytest.mark.django_db(transaction=True)``: threads see only what is committed.
    """

    def run(function: Callable[[], Any], count: int) -> list[Any]:
        barrier = threading.Barrier(count, timeout=30)

        def attempt() -> Any:
            try:
                barrier.wait()
                return function()
            except Exception as error:  # noqa: BLE001  handed to the test, which judges it
                return error
            finally:
                connections.close_all()

        with ThreadPoolExecutor(max_workers=count) as pool:
            return [future.result() for future in [pool.submit(attempt) for _ in range(count)]]

    return run


# --- The desk ---


@pytest.fixture
def admin_client(admin_user: User, client: Client) -> Client:
    """An administrator at the desk."""
    return enter(client, admin_user)


# --- Files and cache ---


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Any) -> None:
    """Write nothing into the developer's own files."""
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DEMO_MAIL_DIR = tmp_path / "mails"


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    yield
    cache.clear()


# --- Mail ---


class Received(EmailMessage):
    """A mail as it arrived. Its content is what it says in plain text; ``html`` is its other form."""

    def get_content(self, *args: Any, **kwargs: Any) -> Any:
        if not self.is_multipart():
            return super().get_content(*args, **kwargs)
        return self.get_body(("plain",)).get_content()

    @property
    def html(self) -> str:
        return self.get_body(("html",)).get_content()


class Mailbox:
    """An SMTP server on loopback, and what it received, oldest first. ``refusal`` is answered to the next mails."""

    def __init__(self) -> None:
        self.messages: list[Received] = []
        self.refusal = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        if self.refusal:
            return self.refusal
        policy = modern_policy.clone(message_factory=Received)
        message = email.message_from_bytes(envelope.content.replace(b"\r\n", b"\n"), policy=policy)
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.messages.append(message)
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def smtp_server(mailbox: Mailbox) -> Iterator[int]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@pytest.fixture
def smtp(settings: Any) -> Iterator[Mailbox]:
    """Send the portal's mails for real, to a server of ours: ``smtp.messages`` holds them, parsed."""
    mailbox = Mailbox()
    with smtp_server(mailbox) as port:
        settings.MAILERS = {
            "default": {
                "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 5},
            },
        }
        yield mailbox
