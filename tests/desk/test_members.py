"""The members of a network: who sees them, who changes what, and that nobody raises their own rights."""

import re

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from desk.actions import accounts, members, second_factor
from pledges.enums import Act, MailKind
from pledges.models import JournalEntry, OutboxMail
from regions.admin.proof import PROVED_AT
from regions.enums import Role
from regions.models import Membership, User
from tests.desk.acts import colleague, enter, give_password, telephone_of
from tests.pledges.test_views import text_of
from tests.regions.factories import MembershipFactory, NetworkFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db

REGISTER, INVITE, ACCOUNTS, DESK = (
    reverse(f"admin:{name}") for name in ("regions_membership_changelist", "invite", "regions_user_changelist", "index")
)


def member_of(network, role=Role.MODERATOR, **fields):
    return MembershipFactory(user=colleague(**fields), network=network, role=role)


def waiting_in(network):
    """Somebody who has not opened their account."""
    return MembershipFactory(network=network, user=UserFactory(is_staff=True, password=make_password(None)))


def page_of(membership):
    return reverse("admin:regions_membership_change", args=[membership.pk])


def pressed(button):
    """A button of a member's page, with the box beside it ticked."""
    return {button: "1", "sure": button}


@pytest.fixture
def network():
    network = NetworkFactory(name="CRESS d’essai")
    network.regions.add(RegionFactory())
    return network


@pytest.fixture
def coordinator(network):
    return member_of(network, Role.COORDINATOR, first_name="Corentin").user


@pytest.fixture
def here(network):
    return member_of(network, first_name="Mona")


@pytest.fixture
def elsewhere():
    other = NetworkFactory(name="Un autre réseau")
    other.regions.add(RegionFactory())
    return member_of(other)


@pytest.fixture
def desk(client, coordinator):
    return enter(client, coordinator)


def journal():
    entries = JournalEntry.objects.exclude(act=Act.SECOND_FACTOR_SET).order_by("pk")
    return [(entry.act, entry.by, entry.region, entry.details) for entry in entries]


def typed(network, role="moderator", email="alix@example.org", **fields):
    key = getattr(network, "pk", network)
    return {"first_name": "Alix", "last_name": "EXEMPLE", "email": email, "network": key, "role": role, **fields}


# --- Who sees whom ---


def test_a_coordinator_sees_the_members_of_their_own_network(desk, coordinator, here, elsewhere):
    response = desk.get(REGISTER)

    assert set(response.context["cl"].result_list) == {coordinator.memberships.get(), here}
    assert text_of(response).count("Inviter une personne") == 1


def test_the_members_have_one_name_everywhere(desk, here):
    register, page = desk.get(REGISTER), desk.get(page_of(here)).text

    assert [str(link.label) for link in register.context["desk_links"] if link.is_current] == ["Équipe"]
    assert re.findall(r"<h1>(.*?)</h1>", register.text) == ["Équipe"]
    assert re.search(r"<title>(.*?) —", register.text)[1].strip("\N{NO-BREAK SPACE}") == "Équipe"
    assert '<li aria-current="page">Équipe</li>' in register.text
    assert f'<li><a href="{REGISTER}">Équipe</a></li>' in page


def test_an_administrator_sees_all(admin_client, coordinator, here, elsewhere):
    assert admin_client.get(REGISTER).context["cl"].result_list.count() == 3


@pytest.mark.parametrize("who", ["moderator", "coordinator elsewhere", "nobody"])
def test_the_members_are_not_there_for(client, here, elsewhere, network, who):
    user = {
        "moderator": lambda: here.user,
        "coordinator elsewhere": lambda: member_of(elsewhere.network, Role.COORDINATOR).user,
        "nobody": colleague,
    }[who]()
    target = member_of(network)
    enter(client, user)
    everything = dict.fromkeys(("coordinator", "moderator", "remove", "invite_again"), "1")
    everything["sure"] = ["coordinator", "remove"]

    answers = [client.get(page_of(target)), client.post(page_of(target), everything)]
    if who != "coordinator elsewhere":
        answers += [client.get(REGISTER), client.get(INVITE), client.post(INVITE, typed(network))]

    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert Membership.objects.filter(pk=target.pk, role=Role.MODERATOR).exists()
    assert not OutboxMail.objects.exists()


def test_the_register_says_what_state_each_account_is_in(desk, network, here):
    telephone_of(here.user)
    waiting_in(network)
    member_of(network, is_active=False)

    page = text_of(desk.get(REGISTER))

    assert [page.count(f">{state}</td>") for state in ("actif", "invitation envoyée", "fermé")] == [2, 1, 1]


def test_the_register_says_in_words_what_protects_each_account(desk, here):
    page = desk.get(REGISTER).text

    cells = re.findall(r"<td[^>]*field-second_factor[^>]*>(.*?)</td>", page)
    assert sorted(cells) == ["oui", "pas encore"]


def test_the_register_says_that_an_invitation_was_lost(desk, network):
    waiting = waiting_in(network)
    members.invite_again(waiting, by=colleague(is_superuser=True))
    OutboxMail.objects.update(abandoned_at=timezone.now())
    lost = "invitation non remise" in text_of(desk.get(REGISTER))
    members.invite_again(waiting, by=colleague(is_superuser=True))

    assert (lost, "invitation non remise" in text_of(desk.get(REGISTER))) == (True, False)


def test_administrators_alone_see_the_mails_to_accounts(desk, admin_user, network):
    members.invite_again(waiting_in(network), by=admin_user)
    register = reverse("admin:pledges_outboxmail_changelist")

    shown = [client.get(register).context["cl"].result_count for client in (desk, enter(Client(), admin_user))]

    assert shown == [0, 1]


@pytest.mark.parametrize("count", [2, 20])
def test_the_queries_of_the_register_are_counted(desk, network, count, django_assert_num_queries):
    for number in range(count):
        member_of(network, first_name=f"Personne {number}")

    with django_assert_num_queries(9):
        desk.get(REGISTER)


# --- Inviting ---


def test_a_coordinator_invites_into_their_network(desk, coordinator, network):
    answer = desk.post(INVITE, typed(network, email=" Alix@Example.org "))

    user = User.objects.get(email="alix@example.org")
    assert answer.url == REGISTER
    assert (user.username, user.is_staff, user.is_superuser, user.has_usable_password()) == (
        "alix@example.org", True, False, False,
    )  # fmt: skip
    assert list(user.memberships.values_list("network", "role")) == [(network.pk, "moderator")]
    assert list(OutboxMail.objects.values_list("user", "kind")) == [(user.pk, MailKind.INVITED)]
    details = {"user": user.pk, "network": network.pk, "role": "moderator"}
    assert journal() == [(Act.MEMBER_INVITED, coordinator, network.regions.get(), details)]


@pytest.mark.parametrize("forged", [
    {"role": "administrator"},
    {"role": "owner"},
    {"role": "administrator", "network": ""},
    {"network": ""},
    {"network": "elsewhere"},
    {"network": "999999"},
    {"email": "pas une adresse"},
    {"email": "a@example.org\r\nBcc: b@example.org"},
], ids=str)  # fmt: skip
def test_an_invitation_that_is_not_theirs_to_send_is_refused_in_words(desk, network, elsewhere, forged):
    before = User.objects.count()
    if forged.get("network") == "elsewhere":
        forged = {"network": elsewhere.network_id}

    answer = desk.post(INVITE, typed(network) | forged)

    assert (answer.status_code, User.objects.count(), OutboxMail.objects.count()) == (200, before, 0)
    assert answer.context["form"].errors


@pytest.mark.parametrize("extra", [{"is_superuser": "on"}, {"is_staff": "on", "is_active": ""}, {"password": "x"}])
def test_rights_that_no_field_asks_for_are_not_given(desk, network, extra):
    desk.post(INVITE, typed(network, **extra))

    user = User.objects.get(email="alix@example.org")
    assert (user.is_superuser, user.is_active, user.has_usable_password()) == (False, True, False)


def test_the_action_refuses_what_no_form_let_through(coordinator, network, elsewhere, here):
    for by, where, role in [
        (coordinator, elsewhere.network, Role.MODERATOR),
        (coordinator, None, members.ADMINISTRATOR),
        (here.user, network, Role.MODERATOR),
        (colleague(is_superuser=True), network, members.ADMINISTRATOR),
        (colleague(is_superuser=True), None, Role.COORDINATOR),
    ]:
        with pytest.raises(members.MemberRefusedError):
            members.invite("alix@example.org", by=by, network=where, role=role)

    assert not User.objects.filter(email="alix@example.org").exists()


@pytest.mark.django_db(transaction=True)
def test_two_invitations_of_one_address_at_once_make_one_account(coordinator, network, in_threads):
    def invite():
        return members.invite("alix@example.org", by=coordinator, network=network, role=Role.MODERATOR)

    outcomes = in_threads(invite, 3)

    refusals = [str(outcome) for outcome in outcomes if isinstance(outcome, members.MemberRefusedError)]
    assert refusals == ["alix@example.org est déjà membre de ce réseau."] * 2
    assert User.objects.filter(email="alix@example.org").count() == Membership.objects.filter(role="moderator").count()


def test_an_address_that_has_an_account_elsewhere_is_for_administrators(desk, network, elsewhere):
    before = list(Membership.objects.values_list("pk", "role"))
    refused = desk.post(INVITE, typed(network, email=elsewhere.user.email))

    assert "l’administration du portail peut le rattacher" in text_of(refused)
    assert list(Membership.objects.values_list("pk", "role")) == before


def test_an_administrator_gives_another_network_to_an_account(admin_client, network, elsewhere):
    admin_client.post(INVITE, typed(network, email=elsewhere.user.email))

    assert set(elsewhere.user.memberships.values_list("network", flat=True)) == {network.pk, elsewhere.network_id}
    [mail] = OutboxMail.objects.all()
    assert mail.user == elsewhere.user


def test_who_was_removed_is_invited_back_as_if_new(desk, coordinator, here, network):
    second_factor.renew_recovery_codes(here.user)
    telephone_of(here.user)
    elsewhere = enter(Client(), here.user)
    members.remove(here, by=coordinator)

    answer = desk.post(INVITE, typed(network, email=here.user.email))

    user = User.objects.get(pk=here.user_id)
    assert answer.url == REGISTER
    assert (user.is_active, user.has_usable_password(), list(user.memberships.values_list("network", "role"))) == (
        True, False, [(network.pk, "moderator")],
    )  # fmt: skip
    assert (second_factor.has_second_factor(user), user.recovery_codes.count()) == (False, 0)
    assert elsewhere.get(DESK).status_code == 302
    assert list(OutboxMail.objects.values_list("user", "kind")) == [(user.pk, MailKind.INVITED)]
    details = {"user": user.pk, "network": network.pk, "role": "moderator"}
    assert journal()[-1] == (Act.MEMBER_INVITED, coordinator, network.regions.get(), details)


@pytest.mark.parametrize(
    "case", ["removed elsewhere", "elsewhere since", "by an administrator", "never removed", "administrator"]
)
def test_a_closed_account_that_is_not_theirs_to_open_stays_closed(desk, coordinator, admin_user, here, elsewhere, case):
    user = here.user
    if case == "removed elsewhere":
        user = elsewhere.user
        members.remove(elsewhere, by=admin_user)
    elif case == "elsewhere since":
        other = MembershipFactory(user=user, network=elsewhere.network)
        members.remove(here, by=coordinator)
        members.remove(other, by=admin_user)
    elif case == "never removed":
        user = colleague(is_active=False)
    else:
        members.remove(here, by=coordinator)
        user.refresh_from_db()
        user.is_superuser = case == "administrator"
        if user.is_superuser:
            user.save(update_fields=["is_superuser"])
        for is_active in () if user.is_superuser else (True, False):
            user.is_active = is_active
            accounts.change_rights(user, by=admin_user)
    before = list(JournalEntry.objects.values_list("pk", flat=True))

    answer = desk.post(INVITE, typed(coordinator.networks[0], email=user.email))

    assert "l’administration du portail peut le rattacher" in text_of(answer)
    assert (User.objects.get(pk=user.pk).is_active, user.memberships.count()) == (False, 0)
    assert (list(JournalEntry.objects.values_list("pk", flat=True)), OutboxMail.objects.count()) == (before, 0)


def test_an_administrator_invites_an_administrator(admin_client, admin_user):
    admin_client.post(INVITE, typed("", role="administrator"))

    user = User.objects.get(email="alix@example.org")
    assert (user.is_superuser, user.is_staff, user.memberships.count()) == (True, True, 0)
    assert journal() == [(Act.MEMBER_INVITED, admin_user, None, {"user": user.pk, "role": "administrator"})]


@pytest.mark.parametrize(("name", "kept"), [
    ("Alix\r\nBcc: x@example.org", "Alix Bcc: x@example.\u200borg"),
    ("\u202exila", "xila"),
    ("  deux   mots ", "deux mots"),
])  # fmt: skip
def test_a_name_is_kept_on_one_line(coordinator, network, name, kept):
    user = members.invite("alix@example.org", by=coordinator, network=network, role=Role.MODERATOR, first_name=name)

    assert user.first_name == kept


def test_nobody_invites_without_a_fresh_proof(desk, network):
    session = desk.session
    session[PROVED_AT] = 0
    session.save()

    answer = desk.post(INVITE, typed(network))

    assert answer.url.startswith(reverse("admin:prove"))
    assert not OutboxMail.objects.exists()


def test_an_invitation_is_sent_again_three_times(desk, network):
    waiting = waiting_in(network)

    for _time in range(5):
        desk.post(page_of(waiting), {"invite_again": "1"})

    assert OutboxMail.objects.count() == 3


# --- Changing ---


def test_a_coordinator_gives_and_takes_back_the_coordination(desk, coordinator, here, network):
    roles = []
    for button in ("coordinator", "moderator"):
        desk.post(page_of(here), pressed(button))
        here.refresh_from_db()
        roles.append(here.role)

    base = {"user": here.user_id, "network": network.pk}
    region = network.regions.get()
    assert roles == ["coordinator", "moderator"]
    assert journal() == [
        (Act.MEMBER_ROLE_CHANGED, coordinator, region, {**base, "role": "coordinator", "before": "moderator"}),
        (Act.MEMBER_ROLE_CHANGED, coordinator, region, {**base, "role": "moderator", "before": "coordinator"}),
    ]


@pytest.mark.parametrize("button", ["coordinator", "remove"])
@pytest.mark.parametrize("ticked", [[], ["1"], ["other"]], ids=["none", "forged", "that of another button"])
def test_what_weighs_is_not_done_without_its_box(desk, here, button, ticked):
    other = {"coordinator": "remove", "remove": "coordinator"}[button]
    sure = [other if value == "other" else value for value in ticked]

    answer = desk.post(page_of(here), {button: "1", "sure": sure}, follow=True)

    here.refresh_from_db()
    assert (here.role, User.objects.get(pk=here.user_id).is_active, journal()) == (Role.MODERATOR, True, [])
    assert [str(message) for message in answer.context["messages"]] == [
        "Rien n’a changé : cochez d’abord la case qui le confirme."
    ]


def test_what_weighs_is_folded_with_its_consequences_and_its_box(desk, here):
    page = desk.get(page_of(here)).text

    folds = re.findall(r"<details.*?</details>", page.split('id="content-main"')[1], re.DOTALL)
    assert [re.search(r"<summary>(.*?)</summary>", fold)[1] for fold in folds] == [
        "Confier la coordination", "Retirer du réseau et fermer le compte",
    ]  # fmt: skip
    assert [re.search(r'name="sure" value="(\w+)" required', fold)[1] for fold in folds] == ["coordinator", "remove"]


def test_the_network_s_name_leads_where_one_may_go(desk, admin_user, here):
    page = reverse("admin:regions_network_change", args=[here.network_id])

    texts = [client.get(page_of(here)).text for client in (desk, enter(Client(), admin_user))]

    assert [("CRESS d’essai" in text, page in text) for text in texts] == [(True, False), (True, True)]


def test_removed_from_their_only_network_they_are_out_at_once(desk, coordinator, here, network):
    elsewhere = enter(Client(), here.user)
    before = elsewhere.get(DESK).status_code

    desk.post(page_of(here), pressed("remove"))

    user = User.objects.get(pk=here.user_id)
    assert (before, elsewhere.get(DESK).status_code) == (200, 302)
    assert (user.is_active, user.memberships.count()) == (False, 0)
    assert give_password(Client(), user).status_code == 200
    assert [act for act, *_rest in journal()] == [Act.MEMBER_LEFT, Act.ACCOUNT_RIGHTS_CHANGED]


def test_removed_from_one_of_two_networks_they_keep_the_other(desk, here, elsewhere):
    MembershipFactory(user=here.user, network=elsewhere.network)

    desk.post(page_of(here), pressed("remove"))

    user = User.objects.get(pk=here.user_id)
    assert (user.is_active, list(user.memberships.values_list("network", flat=True))) == (True, [elsewhere.network_id])


@pytest.mark.parametrize("button", ["coordinator", "moderator", "remove", "invite_again"])
@pytest.mark.parametrize("whose", ["own", "administrator"])
def test_own_rights_and_an_administrator_s_are_not_theirs_to_change(desk, coordinator, network, whose, button):
    own = coordinator.memberships.get()
    target = own if whose == "own" else member_of(network, is_superuser=True)
    before = list(Membership.objects.values())

    answer = desk.post(page_of(target), pressed(button), follow=True)

    assert list(Membership.objects.values()) == before
    assert (journal(), OutboxMail.objects.count()) == ([], 0)
    assert answer.context["messages"]
    assert not answer.context["may_change"]


def test_a_role_lost_meanwhile_changes_nothing_more(coordinator, here):
    coordinator.memberships.update(role=Role.MODERATOR)

    with pytest.raises(members.MemberRefusedError):
        members.change_role(here, Role.COORDINATOR, by=coordinator)


def test_a_role_changes_with_a_fresh_proof_alone(desk, here):
    session = desk.session
    session[PROVED_AT] = 0
    session.save()

    answer = desk.post(page_of(here), pressed("coordinator"))

    here.refresh_from_db()
    assert answer.url.startswith(reverse("admin:prove"))
    assert here.role == Role.MODERATOR


def test_a_membership_is_neither_added_nor_deleted_by_django_s_pages(desk, admin_user, here):
    for client in (desk, enter(Client(), admin_user)):
        for page in ("add", "delete"):
            args = [here.pk] if page == "delete" else []
            address = reverse(f"admin:regions_membership_{page}", args=args)
            assert client.get(address).status_code == client.post(address, {"post": "yes"}).status_code == 404
    assert Membership.objects.filter(pk=here.pk).exists()
