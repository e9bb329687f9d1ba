"""Where each list of a contest stands for a network: asked or not, answered or not. In panel order, never ranked."""

from django.db.models import Prefetch
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from pledges.enums import STANDING, Act, ListKind, PledgeState
from pledges.models import Candidate, CandidateList, Contest, Invitation, JournalEntry, Pledge
from pledges.models.elections import CandidateListQuerySet
from regions.typography import day

_ORDER = (*STANDING, PledgeState.IN_REVIEW)


def with_standing(lists: CandidateListQuerySet) -> CandidateListQuerySet:
    """Load who leads each list, what it was asked and what it signed: three queries, however many lists.

    ``leaders_of``, ``requests_to`` and ``pledge_of`` read what this has loaded.
    """
    leaders = Candidate.objects.filter(left_at=None).leading().in_list_order()
    pledges = Pledge.objects.for_lists().order_by("-submitted_at", "-pk")
    for prefetch in (
        Prefetch("candidates", leaders, to_attr="leaders"),
        Prefetch("invitations", Invitation.objects.made().oldest_first(), to_attr="requests"),
        Prefetch("pledges", pledges, to_attr="own_pledges"),
    ):
        lists = lists.prefetch_related(prefetch)
    return lists


def of_contest(contest: Contest) -> list[CandidateList]:
    """The lists that stand in a contest: those of the first round in the order of the panels, then the merged ones."""
    lists = with_standing(contest.lists.standing().select_related("nuance").prefetch_related("parents", "mergers"))
    return sorted(lists.in_panel_order(), key=lambda each: each.round)


def leaders_of(candidate_list: CandidateList) -> list[Candidate]:
    """The head of a list, or the members of a binôme."""
    leaders: list[Candidate] = getattr(candidate_list, "leaders")  # noqa: B009  put there by with_standing
    return leaders


def requests_to(candidate_list: CandidateList) -> list[Invitation]:
    """What the list was asked, oldest first."""
    requests: list[Invitation] = getattr(candidate_list, "requests")  # noqa: B009  put there by with_standing
    return requests


def pledge_of(candidate_list: CandidateList) -> Pledge | None:
    """The pledge that says where the list stands: what is published, then what waits, then the latest."""
    pledges: list[Pledge] = getattr(candidate_list, "own_pledges")  # noqa: B009  put there by with_standing
    return min(
        pledges, key=lambda pledge: _ORDER.index(pledge.state) if pledge.state in _ORDER else len(_ORDER), default=None
    )


def requests_in_words(candidate_list: CandidateList) -> str:
    """« courriel, le 3 mai 2028 ; 2 relances, la dernière le 20 mai 2028 », or why there is nothing."""
    requests = requests_to(candidate_list)
    if not requests:
        pledge = pledge_of(candidate_list)
        return _("avait déjà répondu") if pledge and pledge.confirmed_at else not_asked_yet(candidate_list)
    first, *reminders = requests
    words = _("%(channel)s, le %(on)s") % {"channel": first.get_channel_display(), "on": _day(first)}
    if not reminders:
        return words
    last = _day(reminders[-1])
    if len(reminders) == 1:
        return _("%(first)s ; 1re relance le %(last)s") % {"first": words, "last": last}
    return _("%(first)s ; %(count)d relances, la dernière le %(last)s") % {
        "first": words,
        "count": len(reminders),
        "last": last,
    }


def not_asked_yet(candidate_list: CandidateList) -> str:
    """What is said of a list, or of a binôme, that nobody has asked."""
    return _("pas encore sollicité") if candidate_list.kind == ListKind.PAIR else _("pas encore sollicitée")


def _day(request: Invitation) -> str:
    return day(request.asked_on) if request.asked_on else ""  # the database dates all that were made


def answer_in_words(candidate_list: CandidateList) -> str:
    """Where the list's own pledge stands; no reproach where there is none."""
    pledge = pledge_of(candidate_list)
    return pledge.get_state_display() if pledge else _("pas de réponse")


def heads_asked(contest: Contest) -> set[int]:
    """The merged lists of a contest whose head was asked by mail to sign, as the journal says."""
    asked = JournalEntry.objects.filter(act=Act.HEAD_ASKED, region=contest.region_id, election=contest.election_id)
    return set(asked.values_list("details__list", flat=True))


def fate_in_words(candidate_list: CandidateList) -> str:
    """What becomes of a list in the second round, or which lists it comes from; nothing while nobody knows."""
    if parents := list(candidate_list.parents.all()):
        names = get_text_list([_("« %s »") % parent.name for parent in parents], _("et"))
        return _("second tour : issue de %s") % names
    merged = next((each for each in candidate_list.mergers.all() if each.left_at is None), None)
    if merged:
        return _("fusionnée dans « %s »") % merged.name
    return candidate_list.fate_in_words
