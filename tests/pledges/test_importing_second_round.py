"""Importing the second round: from the people of its lists, what stays, what merged, and what became of the others."""

from io import StringIO

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from pledges.actions.importing import import_candidates
from pledges.actions.importing_second_round import import_second_round
from pledges.actions.results import import_results
from pledges.actions.second_round import Merger, mark_second_round
from pledges.enums import Act, Fate, MailKind, Round
from pledges.models import Candidate, CandidateList, Contest, JournalEntry, OutboxMail, Pledge, Result
from pledges.official_files import FileRefusedError
from pledges.second_round import round_shown_in
from regions.models import Revision
from tests.pledges.factories import ElectionFactory
from tests.pledges.official_files import follower, person, text_file
from tests.pledges.rounds import signed
from tests.regions.factories import RegionFactory, UserFactory

pytestmark = pytest.mark.django_db

# Four lists, of two people each in two sections; « MÊME » is a name that two of them bear.
FIRST = [
    person("UN", code="1", panel="1", name="Liste un"),
    follower("DEUX", code="1", panel="1", name="Liste un", section="29", section_name="Finistère"),
    person("TROIS", code="2", panel="2", name="Liste deux"),
    follower("MÊME", code="2", panel="2", name="Liste deux", section="29", section_name="Finistère"),
    person("CINQ", code="3", panel="3", name="Liste trois"),
    follower("MÊME", code="3", panel="3", name="Liste trois", section="22"),
    person("SEPT", code="4", panel="4", name="Liste quatre"),
    follower("HUIT", code="4", panel="4", name="Liste quatre"),
]
KEPT = FIRST[:2]


def merged_row(row, *, section=None, rank=None, head=False):
    """Someone of the first round on « Ensemble », which bears the code of one of its parents."""
    changes = {"code": "2", "panel": "2", "name": "Ensemble", "head": "Oui" if head else "Non"}
    if section:
        changes |= {"section": section}
    return row | changes | ({"rank": rank} if rank else {})


MERGED = [
    merged_row(FIRST[4], rank="1", head=True),
    merged_row(FIRST[2], rank="2"),
    merged_row(FIRST[3], rank="1"),
]
SECOND = [*KEPT, *MERGED]
SPLIT = [
    *KEPT,
    person("CINQ", code="5", panel="5", name="A"),
    person("MÊME", "Sacha", code="6", panel="6", name="B"),
]


@pytest.fixture
def election():
    RegionFactory(code="53", name="Bretagne")
    election = ElectionFactory(slug="essai", name="Régionales d’essai", past=True)
    import_candidates(election, a_file(FIRST))
    return election


def a_file(rows):
    return ContentFile(text_file(rows), name="essai.txt")


def import_rows(election, *rows, **options):
    return import_second_round(election, a_file(rows), **options)


def refusal(act, *args):
    with pytest.raises(FileRefusedError) as caught:
        act(*args)
    return [str(problem) for problem in caught.value.problems]


def of_panel(panel):
    return CandidateList.objects.get(panel_number=panel, round=Round.FIRST)


def fates():
    return list(CandidateList.objects.filter(round=Round.FIRST).in_panel_order().values_list("fate", flat=True))


def merged():
    return CandidateList.objects.get(round=Round.SECOND)


def give_votes(*votes):
    for panel, count in enumerate(votes, 1):
        Result.objects.create(
            candidate_list=of_panel(panel), round=Round.FIRST, votes=count, imported_at="2021-06-21T08Z"
        )


def told(report):
    """Each list that changes, and what is said of it."""
    return [(change.name, change.what) for contest in report.by_contest for change in contest.details]


# --- What the file says ---


def test_people_tell_which_lists_stay_and_which_merged(election):
    report = import_rows(election, *SECOND)

    assert fates() == [Fate.KEPT, Fate.MERGED, Fate.MERGED, Fate.ABSENT]
    assert told(report) == [
        ("Ensemble", ("issue de « Liste deux » (personnes : 2)", "issue de « Liste trois » (personnes : 1)")),
        ("Liste un", ("maintenue au second tour",)),
        ("Liste deux", ("fusionnée pour le second tour",)),
        ("Liste trois", ("fusionnée pour le second tour",)),
        ("Liste quatre", ("absente du second tour : sans les résultats du premier, rien ne dit pourquoi",)),
    ]
    assert set(merged().parents.all()) == {of_panel(2), of_panel(3)}
    assert round_shown_in(Contest.objects.get()) == Round.SECOND


def test_each_person_of_a_merged_list_leads_to_their_place_in_the_first_round(election):
    import_rows(election, *SECOND)

    people = merged().candidates.in_list_order()
    assert [(str(one), one.is_head, str(one.earlier.candidate_list)) for one in people] == [
        ("Alix CINQ", True, "Liste trois"),
        ("Alix TROIS", False, "Liste deux"),
        ("Sacha MÊME", False, "Liste deux"),  # the one of the same section, and of the list of most
    ]


def test_the_people_and_the_pledges_of_the_first_round_do_not_move(election):
    before = list(Candidate.objects.filter(candidate_list__round=Round.FIRST).order_by("pk").values())
    pledge = signed(of_panel(2), 1, 2)

    import_rows(election, *SECOND)

    assert list(Candidate.objects.filter(candidate_list__round=Round.FIRST).order_by("pk").values()) == before
    assert Pledge.objects.get() == pledge
    assert Pledge.objects.get().candidate_list == of_panel(2)


def test_results_say_whether_a_list_that_is_not_there_withdrew_or_was_out(election):
    give_votes(400, 300, 250, 50)
    import_rows(election, *KEPT)

    assert fates() == [Fate.KEPT, Fate.WITHDRAWN, Fate.WITHDRAWN, Fate.ELIMINATED]


def test_results_that_come_later_are_taken_into_account(election):
    import_rows(election, *SECOND)
    give_votes(400, 300, 250, 50)

    report = import_rows(election, *SECOND)

    assert fates()[3] == Fate.ELIMINATED
    assert told(report) == [
        ("Liste quatre", ("non qualifiée pour le second tour : moins de 10 % des suffrages exprimés",))
    ]


def test_the_same_file_again_changes_nothing(election):
    import_rows(election, *SECOND)
    before = (JournalEntry.objects.count(), Revision.current(), CandidateList.objects.count())

    report = import_rows(election, *SECOND)

    assert (report.changed, told(report)) == (False, [])
    assert (JournalEntry.objects.count(), Revision.current(), CandidateList.objects.count()) == before


def test_a_preview_says_all_and_writes_nothing(election):
    before = (JournalEntry.objects.count(), Revision.current(), CandidateList.objects.count())

    report = import_rows(election, *SECOND, dry_run=True)

    assert (len(told(report)), fates()) == (5, [""] * 4)
    assert (JournalEntry.objects.count(), Revision.current(), CandidateList.objects.count()) == before


def test_each_list_has_its_entry_in_the_journal_and_the_contest_one(election):
    by = UserFactory(is_superuser=True)

    import_rows(election, *SECOND, by=by)

    entries = JournalEntry.objects.filter(by=by)
    assert sorted(entries.values_list("act", flat=True)) == sorted(
        [Act.CANDIDATES_IMPORTED, Act.LIST_MERGED] + [Act.LIST_FATE_SAID] * 4
    )
    assert entries.get(act=Act.LIST_MERGED).details == {
        "contest": Contest.objects.get().pk,
        "list": merged().pk,
        "parents": [of_panel(2).pk, of_panel(3).pk],
        "people": 3,
    }


def test_a_corrected_first_round_leaves_the_second_alone(election):
    import_rows(election, *SECOND)
    before = list(Candidate.objects.filter(candidate_list=merged()).values())

    import_candidates(election, a_file([*FIRST[:-1], FIRST[-1] | {"last_name": "HUITIÈME"}]))

    assert fates() == [Fate.KEPT, Fate.MERGED, Fate.MERGED, Fate.ABSENT]
    assert list(Candidate.objects.filter(candidate_list=merged()).values()) == before


# --- With what was said by hand ---


def said_by_hand(*, head_panel=2, fates=None):
    head = of_panel(head_panel).candidates.get(is_head=True)
    contest = Contest.objects.select_related("election", "region").get()
    with time_machine.travel("2021-06-21 10:00:00+00:00", tick=False):
        mark_second_round(
            contest, fates or {}, [Merger("Nom de la nuit", head, [of_panel(2), of_panel(3)])], by=UserFactory()
        )


def test_the_list_said_by_hand_is_completed_and_not_doubled(election):
    said_by_hand()
    by_hand = merged()
    head = by_hand.candidates.get()

    import_rows(election, *SECOND)

    assert (merged(), merged().name, merged().official_code) == (by_hand, "Ensemble", "2")
    people = merged().candidates.standing().in_list_order()
    assert [(str(one), one.is_head) for one in people] == [
        ("Alix CINQ", True), ("Alix TROIS", False), ("Sacha MÊME", False),
    ]  # fmt: skip
    assert people[1] == head  # the same person, who does not lead it after all


def test_the_file_prevails_on_who_stays_and_the_night_on_why_a_list_left(election):
    said_by_hand(fates={of_panel(1): Fate.WITHDRAWN, of_panel(4): Fate.WITHDRAWN})
    give_votes(400, 300, 250, 50)

    import_rows(election, *SECOND)

    assert fates() == [Fate.KEPT, Fate.MERGED, Fate.MERGED, Fate.WITHDRAWN]


def test_a_merger_that_did_not_happen_leaves_its_list_marked(election):
    said_by_hand()

    import_rows(election, *KEPT)

    assert (fates()[1:], merged().left_at is not None) == ([Fate.ABSENT] * 3, True)


def test_the_head_named_by_the_file_is_asked_between_the_rounds_and_not_years_later(election):
    pledge = signed(of_panel(3), 1, 2)
    pledge.signatories.update(consented_to_contact_at=pledge.submitted_at)

    with time_machine.travel("2021-06-22 10:00:00+00:00", tick=False):
        import_rows(election, *SECOND)
    between = OutboxMail.objects.filter(kind=MailKind.MERGED).count()
    OutboxMail.objects.all().delete()
    CandidateList.objects.filter(round=Round.FIRST).update(fate="", fate_at=None)
    import_rows(election, *SECOND)

    assert (between, OutboxMail.objects.count()) == (1, 0)


# --- What is refused ---


def test_a_file_of_the_second_round_is_not_taken_for_a_correction_of_the_first(election):
    before = list(CandidateList.objects.values())

    reasons = refusal(import_candidates, election, a_file(SECOND))

    assert reasons == [
        (
            "ligne 4 : la liste « Liste trois » n’est plus là, et des personnes à elle (1) sont sur « Ensemble » :"
            " ce fichier est du second tour, dites-le"
        )
    ]
    assert list(CandidateList.objects.values()) == before


def test_a_list_that_has_voted_does_not_leave_the_first_round(election):
    give_votes(400, 300, 250, 50)

    assert refusal(import_candidates, election, a_file(FIRST[:6])) == [
        (
            "ligne 2 : la liste « Liste quatre » a voté au premier tour et n’est pas dans ce fichier :"
            " s’il est du second, dites-le"
        )
    ]


def test_a_list_may_still_leave_a_first_round_that_is_to_come(election):
    report = import_candidates(election, a_file(FIRST[:6]))

    assert report.lists.left == 1


@pytest.mark.parametrize(
    ("rows", "reasons"),
    [
        (
            [person("INCONNUE", code="8", panel="8", name="Liste huit")],
            ["ligne 2 : personne de la liste « Liste huit » n’était candidate ou candidat au premier tour"],
        ),
        (
            [
                *KEPT,
                person("CINQ", code="5", panel="5", name="A"),
                person("MÊME", "Sacha", code="6", panel="6", name="B"),
            ],
            [
                (
                    "ligne 5 : des personnes de la liste « Liste trois » du premier tour sont sur deux listes du"
                    " second : celle-ci et « A », ligne 4 (code électoral, L346)"
                )
            ],
        ),
    ],
)
def test_a_list_that_comes_from_nowhere_or_from_two_sides_is_refused(election, rows, reasons):
    assert refusal(import_rows, election, *rows) == reasons
    assert fates() == [""] * 4


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        ("2021-06-18 10:00:00+00:00", "le premier tour n’est pas encore joué"),
        ("2021-06-26 10:00:00+00:00", "Silence électoral jusqu’au 27 juin 2021"),
    ],
)
def test_the_second_round_is_not_imported_before_the_first_nor_during_the_silence(election, moment, reason):
    with time_machine.travel(moment, tick=False):
        [told] = refusal(import_rows, election, *SECOND)

    assert reason in told


def test_the_second_round_of_an_unknown_first_is_refused():
    RegionFactory(code="53", name="Bretagne")

    [reason] = refusal(import_rows, ElectionFactory(past=True), *SECOND)

    assert reason == "ligne 2 : les listes du premier tour ne sont pas connues (Bretagne) : importez-les d’abord"


# --- Results of the second round ---


def both_rounds(rows):
    return ContentFile(f"region_code,panneau,liste_code,voix_t1,voix_t2\n{rows}".encode(), name="r.csv")


def votes_of_second():
    results = Result.objects.filter(round=Round.SECOND).order_by("votes")
    return [(str(result.candidate_list), result.candidate_list.round, result.votes) for result in results]


def test_votes_of_the_second_round_are_those_of_the_kept_and_of_the_merged_lists(election):
    import_rows(election, *SECOND)
    text = "Code région;Code Dépôt Liste;Voix\n53;1;600\n53;2;700\n"

    import_results(election, ContentFile(text.encode(), name="t2.csv"), one_round=Round.SECOND)

    assert votes_of_second() == [("Liste un", 1, 600), ("Ensemble", 2, 700)]


def test_in_a_file_of_both_rounds_the_votes_of_a_merged_list_are_on_the_row_of_a_parent(election):
    import_rows(election, *SECOND)
    rows = "53,1,1,400,600\n53,2,2,300,\n53,3,3,250,700\n53,4,4,50,\n"

    import_results(election, both_rounds(rows))

    assert votes_of_second() == [("Liste un", 1, 600), ("Ensemble", 2, 700)]


def test_two_rows_for_one_merged_list_are_refused(election):
    import_rows(election, *SECOND)
    rows = "53,1,1,400,600\n53,2,2,300,100\n53,3,3,250,700\n53,4,4,50,\n"

    with pytest.raises(FileRefusedError) as caught:
        import_results(election, both_rounds(rows))

    assert [str(problem) for problem in caught.value.problems] == [
        "ligne 4 : « Ensemble » a déjà un résultat de ce tour, ligne 3"
    ]


# --- The command ---


def test_the_command_says_what_becomes_of_each_list(election, tmp_path):
    file = tmp_path / "t2.txt"
    file.write_bytes(text_file(SECOND))
    out = StringIO()

    call_command("import_candidates", str(file), "--election", "essai", "--round", "2", stdout=out)

    lines = out.getvalue().translate({0xA0: " ", 0x202F: " "}).splitlines()
    assert "Bretagne, « Liste un » : maintenue au second tour." in lines
    assert fates()[0] == Fate.KEPT


def test_the_command_refuses_the_second_round_without_its_number(election, tmp_path):
    file = tmp_path / "t2.txt"
    file.write_bytes(text_file(SECOND))

    with pytest.raises(CommandError, match="est du second tour, dites-le"):
        call_command("import_candidates", str(file), "--election", "essai")
