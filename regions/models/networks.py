"""The ESS networks, and the people who check and publish for them."""

from typing import Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from regions.constraints import RefuseChange
from regions.enums import Role
from regions.models.history import History
from regions.models.territory import Region


class User(AbstractUser):
    """Someone who logs in: a member of a network, or an administrator. Signers and citizens have no account."""

    session_round = models.PositiveIntegerField(
        _("tour de sessions"),
        default=0,
        db_default=0,
        editable=False,
        help_text=_("Avancer d’un tour ferme toutes les sessions ouvertes, et éteint les liens envoyés."),
    )

    class Meta:
        verbose_name = _("compte")
        ordering = ("username",)
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="user_one_per_email",
                violation_error_message=_("Un compte utilise déjà cette adresse."),
            ),
            # Django's own log of the admin would go with the account, and so would its second factor's.
            RefuseChange(
                name="user_is_never_deleted",
                events=("DELETE", "TRUNCATE"),
                violation_error_message=_("Un compte ne s’efface pas : il se désactive."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must hold to be this account's: of its password, as Django has it, and of its round.

        Django compares it at every request, on the row that it reads anyway: a session ends at once, at no cost.
        """
        return salted_hmac(
            "regions.User.session", f"{self.session_round}:{self.password}", secret=secret, algorithm="sha256"
        ).hexdigest()

    @cached_property
    def roles(self) -> "tuple[Membership, ...]":
        """Their memberships, with the network of each: read once for each object, so once a request.

        Rights granted meanwhile count from the next one.
        """
        return tuple(self.memberships.select_related("network")) if self.is_active else ()

    @property
    def networks(self) -> "tuple[Network, ...]":
        """In whose name this user works."""
        return tuple(membership.network for membership in self.roles)

    @cached_property
    def regions_here(self) -> tuple[Region, ...]:
        """Where this user may work: everywhere for an administrator or a member of a national network."""
        if not self.is_active:
            return ()
        regions = Region.objects.order_by("norm")
        if not (self.is_superuser or any(network.is_national for network in self.networks)):
            regions = regions.filter(networks__memberships__user=self).distinct()
        return tuple(regions)

    @cached_property
    def region_codes(self) -> frozenset[str]:
        """The codes of the regions where this user may work."""
        return frozenset(region.code for region in self.regions_here)

    @property
    def coordinates(self) -> bool:
        """Whether they look after the members of some network: their own, or all for an administrator."""
        return self.is_active and (self.is_superuser or bool(self._coordinated))

    @cached_property
    def coordinated_region_codes(self) -> frozenset[str]:
        """The regions of the networks that this user coordinates: all of them for a national one."""
        if any(network.is_national for network in self._coordinated):
            return self.region_codes
        if not self._coordinated:
            return frozenset()
        regions = Region.objects.filter(networks__in=self._coordinated)
        return self.region_codes & set(regions.values_list("code", flat=True))

    @property
    def _coordinated(self) -> "list[Network]":
        return [membership.network for membership in self.roles if membership.role == Role.COORDINATOR]


class NetworkQuerySet(models.QuerySet["Network"]):
    def visible_to(self, user: User) -> Self:
        """The networks in whose name this user may act: their own, or all for an administrator."""
        if user.is_active and user.is_superuser:
            return self.all()
        return self.filter(pk__in=user.memberships.values("network") if user.is_active else [])

    def coordinated_by(self, user: User) -> Self:
        """The networks whose members this user looks after."""
        if user.is_active and user.is_superuser:
            return self.all()
        led = user.memberships.filter(role=Role.COORDINATOR).values("network")
        return self.filter(pk__in=led if user.is_active else [])


class Network(models.Model):
    """An ESS organisation: a CRESS in its region, a national network in all."""

    name = models.CharField(_("nom"), max_length=120, unique=True)
    site = models.URLField(_("site"), blank=True)
    is_national = models.BooleanField(_("national"), default=False, help_text=_("Couvre toutes les régions."))
    regions = models.ManyToManyField(Region, blank=True, related_name="networks", verbose_name=_("régions"))
    reviews_resources = models.BooleanField(
        _("relit ses ressources"),
        default=False,
        help_text=_(
            "Une ressource ajoutée par une modératrice ou un modérateur attend la relecture d’une coordination."
        ),
    )

    objects = NetworkQuerySet.as_manager()
    history = History(m2m_fields=["regions"])

    class Meta:
        verbose_name = _("réseau")
        verbose_name_plural = _("réseaux")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: User) -> Self:
        """The members of the networks that this user coordinates; all of them for an administrator."""
        return self.filter(network__in=Network.objects.coordinated_by(user))


class Membership(models.Model):
    """A user's role in a network."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("compte"))
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("réseau"))
    role = models.CharField(_("rôle"), max_length=12, choices=Role, default=Role.MODERATOR)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membre")
        ordering = ("network", "user")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "network"],
                name="membership_one_per_user_and_network",
                violation_error_message=_("Cette personne est déjà membre de ce réseau."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.network}"
