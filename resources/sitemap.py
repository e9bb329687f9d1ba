"""The resources that search engines should know: their part of the site map."""

from resources.models import Collection, Resource


def addresses() -> list[str]:
    """What is on the shelves, and the collections. An archived resource is kept for the record, and not put forward."""
    shown = [*Resource.objects.published(), *Collection.objects.published()]
    return [each.get_absolute_url() for each in shown]
