"""The electoral silence at the desk: what the public would read otherwise is not saved, whoever saves it."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol, cast

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _

from regions.admin.scoping import DeskAdmin

type Territories = frozenset[str] | None
"""The codes of some regions; None for what any page of the portal may show."""


class KeepsSilence(Protocol):
    """The admin site that the classes are registered on: it knows the calendar, which is in an app above this one."""

    def standstill(self, codes: Collection[str] | None) -> str:
        """Why what the public reads of these regions may not change now; nothing when it may."""


class PublishingAdmin[M: models.Model](DeskAdmin[M]):
    """A class whose rows are on public pages. During the electoral silence of a territory that shows a row, saving it
    is refused with the hour, and the form keeps all that was typed; it cannot be deleted either.

    What is national waits until no territory keeps silence.
    """

    def territories_of(self, row: M, typed: Mapping[str, Any]) -> Territories:
        """Whose pages show a row.

        :param row: As it is stored, or as a form has just made it.
        :param typed: What the form holds besides, sets of rows above all; empty for what is stored.
        """
        region = getattr(row, "region_id", None)
        return frozenset({region}) if region else None

    def standstill(self, *rows: M, typed: Mapping[str, Any] | None = None) -> str:
        """Why these rows may not change now, in a sentence; nothing when they may."""
        places = [self.territories_of(row, typed or {}) for row in rows]
        known = [codes for codes in places if codes is not None]
        codes = frozenset().union(*known) if len(known) == len(places) else None
        if not (silence := cast("KeepsSilence", self.admin_site).standstill(codes)):
            return ""
        return _("%(silence)s Rien n’est enregistré : gardez cette page ouverte, et enregistrez-la ensuite.") % {
            "silence": silence
        }

    def get_form(self, request: HttpRequest, obj: M | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        """Django's form, that says what the silence forbids as it says any other mistake."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        admin = self

        class SilentForm(form):  # type: ignore[misc]  # a class made by Django
            def _post_clean(self) -> None:
                super()._post_clean()
                stored = [obj] if obj and obj.pk else []
                before = admin.model._default_manager.filter(pk__in=[row.pk for row in stored])
                if sentence := admin.standstill(*before, self.instance, typed=self.cleaned_data):
                    self.add_error(None, sentence)

        SilentForm.__name__ = form.__name__
        return SilentForm

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and self.standstill(obj))
