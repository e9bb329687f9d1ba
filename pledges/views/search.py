"""`/recherche/?q=`: a postcode, a commune, a department, a region, a list or a candidate; and what typing offers."""

import re
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from pledges.cantons import address_in, regions_by_canton
from pledges.search import LIMIT, find_candidates, find_cantons, find_lists
from pledges.suggestions import suggestions_for
from regions.pages import public_page
from regions.search import find_places

LAST_PAGE = 99  # nobody reads three thousand names: whoever types one word more finds sooner


@public_page
def search(request: HttpRequest) -> HttpResponse:
    """Lead to the territory when there is only one, offer a choice otherwise, and explain each dead end."""
    query = request.GET.get("q", "").strip()
    page = _page(request)
    places = find_places(query)
    by_name = not (places.postal_code or places.is_refused)
    skip = LIMIT * (page - 1)
    # One more than a page holds says whether there is another.
    cantons = find_cantons(query, limit=LIMIT + 1, skip=skip) if by_name else []
    lists = find_lists(query, limit=LIMIT + 1, skip=skip) if by_name else []
    candidates = find_candidates(query, limit=LIMIT + 1, skip=skip) if by_name else []
    named = bool(cantons or lists or candidates)
    if page > 1 and not named:
        return redirect(_address(query))
    # « Paris » is a commune, and a family name: who bears it must stay within reach, and so must a commune's cantons.
    is_choice = bool(lists or candidates or (cantons and places.communes))
    if page == 1 and places.is_certain and (places.named_regions or not is_choice):
        [region] = places.regions
        departments = {*(one.code for one in places.departments), *(one.department_id for one in places.communes)}
        code = departments.pop() if len(departments) == 1 and not places.named_regions else ""
        return redirect(address_in(region, code, regions_by_canton([region]) if code else ()))
    has_next = page < LAST_PAGE and max(len(cantons), len(lists), len(candidates)) > LIMIT
    context = {
        "query": query,
        "places": places,
        "page": page,
        "previous": _address(query, page - 1) if page > 1 else "",
        "next": _address(query, page + 1) if has_next else "",
        "cantons": cantons[:LIMIT],
        "lists": lists[:LIMIT],
        "candidates": candidates[:LIMIT],
        "by_canton": regions_by_canton(places.regions),
        "found": bool(places.regions or named),
    }
    return render(request, "pledges/search.html", context)


def _page(request: HttpRequest) -> int:
    """The page of names that the address asks for; the first when it asks for none that can be."""
    asked = request.GET.get("page", "")
    return int(asked) if re.fullmatch(r"[1-9][0-9]{0,1}", asked, re.ASCII) else 1


def _address(query: str, page: int = 1) -> str:
    """One address for each page."""
    asked = {"q": query} | ({"page": page} if page > 1 else {})
    return f"{reverse('search')}?{urlencode(asked)}"


@public_page
def suggestions(request: HttpRequest) -> HttpResponse:
    """A short list of links for what is typed so far: a piece of a page, which htmx puts under the look-up."""
    context = {"suggestions": suggestions_for(request.GET.get("q", ""))}
    response = render(request, "pledges/suggestions.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
