"""What a page is about, in schema.org's words: names, addresses and dates, and never what anybody thinks.

Each function returns plain values for ``{% json_ld %}``; addresses are whole, in the language of the page.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pledges.models import Candidate, CandidateList, Election

type Node = dict[str, Any]


def website() -> Node:
    """The portal, and how to search it."""
    return {
        "@type": "WebSite",
        "name": "Engagements ESS",
        "url": _whole(reverse("home")),
        "inLanguage": get_language(),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": _whole(reverse("search")) + "?q={search_term_string}",
            },
            "query-input": "required name=search_term_string",
        },
    }


def breadcrumb(crumbs: Iterable[tuple[str, str]], here: str, address: str) -> Node:
    """The way that leads to the page, as its breadcrumb shows it.

    :param crumbs: Name and path of each page between the first and this one.
    """
    way = [(_("Accueil"), reverse("home")), *crumbs, (here, address)]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": _whole(path)}
            for position, (name, path) in enumerate(way, 1)
        ],
    }


def group(candidate_list: CandidateList) -> Node:
    """A list or a binôme: people who stand together. Neither its nuance, which is not its own, nor its answers."""
    return {
        "@type": "Organization",
        "name": candidate_list.name,
        "url": _whole(candidate_list.get_absolute_url()),
    }


def person(candidate: Candidate, *, title: str = "") -> Node:
    """A candidate: their name alone. What they stand for is read on the page, with its date and its words.

    :param title: That of the mandate they hold, if any: « conseillère régionale ».
    """
    node: Node = {"@type": "Person", "name": candidate.full_name, "url": _whole(candidate.get_absolute_url())}
    return node | {"jobTitle": title} if title else node


def vote(election: Election) -> Node | None:
    """An election and its two rounds; nothing of an invented one, that no agenda should announce."""
    if election.is_demonstration:
        return None
    return {
        "@type": "Event",
        "name": election.name,
        "url": _whole(election.get_absolute_url()),
        "startDate": election.first_round_on.isoformat(),
        "endDate": election.second_round_on.isoformat(),
        "location": {"@type": "Country", "name": "France"},
    }


def described(*nodes: Node | None) -> list[Node]:
    """Several things of one page, without those that are nothing."""
    return [node for node in nodes if node]


def _whole(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
