"""The code of a pledge: unique, whole, never changed, and read however it is typed."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from hypothesis import given
from hypothesis import strategies as st

from pledges.codes import ALPHABET, CODE_LENGTH, in_groups, make_code, read_code
from pledges.models import Pledge
from tests.pledges.factories import PledgeFactory

CODE = "AB3D0123456789EFGHJKMNPQRSTVWXYZ"
BEFORE = ("pledges", "0004_private_page_and_amendments")


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        in_groups(CODE),
        in_groups(CODE.lower(), " "),
        f"  {in_groups(CODE, ' - ')}\n",
        in_groups(CODE, "–"),
        CODE.replace("0", "O").replace("1", "l"),
    ],
    ids=["whole", "dashes", "spaces, lower case", "both", "en dashes", "misread signs"],
)
def test_a_code_is_read_however_it_is_typed(typed):
    assert read_code(typed) == CODE


@pytest.mark.parametrize(
    "typed", ["", "A", CODE[:-1], CODE + "A", CODE[:-1] + "U", "é" * 32, "A" * 1_000_000, "٣" * 32]
)
def test_what_is_no_code_is_read_as_none(typed):
    assert read_code(typed) == ""


@given(st.text(ALPHABET, min_size=CODE_LENGTH, max_size=CODE_LENGTH))
def test_a_code_shown_is_read_back(code):
    assert read_code(in_groups(code)) == code


def test_a_code_holds_at_least_128_bits():
    codes = {make_code() for _ in range(200)}

    assert len(codes) == 200
    assert set("".join(codes)) == set(ALPHABET)
    assert len(ALPHABET) ** CODE_LENGTH >= 2**128


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["", CODE[:-1]])
def test_a_code_is_whole(code):
    with pytest.raises(IntegrityError, match="pledge_code_is_whole"):
        PledgeFactory(code=code)


@pytest.mark.django_db
def test_a_code_is_given_once():
    pledge = PledgeFactory()

    with pytest.raises(IntegrityError, match="pledge_code_is_given_once"), transaction.atomic():
        Pledge.objects.update(code=CODE)
    assert Pledge.objects.get().code == pledge.code
    with pytest.raises(IntegrityError):
        PledgeFactory(code=pledge.code)


@pytest.mark.django_db(transaction=True)
@pytest.mark.any_database
def test_the_migration_gives_a_code_to_each_pledge_that_was_there():
    keys = {PledgeFactory(published=True, signed=True).pk for _ in range(3)}
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()

    executor.migrate([BEFORE])
    MigrationExecutor(connection).migrate(latest)

    codes = dict(Pledge.objects.values_list("pk", "code"))
    assert codes.keys() == keys
    assert len(set(codes.values())) == 3
    assert [read_code(code) for code in codes.values()] == list(codes.values())
