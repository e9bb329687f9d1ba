"""Which of our public pages an address is, and of what territory."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.translation import override

from pledges.models import Candidate, CandidateList, Charter, Contest, Election, Principle
from pledges.models.corrections import PATH_LENGTH
from pledges.press import CHARTS
from regions.models import Region

# Addresses that may hold a key, and those that nobody reads: none of them is kept, nor shown again.
NOT_READ = ("/admin/", "/signer/", "/verifier/", "/corrections/", "/sante/", "/demonstration/")


@dataclass(frozen=True, slots=True)
class OurPage:
    """A public page: its path, without a query or an anchor, and the territory that it is about, if it is."""

    path: str
    region: Region | None


def our_page(address: str) -> OurPage | None:
    """The page that someone names, by its path or by its whole address.

    Its path is made anew from what it shows: nothing that was typed is kept, nor ever mailed to anyone.

    :return: None for what is no public page of this portal, or shows nothing that exists.
    """
    try:
        parts = urlsplit(address.strip().removeprefix(settings.SITE_URL))
    except ValueError:
        return None
    path = parts.path
    if parts.scheme or parts.netloc or not path.startswith("/") or path.startswith(NOT_READ):
        return None
    others = (code for code, _name in settings.LANGUAGES if path.startswith(f"/{code}/"))
    with override(next(others, settings.LANGUAGE_CODE)):
        try:
            page = _page(resolve(path))
        except (Resolver404, Http404):
            return None
    return page if page and len(page.path) <= PATH_LENGTH else None


def _page(match: ResolverMatch) -> OurPage | None:
    """What a route shows, at its own address; None for a route that nobody reads.

    :raises Http404: When what it names does not exist, or is not public.
    """
    route, given = match.view_name, match.captured_kwargs  # type: ignore[attr-defined]  # undeclared in Django's types
    if not given:
        return OurPage(reverse(route), None)
    return SHOWN_AT[route](route, **given) if route in SHOWN_AT else None


def _region(route: str, slug: str) -> OurPage:
    region = get_object_or_404(Region, slug=slug)
    return _at(route, region, slug=region.slug)


def _election(route: str, slug: str, **more: str) -> OurPage:
    return _at(route, None, slug=get_object_or_404(Election, slug=slug).slug, **more)


def _chart(route: str, slug: str, chart: str) -> OurPage:
    if chart not in CHARTS:
        raise Http404
    return _election(route, slug, chart=chart)


def _contest(route: str, slug: str, territory: str) -> OurPage:
    contests = Contest.objects.public().select_related("election", "region")
    contest = get_object_or_404(contests, election__slug=slug, slug=territory)
    return _at(route, contest.region, slug=contest.election.slug, territory=contest.slug)


def _department(route: str, slug: str, code: str) -> OurPage:
    cantons = Contest.objects.public().select_related("election", "region")
    canton = cantons.filter(election__slug=slug, department=code).order_by("pk").first()
    if canton is None:
        raise Http404
    return _at(route, canton.region, slug=canton.election.slug, code=code)


def _list(route: str, pk: int, slug: str = "") -> OurPage:
    shown = get_object_or_404(CandidateList.objects.official().select_related("contest__region"), pk=pk)
    region = shown.contest.region
    return OurPage(shown.get_absolute_url(), region) if slug else _at(route, region, pk=shown.pk)


def _candidate(route: str, pk: int, slug: str) -> OurPage:
    people = Candidate.objects.official().select_related("candidate_list__contest__region")
    person = get_object_or_404(people, pk=pk)
    return OurPage(person.get_absolute_url(), person.candidate_list.contest.region)


def _principle(route: str, number: int) -> OurPage:
    charter = Charter.objects.shown_with(Election.objects.current())
    return _at(route, None, number=get_object_or_404(Principle, charter=charter, number=number).number)


def _at(route: str, region: Region | None, **kwargs: Any) -> OurPage:
    """A route that shows this, at the address which the portal itself gives it."""
    return OurPage(reverse(route, kwargs=kwargs), region)


# What is found behind each route that names something. A route that is not here is refused.
SHOWN_AT: dict[str, Callable[..., OurPage]] = {
    **dict.fromkeys(("region", "embed-region", "region-feed", "share-region"), _region),
    **dict.fromkeys(("election", "election-calendar", "share-election"), _election),
    **dict.fromkeys(("press-svg", "press-png", "press-table"), _chart),
    **dict.fromkeys(("contest", "contest-first-round", "contest-table", "contest-sheet", "share-contest"), _contest),
    "department": _department,
    **dict.fromkeys(("list", "list-sheet", "share-list", "embed-list", "badge"), _list),
    "candidate": _candidate,
    **dict.fromkeys(("principle", "share-principle"), _principle),
}
