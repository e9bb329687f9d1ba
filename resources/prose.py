"""Markdown into the HTML of a page of prose: nothing raw, no image, links that lead where they say (docs/adr/0021)."""

import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from regions.templatetags.typography import in_french
from regions.typography import is_french
from resources.facts import FACTS

# The ids of the page that the text is put into.
TAKEN = ("contenu", "chercher", "sommaire")
_NAME = re.compile(r"\{\{ *([a-z_]+) *\}\}")
_ANY_NAME = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_ANCHOR = re.compile(r"\s*\{#([\w-]+)\}\s*$")
_DEFINITION = re.compile(r"(?P<term>[^\n]+)\n: (?P<meaning>.+)", re.DOTALL)
_CAPTION = re.compile(r"(?:Tableau :|Table:) +(.+)", re.DOTALL)
_GUILLEMETS = re.compile(r"(«[^«»]*»)")
_TAG = re.compile(r"</?[a-zA-Z][^>@:]*>")


@dataclass(slots=True)
class Prose:
    """A text in HTML, its sections by anchor, and what is wrong with it, in sentences for who wrote it."""

    html: SafeString
    sections: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Notes:
    """What is learnt on the way through a text."""

    ids: set[str] = field(default_factory=lambda: set(TAKEN))
    faults: list[str] = field(default_factory=list)

    def new_id(self, asked: str, text: str) -> str:
        """The id of a heading or a term: the one that was asked, else one made from its text, never twice."""
        if asked and asked in self.ids:
            self.faults.append(_("L’ancre « %s » sert déjà sur cette page : choisissez-en une autre.") % asked)
        stem = asked or slugify(_NAME.sub("", text)) or "partie"
        name, number = stem, 1
        while name in self.ids:
            number += 1
            name = f"{stem}-{number}"
        self.ids.add(name)
        return name


def read(source: str, *, language: str = "fr") -> Prose:
    """Make a page of a text in Markdown. Whatever is in it, what comes out is safe.

    :param source: The text, whose headings begin at ``#``: the page's own title stands above them.
    :param language: That of the page: the facts that the text asks for are said in it.
    """
    notes = _Notes()
    env: dict[str, Any] = {"notes": notes}
    with override(language):
        tokens = _MARKDOWN.parse(source, env)
        html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, env)
    notes.faults += _foreign(source)
    notes.faults += [
        _("Le lien « %s » ne mène à aucune partie de cette page.") % href
        for href in _hrefs(tokens)
        if href.startswith("#") and href[1:] not in notes.ids
    ]
    return Prose(mark_safe(html), list(_sections(tokens)), notes.faults)  # noqa: S308  the renderer escapes all text


def parsed(source: str) -> list[Token]:
    """The same text, for what is no page: a sheet of paper, an office file, a letter (``resources.blocks``)."""
    with override("fr"):
        return _MARKDOWN.parse(source, {"notes": _Notes()})


def _foreign(source: str) -> Iterator[str]:
    """What people type that is no Markdown of ours, in sentences."""
    for name in dict.fromkeys(name.strip() for name in _ANY_NAME.findall(source)):
        if name not in FACTS:
            yield _("« {{ %s }} » n’est pas un nom connu : la liste est sous le texte.") % name
    for tag in dict.fromkeys(_TAG.findall(source)):
        yield _("« %s » s’afficherait tel quel : écrivez en Markdown, sans HTML.") % tag
    if "![" in source:
        yield _("Les images ne s’affichent pas sur ces pages : retirez « ![ ».")


def _hrefs(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open" and child.tag == "a":
                yield str(child.attrs["href"])


def _sections(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """The sections of the page, for its table of contents."""
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            words = "".join(
                child.content for child in inline.children or () if child.type in {"text", "french", "code_inline"}
            )
            yield str(token.attrs["id"]), words.strip()


# --- Between the blocks and what is inside them ---


def _shape(state: StateCore) -> None:
    """Headings under the page's, with anchors; terms and their meanings; tables with a caption and row headers."""
    notes: _Notes = state.env["notes"]
    level = 1
    shaped: list[Token] = []
    tokens = iter(state.tokens)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
        if token.type == "heading_open":
            inline = next(tokens)
            level = _watch_level(token, inline, level, notes)
            token.attrSet("id", _take_anchor(inline, notes))
            shaped += [token, inline]
        elif token.type == "inline" and token.level == 1 and shaped and shaped[-1].type == "paragraph_open":
            if meaning := _DEFINITION.fullmatch(token.content):
                shaped.pop()
                next(tokens)  # the end of the paragraph
                _define(shaped, token, meaning["term"], meaning["meaning"], notes)
            else:
                shaped.append(token)
        elif token.type == "table_open":
            token.attrSet("class", "table")
            shaped += [token, *_take_caption(shaped)]
        else:
            shaped.append(token)
    _mark_headers(shaped)
    state.tokens = shaped


def _watch_level(token: Token, inline: Token, level: int, notes: _Notes) -> int:
    own = int(token.tag[1])
    if own > level + 1:
        title = _ANCHOR.sub("", inline.content)
        notes.faults.append(_("Le titre « %s » saute un niveau : ôtez-lui un « # ».") % title)
    return own


def _take_anchor(inline: Token, notes: _Notes) -> str:
    found = _ANCHOR.search(inline.content)
    inline.content = _ANCHOR.sub("", inline.content)
    return notes.new_id(found[1] if found else "", inline.content)


def _define(shaped: list[Token], paragraph: Token, term: str, meaning: str, notes: _Notes) -> None:
    """Add a term and its meaning to the list of those just above, or to a new one."""
    if shaped and shaped[-1].type == "dl_close":
        shaped.pop()
    else:
        shaped.append(_block("dl_open"))
    opening = _block("dt_open")
    inline = _inline(term, paragraph)
    if _ANCHOR.search(term):
        opening.attrSet("id", _take_anchor(inline, notes))
    shaped += [opening, inline, _block("dt_close"), _block("dd_open"), _inline(meaning, paragraph), _block("dd_close")]
    shaped.append(_block("dl_close"))


def _take_caption(shaped: list[Token]) -> list[Token]:
    """The paragraph just above a table, when it is its caption, taken from where it was."""
    if not shaped or shaped[-1].type != "paragraph_close":
        return []
    inline = shaped[-2]
    found = _CAPTION.fullmatch(inline.content)
    if not found:
        return []
    del shaped[-3:]
    return [_block("caption_open"), _inline(found[1], inline), _block("caption_close")]


def _mark_headers(tokens: list[Token]) -> None:
    """The first cell of each row names the row; those of the first row name the columns."""
    is_first = False
    for token in tokens:
        if token.type == "tr_open":
            is_first = True
        elif token.type == "th_open":
            token.attrSet("scope", "col")
            is_first = False
        elif token.type == "td_open" and is_first:
            token.tag = "th"
            token.attrSet("scope", "row")
        elif token.type == "td_close" and is_first:
            token.tag = "th"
            is_first = False


def _block(kind: str) -> Token:
    return Token(kind, kind.partition("_")[0], 1 if kind.endswith("open") else -1, block=True)


def _inline(content: str, like: Token) -> Token:
    return Token("inline", "", 0, content=content, map=like.map, level=like.level, children=[], block=True)


# --- Inside the blocks ---


def _name(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  markdown-it's signature
    """``{{ publisher }}``, where the name is known; left as typed elsewhere."""
    found = _NAME.match(state.src, state.pos)
    if not found or found[1] not in FACTS:
        return False
    if not silent:
        state.push("fact", "", 0).content = found[1]
    state.pos = found.end()
    return True


def _show(
    _renderer: Any, tokens: Sequence[Token], at: int, _options: Mapping[str, Any], _env: MutableMapping[str, Any]
) -> str:
    return conditional_escape(FACTS[tokens[at].content].show())


def _follow(state: StateCore) -> None:
    """The one gate of all links, whichever way they are written: what it does not know leads nowhere."""
    notes: _Notes = state.env["notes"]
    for token in state.tokens:
        is_refused = False
        for child in token.children or ():
            if child.type == "link_open":
                href = str(child.attrs.get("href", ""))
                is_refused = not _leads_somewhere(href)
                if is_refused:
                    notes.faults.append(
                        _("Le lien « %s » ne mène nulle part : une page d’ici, ou une adresse https.") % href
                    )
                    child.tag, child.attrs = "span", {}
                elif href.startswith("http"):
                    child.attrSet("rel", "external")
            elif child.type == "link_close" and is_refused:
                child.tag = "span"


def _mark_french(state: StateCore) -> None:
    """On a page in another language, what stands between guillemets is French, for whoever hears or translates it."""
    if is_french():
        return
    for token in state.tokens:
        if token.type == "inline":
            token.children = [part for child in token.children or () for part in _french_apart(child)]


def _french_apart(child: Token) -> list[Token]:
    if child.type != "text" or "«" not in child.content:
        return [child]
    parts = []
    for piece in _GUILLEMETS.split(child.content):
        kind = "french" if _GUILLEMETS.fullmatch(piece) else "text"
        parts.append(Token(kind, "", 0, content=piece, level=child.level))
    return parts


def _show_french(
    _renderer: Any, tokens: Sequence[Token], at: int, _options: Mapping[str, Any], _env: MutableMapping[str, Any]
) -> str:
    return str(in_french(tokens[at].content))


def _leads_somewhere(href: str) -> bool:
    """Whether a link is a place of this page, a page of ours, a page of the web, a mailbox or a telephone."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    if parts.scheme:
        return parts.scheme in {"mailto", "tel"} or (parts.scheme in {"http", "https"} and bool(parts.netloc))
    if href.startswith("#"):
        return True
    if parts.netloc or not href.startswith("/"):
        return False
    try:
        # What an address means follows its first word.
        others = (code for code, _name in settings.LANGUAGES if href.startswith(f"/{code}/"))
        with override(next(others, settings.LANGUAGE_CODE)):
            resolve(parts.path)
    except Resolver404:
        return False
    return True


def _portal_markdown() -> MarkdownIt:
    """CommonMark and tables, without what these pages do not show: HTML, images, blocks of code."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.disable(["html_block", "html_inline", "image", "code", "fence", "lheading"])
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]  # `_follow` judges them all
    markdown.inline.ruler.before("escape", "fact", _name)
    markdown.core.ruler.after("block", "shape", _shape)
    markdown.core.ruler.after("inline", "follow", _follow)
    markdown.core.ruler.after("follow", "french", _mark_french)
    markdown.add_render_rule("fact", _show)
    markdown.add_render_rule("french", _show_french)
    return markdown


_MARKDOWN = _portal_markdown()
