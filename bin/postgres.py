"""A PostgreSQL server for the time of the tests: its own folder, its own socket, gone at the end."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 30
# What makes a server safe against a power cut makes tests slow; this one has nothing to lose.
FAST = ("--fsync=off", "--synchronous_commit=off", "--full_page_writes=off")
# Tests leave nothing in their tables: what it would learn of them in the middle of a run is never true.
CALM = ("--autovacuum=off",)
SERVER = (*FAST, *CALM, "--max_connections=200", "--listen_addresses=")  # no port: a socket in a private folder
LOCALE = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
CLUSTER = ("--username=portal", "--auth=trust", "--encoding=UTF8", f"--locale={LOCALE}", "--no-sync")


class PostgresError(Exception):
    """The server could not be made; the text says why, in French."""


def find_binaries() -> Path | None:
    """The folder of the newest `initdb` and `postgres` of this machine."""
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/opt/homebrew/opt").glob("postgresql@*/bin")]
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    complete = [folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()]
    return max(complete, key=version, default=None)


def version(folder: Path) -> int:
    """15 for « postgres (PostgreSQL) 15.18 (Debian…) »."""
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.split(")")[1].split(".")[0])


def server_user() -> str:
    """PostgreSQL refuses to run as root: then as someone with fewer rights."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def run_as(user: pwd.struct_passwd, *command: str | Path, log: Path) -> subprocess.Popen[bytes]:
    """Start a command as this user, which only root may choose; what it says goes to the log."""
    is_root = os.geteuid() == 0
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            user=user.pw_uid if is_root else None,
            group=user.pw_gid if is_root else None,
            extra_groups=[] if is_root else None,
            cwd=log.parent,
            stdout=output,
            stderr=output,
        )


def last_words(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "sans un mot"


@contextmanager
def temporary_server(binaries: Path) -> Iterator[str]:
    """Start a server, give its DATABASE_URL, stop it. It listens on a socket in a private folder, on no port."""
    user = pwd.getpwnam(server_user())
    with tempfile.TemporaryDirectory(prefix="ess-pg-") as name:
        folder, log = Path(name), Path(name) / "log"
        os.chown(folder, user.pw_uid, user.pw_gid)
        data = f"--pgdata={folder / 'data'}"
        if run_as(user, binaries / "initdb", data, *CLUSTER, log=log).wait():
            raise PostgresError(f"initdb a échoué : {last_words(log)}")
        socket = f"--unix_socket_directories={folder}"
        server = run_as(user, binaries / "postgres", "-D", folder / "data", *SERVER, socket, log=log)
        try:
            wait_until_ready(binaries, server, log)
            yield f"postgres://portal@/{folder}/postgres"
        finally:
            server.send_signal(signal.SIGINT)  # a fast stop: whoever is still connected is cut off
            try:
                server.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def wait_until_ready(binaries: Path, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        if subprocess.run([binaries / "pg_isready", "-q", "-h", log.parent], check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise PostgresError(f"le serveur n’a pas démarré : {last_words(log)}")
