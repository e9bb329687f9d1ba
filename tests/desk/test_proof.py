"""What would do most harm in somebody else's hands asks again who is there."""

import pytest
from django.urls import reverse

from pledges.enums import MailKind
from pledges.models import OutboxMail, Pledge
from regions.admin.proof import PROVED_AT
from regions.models import Network
from tests.desk.acts import enter
from tests.desk.world import HERE, people, territory

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    return territory(HERE)


@pytest.fixture
def late(client, here):
    """An administrator who came in an hour ago."""
    enter(client, people(here)["administrator"])
    session = client.session
    session[PROVED_AT] -= 3600
    session.save()
    return client


def is_asked(response) -> bool:
    return response.status_code == 302 and response.url.startswith(reverse("admin:prove"))


def test_the_territory_of_a_network(late, here):
    page = reverse("admin:regions_network_change", args=[here.network.pk])

    answers = [late.get(page), late.post(page, {"name": here.network.name, "is_national": "on"})]

    assert [is_asked(answer) for answer in answers] == [True, True]
    assert not Network.objects.get(pk=here.network.pk).is_national


def test_several_mails_at_once(late, here):
    mail = OutboxMail.objects.create(
        key="x", kind=MailKind.IN_REVIEW, pledge=here.pledge, signatory=here.pledge.signatories.get(),
        region=here.region, recipient="alix@example.org", last_error="TimeoutError",
    )  # fmt: skip
    data = {"action": "send_selected_again", "_selected_action": [mail.pk]}

    answer = late.post(reverse("admin:pledges_outboxmail_changelist"), data)

    mail.refresh_from_db()
    assert (is_asked(answer), mail.sent_at) == (True, None)


def test_several_publications_at_once(late, here):
    data = {"action": "publish_selected", "_selected_action": [here.pledge.pk]}

    answer = late.post(reverse("admin:pledges_pledge_changelist"), data)

    assert is_asked(answer)
    assert not Pledge.objects.published().exists()


def test_nobody_reads_the_beginning_of_a_password(client, here):
    enter(client, people(here)["administrator"])

    answers = [
        client.get(reverse("admin:regions_user_changelist"), {f"{name}__startswith": "m"}).status_code
        for name in ("password", "session_round")
    ]

    assert answers == [400, 400]


@pytest.mark.parametrize("query", ["id__exact=zz", "nothing=1", "candidate_list__contest__region__id__exact=1"])
def test_an_export_of_nonsense_is_not_there(client, here, query):
    enter(client, people(here)["moderator"])

    assert client.get(f"{reverse('admin:pledges_pledge_changelist')}export/?{query}").status_code in {400, 404}


def test_a_page_with_nonsense_to_come_back_to_is_shown(client, here):
    enter(client, people(here)["moderator"])
    page = reverse("admin:pledges_pledge_change", args=[here.pledge.pk])

    answer = client.get(page, {"_changelist_filters": "candidate_list__contest__region__id__exact=1"})

    assert answer.status_code == 200
