"""What is decided during the electoral silence: noted, done when it ends, in order and once."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.db import connections
from django.urls import reverse

from pledges.actions import personal_data, preparing, review, signing
from pledges.actions.prepared import carry_out_prepared
from pledges.enums import Act, Decision, Door, IdentityCheck, LinkPurpose, MailKind, PledgeState, PreparedState
from pledges.models import JournalEntry, OutboxMail, Pledge, PreparedDecision
from tests.desk.acts import enter
from tests.pledges.acts import links_of
from tests.pledges.factories import CandidateListFactory, ElectionFactory, PledgeFactory, QuestionFactory
from tests.pledges.test_admin import QUEUE, page_of
from tests.pledges.test_views import text_of
from tests.regions.factories import RegionFactory, UserFactory

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
DURING = datetime.datetime(2021, 6, 19, 12, tzinfo=PARIS)
AFTER = datetime.datetime(2021, 6, 20, 20, tzinfo=PARIS)
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def silent_list(region):
    return CandidateListFactory(
        headed=True, contest__region=region, contest__election=ElectionFactory(past=True, slug="regionales-2021")
    )


@pytest.fixture
def region():
    return RegionFactory(time_zone="Europe/Paris")


@pytest.fixture
def in_silence():
    with time_machine.travel(DURING, tick=False) as clock:
        yield clock


def administrator():
    return UserFactory(is_superuser=True)


def states():
    return list(PreparedDecision.objects.order_by("pk").values_list("decision", "state"))


def test_what_was_decided_is_done_in_order_at_the_second_that_the_silence_ends(silent_list, in_silence):
    moderator = administrator()
    waiting = PledgeFactory(in_review=True, signed=True, candidate_list=silent_list)
    other = PledgeFactory(published=True, signed=True, candidate_list__contest=silent_list.contest)
    preparing.prepare(other, Decision.SUSPEND, by=moderator, reason="Un doute.")
    preparing.prepare(waiting, Decision.PUBLISH, by=moderator, identity_check=IdentityCheck.CALL_BACK)

    in_silence.move_to(AFTER - SECOND)
    before = carry_out_prepared()
    in_silence.move_to(AFTER)
    after, again = carry_out_prepared(), carry_out_prepared()

    assert (before, after, again) == ((0, 0), (2, 0), (0, 0))
    acts = JournalEntry.objects.filter(act__in=(Act.PLEDGE_SUSPENDED, Act.PLEDGE_PUBLISHED)).order_by("pk")
    assert list(acts.values_list("act", "pledge", "by")) == [
        (Act.PLEDGE_SUSPENDED, other.pk, moderator.pk),
        (Act.PLEDGE_PUBLISHED, waiting.pk, moderator.pk),
    ]
    waiting.refresh_from_db()
    assert (waiting.published_at, waiting.identity_check) == (AFTER, IdentityCheck.CALL_BACK)
    assert states() == [(Decision.SUSPEND, PreparedState.DONE), (Decision.PUBLISH, PreparedState.DONE)]


def test_what_has_changed_meanwhile_is_shown_with_why_and_keeps_nothing_else_from_being_done(silent_list, in_silence):
    moderator = administrator()
    gone = PledgeFactory(in_review=True, signed=True, candidate_list=silent_list)
    stays = PledgeFactory(in_review=True, signed=True, candidate_list__contest=silent_list.contest)
    for pledge in (gone, stays):
        preparing.prepare(pledge, Decision.PUBLISH, by=moderator, identity_check=IdentityCheck.CALL_BACK)
    signing.withdraw(gone)  # nobody has read it: that is done at once

    in_silence.move_to(AFTER)
    done = carry_out_prepared()

    assert done == (1, 1)
    refused = PreparedDecision.objects.get(pledge=gone)
    assert (refused.state, refused.why) == (
        PreparedState.REFUSED,
        "Cet engagement est dans l’état « retiré » : rien n’a été changé.",
    )
    stays.refresh_from_db()
    assert stays.state == PledgeState.PUBLISHED


@pytest.mark.parametrize("by_network", [False, True])
def test_a_withdrawal_waits_and_is_dated_from_the_end_of_the_silence(silent_list, in_silence, by_network):
    pledge = PledgeFactory(published=True, signed=True, candidate_list=silent_list)
    signing.withdraw(pledge, by=administrator() if by_network else None, reason="Nous changeons d’avis.")
    signing.withdraw(pledge) if not by_network else None  # asked twice

    pledge.refresh_from_db()
    assert (pledge.state, PreparedDecision.objects.count()) == (PledgeState.PUBLISHED, 1)
    assert not OutboxMail.objects.filter(kind=MailKind.WITHDRAWN).exists()

    in_silence.move_to(AFTER)
    carry_out_prepared()

    pledge.refresh_from_db()
    assert (pledge.state, pledge.withdrawn_at) == (PledgeState.WITHDRAWN, AFTER)
    assert pledge.withdrawal_reason == ("" if by_network else "Nous changeons d’avis.")
    assert OutboxMail.objects.filter(kind=MailKind.WITHDRAWN).count() == 1
    assert list(PreparedDecision.objects.values_list("state", "reason")) == [(PreparedState.DONE, "")]


def test_erasing_what_is_public_waits_too_and_the_rest_goes_at_once(silent_list, in_silence):
    public = PledgeFactory(published=True, signed=True, candidate_list=silent_list)
    waiting = PledgeFactory(in_review=True, signed=True, candidate_list__contest=silent_list.contest)
    for pledge in (public, waiting):
        pledge.signatories.update(email="alix@example.org")

    erased = personal_data.erase("alix@example.org", door=Door.COMMAND)

    public.refresh_from_db()
    assert (erased.signatures, erased.waiting, public.state) == (1, 1, PledgeState.PUBLISHED)
    assert public.signatories.get().email == "alix@example.org"

    in_silence.move_to(AFTER)
    carry_out_prepared()

    public.refresh_from_db()
    assert (public.state, public.signatories.get().email) == (PledgeState.WITHDRAWN, "")


def test_nothing_is_prepared_once_the_silence_is_over_nor_twice(silent_list, in_silence):
    pledge = PledgeFactory(published=True, signed=True, candidate_list=silent_list)
    preparing.prepare(pledge, Decision.SUSPEND, by=administrator(), reason="Un doute.")

    with pytest.raises(preparing.CannotPrepareError) as twice:
        preparing.prepare(pledge, Decision.SUSPEND, by=administrator(), reason="Un autre.")
    in_silence.move_to(AFTER)
    with pytest.raises(preparing.CannotPrepareError) as late:
        preparing.prepare(pledge, Decision.SUSPEND, by=administrator(), reason="Trop tard.")

    assert [str(twice.value), str(late.value)] == [
        "Une décision est déjà préparée pour cet engagement : abandonnez-la avant d’en préparer une autre.",
        "Le silence électoral est terminé : décidez maintenant, cela paraîtra aussitôt.",
    ]


def test_a_decision_given_up_is_not_done(silent_list, in_silence):
    pledge = PledgeFactory(published=True, signed=True, candidate_list=silent_list)
    prepared = preparing.prepare(pledge, Decision.SUSPEND, by=administrator(), reason="Un doute.")

    preparing.cancel(prepared, by=administrator())
    in_silence.move_to(AFTER)

    assert carry_out_prepared() == (0, 0)
    pledge.refresh_from_db()
    assert (pledge.state, states()) == (PledgeState.PUBLISHED, [(Decision.SUSPEND, PreparedState.CANCELLED)])


def test_what_a_signer_asked_is_not_given_up_by_a_network(silent_list, in_silence):
    pledge = PledgeFactory(published=True, signed=True, candidate_list=silent_list)
    signing.withdraw(pledge)

    with pytest.raises(preparing.CannotPrepareError):
        preparing.cancel(PreparedDecision.objects.get(), by=administrator())


def test_a_decision_cut_short_by_a_crash_is_done_whole_the_next_time(silent_list, in_silence, monkeypatch):
    pledge = PledgeFactory(published=True, signed=True, candidate_list=silent_list)
    preparing.prepare(pledge, Decision.SUSPEND, by=administrator(), reason="Un doute.")
    in_silence.move_to(AFTER)

    class KilledError(Exception):
        pass

    def die(*args, **kwargs):
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(review, "owe_receipt", die)
        with pytest.raises(KilledError):
            carry_out_prepared()
    pledge.refresh_from_db()
    assert (pledge.state, states()) == (PledgeState.PUBLISHED, [(Decision.SUSPEND, PreparedState.WAITING)])

    assert carry_out_prepared() == (1, 0)
    pledge.refresh_from_db()
    assert (pledge.state, pledge.decision_reason) == (PledgeState.SUSPENDED, "Un doute.")


@pytest.mark.django_db(transaction=True)
def test_two_processes_do_each_decision_once(silent_list, in_silence):
    for _number in range(3):
        pledge = PledgeFactory(in_review=True, signed=True, candidate_list__contest=silent_list.contest)
        preparing.prepare(pledge, Decision.PUBLISH, by=administrator(), identity_check=IdentityCheck.CALL_BACK)
    in_silence.move_to(AFTER)

    def work(_number):
        try:
            return carry_out_prepared()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(work, range(2)))

    assert sum(count for count, _refused in done) == 3
    assert JournalEntry.objects.filter(act=Act.PLEDGE_PUBLISHED).count() == 3
    assert Pledge.objects.filter(state=PledgeState.PUBLISHED).count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_round_of_mails_does_what_was_prepared_then_writes(smtp, silent_list, in_silence):
    pledge = PledgeFactory(in_review=True, signed=True, candidate_list=silent_list)
    preparing.prepare(pledge, Decision.PUBLISH, by=administrator(), identity_check=IdentityCheck.CALL_BACK)

    call_command("send_outbox")
    assert smtp.messages == []

    in_silence.move_to(AFTER)
    call_command("send_outbox")
    call_command("send_outbox")

    assert [mail["To"] for mail in smtp.messages] == [pledge.signatories.get().email]


# --- At the desk ---


def decide(desk, pledge, name, *, is_held=False, **typed):
    """Press the button of a decision, on a page that has said, or not, that it waits for the end of the silence."""
    data = {f"{name}-{field}": value for field, value in typed.items()} | ({"held": "1"} if is_held else {})
    button = {"CHANGE_FORM-action": name, "_selected_action": pledge.pk}
    return desk.post(page_of(pledge), {**button, **data}, follow=True)


def said(response):
    [message] = response.context["messages"]
    return str(message).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def at_desk(client, silent_list, in_silence):
    """A moderator of the territory, on the page of a pledge to check."""
    moderator = UserFactory(is_staff=True, is_superuser=True)
    pledge = PledgeFactory(in_review=True, signed=True, candidate_list=silent_list)
    QuestionFactory(signatory=pledge.signatories.get(), answered=True)  # what is decided is told before it
    return enter(client, moderator), pledge


def test_a_moderator_decides_during_the_silence_and_it_is_noted_for_its_end(at_desk):
    desk, pledge = at_desk

    page = text_of(desk.get(page_of(pledge)))
    noted = decide(desk, pledge, "publish", identity_check="call_back", is_held=True)
    after = text_of(desk.get(page_of(pledge)))

    assert "À la fin du silence : Publier cet engagement" in page
    assert "se fera à la fin du silence (publier)" in said(noted)
    assert states() == [(Decision.PUBLISH, PreparedState.WAITING)]
    assert "À la fin du silence : publier" in after
    assert "Cela se fera de soi-même." in after
    assert "à la fin du silence : publier" in text_of(desk.get(QUEUE))


def test_what_could_not_be_done_is_on_the_first_page_of_the_desk(at_desk):
    desk, pledge = at_desk
    decide(desk, pledge, "publish", identity_check="call_back", is_held=True)
    signing.withdraw(pledge)

    with time_machine.travel(AFTER):
        carry_out_prepared()
        enter(desk, UserFactory(is_staff=True, is_superuser=True))
        page = text_of(desk.get(reverse("admin:index")))

    assert "Préparé pendant le silence, et resté impossible" in page
    assert "publier : Cet engagement est dans l’état « retiré » : rien n’a été changé." in page
    assert page_of(pledge) in page


def test_what_was_prepared_is_given_up_from_the_page(at_desk):
    desk, pledge = at_desk
    decide(desk, pledge, "publish", identity_check="call_back", is_held=True)
    prepared = PreparedDecision.objects.get()

    answer = desk.post(page_of(pledge), {"cancel_prepared": str(prepared.pk)}, follow=True)
    again = desk.post(page_of(pledge), {"cancel_prepared": str(prepared.pk)}, follow=True)

    assert [said(answer), said(again)] == [
        "La décision préparée est abandonnée : rien ne se fera.",
        "Cette décision n’attend plus : rien n’a changé.",
    ]
    assert states() == [(Decision.PUBLISH, PreparedState.CANCELLED)]


def test_a_silence_that_begins_while_one_decides_is_told_first(at_desk):
    desk, pledge = at_desk

    answer = decide(desk, pledge, "publish", identity_check="call_back")

    assert said(answer) == "Silence électoral jusqu’au 20 juin 2021 à 20 h, heure locale."
    assert states() == []


def test_a_moderator_who_takes_a_pledge_back_for_its_signer_is_told_when(at_desk, silent_list):
    desk, _pledge = at_desk
    published = PledgeFactory(published=True, signed=True, candidate_list__contest=silent_list.contest)

    answer = decide(desk, published, "withdraw", reason="Courriel du 18 juin.", is_sure="on", is_held=True)

    assert "le retrait est noté, et se fera à la fin du silence" in said(answer)


# --- For who signed ---


def test_who_withdraws_during_the_silence_reads_when_it_will_show(client, silent_list, in_silence):
    pledge = PledgeFactory(published=True, signed=True, candidate_list=silent_list)
    [(_link, token)] = links_of(pledge, LinkPurpose.PRIVATE)

    asked = text_of(client.get(reverse("private-withdraw", args=[token])))
    client.post(reverse("private-withdraw", args=[token]), {"is_sure": "on", "reason": ""})
    page = client.get(reverse("private", args=[token]))
    after = text_of(page)

    assert "le retrait est noté, il paraîtra à cette heure" in asked
    assert "Votre retrait est noté" in after
    assert "Silence électoral jusqu’au 20 juin 2021 à 20 h, heure locale. Il paraîtra, daté" in after
    assert reverse("private-withdraw", args=[token]) not in page.content.decode()


def test_who_erases_during_the_silence_reads_when_it_will_be_done(client, silent_list, in_silence):
    pledge = PledgeFactory(published=True, signed=True, candidate_list=silent_list)
    [(_link, token)] = links_of(pledge, LinkPurpose.PRIVATE)

    page = text_of(client.post(reverse("private-erase", args=[token]), {"is_sure": "on"}))

    assert "Vos données s’effaceront à la fin du silence" in page
    assert states() == [(Decision.ERASE, PreparedState.WAITING)]
