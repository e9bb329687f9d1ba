"""What a row said before, who changed it and when: one page, for the classes whose model keeps a ``History``."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from regions.admin.scoping import DeskAdmin, member
from regions.models import User
from regions.models.history import history_of, name_author
from regions.typography import day, hour

PER_PAGE = 20
# The library writes a version for the row and one for each of its sets: someone who saves once has made one change.
AT_ONCE = datetime.timedelta(seconds=5)


class HistoryAdmin[M: models.Model](DeskAdmin[M]):
    """Writes a version of what is saved here, in the name of who saves it, and shows them all.

    There is nothing to press on that page: an earlier version is typed again, as any other change.
    """

    history_also: ClassVar[tuple[str, ...]] = ()
    """Rows edited on the same page, by their name from here: ``("principles",)``."""

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:  # noqa: FBT001
        self._sign(request, obj, stored=change)
        columns = {column.name for column in obj._meta.concrete_fields}
        if not change or columns & set(form.changed_data):
            super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001
        for inline in formset.forms:
            if inline.has_changed() and history_of(type(inline.instance)):
                self._sign(request, inline.instance, stored=inline.instance.pk is not None)
        super().save_formset(request, form, formset, change)

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        self._sign(request, obj, stored=True)
        super().delete_model(request, obj)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what, and when; not there for a row that is not there for this user."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_view_permission(request, row):
            raise PermissionDenied
        edits = sorted(
            (edit for model, rows in self._sources(row) for edit in _edits(model, rows)),
            key=lambda edit: edit.at,
            reverse=True,
        )
        page = Paginator(edits, PER_PAGE).get_page(request.GET.get("p"))
        _tell(page.object_list, about=self.model)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Historique : %s") % row,
            "opts": self.opts,
            "object": row,
            "page": page,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/history.html", context)

    def _sources(self, row: M) -> list[tuple[type[models.Model], dict[str, Any]]]:
        """The models whose versions the page shows, and which of them."""
        own = [(self.model, {self.opts.pk.attname: row.pk})] if history_of(self.model) else []
        others: list[Any] = [self.opts.get_field(name) for name in self.history_also]
        return [*own, *((other.related_model, {other.field.attname: row.pk}) for other in others)]

    def _sign(self, request: HttpRequest, row: models.Model, *, stored: bool) -> None:
        history = history_of(type(row))
        if history is None:
            return
        if stored:
            history.keep(row)
        name_author(row, member(request))


class Change(NamedTuple):
    """A field, what it said and what it says, in words."""

    label: str
    before: str
    after: str


@dataclass
class Edit:
    """What someone changed in one go."""

    model: type[models.Model]
    key: Any
    at: datetime.datetime
    user_id: int | None
    kind: str
    """The library's: ``+``, ``~`` or ``-``."""
    before_id: int | None
    after_id: int
    by: User | None = None
    row: str = ""
    """How the row calls itself, when the page is about another one: a charter shows the changes of its principles."""
    changes: list[Change] = field(default_factory=list)

    @property
    def what(self) -> str:
        return {"+": _("Ajout"), "-": _("Suppression")}.get(self.kind, _("Modification"))


def _edits(model: type[models.Model], rows: dict[str, Any]) -> Iterable[Edit]:
    """The changes made to some rows of a model, from their versions alone: nothing is told yet."""
    history = history_of(model)
    if history is None:
        return
    versions = getattr(model, history.manager_name).filter(**rows)
    key = model._meta.pk.attname
    chains: dict[Any, list[Edit]] = defaultdict(list)
    columns = ("history_id", key, "history_date", "history_user_id", "history_type")
    for version, row, at, user, kind in versions.order_by("history_date", "history_id").values_list(*columns):
        chain = chains[row]
        last = chain[-1] if chain else None
        if last and last.user_id == user is not None and at - last.at < AT_ONCE and kind == "~":
            last.after_id = version
        else:
            chain.append(Edit(model, row, at, user, kind, last.after_id if last else None, version))
    for chain in chains.values():
        # What stood before the first change made here is there to be compared with.
        yield from (edit for edit in chain if edit.before_id or edit.user_id)


def _tell(edits: Iterable[Edit], *, about: type[models.Model]) -> None:
    """Fill in who made these changes, to what and which: so many queries for a page, however many changes."""
    edits = list(edits)
    users = User.objects.in_bulk({edit.user_id for edit in edits if edit.user_id})
    for model in {edit.model for edit in edits}:
        mine = [edit for edit in edits if edit.model is model]
        told = _Versions(model, {key for edit in mine for key in (edit.before_id, edit.after_id) if key})
        for edit in mine:
            edit.by = users.get(edit.user_id) if edit.user_id else None
            edit.row = "" if model is about else told.name(edit.after_id)
            edit.changes = told.changes(edit)


class _Versions:
    """Some versions of a model's rows, and what they say in words."""

    def __init__(self, model: type[models.Model], keys: set[int]) -> None:
        history: Any = history_of(model)
        manager = getattr(model, history.manager_name)
        self.model = model
        self.rows: dict[int, Any] = {version.pk: version for version in manager.filter(history_id__in=keys)}
        # A state is typed by nobody, and somebody's act changed it.
        self.columns = [
            column
            for column in manager.model.tracked_fields
            if (column.editable or column.choices) and not column.primary_key
        ]
        self.sets = manager.model._history_m2m_fields
        self.members: dict[tuple[str, int], set[Any]] = defaultdict(set)
        for each in self.sets:
            through = history.m2m_models[each]
            found = through.objects.filter(history__in=keys).values_list("history", each.m2m_reverse_field_name())
            for version, other in found:
                self.members[each.name, version].add(other)
        self.names = self._names()

    def name(self, key: int) -> str:
        """The row as it called itself, when it did without others."""
        version = self.rows[key]
        values = {column.attname: getattr(version, column.attname) for column in version.tracked_fields}
        return f"{capfirst(self.model._meta.verbose_name)} « {self.model(**values)} »"

    def changes(self, edit: Edit) -> list[Change]:
        """Each field that does not say what it said; for a row that was added, each that says something."""
        if edit.kind == "-":
            return []
        before = self._words(edit.before_id) if edit.before_id else {}
        after = self._words(edit.after_id)
        nothing = _("vide")
        return [
            Change(label, before.get(label) or nothing, text or nothing)
            for label, text in after.items()
            if before.get(label, "") != text
        ]

    def _words(self, key: int) -> dict[str, str]:
        version = self.rows[key]
        words = {capfirst(column.verbose_name): self._word(column, version) for column in self.columns}
        for each in self.sets:
            others = sorted(self.names[each.related_model].get(other, "?") for other in self.members[each.name, key])
            words[capfirst(each.verbose_name)] = ", ".join(others)
        return words

    def _word(self, column: Any, version: Any) -> str:
        value = getattr(version, column.attname)
        if value is None or value == "":
            return ""
        if column.is_relation:
            return str(self.names[column.related_model].get(value, _("n° %s") % value))
        if column.flatchoices:
            return str(dict(column.flatchoices).get(value, value))
        return _in_words(value)

    def _names(self) -> dict[type[models.Model], dict[Any, str]]:
        """What the rows that these versions refer to are called: a query for each of their models."""
        wanted: dict[Any, set[Any]] = defaultdict(set)
        for column in self.columns:
            if column.is_relation:
                wanted[column.related_model].update(getattr(version, column.attname) for version in self.rows.values())
        for each in self.sets:
            wanted[each.related_model].update(*(self.members[each.name, key] for key in self.rows))
        return {
            model: {row.pk: str(row) for row in model._base_manager.filter(pk__in=keys - {None})}
            for model, keys in wanted.items()
        }


def _in_words(value: Any) -> str:
    match value:
        case bool():
            return _("oui") if value else _("non")
        case datetime.datetime():
            at = timezone.localtime(value)
            return _("%(day)s à %(hour)s") % {"day": day(at), "hour": hour(at)}
        case datetime.date():
            return day(value)
        case Decimal():
            return str(localize(value))
        case _:
            return str(value)
