"""What was done for each list of a contest, side by side: what is shown to any list that asks."""

import datetime
import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Count, Q

from pledges.enums import Act
from pledges.models import CandidateList, Contest, JournalEntry, OutboxMail

DECISIONS = (Act.PLEDGE_PUBLISHED, Act.PLEDGE_DECLINED)
SINCE = (Act.PLEDGE_SUSPENDED, Act.PLEDGE_RESUMED, Act.PLEDGE_WITHDRAWN, Act.PLEDGE_SUPERSEDED)
SHOWN = (
    Act.LIST_INVITED,
    Act.PLEDGE_SUBMITTED,
    Act.PLEDGE_IN_REVIEW,
    Act.QUESTION_ASKED,
    Act.QUESTION_ANSWERED,
    Act.MAIL_RESENT,
    *DECISIONS,
    *SINCE,
)


class Done(NamedTuple):
    """An act, and when."""

    act: Act
    at: datetime.datetime


@dataclass
class Path:
    """What became of one pledge: the first time each thing happened to it."""

    signed_at: datetime.datetime | None = None
    confirmed_at: datetime.datetime | None = None
    decided: Done | None = None
    since: list[Done] = field(default_factory=list)

    @property
    def delay(self) -> float | None:
        """Days, to a tenth, between the confirmation and the decision; nothing before there is one."""
        if self.decided is None or self.confirmed_at is None:
            return None
        return round((self.decided.at - self.confirmed_at) / datetime.timedelta(days=1), 1)

    def follow(self, done: Done) -> None:
        if done.act == Act.PLEDGE_SUBMITTED:
            self.signed_at = self.signed_at or done.at
        elif done.act == Act.PLEDGE_IN_REVIEW:
            self.confirmed_at = self.confirmed_at or done.at
        elif done.act in DECISIONS and self.decided is None:
            self.decided = done
        elif done.act in (*DECISIONS, *SINCE):
            self.since.append(done)


@dataclass
class Treatment:
    """All that was done for one list, and for its candidates who signed for themselves."""

    candidate_list: CandidateList
    asked: list[datetime.datetime] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    """Of the list's own pledges, oldest first: it may sign again, or amend what it signed."""
    personal: list[Path] = field(default_factory=list)
    mails: int = 0
    unsent: int = 0
    resent: int = 0
    questions: int = 0
    answers: int = 0

    @property
    def personal_decided(self) -> int:
        return sum(path.decided is not None for path in self.personal)

    @property
    def personal_delay(self) -> float | None:
        return median(self.personal)


def median(paths: Iterable[Path]) -> float | None:
    """The delay that half of the decisions did not exceed, in days; nothing without any."""
    delays = [path.delay for path in paths if path.delay is not None]
    return round(statistics.median(delays), 1) if delays else None


def treatments(contest: Contest) -> list[Treatment]:
    """What the journal says of each list of a contest, in the order of the official panels: the same for all.

    Three queries, however many lists there are.
    """
    lists = CandidateList.objects.filter(contest=contest).in_panel_order()
    rows = {each.pk: Treatment(each) for each in lists}
    _count_mails(contest, rows)
    paths: dict[tuple[int, int], Path] = defaultdict(Path)
    entries = JournalEntry.objects.filter(region=contest.region_id, election=contest.election_id, act__in=SHOWN)
    # A declared candidacy that was matched: its acts of before name the list that it had declared.
    columns = ("act", "at", "pledge", "pledge__candidate_list", "details")
    for act, at, pledge, now_of, details in entries.order_by("pk").values_list(*columns):
        row = rows.get(now_of or details.get("list"))
        if row is None:
            continue
        row.asked += [at] if act == Act.LIST_INVITED else []
        row.questions += act == Act.QUESTION_ASKED
        row.answers += act == Act.QUESTION_ANSWERED
        row.resent += act == Act.MAIL_RESENT
        if pledge is None or act in (Act.LIST_INVITED, Act.QUESTION_ASKED, Act.QUESTION_ANSWERED, Act.MAIL_RESENT):
            continue
        known = (row.candidate_list.pk, pledge) in paths
        path = paths[row.candidate_list.pk, pledge]
        path.follow(Done(Act(act), at))
        if not known:
            (row.personal if details.get("candidate") else row.paths).append(path)
    return list(rows.values())


def _count_mails(contest: Contest, rows: dict[int, Treatment]) -> None:
    mails = OutboxMail.objects.filter(pledge__candidate_list__contest=contest).order_by()
    counts = mails.values("pledge__candidate_list").annotate(
        sent=Count("pk", filter=Q(sent_at__isnull=False)), unsent=Count("pk", filter=Q(abandoned_at__isnull=False))
    )
    for key, sent, unsent in counts.values_list("pledge__candidate_list", "sent", "unsent"):
        rows[key].mails, rows[key].unsent = sent, unsent
