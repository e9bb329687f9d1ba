"""Noting that lists were asked to sign: all of a contest alike, each in the journal, nothing twice."""
# ruff: noqa: F811  the fixtures of the desk come from test_admin

import datetime

import pytest
from django.urls import reverse

from pledges.actions.inviting import CannotInviteError, record_invitations
from pledges.calendar import today
from pledges.enums import Act, Channel
from pledges.models import CandidateList, Invitation, JournalEntry
from tests.pledges.factories import CandidateListFactory, ContestFactory
from tests.pledges.test_admin import desk, moderator, region  # noqa: F401  the desk of a moderator
from tests.pledges.test_views import text_of
from tests.regions.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest(region):
    return ContestFactory(region=region)


@pytest.fixture
def lists(contest):
    return [CandidateListFactory(contest=contest, panel_number=number) for number in (1, 2, 3)]


def invite_page(contest):
    return reverse("admin:pledges_contest_invite", args=[contest.pk])


def data(lists, **fields):
    on = today(lists[0].contest.region)
    return {"asked_on": on.isoformat(), "channel": "email", "lists": [row.pk for row in lists], **fields}


def plain(response):
    return text_of(response).replace("\u202f", " ").replace("\xa0", " ")


def test_the_page_proposes_every_list_of_the_contest(desk, contest, lists):
    CandidateListFactory(contest=contest, departed=True)
    CandidateListFactory()

    form = desk.get(invite_page(contest)).context["form"]

    assert list(form.fields["lists"].initial) == list(form.fields["lists"].queryset) == lists


def test_each_list_says_when_it_was_last_asked(desk, contest, lists):
    for asked_on in (datetime.date(2020, 5, 20), datetime.date(2020, 5, 1)):
        record_invitations(contest, lists[1:2], by=UserFactory(), asked_on=asked_on, channel=Channel.POST)

    form = desk.get(invite_page(contest)).context["form"]

    assert [label for _value, label in form.fields["lists"].choices] == [
        f"1. {lists[0].name}, pas encore sollicitée",
        f"2. {lists[1].name}, sollicitée le 20 mai 2020",
        f"3. {lists[2].name}, pas encore sollicitée",
    ]


@pytest.mark.parametrize("count", [3, 30])
def test_the_form_asks_as_many_questions_for_many_lists(desk, contest, count, django_assert_num_queries):
    for panel in range(count):
        row = CandidateListFactory(contest=contest, panel_number=panel + 1)
        record_invitations(contest, [row], by=UserFactory(), asked_on=today(contest.region), channel=Channel.POST)

    with django_assert_num_queries(9):
        desk.get(invite_page(contest))


def test_one_list_alone_can_be_asked(desk, contest, lists):
    form = desk.get(invite_page(contest), {"liste": lists[1].pk}).context["form"]

    assert form.initial["lists"] == [lists[1]]


def test_each_list_asked_is_in_the_journal(desk, moderator, contest, lists):
    response = desk.post(invite_page(contest), data(lists), follow=True)

    on = today(contest.region)
    assert list(Invitation.objects.values_list("candidate_list", "asked_on", "channel", "recorded_by")) == [
        (row.pk, on, "email", moderator.pk) for row in lists
    ]
    assert [
        (entry.act, entry.by, entry.region_id, entry.election_id, entry.details) for entry in JournalEntry.objects.all()
    ] == [
        (
            Act.LIST_INVITED,
            moderator,
            contest.region_id,
            contest.election_id,
            {"list": row.pk, "asked_on": on.isoformat(), "channel": "email"},
        )
        for row in lists
    ]
    assert "3 listes sollicitées : c’est au journal." in plain(response)


def test_a_button_pressed_twice_notes_once(desk, contest, lists):
    desk.post(invite_page(contest), data(lists[:2]))
    response = desk.post(invite_page(contest), data(lists[:2]), follow=True)

    assert (Invitation.objects.count(), JournalEntry.objects.count()) == (2, 2)
    assert "C’était déjà noté : rien n’a changé." in plain(response)


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_at_once_note_once(in_threads, contest, lists):
    by = UserFactory()
    on = today(contest.region)

    answers = in_threads(lambda: record_invitations(contest, lists, by=by, asked_on=on, channel=Channel.PHONE), 4)

    assert sorted(map(len, answers)) == [0, 0, 0, 3]
    assert (Invitation.objects.count(), JournalEntry.objects.count()) == (3, 3)


def test_a_day_to_come_is_refused_and_nothing_typed_is_lost(desk, contest, lists):
    tomorrow = today(contest.region) + datetime.timedelta(days=1)

    response = desk.post(invite_page(contest), data(lists, asked_on=tomorrow.isoformat(), channel="post"))

    assert "Cette date est à venir : notez une sollicitation une fois qu’elle est faite." in plain(response)
    assert response.context["form"]["channel"].value() == "post"
    assert not Invitation.objects.exists()


def test_a_list_that_left_or_stands_elsewhere_is_refused(contest, lists):
    strangers = [CandidateListFactory(contest=contest, departed=True), CandidateListFactory()]

    for stranger in strangers:
        with pytest.raises(CannotInviteError, match="n’est plus sur la liste officielle"):
            record_invitations(
                contest, [*lists, stranger], by=UserFactory(), asked_on=today(contest.region), channel=Channel.POST
            )

    assert not Invitation.objects.exists()


@pytest.mark.parametrize("missing", ["asked_on", "channel", "lists"])
def test_what_is_missing_is_said(desk, contest, lists, missing):
    response = desk.post(invite_page(contest), {key: value for key, value in data(lists).items() if key != missing})

    assert list(response.context["form"].errors) == [missing]


@pytest.mark.parametrize("page", ["change", "contest_sheet", "contest_invite"])
def test_a_contest_of_elsewhere_is_not_there(desk, page):
    contest = CandidateListFactory().contest
    name = "pledges_contest_change" if page == "change" else f"pledges_{page}"
    address = reverse(f"admin:{name}", args=[contest.pk])

    answers = [desk.get(address).status_code, desk.post(address, data([contest.lists.get()])).status_code]

    assert (answers, Invitation.objects.count()) == ([404, 404], 0)


def test_a_list_of_elsewhere_cannot_be_slipped_in(desk, contest, lists):
    stranger = CandidateListFactory()

    response = desk.post(invite_page(contest), data([*lists, stranger]))

    assert (response.status_code, list(response.context["form"].errors)) == (200, ["lists"])
    assert not Invitation.objects.exists()


def test_a_second_request_is_a_reminder(desk, contest, lists):
    on = today(contest.region)
    for days in (9, 5, 1):
        record_invitations(
            contest, lists[:1], by=UserFactory(), asked_on=on - datetime.timedelta(days), channel=Channel.EMAIL
        )

    page = plain(desk.get(reverse("admin:pledges_candidatelist_change", args=[lists[0].pk])))

    names = ["Sollicitation : courriel", "1re relance : courriel", "2e relance : courriel"]
    assert [name in page for name in names] == [True, True, True]


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize("name", ["pledges_contest_sheet", "pledges_contest_change"])
def test_the_sheet_asks_as_many_questions_for_many_lists(desk, contest, count, name, django_assert_num_queries):
    for panel in range(count):
        row = CandidateListFactory(contest=contest, panel_number=count - panel, headed=True)
        record_invitations(contest, [row], by=UserFactory(), asked_on=today(contest.region), channel=Channel.POST)

    with django_assert_num_queries(14):
        response = desk.get(reverse(f"admin:{name}", args=[contest.pk]))

    panels = [row["list"].panel_number for row in response.context["rows"]]
    assert panels == list(range(1, count + 1))


def test_the_sheet_says_who_printed_it_and_leaves_room_for_calls(desk, contest, lists, moderator):
    page = plain(desk.get(reverse("admin:pledges_contest_sheet", args=[contest.pk])))

    assert f"Imprimée par {moderator}, le " in page
    assert page.count('class="desk-boxes"') == len(lists)


def test_the_page_of_a_list_asks_as_many_questions_for_many_requests(desk, contest, lists, django_assert_num_queries):
    on = today(contest.region)
    by = UserFactory()
    address = reverse("admin:pledges_candidatelist_change", args=[lists[0].pk])

    for count in (1, 20):
        for days in range(count):
            record_invitations(
                contest, lists[:1], by=by, asked_on=on - datetime.timedelta(days), channel=Channel.IN_PERSON
            )
        with django_assert_num_queries(14):
            desk.get(address)


def test_the_page_of_a_list_takes_nothing_typed(desk, lists):
    desk.post(reverse("admin:pledges_candidatelist_change", args=[lists[0].pk]), {"name": "Autre", "_save": "1"})

    assert CandidateList.objects.get(pk=lists[0].pk).name == lists[0].name


def test_the_lists_not_yet_asked_can_be_shown_apart(desk, contest, lists):
    record_invitations(contest, lists[:1], by=UserFactory(), asked_on=today(contest.region), channel=Channel.POST)
    address = reverse("admin:pledges_candidatelist_changelist")

    shown = {
        asked: list(desk.get(address, {"sollicitee": asked}).context["cl"].result_list) for asked in ("oui", "non")
    }

    assert shown == {"oui": lists[:1], "non": lists[1:]}
