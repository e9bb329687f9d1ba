"""The border: outside their regions, nothing exists for a moderator."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.forms import ModelChoiceField
from django.http import Http404, HttpRequest

from regions.models import ScopedQuerySet, User
from regions.models.networks import NetworkQuerySet
from regions.models.territory import RegionQuerySet


class RegionScopedAdmin[M: models.Model](admin.ModelAdmin[M]):
    """A model whose every row belongs to a region, by its manager's ``visible_to``: the stored row decides.

    Members of a network may see; a subclass says what else they may do. A row elsewhere answers 404, as one that
    does not exist, in the page, its history, the actions and the choices of foreign keys.
    """

    members_may: ClassVar[frozenset[str]] = frozenset()
    """What members may do besides seeing: ``"add"``, ``"change"``, ``"delete"``."""

    def get_queryset(self, request: HttpRequest) -> ScopedQuerySet[M]:
        queryset = super().get_queryset(request)
        assert isinstance(queryset, ScopedQuerySet)  # noqa: S101  no border, no page
        return queryset.visible_to(_member(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._works_somewhere(request)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return self._works_somewhere(request) and self._is_inside(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return "add" in self.members_may and self._works_somewhere(request)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return "change" in self.members_may and self._works_somewhere(request) and self._is_inside(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return "delete" in self.members_may and self._works_somewhere(request) and self._is_inside(request, obj)

    def formfield_for_foreignkey(
        self, db_field: "models.ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any] | None":
        """Offer, and accept, only what is inside."""
        choices = db_field.related_model._default_manager.all()
        if isinstance(choices, ScopedQuerySet | RegionQuerySet | NetworkQuerySet):
            kwargs.setdefault("queryset", choices.visible_to(_member(request)))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, *args: Any) -> Any:
        """Not there: the same answer for what is elsewhere and for what never was."""
        raise Http404

    def _works_somewhere(self, request: HttpRequest) -> bool:
        user = request.user
        return isinstance(user, User) and user.is_staff and bool(user.region_codes)

    def _is_inside(self, request: HttpRequest, obj: M | None) -> bool:
        return obj is None or self.get_queryset(request).filter(pk=obj.pk).exists()


def _member(request: HttpRequest) -> User:
    """Who is at the desk: the admin lets no visitor in."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user
