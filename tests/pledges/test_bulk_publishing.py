"""Publishing several pledges at once from the queue: what goes, what does not, and why."""

import datetime
import re

import pytest
import time_machine
from django.utils import timezone

from pledges.actions import review
from pledges.admin import bulk
from pledges.enums import Act, IdentityCheck, PledgeState
from pledges.models import OutboxMail, Pledge
from tests.desk.acts import enter
from tests.pledges.factories import PledgeFactory, QuestionFactory, SignatoryFactory
from tests.pledges.test_admin import QUEUE, desk, here, moderator, page_of, pledge_to_review, region
from tests.pledges.test_views import text_of
from tests.regions.factories import UserFactory

__all__ = ["desk", "here", "moderator", "region"]
pytestmark = pytest.mark.django_db


def select(desk, *pledges, **typed):
    """Choose « Publier la sélection » for these pledges; with ``typed``, answer the page that asks."""
    keys = [getattr(pledge, "pk", pledge) for pledge in pledges]
    return desk.post(QUEUE, {"action": "publish_selected", "_selected_action": keys, "index": "0", **typed})


def confirm(desk, *pledges, **typed):
    answers = {"confirm": "1", "identity_check": "call_back", "is_sure": "on", **typed}
    return select(desk, *pledges, **answers)


def told(desk):
    return [str(message) for message in desk.get(QUEUE).context["messages"]]


@pytest.fixture
def three(here):
    contest = here.candidate_list.contest
    return [here, *(pledge_to_review(candidate_list__contest=contest) for _ in range(2))]


def test_nothing_is_published_before_the_page_that_asks_is_answered(desk, three):
    response = select(desk, *three)

    assert [choice.pledge for choice in response.context["choices"]] == three
    assert len(re.findall(r'name="_selected_action" value="\d+" checked', response.content.decode())) == 3
    assert set(Pledge.objects.values_list("state", flat=True)) == {PledgeState.IN_REVIEW}


@pytest.mark.parametrize("missing", ["identity_check", "is_sure"])
def test_the_way_identity_was_checked_is_asked_without_a_default(desk, three, missing):
    response = confirm(desk, *three, **{missing: ""})

    assert response.context["form"].errors.keys() == {missing}
    assert set(Pledge.objects.values_list("state", flat=True)) == {PledgeState.IN_REVIEW}


def test_each_is_published_by_its_own_act_with_its_own_mail(desk, three, moderator):
    confirm(desk, *three)

    rows = Pledge.objects.values_list("state", "decided_by", "identity_check")
    assert set(rows) == {(PledgeState.PUBLISHED, moderator.pk, IdentityCheck.CALL_BACK)}
    assert [pledge.entries.get().act for pledge in three] == [Act.PLEDGE_PUBLISHED] * 3
    assert OutboxMail.objects.count() == 3
    assert told(desk) == ["3 engagements publiés."]


def test_all_that_the_queue_holds_may_be_selected_at_once(desk, three, monkeypatch):
    page = select(desk, three[0], select_across="1")
    monkeypatch.setattr(bulk, "MOST", 2)
    too_many = select(desk, three[0], select_across="1")

    assert [choice.pledge for choice in page.context["choices"]] == three
    assert (too_many.status_code, told(desk)) == (302, ["Au plus 2 engagements à la fois : choisissez-en moins."])


def test_what_is_unticked_stays(desk, three):
    confirm(desk, *three[:2])

    three[2].refresh_from_db()
    assert three[2].state == PledgeState.IN_REVIEW


def test_what_was_decided_meanwhile_is_refused_by_name_and_the_others_are_published(desk, three):
    review.decline(three[1], by=UserFactory(first_name="Zoé", last_name="Première"), reason="Injoignable.")

    confirm(desk, *three)

    published, refused = told(desk)
    assert published == "2 engagements publiés."
    assert re.fullmatch(rf"« {three[1]} » : Déjà traité par Zoé Première le .* à \d+\sh\s\d\d : refusé\.", refused)


def test_what_asks_for_a_second_look_is_not_published_with_others_even_when_posted(desk, three, region):
    odd = PledgeFactory(in_review=True, candidate_list__contest=three[0].candidate_list.contest)
    SignatoryFactory(pledge=odd, mandatary=True)
    asked = three[1]
    QuestionFactory(signatory=asked.signatories.get())

    page = select(desk, *three, odd)
    confirm(desk, *three, odd)

    ticked = re.findall(r'name="_selected_action" value="(\d+)" checked', page.content.decode())
    assert ticked == [str(three[0].pk), str(three[2].pk)]
    assert "à rappeler" in text_of(page)
    assert Pledge.objects.filter(state=PledgeState.PUBLISHED).count() == 2
    assert len(told(desk)) == 3


def test_what_is_declared_is_refused_in_a_sentence(desk, here):
    declared = pledge_to_review(
        candidate_list__contest=here.candidate_list.contest,
        candidate_list__declared_at=timezone.now(),
        candidate_list__official_code="",
        candidate_list__panel_number=None,
    )

    confirm(desk, here, declared)

    published, refused = told(desk)
    assert published == "1 engagement publié."
    assert refused.startswith(f"« {declared} » : Cette candidature est déclarée : rapprochez-la d’abord de la liste")


def test_the_silence_keeps_all_of_them_and_says_until_when(desk, region):
    pledge = pledge_to_review(candidate_list__contest__region=region, candidate_list__contest__election__past=True)

    with time_machine.travel(datetime.datetime(2021, 6, 19, 12, tzinfo=datetime.UTC)):
        enter(desk, region.networks.get().memberships.get().user)
        page = text_of(select(desk, pledge))
        confirm(desk, pledge)

    pledge.refresh_from_db()
    assert "Silence électoral jusqu’au 20 juin 2021" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert pledge.state == PledgeState.IN_REVIEW


@pytest.mark.parametrize("key", ["elsewhere", 999_999, "x", "9" * 30], ids=str)
def test_what_is_elsewhere_or_never_was_is_not_there_and_nothing_is_published(desk, here, key):
    key = pledge_to_review().pk if key == "elsewhere" else key

    assert [select(desk, here, key).status_code, confirm(desk, here, key).status_code] == [404, 404]
    assert set(Pledge.objects.values_list("state", flat=True)) == {PledgeState.IN_REVIEW}


def test_more_than_a_hundred_are_refused_in_words(desk, here, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 1)
    other = pledge_to_review(candidate_list__contest=here.candidate_list.contest)

    confirm(desk, here, other)

    assert told(desk) == ["Au plus 1 engagements à la fois : choisissez-en moins."]
    assert set(Pledge.objects.values_list("state", flat=True)) == {PledgeState.IN_REVIEW}


@pytest.mark.parametrize("count", [1, 20])
def test_queries_of_the_page_that_asks_are_the_same(desk, here, count, django_assert_num_queries):
    contest = here.candidate_list.contest
    pledges = [here, *(pledge_to_review(candidate_list__contest=contest) for _ in range(count - 1))]

    with django_assert_num_queries(23):
        response = select(desk, *pledges)

    assert len(response.context["choices"]) == count


def test_a_link_to_each_lets_one_look_before(desk, here):
    assert page_of(here) in text_of(select(desk, here))
