"""Rows for every register of the desk, as many as asked for, in one territory: ``fill(model, place, count)``."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import admin
from django.utils import timezone

from pledges.actions.recording import record
from pledges.enums import Act, AskedAs, CampaignState, Channel, CorrectionKind, MailKind, MandateMatch
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
    Invitation,
    JournalEntry,
    Nuance,
    OutboxMail,
    Pledge,
)
from regions.enums import Measure
from regions.models import Commune, Indicator, Membership, Network, Region, User
from resources.enums import Audience, PageName, ResourceKind, ResourceState
from resources.models import Collection, CollectionItem, Page, Resource, Version
from tests.pledges.factories import (
    CandidateListFactory,
    CharterFactory,
    CommitmentFactory,
    ContestFactory,
    ElectionFactory,
    PledgeFactory,
    SignatoryFactory,
)
from tests.regions.factories import DepartmentFactory, RegionFactory


@dataclass(frozen=True)
class Place:
    """A territory with a contest, where the rows are put."""

    region: Region
    contest: Contest
    moderator: User


def _stem() -> str:
    """What no other row is named."""
    return uuid.uuid4().hex[:8]


def candidate_lists(place: Place, count: int) -> None:
    rows = CandidateList.objects.bulk_create(
        CandidateList(contest=place.contest, official_code=f"{_stem()}-{n}", panel_number=n + 1, name=f"Liste {n}")
        for n in range(count)
    )
    Candidate.objects.bulk_create(
        Candidate(candidate_list=row, rank=1, is_head=True, last_name="EXEMPLE", first_names="Alix") for row in rows
    )
    Invitation.objects.bulk_create(
        Invitation(
            candidate_list=row,
            asked_on=timezone.localdate(),
            channel=Channel.EMAIL,
            recorded_at=timezone.now(),
            recorded_by=place.moderator,
        )
        for row in rows[::2]
    )


def campaigns(place: Place, count: int) -> None:
    """Past ones: there is one at a time in a territory."""
    Campaign.objects.bulk_create(
        Campaign(
            election=place.contest.election,
            region=place.region,
            state=CampaignState.CANCELLED,
            subject=f"Objet {n}",
            body="{lien}",
            reminder_subject="Rappel",
            reminder_body="{lien}",
        )
        for n in range(count)
    )


def candidates(place: Place, count: int) -> None:
    row = CandidateListFactory(contest=place.contest)
    Candidate.objects.bulk_create(
        Candidate(candidate_list=row, rank=n + 1, last_name=f"EXEMPLE{n}", first_names="Alix") for n in range(count)
    )


def charters(place: Place, count: int) -> None:
    CharterFactory(version=_stem())
    Charter.objects.bulk_create(
        Charter(version=f"{_stem()}-{n}", title="Une charte", addressed_to="essai", source="essai", sha256=f"{n:064}")
        for n in range(count - 1)
    )


def contests(place: Place, count: int) -> None:
    Contest.objects.bulk_create(
        Contest(election=place.contest.election, region=place.region, code=f"C{n}", name=f"Canton {n}", slug=f"c-{n}")
        for n in range(count)
    )


def elected(place: Place, count: int) -> None:
    row = CandidateListFactory(contest=place.contest)
    people = Candidate.objects.bulk_create(
        Candidate(candidate_list=row, rank=n + 1, last_name=f"ÉLUE{n}", first_names="Alix") for n in range(count)
    )
    ElectedOfficial.objects.bulk_create(
        ElectedOfficial(
            contest=place.contest,
            last_name=person.last_name,
            first_names=person.first_names,
            norm=f"{_stem()} {person.rank}",
            imported_at=timezone.now(),
            match=MandateMatch.SURE,
            candidate=person,
        )
        for person in people
    )


def elections(place: Place, count: int) -> None:
    like = ElectionFactory()
    same = {
        field.attname: getattr(like, field.attname)
        for field in Election._meta.concrete_fields
        if field.name not in {"id", "slug"}
    }
    Election.objects.bulk_create(Election(slug=f"{_stem()}-{n}", **same) for n in range(count))


def nuances(place: Place, count: int) -> None:
    Nuance.objects.bulk_create(
        Nuance(election=place.contest.election, code=f"N{n}", label=f"Nuance {n}") for n in range(count)
    )


def pledges(place: Place, count: int) -> None:
    whole = PledgeFactory(in_review=True, signed=True, candidate_list=CandidateListFactory(contest=place.contest))
    CommitmentFactory(pledge=whole, statement="Une phrase d’essai.")
    _pledges(place, count - 1)


def _pledges(place: Place, count: int) -> list[Pledge]:
    candidate_lists(place, count)
    rows = CandidateList.objects.filter(contest=place.contest, pledges=None).order_by("-pk")[:count]
    like = PledgeFactory.build(in_review=True, candidate_list=CandidateListFactory(contest=place.contest))
    return Pledge.objects.bulk_create(
        Pledge(
            charter=place.contest.election.charter,
            candidate_list=row,
            state=like.state,
            submitted_at=like.submitted_at,
            confirmed_at=like.confirmed_at,
        )
        for row in rows
    )


def journal_entries(place: Place, count: int) -> None:
    pledge = PledgeFactory(published=True, candidate_list=CandidateListFactory(contest=place.contest))
    for _ in range(count):
        record(Act.PLEDGE_PUBLISHED, pledge, by=place.moderator)


def mails(place: Place, count: int) -> None:
    rows = _pledges(place, count)
    signatory = SignatoryFactory(
        pledge=PledgeFactory(published=True, candidate_list=CandidateListFactory(contest=place.contest))
    )
    OutboxMail.objects.bulk_create(
        OutboxMail(
            key=f"{_stem()}-{n}",
            kind=MailKind.PUBLISHED,
            signatory=signatory,
            pledge=pledge,
            region=place.region,
            recipient="alix@example.org",
            last_error="TimeoutError",
            abandoned_at=timezone.now() if n % 2 else None,
        )
        for n, pledge in enumerate(rows)
    )


def communes(place: Place, count: int) -> None:
    department = DepartmentFactory(region=place.region)
    Commune.objects.bulk_create(
        Commune(code=f"{n:05}", name=f"Commune {n}", name_type=0, department=department, population=1)
        for n in range(count)
    )


def indicators(place: Place, count: int) -> None:
    Indicator.objects.bulk_create(
        Indicator(
            region=place.region,
            measure=Measure.JOB_SHARE,
            year=2015,
            value=Decimal(11),
            base="emploi salarié",
            source=f"Source {_stem()} {n}",
        )
        for n in range(count)
    )


def networks(place: Place, count: int) -> None:
    Network.objects.bulk_create(Network(name=f"Réseau {_stem()} {n}") for n in range(count))


def regions(place: Place, count: int) -> None:
    RegionFactory.create_batch(min(count, 80))  # a code of two signs: there are no more


def resources(place: Place, count: int) -> None:
    rows = Resource.objects.bulk_create(
        Resource(
            title=f"Un kit {n}",
            slug=f"{_stem()}-{n}",
            summary="Un kit d’essai.",
            audience=Audience.CANDIDATES,
            kind=ResourceKind.KIT,
            region=place.region,
            state=ResourceState.PUBLISHED,
            published_on=timezone.localdate(),
        )
        for n in range(count)
    )
    now = timezone.now()
    Version.objects.bulk_create(
        Version(
            resource=row, number=1, url="https://example.org/", added_at=now, fault="ne répond pas", failing_since=now
        )
        for row in rows
    )


def collections(place: Place, count: int) -> None:
    resources(place, 1)
    resource = Resource.objects.latest("pk")
    rows = Collection.objects.bulk_create(
        Collection(title=f"Un dossier {n}", slug=f"{_stem()}-{n}", summary="Un dossier d’essai.", region=place.region)
        for n in range(count)
    )
    CollectionItem.objects.bulk_create(CollectionItem(collection=row, resource=resource) for row in rows)


def corrections(place: Place, count: int) -> None:
    CorrectionRequest.objects.bulk_create(
        CorrectionRequest(
            kind=CorrectionKind.CORRECTION,
            page=f"/regions/{place.region.slug}/",
            region=place.region,
            wrong="Une faute.",
            wanted="Sans faute.",
            name=f"Alix {n}",
            asked_as=AskedAs.CITIZEN,
            email="alix@example.org",
            asked_at=timezone.now(),
        )
        for n in range(count)
    )


def pages(place: Place, count: int) -> None:
    """Those that there are, in a database that has just been emptied too: there can be no more."""
    rows = [Page(name=name, language=language) for name in PageName for language in ("fr", "en")]
    Page.objects.bulk_create(rows, ignore_conflicts=True)


def users(place: Place, count: int) -> None:
    User.objects.bulk_create(User(username=f"{_stem()}{n}") for n in range(count))


def imports(place: Place, count: int) -> None:
    rows = CandidateImport.objects.bulk_create(
        CandidateImport(election=place.contest.election, by=place.moderator, name=f"prefecture-{n}.csv", size=3)
        for n in range(count)
    )
    through = CandidateImport.regions.through
    through.objects.bulk_create(through(candidateimport=row, region=place.region) for row in rows)


def reasons(place: Place, count: int) -> None:
    DecisionReason.objects.bulk_create(
        DecisionReason(region=place.region, title=f"Motif {_stem()} {n}", text="Un motif d’essai.")
        for n in range(count)
    )


def memberships(place: Place, count: int) -> None:
    users = User.objects.bulk_create(User(username=f"{_stem()}{n}") for n in range(count))
    network = place.region.networks.get()
    Membership.objects.bulk_create(Membership(user=user, network=network) for user in users)


MAKERS = {
    Campaign: campaigns,
    Candidate: candidates,
    CandidateImport: imports,
    CandidateList: candidate_lists,
    Charter: charters,
    Collection: collections,
    Commune: communes,
    Contest: contests,
    CorrectionRequest: corrections,
    DecisionReason: reasons,
    ElectedOfficial: elected,
    Election: elections,
    Indicator: indicators,
    JournalEntry: journal_entries,
    Membership: memberships,
    Network: networks,
    Nuance: nuances,
    OutboxMail: mails,
    Page: pages,
    Pledge: pledges,
    Region: regions,
    Resource: resources,
    User: users,
}


def place_of(moderator: User) -> Place:
    """A territory of this person's, with a contest whose signatures are open."""
    region = moderator.regions_here[0]
    return Place(region, ContestFactory(region=region), moderator)


def registers() -> list[type]:
    """Every model that the desk shows, in a steady order."""
    return sorted(admin.site._registry, key=lambda model: model._meta.label)
