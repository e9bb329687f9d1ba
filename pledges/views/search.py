"""`/recherche/?q=`: a postcode, a commune, a department, a region, a list or a candidate; and what typing offers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from pledges.search import find_candidates, find_lists
from pledges.suggestions import suggestions_for
from regions.pages import public_page
from regions.search import find_places


@public_page
def search(request: HttpRequest) -> HttpResponse:
    """Lead to the territory when there is only one, offer a choice otherwise, and explain each dead end."""
    query = request.GET.get("q", "").strip()
    places = find_places(query)
    by_name = not (places.postal_code or places.is_refused)
    lists = find_lists(query) if by_name else []
    candidates = find_candidates(query) if by_name else []
    # « Paris » is a commune, and a family name: someone who bears it must stay within reach.
    if places.is_certain and (places.named_regions or not (lists or candidates)):
        return redirect(places.regions[0])
    found = bool(places.regions or lists or candidates)
    context = {"query": query, "places": places, "lists": lists, "candidates": candidates, "found": found}
    return render(request, "pledges/search.html", context)


@public_page
def suggestions(request: HttpRequest) -> HttpResponse:
    """A short list of links for what is typed so far: a piece of a page, which htmx puts under the look-up."""
    context = {"suggestions": suggestions_for(request.GET.get("q", ""))}
    response = render(request, "pledges/suggestions.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
