"""What each field said before, on the rows that people edit at the desk: django-simple-history, wrapped thinly."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class History(HistoricalRecords):  # type: ignore[misc]  simple_history publishes no types
    """The versions of a model's rows, each with who made it: ``history = History()``.

    A version is written when someone saves or deletes a row that names them: ``row._history_user = user``, as
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
