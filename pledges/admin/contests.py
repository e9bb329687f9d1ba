"""A contest at the desk: where its lists stand, the request that goes to all of them, a sheet to print."""

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pledges import requests_table, second_round, worksheet
from pledges.actions.campaigns import write_down
from pledges.actions.inviting import CannotInviteError, record_invitations
from pledges.actions.recording import record_at_large
from pledges.actions.second_round import CannotMarkError, mark_second_round, why_closed
from pledges.enums import Act, Channel, Round
from pledges.forms.inviting import InvitationForm
from pledges.forms.second_round import SecondRoundForm
from pledges.models import Campaign, Contest
from pledges.outcomes import outcomes_for, outcomes_of
from regions.admin.proof import needs_fresh_proof
from regions.admin.scoping import RegionScopedAdmin, member
from regions.admin.searching import FoldedSearch
from regions.csv_cells import write_rows
from regions.ods_cells import MEDIA_TYPE, workbook
from regions.pages import attached


@admin.register(Contest)
class ContestAdmin(FoldedSearch[Contest], RegionScopedAdmin[Contest]):
    """A readable page, not a form: contests come with the official files."""

    empty_words = gettext_lazy(
        "Une circonscription apparaît avec le fichier des candidatures, ou avec la première candidature déclarée."
    )

    list_display = ("name", "election", "region", "standing", "asked")
    list_filter = (
        ("election", admin.RelatedOnlyFieldListFilter),
        ("region", admin.RelatedOnlyFieldListFilter),
        ("department", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("slug",)  # a folded name, its department before it
    search_help_text = gettext_lazy("Un ou plusieurs mots du nom du canton, de son département ou de la région.")
    list_select_related = ("election", "region")
    list_per_page = 50
    ordering = ("-election__first_round_on", "slug", "pk")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).with_asked_counts()

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/fiche/", view(self.sheet_view), name="pledges_contest_sheet"),
            path("<int:pk>/second-tour/", view(self.second_round_view), name="pledges_contest_second_round"),
            path("<int:pk>/sollicitations/", view(self.requests_view), name="pledges_contest_requests"),
            path("<int:pk>/sollicitations.csv", view(self.csv_view), name="pledges_contest_requests_csv"),
            path("<int:pk>/sollicitations.ods", view(self.ods_view), name="pledges_contest_requests_ods"),
            path("<int:pk>/solliciter/", view(self.invite_view), name="pledges_contest_invite"),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("listes ou binômes"))
    def standing(self, contest: Contest) -> int:
        return contest.list_count

    @admin.display(description=gettext_lazy("déjà sollicités"))
    def asked(self, contest: Contest) -> str:
        words = _("%(asked)d sur %(lists)d") % {"asked": contest.asked_count, "lists": contest.list_count}
        if not contest.early_count:
            return words
        early = ngettext("%d avait déjà répondu", "%d avaient déjà répondu", contest.early_count) % contest.early_count
        return _("%(asked)s ; %(already)s") % {"asked": words, "already": early}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self._table(request, object_id, "admin/pledges/contest/page.html")

    def sheet_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The same table on A4, with room for a pen: what one takes to a meeting or to the telephone."""
        return self._table(request, pk, "admin/pledges/contest/sheet.html")

    def requests_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All that was asked of each list, in one table that is printed or taken away."""
        contest = self._found(request, pk)
        write_down()  # what has left a moment ago is in the journal before it is on paper
        context = {
            "title": _("Ce qui a été demandé à chaque liste"),
            "header": requests_table.header(contest.election.choice),
            "lines": requests_table.requests_of(contest),
            "asked": _asked(
                contest,
                contest.lists.standing().of_round(Round.FIRST).asked().count(),
                contest.list_count,
            ),
            "now": timezone.now(),
        }
        return self._page(request, contest, "admin/pledges/contest/requests.html", **context)

    @method_decorator(needs_fresh_proof)
    def csv_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The same table, for a spreadsheet."""
        contest, lines = self._taken_away(request, pk)
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        write_rows(response, requests_table.header(contest.election.choice), (line.cells for line in lines))
        return attached(response, f"sollicitations-{contest.slug}.csv")

    @method_decorator(needs_fresh_proof)
    def ods_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The same table, as OpenDocument."""
        contest, lines = self._taken_away(request, pk)
        file = workbook(contest.name, requests_table.header(contest.election.choice), (line.cells for line in lines))
        return attached(HttpResponse(file, content_type=MEDIA_TYPE), f"sollicitations-{contest.slug}.ods")

    def _taken_away(self, request: HttpRequest, pk: int) -> tuple[Contest, list[requests_table.Request]]:
        """The contest and its table, whose export is in the journal before it leaves."""
        contest = self._found(request, pk)
        lines = requests_table.requests_of(contest)
        record_at_large(
            Act.TABLE_EXPORTED,
            by=member(request),
            region=contest.region,
            election=contest.election,
            table="invitation",
            rows=len(lines),
        )
        return contest, lines

    def invite_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note that lists were asked to sign: all of the contest, unless told otherwise (``?liste=``)."""
        contest = self._found(request, pk)
        standing = contest.lists.standing().of_round(second_round.round_shown_in(contest)).in_panel_order()
        chosen = request.GET.getlist("liste")
        initial = {"lists": [row for row in standing if str(row.pk) in chosen]} if chosen else {}
        form = InvitationForm(request.POST or None, initial=initial, contest=contest, lists=standing)
        if request.method == "POST" and form.is_valid():
            try:
                noted = record_invitations(
                    contest,
                    form.cleaned_data["lists"],
                    by=member(request),
                    asked_on=form.cleaned_data["asked_on"],
                    channel=Channel(form.cleaned_data["channel"]),
                )
            except CannotInviteError as refusal:
                form.add_error(None, str(refusal))
            else:
                self._say(request, contest, len(noted))
                return HttpResponseRedirect(reverse("admin:pledges_contest_change", args=[contest.pk]))
        title = _("Noter une sollicitation")
        return self._page(request, contest, "admin/pledges/contest/invite.html", title=title, form=form)

    def second_round_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say what becomes of each list of the first round: by hand, until a file says it."""
        contest = self._found(request, pk)
        form = SecondRoundForm(request.POST if request.method == "POST" else None, contest=contest)
        if request.method == "POST" and form.is_valid():
            try:
                count = mark_second_round(
                    contest, form.cleaned_data["fates"], form.cleaned_data["mergers"], by=member(request)
                )
            except CannotMarkError as refusal:
                form.add_error(None, str(refusal))
            else:
                words = _noted(contest, count)
                level = messages.SUCCESS if count else messages.INFO
                self.message_user(request, words if count else _("Rien n’a changé."), level)
                return HttpResponseRedirect(reverse("admin:pledges_contest_change", args=[contest.pk]))
        context = {"title": _("Second tour"), "form": form, "closed": why_closed(contest)}
        return self._page(request, contest, "admin/pledges/contest/second_round.html", **context)

    def _say(self, request: HttpRequest, contest: Contest, count: int) -> None:
        if contest.election.choice.is_by_pairs:
            words = ngettext(
                "%d binôme sollicité : c’est au journal.", "%d binômes sollicités : c’est au journal.", count
            )
        else:
            words = ngettext(
                "%d liste sollicitée : c’est au journal.", "%d listes sollicitées : c’est au journal.", count
            )
        if count:
            self.message_user(request, words % count, messages.SUCCESS)
        else:
            self.message_user(request, _("C’était déjà noté : rien n’a changé."), messages.INFO)

    def _table(self, request: HttpRequest, pk: object, template: str) -> HttpResponse:
        contest = self._found(request, pk)
        outcomes = outcomes_of(contest)
        rows: list[dict[str, Any]] = [
            {
                "list": row,
                "leaders": worksheet.leaders_of(row),
                "requests": worksheet.requests_in_words(row),
                "is_asked": bool(worksheet.requests_to(row)),
                "pledge": worksheet.pledge_of(row),
                "answer": worksheet.answer_in_words(row),
                "fate": worksheet.fate_in_words(row),
                "outcomes": outcomes_for(row, outcomes),
            }
            for row in worksheet.of_contest(contest)
        ]
        first = [row for row in rows if row["list"].round == Round.FIRST]
        place = {"election": contest.election_id, "region": contest.region_id}
        context = {
            "title": str(contest),
            "rows": first,
            "asked": _asked(contest, sum(bool(row["is_asked"]) for row in first), len(first)),
            "merged": [row for row in rows if row["list"].round == Round.SECOND],
            "heads_asked": worksheet.heads_asked(contest) if len(first) < len(rows) else set(),
            "is_between": not why_closed(contest),
            "now": timezone.now(),
            "campaign": Campaign.objects.live().filter(**place).first(),
        }
        return self._page(request, contest, template, **context)

    def _page(self, request: HttpRequest, contest: Contest, template: str, **context: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "contest": contest, **context}
        return TemplateResponse(request, template, context)

    def _found(self, request: HttpRequest, pk: object) -> Contest:
        """The contest, if it is in this person's territory.

        :raises Http404: Otherwise.
        """
        try:
            contest: Contest = self.get_queryset(request).select_related("election", "region").get(pk=int(str(pk)))
        except (Contest.DoesNotExist, ValueError, OverflowError) as error:
            raise Http404 from error
        return contest


def _asked(contest: Contest, asked: int, total: int) -> str:
    """« 2 listes sollicitées sur 3. »"""
    if contest.election.choice.is_by_pairs:
        words = ngettext(
            "%(asked)d binôme sollicité sur %(total)d.", "%(asked)d binômes sollicités sur %(total)d.", asked
        )
    else:
        words = ngettext(
            "%(asked)d liste sollicitée sur %(total)d.", "%(asked)d listes sollicitées sur %(total)d.", asked
        )
    return words % {"asked": asked, "total": total}


def _noted(contest: Contest, count: int) -> str:
    """« 3 binômes notés : c’est au journal. »"""
    if contest.election.choice.is_by_pairs:
        words = ngettext("%d binôme noté : c’est au journal.", "%d binômes notés : c’est au journal.", count)
    else:
        words = ngettext("%d liste notée : c’est au journal.", "%d listes notées : c’est au journal.", count)
    return words % count
