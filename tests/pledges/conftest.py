"""What several tests of elections and pledges stand on."""

import pytest
from django.db import transaction

from tests.regions.factories import RegionFactory


@pytest.fixture
def commits_at_once(monkeypatch):
    """Let what follows a commit happen, as it does outside a test: reading a file, deleting it."""
    monkeypatch.setattr(transaction, "on_commit", lambda act, robust=False: act())


@pytest.fixture
def bretagne():
    return RegionFactory(code="53", name="Bretagne")


@pytest.fixture
def normandie():
    return RegionFactory(code="28", name="Normandie")
