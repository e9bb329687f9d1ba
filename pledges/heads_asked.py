"""What the portal itself asks of the lists that a merger made: one mail to their head, as the journal says."""

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.template.loader import get_template

from pledges import failures
from pledges.enums import Act, InvitationOutcome
from pledges.models import JournalEntry, OutboxMail
from regions.models import Region

TEMPLATE = "emails/merged.txt"


# Set aside before it left: nothing was asked.
_NEVER_LEFT = (failures.OVERTAKEN, failures.NO_ADDRESS)


@dataclass(frozen=True, slots=True)
class HeadAsked:
    """One mail to the head of a merged list."""

    outcome: InvitationOutcome
    at: datetime.datetime | None = None
    """When it left, by the territory's clock; None for one that has not."""
    fingerprint: str = ""
    trouble: str = ""
    is_erased: bool = False
    """Whether the mail went with the data of its reader: the journal alone tells of it, and of the day it was owed."""


def fingerprint() -> str:
    """The SHA-256 of the mail's text before any name is put in it: the same for every head who is asked."""
    source: str = getattr(get_template(TEMPLATE), "template").source  # noqa: B009  Django's own, which its types hide
    return hashlib.sha256(source.encode()).hexdigest()


def heads_asked(regions: Collection[Region], elections: Collection[int]) -> dict[int, list[HeadAsked]]:
    """The mails to the heads of merged lists, by the key of the list, oldest first; two queries.

    One that was no longer true before it left asked nothing: it is not among them.

    :param elections: Their keys.
    """
    entries = JournalEntry.objects.filter(act=Act.HEAD_ASKED, region__in=regions, election__in=elections).order_by("pk")
    told = list(entries.values_list("at", "region", "details"))
    zones = {region.code: region.zone for region in regions}
    mails = OutboxMail.objects.in_bulk([details["mail"] for *_rest, details in told if "mail" in details])
    found: dict[int, list[HeadAsked]] = defaultdict(list)
    for owed_at, code, details in told:
        zone = zones[code or ""]
        mail = mails.get(details.get("mail"))
        text = details.get("text", "")
        if mail is None:
            at = owed_at.astimezone(zone)
            found[details["list"]].append(HeadAsked(InvitationOutcome.SENT, at, text, is_erased=True))
        elif mail.sent_at:
            found[details["list"]].append(HeadAsked(InvitationOutcome.SENT, mail.sent_at.astimezone(zone), text))
        elif mail.abandoned_at is None:
            found[details["list"]].append(HeadAsked(InvitationOutcome.WAITING, None, text))
        elif mail.last_error not in _NEVER_LEFT:
            found[details["list"]].append(HeadAsked(InvitationOutcome.UNDELIVERED, None, text, mail.last_error))
    return dict(found)
