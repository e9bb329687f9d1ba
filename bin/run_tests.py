"""`make test`: the whole suite on SQLite, again on PostgreSQL, then the pages in a browser, then their HTML.

What the machine lacks is fetched with apt-get where that can be done, and otherwise named at the end. With
REQUIRE_ALL=1 a part that did not run is a failure.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import html_validator
from postgres import PostgresError, find_binaries, temporary_server

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PROCESSES = os.environ.get("PROCESSES") or "2"
NO_TEST_COLLECTED = 5  # pytest's exit code


@dataclass
class Outcome:
    """What became of one part. ``ran`` is false when the machine lacked something, which ``words`` tell."""

    part: str
    ran: bool
    passed: bool
    words: str

    def __str__(self) -> str:
        mark = "réussi" if self.passed else "ÉCHEC" if self.ran else "PAS LANCÉ"
        return f"  {mark:<10} {self.part} : {self.words}"


def run_pytest(part: str, *arguments: str, **environment: str) -> Outcome:
    print(f"\n=== {part} ===", flush=True)
    inherited = {name: value for name, value in os.environ.items() if name != "TEST_DATABASE_URL"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--numprocesses",
        PROCESSES,
        "--dist",
        "loadgroup",
        *arguments,
        *sys.argv[1:],
    ]
    code = subprocess.run(command, cwd=ROOT, env=inherited | environment, check=False).returncode
    if code == NO_TEST_COLLECTED:
        return Outcome(part, ran=False, passed=False, words="aucun test trouvé")
    words = "tous les tests passent" if code == 0 else f"pytest s’est arrêté avec le code {code}"
    return Outcome(part, ran=True, passed=code == 0, words=words)


def fetch(*packages: str) -> str:
    """Install some of Debian's packages where we may.

    :return: Why it could not be done, in French; nothing when it was.
    """
    names = " ".join(packages)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return f"à installer (sur Debian ou Ubuntu : sudo apt-get install {names})"
    print(f"Installation de {names} par apt-get…", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        result = subprocess.run(["apt-get", "-qq", *command], env=environment, capture_output=True, check=False)
        if result.returncode:
            lines = result.stderr.decode(errors="replace").strip().splitlines() or ["sans un mot"]
            return f"apt-get install {names} a échoué : {lines[-1]}"
    return ""


def on_sqlite() -> Outcome:
    return run_pytest("SQLite", "--ignore=tests/browser")


def on_postgresql() -> Outcome:
    part = "PostgreSQL"
    refusal = "" if find_binaries() else fetch("postgresql")
    binaries = find_binaries()
    if binaries is None:
        return Outcome(part, ran=False, passed=False, words=f"le serveur PostgreSQL n’est pas installé ; {refusal}")
    try:
        with temporary_server(binaries) as database_url:
            chosen = ("--ignore=tests/browser", "-m", "not any_database")
            return run_pytest(part, *chosen, TEST_DATABASE_URL=database_url)
    except PostgresError as error:
        return Outcome(part, ran=False, passed=False, words=str(error))


def find_browser() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def lacks_libatomic() -> bool:
    """Playwright's driver needs this library, which a small Debian has not."""
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return sys.platform == "linux"
    return False


def in_browser(pages: Path) -> Outcome:
    """:param pages: the folder where the tests leave the source of the pages that they opened."""
    part = "Navigateur"
    lacking = {"chromium": not find_browser(), "libatomic1": lacks_libatomic()}
    packages = [package for package, lacks in lacking.items() if lacks]
    refusal = fetch(*packages) if packages else ""
    browser = find_browser()
    if browser is None or lacks_libatomic():
        words = f"il manque à cette machine {' et '.join(packages)} ; {refusal}"
        return Outcome(part, ran=False, passed=False, words=words)
    return run_pytest(part, "tests/browser", CHROMIUM=browser, HTML_DIR=str(pages))


def valid_html(pages: Path) -> Outcome:
    """One run of the validator on all the pages: most of its time goes in starting."""
    part = "HTML"
    print(f"\n=== {part} ===", flush=True)
    count = sum(1 for _page in pages.iterdir())
    if not count:
        return Outcome(part, ran=False, passed=False, words="le navigateur n’a ouvert aucune page")
    packages = html_validator.lacking()
    refusal = fetch(*packages) if packages else ""
    if lacking := html_validator.lacking():
        words = f"il manque à cette machine {' et '.join(lacking)} ; {refusal}"
        return Outcome(part, ran=False, passed=False, words=words)
    try:
        html_validator.bring()
        faults = html_validator.faults(pages)
    except html_validator.ValidatorError as error:
        return Outcome(part, ran=False, passed=False, words=str(error))
    print(*faults, sep="\n", flush=True)
    words = f"{len(faults)} fautes différentes dans {count} pages" if faults else f"{count} pages, aucune faute"
    return Outcome(part, ran=True, passed=not faults, words=words)


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Interrompu."))  # so that PostgreSQL is stopped on the way out
    with tempfile.TemporaryDirectory() as pages:
        outcomes = [on_sqlite(), on_postgresql(), in_browser(Path(pages)), valid_html(Path(pages))]
    print("\nCe qui a tourné, et ce qui n’a pas tourné :", *outcomes, sep="\n", flush=True)
    failed = [outcome for outcome in outcomes if outcome.ran and not outcome.passed]
    missing = [outcome for outcome in outcomes if not outcome.ran]
    if missing and os.environ.get("REQUIRE_ALL") == "1":
        print("REQUIRE_ALL=1 demande que tout tourne.", flush=True)
        return 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
