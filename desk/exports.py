"""What a network takes away of its own territory, for a spreadsheet: pledges, lists, journal. No contact data, ever."""

import datetime
import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import models, transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import worksheet
from pledges.actions.recording import record_at_large
from pledges.enums import Act, Answer, PledgeState
from pledges.models import CandidateList, JournalEntry, Pledge, Principle
from pledges.models.elections import CandidateListQuerySet
from regions.admin.proof import needs_fresh_proof
from regions.admin.scoping import member
from regions.csv_cells import write_rows
from regions.models import Region, User

CHUNK = 500
"""Rows read at a time: a table is never in memory whole."""

type Rows = Iterator[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Table:
    """A register that may be taken away."""

    model: type[models.Model]
    filename: str
    contents: Callable[[Any, User], tuple[Sequence[str], Rows]]
    """From the rows that the page shows and who asks, the header and the cells."""


def urls(site: AdminSite) -> list[URLPattern]:
    """``export/`` beside each register of ``TABLES``, with the filters of its page."""
    return [
        path(
            f"{table.model._meta.app_label}/{table.model._meta.model_name}/export/",
            site.admin_view(_view(site, table)),
            name=f"{table.model._meta.app_label}_{table.model._meta.model_name}_export",
        )
        for table in TABLES
    ]


def _view(site: AdminSite, table: Table) -> Callable[[HttpRequest], HttpResponseBase]:
    @needs_fresh_proof
    def export(request: HttpRequest) -> HttpResponseBase:
        """The rows that the page shows under the same filters, as a file.

        :raises Http404: For who may not see the register.
        """
        desk = site._registry.get(table.model)
        if desk is None or not desk.has_view_permission(request):
            raise Http404
        try:
            shown = desk.get_changelist_instance(request).queryset
        except IncorrectLookupParameters as error:
            raise Http404 from error
        file = _written(table, shown, member(request))
        on = timezone.localdate().isoformat()
        return FileResponse(
            file,
            as_attachment=True,
            filename=f"{table.filename}-{on}.csv",
            content_type="text/csv; charset=utf-8",
        )

    return export


@transaction.atomic
def _written(table: Table, shown: Any, by: User) -> io.BufferedIOBase:
    """The table on disk, counted and in the journal before its first byte leaves."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  the answer closes it, once sent
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    counted = _Counter()
    header, rows = table.contents(shown, by)
    write_rows(text, header, counted.of(rows))
    text.detach()
    file.seek(0)
    regions: Sequence[Region | None] = [None] if by.is_superuser else by.regions_here
    for region in regions:
        record_at_large(
            Act.TABLE_EXPORTED, by=by, region=region, table=str(table.model._meta.model_name), rows=counted.count
        )
    return file


class _Counter:
    count = 0

    def of(self, rows: Rows) -> Rows:
        for row in rows:
            self.count += 1
            yield row


# --- What each table holds ---


def _moment(at: datetime.datetime | None, region: Region | None) -> str:
    """By the territory's clock, as spreadsheets sort it."""
    return at.astimezone(region.zone if region else None).strftime("%Y-%m-%d %H:%M") if at else ""


def _pledges(shown: Any, by: User) -> tuple[Sequence[str], Rows]:
    numbers = sorted(set(Principle.objects.order_by().values_list("number", flat=True)))
    header = [
        _("région"), _("élection"), _("circonscription"), _("panneau"), _("liste"), _("signé pour"), _("portée"),
        _("état"), _("déposé le"), _("confirmé le"), _("décidé le"), _("décidé par"), _("publié le"), _("retiré le"),
        _("vérification de l’identité"),
        *(words % number for number in numbers for words in (_("principe %d"), _("phrase %d"))),
    ]  # fmt: skip

    def rows() -> Rows:
        pledges = (
            shown.select_related(
                "candidate", "candidate_list__contest__region", "candidate_list__contest__election", "decided_by"
            )
            .prefetch_related("commitments__principle")
            .iterator(chunk_size=CHUNK)
        )
        for pledge in pledges:
            contest = pledge.candidate_list.contest
            region = contest.region
            # What nobody has confirmed may be another's words.
            is_theirs = pledge.state != PledgeState.SUBMITTED
            said = {it.principle.number: it for it in pledge.commitments.all()} if is_theirs else {}
            answers = [
                cell
                for number in numbers
                for cell in (
                    (Answer(said[number].answer).label, said[number].statement) if number in said else ("", "")
                )
            ]
            yield [
                region.name, contest.election.name, contest.name, pledge.candidate_list.panel_number,
                pledge.candidate_list.name, str(pledge.signer),
                _("à titre personnel") if pledge.is_personal else pledge.candidate_list.get_kind_display(),
                pledge.get_state_display(), _moment(pledge.submitted_at, region),
                _moment(pledge.confirmed_at, region), _moment(pledge.decided_at, region), pledge.decided_by,
                _moment(pledge.published_at, region), _moment(pledge.withdrawn_at, region),
                pledge.get_identity_check_display(), *answers,
            ]  # fmt: skip

    return header, rows()


def _lists(shown: CandidateListQuerySet, by: User) -> tuple[Sequence[str], Rows]:
    header = [
        _("région"), _("élection"), _("circonscription"), _("panneau"), _("nature"), _("liste"),
        _("tête de liste ou binôme"), _("nuance attribuée par le ministère"),
        _("absente de la liste officielle depuis"), _("tour"), _("au second tour"),
        _("sollicitée le"), _("par quel moyen"), _("relances"), _("dernière relance"), _("engagement de la liste"),
    ]  # fmt: skip

    def rows() -> Rows:
        for row in shown.select_related("contest__region", "contest__election", "nuance").iterator(chunk_size=CHUNK):
            region = row.contest.region
            requests = worksheet.requests_to(row)
            yield [
                region.name, row.contest.election.name, row.contest.name, row.panel_number, row.get_kind_display(),
                row.name, ", ".join(person.full_name for person in worksheet.leaders_of(row)), row.nuance,
                _moment(row.left_at, region), row.get_round_display(), worksheet.fate_in_words(row),
                requests[0].asked_on if requests else "", requests[0].get_channel_display() if requests else "",
                max(len(requests) - 1, 0), requests[-1].asked_on if requests[1:] else "",
                worksheet.answer_in_words(row),
            ]  # fmt: skip

    return header, rows()


def _journal(shown: Any, by: User) -> tuple[Sequence[str], Rows]:
    """Without the reasons: what people wrote can be erased from the portal, and not from a file."""
    header = [_("numéro"), _("le"), _("acte"), _("par"), _("région"), _("élection"), _("liste"), _("personne")]
    names = dict(CandidateList.objects.visible_to(by).values_list("pk", "name"))

    def rows() -> Rows:
        entries = shown.select_related("by", "region", "election", "pledge__candidate").iterator(chunk_size=CHUNK)
        for entry in entries:
            person = entry.pledge.candidate if entry.pledge else None
            yield [
                entry.pk, _moment(entry.at, entry.region), entry.get_act_display(), entry.by, entry.region,
                entry.election, names.get(entry.details.get("list"), ""), person,
            ]  # fmt: skip

    return header, rows()


TABLES = (
    Table(Pledge, "engagements", _pledges),
    Table(CandidateList, "listes", _lists),
    Table(JournalEntry, "journal", _journal),
)
