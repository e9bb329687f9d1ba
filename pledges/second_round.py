"""The second round of a contest: whether its lists are known, until when they may sign, and who could stay in it.

A list kept in the second round is the same list, with its pledge. One that a merger made is another list: it has signed
nothing until its own head signs, and what its parents have signed is shown as theirs.
"""

import datetime
from collections.abc import Iterable, Mapping

from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import calendar
from pledges.enums import Fate, Round
from pledges.models import CandidateList, Contest, Election
from regions.models import Region
from regions.typography import day

# In per cent of the votes cast, to stay in the second round: everywhere (code électoral, L346 and L558-8), and where
# the law says otherwise, by INSEE's code (Corse: L373).
STAYS_FROM, STAYS_FROM_IN = 10, {"94": 7}
AT_LEAST = 2
"""Lists that stay whatever their votes: where one alone, or none, reaches the threshold, the first two may (L346)."""
EVE = datetime.timedelta(days=1)


def shown_round(lists: Iterable[CandidateList]) -> Round:
    """The round that a contest's page shows: the second, once what became of every list of the first is known.

    Before, nobody could tell a list that withdrew from one that nobody has asked yet.

    :param lists: Those that stand in the contest, of both rounds.
    """
    known = list(lists)
    all_said = all(each.fate for each in known if each.round == Round.FIRST)
    return Round.SECOND if all_said and any(each.is_in_second_round for each in known) else Round.FIRST


def round_shown_in(contest: Contest) -> Round:
    """The same for whoever has not loaded the lists, in one query."""
    return shown_round(contest.lists.standing().only("contest", "round", "fate"))


def last_day_to_sign(contest: Contest, one_round: Round) -> datetime.date:
    """The last whole day of signatures: that of the election, or between the rounds the one before the silence.

    :param contest: With its election.
    """
    election = contest.election
    return election.signing_closes_on if one_round == Round.FIRST else election.second_signing_closes_on


def signing(
    contest: Contest,
    one_round: Round,
    at: datetime.datetime | None = None,
    *,
    silence: calendar.Silence | None = None,
) -> calendar.Signing:
    """Whether the lists of a round may sign, at a moment (now by default).

    Those of the second, kept or merged, may sign between the rounds: once the polls of the first have closed, until the
    silence of the second. All of them, so that a merged list has no right that another has not.

    :param contest: With its election and region.
    :param silence: That of the region, where it is known already, whichever election imposes it.
    """
    if silence:
        return calendar.Signing(is_open=False, sentence=str(silence))
    at = at or timezone.now()
    election, region = contest.election, contest.region
    usual = calendar.signing(election, region, at)
    if usual.is_open or one_round == Round.FIRST or calendar.silence(election, region, at):
        return usual
    if at < calendar.polls_close(election.first_round_on, region):
        return usual
    last = last_day_to_sign(contest, one_round)
    if at < calendar.local_midnight(last + EVE, region):
        words = _("Entre les deux tours, les listes du second tour peuvent signer jusqu’au %s.")
        return calendar.Signing(is_open=True, sentence=words % day(last))
    return calendar.Signing(is_open=False, sentence=_("Les signatures sont closes depuis le %s.") % day(last))


def signing_of(
    candidate_list: CandidateList,
    at: datetime.datetime | None = None,
    *,
    silence: calendar.Silence | None = None,
) -> calendar.Signing:
    """Whether one may sign for this list, and for oneself on it, at a moment (now by default).

    :param candidate_list: With its contest, election and region.
    :param silence: That of the region, where it is known already, whichever election imposes it.
    """
    if not silence and candidate_list.fate not in ("", Fate.KEPT):
        words = _("Les signatures sont closes : %s.") % candidate_list.fate_in_words
        return calendar.Signing(is_open=False, sentence=words)
    return signing(candidate_list.contest, candidate_list.rounds[-1], at, silence=silence)


def signing_ends_at(election: Election, region: Region, at: datetime.datetime) -> datetime.datetime:
    """When the signatures end that are open, or to come, at a moment: those of the first round, or between the two."""
    between = at >= calendar.polls_close(election.first_round_on, region)
    last = election.second_signing_closes_on if between else election.signing_closes_on
    return calendar.local_midnight(last + EVE, region)


def answers_as_of(contest: Contest, one_round: Round, at: datetime.datetime | None = None) -> datetime.date:
    """Until when a list of a round may be said not to have answered: the day of the page, or the last day it could.

    :param at: The moment that the page tells of: ``calendar.shown_at`` unless told.
    """
    return min((at or calendar.shown_at(contest.region)).date(), last_day_to_sign(contest, one_round))


def stays_from(contest: Contest) -> int:
    """The part of the votes cast, in per cent, that lets a list of this contest stay in the second round."""
    return STAYS_FROM_IN.get(contest.region_id, STAYS_FROM)


def could_stay(votes: Mapping[int, int], share: int = STAYS_FROM) -> set[int]:
    """The lists that their votes allowed to stay in the second round (code électoral, L346).

    :param votes: Those of each list of the contest in the first round, by its key.
    :param share: What it takes, in per cent of them: ``stays_from``.
    """
    cast = sum(votes.values())
    enough = {key for key, count in votes.items() if 100 * count >= share * cast}
    if len(enough) >= AT_LEAST:
        return enough
    # A tie for the second place lets both stay: of two equals, neither was eliminated.
    last = sorted(votes.values(), reverse=True)[:AT_LEAST]
    return {key for key, count in votes.items() if count >= min(last, default=0)}


def fate_without_place(key: int, votes: Mapping[int, int], share: int = STAYS_FROM) -> Fate:
    """What became of a list that the second round does not have: withdrawn, if its votes allowed it to stay.

    :param votes: Those of the first round, by key; empty where they are not known, and then nobody can tell.
    :param share: What it took to stay, in per cent: ``stays_from``.
    """
    if not votes:
        return Fate.ABSENT
    return Fate.WITHDRAWN if key in could_stay(votes, share) else Fate.ELIMINATED
