"""The second factor: an application on a telephone that gives codes, and ten codes on paper against its loss."""

import secrets
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from desk.models import RecoveryCode
from pledges.actions.recording import owe_to_account, record_at_large
from pledges.enums import Act, MailKind
from pledges.keyed_hash import keyed_hash
from regions.models import User

RECOVERY_CODES = 10
# Without I, L, O, U, 0 and 1: nobody wonders which is meant, and no word comes out.
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_LENGTH = 12  # of thirty signs each: 58 bits


class WrongCodeError(Exception):
    """The code is not one of those expected now, or has served already."""

    def __init__(self) -> None:
        super().__init__(_("Ce code n’est pas le bon, ou a déjà servi. Attendez le suivant, et recopiez-le."))


class AlreadyEnrolledError(Exception):
    """The account has a second factor: another tab, or another person, was first."""


def has_second_factor(user: User) -> bool:
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def new_key() -> str:
    """A secret to share with a telephone, in hexadecimal: 160 bits, as RFC 4226 asks."""
    return secrets.token_hex(20)


def device_for(user: User, key: str) -> TOTPDevice:
    """The device that this key would be, not stored: its address goes into the QR code."""
    return TOTPDevice(user=user, key=key, name="TOTP", confirmed=True)


@transaction.atomic
def enrol(user: User, key: str, code: str, *, replacing: bool = False) -> tuple[User, list[str]]:
    """Bind a telephone to an account, on the proof of a code that it gave.

    :param replacing: Whether the account's present telephone goes; its sessions all end, and the caller opens one anew.
    :return: The account as it is now, and its ten recovery codes, that nobody sees again.
    :raises WrongCodeError: When the code is none of this key's.
    :raises AlreadyEnrolledError: When there is a telephone already, that nobody said to replace.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    present = TOTPDevice.objects.filter(user=user)
    if present.filter(confirmed=True).exists():
        if not replacing:
            raise AlreadyEnrolledError
        user = end_sessions(user)
    present.delete()
    device = device_for(user, key)
    device.save()
    if not device.verify_token(_digits(code)):  # it remembers the code: that one does not serve again to log in
        raise WrongCodeError
    record_at_large(Act.SECOND_FACTOR_SET, by=user, user=user.pk, replaced=replacing)
    return user, _issue(user)


@transaction.atomic
def check(user: User, code: str) -> int | None:
    """Spend a code of the telephone or of the paper.

    :return: How many codes are left on paper when one of them served; None when the telephone's did.
    :raises WrongCodeError: When it is neither, has served already, or the account has no second factor.
    """
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    if device is None:
        raise WrongCodeError
    digits = _digits(code)
    if len(digits) == device.digits and digits.isdecimal() and digits.isascii():
        if not device.verify_token(digits):
            raise WrongCodeError
        return None
    unused = RecoveryCode.objects.filter(user=user, used_at=None)
    if not unused.filter(digest=_digest(user, code)).update(used_at=timezone.now()):
        raise WrongCodeError
    return unused.count()


@transaction.atomic
def renew_recovery_codes(user: User) -> list[str]:
    """Put the account's recovery codes out, for ten others.

    :return: Them, that nobody sees again.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    record_at_large(Act.SECOND_FACTOR_SET, by=user, user=user.pk, recovery_codes=RECOVERY_CODES)
    return _issue(user)


@transaction.atomic
def reset(user: User, *, by: User | None) -> User:
    """Take away a second factor that its owner has lost, and owe them the link by which they choose another.

    Their sessions end: whoever has found the telephone may be in one. The link is owed whatever their mailbox was sent
    today: without it, an account that was ever opened enrols no telephone.

    :param by: The administrator; None for whoever has the server's command line.
    """
    user = end_sessions(user)
    forget_second_factor(user)
    record_at_large(Act.SECOND_FACTOR_RESET, by=by, user=user.pk)
    if user.email and user.is_active and user.is_staff:
        owe_to_account(MailKind.PASSWORD if user.has_usable_password() else MailKind.INVITED, user)
    return user


@transaction.atomic
def forget_second_factor(user: User) -> None:
    """Delete an account's device and its recovery codes; whoever calls says why in the journal."""
    TOTPDevice.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()


@transaction.atomic
def end_sessions(user: User) -> User:
    """End all the sessions of an account, half open ones too, and put out the links that it was sent.

    :return: The account as it is now: a session that stays takes its new hash.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    user.session_round += 1
    user.save(update_fields=["session_round"])
    return user


def _issue(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["".join(secrets.choice(_LETTERS) for _sign in range(_LENGTH)) for _code in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in codes)
    return ["-".join(in_words(code)) for code in codes]


def in_words(text: str) -> Sequence[str]:
    """A key or a code cut in words of four signs, to be copied by hand."""
    return [text[start : start + 4] for start in range(0, len(text), 4)]


def _digest(user: User, code: str) -> str:
    """The keyed hash of a code, however it was copied: its owner's, so that another's is not found."""
    signs = "".join(sign for sign in code.upper() if sign.isalnum())
    return keyed_hash("desk.recovery", f"{user.pk}:{signs}").hex()


def _digits(code: str) -> str:
    return "".join(code.split())
