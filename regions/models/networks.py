"""The ESS networks, and the people who check and publish for them."""

from typing import Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from regions.constraints import RefuseChange
from regions.enums import Role
from regions.models.history import History
from regions.models.territory import Region


class User(AbstractUser):
    """Someone who logs in: a member of a network, or an administrator. Signers and citizens have no account."""

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

    @cached_property
    def networks(self) -> "tuple[Network, ...]":
        """In whose name this user works; read once for each object, as ``regions_here``."""
        return tuple(Network.objects.filter(memberships__user=self).distinct()) if self.is_active else ()

    @cached_property
    def regions_here(self) -> tuple[Region, ...]:
        """Where this user may work: everywhere for an administrator or a member of a national network.

        Read once for each object, so once a request: rights granted meanwhile count from the next one.
        """
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

    @cached_property
    def coordinated_region_codes(self) -> frozenset[str]:
        """The regions of the networks that this user coordinates: all of them for a national one."""
        coordinated = self.memberships.filter(role=Role.COORDINATOR)
        held = set(coordinated.values_list("network__is_national", "network__regions"))
        if any(is_national for is_national, _code in held):
            return self.region_codes
        return self.region_codes & {code for _is_national, code in held}


class NetworkQuerySet(models.QuerySet["Network"]):
    def visible_to(self, user: User) -> Self:
        """The networks in whose name this user may act: their own, or all for an administrator."""
        if user.is_active and user.is_superuser:
            return self.all()
        return self.filter(pk__in=user.memberships.values("network") if user.is_active else [])


class Network(models.Model):
    """An ESS organisation: a CRESS in its region, a national network in all."""

    name = models.CharField(_("nom"), max_length=120, unique=True)
    site = models.URLField(_("site"), blank=True)
    is_national = models.BooleanField(_("national"), default=False, help_text=_("Couvre toutes les régions."))
    regions = models.ManyToManyField(Region, blank=True, related_name="networks", verbose_name=_("régions"))

    objects = NetworkQuerySet.as_manager()
    history = History(m2m_fields=["regions"])

    class Meta:
        verbose_name = _("réseau")
        verbose_name_plural = _("réseaux")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A user's role in a network."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("compte"))
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("réseau"))
    role = models.CharField(_("rôle"), max_length=12, choices=Role, default=Role.MODERATOR)

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
