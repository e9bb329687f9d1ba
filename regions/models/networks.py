"""The ESS networks, and the people who check and publish for them."""

from typing import Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from regions.enums import Role
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
    def region_codes(self) -> frozenset[str]:
        """Where this user may work: everywhere for an administrator or a member of a national network.

        Read once for each object, so once a request: rights granted meanwhile count from the next one.
        """
        if not self.is_active:
            return frozenset()
        regions = Region.objects.all()
        if not (self.is_superuser or any(is_national for _role, is_national in self._roles)):
            regions = regions.filter(networks__memberships__user=self)
        return frozenset(regions.values_list("code", flat=True))

    @cached_property
    def coordinates(self) -> bool:
        """Whether they look after the members of some network: their own, or all for an administrator."""
        return self.is_active and (self.is_superuser or any(role == Role.COORDINATOR for role, _nation in self._roles))

    @cached_property
    def _roles(self) -> frozenset[tuple[str, bool]]:
        """Each role they have, and whether it is in a national network: one query answers both questions above."""
        return frozenset(self.memberships.values_list("role", "network__is_national"))


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

    objects = NetworkQuerySet.as_manager()

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
