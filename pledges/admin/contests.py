"""A contest at the desk: where its lists stand, the request that goes to all of them, a sheet to print."""

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pledges import worksheet
from pledges.actions.inviting import CannotInviteError, record_invitations
from pledges.enums import Channel
from pledges.forms.inviting import InvitationForm
from pledges.models import Contest
from regions.admin.scoping import RegionScopedAdmin, member


@admin.register(Contest)
class ContestAdmin(RegionScopedAdmin[Contest]):
    """A readable page, not a form: contests come with the official files."""

    empty_words = gettext_lazy(
        "Une circonscription apparaît avec le fichier des candidatures, ou avec la première candidature déclarée."
    )

    list_display = ("name", "election", "region", "standing", "asked")
    list_filter = (
        ("election", admin.RelatedOnlyFieldListFilter),
        ("region", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("election", "region")
    list_per_page = 50
    ordering = ("-election__first_round_on", "slug", "pk")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).with_asked_counts()

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/fiche/", view(self.sheet_view), name="pledges_contest_sheet"),
            path("<int:pk>/solliciter/", view(self.invite_view), name="pledges_contest_invite"),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("listes"))
    def standing(self, contest: Contest) -> int:
        return contest.list_count

    @admin.display(description=gettext_lazy("listes sollicitées"))
    def asked(self, contest: Contest) -> str:
        return _("%(asked)d sur %(lists)d") % {"asked": contest.asked_count, "lists": contest.list_count}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self._table(request, object_id, "admin/pledges/contest/page.html")

    def sheet_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The same table on A4, with room for a pen: what one takes to a meeting or to the telephone."""
        return self._table(request, pk, "admin/pledges/contest/sheet.html")

    def invite_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note that lists were asked to sign: all of the contest, unless told otherwise (``?liste=``)."""
        contest = self._found(request, pk)
        standing = contest.lists.standing().in_panel_order()
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
                self._say(request, len(noted))
                return HttpResponseRedirect(reverse("admin:pledges_contest_change", args=[contest.pk]))
        title = _("Noter une sollicitation")
        return self._page(request, contest, "admin/pledges/contest/invite.html", title=title, form=form)

    def _say(self, request: HttpRequest, count: int) -> None:
        words = ngettext("%d liste sollicitée : c’est au journal.", "%d listes sollicitées : c’est au journal.", count)
        if count:
            self.message_user(request, words % count, messages.SUCCESS)
        else:
            self.message_user(request, _("C’était déjà noté : rien n’a changé."), messages.INFO)

    def _table(self, request: HttpRequest, pk: object, template: str) -> HttpResponse:
        contest = self._found(request, pk)
        rows = [
            {
                "list": row,
                "leaders": worksheet.leaders_of(row),
                "requests": worksheet.requests_in_words(row),
                "is_asked": bool(worksheet.requests_to(row)),
                "pledge": worksheet.pledge_of(row),
                "answer": worksheet.answer_in_words(row),
            }
            for row in worksheet.of_contest(contest)
        ]
        asked = sum(bool(row["is_asked"]) for row in rows)
        return self._page(request, contest, template, title=str(contest), rows=rows, asked=asked, now=timezone.now())

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
