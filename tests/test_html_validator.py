"""The validator of HTML is the file that we mean, and says where a page is wrong."""

import importlib
import json
import subprocess

import pytest
from django.conf import settings


@pytest.fixture
def validator(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(settings.BASE_DIR / "bin"))
    module = importlib.import_module("html_validator")
    monkeypatch.setattr(module, "JAR", tmp_path / "vnu.jar")
    return module


@pytest.fixture
def programs(monkeypatch, validator):
    """What java and npm print, without running them: ``programs["java"] = "…"``."""
    said = {"java": json.dumps({"messages": []}), "npm": ""}

    def run(command, **_options):
        return subprocess.CompletedProcess(command, 0, stdout=said[command[0]], stderr="")

    monkeypatch.setattr(validator.subprocess, "run", run)
    return said


def test_a_fault_is_told_once_with_its_element_and_its_pages(validator, programs, tmp_path):
    fault = {"type": "error", "message": "Bad value.", "extract": "<time\n datetime='x'>"}
    pages = [f"file:/pages/~{number}~%20ab.html" for number in (1, 2, 3, 4)]
    programs["java"] = json.dumps({"messages": [fault | {"url": page} for page in pages]})

    assert validator.faults(tmp_path) == [
        "Bad value.\n    <time datetime='x'>\n    4 fois, dans ~1~ ab.html, ~2~ ab.html, ~3~ ab.html"
    ]


def test_another_file_than_ours_is_refused(validator, programs):
    validator.JAR.write_bytes(b"another program")

    with pytest.raises(validator.ValidatorError, match="un autre fichier"):
        validator.bring()


def test_a_program_that_says_nothing_has_not_validated(validator, programs, tmp_path):
    programs["java"] = ""

    with pytest.raises(validator.ValidatorError, match="a échoué"):
        validator.faults(tmp_path)


def test_npm_is_asked_for_only_where_the_file_is_missing(validator, monkeypatch):
    monkeypatch.setattr(validator.shutil, "which", lambda _program: None)
    before = validator.lacking()
    validator.JAR.write_bytes(b"our program")
    monkeypatch.setattr(validator, "SHA256", validator.hashlib.sha256(b"our program").hexdigest())

    assert (before, validator.lacking()) == (["default-jre-headless", "npm"], ["default-jre-headless"])
