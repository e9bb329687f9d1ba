"""The invented resources of a demonstration: in Normandie, one in each state, one replaced, one with a broken link."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone

from pledges.models import Charter, Election
from regions.models import Network, Region, User
from resources.actions.versions import add_version
from resources.enums import Audience, Licence, ResourceKind, ResourceState
from resources.files import Received, receive
from resources.guides import guide
from resources.kit_texts import KitText
from resources.models import Collection, CollectionItem, Resource

LAW = "https://www.legifrance.gouv.fr/loda/id/JORFTEXT000029313296"
_DAY = datetime.timedelta(days=1)
_DIRECTORY = "# Services inventés\n\n- Épicerie solidaire de Demoville\n- Atelier vélo de Demoville\n"
_IN_COLLECTION = ("guide-citoyens", "demonstration-annuaire", "demonstration-normandie")


@dataclass(frozen=True, slots=True)
class Invented:
    """A resource of the demonstration. ``links`` and ``texts`` are what its versions say, the oldest first."""

    slug: str
    title: str
    summary: str
    audience: Audience
    kind: ResourceKind
    links: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    state: ResourceState = ResourceState.PUBLISHED
    region: str = "28"
    fields: dict[str, Any] = field(default_factory=dict)
    principles: tuple[int, ...] = ()


def load(charter: Charter, member: User) -> None:
    """Put the invented resources beside the starting kit. What is there stays.

    :param member: Of the network of Normandie: who proposed the one that waits to be read.
    """
    for age, invented in enumerate(_resources(member)):
        if Resource.objects.filter(slug=invented.slug).exists():
            continue
        _create(invented, charter, timezone.localdate() - age * _DAY)
    _collection()


def _resources(member: User) -> Iterator[Invented]:
    site = settings.SITE_URL
    yield Invented(
        "loi-ess-2014",
        "La loi du 31 juillet 2014",
        "Le texte qui définit l’économie sociale et solidaire, et le rôle des régions : articles 6 à 8.",
        Audience.CANDIDATES,
        ResourceKind.SHEET,
        links=(LAW,),
        region="",
        fields={"licence": Licence.ETALAB},
        principles=(1, 5),
    )
    yield Invented(
        "demonstration-normandie",
        "Démonstration : une ressource normande",
        "Une ressource inventée, propre à un territoire et à une élection, visible sur sa page.",
        Audience.NETWORKS,
        ResourceKind.KIT,
        links=(f"{site}/methode/",),
        fields={"election": Election.objects.get(slug="regionales-de-demonstration")},
    )
    yield Invented(
        "demonstration-annuaire",
        "Démonstration : un annuaire inventé",
        "Un document inventé, en deux versions : son adresse n’a pas changé, et sa page dit ce qui change.",
        Audience.CITIZENS,
        ResourceKind.SHEET,
        texts=(
            _DIRECTORY,
            f"{_DIRECTORY}- Crèche coopérative de Demoville\n",
        ),
        principles=(2,),
    )
    yield Invented(
        "demonstration-video",
        "Démonstration : un lien rompu",
        "Une adresse inventée qui ne répond pas : l’espace des réseaux la signale.",
        Audience.PRESS,
        ResourceKind.VIDEO,
        links=("https://video.exemple.invalid/",),
    )
    yield Invented(
        "demonstration-archive",
        "Démonstration : une ressource archivée",
        "Elle garde son adresse, et n’est plus sur aucun rayon.",
        Audience.CITIZENS,
        ResourceKind.TESTIMONY,
        links=(f"{site}/glossaire/",),
        state=ResourceState.ARCHIVED,
        fields={"archived_on": timezone.localdate()},
    )
    network = Network.objects.get(regions="28", is_national=False)
    yield Invented(
        "demonstration-a-relire",
        "Démonstration : une fiche à relire",
        "Une fiche inventée, qu’une personne du réseau propose.",
        Audience.CANDIDATES,
        ResourceKind.ARGUMENT,
        texts=("# Une fiche inventée\n\nElle attend d’être relue, puis publiée.\n",),
        state=ResourceState.SUBMITTED,
        fields={"network": network, "submitted_by": member, "submitted_at": timezone.now()},
    )
    yield Invented(
        "demonstration-brouillon",
        "Démonstration : un brouillon",
        "Une ressource inventée que personne n’a encore proposée.",
        Audience.CITIZENS,
        ResourceKind.SHEET,
        links=(f"{site}/methode/",),
        state=ResourceState.DRAFT,
        fields={"network": network},
    )


def _create(invented: Invented, charter: Charter, on: datetime.date) -> None:
    resource = Resource.objects.create(
        slug=invented.slug,
        title=invented.title,
        summary=invented.summary,
        audience=invented.audience,
        kind=invented.kind,
        region=Region.objects.get(code=invented.region) if invented.region else None,
    )
    resource.principles.set(charter.principles.filter(number__in=invented.principles))
    for url in invented.links:
        add_version(resource, by=None, url=url)
    for number, text in enumerate(invented.texts):
        change = "Un service de plus." if number else ""
        add_version(resource, by=None, received=_drawn(invented, text, on), twin=text, change=change)
    if invented.slug == "demonstration-video":
        now = timezone.now()
        resource.versions.update(checked_at=now, failing_since=now - 3 * _DAY, fault="Adresse introuvable.")
    is_public = invented.state in {ResourceState.PUBLISHED, ResourceState.ARCHIVED}
    changes = {"state": invented.state, "published_on": on if is_public else None, **invented.fields}
    Resource.objects.filter(pk=resource.pk).update(**changes)


def _drawn(invented: Invented, text: str, on: datetime.date) -> Received:
    kit_text = KitText(
        title=invented.title,
        summary=invented.summary,
        body=text,
        changed_on=on,
        kicker="Démonstration",
        lede="Tout est inventé dans ce document.",
    )
    return receive(ContentFile(guide(invented.slug, kit_text, text)))


def _collection() -> None:
    collection, created = Collection.objects.get_or_create(
        slug="demonstration-dossier-normand",
        defaults={
            "title": "Démonstration : le dossier normand",
            "summary": "Des ressources inventées et un guide du kit, dans un ordre choisi par un réseau.",
            "region": Region.objects.get(code="28"),
            "published_on": timezone.localdate(),
        },
    )
    if created:
        for position, slug in enumerate(_IN_COLLECTION, start=1):
            CollectionItem.objects.create(
                collection=collection, resource=Resource.objects.get(slug=slug), position=position
            )
