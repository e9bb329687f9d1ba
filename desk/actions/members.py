"""Who belongs to a network, and in what role: nobody raises their own rights, nor touches an administrator's."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from desk.actions.second_factor import end_sessions, forget_second_factor
from desk.limits import LINKS_TO_MAILBOX
from pledges import limits
from pledges.actions.recording import owe_to_account, record_at_large
from pledges.enums import Act, MailKind
from pledges.letters import inline
from pledges.models import JournalEntry
from regions.enums import Role
from regions.models import Membership, Network, Region, User

ADMINISTRATOR = "administrator"
"""What an invitation says in place of a role, for whoever will administer the portal."""


class MemberRefusedError(Exception):
    """The act is not for this person to do, or has no object. The text says why."""


@transaction.atomic
def invite(  # noqa: PLR0913  what an invitation is made of
    email: str, *, by: User, network: Network | None, role: str, first_name: str = "", last_name: str = ""
) -> User:
    """Offer somebody a role in a network: an account without a password, and the mail that opens it.

    :param role: Of ``Role``; or ``ADMINISTRATOR``, with no network, that only an administrator may give.
    :raises MemberRefusedError: When the role or the network is not theirs to give, or the address has an account that
        is not theirs to touch.
    """
    by = _again(by)
    is_administrator = role == ADMINISTRATOR
    if is_administrator != (network is None) or (is_administrator and not by.is_superuser):
        raise MemberRefusedError(_("Ce rôle n’est pas à vous de donner."))
    if not is_administrator and role not in Role:
        raise MemberRefusedError(_("Ce rôle n’existe pas."))
    if network:
        _check_network(by, network)
    email = email.strip().lower()
    user, created = User.objects.select_for_update().get_or_create(
        email__iexact=email,
        defaults={
            "email": email,
            "username": _free_username(email),
            "first_name": inline(first_name)[:150],
            "last_name": inline(last_name)[:150],
            "password": make_password(None),
            "is_staff": True,
            "is_superuser": is_administrator,
        },
    )
    if not created:
        _adopt(user, by, network)
    if network:
        Membership.objects.create(user=user, network=network, role=role)
    details: dict[str, Any] = {"network": network.pk} if network else {}
    record_at_large(Act.MEMBER_INVITED, by=by, region=_region_of(network), user=user.pk, role=str(role), **details)
    owe_to_account(MailKind.INVITED, user)
    return user


@transaction.atomic
def invite_again(membership: Membership, *, by: User) -> None:
    """Send the mail of an invitation once more: three at once to a mailbox, then one a day.

    :raises MemberRefusedError: When the account is open, or its mailbox has had enough.
    """
    membership = _take(membership, by=by)
    user = membership.user
    if user.has_usable_password() or not user.is_active:
        raise MemberRefusedError(_("%s n’attend plus d’invitation.") % user)
    if not LINKS_TO_MAILBOX.take(limits.mailbox_of(user.email)):
        raise MemberRefusedError(_("%s a déjà reçu trois courriels : réessayez demain.") % user)
    owe_to_account(MailKind.INVITED, user)


@transaction.atomic
def change_role(membership: Membership, role: Role, *, by: User) -> Membership:
    """Make a moderator coordinate, or the other way round.

    :raises MemberRefusedError: For oneself, an administrator, a network of others, or no change.
    """
    membership = _take(membership, by=by)
    if membership.role == role:
        raise MemberRefusedError(_("%s a déjà ce rôle.") % membership.user)
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    _record(Act.MEMBER_ROLE_CHANGED, membership, by, before=str(before))
    return membership


@transaction.atomic
def remove(membership: Membership, *, by: User) -> bool:
    """Take somebody out of a network; their account is closed when they have no other, and no other right.

    :return: Whether the account is closed, and all its sessions with it.
    :raises MemberRefusedError: For oneself, an administrator, or a network of others.
    """
    membership = _take(membership, by=by)
    user = membership.user
    _record(Act.MEMBER_LEFT, membership, by)
    membership.delete()
    if user.is_superuser or user.memberships.exists():
        return False
    user = end_sessions(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    record_at_large(
        Act.ACCOUNT_RIGHTS_CHANGED, by=by, region=_region_of(membership.network), user=user.pk, is_active=False
    )
    return True


def _take(membership: Membership, *, by: User) -> Membership:
    """Hold a membership until the transaction ends, once sure that it is this person's to change."""
    by = _again(by)
    found = (
        Membership.objects.select_for_update(of=("self",))
        .visible_to(by)
        .select_related("user", "network")
        .filter(pk=membership.pk)
        .first()
    )
    if found is None:
        raise MemberRefusedError(_("Cette personne n’est plus membre de ce réseau."))
    if found.user_id == by.pk:
        raise MemberRefusedError(
            _("Vos propres droits ne sont pas à vous de changer : demandez-le à une autre personne.")
        )
    if found.user.is_superuser and not by.is_superuser:
        raise MemberRefusedError(_("Les droits d’une personne qui administre le portail ne se changent pas ici."))
    return found


def _again(by: User) -> User:
    """Who acts, as the database has them now: their role may have gone while they filled in the form."""
    return User.objects.get(pk=by.pk)


def _check_network(by: User, network: Network) -> None:
    if not Network.objects.coordinated_by(by).filter(pk=network.pk).exists():
        raise MemberRefusedError(_("Ce réseau n’est pas le vôtre."))


def _adopt(user: User, by: User, network: Network | None) -> None:
    """Give a role to an account that exists: for administrators, who see all of them.

    A coordinator takes back whom their own network removed, and nobody else.
    """
    if network and user.memberships.filter(network=network).exists():
        raise MemberRefusedError(_("%(name)s est déjà membre de ce réseau.") % {"name": user})
    if network and _was_removed_by_a_network_of(by, user):
        _reopen(user)
        return
    if not by.is_superuser or network is None or not user.is_active:
        raise MemberRefusedError(
            _("Cette adresse a déjà un compte : l’administration du portail peut le rattacher à votre réseau.")
            if not by.is_superuser
            else _("Cette adresse a déjà un compte, ouvert ou fermé : changez-le depuis sa fiche.")
        )
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])


def _was_removed_by_a_network_of(by: User, user: User) -> bool:
    """Whether an account is closed because the last network it had, one that ``by`` coordinates, removed it.

    What an administrator has changed of it since is theirs to undo.
    """
    if user.is_active or user.is_superuser or user.memberships.exists():
        return False
    entries = JournalEntry.objects.filter(details__user=user.pk)
    left = entries.filter(act=Act.MEMBER_LEFT).order_by("pk").last()
    if (
        left is None
        or entries.filter(act=Act.ACCOUNT_RIGHTS_CHANGED, pk__gt=left.pk, details__has_key="changed").exists()
    ):
        return False
    return Network.objects.coordinated_by(by).filter(pk=left.details["network"]).exists()


def _reopen(user: User) -> None:
    """Open a closed account as if it were new: nothing that its owner had before lets anybody in."""
    forget_second_factor(user)
    end_sessions(user)
    user.set_unusable_password()
    user.is_active = user.is_staff = True
    user.save(update_fields=["password", "is_active", "is_staff"])


def _free_username(email: str) -> str:
    """The address itself, unless somebody whose address has changed kept it as a name."""
    taken = User.objects.filter(Q(username__iexact=email) | Q(username__istartswith=f"{email}-")).count()
    return f"{email}-{taken + 1}" if taken else email


def _record(act: Act, membership: Membership, by: User, **details: Any) -> None:
    record_at_large(
        act,
        by=by,
        region=_region_of(membership.network),
        user=membership.user_id,
        network=membership.network_id,
        role=str(membership.role),
        **details,
    )


def _region_of(network: Network | None) -> Region | None:
    """Whose members read the entry: the network's region when it has just one."""
    regions = list(network.regions.all()[:2]) if network else []
    return regions[0] if len(regions) == 1 else None
