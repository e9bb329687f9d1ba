"""The shelves of the resources: what stands on each, and what part of them an address asks for."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from urllib.parse import urlencode

from django.db.models import Count, F, OuterRef, Subquery, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pledges.models import Election, Principle
from regions.folding import fold
from regions.models import Region
from resources.enums import Audience, ResourceKind, ResourceState
from resources.models import Resource, ResourceQuerySet, Version

# The words of the addresses: French, like the rest of them.
AUDIENCES = {
    Audience.CANDIDATES: "candidats",
    Audience.CITIZENS: "citoyens",
    Audience.NETWORKS: "reseaux",
    Audience.PRESS: "presse",
}
KINDS = {
    ResourceKind.KIT: "kit",
    ResourceKind.ARGUMENT: "argumentaire",
    ResourceKind.MODEL_TEXT: "texte-type",
    ResourceKind.POSTER: "affiche",
    ResourceKind.SHEET: "fiche",
    ResourceKind.VIDEO: "video",
    ResourceKind.TESTIMONY: "temoignage",
    ResourceKind.DATASET: "donnees",
}
LATEST_FIRST = ("-published_on", "pk")
LASTING = "durables"  # where an election could be asked for
_MEANT_FOR = {
    Audience.CANDIDATES: _("Ce que la charte demande, et de quoi y répondre."),
    Audience.CITIZENS: _("Lire les réponses, questionner les listes."),
    Audience.NETWORKS: _("Lettres, textes types, supports à diffuser."),
    Audience.PRESS: _("Des chiffres sourcés, des repères à citer."),
}


@dataclass(frozen=True, slots=True)
class Door:
    """The way to the resources of one audience; ``count`` is None where nobody counted them."""

    audience: Audience
    meant_for: str
    address: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that narrows the shelves, in words, and the address without it.

    ``is_french`` says whether these words are French on a page in any language: a principle, what was typed.
    """

    words: str
    without: str
    is_french: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What part of the shelves an address asks for; nothing at all is all of them.

    ``is_known`` is false when it asks for something that is not here, and everything is then shown.
    """

    words: str = ""
    audience: Audience | None = None
    region: Region | None = None
    principle: Principle | None = None
    kind: ResourceKind | None = None
    election: Election | None = None
    is_lasting: bool = False
    is_known: bool = True

    @property
    def query(self) -> dict[str, str]:
        """It again, as the end of an address: without what is not asked."""
        election = self.election.slug if self.election else ""
        asked = {
            "q": self.words,
            "public": AUDIENCES[self.audience] if self.audience else "",
            "territoire": self.region.slug if self.region else "",
            "principe": str(self.principle.number) if self.principle else "",
            "nature": KINDS[self.kind] if self.kind else "",
            "election": LASTING if self.is_lasting else election,
        }
        return {name: value for name, value in asked.items() if value}

    @property
    def is_refined(self) -> bool:
        """Whether more is asked than an audience and words, which the page shows without unfolding anything."""
        return bool(self.query.keys() - {"q", "public"})

    @property
    def choices(self) -> list[Choice]:
        """All that narrows, each with the way to do without it."""
        words = {
            "q": gettext("« %s »") % self.words,
            "public": self.audience.label if self.audience else "",
            "territoire": self.region.name if self.region else "",
            "principe": str(self.principle or ""),
            "nature": self.kind.label if self.kind else "",
            "election": self.election.name if self.election else gettext("durables"),
        }
        asked = self.query
        return [
            Choice(
                str(words[name]),
                address_of({key: value for key, value in asked.items() if key != name}),
                is_french=name in {"q", "principe"} or (name == "election" and not self.is_lasting),
            )
            for name in asked
        ]

    def find(self) -> list[int]:
        """The resources that are asked for, by their keys, in the order in which they are shown."""
        resources = Resource.objects.published()
        if self.audience:
            resources = resources.filter(audience=self.audience)
        if self.region:
            # Its own first: the national ones are the same everywhere.
            own_first = F("region").asc(nulls_last=True)
            resources = resources.for_region(self.region).order_by(own_first, *LATEST_FIRST)
        if self.principle:
            # Of any charter: what serves a principle serves it in the next version too.
            resources = resources.filter(
                pk__in=Resource.objects.filter(principles__number=self.principle.number).order_by().values("pk")
            )
        if self.kind:
            resources = resources.filter(kind=self.kind)
        if self.election or self.is_lasting:
            resources = resources.filter(election=self.election)
        return with_words(resources, self.words) if self.words else list(resources.values_list("pk", flat=True))

    def sentence(self, found: int, total: int) -> str:
        """What is shown, counted in words."""
        if not self.is_known:
            return gettext("Ce filtre n’existe pas : tout est montré.")
        if not self.query:
            return ngettext("%(count)d ressource.", "%(count)d ressources.", total) % {"count": total}
        words = ngettext(
            "%(count)d ressource sur %(total)d répond à votre choix.",
            "%(count)d ressources sur %(total)d répondent à votre choix.",
            found,
        )
        if not found:
            words = gettext("Aucune ressource sur %(total)d ne répond à votre choix.")
        return words % {"count": found, "total": total}


def address_of(query: dict[str, str]) -> str:
    """The shelves as they are asked for: one address for each thing shown."""
    return f"{reverse('resources')}?{urlencode(query)}" if query else reverse("resources")


def shelf_address(
    *, audience: Audience | None = None, region: Region | None = None, principle: Principle | None = None
) -> str:
    """Where the resources of an audience, a territory or a principle are."""
    return address_of(Asked(audience=audience, region=region, principle=principle).query)


def doors(counts: dict[str, int] | None = None) -> list[Door]:
    """One door for each audience.

    :param counts: How many resources are behind each, by audience, where it is known.
    """
    return [
        Door(
            audience,
            str(_MEANT_FOR[audience]),
            shelf_address(audience=audience),
            None if counts is None else counts.get(audience, 0),
        )
        for audience in Audience
    ]


def counts_by_audience() -> dict[str, int]:
    published = Resource.objects.filter(state=ResourceState.PUBLISHED).order_by()
    return dict(published.values_list("audience").annotate(count=Count("pk")))


def latest_of_each_audience(resources: ResourceQuerySet, limit: int) -> ResourceQuerySet:
    """The first few for each audience, in one query: candidates first, for audiences are listed as they are spelt."""
    order = [F("published_on").desc(), F("pk").asc()]
    place = Window(RowNumber(), partition_by="audience", order_by=order)
    return resources.alias(place=place).filter(place__lte=limit).order_by("audience", *LATEST_FIRST)


def with_words(resources: ResourceQuerySet, query: str) -> list[int]:
    """Those that have all these words, in their title first, then in their summary, then in their text.

    Few documents, each of a few pages: they are gone through here, alike on both databases. Accents and capitals do
    not count, the end of a word neither: « déliberations regio » finds « Délibération régionale ».
    """
    wanted = [f" {_stem(word)}" for word in fold(query).split()]
    if not wanted:
        return []
    twin = Version.objects.current().filter(resource=OuterRef("pk")).values("twin")[:1]
    rows = resources.annotate(twin=Subquery(twin)).values_list("pk", "title", "summary", "network__name", "twin")
    found = [
        (_rank(wanted, [title, f"{summary} {network or ''}", text or ""]), key)
        for key, title, summary, network, text in rows
    ]
    # Sorting is stable: those of a rank stay in their order.
    return [key for rank, key in sorted(found, key=itemgetter(0)) if rank < _NOWHERE]


_NOWHERE = 3


def _rank(wanted: Iterable[str], texts: list[str]) -> int:
    """How far one reads to meet all the words: in the first text, in the second, in the last, nowhere."""
    missing = list(wanted)
    for place, text in enumerate(texts):
        folded = _folded(text)
        missing = [word for word in missing if word not in folded]
        if not missing:
            return place
    return _NOWHERE


def _stem(word: str) -> str:
    """A plural finds its singular."""
    return word.rstrip("sx") if len(word) > 3 else word


@lru_cache(maxsize=2_000)
def _folded(text: str) -> str:
    """Folding takes far longer than searching: each process keeps what it has folded, a few megabytes of it."""
    return f" {fold(text)}"
