"""What the entries of the journal are about, in words: who or what, with the page where it is."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from pledges.enums import ConsentPurpose, Door, Fate, IdentityCheck, MailKind, MandateMatch
from pledges.models import Candidate, CandidateList, CorrectionRequest, ElectedOfficial, JournalEntry
from regions.enums import Role
from regions.models import Network, User


class Subject(NamedTuple):
    """A name, and the page of the desk that shows it when there is one."""

    text: str
    url: str = ""


NOTHING = Subject("")
# What an entry may name by its key, the closest first.
_NAMED: dict[str, type[models.Model]] = {
    "elected": ElectedOfficial,
    "candidate": Candidate,
    "list": CandidateList,
    "correction": CorrectionRequest,
}


def subjects(entries: Iterable[JournalEntry], user: User) -> dict[int, Subject]:
    """What each entry is about, by its key. Nothing that this user does not see is named.

    :param entries: With their ``pledge``, its list and its candidate loaded.
    """
    entries = list(entries)
    named = {key: _in_bulk(model, {entry.details.get(key) for entry in entries}, user) for key, model in _NAMED.items()}
    records = _records(entries, user)
    members = _members(entries, user)
    return {entry.pk: _subject(entry, named, records, members) for entry in entries}


def _subject(
    entry: JournalEntry,
    named: dict[str, dict[Any, models.Model]],
    records: dict[tuple[str, Any], Subject],
    members: dict[tuple[Any, Any], Subject],
) -> Subject:
    if entry.pledge is not None:
        return Subject(str(entry.pledge.signer), _page(entry.pledge))
    details = entry.details
    for key, rows in named.items():
        if row := rows.get(details.get(key)):
            return Subject(str(row), _page(row))
    if "record" in details:
        return records.get((details["record"], details.get("key")), NOTHING)
    if member := members.get((details.get("user"), details.get("network"))):
        return member
    if "table" in details:
        return Subject(_table(details["table"]))
    return Subject(str(entry.election)) if entry.election_id else NOTHING


def _records(entries: list[JournalEntry], user: User) -> dict[tuple[str, Any], Subject]:
    """The rows that someone added, edited or deleted at the desk: one query for each of their models."""
    wanted: dict[str, set[Any]] = defaultdict(set)
    for entry in entries:
        if label := entry.details.get("record"):
            wanted[label].add(entry.details.get("key"))
    told = {}
    for label, keys in wanted.items():
        model = apps.get_model(label)
        rows = _in_bulk(model, keys, user)
        for key in keys:
            kind = capfirst(model._meta.verbose_name)
            gone = Subject(_("%(kind)s n° %(key)s") % {"kind": kind, "key": key})
            told[label, key] = Subject(f"{kind} « {rows[key]} »", _page(rows[key])) if key in rows else gone
    return told


def _members(entries: list[JournalEntry], user: User) -> dict[tuple[Any, Any], Subject]:
    """The accounts that entries are about, with the network where that was: two queries, whatever their number.

    An account has its page for administrators alone.
    """
    wanted = {(entry.details.get("user"), entry.details.get("network")) for entry in entries}
    accounts = _in_bulk(User, {account for account, _network in wanted}, user)
    networks = _in_bulk(Network, {network for _account, network in wanted}, user)
    return {
        (account, network): Subject(
            f"{accounts[account]}, {networks[network]}" if network in networks else str(accounts[account]),
            _page(accounts[account]) if user.is_superuser else "",
        )
        for account, network in wanted
        if account in accounts
    }


def _table(name: str) -> str:
    """What the register of a model is called; its name in the journal when there is no such model any more."""
    model = next((model for model in apps.get_models() if model._meta.model_name == name), None)
    return str(capfirst(model._meta.verbose_name_plural)) if model else name


def _in_bulk(model: type[models.Model], keys: set[Any], user: User) -> dict[Any, models.Model]:
    rows: Any = model._default_manager.all()
    if hasattr(rows, "visible_to"):
        rows = rows.visible_to(user)
    wanted = {key for key in keys if isinstance(key, int | str)}
    return {row.pk: row for row in rows.filter(pk__in=wanted)} if wanted else {}


def _page(row: models.Model) -> str:
    meta = row._meta
    try:
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return ""


# --- The details of an entry ---

_CLOSED_LISTS: dict[str, type[models.TextChoices]] = {
    "purpose": ConsentPurpose,
    "door": Door,
    "identity_check": IdentityCheck,
    "mail": MailKind,
    "role": Role,
    "before": Role,
    "fate": Fate,
}
# Shown by the page in its own words.
_SHOWN_APART = {"correction", "elected", "list", "candidate", "wording_sha256", "record", "key", "table"}


def details_in_words(entry: JournalEntry) -> list[tuple[str, str]]:
    """What an entry says besides who, what and when: each with its French name, and what no table knows as it is."""
    labels = _labels()
    order = {key: place for place, key in enumerate(labels)}  # PostgreSQL's JSON keeps none
    return [
        (labels.get(key, key), _fields(entry) if key == "fields" else _in_words(key, value, labels))
        for key, value in sorted(entry.details.items(), key=lambda item: (order.get(item[0], len(order)), item[0]))
        if key not in _SHOWN_APART and value not in (None, "", [], {})
    ]


def _fields(entry: JournalEntry) -> str:
    """The fields that someone changed, as the form calls them: those of another row of its page keep their name."""
    columns: dict[str, Any] = {}
    if label := entry.details.get("record"):
        columns = {column.name: column for column in apps.get_model(label)._meta.get_fields()}
    names = [getattr(columns.get(name), "verbose_name", name) for name in entry.details["fields"]]
    return ", ".join(map(str, names))


def _in_words(key: str, value: Any, labels: dict[str, str]) -> str:
    if key in _CLOSED_LISTS:
        return str(dict(_CLOSED_LISTS[key].choices).get(value, value))
    match value:
        case dict():
            return ", ".join(f"{labels.get(name, name)} : {number}" for name, number in value.items() if number)
        case list():
            return ", ".join(map(str, value))
        case bool():
            return _("oui") if value else _("non")
        case _:
            return str(value)


def _labels() -> dict[str, str]:
    return {
        "purpose": _("Accord pour"),
        "door": _("Dit"),
        "identity_check": _("Identité"),
        "mail": _("Courrier"),
        "version": _("Version du texte"),
        "charter": _("Empreinte de la charte"),
        "signatory": _("Signataire n°"),
        "user": _("Compte n°"),
        "network": _("Réseau n°"),
        "role": _("Rôle"),
        "before": _("Rôle d’avant"),
        "changed": _("Droits changés"),
        "amends": _("Modifie l’engagement n°"),
        "superseded_by": _("Remplacé par l’engagement n°"),
        "official_list": _("Liste officielle n°"),
        "file": _("Fichier"),
        "sha256": _("Empreinte SHA-256"),
        "lists": _("Listes"),
        "candidates": _("Candidatures"),
        "people": _("Candidatures"),
        "contest": _("Circonscription n°"),
        "round": _("Tour"),
        "fate": _("Au second tour"),
        "parents": _("Issue des listes n°"),
        "head": _("Tête de liste, candidature n°"),
        "fields": _("Champs"),
        "rows": _("Lignes"),
        "created": _("ajoutées"),
        "updated": _("modifiées"),
        "unchanged": _("inchangées"),
        "left": _("parties"),
        "returned": _("revenues"),
        "matches": _("Rapprochements"),
        **{str(match): str(match.label) for match in MandateMatch},
    }
