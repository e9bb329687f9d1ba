"""One row of every model that the desk shows, in a territory and in another: what the border is tried on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db import models
from django.utils.text import slugify

from pledges.actions.recording import record
from pledges.enums import Act, MailKind
from pledges.models import (
    Campaign,
    Candidate,
    CandidateImport,
    CandidateList,
    Charter,
    Contest,
    CorrectionRequest,
    DecisionReason,
    ElectedOfficial,
    Election,
    JournalEntry,
    Nuance,
    OutboxMail,
    Pledge,
)
from regions.enums import Role
from regions.models import Commune, Indicator, Membership, Network, Region, User
from resources.models import Collection, Page, Resource
from tests.pledges.factories import (
    CampaignFactory,
    CandidateImportFactory,
    CorrectionRequestFactory,
    DecisionReasonFactory,
    ElectedOfficialFactory,
    NuanceFactory,
    PledgeFactory,
)
from tests.regions.factories import (
    CommuneFactory,
    IndicatorFactory,
    MembershipFactory,
    NetworkFactory,
    RegionFactory,
    UserFactory,
)
from tests.resources.factories import CollectionFactory, ResourceFactory

HERE, ELSEWHERE = "Icilà", "Ailleurs"


@dataclass(frozen=True, slots=True)
class Territory:
    """A region, its network and a pledge signed there. ``name`` is in all that is made for it."""

    name: str
    region: Region
    network: Network
    pledge: Pledge


def territory(name: str) -> Territory:
    region = RegionFactory(name=name, slug=slugify(name))
    pledge = PledgeFactory(
        in_review=True,
        signed=True,
        candidate_list__name=f"Liste {name}",
        candidate_list__contest__name=name,
        candidate_list__contest__region=region,
        candidate_list__contest__slug=slugify(name),
        candidate_list__headed=True,
    )
    pledge.candidate_list.candidates.update(last_name=name.upper(), norm=f"alix {name.lower()}")
    pledge.signatories.update(full_name=f"Alix {name.upper()}", email=f"alix@{name.lower()}.example.org")
    return Territory(name, region, NetworkFactory(name=f"CRESS {name}", regions=[region]), pledge)


def _entry(place: Territory) -> JournalEntry:
    return record(Act.PLEDGE_SUBMITTED, place.pledge)


def _mail(place: Territory) -> OutboxMail:
    return OutboxMail.objects.create(
        key=place.name,
        kind=MailKind.IN_REVIEW,
        pledge=place.pledge,
        signatory=place.pledge.signatories.get(),
        region=place.region,
        recipient=f"alix@{place.name.lower()}.example.org",
    )


# How to make, or find, a row of each model in a territory. A class that registers at the desk says so here.
ROWS: dict[type[models.Model], Callable[[Territory], models.Model]] = {
    Campaign: lambda place: CampaignFactory(
        election=place.pledge.candidate_list.contest.election, region=place.region, subject=f"Objet {place.name}"
    ),
    Candidate: lambda place: place.pledge.candidate_list.candidates.get(),
    CandidateImport: lambda place: CandidateImportFactory(name=f"{place.name}.csv", regions=[place.region]),
    CandidateList: lambda place: place.pledge.candidate_list,
    Charter: lambda place: place.pledge.charter,
    Collection: lambda place: CollectionFactory(title=f"Dossier {place.name}", region=place.region),
    Commune: lambda place: CommuneFactory(name=place.name, department__region=place.region),
    Contest: lambda place: place.pledge.candidate_list.contest,
    CorrectionRequest: lambda place: CorrectionRequestFactory(
        page=f"/regions/{place.region.slug}/", region=place.region
    ),
    DecisionReason: lambda place: DecisionReasonFactory(title=f"Motif {place.name}", region=place.region),
    ElectedOfficial: lambda place: ElectedOfficialFactory(
        contest=place.pledge.candidate_list.contest, last_name=place.name.upper()
    ),
    Election: lambda place: place.pledge.candidate_list.contest.election,
    Indicator: lambda place: IndicatorFactory(region=place.region),
    JournalEntry: _entry,
    Membership: lambda place: MembershipFactory(user__username=f"membre-{place.name}", network=place.network),
    Network: lambda place: place.network,
    Nuance: lambda place: NuanceFactory(election=place.pledge.candidate_list.contest.election),
    OutboxMail: _mail,
    Page: lambda place: Page.objects.get_or_create(name="methode", language="fr" if place.name == HERE else "en")[0],
    Pledge: lambda place: place.pledge,
    Region: lambda place: place.region,
    Resource: lambda place: ResourceFactory(title=f"Kit {place.name}", region=place.region),
    User: lambda place: UserFactory(username=place.name.lower()),
}


def rows(place: Territory) -> dict[type[models.Model], Any]:
    """A row of each registered model there."""
    return {model: ROWS[model](place) for model in sorted(admin.site._registry, key=lambda model: model.__name__)}


def people(here: Territory) -> dict[str, User]:
    """Someone for each role. The members belong to the network of ``here``; « nobody » is of no network."""
    moderator, coordinator, nobody = (UserFactory(username=name, is_staff=True) for name in ("mo", "co", "no"))
    MembershipFactory(user=moderator, network=here.network)
    MembershipFactory(user=coordinator, network=here.network, role=Role.COORDINATOR)
    administrator = UserFactory(username="ad", is_staff=True, is_superuser=True)
    return {"nobody": nobody, "moderator": moderator, "coordinator": coordinator, "administrator": administrator}
