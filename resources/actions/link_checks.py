"""The links of the resources, followed one after the other: what no longer answers is told at the desk."""

import time
from collections.abc import Callable
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlsplit

from django.db.models import Case, F, Value, When
from django.utils import timezone

from resources.enums import ResourceState
from resources.links import Verdict, check
from resources.models import Version

PAUSE = 2.0
"""Seconds between two pages of the same site: nobody is to notice us."""


class Checked(NamedTuple):
    """How many links were followed, and how many of them lead nowhere."""

    links: int
    faults: int


def check_links(*, ask: Callable[[str], Verdict] = check, pause: float = PAUSE) -> Checked:
    """Follow the current link of each published resource, and write down what it leads to. Safe to repeat.

    Nothing of it is public: a link that fails is for its network to mend, and no page changes by itself.
    """
    versions = Version.objects.current().exclude(url="").filter(resource__state=ResourceState.PUBLISHED)
    links = sorted(versions.values_list("pk", "url"), key=lambda row: (urlsplit(row[1]).netloc, row[0]))
    faults = 0
    for _site, its in groupby(links, key=lambda row: urlsplit(row[1]).netloc):
        for number, (key, url) in enumerate(its):
            if number:
                time.sleep(pause)
            verdict = ask(url)
            faults += bool(verdict.fault)
            _write(key, url, verdict)
    return Checked(len(links), faults)


def _write(key: int, url: str, verdict: Verdict) -> None:
    """Keep the first moment of a fault for as long as it lasts. An answer that tells nothing changes nothing."""
    now = timezone.now()
    # Someone may have mended the link while it was being followed.
    row = Version.objects.filter(pk=key, url=url)
    if not verdict.is_sure:
        row.update(checked_at=now)
    elif verdict.fault:
        since = Case(When(failing_since=None, then=Value(now)), default=F("failing_since"))
        row.update(checked_at=now, fault=verdict.fault[:200], failing_since=since)
    else:
        row.update(checked_at=now, fault="", failing_since=None)
