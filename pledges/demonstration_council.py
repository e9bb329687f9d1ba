"""Invented councils, in the layout of the national register: imported as the real one is."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from django.core.files.base import ContentFile

from pledges.actions.elected import eligible, import_elected
from pledges.models import Candidate, Contest, Election
from pledges.second_round import round_shown_in

HEADERS = (
    "code_region", "code_section_departementale", "libelle_section_departementale", "nom_elu", "prenom_elu", "sexe_elu",
    "date_debut_mandat", "libelle_fonction",
)  # fmt: skip
LISTS = 3  # of the last round of a contest, in panel order, have people elected
SEATS = 12
UNSURE_IN = ("28", "53")  # where an account of the demonstration may decide


def elect(election: Election) -> None:
    """Import who sits after an invented regional election: people of its lists, one who came since, one to look at."""
    text = io.StringIO()
    table = csv.writer(text, delimiter="\t")
    table.writerow(HEADERS)
    for contest in election.contests.select_related("region", "election"):
        table.writerows(_rows(contest))
    import_elected(election, ContentFile(text.getvalue().encode(), name="elus-de-demonstration.txt"))


def _rows(contest: Contest) -> Iterator[tuple[str, ...]]:
    homonyms = Counter(eligible(contest).values_list("norm", flat=True))
    lists = contest.lists.standing().of_round(round_shown_in(contest)).in_panel_order()[:LISTS]
    for place, candidate_list in enumerate(lists):
        its_own = candidate_list.candidates.standing().in_list_order()
        named = [person for person in its_own if homonyms[person.norm] == 1]
        for rank, person in enumerate(named[: SEATS // (place + 1)]):
            function = "Présidente ou président du conseil" if rank == place == 0 else ""
            is_unsure = rank == place == 1 and contest.region_id in UNSURE_IN
            yield _row(contest, person, more="-DEMONET" if is_unsure else "", function=function)
    yield _row(contest, Candidate(last_name="VENUDEPUIS", first_names="Camille"))


def _row(contest: Contest, person: Candidate, *, more: str = "", function: str = "") -> tuple[str, ...]:
    starts_on = f"{contest.election.mandate_starts_on:%d/%m/%Y}"
    section = (person.section_code, person.section_name)
    return (contest.region_id, *section, f"{person.last_name}{more}", person.first_names, "", starts_on, function)
