"""A « dossier spécial »: resources that go together, in an order."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from regions.models import Network, Region, ScopedQuerySet, User
from regions.models.history import History
from resources.enums import ResourceState
from resources.models.resource import Resource, ResourceQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class CollectionQuerySet(ScopedQuerySet["Collection"]):
    region_path = "region"

    def published(self) -> Self:
        return self.filter(published_on__isnull=False).order_by("-published_on", "pk")

    def with_shown_count(self) -> Self:
        """Add ``shown_count``: how many of its resources the public finds in it."""
        shown = Count("items", filter=Q(items__resource__state=ResourceState.PUBLISHED))
        return self.select_related("region", "network").annotate(shown_count=shown)

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """The collections of the user's regions; the national ones are the administrators'."""
        return self.all() if user.is_active and user.is_superuser else super().visible_to(user)


class Collection(models.Model):
    """Resources that go together, taken away in one zip."""

    title = models.CharField(_("titre"), max_length=150)
    slug = models.SlugField(_("adresse"), max_length=80, unique=True)
    summary = models.TextField(_("résumé"), help_text=_("Pour qui, pour quoi : deux ou trois phrases."))
    region = models.ForeignKey(
        Region,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="collections",
        verbose_name=_("région"),
        help_text=_("Vide pour un dossier national."),
    )
    network = models.ForeignKey(
        Network,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="collections",
        verbose_name=_("réseau éditeur"),
    )
    resources = models.ManyToManyField(
        Resource, through="CollectionItem", related_name="collections", verbose_name=_("ressources")
    )
    published_on = models.DateField(_("publié le"), null=True, blank=True, help_text=_("Vide : brouillon."))

    objects = CollectionQuerySet.as_manager()
    history = History()

    # Set by with_shown_count().
    shown_count: int

    class Meta:
        verbose_name = _("dossier spécial")
        verbose_name_plural = _("dossiers spéciaux")
        ordering = ("-published_on", "title")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("collection", args=[self.slug])

    def shown(self) -> ResourceQuerySet:
        """What the public finds in it, in its order."""
        return (
            Resource.objects.published().filter(items__collection=self).with_cards().order_by("items__position", "pk")
        )


class CollectionItem(models.Model):
    """The place of a resource in a collection."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="items")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="items", verbose_name=_("ressource"))
    position = models.PositiveSmallIntegerField(_("ordre"), default=1)

    class Meta:
        verbose_name = _("ressource du dossier")
        verbose_name_plural = _("ressources du dossier")
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "resource"],
                name="collection_item_once",
                violation_error_message=_("Cette ressource est déjà dans le dossier."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.resource)
