"""Invented resources."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from resources.enums import Audience, ResourceKind
from resources.models import Resource


class ResourceFactory(DjangoModelFactory):
    class Meta:
        model = Resource

    class Params:
        draft = factory.Trait(published_on=None)

    title = factory.Sequence(lambda n: f"Ressource d’essai {n}")
    slug = factory.Sequence(lambda n: f"ressource-{n}")
    summary = "À quoi sert cette ressource d’essai."
    audience = Audience.CANDIDATES
    kind = ResourceKind.KIT
    url = "https://example.org/kit"
    published_on = factory.LazyFunction(timezone.localdate)
