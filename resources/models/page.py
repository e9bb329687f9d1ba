"""The pages of prose: what an administrator rewrote of a text that the product ships."""

from dataclasses import replace

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from regions.models.history import History
from resources.enums import PageName
from resources.shipped import FIELDS, Text, shipped


class PageQuerySet(models.QuerySet["Page"]):
    def text(self, name: str, language: str) -> Text:
        """What a page says: as an administrator rewrote it, else as it is shipped.

        :raises FileNotFoundError: When there is no such page.
        """
        origin = shipped(name, language)
        page = self.filter(name=name, language=language).first()
        return page.text if page else origin


class Page(models.Model):
    """A page of prose in one language. Its fields are empty as long as it says what the product ships."""

    name = models.CharField(_("page"), max_length=20, choices=PageName, editable=False)
    language = models.CharField(_("langue"), max_length=5, choices=settings.LANGUAGES, editable=False)
    title = models.CharField(
        _("nom"), max_length=60, blank=True, help_text=_("Dans l’onglet, le fil d’Ariane et les moteurs de recherche.")
    )
    heading = models.CharField(_("titre"), max_length=100, blank=True, help_text=_("En haut de la page."))
    lede = models.TextField(_("chapeau"), blank=True, help_text=_("Une ou deux phrases sous le titre."))
    description = models.TextField(
        _("description"), blank=True, help_text=_("Ce qu’en montrent les moteurs de recherche et les partages.")
    )
    body = models.TextField(_("texte"), blank=True)
    changed_at = models.DateTimeField(_("modifiée le"), null=True, editable=False)

    objects = PageQuerySet.as_manager()
    history = History(excluded_fields=["changed_at"])

    class Meta:
        verbose_name = _("page de texte")
        verbose_name_plural = _("pages de texte")
        ordering = ("name", "-language")
        constraints = [
            models.UniqueConstraint(
                fields=["name", "language"],
                name="page_one_per_name_and_language",
                violation_error_message=_("Cette page existe déjà dans cette langue."),
            ),
            models.CheckConstraint(
                condition=Q(title="", heading="", lede="", description="", body="")
                | ~(Q(title="") | Q(heading="") | Q(lede="") | Q(description="") | Q(body="")),
                name="page_is_rewritten_whole_or_not_at_all",
                violation_error_message=_("Une page a un nom, un titre, un chapeau, une description et un texte."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_name_display()} ({self.get_language_display()})"

    def get_absolute_url(self) -> str:
        with override(self.language):
            return reverse(PageName(self.name).route)

    @property
    def is_rewritten(self) -> bool:
        return bool(self.body)

    @property
    def text(self) -> Text:
        """What the page says, and since when: a page that came back to its first text changed that day."""
        origin = shipped(self.name, self.language)
        if not self.changed_at:
            return origin
        changed_on = max(timezone.localdate(self.changed_at), origin.changed_on)
        if not self.is_rewritten:
            return replace(origin, changed_on=changed_on)
        return Text(**{field: getattr(self, field) for field in FIELDS}, changed_on=changed_on)
