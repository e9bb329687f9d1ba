import datetime
import itertools
import re

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from pledges.actions import email_change, review, signing
from pledges.actions.email_change import EmailChangeError
from pledges.actions.retention import purge_expired
from pledges.actions.signing import LinkUnusableError, SigningClosedError
from pledges.enums import Act, CandidateRole, Capacity, IdentityCheck, LinkPurpose, ListKind, MailKind
from pledges.models import EmailChange, JournalEntry, MailLink, OutboxMail, Signatory
from tests.pledges.acts import links_of, replies
from tests.pledges.factories import CandidateFactory, ElectionFactory, PledgeFactory, SignatoryFactory
from tests.pledges.test_views import text_of
from tests.regions.factories import UserFactory

pytestmark = pytest.mark.django_db

OLD, NEW = "tete@example.org", "nouvelle@example.org"
PURPOSES = (LinkPurpose.APPROVE, LinkPurpose.PROVE)


def signed(**kwargs):
    """Someone whose pledge is published, as their private page loads them."""
    kwargs = {"published": True, **kwargs}
    signatory = SignatoryFactory(pledge=PledgeFactory(**kwargs), email=OLD)
    return loaded(signatory)


def loaded(signatory):
    rows = Signatory.objects.select_related("pledge__charter", "pledge__candidate_list__contest__region")
    return rows.get(pk=signatory.pk)


def pair():
    """The two members of a binôme, whose pledge is published."""
    pledge = PledgeFactory(published=True, candidate_list__kind=ListKind.PAIR)
    members = []
    for email in (OLD, "autre@example.org"):
        candidate = CandidateFactory(candidate_list=pledge.candidate_list, role=CandidateRole.CANDIDATE)
        members.append(
            loaded(SignatoryFactory(pledge=pledge, candidate=candidate, capacity=Capacity.MEMBER, email=email))
        )
    return members


def token_of(change, purpose):
    return MailLink.objects.mint(change.signatory, purpose, email_change=change)


def link_of(change, purpose):
    return MailLink.objects.for_token(token_of(change, purpose), purpose).with_pledge().get()


def addresses():
    return list(Signatory.objects.order_by("pk").values_list("email", flat=True))


# --- Asking ---


def test_both_mailboxes_are_written_to_and_nothing_changes_yet(smtp, django_capture_on_commit_callbacks):
    signatory = signed()

    with django_capture_on_commit_callbacks(execute=True):
        email_change.ask_change(signatory, new_email=NEW)

    mails = {message["X-Envelope-To"]: message.get_content() for message in smtp.messages}
    assert sorted(mails) == [NEW, OLD]
    assert re.search(r"/signer/adresse/autoriser/\S{43}/\n", mails[OLD])
    assert re.search(r"/signer/adresse/confirmer/\S{43}/\n", mails[NEW])
    assert addresses() == [OLD]


def test_a_mistyped_address_tells_a_stranger_nothing(client, smtp, django_capture_on_commit_callbacks):
    signatory = signed()
    with django_capture_on_commit_callbacks(execute=True):
        change = email_change.ask_change(signatory, new_email=NEW)
    [mail] = [message for message in smtp.messages if message["X-Envelope-To"] == NEW]

    shown = mail.as_string() + mail.get_content() + text_of(client.get(page_of(change, LinkPurpose.PROVE)))

    for secret in (signatory.full_name, signatory.candidate.last_name, OLD, str(signatory.pledge.candidate_list)):
        assert secret not in shown


def test_the_journal_holds_no_address():
    signatory = signed()
    change = email_change.ask_change(signatory, new_email=NEW)
    for purpose in PURPOSES:
        email_change.confirm_change(link_of(change, purpose))

    entries = list(JournalEntry.objects.order_by("pk"))

    assert [entry.act for entry in entries] == [Act.EMAIL_CHANGE_ASKED, Act.EMAIL_CHANGED]
    assert "@" not in repr([vars(entry) for entry in entries])


@pytest.mark.parametrize(
    ("email", "why"), [("TETE@example.org", "C’est déjà votre adresse."), (NEW.upper(), None)], ids=["same", "other"]
)
def test_an_address_is_compared_whatever_the_capitals(email, why):
    signatory = signed()

    if why is None:
        assert email_change.ask_change(signatory, new_email=email).new_email == email
        return
    with pytest.raises(EmailChangeError, match=why):
        email_change.ask_change(signatory, new_email=email)
    assert not EmailChange.objects.exists()


def test_a_second_demand_takes_the_place_of_the_first():
    signatory = signed()
    first = email_change.ask_change(signatory, new_email="faute@example.org")
    old_links = [link_of(first, purpose) for purpose in PURPOSES]

    second = email_change.ask_change(signatory, new_email=NEW)

    assert EmailChange.objects.get() == second
    for link in old_links:
        with pytest.raises(LinkUnusableError):
            email_change.confirm_change(link)
    waiting = OutboxMail.objects.filter(sent_at=None).order_by("pk")
    assert list(waiting.values_list("kind", "recipient")) == [(MailKind.APPROVE, OLD), (MailKind.PROVE, NEW)]


def test_a_mail_of_the_first_demand_that_leaves_late_confirms_nothing_of_the_second():
    signatory = signed()
    email_change.ask_change(signatory, new_email=NEW)
    first = OutboxMail.objects.get(kind=MailKind.PROVE)
    email_change.ask_change(signatory, new_email="autre@example.org")

    token = token_in(first)  # its sender held it already

    link = MailLink.objects.for_token(token, LinkPurpose.PROVE).with_pledge().get()
    with pytest.raises(LinkUnusableError):
        email_change.confirm_change(link)
    assert EmailChange.objects.get().proved_at is None


def token_in(mail):
    from pledges import emails  # noqa: PLC0415  beside its only use

    mail = OutboxMail(
        kind=mail.kind,
        signatory=mail.signatory,
        pledge=mail.pledge,
        recipient=mail.recipient,
        created_at=mail.created_at,
    )
    return re.search(r"/signer/adresse/\w+/(\S+)/", emails.compose(mail).body)[1]


def test_three_demands_a_day_write_to_strangers_and_no_more():
    signatory = signed()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(3):
            email_change.ask_change(signatory, new_email=f"cible{number}@example.org")
            OutboxMail.objects.filter(sent_at=None).update(sent_at=timezone.now(), recipient="")

        with pytest.raises(EmailChangeError, match="Trois demandes au plus en un jour"):
            email_change.ask_change(signatory, new_email=NEW)
        clock.shift(datetime.timedelta(days=1, seconds=1))
        assert email_change.ask_change(signatory, new_email=NEW)


def test_nothing_is_asked_during_the_silence(client):
    signatory = signed(candidate_list__contest__election=ElectionFactory(past=True))
    with time_machine.travel(datetime.datetime(2021, 6, 19, 12, tzinfo=datetime.UTC)):
        page = text_of(client.get(private_page(signatory)))
        with pytest.raises(SigningClosedError):
            email_change.ask_change(signatory, new_email=NEW)

    assert "Silence électoral jusqu’au 20 juin 2021 à 20 h, heure locale." in page
    assert "Aucun courriel ne part pendant le silence électoral" in page
    assert not EmailChange.objects.exists()


@pytest.mark.parametrize("state", ["declined", "withdrawn", "superseded"])
def test_what_has_ended_has_no_address_to_change(state):
    signatory = signed(published=False, **{state: True})

    with pytest.raises(EmailChangeError):
        email_change.ask_change(signatory, new_email=NEW)

    assert not OutboxMail.objects.exists()


def test_a_signatory_has_one_open_change():
    signatory = signed()
    EmailChange.objects.create(signatory=signatory, new_email=NEW, asked_at=timezone.now())

    with pytest.raises(IntegrityError):
        EmailChange.objects.create(signatory=signatory, new_email="autre@example.org", asked_at=timezone.now())


# --- Confirming, from both sides ---


@pytest.mark.parametrize("order", list(itertools.permutations(PURPOSES)), ids=str)
def test_the_address_changes_when_both_have_said_yes_in_either_order(order):
    change = email_change.ask_change(signed(), new_email=NEW)

    steps = [(email_change.confirm_change(link_of(change, purpose)), addresses()) for purpose in order]

    assert steps == [(False, [OLD]), (True, [NEW])]
    assert not EmailChange.objects.exists()


@pytest.mark.parametrize("purpose", PURPOSES)
def test_one_mailbox_alone_changes_nothing_however_often_it_answers(purpose):
    change = email_change.ask_change(signed(), new_email=NEW)
    first, second = link_of(change, purpose), link_of(change, purpose)
    email_change.confirm_change(first)

    for link in (first, second):
        with pytest.raises(LinkUnusableError):
            email_change.confirm_change(link)

    assert addresses() == [OLD]
    assert list(MailLink.objects.filter(email_change=change).order_by("pk").values_list("uses", flat=True)) == [1, 0]


def test_every_earlier_link_stops_working(client):
    signatory = signed()
    [(private, token)] = links_of(signatory.pledge, LinkPurpose.PRIVATE)
    change = email_change.ask_change(signatory, new_email=NEW)

    for purpose in PURPOSES:
        email_change.confirm_change(link_of(change, purpose))

    private.refresh_from_db()
    assert not private.is_usable
    assert client.get(reverse("private", args=[token])).status_code == 410
    assert not MailLink.objects.usable().exists()


def test_mails_still_owed_or_given_up_go_to_the_new_address():
    signatory = signed()
    signing.owe(MailKind.PUBLISHED, signatory, pledge=signatory.pledge)
    signing.owe(MailKind.PRIVATE, signatory, pledge=signatory.pledge)
    OutboxMail.objects.filter(kind=MailKind.PRIVATE).update(abandoned_at=timezone.now())
    change = email_change.ask_change(signatory, new_email=NEW)

    for purpose in PURPOSES:
        email_change.confirm_change(link_of(change, purpose))

    assert sorted(OutboxMail.objects.values_list("kind", "recipient")) == [
        (MailKind.PRIVATE, NEW),
        (MailKind.PUBLISHED, NEW),
    ]


def test_a_pending_amendment_follows_and_another_person_does_not():
    signatory = signed()
    amendment = signing.amend(signatory, replies=replies(signatory.pledge.candidate_list, 5))
    namesake = SignatoryFactory(pledge=PledgeFactory(published=True), email=OLD)
    change = email_change.ask_change(signatory, new_email=NEW)

    for purpose in PURPOSES:
        email_change.confirm_change(link_of(change, purpose))
    review.publish(amendment, by=UserFactory(), identity_check=IdentityCheck.CALL_BACK)

    assert amendment.signatories.get().email == NEW
    assert Signatory.objects.get(pk=signatory.pk).email == NEW
    assert Signatory.objects.get(pk=namesake.pk).email == OLD
    assert set(amendment.mails.values_list("recipient", flat=True)) == {NEW}


def test_a_member_who_has_still_to_confirm_an_amendment_gets_its_link_at_the_new_address():
    first, second = pair()
    amendment = signing.amend(second, replies=replies(second.pledge.candidate_list, 5))
    change = email_change.ask_change(first, new_email=NEW)

    for purpose in PURPOSES:
        email_change.confirm_change(link_of(change, purpose))

    confirmations = amendment.mails.filter(kind=MailKind.CONFIRM).order_by("pk")
    assert list(confirmations.values_list("recipient", flat=True)) == [NEW, NEW]
    assert sorted(amendment.signatories.values_list("email", flat=True)) == ["autre@example.org", NEW]


def test_two_members_never_share_a_mailbox():
    first, second = pair()

    with pytest.raises(EmailChangeError, match="sa propre adresse"):
        email_change.ask_change(first, new_email="AUTRE@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        Signatory.objects.filter(pk=first.pk).update(email=second.email.upper())

    assert addresses() == [OLD, "autre@example.org"]


def test_two_members_who_ask_for_the_same_mailbox_do_not_both_get_it():
    changes = [email_change.ask_change(member, new_email=NEW) for member in pair()]
    for change in changes:
        email_change.confirm_change(link_of(change, LinkPurpose.APPROVE))

    email_change.confirm_change(link_of(changes[0], LinkPurpose.PROVE))
    with pytest.raises(EmailChangeError, match="sa propre adresse"):
        email_change.confirm_change(link_of(changes[1], LinkPurpose.PROVE))

    assert addresses() == [NEW, "autre@example.org"]


def test_refusing_drops_the_demand_and_closes_the_private_page(client):
    signatory = signed()
    [(_private, token)] = links_of(signatory.pledge, LinkPurpose.PRIVATE)
    change = email_change.ask_change(signatory, new_email=NEW)
    prove = link_of(change, LinkPurpose.PROVE)

    email_change.refuse_change(link_of(change, LinkPurpose.APPROVE))

    assert (addresses(), EmailChange.objects.count()) == ([OLD], 0)
    assert client.get(reverse("private", args=[token])).status_code == 410
    assert JournalEntry.objects.latest("pk").act == Act.EMAIL_CHANGE_REFUSED
    with pytest.raises(LinkUnusableError):
        email_change.confirm_change(prove)


def test_the_new_mailbox_refuses_nothing():
    change = email_change.ask_change(signed(), new_email=NEW)

    with pytest.raises(LinkUnusableError):
        email_change.refuse_change(link_of(change, LinkPurpose.PROVE))

    assert EmailChange.objects.get() == change


def test_withdrawing_drops_a_demand():
    signatory = signed()
    change = email_change.ask_change(signatory, new_email=NEW)
    links = [link_of(change, purpose) for purpose in PURPOSES]

    signing.withdraw(signatory.pledge)

    assert (addresses(), EmailChange.objects.count()) == ([""], 0)
    for link in links:
        with pytest.raises(LinkUnusableError):
            email_change.confirm_change(link)


@pytest.mark.parametrize(("seconds", "changed"), [(-1, True), (1, False)])
def test_a_demand_lives_two_days_to_the_second(seconds, changed):
    change = email_change.ask_change(signed(), new_email=NEW)
    with time_machine.travel(change.expires_at + datetime.timedelta(seconds=seconds), tick=False):
        outcomes = []
        for purpose in PURPOSES:
            try:
                outcomes.append(email_change.confirm_change(link_of(change, purpose)))
            except LinkUnusableError:
                outcomes.append(None)
        purged = purge_expired()

    assert outcomes == ([False, True] if changed else [None, None])
    assert addresses() == [NEW if changed else OLD]
    assert (purged.email_changes, EmailChange.objects.count()) == (0 if changed else 1, 0)
    assert not OutboxMail.objects.filter(kind=MailKind.PROVE, sent_at=None).exists()


# --- Pages ---


def private_page(signatory, name="private-email"):
    token = MailLink.objects.mint(signatory, LinkPurpose.PRIVATE)
    return reverse(name, args=[token])


def page_of(change, purpose):
    return reverse(purpose, args=[token_of(change, purpose)])


def test_a_signer_asks_on_a_page_that_then_says_what_is_awaited(client):
    signatory = signed()
    address = private_page(signatory)

    bad = client.post(address, {"new_email": "tete"})
    same = client.post(address, {"new_email": OLD})
    done = text_of(client.post(address, {"new_email": NEW}, follow=True))

    assert (bad.status_code, same.status_code) == (422, 422)
    assert "C’est déjà votre adresse." in text_of(same)
    assert f"Deux courriels sont partis pour {NEW}" in done
    assert done.count("n’a pas encore répondu") == 2
    assert "Changement d’adresse en attente" in text_of(client.get(private_page(signatory, "private")))


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_scanner_that_opens_and_presses_everything_decides_nothing(client, purpose):
    change = email_change.ask_change(signed(), new_email=NEW)
    address = page_of(change, purpose)

    answers = [
        client.get(address),
        client.head(address),
        client.post(address),
        client.post(address, {"approve": "1"}),
        client.post(address, {"refuse": "1"}),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 422, 422, 422]
    change.refresh_from_db()
    assert (change.approved_at, change.proved_at) == (None, None)


def test_each_page_leads_to_what_comes_next(client):
    change = email_change.ask_change(signed(), new_email=NEW)
    approve, prove = (page_of(change, purpose) for purpose in PURPOSES)

    first = client.post(approve, {"is_me": "on", "approve": "1"})
    again = [client.get(approve), client.post(approve, {"is_me": "on", "refuse": "1"})]
    last = client.post(prove, {"is_me": "on"})

    assert first.headers["Location"] == reverse("email-noted")
    assert [answer.headers["Location"] for answer in again] == [reverse("email-noted")] * 2
    assert last.headers["Location"] == reverse("email-changed")
    assert addresses() == [NEW]
    pages = [text_of(client.get(reverse(f"email-{outcome}"))) for outcome in ("noted", "changed", "refused")]
    assert ["C’est noté" in pages[0], "L’adresse est changée" in pages[1], "est refusé" in pages[2]] == [True] * 3


def test_refusing_takes_a_ticked_box(client):
    change = email_change.ask_change(signed(), new_email=NEW)
    address = page_of(change, LinkPurpose.APPROVE)

    response = client.post(address, {"is_me": "on", "refuse": "1"})

    assert response.headers["Location"] == reverse("email-refused")
    assert not EmailChange.objects.exists()


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_link_that_is_over_answers_the_same_whatever_the_cause(client, purpose):
    other = next(it for it in PURPOSES if it != purpose)
    signatory = signed()
    unknown = reverse(purpose, args=["x" * 43])
    replaced = page_of(email_change.ask_change(signatory, new_email="faute@example.org"), purpose)
    change = email_change.ask_change(signatory, new_email=NEW)
    wrong_purpose = reverse(purpose, args=[token_of(change, other)])
    used = page_of(change, purpose)
    expired = page_of(change, purpose)
    with time_machine.travel(change.expires_at, tick=False):
        answers = [client.get(expired), client.post(expired, {"is_me": "on"})]
    client.post(used, {"is_me": "on"})
    email_change.confirm_change(link_of(change, other))

    answers += [client.get(address) for address in (unknown, replaced, wrong_purpose, used)]
    answers += [client.post(address, {"is_me": "on"}) for address in (unknown, replaced, wrong_purpose, used)]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "no-store" in answers[0].headers["Cache-Control"]


def test_saying_no_ends_the_short_code_as_well_as_the_link(client):
    signatory = signed()
    code = MailLink.objects.mint_code(signatory, LinkPurpose.PRIVATE_CODE)
    change = email_change.ask_change(signatory, new_email=NEW)

    email_change.refuse_change(link_of(change, LinkPurpose.APPROVE))

    assert client.post(reverse("code"), {"code": code}).status_code == 422
