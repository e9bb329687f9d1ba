"""What several forms of the desk share: an address made from a title, and whom a network publishes for."""

from django.db import models
from django.urls import resolve, reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from regions.models import Network, Region

SLUG_LENGTH = 70
"""Room is left for the number that tells two resources of the same title apart."""


def free_slug(model: type[models.Model], title: str) -> str:
    """An address made from a title, that no other row of the model has."""
    stem = slugify(title)[:SLUG_LENGTH].strip("-") or "sans-titre"
    taken = set(model._default_manager.filter(slug__startswith=stem).values_list("slug", flat=True))
    number, slug = 1, stem
    while slug in taken or leads_elsewhere(model, slug):
        number += 1
        slug = f"{stem}-{number}"
    return slug


def leads_elsewhere(model: type[models.Model], slug: str) -> bool:
    """Whether another page of the portal answers at the address that this would be."""
    route = str(model._meta.model_name)
    return resolve(reverse(route, args=[slug])).url_name != route


def out_of_reach(network: Network | None, region: Region | None) -> str:
    """Why a network cannot publish for this territory, in a sentence; nothing when it can."""
    if network is None or region is None or network.is_national:
        return ""
    if network.regions.filter(pk=region.pk).exists():
        return ""
    return _("%(network)s ne couvre pas ce territoire : %(region)s.") % {"network": network, "region": region}
