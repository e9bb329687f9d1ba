"""Places by name or postcode: what the database has for them, without a word about it."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import models
from django.db.models import Case, F, Q, Value, When

from regions.models import Commune, Department, Region

LIMIT = 30  # communes given at once

_LARGE = re.compile(r"^(?:region|departement) (?:(?:de la|de l|du|des|de|d) )?")  # « région de Bretagne »
_ORDINAL = re.compile(r"\b(\d+)(?:i?eme|nd|nde)\b")  # « Paris 18ème » is INSEE's « Paris 18e Arrondissement »
_NAME_AND_CODE = re.compile(r"(.+) (\d{2}|2[ab]|97\d)")  # « Saint-Denis (93) »
_ARTICLES = ("le", "la", "les", "l")
# What people still say for a region: the names before the law of 16 January 2015, and abbreviations.
_OTHER_NAMES = {
    "alsace": "44",
    "aquitaine": "75",
    "aura": "84",
    "auvergne": "84",
    "basse normandie": "28",
    "bourgogne": "27",
    "centre": "24",
    "champagne ardenne": "44",
    "franche comte": "27",
    "haute normandie": "28",
    "idf": "11",
    "ile de la reunion": "04",
    "languedoc roussillon": "76",
    "limousin": "75",
    "lorraine": "44",
    "midi pyrenees": "76",
    "nord pas de calais": "32",
    "paca": "93",
    "picardie": "32",
    "poitou charentes": "75",
    "rhone alpes": "84",
}


@dataclass(frozen=True, slots=True)
class Places:
    """Regions, departments and communes; all that a page shows of them is already loaded."""

    named_regions: tuple[Region, ...] = ()  # whose own name was typed
    departments: tuple[Department, ...] = ()
    communes: tuple[Commune, ...] = ()  # present ones, and the names that lead to one; the most populated first
    longer_names: tuple[Commune, ...] = ()  # « Rennes-les-Bains », where « Rennes » was typed and found
    is_cut: bool = False  # more communes answer than are given
    is_exact: bool = False  # a postcode or a whole name was typed, not the beginning of one

    @property
    def regions(self) -> tuple[Region, ...]:
        """Every region that these places lead to, once: those named, then those of departments, of communes."""
        return tuple(
            dict.fromkeys(
                [
                    *self.named_regions,
                    *(department.region for department in self.departments),
                    *(commune.department.region for commune in self.communes),
                ]
            )
        )


def with_postal_code(code: str) -> Places:
    """All the communes of a postcode."""
    return Places(communes=tuple(_communes(Q(postal_codes=code), limit=None)), is_exact=True)


def named(name: str) -> Places:
    """The places of a folded name: by the whole of it, else by its beginning, else by a part of it.

    A single letter is a whole name or nothing: « Y » is a commune of the Somme. At most eight SQL
    queries, usually four.
    """
    wants_communes = not _LARGE.match(name)
    name = _ORDINAL.sub(r"\1e", _LARGE.sub("", name))
    if not name:
        return Places()
    wholes, beginnings = _spellings(name)
    bare = min(wholes, key=len)
    regions = list(
        Region.objects.filter(Q(norm__contains=bare) | Q(pk=_OTHER_NAMES.get(bare, ""))).fetch_mode(models.FETCH_RAISE)
    )
    departments = list(
        Department.objects.select_related("region")
        .filter(Q(norm__contains=bare) | Q(pk=name.upper()))
        .fetch_mode(models.FETCH_RAISE)
    )
    condition = Q(norm__in=wholes)
    if len(name) > 1:
        condition |= _any_prefix(beginnings)
    begun = _communes(condition, first=wholes) if wants_communes else []

    exact = Places(
        named_regions=tuple(r for r in regions if r.norm in wholes or r.pk == _OTHER_NAMES.get(bare)),
        departments=tuple(d for d in departments if d.norm in wholes or d.pk == name.upper()),
        communes=tuple(c for c in begun if c.norm in wholes),
        longer_names=tuple(c for c in begun if c.norm not in wholes)[:LIMIT],
        is_cut=len(begun) > LIMIT,
        is_exact=True,
    )
    if exact.regions or len(name) == 1:
        return exact
    # « Marseille (13) » before « Marseille 13e Arrondissement »: it is how a page writes the commune.
    match = _NAME_AND_CODE.fullmatch(name)
    in_department = _in_department(match[1], match[2].upper()) if match else Places()
    if in_department.is_exact:
        return in_department
    starting = Places(
        named_regions=tuple(r for r in regions if r.norm.startswith(beginnings)),
        departments=tuple(d for d in departments if d.norm.startswith(beginnings)),
        communes=tuple(begun[:LIMIT]),
        is_cut=len(begun) > LIMIT,
    )
    if starting.regions:
        return starting
    if match:
        return in_department
    containing = _communes(Q(norm__contains=name)) if wants_communes else []
    return Places(
        named_regions=tuple(regions),
        departments=tuple(departments),
        communes=tuple(containing[:LIMIT]),
        is_cut=len(containing) > LIMIT,
    )


def _in_department(name: str, department: str) -> Places:
    """The communes of a name, within the department that is typed after it."""
    wholes, beginnings = _spellings(name)
    begun = _communes((Q(norm__in=wholes) | _any_prefix(beginnings)) & Q(department=department), first=wholes)
    exact = tuple(commune for commune in begun if commune.norm in wholes)
    return Places(communes=exact or tuple(begun[:LIMIT]), is_cut=not exact and len(begun) > LIMIT, is_exact=bool(exact))


def _communes(condition: Q, *, first: Collection[str] = (), limit: int | None = LIMIT + 1) -> list[Commune]:
    """The communes of a condition: those of these very names first, then the most populated.

    A former commune that kept its name is left out: the present one says it all.
    """
    order = [F("population").desc(nulls_last=True), F("norm").asc(), F("code").asc()]
    if first:
        order.insert(0, Case(When(norm__in=first, then=Value(0)), default=Value(1)).asc())
    if limit:
        # The rows to show are chosen before the others are joined: a third of the time on a short prefix. In two
        # queries: PostgreSQL, before its first ANALYZE, would run a subquery again for each of the 37,000 communes.
        pks = list(Commune.objects.filter(condition).order_by(*order).values_list("pk", flat=True)[:limit])
        condition = Q(pk__in=pks)
    communes = Commune.objects.with_places().filter(condition).order_by(*order).fetch_mode(models.FETCH_RAISE)
    return [c for c in communes if c.present_commune is None or c.present_commune.norm != c.norm]


def _spellings(name: str) -> tuple[set[str], tuple[str, ...]]:
    """The whole names that this one is, and the beginnings that it may be.

    « l ain » is « ain », whole; « mans » may be the beginning of « mans… » and of « le mans… ».
    """
    article, _space, rest = name.partition(" ")
    if rest and article in _ARTICLES:
        return {name, rest}, (name,)
    return {name}, (name, *(f"{article} {name}" for article in _ARTICLES))


def _any_prefix(beginnings: Iterable[str]) -> Q:
    condition = Q()
    for beginning in beginnings:
        condition |= Q(norm__prefix=beginning)
    return condition
