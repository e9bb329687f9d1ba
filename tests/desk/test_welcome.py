"""From the mail to the desk: what an invitation or a forgotten password opens, to whom, for how long."""

import datetime
import re

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from desk.actions import accounts, members, second_factor
from pledges.enums import MailKind
from pledges.models import OutboxMail
from regions import keys
from regions.enums import Role
from regions.models import User
from tests.desk.acts import PASSWORD, code_of, colleague, enter, give_code, give_password, telephone_of
from tests.pledges.test_views import text_of
from tests.regions.factories import MembershipFactory, NetworkFactory, UserFactory

pytestmark = pytest.mark.django_db

CHOOSE, FORGOTTEN, SENT, LOG_IN, ENROL, DESK = (
    reverse(f"admin:{name}") for name in ("welcome-password", "forgotten", "forgotten-sent", "login", "enrol", "index")
)
DAY, SECOND = datetime.timedelta(days=1), datetime.timedelta(seconds=1)
NEW = "un cheval, une pile et une agrafe"


@pytest.fixture
def coordinator():
    user = colleague(first_name="Corentin", last_name="COORDINATION")
    MembershipFactory(user=user, coordinator=True, network=NetworkFactory(name="CRESS d’essai"))
    return user


@pytest.fixture
def invited(coordinator):
    return members.invite(
        "alix@example.org",
        by=coordinator,
        network=coordinator.memberships.get().network,
        role=Role.MODERATOR,
        first_name="Alix",
        last_name="EXEMPLE",
    )


def link_to(user):
    return reverse("admin:welcome", args=keys.mint(user))


def choose(client, password=NEW):
    return client.post(CHOOSE, {"new_password1": password, "new_password2": password})


def opened(client, user):
    """Follow the link, then choose: the answers."""
    return client.get(link_to(user)), choose(client)


# --- The mail ---


@pytest.mark.django_db(transaction=True)
def test_an_invitation_says_who_for_what_how_long_and_opens_the_account(smtp, client, coordinator):
    members.invite(
        "Alix@Example.org", by=coordinator, network=coordinator.memberships.get().network, role=Role.MODERATOR
    )

    [mail] = smtp.messages
    said = " ".join(mail.get_content().replace("\N{NO-BREAK SPACE}", " ").split())
    assert mail["To"] == "alix@example.org"
    assert mail["Subject"] == "CRESS d’essai vous invite dans l’espace des réseaux"
    assert "Corentin COORDINATION vous invite à rejoindre CRESS d’essai" in said
    assert "Votre rôle : modérateur ou modératrice." in said
    assert "pour vous connecter : l’adresse à laquelle ce courriel est arrivé" in said.replace(
        "\N{NARROW NO-BREAK SPACE}", " "
    )
    assert "Le lien est valable trois jours" in said
    [path] = re.findall(r"https://engagements.example.org(/admin/bienvenue/\w+/\S+/)", mail.get_content())

    answer = client.get(path, follow=True)

    assert answer.redirect_chain[-1][0] == CHOOSE
    assert "alix@example.org" in text_of(answer)


def test_nothing_stored_opens_the_account(invited):
    [mail] = OutboxMail.objects.filter(user=invited)

    assert (mail.kind, mail.recipient) == (MailKind.INVITED, "alix@example.org")
    assert not invited.has_usable_password()
    assert keys.mint(invited)[1] not in str(list(OutboxMail.objects.values()))


# --- The way in ---


def test_from_the_mail_to_the_desk(client, invited):
    shown, chosen = opened(client, invited)
    client.get(ENROL)
    device = second_factor.device_for(invited, client.session["enrolling"])
    codes = give_code(client, code_of(device), "admin:enrol")

    assert (shown.url, chosen.url, len(codes.context["codes"])) == (CHOOSE, ENROL, 10)
    assert client.get(DESK).status_code == 200


def test_the_page_has_no_key_in_its_address_nor_in_its_text(client, invited):
    who, key = keys.mint(invited)

    answer = client.get(reverse("admin:welcome", args=[who, key]), follow=True)

    assert key not in answer.content.decode() + answer.request["PATH_INFO"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_scanner_that_opens_the_link_changes_nothing(invited):
    link = link_to(invited)
    for _time in range(3):
        Client().get(link, follow=True)
        Client().head(link, follow=True)
    client = Client()
    client.get(link)

    assert choose(client).url == ENROL


def test_an_invitation_enrols_even_where_a_demonstration_does_without(client, settings, invited):
    settings.SECOND_FACTOR = False

    _shown, chosen = opened(client, invited)

    assert chosen.url == ENROL
    assert client.get(DESK).status_code == 302


def test_a_new_password_still_asks_for_the_code(client):
    member = colleague()
    telephone_of(member)

    _shown, chosen = opened(client, member)

    assert chosen.url == reverse("admin:second-factor")
    assert client.get(DESK).status_code == 302


@pytest.mark.parametrize("password", ["court", "alix@example.org", "1q2w3e4r5t6y"])
def test_a_weak_password_is_refused_in_words_and_the_link_lives_on(client, invited, password):
    client.get(link_to(invited))

    refused, chosen = choose(client, password), choose(client)

    assert (refused.status_code, chosen.url) == (200, ENROL)
    assert refused.context["form"].errors["new_password2"]


# --- A key that opens no more ---


def spend(user):
    accounts.choose_password(*keys.mint(user), NEW)


def move(user):
    User.objects.filter(pk=user.pk).update(email="autre@example.org")


def close(user):
    User.objects.filter(pk=user.pk).update(is_active=False)


def log_in(user):
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())


@pytest.mark.parametrize("change", [spend, move, close, log_in, second_factor.end_sessions])
def test_a_key_is_put_out_by(client, invited, change):
    link = link_to(invited)
    client.get(link)
    change(invited)

    answers = [choose(client), Client().get(link, follow=True), client.get(CHOOSE)]

    assert [answer.status_code for answer in answers] == [410] * 3
    assert "Recevoir un nouveau lien" in text_of(answers[0])


@pytest.mark.parametrize(("age", "opens"), [(3 * DAY, True), (3 * DAY + SECOND, False)])
def test_a_key_lives_three_days(invited, age, opens):
    with time_machine.travel(timezone.now().replace(microsecond=0), tick=False) as clock:
        who, key = keys.mint(invited)
        clock.shift(age)

        assert (keys.owner_of(who, key) == invited) is opens


def test_the_key_of_one_opens_nothing_of_another(invited):
    who, _key = keys.mint(UserFactory(is_staff=True))
    _who, key = keys.mint(invited)

    assert keys.owner_of(who, key) is None
    assert keys.owner_of(*keys.mint(invited)) == invited


@pytest.mark.parametrize("who", ["", "x", "é", "LTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "\x00"])
def test_a_made_up_key_is_refused_in_words(client, who):
    session = client.session
    session["account_key"] = [who, "abc-def"]
    session.save()

    assert client.get(CHOOSE).status_code == 410


def test_a_made_up_link_stores_nothing(client):
    answer = client.get(reverse("admin:welcome", args=["x", "k" * 2000]), follow=True)

    assert (answer.status_code, Session.objects.count()) == (410, 0)


def test_a_link_that_is_over_puts_out_the_one_held_before(client, invited):
    client.get(link_to(invited))
    client.get(reverse("admin:welcome", args=["x", "y"]))

    assert client.get(CHOOSE).status_code == 410


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_the_same_key_choose_once(in_threads):
    user = UserFactory(is_staff=True)
    who, key = keys.mint(user)

    outcomes = in_threads(lambda: accounts.choose_password(who, key, NEW), 3)

    assert sum(isinstance(outcome, accounts.LinkOverError) for outcome in outcomes) == 2


def test_a_new_password_ends_the_sessions_that_were_open(client):
    member, elsewhere = colleague(), Client()
    enter(elsewhere, member)
    before = elsewhere.get(DESK).status_code

    opened(client, member)

    assert (before, elsewhere.get(DESK).status_code) == (200, 302)


# --- Forgotten ---


def test_a_forgotten_password_gets_a_link_and_an_unopened_account_its_invitation(client, invited):
    OutboxMail.objects.all().delete()
    member = colleague()

    for user in (member, invited):
        client.post(FORGOTTEN, {"email": user.email.upper()})

    owed = OutboxMail.objects.order_by("pk").values_list("user", "kind")
    assert list(owed) == [(member.pk, MailKind.PASSWORD), (invited.pk, MailKind.INVITED)]


def test_the_answer_is_the_same_for_every_address(client):
    known, closed = colleague(), colleague(is_active=False)
    pages = []
    for email in (known.email, closed.email, "inconnue@example.org"):
        answer = client.post(FORGOTTEN, {"email": email}, follow=True)
        pages.append((answer.redirect_chain, re.sub(r'nonce="[^"]*"', "", text_of(answer))))

    assert pages[0] == pages[1] == pages[2]
    assert list(OutboxMail.objects.values_list("user", flat=True)) == [known.pk]


def test_an_address_gets_three_links_then_one_a_day():
    member = colleague()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        counts = []
        for wait in (0, 86400, 86400):
            clock.shift(wait)
            for number in range(5):
                Client(REMOTE_ADDR=f"10.0.0.{number}").post(FORGOTTEN, {"email": member.email})
            counts.append(OutboxMail.objects.count())

    assert counts == [3, 4, 5]


def test_a_network_that_asks_for_everyone_is_told_to_wait(client):
    answers = [client.post(FORGOTTEN, {"email": f"a{number}@example.org"}) for number in range(22)]

    assert [answer.status_code for answer in answers] == [302] * 20 + [429] * 2
    assert answers[-1].headers["Retry-After"] == "180"


def test_the_link_lets_one_in_whom_guesses_kept_out(member_under_guesses):
    client = Client(REMOTE_ADDR="198.51.100.1")
    refused = give_password(client, member_under_guesses).status_code

    opened(client, member_under_guesses)
    give_code(client, code_of(telephone_of(member_under_guesses)))

    assert (refused, client.get(DESK).status_code) == (429, 200)


@pytest.fixture
def member_under_guesses():
    member = colleague()
    telephone_of(member)
    for number in range(31):
        give_password(Client(REMOTE_ADDR=f"10.0.{number}.1"), member, "faux")
    stranger = Client(REMOTE_ADDR="10.1.1.1")
    stranger.post(LOG_IN, {"username": member.username, "password": PASSWORD})
    return member


def test_enrolling_is_what_an_invitation_leads_to_once(client, invited):
    opened(client, invited)
    client.get(ENROL)
    give_code(client, code_of(second_factor.device_for(invited, client.session["enrolling"])), "admin:enrol")

    assert TOTPDevice.objects.filter(user=invited, confirmed=True).count() == 1
    assert give_password(Client(), User.objects.get(pk=invited.pk), NEW).url == reverse("admin:second-factor")


# --- After a reset of the second factor ---


@pytest.fixture
def reset_member():
    """Somebody who was at the desk before, and whose telephone an administrator has just taken out."""
    member = colleague(last_login=timezone.now())
    telephone_of(member)
    return second_factor.reset(member, by=None)


def test_after_a_reset_the_password_alone_binds_no_telephone(client, reset_member):
    give_password(client, reset_member)
    shown, tried = client.get(ENROL), give_code(client, "123456", "admin:enrol")

    assert [shown.status_code, tried.status_code] == [403, 403]
    assert "Un lien vous a été envoyé par courriel" in text_of(shown)
    assert "enrolling" not in client.session
    assert not TOTPDevice.objects.filter(user=reset_member).exists()


def test_a_reset_owes_the_link_that_lets_its_owner_enrol(client, reset_member):
    [mail] = OutboxMail.objects.filter(user=reset_member)
    opened(client, reset_member)
    client.get(ENROL)
    device = second_factor.device_for(reset_member, client.session["enrolling"])
    give_code(client, code_of(device), "admin:enrol")

    assert mail.kind == MailKind.PASSWORD
    assert client.get(DESK).status_code == 200


def test_a_closed_account_that_is_reset_gets_no_link():
    second_factor.reset(colleague(is_active=False), by=None)

    assert not OutboxMail.objects.exists()
