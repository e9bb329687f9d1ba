"""The starting kit on paper and on screen: what it says is exact, sourced, neutral, and holds on its pages."""

import re

import pytest
from django.utils.text import capfirst

from pledges.actions.charter import load_charter, read_toml
from pledges.management.commands.load_charter import CHARTER, DATA
from regions.typography import french_text
from resources.blocks import blocks, escaped, plain
from resources.enums import Audience
from resources.foldout import foldout, foldout_twin
from resources.kit_texts import KIT as FOLDER
from resources.kit_texts import kit_text
from resources.prose import read
from resources.starting_kit import KIT
from tests.pledges.factories import CharterFactory
from tests.pledges.pdf import headings_of, reader_of, tags_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ARTICLE_14 = "https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000030999389"
LAW = "https://www.legifrance.gouv.fr/loda/id/JORFTEXT000029313296"
# Each address was read, and is of the text that the words beside it name.
SOURCES = {
    LAW,
    "https://www.legifrance.gouv.fr/loda/id/JORFTEXT000000497458",  # association, 1901
    "https://www.legifrance.gouv.fr/loda/id/JORFTEXT000000684004",  # coopération, 1947
    ARTICLE_14,  # CGCT, L4251-14
    "https://www.legifrance.gouv.fr/codes/id/LEGITEXT000006070633/",  # collectivités territoriales
    "https://www.legifrance.gouv.fr/codes/id/LEGITEXT000037701019/",  # commande publique
    "https://www.legifrance.gouv.fr/codes/id/LEGITEXT000006071191/",  # éducation
    "https://www.legifrance.gouv.fr/codes/id/LEGITEXT000023086525/",  # transports
    "https://www.legifrance.gouv.fr/codes/id/LEGITEXT000006072050/",  # travail
    "https://www.legifrance.gouv.fr/codes/id/LEGITEXT000006070239/",  # électoral
}
_CODES = "https://www.legifrance.gouv.fr/codes/id/LEGITEXT0000"
TEXTS = {
    "loi": (LAW,),
    "CGCT, article L. 4251-14": (ARTICLE_14,),
    "CGCT": (f"{_CODES}06070633/",),
    "commande publique": (f"{_CODES}37701019/",),
    "éducation": (f"{_CODES}06071191/",),
    "transports": (f"{_CODES}23086525/",),
    "travail": (f"{_CODES}06072050/",),
    "électoral": (f"{_CODES}06070239/",),
}
# What a network may not say of a list, or ask of one.
PARTIAL = re.compile(
    r"\b(?:soutenez|votez|refusent|boudent|bons? élèves?|mauvais\w*|classement des|mieux notée?s?|droite|gauche"
    r"|centristes?|écologistes|macron\w*|parti (?:socialiste|communiste))\b",
    re.IGNORECASE,
)


@pytest.fixture
def charter():
    return load_charter(read_toml(CHARTER), read_toml(DATA / "principes-2021.toml"))[0]


_MADE = {}


@pytest.fixture
def made(charter):
    """What the kit is made of: drawn once in each process, since the same words give the same files."""
    return _MADE or _MADE.update({item.slug: item.make(item.slug, charter) for item in KIT}) or _MADE


def links_of(markdown):
    return re.findall(r"\]\(([^)]+)\)", markdown)


def set_words(text):
    """As a reader copies them from a paper: on one line, with the spaces of French."""
    return " ".join(french_text(text).split())


# --- What is in it ---


def test_each_text_of_the_folder_is_on_a_shelf_for_those_who_need_it():
    assert {item.slug for item in KIT} == {path.stem for path in FOLDER.iterdir()}
    assert {item.audience for item in KIT} == {Audience.CANDIDATES, Audience.CITIZENS, Audience.NETWORKS}


@pytest.mark.parametrize("slug", [item.slug for item in KIT])
def test_each_text_reads_as_a_page_without_a_fault(made, slug):
    prose = read(made[slug].twin)

    assert prose.faults == []
    assert "{{" not in prose.html


@pytest.mark.parametrize("slug", [item.slug for item in KIT])
def test_each_text_names_its_sources_and_no_side(made, slug):
    twin = made[slug].twin

    assert {link for link in links_of(twin) if link.startswith("http")} <= SOURCES
    assert PARTIAL.findall(twin) == []
    assert " !" not in twin


def test_a_word_that_takes_sides_is_found():
    assert PARTIAL.findall("Soutenez les bons élèves, à gauche.") == ["Soutenez", "bons élèves", "gauche"]


def test_the_guide_of_candidates_has_each_principle_word_for_word_then_what_the_law_says(charter):
    *parts, _last = re.split(r"(?=^# )", kit_text("guide-candidats").body, flags=re.MULTILINE)
    parts = [part for part in parts if "{#principe-" in part]

    assert [re.findall(r"^# (.+) \{#principe-(\d)\}$", part, re.MULTILINE)[0] for part in parts] == [
        (f"{it.number}. {it.short}", str(it.number)) for it in charter.principles.all()
    ]
    assert [re.findall(r"^> (.+)$", part, re.MULTILINE) for part in parts] == [
        [it.statement] for it in charter.principles.all()
    ]
    assert all(re.search(r"^\*\*La loi\.\*\* .*\]\(https://", part, re.MULTILINE) for part in parts)
    for article in ("article 6", "article 7", "article 8"):
        assert f"{article}](" in "".join(parts) or f"({article})" in "".join(parts)


@pytest.mark.parametrize("slug", ["guide-candidats", "guide-citoyens"])
def test_each_article_leads_to_the_text_that_it_is_of(slug):
    body = kit_text(slug).body
    led = re.findall(r"\[([^\]]*articles?[^\]]*)\]\((https://[^)]+)\)", body)

    assert len(led) >= 8
    for words, address in led:
        assert address in (addresses := next(of for name, of in TEXTS.items() if name in words)), (words, addresses)
    # Paper has no links: its last part names every text by its title.
    listed = body[body.index("# Les textes cités") :]
    assert {links for _words, links in led} - {ARTICLE_14} <= set(links_of(listed))


def test_each_word_of_the_ess_says_which_text_defines_it(made):
    meanings = [block for block in blocks(made["mots-de-l-ess"].twin) if block.kind == "definitions"]
    words = {plain(term): plain(meaning) for term, meaning in zip(*[iter(meanings[0].lines)] * 2, strict=True)}

    for word in ("Association", "Coopérative", "Scop", "Scic", "CAE", "Mutuelle", "Fondation", "Fonds de dotation"):
        assert re.search(r"[Ll]oi |[Aa]rticles? ", words[word]), word
    for word in ("Agrément ESUS", "PTCE", "CRESS", "SRDEII", "Innovation sociale", "Utilité sociale", "Subvention"):
        assert re.search(r"articles? ", words[word]), word
    assert {"Gouvernance démocratique", "Lucrativité limitée", "Stratégie régionale de l’ESS"} <= set(words)


# --- On paper ---

PAPERS = {"guide-candidats": "A4", "guide-citoyens": "A4", "mots-de-l-ess": "A4", "charte-a-plier": "A4 across"}
SIZES = {"A4": (595, 842), "A4 across": (842, 595)}


@pytest.mark.parametrize("slug", PAPERS)
def test_each_paper_is_two_pages_that_everybody_can_read(made, slug):
    reader = reader_of(made[slug].pdf)
    root = reader.trailer["/Root"]

    assert [(round(page.mediabox.width), round(page.mediabox.height)) for page in reader.pages] == [
        SIZES[PAPERS[slug]]
    ] * 2
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("fr", True)
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert reader.metadata.title == french_text(kit_text(slug).title)
    assert [alternative for tag, alternative, _title in tags_of(made[slug].pdf) if tag == "/Figure"] != [""]


@pytest.mark.parametrize("slug", ["guide-candidats", "guide-citoyens", "mots-de-l-ess"])
def test_a_guide_says_on_paper_what_its_page_says(made, slug):
    words = re.sub(r"(\w)[-\u00ad\u2010] ", r"\1", text_of(made[slug].pdf))

    for block in blocks(made[slug].twin):
        for line in block.lines:
            for word in re.findall(r"\w{9,}", plain(line)):
                assert word in words, word


def test_the_same_text_gives_the_same_file(charter, made):
    assert foldout(charter, kit_text("charte-a-plier")) == made["charte-a-plier"].pdf
    assert KIT[0].make(KIT[0].slug, charter).pdf == made["guide-candidats"].pdf


# --- The charter to fold ---


def test_the_fold_out_has_the_charter_word_for_word_with_its_version_and_fingerprint(charter, made):
    text = text_of(made["charte-a-plier"].pdf)

    assert set_words(charter.title) in text
    assert capfirst(charter.addressed_to) in text
    for principle in charter.principles.all():
        assert set_words(principle.statement) in text
    assert "Version 2021 de la charte" in text
    assert charter.sha256 in text.replace(" ", "")
    assert "engagements.example.org" in text


def test_the_fold_out_opens_on_the_front_and_its_headings_are_the_principles(charter, made):
    titles = [title for _tag, title in headings_of(made["charte-a-plier"].pdf)]

    assert titles[-5:] == [french_text(str(principle)) for principle in charter.principles.all()]


def test_a_charter_with_long_statements_or_others_in_number_still_holds_on_its_sheet():
    long = CharterFactory(statements=[f"Énoncé {n} : " + "mobiliser les territoires " * 16 for n in range(1, 7)])

    pdf = foldout(long, kit_text("charte-a-plier"))

    assert len(reader_of(pdf).pages) == 2
    assert text_of(pdf).count("mobiliser les territoires") == 96


def test_signs_of_markdown_in_a_charter_are_words():
    charter = CharterFactory(
        title="Une *charte* [à nous](https://ailleurs.example)", statements=["Le <b>1er</b> `pas`"]
    )

    html = read(foldout_twin(charter, kit_text("charte-a-plier"))).html

    assert "Une *charte* [à nous](https://ailleurs.example)" in html
    assert "&lt;b&gt;1er&lt;/b&gt; `pas`" in html


# --- A text in blocks ---


def test_a_text_is_read_in_blocks_with_names_that_are_never_markup(settings):
    settings.SITE_URL = "https://portail.exemple"
    sentence = "Pour **{{ who }}** : [la méthode](/methode/), [plus haut](#ici)."
    source = f"# Un titre {{#ici}}\n\n{sentence}\n\n{{{{ list }}}}\n\n> Cité\n"

    title, paragraph, numbers, quote = blocks(source, {"who": "*elle*", "list": ["un", "deux"]})

    assert (title.kind, title.level, title.anchor, plain(title.lines[0])) == ("heading", 1, "ici", "Un titre")
    assert plain(paragraph.lines[0]) == french_text("Pour *elle* : la méthode, plus haut.")
    assert [run.text for run in paragraph.lines[0] if run.strong] == ["*elle*"]
    assert [run.href for run in paragraph.lines[0] if run.text in {"la méthode", "plus haut"}] == [
        "https://portail.exemple/methode/",
        "",
    ]
    assert (numbers.kind, [plain(line) for line in numbers.lines]) == ("numbers", ["un", "deux"])
    assert (quote.kind, plain(quote.lines[0])) == ("quote", "Cité")


def test_a_name_that_nothing_knows_is_no_blank():
    with pytest.raises(KeyError):
        blocks("Chère {{ nobody }},", {})


@pytest.mark.parametrize("words", ["a*b*c", "[x](y)", "`code`", "<b>", "1_2_3", "\\"])
def test_escaped_words_come_out_as_they_are(words):
    assert plain(blocks(f"mot {escaped(words)}")[0].lines[0]) == f"mot {words}"
