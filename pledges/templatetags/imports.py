"""What an import counts, in words."""

from collections.abc import Mapping

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges.fates import LIST_FATES, PERSON_FATES

register = template.Library()


@register.filter
def list_fate(fate: str) -> str:
    """« nouvelle », « n’y est plus »."""
    return str(LIST_FATES[fate])


@register.filter
def person_fate(fate: str) -> str:
    """« arrive », « n’y est plus »."""
    return str(PERSON_FATES[fate])


@register.filter
def counted(counts: Mapping[str, int]) -> str:
    """``{{ contest.lists|counted }}``: « 2 nouvelles, 1 partie »; « aucun changement » when there is none."""
    created, updated, left, returned = (counts[fate] for fate in ("created", "updated", "left", "returned"))
    told = {
        ngettext("%s nouvelle", "%s nouvelles", created): created,
        ngettext("%s modifiée", "%s modifiées", updated): updated,
        ngettext("%s partie", "%s parties", left): left,
        _("%s de retour"): returned,
    }
    phrases = [phrase % number_format(count, 0, force_grouping=True) for phrase, count in told.items() if count]
    return ", ".join(phrases) or _("aucun changement")
