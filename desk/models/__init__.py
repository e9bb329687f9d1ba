"""What the desk keeps of those who come in."""

from .accounts import LogIn, RecoveryCode

__all__ = ["LogIn", "RecoveryCode"]
