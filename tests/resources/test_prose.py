"""Markdown as people type it: what shows is safe, and what would not show as meant is refused in a sentence."""

import pytest
from django.conf import settings

from resources.enums import PageName
from resources.prose import read
from resources.shipped import TEXTS, shipped

LANGUAGES = tuple(dict(settings.LANGUAGES))


def html(source):
    return read(source).html.replace("\n", "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PageName)
def test_a_text_as_shipped_would_be_accepted_at_the_desk(name, language):
    assert read(shipped(name, language).body, language=language).faults == []


def test_each_page_is_shipped_in_each_language_and_nothing_else_is():
    files = {str(path.relative_to(TEXTS)) for path in TEXTS.glob("*/*.md")}

    assert files == {f"{language}/{name}.md" for language in LANGUAGES for name in PageName}


@pytest.mark.parametrize("name", PageName)
def test_both_languages_of_a_page_have_the_same_anchors_and_facts(name):
    def skeleton(language):
        body = shipped(name, language).body
        return [word.rstrip("}") for word in body.replace("{{ ", "{{").split() if word.startswith(("{#", "{{"))]

    assert skeleton("en") == skeleton("fr")


def test_headings_stand_below_the_title_of_the_page_with_the_anchor_that_was_asked():
    assert html("# Un *mot* {#mot}\n\n## À côté\n\n## À côté") == (
        '<h2 id="mot">Un <em>mot</em></h2><h3 id="a-cote">À côté</h3><h3 id="a-cote-2">À côté</h3>'
    )


def test_terms_and_their_meanings_are_one_list():
    assert html("Scop {#scop}\n: Une *coopérative*.\n\nMutuelle\n: Un groupement.") == (
        '<dl><dt id="scop">Scop</dt><dd>Une <em>coopérative</em>.</dd><dt>Mutuelle</dt><dd>Un groupement.</dd></dl>'
    )


def test_a_table_has_a_caption_and_its_rows_have_names():
    assert html("Tableau : Les mots\n\n| On lit | Veut dire |\n| --- | --- |\n| oui | d’accord |") == (
        '<table class="table"><caption>Les mots</caption><thead><tr><th scope="col">On lit</th>'
        '<th scope="col">Veut dire</th></tr></thead><tbody><tr><th scope="row">oui</th><td>d’accord</td></tr></tbody>'
        "</table>"
    )


def test_a_fact_of_the_installation_is_shown_as_words_whatever_is_in_it(settings):
    settings.LEGAL_ADDRESS = "<b>12</b> rue *des* Lilas\n14000 Caen"
    settings.CONTACT_EMAIL = "a_b_c@example.org"

    assert html("{{ address }}, {{contact}}, `{{ contact }}`") == (
        "<p>&lt;b&gt;12&lt;/b&gt; rue *des* Lilas<br>14000 Caen, "
        '<a href="mailto:a_b_c@example.org">a_b_c@example.org</a>, <code>{{ contact }}</code></p>'
    )


def test_an_answer_is_shown_by_its_sign_and_its_word():
    shown = html("{{ answer_declines }}")

    assert '<span class="answer answer--declines">' in shown
    assert "<svg" in shown
    assert "ne s’engage pas" in shown


def test_what_the_installation_does_not_say_is_said_not_to_be(settings):
    settings.LEGAL_HOST = ""

    assert html("{{ host }}") == "<p>non renseigné par cette installation</p>"


def test_a_link_elsewhere_says_so():
    assert html("[la loi](https://www.legifrance.gouv.fr/) et [ici](/methode/#silence)") == (
        '<p><a href="https://www.legifrance.gouv.fr/" rel="external">la loi</a> et '
        '<a href="/methode/#silence">ici</a></p>'
    )


@pytest.mark.parametrize(
    "href",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example", "/\\evil.example", "vbscript:x", "nulle-part",
     "/page-inconnue/", "https:", "JaVaScRiPt:alert(1)", "&#106;avascript:alert(1)"],
)  # fmt: skip
@pytest.mark.parametrize("form", ["[mot]({})", "[mot][1]\n\n[1]: {}"])
def test_a_link_that_leads_nowhere_good_is_no_link_and_is_refused(form, href):
    prose = read(form.format(href))

    assert "href" not in prose.html
    assert len(prose.faults) == 1
    assert "ne mène nulle part" in prose.faults[0]


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("{{ secret_key }}", "« {{ secret_key }} » n’est pas un nom connu : la liste est sous le texte."),
        ("{{ a.b }}", "« {{ a.b }} » n’est pas un nom connu : la liste est sous le texte."),
        ("<b>gras</b>", "« <b> » s’afficherait tel quel : écrivez en Markdown, sans HTML."),
        ("![un logo](https://example.org/a.png)", "Les images ne s’affichent pas sur ces pages : retirez « ![ »."),
        ("# Un {#a}\n\n# Deux {#a}", "L’ancre « a » sert déjà sur cette page : choisissez-en une autre."),
        ("# Un {#contenu}", "L’ancre « contenu » sert déjà sur cette page : choisissez-en une autre."),
        ("# Un\n\n### Trois", "Le titre « Trois » saute un niveau : ôtez-lui un « # »."),
        ("[plus bas](#absent)", "Le lien « #absent » ne mène à aucune partie de cette page."),
    ],
)  # fmt: skip
def test_what_would_not_show_as_meant_is_refused_in_a_sentence(source, fault):
    assert fault in read(source).faults


@pytest.mark.parametrize("source", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a <!-- b --> c"])
def test_markup_is_text(source):
    assert "<script" not in read(source).html
    assert "<img" not in read(source).html
    assert "<!--" not in read(source).html


def test_what_stands_between_guillemets_is_french_on_a_page_in_english():
    thin = "\N{NARROW NO-BREAK SPACE}"
    source = "A cooperative (« société <coopérative> ») and « une autre »."

    assert read(source, language="en").html == (
        f'<p>A cooperative (<span lang="fr">«{thin}société &lt;coopérative&gt;{thin}»</span>)'
        f' and <span lang="fr">«{thin}une autre{thin}»</span>.</p>\n'
    )
    assert "<span" not in read("« une autre »").html
