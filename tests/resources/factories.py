"""Invented resources, each with the version that its address gives."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from resources.enums import Audience, ResourceKind, ResourceState
from resources.models import Collection, CollectionItem, Resource, Version


class ResourceFactory(DjangoModelFactory):
    """A published link, unless told: ``draft``, ``archived``, ``submitted``; ``version__…`` says what it gives."""

    class Meta:
        model = Resource
        skip_postgeneration_save = True

    class Params:
        draft = factory.Trait(state=ResourceState.DRAFT, published_on=None)
        archived = factory.Trait(state=ResourceState.ARCHIVED, archived_on=factory.LazyFunction(timezone.localdate))
        submitted = factory.Trait(
            state=ResourceState.SUBMITTED,
            published_on=None,
            submitted_at=factory.LazyFunction(timezone.now),
            submitted_by=factory.SubFactory("tests.regions.factories.UserFactory"),
        )

    title = factory.Sequence(lambda n: f"Ressource d’essai {n}")
    slug = factory.Sequence(lambda n: f"ressource-{n}")
    summary = "À quoi sert cette ressource d’essai."
    audience = Audience.CANDIDATES
    kind = ResourceKind.KIT
    state = ResourceState.PUBLISHED
    published_on = factory.LazyFunction(timezone.localdate)
    version = factory.RelatedFactory("tests.resources.factories.VersionFactory", factory_related_name="resource")


class VersionFactory(DjangoModelFactory):
    """A link; ``stored`` is a file as it is described, with nothing behind it."""

    class Meta:
        model = Version

    class Params:
        stored = factory.Trait(url="", file="essai", format="pdf", size=120_000, sha256="0" * 64, page_count=2)

    resource = factory.SubFactory(ResourceFactory, version=None)
    number = 1
    url = "https://example.org/kit"
    added_at = factory.LazyFunction(timezone.now)


class CollectionFactory(DjangoModelFactory):
    """A published collection of these ``resources``, in their order."""

    class Meta:
        model = Collection
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Dossier d’essai {n}")
    slug = factory.Sequence(lambda n: f"dossier-{n}")
    summary = "Ce qui va ensemble."
    published_on = factory.LazyFunction(timezone.localdate)

    @factory.post_generation
    def resources(collection, create, extracted, **kwargs):  # noqa: N805  factory_boy's way
        for position, resource in enumerate(extracted or (), start=1):
            CollectionItem.objects.create(collection=collection, resource=resource, position=position)
