"""`make check`: all that can be said of the sources without running them. Every check runs; the faults end the list."""

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path

import catalogue
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PINNED = re.compile(r"^([a-z0-9._-]+)(?:\[.*\])?==(\S+)", re.MULTILINE)
# What a production server has: every variable of docs/settings.md, so that no .env file changes the answer.
PRODUCTION = {
    "SECRET_KEY": secrets.token_urlsafe(64),
    "DEBUG": "0",
    "DEMO": "0",
    "HTTPS": "1",
    "BEHIND_PROXY": "1",
    "PROXY_COUNT": "1",
    "ALLOWED_HOSTS": "engagements.example.org",
    "SITE_URL": "https://engagements.example.org",
    "DATABASE_URL": "sqlite://",  # in memory: no check needs a table
    "DATA_DIR": tempfile.gettempdir(),
    "STATIC_ROOT": tempfile.gettempdir(),
    "RESOURCES_STORAGE": "s3://resources?endpoint=https://s3.example.org&region=fr-par",
    "MAIL_URL": "smtp+tls://portal:secret@mail.example.org:587",
    "MAIL_FROM": "Engagements ESS <ne-pas-repondre@example.org>",
    "TASKS_BACKEND": "database",
    "SECOND_FACTOR": "1",
    "LOG_LEVEL": "INFO",
}


def command(*arguments: str) -> str:
    """Run one of the environment's tools: what it printed when it failed, nothing when all is well."""
    environment = os.environ | PRODUCTION
    result = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    return result.stdout + result.stderr if result.returncode else ""


def translations() -> str:
    if not shutil.which("xgettext"):
        return "GNU gettext manque (sur Debian ou Ubuntu : apt-get install gettext)."
    sources = catalogue.from_sources()
    if (ROOT / catalogue.FRENCH).read_text(encoding="utf-8") != sources:
        return f"{catalogue.FRENCH} ne correspond plus aux sources : lancez make messages."
    english = (ROOT / catalogue.ENGLISH).read_text(encoding="utf-8")
    faults = list(catalogue.faults(sources, english))
    if faults:
        return "\n  ".join([f"{catalogue.ENGLISH} est à compléter (make messages y met ce qui manque) :", *faults])
    return ""


def pins(name: str) -> dict[str, str]:
    """The version of each package in one of the locked files."""
    return dict(PINNED.findall((ROOT / "requirements" / name).read_text(encoding="utf-8")))


def locked_packages() -> str:
    """Whether every direct dependency is pinned, at a version that it admits, and the same one in both files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    base, dev = pins("base.txt"), pins("dev.txt")
    faults = [f"{name} n’est pas le même dans base.txt et dev.txt" for name in base if base[name] != dev.get(name)]
    wanted = [(line, base) for line in project["project"]["dependencies"]]
    wanted += [(line, dev) for line in project["dependency-groups"]["dev"]]
    for line, locked in wanted:
        requirement = Requirement(line)
        version = locked.get(canonicalize_name(requirement.name))
        if version is None or version not in requirement.specifier:
            faults.append(f"{line} demandé, {version or 'rien'} dans le fichier verrouillé")
    return "\n".join([*faults, "Lancez make lock."]) if faults else ""


CHECKS: dict[str, Callable[[], str]] = {
    "Python : ruff": lambda: command("-m", "ruff", "check", "."),
    "Python : forme": lambda: command("-m", "ruff", "format", "--check", "."),
    "Python : types": lambda: command("-m", "mypy", "."),
    "Gabarits : djlint": lambda: command("-m", "djlint", "templates", "--lint"),
    "Migrations": lambda: command("manage.py", "makemigrations", "--check", "--dry-run"),
    "Déploiement": lambda: command("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
    "Traductions": translations,
    "Paquets verrouillés": locked_packages,
}


def main() -> int:
    faults = {}
    for name, check in CHECKS.items():
        fault = check()
        print(f"  {'À CORRIGER' if fault else 'bon':<10} {name}", flush=True)
        if fault:
            faults[name] = fault
    for name, fault in faults.items():
        print(f"\n=== {name} ===\n{fault.strip()}")
    if faults:
        print(f"\nÀ corriger : {', '.join(faults)}.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
