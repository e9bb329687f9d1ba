"""In the demonstration alone: the mails that were « sent », so that whoever tries it can open their links."""

import email
import email.policy
import email.utils
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

SHOWN = 30


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail as its reader sees it."""

    sent_at: datetime
    to: str
    subject: str
    body: str


def _read(path: Path) -> SentMail:
    """Read a mail that Django's file backend wrote: the message, then a line of dashes."""
    message = email.message_from_bytes(path.read_bytes().rpartition(b"-" * 79)[0], policy=email.policy.default)
    body = message.get_body(("plain",))
    return SentMail(
        sent_at=email.utils.parsedate_to_datetime(message["Date"]),
        to=message["To"],
        subject=message["Subject"],
        body=body.get_content() if body else "",
    )


@login_not_required
@never_cache
def mails(request: HttpRequest) -> HttpResponse:
    """The latest mails first."""
    files = sorted(settings.DEMO_MAIL_DIR.glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return render(request, "pages/demo_mails.html", {"mails": [_read(path) for path in files[:SHOWN]]})
