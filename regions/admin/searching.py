"""Searching as people type names: without accents, capitals or hyphens."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from regions.folding import fold


class FoldedSearch[M: models.Model](admin.ModelAdmin[M]):
    """For a class whose ``search_fields`` are folded columns."""

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Fold what was typed as the column was; what folds to nothing finds nothing."""
        return super().get_search_results(request, queryset, fold(search_term) or search_term)
