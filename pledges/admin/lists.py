"""Who stands, in each network's territory: contests, lists and candidates, as the official files say."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pledges import worksheet
from pledges.actions.contacts import Address, add_contacts, erase_contact
from pledges.calendar import today
from pledges.enums import AddressKind
from pledges.forms.campaigns import ContactForm
from pledges.models import Campaign, Candidate, CandidateList, Invitation, JournalEntry, ListContact, Pledge
from pledges.outcomes import outcomes_for, outcomes_of
from regions.admin.scoping import RegionScopedAdmin, member
from regions.admin.searching import FoldedSearch

SHOWN_ENTRIES = 30


class AskedFilter(admin.SimpleListFilter):
    """Which lists were asked to sign."""

    title = _("sollicitation")
    parameter_name = "sollicitee"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("non", _("pas encore sollicitées")), ("oui", _("déjà sollicitées"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "non":
                return queryset.not_asked()
            case "oui":
                return queryset.asked()
            case _:
                return queryset


@admin.register(CandidateList)
class CandidateListAdmin(FoldedSearch[CandidateList], RegionScopedAdmin[CandidateList]):
    """A readable page, not a form: a list changes only with the official file."""

    empty_words = _(
        "Les listes arrivent avec le fichier des candidatures que publie le ministère : une fois importées, elles sont"
        " ici, dans l’ordre des panneaux."
    )
    list_display = ("name", "panel", "territory", "led_by", "asked", "answer", "presence")
    list_filter = (
        AskedFilter,
        ("contest__election", admin.RelatedOnlyFieldListFilter),
        ("contest__region", admin.RelatedOnlyFieldListFilter),
        "kind",
        "round",
        "fate",
    )
    list_select_related = ("contest__election", "contest__region")
    list_per_page = 50
    ordering = ("contest", "panel_number", "pk")
    search_fields = ("norm",)
    search_help_text = _("Un ou plusieurs mots du nom de la liste, avec ou sans accents.")

    def get_queryset(self, request: HttpRequest) -> Any:
        return worksheet.with_standing(super().get_queryset(request)).prefetch_related("parents", "mergers")

    @admin.display(description=_("panneau"), ordering="panel_number")
    def panel(self, row: CandidateList) -> Any:
        return row.panel_number or "—"

    @admin.display(description=_("circonscription"), ordering="contest__slug")
    def territory(self, row: CandidateList) -> str:
        return str(row.contest)

    @admin.display(description=_("tête de liste ou binôme"))
    def led_by(self, row: CandidateList) -> str:
        return ", ".join(person.full_name for person in worksheet.leaders_of(row)) or "—"

    @admin.display(description=_("sollicitation"))
    def asked(self, row: CandidateList) -> str:
        return worksheet.requests_in_words(row)

    @admin.display(description=_("engagement de la liste"))
    def answer(self, row: CandidateList) -> str:
        return worksheet.answer_in_words(row)

    @admin.display(description=_("liste officielle"), ordering="left_at")
    def presence(self, row: CandidateList) -> Any:
        if row.is_declared:
            return _("déclarée, à rapprocher")
        if row.left_at:
            return _("n’y est plus")
        return capfirst(worksheet.fate_in_words(row)) or _("présente")

    def get_urls(self) -> Any:
        contacts = self.admin_site.admin_view(self.contacts_view)
        return [path("<int:pk>/adresses/", contacts, name="pledges_candidatelist_contacts"), *super().get_urls()]

    def contacts_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The addresses of a list: give one, or erase one."""
        row = self.get_queryset(request).with_contest().filter(pk=pk).first() if pk < 2**63 else None
        if row is None:
            raise Http404
        contacts = ListContact.objects.filter(candidate_list=row).kept().best_first()
        form = ContactForm(
            request.POST if "add" in request.POST else None, initial={"found_on": today(row.contest.region)}
        )
        if "erase" in request.POST:
            known = contacts.filter(pk__in=[key for key in request.POST.getlist("erase") if key.isdecimal()][:1])
            for contact in known.select_related("candidate_list__contest__election", "candidate_list__contest__region"):
                erase_contact(contact, by=member(request))
                self.message_user(request, gettext("L’adresse est effacée."), messages.SUCCESS)
            return HttpResponseRedirect(request.path)
        if form.is_valid():
            given = {**form.cleaned_data, "kind": AddressKind(form.cleaned_data["kind"])}
            add_contacts([Address(candidate_list=row, **given)], by=member(request))
            self.message_user(request, gettext("L’adresse est enregistrée."), messages.SUCCESS)
            return HttpResponseRedirect(request.path)
        place = {"election": row.contest.election_id, "region": row.contest.region_id}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Adresses de « %s »") % row.name,
            "list": row,
            "contacts": contacts,
            "form": form,
            "campaign": Campaign.objects.running().filter(**place).first(),
        }
        return TemplateResponse(request, "admin/pledges/candidatelist/contacts.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """All that the portal holds on a list: nothing is typed here."""
        try:
            row = self.get_queryset(request).with_contest().get(pk=int(object_id))
        except (CandidateList.DoesNotExist, ValueError, OverflowError) as error:
            raise Http404 from error
        sections = row.candidates.filter(left_at=None).values("section_name").annotate(people=Count("pk"))
        entries = JournalEntry.objects.visible_to(member(request)).filter(
            region=row.contest.region, details__list=row.pk
        )
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": row.name,
            "list": row,
            "leaders": worksheet.leaders_of(row),
            "sections": list(sections.order_by("section_name")),
            "requests": [
                (Invitation.ordinal(number), request_) for number, request_ in enumerate(worksheet.requests_to(row))
            ],
            "pledges": Pledge.objects.filter(candidate_list=row).select_related("candidate", "candidate_list"),
            "fate": worksheet.fate_in_words(row),
            "outcomes": outcomes_for(row, outcomes_of(row.contest)),
            "entries": entries.select_related("by").order_by("-pk")[:SHOWN_ENTRIES],
        }
        return TemplateResponse(request, "admin/pledges/candidatelist/page.html", context)


@admin.register(Candidate)
class CandidateAdmin(FoldedSearch[Candidate], RegionScopedAdmin[Candidate]):
    """As the official file says: nothing is typed here."""

    empty_words = _("Les candidates et candidats arrivent avec le fichier des candidatures, liste par liste.")
    list_display = ("full_name", "candidate_list", "place_in_words", "presence")
    list_filter = (
        "is_head",
        ("candidate_list__contest__election", admin.RelatedOnlyFieldListFilter),
        ("candidate_list__contest__region", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("candidate_list",)
    list_per_page = 50
    ordering = ("norm", "pk")
    search_fields = ("norm",)
    search_help_text = _("Un nom, un prénom ou les deux, avec ou sans accents.")
    show_full_result_count = False

    @admin.display(description=_("personne"), ordering="norm")
    def full_name(self, person: Candidate) -> str:
        return person.full_name

    @admin.display(description=_("place"))
    def place_in_words(self, person: Candidate) -> str:
        return person.place

    @admin.display(description=_("liste officielle"), ordering="left_at")
    def presence(self, person: Candidate) -> Any:
        return _("n’y est plus") if person.left_at else _("présent·e")
