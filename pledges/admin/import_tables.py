"""What an import leaves to download: its report, or the rows that were refused."""

from typing import Any

from django.utils.translation import gettext as _

from pledges.fates import LIST_FATES, PERSON_FATES
from pledges.models import CandidateImport

Table = tuple[list[Any], list[list[Any]]]


def report_rows(candidate_import: CandidateImport) -> Table:
    """One row a list that changed; one for each territory where nothing did."""
    header = [
        _("circonscription"), _("code"), _("liste"), _("ce qu’elle devient"), _("tête de liste"), _("a un engagement"),
        _("ce qui change"), _("personnes nouvelles"), _("modifiées"), _("parties"), _("de retour"),
    ]  # fmt: skip
    rows: list[list[Any]] = []
    for contest in candidate_import.report["contests"]:
        if not contest["details"]:
            rows.append([contest["name"], "", "", _("rien ne change"), *[""] * 7])
        rows += [
            [
                contest["name"], one["code"], one["name"], LIST_FATES[one["fate"]], one["head"],
                _("oui") if one["is_pledged"] else _("non"), ", ".join(one["what"]),
                *(one["counts"][fate] for fate in PERSON_FATES),
            ]
            for one in contest["details"]
        ]  # fmt: skip
    return header, rows


def refusal_rows(candidate_import: CandidateImport) -> Table:
    """One row a bad row of the file; the sentence alone when the whole file is the reason."""
    problems = candidate_import.refusal["problems"] or [["", candidate_import.refusal["sentence"]]]
    return [_("ligne"), _("anomalie")], problems
