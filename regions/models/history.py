"""What each field said before, on the rows that people edit at the desk: django-simple-history, wrapped thinly."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

if TYPE_CHECKING:
    from regions.models.networks import User


class History(HistoricalRecords):  # type: ignore[misc]  # simple_history publishes no types
    """The versions of a model's rows, each with who made it: ``history = History()``.

    A version is written when a row is saved or deleted whose author was named (``name_author``), as
    ``regions.admin.history`` does. What commands do is theirs to record, and costs nothing here.
    """

    def create_historical_record(self, instance: models.Model, history_type: str, using: str | None = None) -> None:
        if hasattr(instance, "_history_user"):
            super().create_historical_record(instance, history_type, using)

    def _get_history_user_fields(self) -> dict[str, Any]:
        """An account stays as long as anything it did: the library would empty the name instead."""
        return {
            "history_user": models.ForeignKey(
                settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
            )
        }

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        """In French, and without the permissions that nobody is given."""
        return {
            **super().get_meta_options(model),
            "verbose_name": format_lazy("{} : {}", _("version"), model._meta.verbose_name),
            "verbose_name_plural": format_lazy("{} : {}", _("versions"), model._meta.verbose_name),
            "default_permissions": (),
        }

    def get_meta_options_m2m(self, through_model: type[models.Model]) -> dict[str, Any]:
        return {**super().get_meta_options_m2m(through_model), "default_permissions": ()}

    def finalize(self, sender: type[models.Model], **kwargs: Any) -> None:
        super().finalize(sender, **kwargs)
        if sender is self.cls:
            _HISTORIES[sender] = self

    def keep(self, row: models.Model) -> None:
        """Write what is stored of a row, when its last version says otherwise: a command has made or changed it.

        What the next version changes is then told from what stood, and the change is nobody's.
        """
        stored = type(row)._base_manager.filter(pk=row.pk).first()
        if stored is None or self._says(stored):
            return
        name_author(stored, None)
        self.create_historical_record(stored, "~")

    def _says(self, stored: models.Model) -> bool:
        """Whether the last version is what is stored."""
        last = getattr(stored, self.manager_name).order_by("-history_date", "-history_id").first()
        if last is None or last.history_type == "-":
            return False
        if any(getattr(last, field.attname) != getattr(stored, field.attname) for field in last.tracked_fields):
            return False
        return all(
            set(getattr(last, field.name).values_list(field.m2m_reverse_field_name(), flat=True))
            == set(getattr(stored, field.name).values_list("pk", flat=True))
            for field in last._history_m2m_fields
        )


def name_author(row: models.Model, user: "User | None") -> None:
    """Say who makes the next version of this row; nobody, for what a command did."""
    row._history_user = user  # type: ignore[attr-defined]  # the library's name


_HISTORIES: dict[type[models.Model], History] = {}


def history_of(model: type[models.Model]) -> History | None:
    """The history that this model declares, if it does."""
    return _HISTORIES.get(model)
