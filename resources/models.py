"""Documents and links for candidates, citizens and networks."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pledges.models import Principle
from regions.models import Network, Region, ScopedQuerySet, User
from regions.models.history import History
from resources.enums import Audience, ResourceKind

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ResourceQuerySet(ScopedQuerySet["Resource"]):
    region_path = "region"

    def published(self) -> Self:
        return self.filter(published_on__isnull=False).order_by("-published_on", "pk")

    def for_region(self, region: Region) -> Self:
        """What serves this territory: its own, and the national ones."""
        return self.filter(Q(region=region) | Q(region=None))

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """The resources of the user's regions; the national ones are the administrators'."""
        return self.all() if user.is_active and user.is_superuser else super().visible_to(user)


class Resource(models.Model):
    """A document or a link, for an audience, in a territory or in all."""

    title = models.CharField(_("titre"), max_length=150)
    slug = models.SlugField(_("adresse"), unique=True)
    summary = models.TextField(_("résumé"), help_text=_("Deux ou trois phrases : ce que c’est, à quoi ça sert."))
    audience = models.CharField(_("public"), max_length=10, choices=Audience)
    kind = models.CharField(_("nature"), max_length=12, choices=ResourceKind)
    region = models.ForeignKey(
        Region,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="resources",
        verbose_name=_("région"),
        help_text=_("Vide pour une ressource nationale."),
    )
    principles = models.ManyToManyField(
        Principle, blank=True, related_name="resources", verbose_name=_("principes servis")
    )
    network = models.ForeignKey(
        Network,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="resources",
        verbose_name=_("réseau éditeur"),
    )
    url = models.URLField(_("lien"))
    published_on = models.DateField(_("publiée le"), null=True, blank=True, help_text=_("Vide : brouillon."))

    objects = ResourceQuerySet.as_manager()
    history = History(m2m_fields=["principles"])

    class Meta:
        verbose_name = _("ressource")
        ordering = ("-published_on", "title")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{reverse('resources')}#{self.slug}"
