"""Putting the starting kit on the shelves, and bringing it up to date: what a network rewrote is left alone."""

import hashlib
from collections import Counter
from dataclasses import dataclass

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
from resources.model_texts import current_charter
from resources.models import Collection, CollectionItem, Resource
from resources.own_files import own_pdf
from resources.starting_kit import COLLECTION, COLLECTION_SUMMARY, COLLECTION_TITLE, KIT, Item, Made

# Kept with the version, so in French.
OTHER_WORDS = "Le texte est mis à jour."
SAME_WORDS = "Même texte, mise en page revue."


class KitError(Exception):
    """The kit cannot be loaded. The text says why."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of the resources of the kit, in counts."""

    created: int
    replaced: int
    unchanged: int
    left_alone: int

    @property
    def changed(self) -> int:
        return self.created + self.replaced


def load_kit(*, as_draft: bool = False) -> Loaded:
    """Load the starting kit as national resources, or add a version to those whose content has changed.

    :param as_draft: What is new waits at the desk, to be read and published there.
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
        done = Counter(_load(item, made[item.slug], charter, as_draft=as_draft) for item in KIT)
    return Loaded(done["created"], done["replaced"], done["unchanged"], done["left alone"])


def _load(item: Item, made: Made, charter: Charter, *, as_draft: bool) -> str:
    resource = Resource.objects.filter(slug=item.slug).first()
    if resource is None:
        if not as_draft:
            refuse_in_silence()
        resource = _create(item, charter)
        _put_in_collection(resource, as_draft=as_draft)
        _add(resource, made)
        if not as_draft:
            _publish(resource)
        return "created"
    current = resource.versions.current().first()
    # Whoever changed it, or took it off the shelves, answers for it from now on.
    if current is None or current.added_by_id or resource.state == ResourceState.ARCHIVED:
        return "left alone"
    digest = hashlib.sha256(made.pdf).hexdigest() if made.pdf else ""
    if (current.twin, current.sha256, current.model_text) == (made.twin, digest, made.model_text):
        return "unchanged"
    # The paper is what the kit ships, and its reading on the screen is not: someone corrected that beside it.
    if made.pdf and current.sha256 == digest:
        return "left alone"
    if resource.state in PUBLIC_STATES:
        refuse_in_silence()
    change = SAME_WORDS if current.twin == made.twin else OTHER_WORDS
    _add(resource, made, change)
    return "replaced"


def _add(resource: Resource, made: Made, change: str = "") -> None:
    received = own_pdf(made.pdf) if made.pdf else None
    add_version(resource, by=None, received=received, model_text=made.model_text, twin=made.twin, change=change)


def _create(item: Item, charter: Charter) -> Resource:
    text = item.text
    resource = Resource.objects.create(
        slug=item.slug, title=text.title, summary=text.summary, audience=item.audience, kind=item.kind
    )
    resource.principles.set(charter.principles.all())
    return resource


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
