"""A campaign at the desk: its text, its trial, its launch, then where each list stands and what waits for a person."""

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pledges import calendar, campaign_text, emails, letters
from pledges.actions import campaigns
from pledges.actions.campaigns import CampaignError
from pledges.actions.contacts import add_contacts
from pledges.campaign_progress import progress
from pledges.contact_file import read_contacts
from pledges.enums import CampaignState, ElectionKind
from pledges.forms.campaigns import CampaignForm, ContactFileForm, LaunchForm
from pledges.models import Campaign, Election
from pledges.models.campaign import weekly
from pledges.official_files import FileRefusedError
from regions.admin.scoping import RegionScopedAdmin, member
from regions.models import User
from regions.typography import day, hour, typeset_text

# What a button of the page asks, and what is said once it is done.
ACTS = {
    "pause": (campaigns.pause, gettext_lazy("La campagne est en pause : plus rien ne part.")),
    "resume": (campaigns.resume, gettext_lazy("La campagne reprend : ce qui attendait part, dans l’ordre.")),
    "unschedule": (campaigns.unschedule, gettext_lazy("Le départ est annulé : rien n’est parti.")),
    "cancel": (campaigns.cancel, gettext_lazy("La campagne est arrêtée : plus aucun courriel n’en partira.")),
}


MOST_DIGITS = 10
"""Of the key of an election in an address; what is longer is none."""
# The page that follows says what comes next.
ONE_BUTTON = {"show_save_and_add_another": False, "show_save_and_continue": False}


@admin.register(Campaign)
class CampaignAdmin(RegionScopedAdmin[Campaign]):
    empty_words = gettext_lazy(
        "Une campagne fait la même demande à toutes les listes d’une élection dans une région, au même moment, avec"
        " les mêmes relances. Préparez-en une : rien ne part avant votre essai."
    )
    form = CampaignForm
    members_may = frozenset({"add", "change"})
    list_display = ("region", "election", "state", "launched_at")
    list_filter = (
        "state",
        ("election", admin.RelatedOnlyFieldListFilter),
        ("region", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("election", "region")
    list_per_page = 50
    ordering = ("-pk",)

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/texte/", view(self.text_view), name="pledges_campaign_text"),
            path("<int:pk>/apercu/<int:list_pk>/", view(self.preview_view), name="pledges_campaign_preview"),
            path("<int:pk>/adresses/", view(self.contacts_view), name="pledges_campaign_contacts"),
            *super().get_urls(),
        ]

    # --- Its text ---

    def get_fieldsets(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        return [
            (_("Où"), {"fields": ("election", "region")}),
            (_("La demande"), {"fields": ("subject", "body")}),
            (_("Les relances"), {"fields": ("reminder_subject", "reminder_body", "reminder_days")}),
            (_("Les réponses"), {"fields": ("reply_to",)}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        return ("election", "region") if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The texts that are offered, and the only region or the election of the moment."""
        user = member(request)
        elections = Election.objects.current()
        key = request.GET.get("election", "")
        is_key = key.isdecimal() and len(key) < MOST_DIGITS
        named = Election.objects.filter(pk=int(key)).first() if is_key else None
        chosen = named or next(iter(elections), None)
        regions = user.regions_here
        return {
            "election": chosen.pk if chosen else None,
            "region": regions[0].pk if len(regions) == 1 else None,
            **campaign_text.offered(chosen.choice if chosen else ElectionKind.REGIONAL),
            "reminder_days": weekly(),
            "reply_to": user.email,
            **super().get_changeform_initial_data(request),
        }

    def get_form(self, request: HttpRequest, obj: Campaign | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        form = super().get_form(request, obj, change, **kwargs)
        for name in {"election", "region"} & form.base_fields.keys():
            widget = form.base_fields[name].widget  # one place to change them, which is not here
            widget.can_add_related = widget.can_change_related = widget.can_view_related = False
        if "body" in form.base_fields:
            places = format_html_join(
                ", ", "<code>{{{}}}</code> ({})", ((name, words) for name, words in campaign_text.PLACES.items())
            )
            form.base_fields["body"].help_text = format_html(
                _("Les repères que chaque liste verra remplis : {}."), places
            )
        return form

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change:
            obj.save()
            return
        try:
            campaigns.rewrite(obj, by=member(request))
        except CampaignError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return super().add_view(request, form_url, {**ONE_BUTTON, "title": _("Préparer une campagne")})

    def response_add(self, request: HttpRequest, obj: Campaign, post_url_continue: str | None = None) -> HttpResponse:
        self.message_user(request, _("Le texte est enregistré : envoyez-vous-en un essai."), messages.SUCCESS)
        return HttpResponseRedirect(obj.get_admin_url())

    def response_change(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        return HttpResponseRedirect(obj.get_admin_url())

    def text_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form of the text, until it is launched."""
        campaign = self._found(request, pk)
        if not campaign.is_in_preparation:
            self.message_user(request, _("Le texte d’une campagne partie ne change plus."), messages.WARNING)
            return HttpResponseRedirect(campaign.get_admin_url())
        return self.changeform_view(
            request, str(pk), extra_context={**ONE_BUTTON, "title": _("Le texte de la campagne")}
        )

    def preview_view(self, request: HttpRequest, pk: int, list_pk: int) -> HttpResponse:
        """What one list would read, request by request; its link opens nothing."""
        campaign = self._found(request, pk)
        row = campaign.lists.with_contest().filter(pk=list_pk).first()
        if row is None:
            raise Http404
        contact = row.contacts.usable().best_first().first()
        number = 1 if request.GET.get("relance") else 0
        said = emails.said_to(campaign, row, number, contact=contact)
        source = typeset_text(render_to_string("emails/invitation.txt", said))
        lists = list(campaign.lists.in_panel_order())
        place = [each.pk for each in lists].index(row.pk)
        context = {
            "title": _("Aperçu : %s") % row.name,
            "row": row,
            "contact": contact,
            "number": number,
            "letter": letters.read(source, site=str(said["SITE_URL"])),
            "before": lists[place - 1] if place else None,
            "after": lists[place + 1] if place + 1 < len(lists) else None,
            "position": place + 1,
            "total": len(lists),
        }
        return self._page(request, campaign, "admin/pledges/campaign/preview.html", **context)

    def contacts_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Addresses of its lists, by a file: all of it, or nothing."""
        campaign = self._found(request, pk)
        form = ContactFileForm(request.POST or None, request.FILES or None) if request.method == "POST" else None
        refusal = None
        if form and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                addresses = read_contacts(file, name=file.name, lists=campaign.lists.with_contest())
            except FileRefusedError as error:
                refusal = error
            else:
                kept = add_contacts(addresses, by=member(request))
                words = ngettext("%d adresse enregistrée.", "%d adresses enregistrées.", len(kept))
                self.message_user(request, words % len(kept), messages.SUCCESS)
                return HttpResponseRedirect(campaign.get_admin_url())
        context = {"title": _("Charger des adresses"), "form": form or ContactFileForm(), "refusal": refusal}
        return self._page(request, campaign, "admin/pledges/campaign/contacts.html", **context)

    # --- Its page ---

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        campaign = self._found(request, object_id)
        form = LaunchForm(request.POST if "launch" in request.POST else None, region=campaign.region)
        if request.method == "POST" and self._act(request, campaign, form):
            return HttpResponseRedirect(campaign.get_admin_url())
        campaign = self._found(request, object_id)
        found = progress(campaign)
        trial = campaign.trials.order_by("-pk").first()
        choice = campaign.election.choice
        words = _("Solliciter les binômes : %s") if choice.is_by_pairs else _("Solliciter les listes : %s")
        context = {
            "title": words % campaign.region,
            "choice": choice,
            "progress": found,
            "form": form,
            "trial": trial,
            "first": found.rows[0].candidate_list if found.rows else None,
            "silence": calendar.silence_in(campaign.region),
            "signing": calendar.signing(campaign.election, campaign.region),
            "states": CampaignState,
            "fingerprint": campaign_text.text_of(campaign, 0).fingerprint,
        }
        return self._page(request, campaign, "admin/pledges/campaign/page.html", **context)

    def _act(self, request: HttpRequest, campaign: Campaign, form: LaunchForm) -> bool:
        """Do what the button asks.

        :return: Whether the page is to be shown anew; else its form says what is missing.
        """
        by = member(request)
        try:
            if "launch" in request.POST:
                return form.is_valid() and self._launch(request, campaign, form, by)
            if "try" in request.POST:
                campaigns.try_on(campaign, by=by)
                self.message_user(request, _("L’essai part vers %s.") % by.email, messages.SUCCESS)
            for name, (act, words) in ACTS.items():
                if name in request.POST:
                    act(campaign, by=by)
                    self.message_user(request, words, messages.SUCCESS)
        except CampaignError as refusal:
            if "launch" in request.POST:
                form.add_error(None, str(refusal))
                return False
            self.message_user(request, str(refusal), messages.ERROR)
        return True

    def _launch(self, request: HttpRequest, campaign: Campaign, form: LaunchForm, by: User) -> bool:
        launched = campaigns.launch(campaign, by=by, at=form.cleaned_data["at"])
        if launched.launch_at:
            local = timezone.localtime(launched.launch_at, campaign.region.zone)
            words = _("La campagne partira le %(day)s à %(hour)s, heure du territoire.")
            self.message_user(request, words % {"day": day(local), "hour": hour(local)}, messages.SUCCESS)
            return True
        found = progress(launched)
        words = _("La campagne est lancée. Listes qui n’ont pas encore répondu : %(silent)d sur %(total)d.")
        said = words % {"silent": found.silent, "total": found.total}
        self.message_user(request, said, messages.SUCCESS)
        if found.unreachable:
            names = ", ".join(row.candidate_list.name for row in found.unreachable)
            self.message_user(request, _("Sans adresse, et donc à joindre autrement : %s.") % names, messages.WARNING)
        return True

    def _page(self, request: HttpRequest, campaign: Campaign, template: str, **context: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "campaign": campaign, **context}
        return TemplateResponse(request, template, context)

    def _found(self, request: HttpRequest, pk: object) -> Campaign:
        """The campaign, if it is in this person's territory.

        :raises Http404: Otherwise.
        """
        try:
            campaign: Campaign = self.get_queryset(request).with_place().get(pk=int(str(pk)))
        except (Campaign.DoesNotExist, ValueError, OverflowError) as error:
            raise Http404 from error
        return campaign
