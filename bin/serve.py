"""`make serve`: the portal as in production, with the container's environment variables (docs/settings.md)."""

import os
from pathlib import Path

import environ
from launch import ROOT, become_server, data_directory, free_port, manage, stop


def main() -> None:
    environ.Env.read_env(ROOT / ".env")
    if not os.environ.get("SECRET_KEY"):
        stop(
            "Il manque SECRET_KEY, dans l’environnement ou dans le fichier .env : au moins 50 caractères tirés au"
            " hasard. Voir docs/settings.md."
        )
    port = free_port(os.environ.get("BIND_ADDRESS", "127.0.0.1"))
    for name, here in {"ALLOWED_HOSTS": "127.0.0.1,localhost", "SITE_URL": f"http://127.0.0.1:{port}"}.items():
        if not os.environ.get(name):
            os.environ[name] = here
            print(f"{name} n’est pas donné : {here}, pour un essai sur cette machine seulement.", flush=True)
    os.environ.update(DEBUG="0", DEMO="0")
    os.environ["DATA_DIR"] = str(data_directory(Path(os.environ.get("DATA_DIR") or ROOT / "var").resolve()))
    manage("check", "--deploy")
    manage("migrate", "--verbosity=1")
    manage("collectstatic", "--no-input", "--verbosity=0")
    become_server()


if __name__ == "__main__":
    main()
