"""The pictures that a link to a page shows on a social network: names, figures and dates, the same drawing for all.

« Signataire de la charte » is said of a list whose pledge is published. A list that has not answered, that declined or
took its answers back shows the picture of its contest: no picture says of anyone that they have not signed.
"""

from collections.abc import Iterable
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges import calendar
from pledges.drawing import Content, as_on_a_page
from pledges.kept import Drawing
from pledges.matrix import cells
from pledges.models import CandidateList, Contest, Election, Pledge, Principle
from regions.models import Region
from regions.typography import day

LETTERS = 150  # of a name: what the picture has room for
ALL_LOBES = [1, 2, 3, 4, 5]


class Counted(Protocol):
    """An election or a contest, as ``with_counts`` gives it."""

    list_count: int
    signed_count: int


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


def of_election(election: Election, counted: Iterable[Counted]) -> Drawing:
    """An election, and how many lists signed in all.

    :param counted: Its public contests.
    """
    line, notes = _counts(counted, day(timezone.localdate()))
    return _picture(
        election.get_kind_display(),
        election.name,
        line,
        notes=notes,
        invented=election.is_demonstration,
    )


def of_region(region: Region, contests: Iterable[Contest]) -> Drawing:
    """A region, and how many lists signed there in the elections of the moment, all together.

    :param contests: Those of the elections of the moment, counted, with their election; none when none is prepared.
    """
    known = list(contests)
    names = dict.fromkeys(contest.election.name for contest in known)
    line, notes = _counts(known, day(calendar.today(region)))
    return _picture(
        ", ".join(names) or region.council,
        region.name,
        line,
        notes=notes,
        invented=any(contest.election.is_demonstration for contest in known),
    )


def of_contest(contest: Contest) -> Drawing:
    """A contest, and how many of its lists signed.

    :param contest: Counted, with its election and region.
    """
    line, notes = _counts([contest], day(calendar.today(contest.region)))
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


def _counts(counted: Iterable[Counted], on: str) -> tuple[str, list[str]]:
    """« 3 listes sur 6 ont signé la charte », and the day of the count."""
    known = list(counted)
    total = sum(each.list_count for each in known)
    if not total:
        return _("Les listes ne sont pas encore connues"), []
    signed = sum(each.signed_count for each in known)
    if not signed:
        words = ngettext(
            "Aucun engagement publié, sur %(total)d liste", "Aucun engagement publié, sur %(total)d listes", total
        )
        return words % {"total": total}, [_("Au %s") % on]
    words = ngettext(
        "%(signed)d liste sur %(total)d a signé la charte",
        "%(signed)d listes sur %(total)d ont signé la charte",
        signed,
    )
    return words % {"signed": signed, "total": total}, [_("Au %s") % on]


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
