"""Where a campaign stands, list by list: what was done, what is left to a person. In panel order, never ranked."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pledges import failures, worksheet
from pledges.enums import CampaignState, InvitationOutcome, ListKind
from pledges.models import Campaign, CandidateList, Invitation, ListContact, Pledge
from regions.typography import day


class Standing(StrEnum):
    """Where one list stands in a campaign."""

    ANSWERED = "answered"
    REFUSED = "refused"
    ASKED = "asked"
    WAITING = "waiting"
    READY = "ready"
    NO_ADDRESS = "no_address"
    UNDELIVERED = "undelivered"
    TO_CALL = "to_call"
    CALLED = "called"


# What no mail will do any more: somebody looks for an address, or calls.
TO_DO = (Standing.NO_ADDRESS, Standing.UNDELIVERED, Standing.TO_CALL)


WORDS = {
    Standing.ANSWERED: gettext_lazy("a répondu"),
    Standing.REFUSED: gettext_lazy("ne souhaite pas être sollicitée"),
    Standing.ASKED: gettext_lazy("sollicitée"),
    Standing.WAITING: gettext_lazy("courriel à envoyer"),
    Standing.READY: gettext_lazy("a une adresse, pas encore sollicitée"),
    Standing.NO_ADDRESS: gettext_lazy("sans adresse : à trouver"),
    Standing.UNDELIVERED: gettext_lazy("courriel non remis : autre adresse à trouver"),
    Standing.TO_CALL: gettext_lazy("pas de réponse après la dernière relance : à appeler"),
    Standing.CALLED: gettext_lazy("sollicitée par une personne du réseau"),
}
# Of a binôme, where it differs.
PAIR_WORDS = {
    Standing.REFUSED: gettext_lazy("ne souhaite pas être sollicité"),
    Standing.ASKED: gettext_lazy("sollicité"),
    Standing.READY: gettext_lazy("a une adresse, pas encore sollicité"),
    Standing.CALLED: gettext_lazy("sollicité par une personne du réseau"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A list in a campaign, and all that was asked of it."""

    candidate_list: CandidateList
    standing: Standing
    requests: Sequence[Invitation]
    contacts: Sequence[ListContact]
    is_asked: bool = False
    """Whether this campaign, or a person since it left, has made a request that reached it as far as is known."""
    next_on: datetime.date | None = None

    @property
    def is_to_do(self) -> bool:
        return self.standing in TO_DO

    @property
    def words(self) -> str:
        """Where it stands, in a few words, and what to do where a person is needed."""
        words = WORDS | PAIR_WORDS if self.candidate_list.kind == ListKind.PAIR else WORDS
        return str(words[self.standing])

    @property
    def trouble(self) -> str:
        """Why the last mail did not arrive."""
        last = self.requests[-1] if self.requests else None
        return failures.in_words(last.trouble) if last and self.standing == Standing.UNDELIVERED else ""

    @property
    def done(self) -> list[str]:
        """What was asked, in words: « sollicitation, courriel, le 12 mai 2028 »."""
        said, number = [], 0
        for request in self.requests:
            if request.outcome != InvitationOutcome.SENT or request.asked_on is None:
                continue
            words = _("%(what)s, %(how)s, le %(on)s")
            what = Invitation.ordinal(number)
            said.append(words % {"what": what, "how": request.get_channel_display(), "on": day(request.asked_on)})
            number += 1
        return said


@dataclass(frozen=True, slots=True)
class Progress:
    """A campaign and its lists."""

    campaign: Campaign
    rows: Sequence[Row]

    def count(self, *standings: Standing) -> int:
        counts = Counter(row.standing for row in self.rows)
        return sum(counts[standing] for standing in standings)

    @property
    def has_several_contests(self) -> bool:
        """Whether a panel number alone does not tell two lists apart."""
        return len({row.candidate_list.contest_id for row in self.rows}) > 1

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def asked(self) -> int:
        """The lists that have been asked."""
        return sum(row.is_asked for row in self.rows)

    @property
    def answered(self) -> int:
        return self.count(Standing.ANSWERED)

    @property
    def refused(self) -> int:
        return self.count(Standing.REFUSED)

    @property
    def silent(self) -> int:
        """The lists that have said nothing: those that a request goes to."""
        return self.total - self.answered - self.refused

    @property
    def waiting(self) -> int:
        return self.count(Standing.WAITING, Standing.READY)

    @property
    def to_do(self) -> list[Row]:
        """The lists that wait for a person."""
        return [row for row in self.rows if row.is_to_do]

    @property
    def unreachable(self) -> list[Row]:
        """The lists that a launch would not reach: no address that works is known."""
        return [row for row in self.rows if row.standing in (Standing.NO_ADDRESS, Standing.UNDELIVERED)]

    @property
    def next_on(self) -> datetime.date | None:
        """When the next reminders leave, by the territory's own calendar."""
        return min((row.next_on for row in self.rows if row.next_on), default=None)


def progress(campaign: Campaign) -> Progress:
    """Read where a campaign stands.

    :param campaign: With its election and region loaded.
    """
    [found] = progress_of([campaign])
    return found


def progress_of(campaigns: Sequence[Campaign]) -> list[Progress]:
    """Read where campaigns stand: six queries, however many they are and however many lists they ask.

    :param campaigns: With their election and region loaded.
    """
    lists = worksheet.with_standing(
        CandidateList.objects.standing()
        .filter(
            contest__election__in={campaign.election_id for campaign in campaigns},
            contest__region__in={campaign.region_id for campaign in campaigns},
        )
        .select_related("contest__region")
    )
    for prefetch in (
        Prefetch("contacts", ListContact.objects.kept().best_first(), to_attr="addresses"),
        Prefetch("invitations", Invitation.objects.order_by("recorded_at", "pk"), to_attr="all_requests"),
    ):
        lists = lists.prefetch_related(prefetch)
    by_place: dict[tuple[int, str], list[CandidateList]] = defaultdict(list)
    for row in lists.in_panel_order():
        by_place[row.contest.election_id, row.contest.region_id].append(row)
    now = timezone.now()
    return [
        Progress(campaign, [_row(campaign, row, now) for row in by_place[campaign.election_id, campaign.region_id]])
        for campaign in campaigns
    ]


def _row(campaign: Campaign, row: CandidateList, now: datetime.datetime) -> Row:
    contacts: list[ListContact] = getattr(row, "addresses")  # noqa: B009  put there by progress
    requests: list[Invitation] = getattr(row, "all_requests")  # noqa: B009  put there by progress
    requests = [each for each in requests if each.campaign_id in (None, campaign.pk)]
    pledges: list[Pledge] = getattr(row, "own_pledges")  # noqa: B009  put there by worksheet.with_standing
    shown = [each for each in requests if each.outcome != InvitationOutcome.DROPPED]
    own = [each for each in shown if each.campaign_id or _is_since(each, campaign)]
    standing, due_at = _standing(campaign, pledges, own, contacts, now)
    next_on = due_at.astimezone(campaign.region.zone).date() if due_at else None
    is_asked = any(each.outcome == InvitationOutcome.SENT for each in own)
    return Row(row, standing, shown, contacts, is_asked, next_on)


def _is_since(request: Invitation, campaign: Campaign) -> bool:
    return campaign.launched_at is not None and request.recorded_at >= campaign.launched_at


def _standing(  # noqa: PLR0911  one answer a case
    campaign: Campaign,
    pledges: Sequence[Pledge],
    requests: Sequence[Invitation],
    contacts: Sequence[ListContact],
    now: datetime.datetime,
) -> tuple[Standing, datetime.datetime | None]:
    """Where a list stands, and when its next reminder is due, if one is."""
    if any(pledge.confirmed_at for pledge in pledges):
        return Standing.ANSWERED, None
    if any(request.refused_at for request in requests):
        return Standing.REFUSED, None
    if any(request.outcome == InvitationOutcome.WAITING for request in requests):
        return Standing.WAITING, None
    mailed = [each for each in requests if each.campaign_id and each.outcome == InvitationOutcome.SENT and each.sent_at]
    by_hand = [each for each in requests if each.campaign_id is None]
    can_be_written_to = any(contact.is_usable for contact in contacts)
    last = max(mailed, key=lambda each: each.number or 0, default=None)
    if not can_be_written_to and by_hand:
        return Standing.CALLED, None
    if not can_be_written_to and any(each.outcome == InvitationOutcome.UNDELIVERED for each in requests):
        return Standing.UNDELIVERED, None
    if last is None or last.sent_at is None:
        return (Standing.READY if can_be_written_to else Standing.NO_ADDRESS), None
    number = (last.number or 0) + 1
    due_at = last.sent_at + campaign.delay_before(number)
    if number <= len(campaign.reminder_days):
        is_running = campaign.state == CampaignState.RUNNING and can_be_written_to
        return Standing.ASKED, due_at if is_running else None
    if any(each.recorded_at > last.sent_at for each in by_hand):
        return Standing.CALLED, None
    return (Standing.TO_CALL if now >= due_at else Standing.ASKED), None
