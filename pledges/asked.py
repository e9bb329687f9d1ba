"""How many lists were asked to sign, and when, as the public reads it: facts with their denominators."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges import calendar
from pledges.enums import ElectionKind, InvitationOutcome, Round
from pledges.heads_asked import heads_asked
from pledges.models import CandidateList, Contest, Invitation
from regions.typography import day

_MOST_DAYS = 3
"""Days that a sentence names one by one; more are said by the first and the last."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page says of the requests made in a contest."""

    kind: ElectionKind
    asked: int
    total: int
    first: list[datetime.date]
    reminders: list[datetime.date]
    answered: int = 0
    """Those that were never asked, because they had signed already."""

    def __str__(self) -> str:
        """« 12 listes sur 13 sollicitées le 12 mai 2028 ; 1 avait déjà répondu ; relances le 19 mai 2028. »"""
        if self.kind.is_by_pairs:
            words = ngettext(
                "%(asked)d binôme sur %(total)d sollicité %(on)s",
                "%(asked)d binômes sur %(total)d sollicités %(on)s",
                self.asked,
            )
        else:
            words = ngettext(
                "%(asked)d liste sur %(total)d sollicitée %(on)s",
                "%(asked)d listes sur %(total)d sollicitées %(on)s",
                self.asked,
            )
        words %= {"asked": self.asked, "total": self.total, "on": _days(self.first)}
        if self.answered:
            already = ngettext("%d avait déjà répondu", "%d avaient déjà répondu", self.answered) % self.answered
            words = _("%(asked)s ; %(already)s") % {"asked": words, "already": already}
        if not self.reminders:
            return _("%s.") % words
        return _("%(asked)s ; relances %(on)s.") % {"asked": words, "on": _days(self.reminders)}


def asked_in(
    contest: Contest,
    lists: Sequence[CandidateList],
    *,
    silence: calendar.Silence | None,
    signed: Collection[int] = (),
) -> Asked | None:
    """What was asked of the lists that stand; None before anything was. One query, three where a merger made one.

    Nothing of it changes during the electoral silence: what is noted or comes back meanwhile is told after.

    :param contest: With its election and region.
    :param lists: Those that stand in the round that is shown.
    :param silence: The one in force there, if any.
    :param signed: The keys of those whose pledge is published: what is not yet public is told of nobody.
    """
    made = Q(outcome=InvitationOutcome.SENT)
    requests = Invitation.objects.filter(candidate_list__in=[each.pk for each in lists]).exclude(asked_on=None)
    if silence:
        requests = requests.filter(
            Q(sent_at__lt=silence.starts_at) | Q(sent_at=None, recorded_at__lt=silence.starts_at)
        )
        made |= Q(undelivered_at__gte=silence.starts_at)
    days: dict[int, list[datetime.date]] = defaultdict(list)
    for key, on in requests.filter(made).order_by("asked_on", "pk").values_list("candidate_list", "asked_on"):
        if on:
            days[key].append(on)
    for key, on in _asked_by_the_portal(contest, lists, silence):
        days[key] = sorted([*days[key], on])
    if not days:
        return None
    return Asked(
        contest.election.choice,
        asked=len(days),
        total=len(lists),
        first=sorted({on for on, *_later in days.values()}),
        reminders=sorted({on for _first, *later in days.values() for on in later}),
        answered=len({each.pk for each in lists if each.pk in signed} - days.keys()),
    )


def _asked_by_the_portal(
    contest: Contest, lists: Sequence[CandidateList], silence: calendar.Silence | None
) -> list[tuple[int, datetime.date]]:
    """The lists that a merger made whose head was written to, and the days."""
    merged = {each.pk for each in lists if each.round == Round.SECOND}
    if not merged:
        return []
    return [
        (key, mail.at.date())
        for key, mails in heads_asked([contest.region], [contest.election_id]).items()
        for mail in mails
        if key in merged and mail.outcome == InvitationOutcome.SENT and mail.at
        if silence is None or mail.at < silence.starts_at
    ]


def _days(days: list[datetime.date]) -> str:
    """« le 12 mai 2028 », « le 12 mai 2028 et le 14 mai 2028 », « entre le 12 mai 2028 et le 30 mai 2028 »."""
    if len(days) > _MOST_DAYS:
        return _("entre le %(first)s et le %(last)s") % {"first": day(days[0]), "last": day(days[-1])}
    said = [_("le %s") % day(on) for on in days]
    return said[0] if len(said) == 1 else _("%(days)s et %(last)s") % {"days": ", ".join(said[:-1]), "last": said[-1]}
