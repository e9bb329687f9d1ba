"""Putting the starting kit on the shelves, and bringing it up to date: what a network rewrote is left alone."""

import hashlib
from collections import Counter
from enum import Enum, auto

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges.actions.recording import record_at_large
from pledges.calendar import refuse_in_silence
from pledges.enums import Act
from pledges.models import Charter
from regions.models import Revision
from resources.actions.versions import add_version
from resources.enums import PUBLIC_STATES, ResourceState
from resources.files import receive
from resources.model_texts import current_charter
from resources.models import Collection, CollectionItem, Resource
from resources.starting_kit import COLLECTION, COLLECTION_SUMMARY, COLLECTION_TITLE, KIT, Item, Made

# Kept with the version, so in French.
OTHER_WORDS = "Le texte est mis à jour."
SAME_WORDS = "Même texte, mise en page revue."


class KitError(Exception):
    """The kit cannot be loaded. The text says why."""


class KitOutcome(Enum):
    """What became of a resource of the kit."""

    CREATED = auto()
    REPLACED = auto()
    UNCHANGED = auto()
    LEFT_ALONE = auto()


def load_kit(*, as_draft: bool = False) -> Counter[KitOutcome]:
    """Load the starting kit as national resources, or add a version to those whose content has changed.

    :param as_draft: What is new waits at the desk, to be read and published there.
    :return: How many resources had each outcome.
    :raises KitError: When no charter is loaded.
    :raises SilenceError: When the public would see a change while a territory keeps the electoral silence.
    :raises drawing.DrawingError: When a paper cannot be made.
    """
    charter = current_charter()
    if charter is None:
        raise KitError(_("Aucune charte n’est chargée : lancez d’abord manage.py load_charter."))
    # All papers are drawn before anything is written: a text that cannot be drawn leaves no half of a kit.
    made = {item.slug: item.make(item.slug, charter) for item in KIT}
    with transaction.atomic():
        there = {resource.slug: resource for resource in Resource.objects.filter(slug__in=made)}
        outcomes = {item.slug: _outcome(there.get(item.slug), made[item.slug]) for item in KIT}
        if any(_is_seen(outcomes[slug], there.get(slug), as_draft=as_draft) for slug in outcomes):
            refuse_in_silence()
        for item in KIT:
            if outcomes[item.slug] == KitOutcome.CREATED:
                _create(item, made[item.slug], charter, as_draft=as_draft)
            elif outcomes[item.slug] == KitOutcome.REPLACED:
                _replace(there[item.slug], made[item.slug])
    return Counter(outcomes.values())


def _outcome(resource: Resource | None, made: Made) -> KitOutcome:
    if resource is None:
        return KitOutcome.CREATED
    current = resource.versions.current().first()
    # Whoever changed it, or took it off the shelves, answers for it from now on.
    if current is None or current.added_by_id or resource.state == ResourceState.ARCHIVED:
        return KitOutcome.LEFT_ALONE
    digest = hashlib.sha256(made.pdf).hexdigest() if made.pdf else ""
    if (current.twin, current.sha256, current.model_text) == (made.twin, digest, made.model_text):
        return KitOutcome.UNCHANGED
    # The paper is what the kit ships, and its reading on the screen is not: someone corrected that beside it.
    return KitOutcome.LEFT_ALONE if made.pdf and current.sha256 == digest else KitOutcome.REPLACED


def _is_seen(outcome: KitOutcome, resource: Resource | None, *, as_draft: bool) -> bool:
    """Whether the public sees what becomes of it."""
    if resource is None:
        return not as_draft
    return outcome == KitOutcome.REPLACED and resource.state in PUBLIC_STATES


def _create(item: Item, made: Made, charter: Charter, *, as_draft: bool) -> None:
    text = item.text
    resource = Resource.objects.create(
        slug=item.slug, title=text.title, summary=text.summary, audience=item.audience, kind=item.kind
    )
    resource.principles.set(charter.principles.all())
    _put_in_collection(resource, as_draft=as_draft)
    _add(resource, made)
    if not as_draft:
        _publish(resource)


def _replace(resource: Resource, made: Made) -> None:
    before = resource.versions.current().get()
    _add(resource, made, SAME_WORDS if before.twin == made.twin else OTHER_WORDS)


def _add(resource: Resource, made: Made, change: str = "") -> None:
    received = receive(ContentFile(made.pdf)) if made.pdf else None
    add_version(resource, by=None, received=received, model_text=made.model_text, twin=made.twin, change=change)


def _publish(resource: Resource) -> None:
    """As the desk publishes: dated, in the journal."""
    resource.state, resource.published_on = ResourceState.PUBLISHED, timezone.localdate()
    resource.save(update_fields=["state", "published_on"])
    record_at_large(Act.RESOURCE_PUBLISHED, resource=resource.pk)
    Revision.advance()


def _put_in_collection(resource: Resource, *, as_draft: bool) -> None:
    collection, _created = Collection.objects.get_or_create(
        slug=COLLECTION,
        defaults={
            "title": COLLECTION_TITLE,
            "summary": COLLECTION_SUMMARY,
            "published_on": None if as_draft else timezone.localdate(),
        },
    )
    CollectionItem.objects.create(collection=collection, resource=resource, position=collection.items.count() + 1)
