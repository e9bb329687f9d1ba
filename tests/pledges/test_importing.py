"""Importing candidates: whole or not at all, again when corrected, and never at the expense of a pledge."""

import hashlib
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from pledges.actions.importing import ContestReport, ImportReport, import_candidates
from pledges.enums import Act, Answer, ElectionKind
from pledges.models import Candidate, CandidateList, Commitment, Contest, JournalEntry, Nuance, Pledge, Signatory
from pledges.official_files import FileRefusedError
from pledges.official_files.changes import Counts, PledgedList
from regions.models import Revision
from tests.pledges.factories import (
    CandidateFactory,
    CandidateListFactory,
    ContestFactory,
    ElectionFactory,
    NuanceFactory,
    PledgeFactory,
)
from tests.pledges.official_files import BIRTH_DATE, BIRTH_NAME, HEADERS, follower, person, text_file, workbook
from tests.regions.factories import RegionFactory, UserFactory

pytestmark = pytest.mark.django_db

NOTHING = Counts()
WITHOUT_CODES = {column: header for column, header in HEADERS.items() if column != "code"}


@pytest.fixture
def election():
    RegionFactory(code="53", name="Bretagne")
    RegionFactory(code="01", name="Guadeloupe")
    return ElectionFactory(slug="essai", name="Régionales d’essai", past=True)


def import_rows(election, *rows, headers=HEADERS, **options):
    return import_candidates(election, ContentFile(text_file(rows, headers=headers), name="essai.txt"), **options)


def refusal(election, *rows, **options):
    with pytest.raises(FileRefusedError) as caught:
        import_rows(election, *rows, **options)
    return [str(problem) for problem in caught.value.problems] or str(caught.value)


def places(**filters):
    """Who stands where: section, rank, name, and a star for the head."""
    standing = Candidate.objects.standing().filter(**filters).order_by("candidate_list", "section_code", "rank")
    return [
        f"{candidate.section_code} {candidate.rank} {candidate.last_name}{'*' * candidate.is_head}"
        for candidate in standing
    ]


def everything():
    """Every row that an import could touch."""
    models = (Contest, Nuance, CandidateList, Candidate, Pledge, Signatory, Commitment, JournalEntry, Revision)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


# --- First import ---


def test_a_first_import_creates_the_contests_lists_nuances_and_people(election):
    rows = [
        person("EXEMPLE", "Alix, Dominique"),
        follower("D'ESSAI"),
        person("AUTRE", code="04", panel="2", name="Liste « Égalité »", nuance="LREG"),
        person("OUTREMER", region="1", region_name="Guadeloupe", section="", section_name="", nuance=""),
    ]

    report = import_rows(election, *rows)

    assert report == ImportReport(
        file_name="essai.txt",
        sha256=hashlib.sha256(text_file(rows)).hexdigest(),
        dry_run=False,
        by_contest=(
            ContestReport("Bretagne", Counts(created=1), Counts(created=2), Counts(created=3), ()),
            ContestReport("Guadeloupe", Counts(created=1), Counts(created=1), Counts(created=1), ()),
        ),
    )
    assert (report.contests, report.lists, report.candidates) == (
        Counts(created=2),
        Counts(created=3),
        Counts(created=4),
    )
    assert list(Contest.objects.order_by("code").values_list("code", "name", "slug", "region", "election")) == [
        ("01", "Guadeloupe", "guadeloupe", "01", election.pk),
        ("53", "Bretagne", "bretagne", "53", election.pk),
    ]
    lists = CandidateList.objects.in_panel_order().filter(contest__code="53")
    assert list(lists.values_list("official_code", "panel_number", "name", "norm", "nuance__code", "left_at")) == [
        ("9", 1, "Liste de démonstration A", "liste de demonstration a", "LDIV", None),
        ("4", 2, "Liste « Égalité »", "liste egalite", "LREG", None),
    ]
    assert list(Nuance.objects.order_by("code").values_list("code", "label")) == [("LDIV", ""), ("LREG", "")]
    assert list(
        Candidate.objects.filter(candidate_list__official_code="9", candidate_list__contest__code="53").values_list(
            "section_code",
            "section_name",
            "rank",
            "role",
            "is_head",
            "last_name",
            "first_names",
            "norm",
            "sex",
            "left_at",
        )
    ) == [
        (
            "22",
            "Côtes-d'Armor",
            1,
            "candidate",
            True,
            "EXEMPLE",
            "Alix, Dominique",
            "alix dominique exemple",
            "F",
            None,
        ),
        ("22", "Côtes-d'Armor", 2, "candidate", False, "D'ESSAI", "Sacha", "sacha d essai", "M", None),
    ]


def test_neither_birth_dates_nor_birth_names_reach_the_database(election):
    import_rows(election, person("EXEMPLE"))

    stored = repr(everything())
    assert "EXEMPLE" in stored
    assert BIRTH_DATE not in stored
    assert BIRTH_NAME not in stored


def test_a_workbook_is_imported_like_a_text(election):
    import_rows(election, person("EXEMPLE"), follower("ESSAI"))

    content = workbook([person("EXEMPLE", region=53, rank=1.0), follower("ESSAI", code=9, rank=2)])
    report = import_candidates(election, ContentFile(content, name="essai.xlsx"))

    assert not report.changed
    assert report.candidates == Counts(unchanged=2)


def test_each_changed_contest_has_its_journal_entry_and_the_revision_moves_once(election):
    user = UserFactory()
    before = Revision.current()

    report = import_rows(
        election, person("EXEMPLE"), person("AUTRE", region="1", region_name="", section="", section_name=""), by=user
    )

    assert list(JournalEntry.objects.values("act", "by", "region", "election", "pledge", "reason", "details")) == [
        {
            "act": Act.CANDIDATES_IMPORTED,
            "by": user.pk,
            "region": region,
            "election": election.pk,
            "pledge": None,
            "reason": "",
            "details": {
                "contest": Contest.objects.get(region=region).pk,
                "file": "essai.txt",
                "sha256": report.sha256,
                "lists": {"created": 1, "updated": 0, "left": 0, "returned": 0, "unchanged": 0},
                "candidates": {"created": 1, "updated": 0, "left": 0, "returned": 0, "unchanged": 0},
                "lists_with_pledges": [],
            },
        }
        for region in ("53", "01")
    ]
    assert Revision.current() == before + 1


def test_the_journal_keeps_the_file_s_name_without_its_folders(election):
    content = ContentFile(text_file([person("EXEMPLE")]))
    content.name = "/home/quelqu-un/essai.txt"

    import_candidates(election, content)

    assert [entry.details["file"] for entry in JournalEntry.objects.all()] == ["essai.txt"]


def test_a_preview_says_what_an_import_does_and_writes_nothing(election):
    import_rows(election, person("EXEMPLE"), follower("ESSAI"))
    PledgeFactory(candidate_list=CandidateList.objects.get(), published=True)
    rows = [
        follower("ESSAI", head="Oui"),
        person("NOUVELLE", head="Non", rank="3"),
        person("AUTRE", code="4", panel="2", name="Liste B", nuance="LREG"),
        person("OUTREMER", region="1", region_name="", section="", section_name=""),
    ]
    before = everything()

    preview = import_rows(election, *rows, dry_run=True)
    after_preview = everything()
    report = import_rows(election, *rows)

    assert after_preview == before
    assert preview.dry_run
    assert preview.by_contest == report.by_contest
    assert report.pledged_lists == (
        PledgedList(
            "Bretagne",
            "Liste de démonstration A",
            ("tête de liste changée", "personnes nouvelles : 1", "personnes modifiées : 1", "personnes parties : 1"),
        ),
    )


# --- The same file, a corrected file ---


def test_the_same_file_again_changes_nothing(election):
    rows = [person("EXEMPLE"), follower("ESSAI"), person("AUTRE", code="4", panel="2", name="Liste B")]
    import_rows(election, *rows)
    before = everything()

    report = import_rows(election, *rows)

    assert report.by_contest == (
        ContestReport("Bretagne", Counts(unchanged=1), Counts(unchanged=2), Counts(unchanged=3), ()),
    )
    assert not report.changed
    assert everything() == before


def test_two_people_swap_places_and_heads(election):
    import_rows(election, person("EXEMPLE"), follower("ESSAI"), person("TROISIEME", head="Non", rank="3"))
    pks = set(Candidate.objects.values_list("pk", flat=True))

    report = import_rows(
        election,
        person("EXEMPLE", head="Non", rank="2"),
        follower("ESSAI", head="Oui", rank="3"),
        person("TROISIEME", head="Non", rank="1"),
    )

    assert places() == ["22 1 TROISIEME", "22 2 EXEMPLE", "22 3 ESSAI*"]
    assert report.candidates == Counts(updated=3)
    assert set(Candidate.objects.values_list("pk", flat=True)) == pks


def test_a_person_is_the_same_whatever_changes_around_their_name(election):
    import_rows(election, person("Éxemple", "Alix"), follower("ESSAI"))
    before = Candidate.objects.get(norm="alix exemple")

    import_rows(
        election,
        follower("ESSAI", rank="1", head="Oui"),
        person("EXEMPLE", "ALIX", section="29", section_name="Finistère", head="Non", rank="7", sex="M"),
    )

    after = Candidate.objects.get(pk=before.pk)
    assert places() == ["22 1 ESSAI*", "29 7 EXEMPLE"]
    assert (after.section_name, after.first_names, after.sex) == ("Finistère", "ALIX", "M")


def test_who_left_is_kept_and_marked_and_who_returns_is_unmarked(election):
    import_rows(election, person("EXEMPLE"), follower("ESSAI"))
    leaver = Candidate.objects.get(last_name="ESSAI")

    gone = import_rows(election, person("EXEMPLE"), follower("REMPLACANT"))
    marked = Candidate.objects.get(pk=leaver.pk).left_at
    again = import_rows(election, person("EXEMPLE"), follower("REMPLACANT"))
    back = import_rows(election, person("EXEMPLE"), follower("REMPLACANT", rank="3"), follower("ESSAI"))

    assert gone.candidates == Counts(created=1, left=1, unchanged=1)
    assert marked == JournalEntry.objects.order_by("pk")[1].at
    assert again.candidates == Counts(unchanged=2)
    assert back.candidates == Counts(returned=1, updated=1, unchanged=1)
    assert places() == ["22 1 EXEMPLE*", "22 2 ESSAI", "22 3 REMPLACANT"]
    assert Candidate.objects.get(last_name="ESSAI").pk == leaver.pk


def test_a_head_who_left_leaves_the_head_to_another(election):
    import_rows(election, person("EXEMPLE"), follower("ESSAI"))

    import_rows(election, follower("ESSAI", head="Oui", rank="1"))

    assert places() == ["22 1 ESSAI*"]
    assert Candidate.objects.get(last_name="EXEMPLE").left_at is not None


def test_homonyms_are_told_apart_by_their_section(election):
    def rows(**changes):
        return [
            person("EXEMPLE", rank="2", head="Non"),
            person("EXEMPLE", section="29", rank="2", head="Non") | changes,
            person("ESSAI"),
        ]

    import_rows(election, *rows())
    keys = dict(Candidate.objects.filter(last_name="EXEMPLE").values_list("section_code", "pk"))

    moved = import_rows(election, *rows(rank="5"))
    left = import_rows(election, *rows(section="56"))

    assert moved.candidates == Counts(updated=1, unchanged=2)
    # Nobody can say that the homonym of section 56 is the one of section 29: a pledge must not pass between them.
    assert left.candidates == Counts(created=1, left=1, unchanged=2)
    assert places() == ["22 1 ESSAI*", "22 2 EXEMPLE", "56 2 EXEMPLE"]
    assert Candidate.objects.get(pk=keys["22"]).left_at is None
    assert Candidate.objects.get(pk=keys["29"]).left_at is not None


def test_a_list_that_left_is_kept_and_marked_with_its_people_and_may_return(election):
    first, second = person("EXEMPLE"), person("AUTRE", code="4", panel="2", name="Liste B")
    import_rows(election, first, second)
    pks = list(CandidateList.objects.order_by("pk").values_list("pk", flat=True))

    gone = import_rows(election, first)
    standing = list(CandidateList.objects.standing().values_list("name", flat=True))
    people = places()
    back = import_rows(election, first, second | {"name": "Liste B, le retour"})

    assert (gone.lists, gone.candidates) == (Counts(left=1, unchanged=1), Counts(left=1, unchanged=1))
    assert (standing, people) == (["Liste de démonstration A"], ["22 1 EXEMPLE*"])
    assert (back.lists, back.candidates) == (Counts(returned=1, unchanged=1), Counts(returned=1, unchanged=1))
    assert list(CandidateList.objects.order_by("pk").values_list("pk", "name", "left_at")) == [
        (pks[0], "Liste de démonstration A", None),
        (pks[1], "Liste B, le retour", None),
    ]


def test_a_list_takes_its_new_name_panel_and_nuance(election):
    import_rows(election, person("EXEMPLE"))

    report = import_rows(election, person("EXEMPLE", name="Liste Égalité", panel="12", nuance="LREG"))

    assert (report.lists, report.candidates) == (Counts(updated=1), Counts(unchanged=1))
    assert list(CandidateList.objects.values_list("official_code", "name", "norm", "panel_number", "nuance__code")) == [
        ("9", "Liste Égalité", "liste egalite", 12, "LREG")
    ]


def test_a_column_that_the_file_lacks_leaves_what_is_stored(election):
    import_rows(election, person("EXEMPLE"))
    fewer = {column: header for column, header in HEADERS.items() if column not in {"panel", "nuance", "section_name"}}

    report = import_rows(election, person("EXEMPLE"), headers=fewer)

    assert not report.changed
    assert list(CandidateList.objects.values_list("panel_number", "nuance__code")) == [(1, "LDIV")]
    assert [candidate.section_name for candidate in Candidate.objects.all()] == ["Côtes-d'Armor"]


def test_the_name_of_a_section_does_not_follow_to_another(election):
    import_rows(election, person("EXEMPLE"))
    fewer = {column: header for column, header in HEADERS.items() if column != "section_name"}

    import_rows(election, person("EXEMPLE", section="29"), headers=fewer)

    assert list(Candidate.objects.values_list("section_code", "section_name")) == [("29", "")]


def test_labels_of_nuances_are_taken_when_the_file_gives_them(election):
    NuanceFactory(election=election, code="LDIV", label="Ancien libellé")
    import_rows(election, person("EXEMPLE"))
    labelled = HEADERS | {"job": "Libellé de la nuance"}

    changed = import_rows(election, person("EXEMPLE", job="Divers inventés"), headers=labelled)
    again = import_rows(election, person("EXEMPLE", job="Divers inventés"), headers=labelled)

    assert (changed.lists, again.lists) == (Counts(updated=1), Counts(unchanged=1))
    assert list(Nuance.objects.values_list("code", "label")) == [("LDIV", "Divers inventés")]


def test_a_member_of_a_network_changes_no_label_that_other_regions_show(election):
    labelled = HEADERS | {"job": "Libellé de la nuance"}
    NuanceFactory(election=election, code="LDIV", label="Divers inventés")
    NuanceFactory(election=election, code="LREG", label="")
    rows = [person("EXEMPLE", job="Autre chose"), person("SUITE", code="8", panel="2", nuance="LREG", job="Région")]

    import_rows(election, *rows, headers=labelled, by=UserFactory())

    assert dict(Nuance.objects.values_list("code", "label")) == {"LDIV": "Divers inventés", "LREG": "Région"}


@st.composite
def files(draw):
    """A list of a few people from two sections, each in a place of their own, one of them the head."""
    names = draw(
        st.lists(
            st.tuples(st.sampled_from("ABCDE"), st.sampled_from(["22", "29"])), min_size=1, max_size=6, unique=True
        )
    )
    ranks = draw(st.permutations(range(1, len(names) + 1)))
    head = draw(st.integers(0, len(names) - 1))
    return [
        person(name, section=section, rank=str(ranks[place]), head="Oui" if place == head else "Non")
        for place, (name, section) in enumerate(names)
    ]


@given(sequence=st.lists(files(), min_size=2, max_size=4))
@settings(max_examples=30, deadline=None)
def test_whatever_came_before_the_last_file_is_what_stands(sequence):
    election = ElectionFactory()
    RegionFactory(code="53", name="Bretagne")
    seen = set()

    for rows in sequence:
        report = import_rows(election, *rows)
        again = import_rows(election, *rows)

        counts = report.candidates
        assert counts.created + counts.updated + counts.returned + counts.unchanged == len(rows)
        assert not again.changed
        assert places(candidate_list__contest__election=election) == sorted(
            f"{row['section']} {row['rank']} {row['last_name']}{'*' * (row['head'] == 'Oui')}" for row in rows
        )
        people = Candidate.objects.filter(candidate_list__contest__election=election)
        assert seen <= set(people.values_list("pk", flat=True))
        seen = set(people.values_list("pk", flat=True))


# --- Matching lists ---


def test_a_code_padded_by_hand_is_the_same_code(election):
    contest = ContestFactory(election=election, region_id="53", code="53", name="Bretagne", slug="bretagne")
    kept = CandidateListFactory(contest=contest, official_code="09", name="Liste de démonstration A")

    import_rows(election, person("EXEMPLE"))

    assert list(CandidateList.objects.values_list("pk", "official_code", "panel_number")) == [(kept.pk, "09", 1)]


def test_a_file_without_codes_goes_by_panel_and_codes_may_come_later(election):
    rows = [person("EXEMPLE"), person("AUTRE", code="4", panel="2", name="Liste B")]

    first = import_rows(election, *rows, headers=WITHOUT_CODES)
    codes = list(CandidateList.objects.in_panel_order().values_list("official_code", flat=True))
    again = import_rows(election, *rows, headers=WITHOUT_CODES)
    coded = import_rows(election, *rows)
    by_panel = import_rows(election, *rows, headers=WITHOUT_CODES)

    assert (first.lists, again.lists) == (Counts(created=2), Counts(unchanged=2))
    assert codes == ["P1", "P2"]
    assert (coded.lists, coded.candidates) == (Counts(updated=2), Counts(unchanged=2))
    assert list(CandidateList.objects.in_panel_order().values_list("official_code", flat=True)) == ["9", "4"]
    assert not by_panel.changed


def test_a_list_cannot_take_the_place_of_another_that_stands(election):
    import_rows(election, person("EXEMPLE"), person("AUTRE", code="4", panel="2", name="Liste B"))
    before = everything()

    by_code = refusal(election, person("EXEMPLE", code="4", panel="1"), person("AUTRE", panel="2", name="Liste B"))
    by_panel = refusal(
        election, person("EXEMPLE", panel="2"), person("AUTRE", panel="1", name="Liste B"), headers=WITHOUT_CODES
    )

    assert by_code == [
        "ligne 2 : « Liste de démonstration A » était la liste 9, et la liste 4 était « Liste B »",
        "ligne 3 : « Liste B » était la liste 4, et la liste 9 était « Liste de démonstration A »",
    ]
    assert by_panel == by_code
    assert everything() == before


def test_a_new_list_without_code_never_takes_the_code_of_another(election):
    contest = ContestFactory(election=election, region_id="53", code="53", name="Bretagne", slug="bretagne")
    CandidateListFactory(contest=contest, official_code="P1", panel_number=7, name="Déplacée à la main")

    import_rows(election, person("EXEMPLE"), headers=WITHOUT_CODES)

    assert list(CandidateList.objects.order_by("pk").values_list("official_code", "name")) == [
        ("P1", "Déplacée à la main"),
        ("P1b", "Liste de démonstration A"),
    ]


# --- What an import does not touch ---


def test_other_contests_and_other_elections_are_untouched(election):
    guadeloupe = person("OUTREMER", region="1", region_name="", section="", section_name="")
    import_rows(election, person("EXEMPLE"), guadeloupe)
    other = CandidateFactory(candidate_list__contest__election=ElectionFactory(), candidate_list__official_code="9")

    report = import_rows(election, person("AUTRE"))

    assert [contest.name for contest in report.by_contest] == ["Bretagne"]
    assert places(candidate_list__contest__code="01") == [" 1 OUTREMER*"]
    other.refresh_from_db()
    assert other.left_at is None
    assert list(JournalEntry.objects.order_by("pk").values_list("region", flat=True)) == ["53", "01", "53"]


def test_pledges_are_never_touched_and_their_lists_are_named(election):
    import_rows(election, person("EXEMPLE"), follower("ESSAI"), person("AUTRE", code="4", panel="2", name="Liste B"))
    first, second = CandidateList.objects.in_panel_order()
    PledgeFactory(candidate_list=first, published=True, signed=True, answers={1: Answer.COMMITS, 2: Answer.DECLINES})
    PledgeFactory(candidate_list=first, candidate=Candidate.objects.get(last_name="ESSAI"), in_review=True, signed=True)
    PledgeFactory(candidate_list=second, signed=True)
    before = everything()

    report = import_rows(election, person("NOUVELLE", code="7", panel="3", name="Liste C"))

    after = everything()
    assert [after[kind] for kind in ("Pledge", "Signatory", "Commitment")] == [
        before[kind] for kind in ("Pledge", "Signatory", "Commitment")
    ]
    assert report.pledged_lists == (
        PledgedList(
            "Bretagne", "Liste de démonstration A", ("n’est plus sur la liste officielle", "personnes parties : 2")
        ),
        PledgedList("Bretagne", "Liste B", ("n’est plus sur la liste officielle", "personnes parties : 1")),
    )


def test_a_list_that_has_a_pledge_and_did_not_change_is_not_named(election):
    import_rows(election, person("EXEMPLE"))
    PledgeFactory(candidate_list=CandidateList.objects.get(), published=True)

    report = import_rows(election, person("EXEMPLE"), person("AUTRE", code="4", panel="2", name="Liste B"))

    assert report.changed
    assert report.pledged_lists == ()


# --- Refusals ---


def test_one_bad_row_and_nothing_is_written(election):
    import_rows(election, person("EXEMPLE"))
    before = everything()

    problems = refusal(election, person("AUTRE"), follower("", rank="x"))

    assert problems == ["ligne 3 : nom manquant", "ligne 3 : rang « x » : un nombre entier est attendu"]
    assert everything() == before


def test_an_address_taken_by_another_contest_is_refused(election):
    ContestFactory(election=election, region_id="01", code="X", name="À la main", slug="bretagne")

    problems = refusal(election, person("EXEMPLE"))

    assert problems == ["ligne 2 : l’adresse « bretagne » est celle d’une autre circonscription"]


def test_a_file_of_lists_is_refused_where_binomes_stand(election):
    election.kind = ElectionKind.DEPARTMENTAL

    sentence = refusal(election, person("EXEMPLE"))

    assert sentence == (
        "Ce fichier est celui de listes régionales, et cette élection élit des binômes, canton par canton."
    )


def test_regions_must_be_loaded_first():
    sentence = refusal(ElectionFactory(), person("EXEMPLE"))

    assert sentence == "Aucune région n’est encore chargée : lancez d’abord « manage.py load_territories »."


# --- Cost and concurrency ---


def test_the_number_of_queries_does_not_depend_on_the_number_of_people(election):
    def queries(count):
        rows = [person("EXEMPLE"), *(follower(f"ESSAI{rank}", rank=str(rank)) for rank in range(2, count))]
        with CaptureQueriesContext(
            connection,
        ) as created:
            import_rows(election, *rows)
        with CaptureQueriesContext(connection) as swapped:
            import_rows(election, *(row | {"rank": str(count - place)} for place, row in enumerate(rows)))
        return len(created), len(swapped)

    Revision.advance()  # the first time costs two more
    few = queries(10)
    Candidate.objects.all().delete()
    CandidateList.objects.all().delete()
    Contest.objects.all().delete()
    Nuance.objects.all().delete()
    many = queries(200)

    assert few == many


@pytest.mark.django_db(transaction=True)
def test_simultaneous_imports_wait_for_one_another(election, in_threads):
    outcomes = in_threads(lambda: import_rows(election, person("EXEMPLE"), follower("ESSAI")), 4)

    assert sorted(outcome.candidates.created for outcome in outcomes) == [0, 0, 0, 2]
    assert places() == ["22 1 EXEMPLE*", "22 2 ESSAI"]
    assert JournalEntry.objects.count() == 1


# --- The command ---


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "essai.txt"
    path.write_bytes(text_file([person("EXEMPLE"), follower("ESSAI")]))
    return path


def plain(text):
    """A text with ordinary spaces."""
    return text.replace("\u202f", " ").replace("\xa0", " ")


def run(file, *arguments, election="essai"):
    output = StringIO()
    call_command("import_candidates", str(file), "--election", election, *arguments, stdout=output, no_color=True)
    return plain(output.getvalue()).splitlines()


def command_refusal(file, **options):
    with pytest.raises(CommandError) as caught:
        run(file, **options)
    assert caught.value.returncode == 1
    return plain(str(caught.value))


def test_the_command_previews_imports_and_says_when_nothing_changes(election, file):
    head = f"essai.txt (SHA-256 {hashlib.sha256(file.read_bytes()).hexdigest()}), « Régionales d’essai »"

    preview, imported, again = run(file, "--dry-run"), run(file), run(file)

    assert preview == [
        head,
        "                        créées   modifiées     parties   de retour  inchangées",
        "circonscriptions             1           0           0           0           0",
        "listes                       1           0           0           0           0",
        "candidatures                 2           0           0           0           0",
        "Aperçu : rien n’est écrit. Changeraient : Bretagne.",
    ]
    assert imported == [*preview[:-1], "Importé. Ont changé : Bretagne."]
    assert again == [
        *preview[:2],
        "circonscriptions             0           0           0           0           1",
        "listes                       0           0           0           0           1",
        "candidatures                 0           0           0           0           2",
        "Rien à changer : le portail dit déjà ce que dit ce fichier.",
    ]


def test_the_command_names_the_lists_that_have_a_pledge_and_changed(election, file):
    run(file)
    PledgeFactory(candidate_list=CandidateList.objects.get(), published=True)
    file.write_bytes(text_file([person("EXEMPLE")]))

    lines = run(file)

    assert lines[-1] == (
        "À vérifier, cette liste a un engagement : Bretagne, « Liste de démonstration A » (personnes parties : 1)."
    )


def test_the_command_lists_the_bad_rows(election, file):
    file.write_bytes(text_file([person("EXEMPLE"), follower("", sex="Z")]))

    assert command_refusal(file) == (
        "Rien n’est importé. Anomalies à corriger dans le fichier : 2.\n"
        "  ligne 3 : nom manquant\n"
        "  ligne 3 : sexe « Z » : F ou M attendu"
    )


def test_the_command_refuses_an_unknown_election_and_names_those_it_knows(election, file):
    assert command_refusal(file, election="regionales-1789") == (
        "Élection inconnue : « regionales-1789 ». Celles du portail : essai."
    )


def test_the_command_refuses_a_file_that_is_not_there(election, tmp_path):
    missing = tmp_path / "absent.txt"

    assert command_refusal(missing) == f"Le fichier « {missing} » ne peut pas être lu : il n’existe pas."
    assert command_refusal(tmp_path) == f"Le fichier « {tmp_path} » ne peut pas être lu : c’est un dossier."


def test_the_command_shows_its_progress_to_a_person_only(election, file):
    class Terminal(StringIO):
        def isatty(self):
            return True

    log, terminal = StringIO(), Terminal()

    call_command("import_candidates", str(file), "--election", "essai", stdout=StringIO(), stderr=log)
    call_command("import_candidates", str(file), "--election", "essai", stdout=StringIO(), stderr=terminal)

    assert log.getvalue() == ""
    assert terminal.getvalue() == "\r\033[KBretagne, 1 sur 1\r\033[K"
