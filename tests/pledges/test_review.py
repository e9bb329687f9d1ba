import datetime

import pytest
import time_machine

from pledges.actions import review
from pledges.actions.transitions import TransitionError
from pledges.enums import NEXT_STATES, Act, Answer, IdentityCheck, MailKind, PledgeState
from pledges.models import Pledge
from regions.models import Revision
from tests.pledges.factories import ElectionFactory, PledgeFactory, SignatoryFactory
from tests.regions.factories import UserFactory

pytestmark = pytest.mark.django_db

CALL_BACK = IdentityCheck.CALL_BACK
DOORS = {
    "publish": lambda pledge, by: review.publish(pledge, by=by, identity_check=CALL_BACK),
    "decline": lambda pledge, by: review.decline(pledge, by=by, reason="Identité non établie."),
    "suspend": lambda pledge, by: review.suspend(pledge, by=by, reason="Un désaccord."),
    "resume": lambda pledge, by: review.resume(pledge, by=by),
}
OPEN = {
    ("in_review", "publish"),
    ("in_review", "decline"),
    ("published", "suspend"),
    ("suspended", "resume"),
    ("suspended", "decline"),
}
STATES = ["submitted", "in_review", "published", "declined", "suspended", "withdrawn", "superseded"]


def make(state, **kwargs):
    return PledgeFactory(**({state: True} if state != "submitted" else {}), **kwargs)


def test_publishing_says_who_when_and_how_identity_was_checked():
    pledge, moderator = PledgeFactory(in_review=True, answers={2: Answer.DECLINES}), UserFactory()
    SignatoryFactory(pledge=pledge)
    before = Revision.current()

    review.publish(pledge, by=moderator, identity_check=CALL_BACK)

    pledge.refresh_from_db()
    assert (pledge.state, pledge.decided_by, pledge.identity_check) == (PledgeState.PUBLISHED, moderator, CALL_BACK)
    assert pledge.published_at == pledge.decided_at
    entry = pledge.entries.get()
    assert (entry.act, entry.by, entry.region) == (
        Act.PLEDGE_PUBLISHED,
        moderator,
        pledge.candidate_list.contest.region,
    )
    assert entry.details == {
        "list": pledge.candidate_list_id,
        "candidate": None,
        "identity_check": CALL_BACK,
        "charter": pledge.charter_id,
        "wording_sha256": entry.wording.fingerprint,
    }
    assert entry.wording.answers == {"2": ["declines", ""]}
    assert list(pledge.mails.values_list("kind", flat=True)) == [MailKind.PUBLISHED]
    assert Revision.current() == before + 1


def test_declining_mails_the_reason_and_publishes_nothing():
    pledge, moderator = PledgeFactory(in_review=True), UserFactory()
    SignatoryFactory(pledge=pledge)

    review.decline(pledge, by=moderator, reason="  Identité non établie.  ")

    pledge.refresh_from_db()
    assert (pledge.state, pledge.decision_reason, pledge.published_at) == (
        PledgeState.DECLINED,
        "Identité non établie.",
        None,
    )
    assert list(pledge.entries.values_list("act", "by", "wording__reason")) == [
        (Act.PLEDGE_DECLINED, moderator.pk, "Identité non établie.")
    ]
    assert list(pledge.mails.values_list("kind", flat=True)) == [MailKind.DECLINED]


@pytest.mark.parametrize("door", ["decline", "suspend"])
def test_a_refusal_without_a_reason_is_refused(door):
    pledge = PledgeFactory(in_review=True) if door == "decline" else PledgeFactory(published=True)

    with pytest.raises(review.ReasonMissingError):
        getattr(review, door)(pledge, by=UserFactory(), reason=" \n ")

    assert not pledge.entries.exists()


def test_a_suspension_ends_at_the_date_of_the_first_publication():
    pledge = PledgeFactory(published=True)
    published_at = pledge.published_at

    review.suspend(pledge, by=UserFactory(), reason="Un désaccord.")
    review.resume(pledge, by=UserFactory())

    pledge.refresh_from_db()
    assert (pledge.state, pledge.published_at, pledge.decision_reason) == (PledgeState.PUBLISHED, published_at, "")
    assert list(pledge.entries.order_by("pk").values_list("act", flat=True)) == [
        Act.PLEDGE_SUSPENDED,
        Act.PLEDGE_RESUMED,
    ]


def test_publishing_an_amended_pledge_supersedes_the_first():
    first = PledgeFactory(published=True)
    second = PledgeFactory(in_review=True, candidate_list=first.candidate_list, amends=first)

    review.publish(second, by=UserFactory(), identity_check=CALL_BACK)

    assert dict(Pledge.objects.values_list("pk", "state")) == {
        first.pk: PledgeState.SUPERSEDED,
        second.pk: PledgeState.PUBLISHED,
    }
    assert list(first.entries.values_list("act", flat=True)) == [Act.PLEDGE_SUPERSEDED]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("state", STATES)
def test_each_door_opens_from_the_states_of_the_table_alone(state, door):
    pledge, moderator = make(state), UserFactory()

    try:
        DOORS[door](pledge, moderator)
    except TransitionError:
        opened = False
    else:
        opened = True

    assert opened == ((state, door) in OPEN)
    assert pledge.entries.exists() == opened
    pledge.refresh_from_db()
    assert (pledge.state != state) == opened


def test_whoever_comes_second_is_told_who_came_first_and_when():
    pledge = PledgeFactory(in_review=True)
    stale = Pledge.objects.get(pk=pledge.pk)
    first = UserFactory(first_name="Mona", last_name="Première")
    with time_machine.travel(datetime.datetime(2027, 6, 1, 12, 2, tzinfo=datetime.UTC), tick=False):
        review.publish(pledge, by=first, identity_check=CALL_BACK)

    with pytest.raises(TransitionError) as refusal:
        review.decline(stale, by=UserFactory(), reason="Trop tard.")

    assert (
        str(refusal.value)
        == "Déjà traité par Mona Première le 1er juin 2027 à 14\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}02 : publié."
    )


@pytest.mark.parametrize(
    ("state", "door"),
    [("in_review", "publish"), ("published", "suspend"), ("suspended", "resume"), ("suspended", "decline")],
)
def test_nothing_that_the_public_sees_changes_during_the_silence(state, door):
    pledge = make(state, candidate_list__contest__election=ElectionFactory(past=True))
    before = Revision.current()

    with (
        time_machine.travel(datetime.datetime(2021, 6, 19, 12, tzinfo=datetime.UTC)),
        pytest.raises(review.SilenceError, match="20 juin 2021 à 20 h"),
    ):
        DOORS[door](pledge, UserFactory())

    assert (pledge.entries.exists(), Revision.current()) == (False, before)


def test_a_pledge_never_seen_may_be_declined_during_the_silence():
    pledge = PledgeFactory(in_review=True, candidate_list__contest__election=ElectionFactory(past=True))

    with time_machine.travel(datetime.datetime(2021, 6, 19, 12, tzinfo=datetime.UTC)):
        review.decline(pledge, by=UserFactory(), reason="Identité non établie.")

    pledge.refresh_from_db()
    assert pledge.state == PledgeState.DECLINED


def test_the_table_of_next_states_names_every_state_and_ends():
    assert set(NEXT_STATES) == set(PledgeState)
    assert {state for state, following in NEXT_STATES.items() if not following} == {
        PledgeState.DECLINED,
        PledgeState.WITHDRAWN,
        PledgeState.SUPERSEDED,
    }


@pytest.mark.parametrize(
    ("state", "door", "kind"),
    [
        ("in_review", "publish", MailKind.PUBLISHED),
        ("in_review", "decline", MailKind.DECLINED),
        ("published", "suspend", MailKind.SUSPENDED),
        ("suspended", "resume", MailKind.RESUMED),
        ("suspended", "decline", MailKind.DECLINED),
    ],
)
def test_each_decision_is_dated_mailed_and_seen_at_once(state, door, kind):
    pledge, moderator = make(state), UserFactory()
    SignatoryFactory(pledge=pledge)
    decided_at, before = pledge.decided_at, Revision.current()

    DOORS[door](pledge, moderator)

    pledge.refresh_from_db()
    assert list(pledge.mails.values_list("kind", flat=True)) == [kind]
    assert (pledge.decided_by, Revision.current()) == (moderator, before + 1)
    assert decided_at is None or pledge.decided_at > decided_at
    entry = pledge.entries.get()
    assert (entry.by, entry.election) == (moderator, pledge.candidate_list.contest.election)


def test_a_superseded_pledge_says_by_what_and_by_whom():
    first, moderator = PledgeFactory(published=True), UserFactory()
    second = PledgeFactory(in_review=True, candidate_list=first.candidate_list, amends=first)

    review.publish(second, by=moderator, identity_check=CALL_BACK)

    entry = first.entries.get()
    assert (entry.by, entry.details["superseded_by"]) == (moderator, second.pk)
