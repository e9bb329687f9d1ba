"""`make demo`: a whole portal on 127.0.0.1, with an invented election. PORT, DEMO_DATA_DIR and RESET=1 change it."""

import os
import secrets
import shutil
from pathlib import Path

from launch import ROOT, become_server, data_directory, free_port, manage, stop

# What a demonstration leaves in its folder: RESET=1 removes these, and nothing else that may be there.
DATABASE = ("portal.sqlite3", "portal.sqlite3-wal", "portal.sqlite3-shm")
OURS = (*DATABASE, "secret", "static", "media", "imports", "mails", "erreur.txt")


def reset(folder: Path) -> None:
    for path in (folder / name for name in OURS):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def secret(folder: Path) -> str:
    """The key that signs sessions: made once, so that a second `make demo` logs nobody out."""
    path = folder / "secret"
    path.touch(mode=0o600)
    if not path.read_text(encoding="ascii"):
        path.write_text(secrets.token_urlsafe(64), encoding="ascii")
    return path.read_text(encoding="ascii")


def main() -> None:
    port = free_port("127.0.0.1")
    folder = data_directory(Path(os.environ.get("DEMO_DATA_DIR") or ROOT / "var" / "demo").resolve())
    try:
        if os.environ.get("RESET") == "1":
            reset(folder)
        key = secret(folder)
    except OSError:
        stop(f"Le dossier {folder} ne peut pas être préparé : choisissez-en un autre, avec DEMO_DATA_DIR=/ailleurs.")
    # All that the settings read, so that neither the shell nor a .env file can lead a demonstration astray.
    os.environ.update(
        DEMO="1",
        DEBUG="0",
        HTTPS="0",
        SECOND_FACTOR="0",
        BEHIND_PROXY="0",
        TASKS_BACKEND="immediate",
        SECRET_KEY=key,
        DATA_DIR=str(folder),
        STATIC_ROOT=str(folder / "static"),
        DATABASE_URL=f"sqlite:///{folder / 'portal.sqlite3'}",
        ALLOWED_HOSTS="127.0.0.1,localhost",
        SITE_URL=f"http://127.0.0.1:{port}",
        BIND_ADDRESS="127.0.0.1",
        PORT=str(port),
        LOG_LEVEL="WARNING",
    )
    manage("migrate", "--verbosity=0")
    manage("collectstatic", "--no-input", "--verbosity=0")
    manage("load_demo")
    become_server()


if __name__ == "__main__":
    main()
