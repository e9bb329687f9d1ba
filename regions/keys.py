"""The key of an account, sent by mail: whoever holds it may choose the password. Nothing of it is stored."""

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.encoding import force_bytes, force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from regions.models import User


class _AccountKeys(PasswordResetTokenGenerator):
    """Django's token of a forgotten password: a new password, a log-in or another address puts it out."""

    key_salt = "regions.keys"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        """So does closing the account, or ending its sessions."""
        return f"{super()._make_hash_value(user, timestamp)}:{user.session_round}:{user.is_active}"


_keys = _AccountKeys()


def mint(user: User) -> tuple[str, str]:
    """The two parts of the address that lets this person choose a password: who, and the key."""
    return urlsafe_base64_encode(force_bytes(user.pk)), _keys.make_token(user)


def owner_of(who: str, key: str) -> User | None:
    """Whose key this is; None when it is nobody's, is three days old, or has served."""
    try:
        user = User.objects.filter(pk=int(force_str(urlsafe_base64_decode(who))), is_active=True).first()
    except (ValueError, OverflowError):
        return None
    return user if user and _keys.check_token(user, key) else None
