"""What `make demo` and `make serve` share: refusing in a sentence, preparing the portal, becoming its server."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
NEEDED_BYTES = 200 * 1024 * 1024
DISK_FULL = "Le disque est plein : libérez au moins 200 Mo, puis relancez la commande."


def stop(sentence: str) -> NoReturn:
    """End here: whoever typed the command reads this sentence, and no traceback."""
    sys.exit(f"\n{sentence}")


def free_port(address: str) -> int:
    """The port that PORT asks for (8000 by default), once sure that nobody listens there."""
    asked = os.environ.get("PORT") or "8000"
    if not asked.isdigit() or not 0 < int(asked) < 65536:
        stop(f"PORT={asked} : un numéro de port va de 1 à 65535.")
    port = int(asked)
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except PermissionError:
        stop(f"Le port {port} est réservé à l’administrateur : choisissez-en un au-dessus de 1023, avec PORT=8123.")
    except OSError:
        stop(f"Le port {port} est déjà pris : arrêtez ce qui l’occupe, ou choisissez-en un autre, avec PORT=8123.")
    return port


def data_directory(path: Path) -> Path:
    """Make this folder, sure that it can be written and that the disk has room."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(path).free < NEEDED_BYTES:
            stop(DISK_FULL)
        if not os.access(path, os.W_OK):
            stop(f"Le dossier {path} n’est pas accessible en écriture.")
    except OSError:
        stop(f"Le dossier {path} ne peut pas être créé : choisissez-en un autre.")
    return path


def manage(*arguments: str) -> None:
    """Run a management command; where it fails, say why in a sentence and keep the whole error in DATA_DIR."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    result = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
    if result.returncode == 0:
        sys.stderr.write(result.stderr)
        return
    if "disk is full" in result.stderr or "No space left on device" in result.stderr:
        stop(DISK_FULL)
    report = Path(os.environ["DATA_DIR"]) / "erreur.txt"
    with contextlib.suppress(OSError):
        report.write_text(result.stderr, encoding="utf-8")
    last_line = (result.stderr.strip().splitlines() or ["sans un mot"])[-1]
    reason = re.sub(r"^[\w.]+(?:Error|Configured): ", "", last_line)
    if "OperationalError" in last_line:
        reason = f"la base de données ne répond pas ({reason}) ; vérifiez DATABASE_URL."
    stop(f"« {' '.join(arguments)} » a échoué : {reason}\nL’erreur entière est dans {report}.")


def become_server() -> NoReturn:
    """Hand this very process over to gunicorn, so that Ctrl-C reaches it."""
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(gunicorn, [gunicorn, "--config", "config/gunicorn.py"])
