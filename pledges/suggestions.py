"""What to offer to someone who is still typing in the look-up: the first places, lists and people that answer."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from pledges.cantons import address_in, regions_by_canton
from pledges.search import find_candidates, find_cantons, find_lists
from regions.search import find_places

LIMIT = 8  # as many as are read at a glance
FEWEST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line of the list: ``name`` is what it leads to, ``kind`` says in small words what that is."""

    name: str
    kind: str
    address: str


def suggestions_for(query: str) -> list[Suggestion]:
    """The regions, communes, departments, cantons, lists and candidates that answer, at most ``LIMIT`` of them.

    :param query: As typed so far; fewer than two characters, or too many, give nothing.
    """
    query = query.strip()
    if len(query) < FEWEST_LETTERS:
        return []
    places = find_places(query)
    by_name = not (places.postal_code or places.is_refused)
    cantons = find_cantons(query, limit=LIMIT) if by_name else []
    lists = find_lists(query, limit=LIMIT) if by_name else []
    candidates = find_candidates(query, limit=LIMIT) if by_name else []
    by_canton = regions_by_canton(places.regions)
    return _fair_share(
        [
            [Suggestion(region.name, _("région"), region.get_absolute_url()) for region in places.named_regions],
            [
                Suggestion(
                    f"{commune.name}, {commune.department.region.name}",
                    f"{commune.get_kind_display()}, {commune.department}",
                    address_in(commune.department.region, commune.department_id, by_canton),
                )
                for commune in (*places.communes, *places.longer_names)
            ],
            [
                Suggestion(
                    f"{department}, {department.region.name}",
                    _("département"),
                    address_in(department.region, department.code, by_canton),
                )
                for department in places.departments
            ],
            [
                Suggestion(
                    canton.name,
                    _("circonscription, %(election)s") % {"election": canton.election},
                    canton.get_absolute_url(),
                )
                for canton in cantons
            ],
            [
                Suggestion(found.name, f"{found.get_kind_display()}, {found.contest}", found.get_absolute_url())
                for found in lists
            ],
            [
                Suggestion(
                    candidate.full_name,
                    _("candidature, %(contest)s") % {"contest": candidate.candidate_list.contest},
                    candidate.get_absolute_url(),
                )
                for candidate in candidates
            ],
        ]
    )


def _fair_share(kinds: Sequence[Sequence[Suggestion]]) -> list[Suggestion]:
    """Shown kind by kind, chosen in turn: thirty communes of a name must not hide the one person who bears it."""
    turns = sorted((rank, kind) for kind, found in enumerate(kinds) for rank in range(len(found)))[:LIMIT]
    shares = Counter(kind for _rank, kind in turns)
    return [suggestion for kind, found in enumerate(kinds) for suggestion in found[: shares[kind]]]
