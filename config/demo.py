"""In the demonstration alone: the mails that were « sent », so that whoever tries it can open their links."""

import base64
import email
import email.policy
import email.utils
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

SHOWN = 30
CLOSED = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail as its reader sees it."""

    name: str
    sent_at: datetime
    to: str
    subject: str
    body: str
    html: str


def _read(path: Path) -> SentMail:
    """Read a mail that Django's file backend wrote: the message, then a line of dashes."""
    message = email.message_from_bytes(path.read_bytes().rpartition(b"-" * 79)[0], policy=email.policy.default)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return SentMail(
        name=path.stem,
        sent_at=email.utils.parsedate_to_datetime(message["Date"]),
        to=message["To"],
        subject=message["Subject"],
        body=text.get_content() if text else "",
        html=html.get_content() if html else "",
    )


@login_not_required
@never_cache
def mails(request: HttpRequest) -> HttpResponse:
    """The latest mails first."""
    files = sorted(settings.DEMO_MAIL_DIR.glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return render(request, "pages/demo_mails.html", {"mails": [_read(path) for path in files[:SHOWN]]})


@login_not_required
@never_cache
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail as a mail program shows it: a page that may do nothing but look like itself."""
    path = settings.DEMO_MAIL_DIR / f"{name}.log"
    if not path.is_file():
        raise Http404
    html = _read(path).html
    digests = [base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in STYLE.findall(html)]
    styles = " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"
    policy = f"default-src 'none'; style-src {styles}; {CLOSED}"
    return HttpResponse(html, headers={"Content-Security-Policy": policy})
