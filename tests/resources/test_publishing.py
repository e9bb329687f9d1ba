"""Where a resource stands: each step, who may take it, what it writes, and what refuses it in words."""

import datetime

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.utils import timezone

from pledges.calendar import SilenceError
from pledges.enums import Act
from pledges.models import JournalEntry
from regions.enums import Role
from regions.models import Revision
from resources.actions.publishing import StandingError, archive, discard, publish, send_back, submit, why_kept
from resources.enums import ResourceState
from resources.models import Resource, Version
from tests.pledges.factories import ContestFactory, ElectionFactory
from tests.regions.factories import MembershipFactory, NetworkFactory, RegionFactory, UserFactory
from tests.resources.factories import CollectionFactory, ResourceFactory, VersionFactory

pytestmark = pytest.mark.django_db

DURING = datetime.datetime(2021, 6, 19, 12, tzinfo=datetime.UTC)


@pytest.fixture
def region():
    return RegionFactory(name="Bretagne")


@pytest.fixture
def network(region):
    return NetworkFactory(name="CRESS Bretagne", regions=[region], reviews_resources=True)


@pytest.fixture
def moderator(network):
    return MembershipFactory(network=network).user


@pytest.fixture
def coordinator(network):
    return MembershipFactory(network=network, role=Role.COORDINATOR).user


@pytest.fixture
def make(region, network):
    return lambda **fields: ResourceFactory(region=region, network=network, **fields)


def journal():
    return list(JournalEntry.objects.order_by("pk").values_list("act", "by", "region"))


def test_a_resource_goes_from_its_author_to_the_public_and_to_the_archives(make, moderator, coordinator, region):
    resource = make(draft=True)
    states = [resource.state]

    for act, by, more in (
        (submit, moderator, {}),
        (send_back, coordinator, {"remark": "Ajoutez la source."}),
        (submit, moderator, {}),
        (publish, coordinator, {}),
        (archive, coordinator, {}),
        (publish, coordinator, {}),
    ):
        states.append(act(resource, by=by, **more).state)

    assert states == ["draft", "submitted", "draft", "submitted", "published", "archived", "published"]
    assert journal() == [
        (Act.RESOURCE_SUBMITTED, moderator.pk, region.pk),
        (Act.RESOURCE_SENT_BACK, coordinator.pk, region.pk),
        (Act.RESOURCE_SUBMITTED, moderator.pk, region.pk),
        (Act.RESOURCE_PUBLISHED, coordinator.pk, region.pk),
        (Act.RESOURCE_ARCHIVED, coordinator.pk, region.pk),
        (Act.RESOURCE_PUBLISHED, coordinator.pk, region.pk),
    ]
    authors = Resource.history.order_by("history_id").values_list("history_user", "state")
    assert list(authors)[1:] == [
        (moderator.pk, "submitted"),
        (coordinator.pk, "draft"),
        (moderator.pk, "submitted"),
        (coordinator.pk, "published"),
        (coordinator.pk, "archived"),
        (coordinator.pk, "published"),
    ]


def test_a_resource_comes_back_from_the_archives_with_the_date_that_it_had(make, coordinator):
    resource = make(archived=True, published_on=datetime.date(2026, 1, 2))

    resource = publish(resource, by=coordinator)

    assert (resource.published_on, resource.archived_on) == (datetime.date(2026, 1, 2), None)


def test_a_remark_is_kept_until_the_resource_is_proposed_again(make, moderator, coordinator):
    resource = make(submitted=True)

    back = send_back(resource, by=coordinator, remark="Ajoutez la source.")
    again = submit(resource, by=moderator)

    assert (back.remark, again.remark) == ("Ajoutez la source.", "")
    assert (again.submitted_by, again.submitted_at is None) == (moderator, False)


@pytest.mark.parametrize(
    ("trait", "act"),
    [
        ("submitted", "submit"), ("published", "submit"), ("archived", "submit"),
        ("draft", "send_back"), ("published", "send_back"), ("archived", "send_back"),
        ("published", "publish"),
        ("draft", "archive"), ("submitted", "archive"), ("archived", "archive"),
    ],
)  # fmt: skip
def test_a_step_that_does_not_follow_is_refused_in_words(make, coordinator, trait, act):
    resource = make(**({trait: True} if trait != "published" else {}))
    acts = {
        "submit": submit,
        "send_back": lambda resource, by: send_back(resource, by=by, remark="Non."),
        "publish": publish,
        "archive": archive,
    }

    with pytest.raises(StandingError, match="C’est déjà fait : cette ressource est"):
        acts[act](resource, by=coordinator)

    assert (Resource.objects.get().state, journal()) == (resource.state, [])


@pytest.mark.parametrize("act", [submit, publish])
def test_what_gives_nothing_is_not_shown_to_anyone(make, coordinator, act):
    resource = make(draft=True, version=None)

    with pytest.raises(StandingError, match="Donnez d’abord un fichier, un lien ou un texte type"):
        act(resource, by=coordinator)


@pytest.mark.parametrize(
    ("trait", "act"),
    [
        ("draft", publish),
        ("submitted", publish),
        ("archived", publish),
        ("published", archive),
        ("submitted", lambda resource, by: send_back(resource, by=by, remark="Non.")),
    ],
)
def test_where_a_network_reviews_its_coordinators_decide(make, moderator, trait, act):
    resource = make(**({trait: True} if trait != "published" else {}))
    elsewhere = MembershipFactory(role=Role.COORDINATOR).user

    for user in (moderator, elsewhere):
        with pytest.raises(StandingError, match="CRESS Bretagne relit ses ressources"):
            act(resource, by=user)

    assert Resource.objects.get().state == resource.state


def test_where_a_network_reviews_nothing_whoever_writes_publishes(make, moderator, network):
    network.reviews_resources = False
    network.save()

    assert publish(make(draft=True), by=moderator).state == ResourceState.PUBLISHED


def test_an_administrator_publishes_for_every_network(make):
    assert publish(make(draft=True), by=UserFactory(is_superuser=True)).state == ResourceState.PUBLISHED


@pytest.mark.parametrize(
    ("trait", "words"),
    [
        ("draft", ""),
        ("submitted", "Elle attend la relecture d’une coordination, CRESS Bretagne : elle ne change plus d’ici là."),
        ("published", "CRESS Bretagne relit ses ressources : une fois publiée, seule une coordination la change."),
        ("archived", "CRESS Bretagne relit ses ressources : une fois publiée, seule une coordination la change."),
    ],
)
def test_what_is_kept_from_its_author_says_why(make, moderator, coordinator, trait, words):
    resource = make(**({trait: True} if trait != "published" else {}))

    assert (why_kept(resource, moderator), why_kept(resource, coordinator)) == (words, "")


@pytest.mark.parametrize("is_national", [False, True])
def test_nothing_is_published_nor_archived_in_the_silence_and_all_is_prepared(coordinator, region, is_national):
    ContestFactory(election=ElectionFactory(past=True), region=region)
    by = UserFactory(is_superuser=True)
    where = {"region": None if is_national else region}
    draft, shown = ResourceFactory(draft=True, **where), ResourceFactory(**where)

    with time_machine.travel(DURING, tick=False):
        for act, resource in ((publish, draft), (archive, shown)):
            with pytest.raises(SilenceError, match="Silence électoral"):
                act(resource, by=by)
        proposed = submit(draft, by=by)

    states = {resource.pk: resource.state for resource in Resource.objects.all()}
    assert (proposed.state, states[draft.pk], states[shown.pk]) == ("submitted", "submitted", "published")


@pytest.mark.parametrize(
    ("trait", "act", "moves"),
    [("draft", submit, False), ("draft", publish, True), ("published", archive, True), ("archived", publish, True)],
)
def test_the_pages_that_are_kept_are_made_again_when_they_change(make, coordinator, trait, act, moves):
    resource, before = make(**({trait: True} if trait != "published" else {})), Revision.current()

    act(resource, by=coordinator)

    assert (Revision.current() > before) == moves


# --- Deleting a draft ---


def test_a_draft_goes_with_its_file_once_that_is_certain(
    make, moderator, monkeypatch, tmp_path, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(Version.file.field, "storage", FileSystemStorage(location=tmp_path))
    resource = make(draft=True, version=None)
    version = VersionFactory.build(resource=resource, stored=True)
    version.file.save("abcd.pdf", ContentFile(b"%PDF-"), save=False)
    version.save()

    with django_capture_on_commit_callbacks(execute=True):
        discard(resource, by=moderator)
        kept_until_then = list(tmp_path.rglob("*.pdf"))

    assert (len(kept_until_then), list(tmp_path.rglob("*.pdf"))) == (1, [])
    assert (Resource.objects.count(), Version.objects.count()) == (0, 0)
    assert Resource.history.latest("history_id").history_user == moderator


@pytest.mark.parametrize("trait", ["submitted", "published", "archived"])
def test_what_is_no_draft_is_not_deleted(make, coordinator, trait):
    resource = make(**({trait: True} if trait != "published" else {}))

    with pytest.raises(StandingError, match="Seul un brouillon se supprime"):
        discard(resource, by=coordinator)

    assert Resource.objects.exists()


def test_a_draft_in_a_collection_is_taken_out_of_it_first(make, coordinator):
    resource = make(draft=True)
    CollectionFactory(title="Le dossier", resources=[resource])

    with pytest.raises(StandingError, match="Elle est dans le dossier « Le dossier »"):
        discard(resource, by=coordinator)

    assert Resource.objects.exists()


def test_two_who_publish_at_once_publish_once(make, coordinator):
    resource = make(draft=True)
    stale = Resource.objects.get(pk=resource.pk)

    publish(resource, by=coordinator)
    with pytest.raises(StandingError, match="C’est déjà fait : cette ressource est publiée"):
        publish(stale, by=coordinator)

    assert len(journal()) == 1
    assert Resource.objects.get().published_on == timezone.localdate()
