"""The Nu Html Checker, which the W3C runs as a service: a Java program, brought here by npm, never committed."""

import hashlib
import json
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
VERSION = "26.9.27"
SHA256 = "22f15dd39a33bed929d2a5c0cddf5946849a647eca9272bf4d5d00bc7e7a4d47"
JAR = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
SHOWN = 3  # pages named for each fault: the others have it from the same template


class ValidatorError(Exception):
    """The validator cannot run, for a reason said in French."""


def lacking() -> list[str]:
    """Debian's packages without which the validator cannot be fetched, or run."""
    programs = {"default-jre-headless": "java"} | ({} if is_here() else {"npm": "npm"})
    return [package for package, program in programs.items() if not shutil.which(program)]


def is_here() -> bool:
    """Whether the very file that we mean is in its place."""
    return JAR.exists() and hashlib.sha256(JAR.read_bytes()).hexdigest() == SHA256


def bring() -> None:
    """Have npm put the pinned version in ``node_modules``.

    :raises ValidatorError: npm failed, or brought another file than ours.
    """
    if is_here():
        return
    quiet = ("--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts")
    command = ["npm", "install", "--prefix", str(ROOT), *quiet, f"vnu-jar@{VERSION}"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        lines = result.stderr.strip().splitlines() or ["sans un mot"]
        raise ValidatorError(f"npm n’a pas apporté vnu-jar {VERSION} : {lines[-1]}")
    if not is_here():
        raise ValidatorError(f"npm a apporté un autre fichier que vnu-jar {VERSION}")


def faults(folder: Path) -> list[str]:
    """What is wrong in the pages of a folder, each fault once, with the element and the first pages that have it.

    :raises ValidatorError: the program itself failed.
    """
    command = ["java", "-jar", str(JAR), "--errors-only", "--format", "json", "--stdout", "--exit-zero-always"]
    result = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
    try:
        messages = json.loads(result.stdout)["messages"]
    except ValueError as error:
        raise ValidatorError(f"java -jar vnu.jar a échoué : {result.stderr.strip()[-300:]}") from error
    pages: dict[str, list[str]] = defaultdict(list)
    elements: dict[str, str] = {}
    for message in messages:
        pages[message["message"]].append(unquote(message.get("url", "").rpartition("/")[2]))
        elements.setdefault(message["message"], " ".join(message.get("extract", "").split()))
    return [
        f"{words}\n    {elements[words]}\n    {len(where)} fois, dans {', '.join(sorted(set(where))[:SHOWN])}"
        for words, where in pages.items()
    ]
