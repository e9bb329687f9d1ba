"""Which lists of the second round a file names, worked out from their people: kept as they were, or made by a merger.

A deposit code or a name may change between the rounds, and a merger may keep those of one of its parents: only the
people tell. Nobody stands on two lists (code électoral, L346).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from pledges.models import CandidateList
from pledges.official_files.lists import OfficialList
from pledges.official_files.matching import Person, list_norm
from pledges.official_files.refusals import Problems
from pledges.official_files.rows import person_norm

type People = Mapping[int, Sequence[Person]]
"""Those of each list, by its key."""

A_SHARE = 10
"""One in so many of a list's people, on another list, is no homonym."""


@dataclass(frozen=True, slots=True)
class SecondRoundList:
    """A list of the second round, and where its people come from.

    ``parents`` are the lists of the first round that its people were on, in panel order: one for a list that was kept.
    ``earlier`` gives the place of the first round of each of its people, by their line in the file; ``counts`` how many
    come from each parent, by its key.
    """

    official: OfficialList
    parents: tuple[CandidateList, ...]
    earlier: Mapping[int, int]
    counts: Mapping[int, int]

    @property
    def is_merged(self) -> bool:
        return len(self.parents) > 1

    @property
    def unknown_count(self) -> int:
        """How many of its people have no place in the first round that we can tell."""
        return len(self.official.candidates) - len(self.earlier)


def recognise(
    officials: Iterable[OfficialList], lists: Sequence[CandidateList], people: People, problems: Problems
) -> list[SecondRoundList]:
    """Say where each list of the second round comes from; what cannot be is a problem.

    :param lists: Those of the first round, in panel order.
    :param people: Those who stand on them.
    """
    by_norm: dict[str, list[Person]] = {}
    for each in lists:
        for person in people.get(each.pk, ()):
            if person.left_at is None:
                by_norm.setdefault(person_norm(person.first_names, person.last_name), []).append(person)
    found = []
    for official in officials:
        earlier = _places(official, by_norm)
        counts = Counter(person.list_pk for person in earlier.values())
        parents = tuple(each for each in lists if each.pk in counts)
        if not parents:
            problems.add(
                official.line,
                _("personne de la liste « %s » n’était candidate ou candidat au premier tour")
                % official.facts.name[:80],
            )
            continue
        places = {line: person.pk for line, person in earlier.items()}
        found.append(SecondRoundList(official, parents, places, counts))
    _refuse_split(found, problems)
    return found


def _places(official: OfficialList, by_norm: Mapping[str, Sequence[Person]]) -> dict[int, Person]:
    """The place in the first round of each of a list's people, by their line.

    Several of one name are told apart by their section, then by the list that most of the others come from; else nobody
    is named: a person is never said to be another.
    """
    named = {row.line: by_norm.get(row.norm, ()) for row in official.candidates}
    lists = Counter(people[0].list_pk for people in named.values() if len(people) == 1)
    main = lists.most_common(1)[0][0] if lists else None
    places = {}
    for row in official.candidates:
        people = named[row.line]
        if len(people) > 1:
            people = [person for person in people if person.section_code == row.section_code] or people
        if len(people) > 1:
            people = [person for person in people if person.list_pk == main]
        if len(people) == 1:
            places[row.line] = people[0]
    return places


def _refuse_split(found: Sequence[SecondRoundList], problems: Problems) -> None:
    taken: dict[int, SecondRoundList] = {}
    for each in found:
        for parent in each.parents:
            other = taken.setdefault(parent.pk, each)
            if other is not each:
                problems.add(
                    each.official.line,
                    _(
                        "des personnes de la liste « %(name)s » du premier tour sont sur deux listes du second :"
                        " celle-ci et « %(other)s », ligne %(line)d (code électoral, L346)"
                    )
                    % {"name": parent.name[:80], "other": other.official.facts.name[:80], "line": other.official.line},
                )


def refuse_second_round(
    pairs: Iterable[tuple[OfficialList | None, CandidateList | None]],
    people: People,
    voted: Iterable[int],
    problems: Problems,
) -> None:
    """Note what shows that a file said to be of the first round is of the second.

    A list that voters chose from, or whose fate is known, cannot leave the first round; and people who pass from a list
    that is no longer there to another have merged.

    :param pairs: As ``match_lists`` gives them.
    :param people: All that are known of each list, by its key.
    :param voted: The keys of the lists that have a result, or a fate.
    """
    known = list(pairs)
    named = [(official, stored) for official, stored in known if official]
    for gone in (stored for official, stored in known if not official and stored and stored.left_at is None):
        line = named[0][0].line if named else 1
        if gone.pk in set(voted):
            problems.add(
                line,
                _("la liste « %s » a voté au premier tour et n’est pas dans ce fichier : s’il est du second, dites-le")
                % gone.name[:80],
            )
            continue
        norms = {person.norm for person in people.get(gone.pk, ()) if person.left_at is None}
        for official, stored in named:
            own = {person.norm for person in people.get(stored.pk, ())} if stored else set()
            moved = sum(row.norm in norms - own for row in official.candidates)
            is_renumbered = list_norm(official.facts.name) == gone.norm  # which ``match_lists`` has noted
            if not is_renumbered and moved and moved * A_SHARE >= len(norms):
                problems.add(
                    official.line,
                    _(
                        "la liste « %(gone)s » n’est plus là, et des personnes à elle (%(count)d) sont sur"
                        " « %(name)s » : ce fichier est du second tour, dites-le"
                    )
                    % {"gone": gone.name[:80], "count": moved, "name": official.facts.name[:80]},
                )
