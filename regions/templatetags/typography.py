"""Template filters and tags that write French as a person does."""

import datetime

from django import template
from django.template.defaultfilters import stringfilter
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe

from regions import typography
from regions.models import Region

register = template.Library()


@register.filter
def day(date: datetime.date | None) -> str:
    """``{{ election.first_round_on|day }}``: « 20 juin 2021 », « 1er juin 2028 »; nothing for no date."""
    if isinstance(date, datetime.datetime):
        date = timezone.localtime(date)
    return typography.day(date) if date else ""


@register.filter
def hour(at: datetime.datetime | None) -> str:
    """``à {{ import.finished_at|hour }}``: « 9 h 30 », by the clock of the page; nothing for no date."""
    return typography.hour(timezone.localtime(at)) if at else ""


@register.filter
def age(at: datetime.datetime | None) -> str:
    """``depuis {{ pledge.confirmed_at|age }}``: « 3 jours »; nothing for no date."""
    return typography.age(at) if at else ""


@register.filter
def moment(at: datetime.datetime | None, region: Region | None = None) -> str:
    """``{{ entry.at|moment:entry.region }}``: « 3 mai 2028, 14 h 02 », by the clock of the region, else of Paris."""
    if not at:
        return ""
    local = timezone.localtime(at, region.zone if region else None)
    return f"{typography.day(local)}, {typography.hour(local)}"


@register.filter
def of(region: Region) -> str:
    """``{{ region|of }}``: « de Bretagne », « d’Île-de-France »; in another language, the name alone."""
    return region.of_name if typography.is_french() else region.name


@register.filter(is_safe=True)
@stringfilter
def in_french(text: str) -> str:
    """``{{ principle.statement|in_french }}``: words that no catalogue translates, those of a charter or of a person.

    On a page in another language they are marked as French, for whoever hears or translates it, and keep French
    spaces; on a page in French they are given back as they are. Not for an attribute or a title, which hold no tag.
    """
    if not text or typography.is_french():
        return text
    typeset_text = mark_safe(typography.french_text(conditional_escape(text)))  # noqa: S308  escaped, then its spaces
    return format_html('<span lang="fr">{}</span>', typeset_text)


@register.filter(is_safe=True)
@stringfilter
def typeset(html: str) -> str:
    """``{% filter typeset %}…{% endfilter %}``: non-breaking spaces where French wants them."""
    return typography.typeset(html)
