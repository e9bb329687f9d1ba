"""`make serve`: the portal as in production, with the container's environment variables (docs/settings.md)."""

import os
from pathlib import Path

import environ
from launch import ROOT, become_server, data_directory, free_port, manage, stop

NEEDED = {
    "SECRET_KEY": "au moins 50 caractères tirés au hasard",
    "ALLOWED_HOSTS": "par exemple engagements.example.org",
    "SITE_URL": "par exemple https://engagements.example.org",
}


def main() -> None:
    environ.Env.read_env(ROOT / ".env")
    missing = [f"{name} ({what})" for name, what in NEEDED.items() if not os.environ.get(name)]
    if missing:
        stop(f"Il manque, dans l’environnement ou dans le fichier .env : {', '.join(missing)}. Voir docs/settings.md.")
    free_port(os.environ.get("BIND_ADDRESS", "127.0.0.1"))
    os.environ.update(DEBUG="0", DEMO="0")
    os.environ["DATA_DIR"] = str(data_directory(Path(os.environ.get("DATA_DIR") or ROOT / "var").resolve()))
    manage("check", "--deploy")
    manage("migrate", "--verbosity=1")
    manage("collectstatic", "--no-input", "--verbosity=0")
    become_server()


if __name__ == "__main__":
    main()
