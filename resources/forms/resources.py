"""What a network types of a resource: what it is, and what it gives."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.validators import URLValidator
from django.db.models import Q, Subquery
from django.forms import ModelChoiceField, ModelMultipleChoiceField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pledges.models import Charter, Election, Principle
from regions.models import Network, User
from resources.actions.publishing import may_publish, why_kept
from resources.enums import PUBLIC_STATES, ModelText
from resources.files import Received, RefusedFileError, receive
from resources.forms.fields import free_slug, leads_elsewhere, out_of_reach
from resources.models import Resource, Version
from resources.prose import read

GIVEN = ("file", "url", "model_text")
"""The fields of what a resource gives: one of them."""


class ResourceForm(forms.ModelForm[Resource]):
    """What a resource is, and what it gives: one page for both, and for the versions that follow.

    What is typed of the current version corrects it (its language, its reading on the screen); another file, link or
    model text replaces it.
    """

    user: User
    """Who types: the class that the desk makes for a request says so."""

    file = forms.FileField(
        label=_("Fichier"),
        required=False,
        help_text=_(
            "PDF, document de bureautique, image, son ou vidéo. Il est vérifié puis rangé sous un nom fait de l’adresse"
            " de la ressource."
        ),
    )
    url = forms.URLField(
        label=_("ou un lien"),
        required=False,
        max_length=500,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"], message=_("Une adresse qui commence par https://."))],
        widget=forms.URLInput(attrs={"class": "vTextField", "placeholder": "https://"}),
        help_text=_("Vers une page ou une vidéo d’un autre site. Le portail le suit chaque jour."),
    )
    model_text = forms.ChoiceField(
        label=_("ou un texte type"),
        required=False,
        choices=[("", _("Aucun")), *ModelText.choices],
        help_text=_("Que le portail écrit lui-même, au nom de chaque territoire."),
    )
    change = forms.CharField(
        label=_("Ce qui change"),
        required=False,
        max_length=200,
        widget=AdminTextInputWidget,
        help_text=_("Une phrase pour qui avait la version d’avant : « Chiffres de 2027, et une page sur les SCIC. »"),
    )
    language = forms.ChoiceField(label=_("Langue"), choices=settings.LANGUAGES, initial="fr")
    twin = forms.CharField(
        label=_("Version accessible"),
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 10, "spellcheck": "true"}),
        help_text=_(
            "Le même contenu en Markdown : il se lit à l’écran, sans télécharger, par tout le monde. Elle accompagne la"
            " version courante : remplacez l’une, relisez l’autre."
        ),
    )

    class Meta:
        model = Resource
        fields = (
            "title", "slug", "summary", "audience", "kind", "region", "election", "principles", "network", "licence",
        )  # fmt: skip
        widgets = {"summary": AdminTextareaWidget(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.given: dict[str, Any] = {}
        """What another version is made of, once the form is valid; nothing when the current one stays."""
        self.current = self.instance.current if self.instance.pk else None
        if self.current:
            for name in ("url", "model_text", "language", "twin"):
                self.initial[name] = getattr(self.current, name)
        if "slug" in self.fields:
            self.fields["slug"].required = False
        if "network" in self.fields:
            self._offer_networks()
            self._offer_principles()
            election = cast("ModelChoiceField[Election]", self.fields["election"])
            election.queryset = Election.objects.latest_first()
            election.empty_label = str(_("Aucune : elle sert d’une élection à l’autre"))
            election.help_text = ""

    def _offer_networks(self) -> None:
        """One's own networks, and the one that publishes it already: it is not taken from a network that reviews."""
        field = cast("ModelChoiceField[Network]", self.fields["network"])
        region = cast("ModelChoiceField[Any]", self.fields["region"])
        region.help_text = ""
        if self.user.is_superuser:
            region.empty_label = str(_("France entière"))
            field.empty_label = str(_("Aucun : le portail lui-même"))
            return
        own = [network.pk for network in self.user.networks]
        field.queryset = Network.objects.filter(Q(pk__in=own) | Q(pk=self.instance.network_id))
        field.required = region.required = True
        if len(own) == 1 and not self.instance.pk:
            self.initial.setdefault("network", own[0])
        if len(self.user.regions_here) == 1 and not self.instance.pk:
            self.initial.setdefault("region", self.user.regions_here[0].pk)
        field.disabled = bool(self.instance.pk) and not may_publish(self.user, self.instance.network)

    def _offer_principles(self) -> None:
        """Those of the charter that is signed now, and those that the resource serves already."""
        field = cast("ModelMultipleChoiceField[Principle]", self.fields["principles"])
        latest = Charter.objects.order_by("-version").values("pk")[:1]
        served = Q(resources=self.instance.pk) if self.instance.pk else Q(pk=None)
        field.queryset = Principle.objects.filter(Q(charter=Subquery(latest)) | served).distinct()

    def full_clean(self) -> None:
        """Whatever is refused elsewhere, a browser has forgotten the file: say so beside it."""
        super().full_clean()
        if self.is_bound and self.errors and self.files.get("file") and "file" not in self.errors:
            self.add_error("file", _("Un navigateur ne garde pas les fichiers : choisissez-le de nouveau."))

    def clean_file(self) -> Received | None:
        upload = self.cleaned_data["file"]
        if not upload:
            return None
        try:
            return receive(upload)
        except RefusedFileError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if slug and leads_elsewhere(Resource, slug):
            raise forms.ValidationError(_("Une autre page du portail est à cette adresse : choisissez-en une autre."))
        return slug

    def clean_twin(self) -> str:
        """Refuse what would not show as it was meant, in as many sentences."""
        twin = str(self.cleaned_data["twin"]).replace("\r\n", "\n").strip()
        if faults := read(twin).faults:
            raise forms.ValidationError(faults)
        return twin

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        # The row is held until the end of the transaction: what it was when the page was opened does not count.
        stored = Resource.objects.select_for_update(of=("self",)).filter(pk=self.instance.pk).select_related("network")
        resource = stored.first()
        if resource and (sentence := why_kept(resource, self.user)):
            self.add_error(None, sentence)
        if "slug" in self.fields and not cleaned.get("slug") and cleaned.get("title"):
            cleaned["slug"] = free_slug(Resource, cleaned["title"])
        network = cleaned.get("network")
        if not self.user.is_superuser and (sentence := out_of_reach(network, cleaned.get("region"))):
            self.add_error("network", sentence)
        self._clean_given(cleaned)
        return cleaned

    def _clean_given(self, cleaned: dict[str, Any]) -> None:
        given = [name for name in GIVEN if cleaned.get(name) and cleaned[name] != getattr(self.current, name, "")]
        if len(given) > 1:
            self.add_error(given[-1], _("Un fichier, un lien ou un texte type : gardez-en un seul."))
        elif given:
            self.given = {"received" if given[0] == "file" else given[0]: cleaned[given[0]]}
            self.given["change"] = cleaned.get("change", "")
            if self.is_public and not self.given["change"] and "change" not in self.errors:
                self.add_error("change", _("Dites en une phrase ce qui change : la page de la ressource le dira."))
        elif cleaned.get("change"):
            self.add_error("change", _("Rien n’est remplacé : donnez un fichier ou un lien, ou videz cette phrase."))
        elif not self.current and self.is_published_next and not any(name in self.errors for name in GIVEN):
            self.add_error("file", _("Donnez un fichier, un lien ou un texte type : sans cela rien ne se publie."))

    @property
    def is_public(self) -> bool:
        return self.instance.state in PUBLIC_STATES

    @property
    def is_published_next(self) -> bool:
        """Whether the button that was pressed publishes, or proposes."""
        return "_publish" in self.data

    def preview_version(self, resource: Resource) -> Version:
        """The version that what is typed would make, whose file is kept nowhere."""
        received: Received | None = self.given.get("received")
        last = self.current.number if self.current and resource.published_on else 0
        version = Version(
            resource=resource,
            number=last + 1,
            url=self.given.get("url", ""),
            model_text=self.given.get("model_text", ""),
            language=self.cleaned_data["language"],
            twin=self.cleaned_data["twin"],
            change=self.given["change"],
            added_at=timezone.now(),
        )
        if received:
            version.file.name = f"apercu.{received.format}"
            version.format, version.size = received.format, received.size
            version.sha256, version.page_count = received.sha256, received.page_count
        return version


class RemarkForm(forms.Form):
    """What there is to change in a resource that is sent back."""

    remark = forms.CharField(
        label=_("Ce qu’il y a à reprendre"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text=_("La personne qui l’a proposée lira ces mots en haut de sa page."),
        error_messages={"required": _("Dites ce qu’il y a à reprendre : sans cela personne ne saurait quoi changer.")},
    )
