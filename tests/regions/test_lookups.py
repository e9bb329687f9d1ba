"""The prefix look-up says the same on both databases, and from the index."""

import re

import pytest
from django.db import connection

from regions.models import Commune, Region
from tests.regions.factories import CommuneFactory, RegionFactory

pytestmark = pytest.mark.django_db


def plan(queryset):
    """How the database would answer, forbidden to read the whole of a table that is small here."""
    sql, params = queryset.query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {'QUERY PLAN' if connection.vendor == 'sqlite' else ''} {sql}", params)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def test_prefix_finds_what_begins_so_and_nothing_else():
    begins = [CommuneFactory(name=name) for name in ("Rennes", "Rennes-les-Bains", "Rennesson", "Renneszy")]
    for name in ("Renne", "Renon", "Acigné-Rennes"):
        CommuneFactory(name=name)

    assert list(Commune.objects.filter(norm__prefix="rennes")) == begins


def test_prefix_minds_case():
    CommuneFactory(name="Rennes")

    assert not Commune.objects.filter(norm__prefix="Rennes").exists()


@pytest.mark.parametrize("sign", ["%", "_", "\\"])
def test_prefix_takes_signs_for_themselves(sign):
    region = RegionFactory(slug="a-b")
    Region.objects.filter(pk=region.pk).update(norm=f"a{sign}b")
    RegionFactory(name="axb")

    assert list(Region.objects.filter(norm__prefix=f"a{sign}")) == [region]


def test_prefix_combines_with_other_conditions():
    kept = CommuneFactory(name="Rennes", department__code="35")
    CommuneFactory(name="Rennes-les-Bains", department__code="11")
    CommuneFactory(name="Vitré", department__code="35")

    assert list(Commune.objects.exclude(department="11").filter(norm__prefix="rennes", code=kept.code)) == [kept]


def test_prefix_is_answered_from_the_index():
    indexed = {
        "sqlite": r"USING INDEX \w+_norm_\w+ \(norm>\? AND norm<\?\)",
        "postgresql": r"Index Scan \w+ \w+_norm_\w+_like",
    }[connection.vendor]

    assert re.search(indexed, plan(Commune.objects.filter(norm__prefix="rennes").order_by()))
