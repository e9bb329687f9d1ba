"""A document or a link that is kept for an audience, and the versions that follow one another at its address."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.files.storage import storages
from django.core.files.storage.base import Storage
from django.db import models
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pledges.models import Election, Principle
from regions.models import Network, Region, ScopedQuerySet, User
from regions.models.history import History
from resources.enums import PUBLIC_STATES, Audience, FileFormat, Licence, ModelText, ResourceKind, ResourceState

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ResourceQuerySet(ScopedQuerySet["Resource"]):
    region_path = "region"

    def published(self) -> Self:
        """What the shelves show, the latest first."""
        return self.filter(state=ResourceState.PUBLISHED).order_by("-published_on", "pk")

    def public(self) -> Self:
        """What has a page: an archived resource keeps its address, and is on no shelf."""
        return self.filter(state__in=PUBLIC_STATES)

    def for_region(self, region: Region) -> Self:
        """What serves this territory: its own, and the national ones."""
        return self.filter(Q(region=region) | Q(region=None))

    def with_cards(self) -> Self:
        """Load all that a card shows, and no more: ``current`` is then asked of the database once for all of them."""
        current = Version.objects.filter(replaced_on=None)
        return self.select_related("region", "network", "election").prefetch_related(
            Prefetch("versions", queryset=current, to_attr="current_versions")
        )

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """The resources of the user's regions; the national ones are the administrators'."""
        return self.all() if user.is_active and user.is_superuser else super().visible_to(user)


class Resource(models.Model):
    """A document or a link, for an audience, somewhere or everywhere; its versions follow one another."""

    title = models.CharField(_("titre"), max_length=150)
    slug = models.SlugField(_("adresse"), max_length=80, unique=True)
    summary = models.TextField(_("résumé"), help_text=_("Deux ou trois phrases : ce que c’est, à quoi ça sert."))
    audience = models.CharField(_("public"), max_length=10, choices=Audience)
    kind = models.CharField(_("nature"), max_length=12, choices=ResourceKind)
    region = models.ForeignKey(
        Region,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="resources",
        verbose_name=_("région"),
        help_text=_("Vide pour une ressource nationale."),
    )
    election = models.ForeignKey(
        Election,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="resources",
        verbose_name=_("élection"),
        help_text=_("Vide pour une ressource durable, qui sert d’une élection à l’autre."),
    )
    principles = models.ManyToManyField(
        Principle, blank=True, related_name="resources", verbose_name=_("principes servis")
    )
    network = models.ForeignKey(
        Network,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="resources",
        verbose_name=_("réseau éditeur"),
    )
    licence = models.CharField(_("licence"), max_length=12, choices=Licence, default=Licence.CC_BY)
    state = models.CharField(
        _("état"), max_length=10, choices=ResourceState, default=ResourceState.DRAFT, editable=False
    )
    published_on = models.DateField(_("publiée le"), null=True, editable=False)
    archived_on = models.DateField(_("archivée le"), null=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, editable=False)
    remark = models.TextField(_("remarque de la relecture"), blank=True, editable=False)

    objects = ResourceQuerySet.as_manager()
    # Who proposed it, and when, is for its review alone; the journal keeps it.
    history = History(m2m_fields=["principles"], excluded_fields=["submitted_by", "submitted_at"])

    class Meta:
        verbose_name = _("ressource")
        ordering = ("-published_on", "title")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=PUBLIC_STATES) | Q(published_on__isnull=False),
                name="resource_published_has_a_date",
                violation_error_message=_("Une ressource publiée dit depuis quand."),
            ),
            models.CheckConstraint(
                condition=Q(state=ResourceState.ARCHIVED, archived_on__isnull=False)
                | (~Q(state=ResourceState.ARCHIVED) & Q(archived_on=None)),
                name="resource_archived_has_a_date",
                violation_error_message=_("Une ressource archivée dit depuis quand ; les autres non."),
            ),
            models.CheckConstraint(
                condition=~Q(state=ResourceState.SUBMITTED) | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="resource_submitted_by_someone",
                violation_error_message=_("Une ressource à relire a été proposée par quelqu’un, à une date."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("resource", args=[self.slug])

    @property
    def shown_in(self) -> list[Region]:
        """The territory whose pages show it; none in particular for a national resource, which all of them show."""
        return [self.region] if self.region else []

    @property
    def current(self) -> "Version | None":
        """The version that its address gives today; None for a draft that has none yet."""
        loaded: list[Version] | None = getattr(self, "current_versions", None)
        if loaded is None:
            return self.versions.filter(replaced_on=None).first()
        return loaded[0] if loaded else None

    @property
    def needs_review(self) -> bool:
        """Whether a coordinator of its network reads it before it is published."""
        return bool(self.network and self.network.reviews_resources)


def shelf() -> Storage:
    """Where the files of the resources are kept: a folder, or a bucket (``RESOURCES_STORAGE``)."""
    return storages["resources"]


class VersionQuerySet(models.QuerySet["Version"]):
    def current(self) -> Self:
        return self.filter(replaced_on=None)

    def earlier(self) -> Self:
        """Those that were replaced, the latest first."""
        return self.exclude(replaced_on=None).order_by("-number")


class Version(models.Model):
    """One state of a resource: a file that was received, a link, or a model text. Another replaces it.

    What describes the file (format, size, fingerprint, pages) is read from it when it is received, and typed by nobody.
    """

    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("numéro"), editable=False)
    file = models.FileField(_("fichier"), storage=shelf, max_length=100, blank=True, editable=False)
    url = models.URLField(_("lien"), max_length=500, blank=True)
    model_text = models.CharField(_("texte type"), max_length=20, choices=ModelText, blank=True)
    format = models.CharField(_("format"), max_length=5, choices=FileFormat, blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("poids"), null=True, editable=False, help_text=_("En octets."))
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64, blank=True, editable=False)
    page_count = models.PositiveIntegerField(_("pages"), null=True, editable=False)
    language = models.CharField(_("langue"), max_length=5, choices=settings.LANGUAGES, default="fr")
    twin = models.TextField(
        _("version accessible"),
        blank=True,
        help_text=_("Le même contenu en Markdown : il se lit à l’écran, sans télécharger, par tout le monde."),
    )
    change = models.CharField(
        _("ce qui change"), max_length=200, blank=True, help_text=_("En une phrase, pour qui avait la version d’avant.")
    )
    added_at = models.DateTimeField(_("ajoutée le"), editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    replaced_on = models.DateField(_("remplacée le"), null=True, editable=False)
    checked_at = models.DateTimeField(_("lien vérifié le"), null=True, editable=False)
    failing_since = models.DateTimeField(_("lien en défaut depuis"), null=True, editable=False)
    fault = models.CharField(_("défaut du lien"), max_length=200, blank=True, editable=False)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version")
        ordering = ("resource", "-number")
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "number"],
                name="version_number_once_per_resource",
                violation_error_message=_("Cette version existe déjà."),
            ),
            models.UniqueConstraint(
                fields=["resource"],
                condition=Q(replaced_on=None),
                name="version_one_current_per_resource",
                violation_error_message=_("Une ressource a une seule version courante."),
            ),
            models.CheckConstraint(
                condition=Q(url="", model_text="") & ~Q(file="")
                | Q(file="", model_text="") & ~Q(url="")
                | Q(file="", url="") & ~Q(model_text=""),
                name="version_is_a_file_a_link_or_a_model_text",
                violation_error_message=_("Une version est un fichier, ou un lien, ou un texte type."),
            ),
            models.CheckConstraint(
                condition=Q(file="", size=None, sha256="", format="")
                | ~(Q(file="") | Q(size=None) | Q(sha256="") | Q(format="")),
                name="version_of_a_file_is_described",
                violation_error_message=_("Un fichier a un format, un poids et une empreinte."),
            ),
            models.CheckConstraint(
                condition=Q(failing_since=None, fault="") | (Q(failing_since__isnull=False) & ~Q(fault="")),
                name="version_fault_has_a_date",
                violation_error_message=_("Un lien en défaut dit lequel, et depuis quand."),
            ),
        ]

    def __str__(self) -> str:
        return _("%(resource)s, version %(number)d") % {"resource": self.resource, "number": self.number}

    def get_absolute_url(self) -> str:
        """Where the file is given, under a name that says what it is; the link itself for a link."""
        if self.url:
            return self.url
        if self.model_text:
            return self.resource.get_absolute_url()
        return reverse("resource-file", args=[self.resource.slug, self.number, self.file_name])

    @property
    def file_name(self) -> str:
        """The name that a reader saves the file under, made of the resource's own: ``guide-candidats-v2.pdf``."""
        return f"{self.resource.slug}-v{self.number}.{self.format}" if self.format else ""
