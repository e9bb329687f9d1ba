"""Every write to the territory that concerns several rows."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import batched

from django.db import models, transaction
from django.utils.translation import gettext as _

from regions.enums import CommuneKind
from regions.folding import fold
from regions.models import Commune, Department, Indicator, Network, PostalCode, Region, Revision
from regions.shipped import CommuneRow, DepartmentRow, IndicatorRow, NetworkRow, RegionRow, Territories

_BATCH = 1000

type Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What a load did to one table; false when it did nothing."""

    what: str
    total: int  # rows that the files ask for
    added: int = 0
    corrected: int = 0
    removed: int = 0
    kept: tuple[str, ...] = ()  # codes that the files no longer have: their rows stay

    def __bool__(self) -> bool:
        return bool(self.added or self.corrected or self.removed)


@transaction.atomic
def load_territories(data: Territories, *, say: Callable[[str], None] = lambda step: None) -> list[Change]:
    """Make the database say what the files say; loading the same files again changes nothing.

    Only what differs is written. No region, department, commune or postcode is deleted, since other rows may hold to
    it: those that the files no longer have are kept, and named in the answer. A commune that became a delegated one
    under its own code is the same row, which from then on leads to the present commune. Networks belong to the
    administrators: see ``_add_networks``.

    :param say: Called with a French word for each step, to show that work goes on.
    """
    # Two loads at once, say from two containers that start together, wait for one another.
    Revision.objects.bulk_create([Revision(pk=1)], ignore_conflicts=True)
    list(Revision.objects.select_for_update().values_list("pk"))

    say(_("régions et départements"))
    regions = _Table(Region, key=["code"])
    regions.write([_region(row) for row in data.regions])
    departments = _Table(Department, key=["code"])
    departments.write([_department(row) for row in data.departments])
    changes = [regions.change(), departments.change()]
    say(_("communes"))
    communes, present = _load_communes(data.communes)
    changes.append(communes.change())
    say(_("codes postaux"))
    changes += _load_postal_codes(data.communes, present, left_alone=communes.left)
    say(_("réseaux et indicateurs"))
    changes.append(_add_networks(data.networks))
    changes.append(_load_indicators(data.indicators))
    if any(changes):
        Revision.advance()
    return changes


class _Table[M: models.Model]:
    """One table during a load: what it held before, by key, and what was done to it."""

    def __init__(self, model: type[M], *, key: Sequence[str]) -> None:
        self.model = model
        self.fields = [f.attname for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]
        self.positions = [self.fields.index(name) for name in key]
        rows = model._default_manager.values_list("pk", *self.fields)
        self.stored: dict[object, Key] = {pk: tuple(values) for pk, *values in rows}
        self.pks = {self.key(values): pk for pk, values in self.stored.items()}
        self.left = set(self.stored)  # the rows that no line of the files has met
        self.total = self.added = self.corrected = 0

    def key(self, values: Key) -> Key:
        return tuple(values[position] for position in self.positions)

    def write(self, wanted: Collection[M]) -> None:
        """Create the rows that are missing and correct those that differ; all come out with their primary key."""
        missing: list[M] = []
        wrong: list[M] = []
        fields: set[str] = set()
        for row in wanted:
            values = tuple(getattr(row, name) for name in self.fields)
            pk = self.pks.get(self.key(values))
            if pk is None:
                missing.append(row)
                continue
            row.pk = pk
            self.left.discard(pk)
            differing = [
                name for name, new, old in zip(self.fields, values, self.stored[pk], strict=True) if new != old
            ]
            if differing:
                wrong.append(row)
                fields.update(differing)
        self.model._default_manager.bulk_create(missing, batch_size=_BATCH)
        if wrong:
            self.model._default_manager.bulk_update(wrong, sorted(fields), batch_size=_BATCH)
        self.total += len(wanted)
        self.added += len(missing)
        self.corrected += len(wrong)

    def change(self, *, report_kept: bool = True) -> Change:
        kept = tuple(sorted(str(self.key(self.stored[pk])[0]) for pk in self.left)) if report_kept else ()
        return Change(_plural(self.model), self.total, self.added, self.corrected, kept=kept)


def _plural(model: type[models.Model]) -> str:
    return str(model._meta.verbose_name_plural)


def _region(row: RegionRow) -> Region:
    return Region(
        code=row.code,
        name=row.name,
        norm=fold(row.name),
        name_type=row.name_type,
        slug=row.slug,
        council=row.council,
        time_zone=row.time_zone,
    )


def _department(row: DepartmentRow) -> Department:
    return Department(code=row.code, name=row.name, norm=fold(row.name), name_type=row.name_type, region_id=row.region)


def _commune(row: CommuneRow, present_commune: Commune | None = None) -> Commune:
    return Commune(
        code=row.code,
        kind=row.kind,
        name=row.name,
        norm=fold(row.name),
        name_type=row.name_type,
        department_id=row.department,
        population=row.population,
        present_commune=present_commune,
    )


def _load_communes(rows: Sequence[CommuneRow]) -> tuple[_Table[Commune], dict[str, Commune]]:
    """Load the present communes, then the names that lead to them; give back the present ones by code."""
    table = _Table(Commune, key=["code", "kind"])
    table.pks |= _changed_kinds(table.pks, [(row.code, row.kind) for row in rows])
    present = {row.code: _commune(row) for row in rows if row.kind == CommuneKind.PRESENT}
    table.write(present.values())
    table.write([_commune(row, present[row.present_code]) for row in rows if row.kind != CommuneKind.PRESENT])
    return table, present


def _changed_kinds(stored: dict[Key, object], wanted: Iterable[Key]) -> dict[Key, object]:
    """The rows that the files now give another kind: a commune that became delegated, or is itself again."""
    wanted = set(wanted)
    gone: dict[object, list[Key]] = defaultdict(list)
    come: dict[object, list[Key]] = defaultdict(list)
    for key in stored.keys() - wanted:
        gone[key[0]].append(key)
    for key in wanted - stored.keys():
        come[key[0]].append(key)
    return {
        new[0]: stored[gone[code][0]] for code, new in come.items() if len(new) == 1 and len(gone.get(code, ())) == 1
    }


def _load_postal_codes(
    rows: Iterable[CommuneRow], present: dict[str, Commune], *, left_alone: Collection[object]
) -> list[Change]:
    """Load the postcodes and their links to present communes.

    :param left_alone: The communes that the files no longer have: they keep their links.
    """
    wanted = {(code, present[row.code].pk) for row in rows for code in row.postal_codes}
    codes = _Table(PostalCode, key=["code"])
    codes.write([PostalCode(code=code) for code in sorted({code for code, _pk in wanted})])

    through = PostalCode.communes.through
    stored = {
        (postal_code, commune): pk
        for pk, postal_code, commune in through._default_manager.values_list("pk", "postalcode_id", "commune_id")
    }
    missing = sorted(wanted - stored.keys())
    wrong = sorted(pk for link, pk in stored.items() if link not in wanted and link[1] not in left_alone)
    through._default_manager.bulk_create(
        [through(postalcode_id=postal_code, commune_id=commune) for postal_code, commune in missing],
        batch_size=_BATCH,
    )
    for pks in batched(wrong, _BATCH):
        through._default_manager.filter(pk__in=pks).delete()
    links = Change(_("liens entre communes et codes postaux"), len(wanted), added=len(missing), removed=len(wrong))
    return [codes.change(), links]


def _add_networks(rows: Sequence[NetworkRow]) -> Change:
    """Create the CRESS of each region that no network of its own covers.

    An administrator may have renamed, moved or removed one: a name already taken, or a region that another regional
    network covers, is left as it is.
    """
    local = Network.objects.filter(is_national=False)
    covered = set(local.values_list("regions", flat=True))
    names = set(Network.objects.values_list("name", flat=True))
    missing = [row for row in rows if row.region not in covered and row.name not in names]
    for row in missing:
        network = Network.objects.create(name=row.name, site=row.site)
        network.regions.add(row.region)  # type: ignore[arg-type]  # its key, which the stubs take for a number
    return Change(_plural(Network), len(rows), added=len(missing))


def _load_indicators(rows: Sequence[IndicatorRow]) -> Change:
    """Load the published figures; those that an administrator added from another source are not concerned."""
    table = _Table(Indicator, key=["region_id", "department_id", "measure", "year", "source"])
    table.write(
        [
            Indicator(
                region_id=row.region,
                department_id=row.department,
                measure=row.measure,
                year=row.year,
                value=row.value,
                base=row.base,
                source=row.source,
            )
            for row in rows
        ]
    )
    return table.change(report_kept=False)
