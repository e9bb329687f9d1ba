"""``manage.py load_resources``: the kit on the shelves, once; up to date; never over what a network wrote."""

import datetime
from dataclasses import replace
from io import StringIO

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from pledges.calendar import SilenceError
from pledges.enums import Act
from pledges.models import JournalEntry
from regions.models import Revision
from resources import starting_kit
from resources.actions import kit
from resources.actions.publishing import correct
from resources.actions.versions import add_version
from resources.enums import FileFormat, ModelText, ResourceState
from resources.files import Received
from resources.models import Collection, Resource, Version
from resources.starting_kit import Item, Made
from tests.pledges.factories import CharterFactory, ContestFactory
from tests.regions.factories import UserFactory
from tests.resources.made_files import pdf

pytestmark = pytest.mark.django_db

TEXT = Made("# Un guide\n\nDes mots.\n", pdf=pdf())
OTHER = Made("# D’autres mots\n", pdf=pdf(pages=2))


def item(slug, made):
    first = starting_kit.KIT[0]
    return Item(slug, first.audience, first.kind, lambda _slug, _charter: made)


@pytest.fixture
def charter():
    return CharterFactory()


@pytest.fixture
def small_kit(monkeypatch):
    """A kit of one guide and one letter, drawn by nobody: ``small_kit(made)`` changes what the guide says."""

    def load_with(made):
        letter = Made("Madame, Monsieur,", model_text=ModelText.LETTER)
        monkeypatch.setattr(kit, "KIT", (item("guide-candidats", made), item("lettre-aux-candidats", letter)))

    load_with(TEXT)
    return load_with


def load(**options):
    out = StringIO()
    call_command("load_resources", stdout=out, **options)
    return out.getvalue().strip()


def stored(version):
    with version.file.open() as file:
        return file.read()


def counted(created, replaced, unchanged, left):
    return (
        f"Kit de départ : {created} ajoutées, {replaced} remplacées, {unchanged} inchangées,"
        f" {left} laissées telles quelles."
    )


def test_the_kit_is_on_the_shelves_in_its_collection_and_in_the_journal(charter):
    before = Revision.current()

    said = load()

    published = list(Resource.objects.published().prefetch_related("versions", "principles"))
    versions = [version for resource in published for version in resource.versions.all()]
    collection = Collection.objects.published().get()
    assert said == counted(6, 0, 0, 0)
    assert [resource.slug for resource in published] == [item.slug for item in starting_kit.KIT]
    assert [resource.slug for resource in collection.shown()] == [item.slug for item in starting_kit.KIT]
    assert {(resource.region, resource.network, resource.published_on) for resource in published} == {
        (None, None, timezone.localdate())
    }
    assert {frozenset(resource.principles.all()) for resource in published} == {frozenset(charter.principles.all())}
    assert [(version.number, version.format, version.page_count) for version in versions if version.file] == [
        (1, "pdf", 2)
    ] * 4
    assert sorted(version.model_text for version in versions if version.model_text) == sorted(ModelText)
    assert all(version.twin and version.added_by is None for version in versions)
    assert {stored(version)[:5] for version in versions if version.file} == {b"%PDF-"}
    assert JournalEntry.objects.filter(act=Act.RESOURCE_PUBLISHED).count() == 6
    assert Revision.current() > before


def test_it_may_be_repeated(charter, small_kit):
    load()
    before = Revision.current()

    assert load() == counted(0, 0, 2, 0)
    assert (Version.objects.count(), Collection.objects.get().items.count()) == (2, 2)
    assert Revision.current() == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"twin": "# Un guide\n\nD’autres mots.\n", "pdf": pdf(pages=3)}, "Le texte est mis à jour."),
        ({"pdf": pdf(pages=4)}, "Même texte, mise en page revue."),
    ],
)
def test_what_changed_is_replaced_and_says_so(charter, small_kit, changes, sentence):
    load()
    small_kit(replace(TEXT, **changes))

    said = load()

    first, second = Version.objects.filter(resource__slug="guide-candidats").order_by("number")
    assert said == counted(0, 1, 1, 0)
    assert (first.replaced_on, second.replaced_on, second.number) == (timezone.localdate(), None, 2)
    assert (second.change, second.twin) == (sentence, changes.get("twin", TEXT.twin))
    assert JournalEntry.objects.filter(act=Act.RESOURCE_REPLACED).count() == 1


def test_what_someone_wrote_at_the_desk_is_left_alone(charter, small_kit):
    load()
    theirs = add_version(Resource.objects.get(slug="guide-candidats"), by=UserFactory(), url="https://example.org/a")
    small_kit(OTHER)

    said = load()

    assert said == counted(0, 0, 1, 1)
    assert Version.objects.current().get(resource__slug="guide-candidats") == theirs


def test_what_was_archived_stays_archived(charter, small_kit):
    load()
    Resource.objects.filter(slug="guide-candidats").update(
        state=ResourceState.ARCHIVED, archived_on=timezone.localdate()
    )
    small_kit(OTHER)

    assert load() == counted(0, 0, 1, 1)
    assert Resource.objects.get(slug="guide-candidats").state == ResourceState.ARCHIVED


def test_a_reading_that_someone_corrected_beside_the_same_paper_stays(charter, small_kit):
    load()
    Version.objects.filter(resource__slug="guide-candidats").update(twin="# Un guide corrigé\n")

    assert load() == counted(0, 0, 1, 1)
    assert Version.objects.get(resource__slug="guide-candidats").twin == "# Un guide corrigé\n"


def test_what_someone_corrected_stays_when_the_kit_is_renewed(charter, small_kit):
    load()
    corrected = Version.objects.get(resource__slug="guide-candidats")
    correct(corrected, twin="# Un guide corrigé\n", language="fr", by=UserFactory())
    small_kit(OTHER)

    assert load() == counted(0, 0, 1, 1)
    assert Version.objects.get(resource__slug="guide-candidats").twin == "# Un guide corrigé\n"


def test_a_title_that_someone_changed_stays(charter, small_kit):
    load()
    Resource.objects.filter(slug="guide-candidats").update(title="Notre guide")
    small_kit(OTHER)

    load()

    assert Resource.objects.get(slug="guide-candidats").title == "Notre guide"


def test_as_drafts_nothing_is_public_until_someone_publishes(charter, small_kit):
    before = Revision.current()

    said = load(as_draft=True)

    assert said == counted(2, 0, 0, 0)
    assert set(Resource.objects.values_list("state", "published_on")) == {(ResourceState.DRAFT, None)}
    assert not Collection.objects.published().exists()
    assert not JournalEntry.objects.filter(act__startswith="resource.").exists()
    assert Revision.current() == before


def test_a_resource_that_the_kit_gained_is_last_in_the_collection(charter, small_kit, monkeypatch):
    load()
    monkeypatch.setattr(kit, "KIT", (item("mots-de-l-ess", TEXT), *kit.KIT))

    assert load() == counted(1, 0, 2, 0)
    assert [each.resource.slug for each in Collection.objects.get().items.all()] == [
        "guide-candidats",
        "lettre-aux-candidats",
        "mots-de-l-ess",
    ]


# --- What it refuses ---


def test_without_a_charter_it_says_what_to_do_first(db):
    with pytest.raises(CommandError, match=r"lancez d’abord manage\.py load_charter\.$"):
        load()

    assert not Resource.objects.exists()


@pytest.fixture
def eve():
    """Noon on the eve of a vote, in one region."""
    contest = ContestFactory()
    noon = datetime.datetime.combine(
        contest.election.first_round_on - datetime.timedelta(days=1), datetime.time(12), contest.region.zone
    )
    with time_machine.travel(noon, tick=False):
        yield contest


def test_nothing_is_published_while_a_territory_keeps_silence(small_kit, eve):
    with pytest.raises(CommandError, match=r"^Silence électoral .* Chargez le kit ensuite : rien n’a changé\.$"):
        load()

    assert [model.objects.count() for model in (Resource, Version, Collection)] == [0, 0, 0]


def test_drafts_may_be_prepared_in_the_silence(small_kit, eve):
    assert load(as_draft=True) == counted(2, 0, 0, 0)


def test_in_the_silence_a_kit_that_is_up_to_date_is_no_fault_and_a_change_waits(charter, small_kit):
    load()
    contest = ContestFactory()
    noon = datetime.datetime.combine(
        contest.election.first_round_on - datetime.timedelta(days=1), datetime.time(12), contest.region.zone
    )

    with time_machine.travel(noon, tick=False):
        assert load() == counted(0, 0, 2, 0)
        small_kit(OTHER)
        with pytest.raises(SilenceError):
            kit.load_kit()

    assert Version.objects.count() == 2


def test_what_the_silence_refuses_leaves_no_file(charter, small_kit, eve, settings):
    load(as_draft=True)
    small_kit(OTHER)  # the guide is a draft, which may change; the letter is public, and may not
    Resource.objects.filter(slug="lettre-aux-candidats").update(
        state=ResourceState.PUBLISHED, published_on=timezone.localdate()
    )
    Version.objects.filter(resource__slug="lettre-aux-candidats").update(twin="D’autres mots")
    before = sorted(settings.DATA_DIR.rglob("*.pdf"))

    with pytest.raises(CommandError, match="Silence électoral"):
        load()

    assert len(before) == 1
    assert sorted(settings.DATA_DIR.rglob("*.pdf")) == before


def test_a_file_of_the_desk_with_the_same_words_is_theirs(charter, small_kit):
    load()
    received = Received(ContentFile(TEXT.pdf), FileFormat.PDF, len(TEXT.pdf), "0" * 64)
    add_version(Resource.objects.get(slug="guide-candidats"), by=UserFactory(), received=received, twin=TEXT.twin)

    assert load() == counted(0, 0, 1, 1)
