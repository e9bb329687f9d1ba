"""The text of a page of prose."""

from django.db import transaction
from django.utils import timezone

from pledges.calendar import refuse_in_silence
from regions.models import Revision, User
from regions.models.history import history_of, name_author
from resources.models import Page
from resources.shipped import FIELDS


@transaction.atomic
def restore(page: Page, *, by: User) -> list[str]:
    """Give a page back the text that the product ships. What it said stays in its history.

    :raises SilenceError: While a territory keeps the electoral silence: all of them show the page.
    :return: The fields that changed, to be written in the journal by who asked; none when it was already that text.
    """
    page = Page.objects.select_for_update().get(pk=page.pk)
    changed = [field for field in FIELDS if getattr(page, field)]
    if not changed:
        return []
    refuse_in_silence()
    if history := history_of(Page):
        history.keep(page)
    for field in FIELDS:
        setattr(page, field, "")
    page.changed_at = timezone.now()
    name_author(page, by)
    page.save(update_fields=[*FIELDS, "changed_at"])
    Revision.advance()
    return changed
