"""Reading a mail that came back (RFC 3464): which invitation it is about, and why. Its content is anybody's."""

import email
import email.message
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from pledges import failures, invitation_keys

LARGEST = 2 * 1024 * 1024
"""Bytes read of a message: a mail server sends back headers, at most the whole of a mail of ours."""
_MOST_PARTS = 50
_ADDRESSED = ("To", "Delivered-To", "X-Original-To", "X-Envelope-To")
_QUOTED = ("Message-ID", "In-Reply-To", "References", "Return-Path")


@dataclass(frozen=True, slots=True)
class Return:
    """A mail that will not arrive: the invitation that it was, and the reason as it is kept."""

    invitation_id: int
    trouble: str


def read(raw: bytes) -> Return | None:
    """What a message given by a mail server says came back for good.

    :return: None for anything else: a delay, a delivery, an answer, a message that is not about a mail of ours.
    """
    try:
        message = email.message_from_bytes(raw[:LARGEST])
        parts = list(islice(message.walk(), _MOST_PARTS))
    except RecursionError:  # messages in messages, a thousand times: no mail server writes that
        return None
    status = next((found for part in parts for found in _statuses(part)), "")
    number = invitation_keys.returned(_headers(message, parts)) if status else None
    return Return(number, f"{failures.RETURNED} {status}") if number else None


def _statuses(part: email.message.Message) -> Iterator[str]:
    """The status of each recipient whose delivery has failed for good: « 5.1.1 »."""
    if part.get_content_type() != "message/delivery-status" or not isinstance(part.get_payload(), list):
        return
    for recipient in islice(part.get_payload(), _MOST_PARTS):
        action = _text(recipient, "Action").lower()
        status, _space, _comment = _text(recipient, "Status").partition(" ")
        if action == "failed" and status.startswith("5") and status.replace(".", "").isdecimal() and len(status) <= 11:
            yield status


def _headers(message: email.message.Message, parts: list[email.message.Message]) -> Iterator[str]:
    """Where the name that we gave to the mail may be: whom it came back to, then what it quotes of the original."""
    yield from (_text(message, name) for name in _ADDRESSED)
    for part in parts:
        if part.get_content_type() == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            original = email.message_from_bytes(payload if isinstance(payload, bytes) else b"")
            yield from (_text(original, name) for name in _QUOTED)
        elif part is not message:
            yield from (_text(part, name) for name in _QUOTED)


def _text(part: email.message.Message, name: str) -> str:
    """A header as it is written, whatever it holds."""
    return " ".join(str(part.get(name, "")).split())
