"""Who is at the desk, and where."""

import pytest

from tests.desk.acts import enter
from tests.desk.rows import place_of
from tests.regions.factories import MembershipFactory, RegionFactory, UserFactory


@pytest.fixture
def region():
    return RegionFactory()


@pytest.fixture
def moderator(region):
    user = UserFactory(is_staff=True, first_name="Mona", last_name="Modération")
    MembershipFactory(user=user, network__name="CRESS d’essai").network.regions.add(region)
    return user


@pytest.fixture
def desk(client, moderator):
    return enter(client, moderator)


@pytest.fixture
def place(moderator):
    return place_of(moderator)
