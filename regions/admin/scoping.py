"""The border: outside their territory, nothing exists for a moderator. Every class of the desk stands behind it."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Protocol, cast

from django.contrib import admin
from django.db import models
from django.forms import CheckboxSelectMultiple, ModelChoiceField, ModelMultipleChoiceField
from django.http import Http404, HttpRequest
from django.utils.functional import Promise

from regions.models import Revision, User


class Remembers(Protocol):
    """The admin site that the classes are registered on: it knows the journal, which is in an app above this one."""

    def remember(
        self, what: Literal["added", "edited", "deleted"], row: models.Model, *, by: User, fields: Sequence[str] = ()
    ) -> None:
        """Write in the journal that someone added, edited or deleted a row: which fields, and never what they say."""


class Changes(list[Any]):
    """Django's message about a form that was saved, with the plain names of the fields that it changed."""

    fields: tuple[str, ...] = ()


class DeskAdmin[M: models.Model](admin.ModelAdmin[M]):
    """What all classes of the desk share. Register a subclass: ``ScopedAdmin`` or ``AdministratorAdmin``.

    Who may do what is ``allows``; a row that is not visible, or an act that is not allowed, answers 404.
    """

    view_on_site = False
    empty_words: "str | Promise" = ""
    """Shown when there is no row: what would be here, and what to do."""

    def allows(self, user: User, act: str) -> bool:
        """Whether this role may do this here: ``"view"``, ``"add"``, ``"change"``, ``"delete"``."""
        raise NotImplementedError

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._allows(request, "view")

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return self._allows(request, "view", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._allows(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return self._allows(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return self._allows(request, "delete", obj)

    def formfield_for_foreignkey(
        self, db_field: "models.ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any] | None":
        """Offer, and accept, only what is inside."""
        kwargs.setdefault("queryset", _visible(db_field, request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: "models.ManyToManyField[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelMultipleChoiceField[Any] | None":
        """As boxes: they need no script, and say at once what is chosen."""
        kwargs.setdefault("queryset", _visible(db_field, request))
        kwargs.setdefault("widget", CheckboxSelectMultiple)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001  Django's
        """What is saved here may be on a public page: the pages that are kept are made again."""
        super().save_related(request, form, formsets, change)
        Revision.advance()

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        super().delete_model(request, obj)
        Revision.advance()

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Changes:  # noqa: FBT001, FBT002
        """Django's message, and the names of the fields: those of another row of the page after that of its model."""
        changes = Changes(super().construct_change_message(request, form, formsets, add))
        fields = dict.fromkeys(form.changed_data)
        for formset in formsets or ():
            for inline in formset.forms:
                name = inline._meta.model._meta.model_name
                fields.update(dict.fromkeys(f"{name}.{changed}" for changed in inline.changed_data))
        changes.fields = tuple(fields)
        return changes

    def log_addition(self, request: HttpRequest, obj: M, message: Any) -> Any:
        self._site.remember("added", obj, by=member(request), fields=getattr(message, "fields", ()))
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: M, message: Any) -> Any:
        """Whoever saves a page without touching it has done nothing."""
        if fields := getattr(message, "fields", ()):
            self._site.remember("edited", obj, by=member(request), fields=fields)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: "models.QuerySet[M]") -> Any:
        for obj in queryset:
            self._site.remember("deleted", obj, by=member(request))
        return super().log_deletions(request, queryset)

    @property
    def _site(self) -> Remembers:
        return cast("Remembers", self.admin_site)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, *args: Any) -> Any:
        """Not there: the same answer for what is elsewhere and for what never was."""
        raise Http404

    def _allows(self, request: HttpRequest, act: str, obj: M | None = None) -> bool:
        user = request.user
        if not (isinstance(user, User) and user.is_active and user.is_staff and self.allows(user, act)):
            return False
        # The stored row decides, not what a form has made of it.
        return obj is None or obj.pk is None or self.get_queryset(request).filter(pk=obj.pk).exists()


class AdministratorAdmin[M: models.Model](DeskAdmin[M]):
    """What only administrators see: elections, charters, networks, accounts, geography."""

    administrators_may: ClassVar[frozenset[str]] = frozenset({"add", "change"})
    """What they may do besides seeing. Nothing is deleted unless a class says so."""

    def allows(self, user: User, act: str) -> bool:
        return user.is_superuser and act in {"view", *self.administrators_may}


class ScopedAdmin[M: models.Model](DeskAdmin[M]):
    """Rows that some may see and others not, by the ``visible_to`` of their manager: the stored row decides.

    Members of a network may see; a subclass says what else they may do.
    """

    members_may: ClassVar[frozenset[str]] = frozenset()
    """What members may do besides seeing: ``"add"``, ``"change"``, ``"delete"``."""

    def allows(self, user: User, act: str) -> bool:
        return bool(user.region_codes) and act in {"view", *self.members_may}

    def get_queryset(self, request: HttpRequest) -> Any:
        queryset: Any = super().get_queryset(request)
        return queryset.visible_to(member(request))  # a model without it has no border, and no page here


class RegionScopedAdmin[M: models.Model](ScopedAdmin[M]):
    """A model whose every row belongs to a region."""


def member(request: HttpRequest) -> User:
    """Who is at the desk: the admin lets no visitor in."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


def _visible(
    db_field: "models.ForeignKey[Any, Any] | models.ManyToManyField[Any, Any]", request: HttpRequest
) -> "models.QuerySet[Any]":
    """The rows that a field may name: those that this user sees, where the model draws a border."""
    choices: models.QuerySet[Any] = db_field.related_model._default_manager.all()
    return choices.visible_to(member(request)) if hasattr(choices, "visible_to") else choices
