"""Template filters and tags that write French as a person does."""

import datetime

from django import template
from django.template.defaultfilters import stringfilter
from django.utils import timezone

from regions import typography

register = template.Library()


@register.filter
def day(date: datetime.date | None) -> str:
    """``{{ election.first_round_on|day }}``: « 20 juin 2021 », « 1er juin 2028 »; nothing for no date."""
    if isinstance(date, datetime.datetime):
        date = timezone.localtime(date)
    return typography.day(date) if date else ""


@register.filter(is_safe=True)
@stringfilter
def typeset(html: str) -> str:
    """``{% filter typeset %}…{% endfilter %}``: non-breaking spaces where French wants them."""
    return typography.typeset(html)
