"""The pictures that a link to a page shows on a social network: names, figures and dates, the same drawing for all.

« Signataire de la charte » is said of a list whose pledge is published. A list that has not answered, that declined or
took its answers back shows the picture of its contest: no picture says of anyone that they have not signed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pledges import calendar, last_change
from pledges.drawing import Content, as_on_a_page
from pledges.enums import Round
from pledges.kept import Drawing
from pledges.matrix import cells
from pledges.models import CandidateList, Contest, Election, Pledge, Principle
from regions.models import Region
from regions.typography import day

LETTERS = 150  # of a name: what the picture has room for
ALL_LOBES = [1, 2, 3, 4, 5]
_UNKNOWN = gettext_lazy("Les candidatures ne sont pas encore connues")


@dataclass(frozen=True, slots=True)
class _Tally:
    """What is counted together: the contests of one election, in the country or in a region."""

    list_count: int
    signed_count: int

    @classmethod
    def of(cls, contests: Iterable[Contest]) -> Self:
        known = list(contests)
        return cls(sum(each.list_count for each in known), sum(each.signed_count for each in known))


def of_portal() -> Drawing:
    """The portal: what it is for, and no figure, so that it never ages."""
    return _picture(
        _("Élections territoriales"),
        _("Qui s’engage, chez vous, pour l’économie sociale et solidaire ?"),
        _("Cinq principes, de la signature à la fin du mandat"),
    )


def of_principle(principle: Principle) -> Drawing:
    """A principle of the charter, its lobe of the mark lit."""
    return _picture(
        _("Principe %d") % principle.number,
        principle.short,
        _("Cinq principes, de la signature à la fin du mandat"),
        lit=[principle.number],
    )


def of_election(election: Election, contests: Iterable[Contest]) -> Drawing:
    """An election, and how many lists signed in all.

    :param contests: Those that are public, counted.
    """
    at = last_change.shown_at(election)
    line, notes = _counts(_Tally.of(contests), election, day(at))
    if calendar.is_past_first_round(election, at):
        notes = [_("Premier tour"), *notes]
    return _picture(
        election.get_kind_display(),
        election.name,
        line,
        notes=notes,
        invented=election.is_demonstration,
    )


def of_region(region: Region, contests: Iterable[Contest]) -> Drawing:
    """A region, and how many signed there in each of the elections of the moment: never added up.

    :param contests: Those of the elections of the moment, counted, with their election; none when none is prepared.
    """
    known = list(contests)
    names = dict.fromkeys(contest.election.name for contest in known)
    by_election: dict[Election, list[Contest]] = {}
    for contest in known:
        by_election.setdefault(contest.election, []).append(contest)
    at = calendar.shown_at(region)
    said = [_counts(_Tally.of(its_own), election, day(at)) for election, its_own in by_election.items()]
    line, notes = said[0] if said else (str(_UNKNOWN), [])
    notes = [*(other for other, _notes in said[1:]), *notes]
    # The elections of the moment are voted on one day: what is true of one is true of all.
    if known and at >= calendar.polls_close(known[0].election.first_round_on, region):
        notes = [_("Premier tour"), *notes]
    return _picture(
        ", ".join(names) or region.council,
        region.name,
        line,
        notes=notes,
        invented=any(contest.election.is_demonstration for contest in known),
    )


def of_contest(contest: Contest, one_round: Round = Round.FIRST) -> Drawing:
    """A contest, and how many of its lists signed.

    :param contest: With its election and region, and the lists of this round counted.
    """
    line, notes = _counts(_Tally.of([contest]), contest.election, day(calendar.shown_at(contest.region)))
    if one_round == Round.SECOND:
        notes = [_("Listes du second tour"), *notes]
    return _picture(
        contest.election.name,
        contest.name,
        line,
        notes=notes,
        invented=contest.election.is_demonstration,
    )


def of_list(candidate_list: CandidateList, pledge: Pledge) -> Drawing:
    """A list that signed: since when, and to what it commits.

    :param pledge: The one that is published, with its commitments prefetched.
    """
    contest = candidate_list.contest
    answers = cells(pledge, contest.election.charter.principles.all())
    kept = [cell.principle.number for cell in answers if cell.commits]
    count = ngettext(
        "S’engage sur %(kept)d principe sur %(all)d", "S’engage sur %(kept)d principes sur %(all)d", len(kept)
    )
    assert pledge.published_at  # noqa: S101  a published pledge has its date
    since = _("Depuis le %s") % day(timezone.localtime(pledge.published_at))
    return _picture(
        f"{contest.election.name}, {contest.name}",
        candidate_list.name,
        _("Signataire de la charte"),
        notes=[since, count % {"kept": len(kept), "all": len(answers)}],
        lit=kept,
        invented=contest.election.is_demonstration,
    )


def _counts(tally: _Tally, election: Election, on: str) -> tuple[str, list[str]]:
    """« 3 listes sur 6 ont signé la charte », and the day of the count."""
    total, signed = tally.list_count, tally.signed_count
    kind = election.choice
    if not total:
        return str(_UNKNOWN), []
    if not signed:
        return _("Aucun engagement publié, sur %s") % kind.lists(total), [_("Au %s") % on]
    words = ngettext(
        "%(signed)s sur %(total)d a signé la charte", "%(signed)s sur %(total)d ont signé la charte", signed
    )
    return words % {"signed": kind.lists(signed), "total": total}, [_("Au %s") % on]


def _picture(kicker: str, name: str, line: str, **more: Any) -> Drawing:
    """The one drawing: two lines above, what is said below.

    :param more: ``notes`` below the line, the lobes ``lit`` (all of them unless told), whether all is ``invented``.
    """
    content: Content = {
        "language": "fr",
        "kicker": Truncator(kicker).chars(LETTERS // 2),
        "name": Truncator(name).chars(LETTERS),
        "line": line,
        "notes": [],
        "lit": ALL_LOBES,
        "invented": False,
        "demonstration": _("Démonstration : tout est inventé"),
        "host": urlsplit(settings.SITE_URL).hostname or "",
    }
    return Drawing("share.typ", "png", as_on_a_page(content | more))
