"""The portal under its real server, as in production: gunicorn, its static files hashed and compressed."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from django.conf import settings

from tests.conftest import free_port


def production(folder: Path, **changes: str) -> dict[str, str]:
    """The environment of a portal of its own, that keeps all it has in this folder."""
    port = free_port()
    return (
        os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "DATABASE_URL": f"sqlite:///{folder / 'portal.sqlite3'}",
            "DATA_DIR": str(folder),
            "STATIC_ROOT": str(folder / "static"),
            "DEBUG": "0",
            "DEMO": "0",
            "HTTPS": "0",
            "BEHIND_PROXY": "0",
            "PROXY_COUNT": "0",
            "TASKS_BACKEND": "database",
            "PORT": str(port),
            "SITE_URL": f"http://127.0.0.1:{port}",
            "WEB_CONCURRENCY": "2",
        }
        | changes
    )


def prepare(variables: dict[str, str], *commands: list[str]) -> None:
    """Make the tables and the static files, then run these management commands."""
    for command in (["migrate", "-v0"], ["collectstatic", "--no-input", "-v0"], *commands):
        arguments = [sys.executable, "manage.py", *command]
        subprocess.run(arguments, cwd=settings.BASE_DIR, env=variables, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def served(variables: dict[str, str], log: Path) -> Iterator[int]:
    """Start the server, and stop it on the way out: the port where it answers."""
    port = int(variables["PORT"])
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
    with log.open("w") as words:
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=variables, stdout=words, stderr=words)
        try:
            deadline = time.monotonic() + 60
            while process.poll() is None and time.monotonic() < deadline and not _answers(port):
                time.sleep(0.1)
            yield port
        finally:
            process.terminate()
            process.wait(20)


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", "/sante/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
