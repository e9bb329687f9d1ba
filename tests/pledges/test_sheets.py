"""The A4 sheets: what a contest and a list say on paper, for whoever sees it or not, on any printer."""

import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from pledges import sheets
from pledges.enums import Answer, ListKind
from pledges.models import CandidateList, Contest
from regions.enums import Measure
from regions.models import Indicator
from regions.typography import day
from tests.pledges.factories import (
    CandidateFactory,
    CandidateListFactory,
    CommitmentFactory,
    ContestFactory,
    NuanceFactory,
    PledgeFactory,
)
from tests.pledges.pdf import headings_of, reader_of, tags_of, text_of

pytestmark = pytest.mark.django_db

NARROW = "\u202f"


@pytest.fixture(autouse=True)
def own_address(settings):
    settings.SITE_URL = "https://portail.exemple"


@pytest.fixture
def contest():
    return ContestFactory(region__name="Bretagne", region__slug="bretagne", election__slug="regionales")


def signed_list(contest, words="Dès 2028 !", **kwargs):
    """A list that commits to the first principle in these words, declines the second, and leaves the others."""
    candidate_list = CandidateListFactory(contest=contest, headed=True, **kwargs)
    pledge = PledgeFactory(candidate_list=candidate_list, published=True, signed=True, answers={2: Answer.DECLINES})
    CommitmentFactory(pledge=pledge, statement=words)
    return candidate_list


def sheet_of(shown):
    if isinstance(shown, Contest):
        return sheets.contest_sheet(Contest.objects.select_related("election__charter", "region").get(pk=shown.pk))
    return sheets.list_sheet(CandidateList.objects.with_contest().get(pk=shown.pk))


def pdf_of(shown):
    return sheet_of(shown).file()


def pages_of(pdf):
    return [" ".join(page.extract_text().split()) for page in reader_of(pdf).pages]


# --- A contest ---


def test_a_contest_shows_every_list_in_the_order_of_the_panels_with_its_answers(contest):
    signed = signed_list(contest, panel_number=2, name="Demain ensemble", nuance=NuanceFactory(label="Divers"))
    CandidateListFactory(contest=contest, headed=True, panel_number=1, name="Liste sans réponse")
    today, election = timezone.localdate(), contest.election

    text = text_of(pdf_of(contest))

    principles = " ".join(f"{it.number}. {it.short}" for it in election.charter.principles.all())
    head = signed.candidates.get()
    for words in (
        f"Bretagne Premier tour {day(election.first_round_on)} Second tour {day(election.second_round_on)}",
        "1 liste sur 2 a signé la charte.",
        f"Liste, dans l’ordre des panneaux {principles} 1 Liste sans réponse",
        f"pas de réponse au {day(today)} pas de réponse pas de réponse pas de réponse pas de réponse pas de réponse 2",
        f"2 Demain ensemble {head.full_name} nuance attribuée par le ministère : Divers signataire depuis le",
        "s’engage ne s’engage pas pas de réponse pas de réponse pas de réponse Listes qui s’engagent",
        "Listes qui s’engagent 1 sur 2 0 sur 2 0 sur 2 0 sur 2 0 sur 2",
        f"État au {day(today)}, version ",
        "ne pas répondre n’est pas refuser",
    ):
        assert words in text
    assert "Démonstration" not in text


def test_a_contest_shows_the_last_figure_of_each_measure_and_base(contest):
    for year, value, base in ((2014, 9, "emploi salarié"), (2015, 14.3, "emploi salarié"), (2013, 8, "emploi total")):
        Indicator.objects.create(
            region=contest.region, measure=Measure.JOB_SHARE, year=year, value=value, base=base, source="INSEE"
        )

    text = text_of(pdf_of(contest))

    assert f"L’ESS {contest.region.of_name}, en chiffres" in text
    assert re.findall(r"([\d,]+)\s% ", text) == ["14,3", "8,0"]
    assert "2015, emploi salarié. INSEE" in text


def test_a_pair_that_is_named_after_its_members_names_them_once(contest):
    pair = CandidateListFactory(contest=contest, kind=ListKind.PAIR, name="Alix UN et Alix DEUX")
    for rank, name in enumerate(("UN", "DEUX"), 1):
        CandidateFactory(candidate_list=pair, last_name=name, rank=rank)

    assert [text_of(pdf_of(shown)).count("Alix UN et Alix DEUX") for shown in (contest, pair)] == [1, 1]


@pytest.mark.parametrize("shown", ["contest", "list"])
def test_a_sheet_leads_back_to_its_page(contest, shown):
    candidate_list = CandidateListFactory(contest=contest)
    (first, *_others) = reader_of(pdf_of(contest if shown == "contest" else candidate_list)).pages

    links = [each.get_object()["/A"]["/URI"] for each in first["/Annots"]]

    page = (contest if shown == "contest" else candidate_list).get_absolute_url()
    assert set(links) == {f"https://portail.exemple{page}"}


def test_a_contest_without_lists_says_that_they_are_not_known(contest):
    text = text_of(pdf_of(contest))

    assert "Les listes ne sont pas encore connues." in text
    assert "Liste, dans l’ordre des panneaux" not in text


def test_fourteen_lists_of_long_names_keep_their_rows_whole_and_their_header_on_each_page(contest):
    name = "Union des territoires, des associations et des coopératives pour une région juste "
    for number in range(1, 15):
        CandidateListFactory(contest=contest, panel_number=number, name=f"{name * 3}{number}")

    pages = pages_of(pdf_of(contest))

    assert len(pages) in (2, 3)
    assert all(page.startswith("Liste, dans l’ordre des panneaux") for page in pages[1:])
    assert sum(page.count("pas de réponse pas de réponse pas de réponse") for page in pages) == 14
    assert {page.count(name.strip()) % 3 for page in pages} == {0}


# --- A list ---


def test_a_list_shows_its_answers_in_its_own_words_and_who_signed(contest):
    shown = signed_list(contest, name="Demain ensemble", panel_number=4)
    first, second, third, *_others = contest.election.charter.principles.all()
    pledge = shown.pledges.get()

    text = text_of(pdf_of(shown))

    for words in (
        f"Demain ensemble Panneau 4 Tête de liste {shown.candidates.get().full_name}",
        f"Signataire depuis le {day(timezone.localtime(pledge.published_at))}. Vérification : identité rapprochée",
        f"1. {first.short} s’engage {first.statement} « Dès 2028 ! » 2. {second.short}",
        f"2. {second.short} ne s’engage pas {second.statement} 3. {third.short} pas de réponse",
        f"Signé par {shown.candidates.get().full_name} (tête de liste)",
        f"version {contest.election.charter.version}, empreinte {contest.election.charter.sha256[:16]}…",
        "Signer n’est pas un soutien des réseaux",
    ):
        assert words in text
    assert "signataire1@example.org" not in text


@pytest.mark.parametrize("state", [None, "in_review", "declined", "suspended", "withdrawn"])
def test_a_list_whose_pledge_is_not_published_shows_the_principles_and_no_answer(contest, state):
    shown = CandidateListFactory(contest=contest, headed=True, name="Demain ensemble")
    if state:
        pledge = PledgeFactory(candidate_list=shown, signed=True, **{state: True})
        CommitmentFactory(pledge=pledge, statement="Des mots repris.")

    text = text_of(pdf_of(shown))

    assert "Les cinq principes de la charte" in text
    assert {words for words in ("Des mots repris", "s’engage", "Signé par") if words in text} == set()


def test_a_list_that_left_the_official_list_says_so(contest):
    shown = signed_list(contest, departed=True)

    assert "La publication officielle n’en fait plus mention depuis le" in text_of(pdf_of(shown))


def test_five_answers_of_six_hundred_words_hold_on_six_pages(contest):
    shown = CandidateListFactory(contest=contest, headed=True)
    pledge = PledgeFactory(candidate_list=shown, published=True, signed=True)
    for principle in contest.election.charter.principles.all():
        CommitmentFactory(pledge=pledge, principle=principle, statement=f"mot{principle.number} " * 600)

    pdf = pdf_of(shown)

    text = text_of(pdf)
    assert [text.count(f"mot{number}") for number in range(1, 6)] == [600] * 5
    assert len(reader_of(pdf).pages) <= 6
    assert len(pdf) < sheets.HEAVIEST * 1000


# --- Both ---


HOSTILE = {
    "markup": '= Titre #text(red)[x] *gras* _it_ $x^2$ `c` <l> @r // \\ " #let a = 1; #panic() #read("/etc/passwd")',
    "brackets": "]]]) #] [ #[ { } ${x}",
    "a line end": "un\n= deux",
    "emoji": "Oui 😀 👩‍👩‍👧",
    "right to left": "مرحبا بكم",
    "a hidden direction": "ab\u202ecd",
    "one long word": "W" * 480,
}


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("shown", ["contest", "list"])
def test_what_anybody_typed_is_never_markup(contest, shown, words):
    plain = signed_list(ContestFactory(election=contest.election))
    hostile = signed_list(contest, words=words, name=words)
    pair = (contest, plain.contest) if shown == "contest" else (hostile, plain)

    pdfs = [pdf_of(each) for each in pair]

    assert len({tuple(tag for tag, _title in headings_of(pdf)) for pdf in pdfs}) == 1
    if words.isascii():
        assert re.sub(r"\s", "", words) in re.sub(r"\s", "", text_of(pdfs[0]))


@pytest.mark.parametrize("shown", ["contest", "list"])
def test_a_blind_reader_gets_the_language_the_title_and_the_words_of_the_code(contest, shown):
    candidate_list = signed_list(contest, name="Demain")
    pdf = pdf_of(contest if shown == "contest" else candidate_list)
    titles = {
        "contest": f"Bretagne{chr(160)}: les réponses des listes aux cinq principes",
        "list": f"Demain{chr(160)}: réponses aux cinq principes",
    }

    root = reader_of(pdf).trailer["/Root"]
    assert root["/Lang"] == "fr"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader_of(pdf).metadata.title == titles[shown]
    assert "pdfuaid" in reader_of(pdf).xmp_metadata.rdf_root.toxml()
    assert [alt for tag, alt, _title in tags_of(pdf) if tag == "/Figure"] == [
        "Code QR de la page du territoire" if shown == "contest" else "Code QR de la page de la liste"
    ]


def test_the_answers_of_a_contest_are_a_table_for_a_blind_reader(contest):
    signed_list(contest)

    tags = [tag for tag, *_ in tags_of(pdf_of(contest))]

    assert tags.count("/Table") == 1
    assert tags.count("/TH") == 6
    assert tags.count("/TD") == 12  # a list, and the totals


def test_a_demonstration_says_so_on_paper():
    shown = signed_list(ContestFactory(election__is_demonstration=True))

    for each in (shown, shown.contest):
        assert "Démonstration : tout est inventé ici" in text_of(pdf_of(each))


def test_the_spaces_are_those_of_french(contest):
    content = sheet_of(signed_list(contest, words="Oui ; « tout » de suite !")).content

    assert content["answers"][0]["words"] == f"Oui{NARROW}; «{NARROW}tout{NARROW}» de suite{NARROW}!"


def test_two_sheets_that_say_the_same_bear_the_same_mark_whatever_is_published_elsewhere(contest):
    shown = signed_list(contest)
    before = sheet_of(shown).content["mark"]

    PledgeFactory(published=True)
    same = sheet_of(shown).content["mark"]
    shown.pledges.get().commitments.update(statement="Autre chose.")

    assert [same == before, sheet_of(shown).content["mark"] == before] == [True, False]


def test_a_sheet_tells_of_the_day_in_the_territory(contest):
    contest.region.time_zone = "Indian/Reunion"
    contest.region.save()

    with time_machine.travel("2027-03-01 21:30:00+00:00"):
        content = sheet_of(contest).content

    assert content["as_of"] == f"État au 2{chr(160)}mars 2027"


# --- Its address ---


def test_a_sheet_is_a_pdf_that_a_browser_shows_and_a_cache_asks_about(client, contest):
    shown = signed_list(contest, name="Demain ensemble")
    for address, name in (
        ("/elections/regionales/bretagne/feuille.pdf", "regionales-bretagne.pdf"),
        (f"/listes/{shown.pk}/feuille.pdf", "demain-ensemble.pdf"),
    ):
        response = client.get(address)
        again = client.get(address, headers={"If-None-Match": response.headers["ETag"]})

        assert response.content.startswith(b"%PDF-")
        assert response.headers["Content-Type"] == "application/pdf"
        assert response.headers["Content-Disposition"] == f'inline; filename="{name}"'
        assert response.headers["Cache-Control"] == "public, max-age=0, s-maxage=1"
        assert (again.status_code, again.content) == (304, b"")


def test_there_is_no_sheet_of_what_has_no_page(client, contest):
    declared = CandidateListFactory(contest=contest, declared_at=timezone.now(), official_code="", panel_number=None)

    assert client.get(f"/listes/{declared.pk}/feuille.pdf").status_code == 404
    assert client.get("/listes/999999/feuille.pdf").status_code == 404
    assert client.get("/elections/regionales/ailleurs/feuille.pdf").status_code == 404


@pytest.mark.parametrize("count", [1, 13])
def test_a_sheet_costs_the_same_for_all_numbers_of_lists(client, contest, count, django_assert_num_queries):
    lists = [signed_list(contest) for _number in range(count)]

    with django_assert_num_queries(9):
        client.get("/elections/regionales/bretagne/feuille.pdf")
    with django_assert_num_queries(8):
        client.get(f"/listes/{lists[0].pk}/feuille.pdf")


@pytest.mark.parametrize("page", ["region", "contest", "list"])
def test_the_pages_lead_to_the_sheet_and_say_its_format_and_weight(client, contest, page):
    shown = signed_list(contest, name="Demain")
    election = contest.election
    contest_sheet = reverse("contest-sheet", args=[election.slug, contest.slug])
    address, sheet, name = {
        "region": (contest.region.get_absolute_url(), contest_sheet, election.name),
        "contest": (contest.get_absolute_url(), contest_sheet, "Bretagne"),
        "list": (shown.get_absolute_url(), reverse("list-sheet", args=[shown.pk]), "Demain"),
    }[page]

    html = client.get(address).content.decode().replace("\xa0", " ").replace(NARROW, " ")

    link = f"Feuille A4 à imprimer : {name} (PDF, moins de 200 Ko)</a>"
    assert f'<a href="{sheet}" type="application/pdf" hreflang="fr">{link}' in html
