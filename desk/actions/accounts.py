"""Accounts: the password that their owner chooses by a link, the rights that administrators give and take."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.tasks import task
from django.utils.translation import gettext as _

from desk.actions.second_factor import end_sessions
from desk.limits import LINKS_TO_MAILBOX
from pledges import limits
from pledges.actions.recording import owe_to_account, record_at_large
from pledges.enums import Act, MailKind
from regions import keys
from regions.models import User

RIGHTS = ("email", "is_active", "is_superuser")
"""What gives access: the address too, to which a link to choose the password goes."""
EDITED = (*RIGHTS, "first_name", "last_name", "is_staff", "username", "session_round")
"""What a change of an account may write."""


class LinkOverError(Exception):
    """The link is nobody's, is three days old, or has served."""


def send_link(email: str) -> None:
    """Owe this address a link to choose a password; nothing to anyone else.

    Known or not, an address costs the request the same: one look-up and one task, which knows no address.
    """
    owe_links.enqueue(list(User.objects.filter(email__iexact=email, is_active=True).values_list("pk", flat=True)))


@task
def owe_links(user_ids: list[int]) -> None:
    """Owe each of these accounts their link, three at once to a mailbox, then one a day."""
    for user in User.objects.filter(pk__in=user_ids, is_active=True, is_staff=True):
        with transaction.atomic():
            owe_link(user)


def owe_link(user: User) -> bool:
    """Owe an account the link of its invitation when it was never opened, of a new password when it was.

    :return: Whether a mail is owed: a mailbox gets three at once, then one a day.
    """
    if not user.email or not LINKS_TO_MAILBOX.take(limits.mailbox_of(user.email)):
        return False
    owe_to_account(MailKind.PASSWORD if user.has_usable_password() else MailKind.INVITED, user)
    return True


@transaction.atomic
def choose_password(who: str, key: str, password: str) -> User:
    """Give an account the password that the holder of its key has chosen: its sessions end, and the key is spent.

    :raises LinkOverError: When the key has been spent meanwhile, or is over.
    """
    if owner := keys.owner_of(who, key):
        User.objects.select_for_update().get(pk=owner.pk)  # two at once: the second waits, and finds the key spent
    user = keys.owner_of(who, key)
    if user is None:
        raise LinkOverError
    user = end_sessions(user)
    user.set_password(password)
    user.save(update_fields=["password"])
    return user


def check_rights(user: User, *, by: User, is_administrator: bool, is_active: bool) -> None:
    """Say no before anything is saved.

    :param user: As stored.
    :param is_administrator: Whether it will be one, with an open account.
    :raises ValidationError: When no administrator would be left, or somebody would change their own rights.
    """
    if user.pk == by.pk and (is_administrator, is_active) != (user.is_superuser, user.is_active):
        raise ValidationError(_("Vos propres droits ne sont pas à vous de changer : demandez-le à une autre personne."))
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    if user.is_superuser and not is_administrator and not others.exists():
        raise ValidationError(_("Personne d’autre n’administre le portail : nommez d’abord quelqu’un."))


def check_address(user: User, email: str) -> None:
    """Say no to an address that is another account's name: whoever types it must find one account.

    :param user: As stored.
    :raises ValidationError: On the field, when the address changes to such a one.
    """
    if not email or email.lower() == user.email.lower():
        return
    if User.objects.filter(username__iexact=email).exclude(pk=user.pk).exists():
        raise ValidationError(
            {"email": _("Un autre compte a cette adresse pour identifiant : choisissez-en une autre.")}
        )


@transaction.atomic
def change_rights(user: User, *, by: User) -> User:
    """Save what an administrator has changed of an account, and say in the journal which of its rights.

    Whatever was open, or on its way to an address that is no longer theirs, ends.

    :param user: With its new values, not saved.
    :raises ValidationError: When it must not be (``check_rights``, ``check_address``): two administrators may be at
        it at once.
    """
    # All of them, always in the same order: two administrators who take each other's right meet here.
    list(User.objects.select_for_update().filter(Q(is_superuser=True) | Q(pk=user.pk)).order_by("pk").values_list("pk"))
    before = User.objects.get(pk=user.pk)
    check_rights(before, by=by, is_administrator=user.is_superuser and user.is_active, is_active=user.is_active)
    check_address(before, user.email)
    rights = [name for name in RIGHTS if getattr(before, name) != getattr(user, name)]
    user.is_staff = before.is_staff or user.is_superuser
    user.username = before.username
    if before.email and before.username.lower() == before.email.lower():
        user.username = user.email or user.username  # invited: the address is the name, and stays it
    user.session_round = before.session_round + bool(rights and user.pk != by.pk)
    user.save(update_fields=EDITED)  # the row was read before the lock: a password chosen meanwhile stays
    if rights:
        said = {name: getattr(user, name) for name in rights if name != "email"}
        record_at_large(Act.ACCOUNT_RIGHTS_CHANGED, by=by, user=user.pk, changed=rights, **said)
    return user
