"""The model texts: a letter, a draft deliberation, filled with a territory and a charter when they are asked for.

Nothing of them is stored (docs/adr/0030): the template is `resources/kit/`, the names come from the record. They are
French, as their readers are, whatever the language of the page that gives them: no catalogue has their words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import override

from pledges import calendar
from pledges.models import Charter, Election
from regions.models import Region
from resources import odt
from resources.blocks import Block, blocks, escaped, plain
from resources.enums import ModelText
from resources.kit_texts import kit_text

SOURCES = {
    ModelText.DELIBERATION: "projet-de-deliberation",
    ModelText.LETTER: "lettre-aux-candidats",
}
FORMATS = {
    "odt": odt.MEDIA_TYPE,
    "txt": "text/plain; charset=utf-8",
}

type Values = Mapping[str, str | Sequence[str]]


class Names(NamedTuple):
    """A collectivity as its own acts name it, where « la région … » would be wrong."""

    title: str
    """« Collectivité de Corse »."""
    of: str
    """« de la Collectivité de Corse »."""
    executive: str
    """Who is presided over, after « la présidente ou le président de »: « du conseil exécutif de Corse »."""


# Four assemblies exercise the powers of a region and of a department: Corse (code général des collectivités
# territoriales, L4421-1 and after), Guyane (L7111-1), Martinique (L7211-1), Mayotte (law 2025-797 of 11 August 2025).
# In Corse and in Martinique an executive council, elected by the assembly, proposes and carries out.
COLLECTIVITIES = {
    "02": Names(
        "Collectivité territoriale de Martinique",
        "de la Collectivité territoriale de Martinique",
        "du conseil exécutif de Martinique",
    ),
    "03": Names(
        "Collectivité territoriale de Guyane", "de la Collectivité territoriale de Guyane", "de l’Assemblée de Guyane"
    ),
    "06": Names("Département-Région de Mayotte", "du Département-Région de Mayotte", "de l’Assemblée de Mayotte"),
    "94": Names("Collectivité de Corse", "de la Collectivité de Corse", "du conseil exécutif de Corse"),
}
# What a region's own acts call it, where that is not « Région » and its name.
_SHORT_NAMES = {"04": "Réunion"}


@dataclass(frozen=True, slots=True)
class Written:
    """A model text, as a file."""

    name: str
    content_type: str
    content: bytes


def current_charter() -> Charter | None:
    """The charter that is signed now, whose words the kit says; None before any is loaded."""
    return Charter.objects.shown_with(Election.objects.current(calendar.shown_at().date()))


def write(model_text: ModelText, charter: Charter, region: Region | None, file_format: str) -> Written:
    """A model text filled with a territory, or with blanks to fill in by hand.

    :param charter: The one that is signed: its principles are named, with its version.
    :param file_format: One of ``FORMATS``.
    :raises KeyError: When the format is none of them.
    """
    content_type = FORMATS[file_format]
    title = _title(model_text, region)
    with override("fr"):  # the addresses that it gives, too
        text = blocks(kit_text(SOURCES[model_text]).body, values(charter, region))
    content = odt.document(title, text) if file_format == "odt" else as_text(text).encode()
    name = f"{SOURCES[model_text]}-{region.slug if region else 'modele'}.{file_format}"
    return Written(name, content_type, content)


def twin(model_text: ModelText, charter: Charter) -> str:
    """The same text in Markdown with its blanks, as the page of its resource shows it."""
    with override("fr"):
        names = values(charter, None)
    body = kit_text(SOURCES[model_text]).body
    return re.sub(r"\{\{ *([a-z_]+) *\}\}", lambda found: _in_markdown(names[found[1]]), body)


def _in_markdown(value: str | Sequence[str]) -> str:
    if isinstance(value, str):
        return escaped(value)
    return "\n".join(f"{number}. {escaped(item)}" for number, item in enumerate(value, start=1))


def as_text(text: Sequence[Block]) -> str:
    """The same words without any look, to be pasted in a message."""
    return "\n\n".join("\n".join(_lines(block)) for block in text) + "\n"


def _lines(block: Block) -> Iterator[str]:
    for number, line in enumerate(block.lines, start=1):
        words = plain(line)
        if block.kind == "bullets":
            yield f"- {words}"
        elif block.kind == "numbers":
            yield f"{number}. {words}"
        else:
            yield words


def _title(model_text: ModelText, region: Region | None) -> str:
    title = kit_text(SOURCES[model_text]).title
    return f"{title}, {region.name}" if region else title


# --- The names of a territory ---


def values(charter: Charter, region: Region | None) -> Values:
    """What the names of a template stand for.

    :param region: None for blanks between square brackets.
    """
    return {
        **(_of_region(region) if region else _blanks()),
        "charter": f"version {charter.version}",
        "charter_title": charter.title,
        "principles": [f"{it.short} : « {it.statement} »" for it in charter.principles.all()],
        "signing_address": f"{settings.SITE_URL}{reverse('sign')}",
    }


def _of_region(region: Region) -> dict[str, str]:
    names = names_of(region)
    page = f"{settings.SITE_URL}{region.get_absolute_url()}"
    council = _with_article(region.council)
    return {
        "collectivity": names.title,
        "of_collectivity": names.of,
        "executive": names.executive,
        "council": capfirst(region.council),
        "the_council": council,
        "the_council_first": capfirst(council),
        "articles": "" if region.code in COLLECTIVITIES else _REGIONAL_ARTICLES,
        "local_sentence": (
            f"Les réponses publiées, avec celles de toutes les listes {region.of_name}, sont sur cette page : {page}"
        ),
    }


def _blanks() -> dict[str, str]:
    return {
        "collectivity": "[Nom de la collectivité]",
        "of_collectivity": "de [nom de la collectivité]",
        "executive": "de [nom de l’exécutif]",
        "council": "[Nom de l’assemblée]",
        "the_council": "[nom de l’assemblée]",
        "the_council_first": "[Nom de l’assemblée]",
        "articles": _REGIONAL_ARTICLES,
        "local_sentence": (
            f"Les réponses publiées, avec celles de toutes les listes, sont sur le portail : {settings.SITE_URL}/"
        ),
    }


_REGIONAL_ARTICLES = ", notamment ses articles L. 4221-1 et L. 4251-12 et suivants"


def names_of(region: Region) -> Names:
    """How the acts of a territory name it."""
    if region.code in COLLECTIVITIES:
        return COLLECTIVITIES[region.code]
    name = _SHORT_NAMES.get(region.code, region.name)
    return Names(f"Région {name}", f"de la région {name}", f"du {region.council}")


def _with_article(council: str) -> str:
    """« le conseil régional de Normandie », « l’Assemblée de Corse »."""
    return f"l’{council}" if council.startswith("Assemblée") else f"le {council}"
