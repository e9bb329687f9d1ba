"""What an import tells: what was recognised, what would change, what has changed. Plain data, kept with the import."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from pledges.actions.importing import ContestReport, ImportReport
from pledges.official_files import FileRefusedError, OfficialFile
from pledges.official_files.changes import ListChange
from pledges.official_files.columns import Layout
from pledges.official_files.pair_columns import LAYOUTS
from pledges.official_files.tables import Origin

PEOPLE_SHOWN = 30  # of a list
LISTS_SHOWN = 60  # of a contest


def recognised(origin: Origin, layout: Layout) -> dict[str, Any]:
    """How the file was understood, before its rows are read."""
    return {
        "encoding": origin.encoding,
        "separator": origin.separator,
        "sheet": origin.sheet,
        "header_line": origin.header_line,
        "layout": next(name for name, kind in LAYOUTS.items() if kind is layout.kind),
        "columns": layout.columns,
        "unread": [header for header in layout.unread if header],
        "missing": layout.missing,
    }


def territories(official: OfficialFile, names: Mapping[str, str]) -> dict[str, Any]:
    """Whose rows the file holds: those that are read, and those that are left alone."""
    return {
        "rows": official.row_count,
        "mine": [
            {"name": names[code], "lists": len(lists), "people": sum(len(one.candidates) for one in lists)}
            for code, lists in official.regions.items()
        ],
        "elsewhere": [{"name": names[code], "rows": count} for code, count in sorted(official.elsewhere.items())],
    }


def preview_of(report: ImportReport) -> dict[str, Any]:
    """What would change, with the names that a person reads before they accept; long lists are cut, and say so."""
    return _told(report, with_people=True)


def report_of(report: ImportReport) -> dict[str, Any]:
    """What has changed: list by list, nobody's name but the heads'."""
    return _told(report, with_people=False)


def refusal_of(refusal: FileRefusedError) -> dict[str, Any]:
    """Why the file is refused, and each bad row."""
    return {"sentence": str(refusal), "problems": [list(problem) for problem in refusal.problems]}


def _told(report: ImportReport, *, with_people: bool) -> dict[str, Any]:
    return {
        "contests": [_contest(one, with_people=with_people) for one in report.by_contest],
        "unchanged": [one.name for one in report.by_contest if not one.contest.changed],
        "totals": {"lists": asdict(report.lists), "people": asdict(report.candidates)},
        "changed": report.changed,
        "declared": report.declared_count,
        "pledged": [
            {"contest": one.contest, "name": one.name, "changes": list(one.changes)} for one in report.pledged_lists
        ],
        "pledged_lists": [
            change.pk for one in report.by_contest for change in one.details if change.is_pledged and change.pk
        ],
        # Whole, even where the details are cut: each of these has to be answered for.
        "same_lists": [
            {"pk": change.pk, "contest": one.name, "name": change.name, "what": list(change.what)}
            for one in report.by_contest
            for change in one.details
            if change.is_pledged and change.is_other
        ],
    }


def _contest(report: ContestReport, *, with_people: bool) -> dict[str, Any]:
    details = sorted(report.details, key=lambda change: (not change.is_pledged, not change.is_other))
    shown = LISTS_SHOWN if with_people else len(details)
    return {
        "name": report.name,
        "is_new": bool(report.contest.created),
        "changed": report.contest.changed,
        "lists": asdict(report.lists),
        "people": asdict(report.candidates),
        "declared": report.declared_count,
        "is_other_round": report.lists.left > report.lists.updated + report.lists.unchanged + report.lists.returned,
        "details": [_list(change, with_people=with_people) for change in details[:shown]],
        "more": len(details[shown:]),
    }


def _list(change: ListChange, *, with_people: bool) -> dict[str, Any]:
    # When a whole list comes or goes, so do its people: their number says it.
    named = change.people if with_people and change.fate in {"updated", "unchanged"} else ()
    return {
        "code": change.code,
        "name": change.name,
        "fate": change.fate,
        "head": change.head,
        "is_pledged": change.is_pledged,
        "is_other": change.is_other,
        "what": list(change.what),
        "counts": _counts(one.fate for one in change.people),
        "people": [asdict(one) for one in named[:PEOPLE_SHOWN]],
        "more": max(len(named) - PEOPLE_SHOWN, 0),
    }


def _counts(fates: Iterable[str]) -> dict[str, int]:
    counts = dict.fromkeys(("created", "updated", "left", "returned"), 0)
    for fate in fates:
        counts[fate] += 1
    return counts
