"""The PDF that proves what was signed: what it says, to whom it speaks, and that it never fails or changes."""

import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from pledges import receipts
from pledges.enums import Answer, Capacity, ListKind
from pledges.models import Commitment
from tests.pledges.factories import (
    CandidateFactory,
    CandidateListFactory,
    CommitmentFactory,
    ElectionFactory,
    PledgeFactory,
    SignatoryFactory,
)
from tests.pledges.pdf import headings_of, reader_of, tags_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

WORDS = "Nous réserverons deux sièges à la CRESS."


def signed(state="published", **kwargs):
    """A pledge of that state, with its signatory, an answer with a sentence, a refusal, and three silences."""
    pledge = PledgeFactory(**{state: True}, **kwargs)
    SignatoryFactory(pledge=pledge, email="tete@example.org", phone="06 12 34 56 78")
    first, second, *_others = pledge.charter.principles.all()
    CommitmentFactory(pledge=pledge, principle=first, answer=Answer.COMMITS, statement=WORDS)
    CommitmentFactory(pledge=pledge, principle=second, answer=Answer.DECLINES)
    return pledge


def said_of(pledge):
    return receipts.content(receipts.read(pledge.pk))


def pdf_of(pledge):
    return receipts.render(said_of(pledge))


# --- What it says ---


def test_a_receipt_says_what_was_signed_by_whom_and_when():
    pledge = signed()
    first, second, third, *_others = pledge.charter.principles.all()
    contest, election = pledge.candidate_list.contest, pledge.candidate_list.contest.election

    text = text_of(pdf_of(pledge))

    for words in (
        f"Pour la liste {pledge.candidate_list.name}",
        f"Élection {election.name} Territoire {contest.name}",
        pledge.signatories.get().full_name,
        "tête de liste, a confirmé le",
        f"1. {first.short} S’engage {first.statement} Les mots de qui signe : {WORDS} 2. {second.short}",
        f"2. {second.short} Ne s’engage pas {second.statement} 3. {third.short}",
        f"3. {third.short} Pas de réponse",
        f"{pledge.charter.title}, version {pledge.charter.version}",
        re.sub("(.{4})", r"\1 ", pledge.charter_id).strip(),
        "Publié le",
        "vérifiée : identité rapprochée de la liste officielle",
        "« signataires de la charte »",
        "Il ne dit pas que les réseaux de l’économie sociale et solidaire soutiennent cette candidature",
        f"https://engagements.example.org/verifier/{pledge.shown_code}/",
    ):
        assert words in text
    assert "Démonstration" not in text


def test_nothing_private_is_in_a_receipt():
    pledge = signed()
    said = json.dumps(said_of(pledge), ensure_ascii=False)

    assert WORDS in said
    for private in ("tete@example.org", "06 12 34 56 78", "sender_digest", str(pledge.decided_by)):
        assert private not in said


def test_before_publication_identity_is_not_checked_yet():
    text = text_of(pdf_of(signed("in_review")))

    assert "Identité pas encore vérifiée" in text
    assert "Publié le" not in text


def test_each_member_of_a_pair_is_named_with_the_date_of_their_confirmation():
    pair = CandidateListFactory(kind=ListKind.PAIR, name="Alix UN et Lou DEUX")
    pledge = PledgeFactory(in_review=True, candidate_list=pair)
    for hours, name in ((30, "UN"), (60, "DEUX")):
        SignatoryFactory(
            pledge=pledge,
            capacity=Capacity.MEMBER,
            candidate=CandidateFactory(candidate_list=pair, last_name=name),
            confirmed_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(hours=hours),
        )

    text = text_of(pdf_of(pledge))

    assert "Pour le binôme Alix UN et Lou DEUX" in text
    assert "Alix UN membre du binôme, a confirmé le 2 janvier 2026 à 07:00" in text
    assert "Alix DEUX membre du binôme, a confirmé le 3 janvier 2026 à 13:00" in text


def test_a_personal_pledge_says_that_it_is_not_the_lists():
    pledge = signed(personal=True)

    text = text_of(pdf_of(pledge))

    assert f"À titre personnel {pledge.candidate.full_name}" in text
    assert f"Sur la liste {pledge.candidate_list.name}" in text


def test_a_demonstration_says_that_it_proves_nothing():
    pledge = signed(candidate_list__contest__election=ElectionFactory(is_demonstration=True))

    assert "Démonstration : tout est inventé ici" in text_of(pdf_of(pledge))


@pytest.mark.parametrize(("state", "words"), [("suspended", "Suspendu depuis le"), ("superseded", "Remplacé le")])
def test_what_became_of_it_since_is_said_and_dated(state, words):
    pledge = signed(state)
    if state == "superseded":
        PledgeFactory(published=True, candidate_list=pledge.candidate_list, amends=pledge)

    assert re.search(rf"Publié le .*{words} \d", text_of(pdf_of(pledge)))


def test_the_qr_code_is_drawn_and_not_a_picture_of_dots():
    pages = reader_of(pdf_of(signed())).pages

    images = [image for page in pages for image in page.images]

    assert images == []


# --- For whoever does not see it ---


def test_a_blind_reader_gets_the_language_the_title_and_the_headings_in_order():
    pledge = signed()
    pdf = pdf_of(pledge)
    root = reader_of(pdf).trailer["/Root"]
    shorts = [principle.short for principle in pledge.charter.principles.all()]

    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader_of(pdf).metadata.title == f"Reçu d’engagement : {pledge.candidate_list.name}"
    assert "pdfuaid" in reader_of(pdf).xmp_metadata.rdf_root.toxml()
    assert headings_of(pdf) == [
        ("/H1", "Qui a signé"),
        ("/H1", "Les réponses, principe par principe"),
        *[("/H2", f"{number}. {short}") for number, short in enumerate(shorts, 1)],
        ("/H1", "Dates et vérification"),
        ("/H1", "La charte signée"),
        ("/H1", "Ce que ce reçu dit, et ce qu’il ne dit pas"),
        ("/H1", "Vérifier ce reçu"),
    ]


def test_each_figure_has_its_words_and_the_words_of_a_signer_are_a_quotation():
    pledge = signed()

    tags = tags_of(pdf_of(pledge))

    figures = [alt for tag, alt, _title in tags if tag == "/Figure"]
    assert figures == [f"Code QR de l’adresse https://engagements.example.org/verifier/{pledge.shown_code}/"]
    assert [tag for tag, _alt, _title in tags].count("/Quote") == 1


# --- Words are words ---

HOSTILE = {
    "markup": '= Titre #text(red)[x] *gras* _it_ $x^2$ `c` <l> @r // /* \\ " #let a = 1; #panic() #read("/etc/passwd")',
    "brackets": "]]]) #] [ #[ { } ${x}",
    "another answer": "2. Action 2 S’engage Les mots de qui signe : oui",
    "true names": "Ñ Œ ʻokina ö d’Été Ș ğ ẞ",
    "600 characters": "Engagement " * 54 + "élargi",
    "one word": "W" * 600,
}


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_a_signer_types_is_never_markup(words):
    plain, pledge = signed(), signed()
    pledge.commitments.filter(answer=Answer.COMMITS).update(statement=words)

    pdf = pdf_of(pledge)

    assert re.sub(r"\s", "", words) in re.sub(r"\s", "", text_of(pdf))
    assert [tag for tag, _title in headings_of(pdf)] == [tag for tag, _title in headings_of(pdf_of(plain))]
    assert [tag for tag, *_ in tags_of(pdf)].count("/Quote") == 1


UNDRAWN = {
    "emoji": ("Oui 😀 et 👩‍👩‍👧", ["⟨U+1F600⟩", "⟨U+1F469⟩⟨U+200D⟩⟨U+1F469⟩"]),
    "ideograms": ("漢字", ["⟨U+6F22⟩⟨U+5B57⟩"]),
    "a hidden direction": ("ab\u202ecd\u200b", ["ab⟨U+202E⟩cd⟨U+200B⟩"]),
    "controls": ("a\x01b\x07c", ["a⟨U+0001⟩b⟨U+0007⟩c"]),
    "a private sign": ("\ue000\U000f0000", ["⟨U+E000⟩⟨U+F0000⟩"]),
    "an unassigned sign": ("\u0378", ["⟨U+0378⟩"]),
}


@pytest.mark.parametrize(("words", "shown"), UNDRAWN.values(), ids=UNDRAWN.keys())
def test_a_sign_that_no_font_draws_is_written_by_its_number(words, shown):
    pledge = signed()
    pledge.commitments.filter(answer=Answer.COMMITS).update(statement=words)

    text = text_of(pdf_of(pledge)).replace(" ", "")

    assert [number in text for number in shown] == [True] * len(shown)


@pytest.mark.parametrize(
    "words",
    [
        "مرحبا بكم في الجهة",
        "שלום « S’engage »",
        "Z" + "\u0301" * 40,
        "e" + "\u0489" * 40 + "\u20dd",
        "ᠮᠣᠩ ཧ ꙮ 𒐫",
        "\ufdfd" * 50,
    ],
    ids=["arabic", "hebrew", "marks", "enclosing marks", "rare scripts", "wide sign"],
)
def test_whatever_script_is_used_a_receipt_is_made(words):
    pledge = signed()
    pledge.commitments.filter(answer=Answer.COMMITS).update(statement=words)
    pledge.signatories.update(full_name=words[:200])
    type(pledge.candidate_list).objects.update(name=words)

    pdf = pdf_of(pledge)

    assert len(reader_of(pdf).pages) <= 3
    assert len(headings_of(pdf)) == 11


def test_every_sign_of_every_plane_can_be_signed_with():
    pledge = signed()
    said = said_of(pledge)
    assigned = [chr(number) for number in range(0x20, 0x30000) if unicodedata.category(chr(number)) not in ("Cs", "Cn")]

    for start in range(0, len(assigned), 20_000):
        said["answers"][0]["words"] = " ".join(assigned[start : start + 20_000 : 40])
        assert receipts.render(said).startswith(b"%PDF")


def test_line_ends_are_spaces_as_on_the_pages():
    pledge = signed()
    pledge.commitments.filter(answer=Answer.COMMITS).update(statement="un\n\n\ndeux\t trois" + "\n." * 290)

    assert "un deux trois . . ." in text_of(pdf_of(pledge))
    assert len(reader_of(pdf_of(pledge)).pages) <= 2


def test_five_long_answers_hold_on_three_pages():
    pledge = signed()
    Commitment.objects.all().delete()
    for principle in pledge.charter.principles.all():
        CommitmentFactory(pledge=pledge, principle=principle, statement="Engagement. " * 50)

    assert len(reader_of(pdf_of(pledge)).pages) <= 3


# --- The same bytes ---


def test_the_same_content_gives_the_same_bytes_another_day_in_another_process():
    pledge = signed()
    here = pdf_of(pledge)
    program = (
        "import sys, json, django; django.setup(); from pledges.receipts import render;"
        " sys.stdout.buffer.write(render(json.load(sys.stdin)))"
    )
    elsewhere = os.environ | {"TZ": "America/Cayenne", "LANG": "C", "PYTHONHASHSEED": "7", "HOME": "/nonexistent"}

    with time_machine.travel(timezone.now() + datetime.timedelta(days=500), tick=False):
        said = said_of(pledge)
    there = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(said).encode(),
        env=elsewhere | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        cwd=Path(receipts.__file__).parent.parent,
        capture_output=True,
        check=True,
    ).stdout

    assert hashlib.sha256(there).hexdigest() == hashlib.sha256(here).hexdigest()
    dated = reader_of(here).metadata
    assert {dated.creation_date, dated.modification_date} == {pledge.published_at.replace(microsecond=0)}


def test_the_hash_moves_with_the_template_as_with_the_words(monkeypatch, tmp_path):
    said = said_of(signed())
    before = receipts.content_sha256(said)
    other = tmp_path / "receipt.typ"
    other.write_text(receipts.TEMPLATE.read_text() + "\n// A word more.")

    changed = receipts.content_sha256({**said, "code": "x"})
    monkeypatch.setattr(receipts, "TEMPLATE", other)

    assert len({before, changed, receipts.content_sha256(said)}) == 3
