"""Which of our public pages an address is, and of what territory."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import override

from pledges.models import Candidate, CandidateList, Contest
from pledges.models.corrections import PATH_LENGTH
from regions.models import Region

# Addresses that may hold a key, and those that nobody reads: none of them is kept, nor shown again.
NOT_READ = ("/admin/", "/signer/", "/verifier/", "/corrections/", "/sante/")


@dataclass(frozen=True, slots=True)
class OurPage:
    """A public page: its path, without a query or an anchor, and the territory that it is about, if it is."""

    path: str
    region: Region | None


def our_page(address: str) -> OurPage | None:
    """The page that someone names, by its path or by its whole address.

    :return: None for what is no public page of this portal.
    """
    try:
        parts = urlsplit(address.strip().removeprefix(settings.SITE_URL))
    except ValueError:
        return None
    path = parts.path
    if parts.scheme or parts.netloc or not path.startswith("/") or len(path) > PATH_LENGTH:
        return None
    if path.startswith(NOT_READ):
        return None
    others = (code for code, _name in settings.LANGUAGES if path.startswith(f"/{code}/"))
    language = next(others, settings.LANGUAGE_CODE)
    try:
        with override(language):
            match = resolve(path)
    except Resolver404:
        return None
    return OurPage(path, _region(match))


def _region(match: ResolverMatch) -> Region | None:
    given: dict[str, Any] = match.kwargs
    regions = Region.objects.all()
    match match.url_name:
        case "region" | "embed-region" | "region-feed":
            return regions.filter(slug=given["slug"]).first()
        case "contest" | "contest-table":
            contests = Contest.objects.filter(election__slug=given["slug"], slug=given["territory"])
            return regions.filter(contests__in=contests).first()
        case "list" | "embed-list" | "badge":
            return regions.filter(contests__lists__in=CandidateList.objects.filter(pk=given["pk"])).first()
        case "candidate":
            return regions.filter(contests__lists__candidates__in=Candidate.objects.filter(pk=given["pk"])).first()
        case _:
            return None
