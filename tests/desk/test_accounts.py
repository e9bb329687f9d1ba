"""The register of accounts, for administrators: rights given and taken, links sent, a lost second factor."""
# ruff: noqa: F811  the people of a network come from test_members

import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import NoReverseMatch, reverse

from desk.actions import accounts, members, second_factor
from pledges.enums import Act, MailKind
from pledges.models import OutboxMail
from regions.admin.proof import PROVED_AT
from regions.enums import Role
from regions.models import User
from tests.desk.acts import PASSWORD, colleague, enter, give_password
from tests.desk.test_members import coordinator, desk, here, journal, network  # noqa: F401  a network's people
from tests.pledges.test_views import text_of

pytestmark = pytest.mark.django_db

ACCOUNTS, DESK = (reverse(f"admin:{name}") for name in ("regions_user_changelist", "index"))


def account_of(user):
    return reverse("admin:regions_user_change", args=[user.pk])


def rights(user, **changes):
    fields = {"first_name": user.first_name, "last_name": user.last_name, "email": user.email, "is_active": "on"}
    if user.is_superuser:
        fields["is_superuser"] = "on"
    return {name: value for name, value in (fields | changes).items() if value}


@pytest.fixture
def administrators(admin_user):
    return admin_user, colleague(is_superuser=True)


def test_the_register_speaks_the_words_of_the_desk(admin_client, here):
    page = admin_client.get(ACCOUNTS).text

    cells = re.findall(r"<td[^>]*field-(administers|second_factor)[^>]*>(.*?)</td>", page)
    assert sorted(cells) == [
        ("administers", "non"), ("administers", "oui"), ("second_factor", "oui"), ("second_factor", "pas encore"),
    ]  # fmt: skip
    assert [word in page for word in ("super-utilisateur", "Nom d’utilisateur", "icon-yes")] == [False] * 3
    assert [word in page.lower() for word in ("identifiant", "administration du portail")] == [True] * 2


def test_rights_are_given_and_journaled(admin_client, admin_user, here):
    answer = admin_client.post(account_of(here.user), rights(here.user, is_superuser="on"))

    user = User.objects.get(pk=here.user_id)
    details = {"user": user.pk, "changed": ["is_superuser"], "is_superuser": True}
    assert (answer.status_code, user.is_superuser) == (302, True)
    assert journal() == [(Act.ACCOUNT_RIGHTS_CHANGED, admin_user, None, details)]


def test_a_change_of_rights_ends_the_sessions_and_links(admin_client, here):
    elsewhere = enter(Client(), here.user)

    admin_client.post(account_of(here.user), rights(here.user, is_active=""))

    assert elsewhere.get(DESK).status_code == 302


def test_a_name_that_changes_is_no_right(admin_client, admin_user, here):
    elsewhere = enter(Client(), here.user)

    admin_client.post(account_of(here.user), rights(here.user, first_name="Monique"))

    details = {"record": "regions.user", "key": here.user_id, "fields": ["first_name"]}
    assert User.objects.get(pk=here.user_id).first_name == "Monique"
    assert journal() == [(Act.RECORD_EDITED, admin_user, None, details)]
    assert elsewhere.get(DESK).status_code == 200


@pytest.mark.parametrize("changes", [{"is_superuser": ""}, {"is_active": ""}], ids=str)
def test_an_administrator_keeps_their_own_right(admin_client, administrators, changes):
    own, _other = administrators

    answer = admin_client.post(account_of(own), rights(own, **changes))

    own.refresh_from_db()
    assert (answer.status_code, own.is_superuser, own.is_active) == (200, True, True)
    assert "Vos propres droits ne sont pas à vous de changer" in text_of(answer)


def test_an_administrator_stops_another_while_one_is_left(admin_client, administrators):
    _own, other = administrators

    admin_client.post(account_of(other), rights(other, is_superuser=""))

    assert not User.objects.get(pk=other.pk).is_superuser


def test_the_last_administrator_stays(admin_user):
    with pytest.raises(ValidationError):
        accounts.check_rights(admin_user, by=colleague(), is_administrator=False, is_active=True)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_stop_one_another_leave_one(in_threads):
    pair = [colleague(is_superuser=True), colleague(is_superuser=True)]
    turns = iter([(pair[0].pk, pair[1].pk), (pair[1].pk, pair[0].pk)])

    def stop():
        by, whom = next(turns)
        user = User.objects.get(pk=whom)
        user.is_superuser = False
        return accounts.change_rights(user, by=User.objects.get(pk=by))

    outcomes = in_threads(stop, 2)

    assert sum(isinstance(outcome, ValidationError) for outcome in outcomes) == 1
    assert User.objects.filter(is_superuser=True).count() == 1


def test_no_password_is_shown_or_typed_for_another(admin_client, here):
    page = admin_client.get(account_of(here.user)).content.decode()
    before = here.user.password

    admin_client.post(account_of(here.user), rights(here.user) | {"password": "x", "password1": "x", "is_staff": ""})

    user = User.objects.get(pk=here.user_id)
    assert user.password == before
    assert before not in page
    assert "password" not in page.replace("password_change", "")
    with pytest.raises(NoReverseMatch):
        reverse("admin:auth_user_password_change", args=[user.pk])


def test_a_link_is_sent_instead(admin_client, here):
    admin_client.post(account_of(here.user), {"link": "1"})

    assert list(OutboxMail.objects.values_list("user", "kind")) == [(here.user_id, MailKind.PASSWORD)]


def test_a_lost_second_factor_is_reset_and_another_is_chosen(admin_client, admin_user, here):
    elsewhere = enter(Client(), here.user)
    second_factor.renew_recovery_codes(here.user)

    admin_client.post(account_of(here.user), {"reset": "1"})

    user = User.objects.get(pk=here.user_id)
    assert not second_factor.has_second_factor(user)
    assert user.recovery_codes.count() == 0
    assert elsewhere.get(DESK).status_code == 302
    assert journal() == [(Act.SECOND_FACTOR_RESET, admin_user, None, {"user": user.pk})]
    assert give_password(Client(), user, PASSWORD).url == reverse("admin:enrol")


def test_an_administrator_does_not_reset_their_own(admin_client, admin_user):
    admin_client.post(account_of(admin_user), {"reset": "1"})

    assert second_factor.has_second_factor(admin_user)


@pytest.mark.parametrize("data", [{"is_superuser": "on"}, {"link": "1"}, {"reset": "1"}], ids=str)
def test_accounts_change_with_a_fresh_proof_alone(admin_client, here, data):
    session = admin_client.session
    session[PROVED_AT] = 0
    session.save()

    answer = admin_client.post(account_of(here.user), rights(here.user) | data)

    assert answer.url.startswith(reverse("admin:prove"))
    assert (journal(), OutboxMail.objects.count()) == ([], 0)


def test_accounts_are_not_there_for_coordinators(desk, coordinator, here):
    addresses = [ACCOUNTS, account_of(here.user), account_of(coordinator)]

    answers = [desk.get(address).status_code for address in addresses]
    answers += [desk.post(account_of(coordinator), {"is_superuser": "on", "email": "x@example.org"}).status_code]

    assert answers == [404] * 4
    assert not User.objects.get(pk=coordinator.pk).is_superuser


def test_accounts_are_never_deleted(admin_client, here):
    address = reverse("admin:regions_user_delete", args=[here.user_id])

    assert [admin_client.get(address).status_code, admin_client.post(address, {"post": "yes"}).status_code] == [404] * 2


def test_an_address_that_changes_is_also_the_new_name_of_who_was_invited(admin_client, coordinator, network):
    user = members.invite("alix@example.org", by=coordinator, network=network, role=Role.MODERATOR)

    admin_client.post(account_of(user), rights(user, email="alix@example.net"))

    user.refresh_from_db()
    assert (user.username, user.email) == ("alix@example.net", "alix@example.net")


def test_an_address_that_is_another_s_name_is_refused_in_words(admin_client):
    user = colleague(username="a@example.org", email="a@example.org")
    colleague(username="b@example.org", email="c@example.org")

    answer = admin_client.post(account_of(user), rights(user, email="B@example.org"))

    user.refresh_from_db()
    assert (answer.status_code, user.email, user.username) == (200, "a@example.org", "a@example.org")
    assert "Un autre compte a cette adresse pour identifiant" in text_of(answer)


def test_a_password_chosen_while_an_administrator_edits_stays(admin_user):
    user = colleague()
    shown = User.objects.get(pk=user.pk)
    user.set_password("une autre phrase, toute neuve")
    user.save()

    shown.first_name = "Monique"
    accounts.change_rights(shown, by=admin_user)

    user.refresh_from_db()
    assert (user.first_name, user.check_password("une autre phrase, toute neuve")) == ("Monique", True)


def test_the_key_of_a_second_factor_has_no_page(admin_client):
    assert admin_client.get("/admin/otp_totp/totpdevice/").status_code == 404
