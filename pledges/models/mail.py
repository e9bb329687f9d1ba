"""The mails owed, and the links they carry."""

import datetime
import hashlib
import secrets
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pledges.enums import CODES, LinkPurpose, MailKind
from pledges.keyed_hash import keyed_hash
from pledges.models.campaign import Campaign
from pledges.models.corrections import CorrectionRequest
from pledges.models.email_change import CHANGE_LIFE, EmailChange
from pledges.models.invitation import Invitation
from pledges.models.pledge import Pledge, Signatory
from regions.models import Region, ScopedQuerySet, User

TOKEN_BYTES = 32  # 256 bits
LINK_LIFE = {
    LinkPurpose.CONFIRM: datetime.timedelta(days=7),
    # A mail may be forwarded: what opens someone's page does not last, and is asked for again at will.
    LinkPurpose.PRIVATE: datetime.timedelta(hours=2),
    # A code can be guessed, so it lives ten minutes (OWASP ASVS 5.0, 6.5.5).
    LinkPurpose.CONFIRM_CODE: datetime.timedelta(minutes=10),
    LinkPurpose.PRIVATE_CODE: datetime.timedelta(minutes=10),
    LinkPurpose.APPROVE: CHANGE_LIFE,
    LinkPurpose.PROVE: CHANGE_LIFE,
}
# No letter that is read as another: neither O and 0, nor I, L and 1. 8 of 30 signs are 39 bits.
CODE_SIGNS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
CODE_LENGTH = 8


def digest(token: str) -> str:
    """What the database keeps of a token: its SHA-256, in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def code_digest(code: str) -> str:
    """What the database keeps of a code: a keyed hash, since so few bits could be tried one by one."""
    return keyed_hash("code", code).hex()


class MailLinkQuerySet(models.QuerySet["MailLink"]):
    def for_token(self, token: str, purpose: LinkPurpose) -> Self:
        return self.filter(digest=digest(token), purpose=purpose)

    def usable(self) -> Self:
        return self.filter(used_at=None, expires_at__gt=timezone.now())

    def use(self, **changes: Any) -> bool:
        """Count an act done with a link, in the update that makes sure of it: the link is not over.

        :param changes: ``used_at``, for a link that is spent.
        """
        return bool(self.usable().update(uses=F("uses") + 1, **changes))

    def mint(self, signatory: Signatory, purpose: LinkPurpose, *, email_change: EmailChange | None = None) -> str:
        """Make a link for this person and this purpose.

        :param email_change: The one change of address that the link confirms: it does nothing for another.
        :return: The token, known only to the mail that carries it: the database keeps its hash.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self.create(
            signatory=signatory,
            purpose=purpose,
            email_change=email_change,
            digest=digest(token),
            expires_at=timezone.now() + LINK_LIFE[purpose],
        )
        return token

    def for_code(self, typed: str) -> Self:
        """The code that someone typed, with or without spaces, hyphens and capitals."""
        code = "".join(sign for sign in typed.upper() if sign.isalnum())
        return self.filter(digest=code_digest(code), purpose__in=CODES)

    def mint_code(self, signatory: Signatory, purpose: LinkPurpose) -> str:
        """Make a short code, which gives a link of the same use to whoever types it.

        :param purpose: One of ``CODES``.
        :return: The code in two groups, known only to the mail that carries it: « ABCD-2345 ».
        """
        code = "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
        self.create(
            signatory=signatory,
            purpose=purpose,
            digest=code_digest(code),
            expires_at=timezone.now() + LINK_LIFE[purpose],
        )
        return f"{code[:4]}-{code[4:]}"

    def with_pledge(self) -> Self:
        """Load what the page behind a link shows: who signs, for whom, and where."""
        return self.select_related(
            "signatory__candidate",
            "signatory__pledge__charter",
            "signatory__pledge__candidate",
            "signatory__pledge__candidate_list__contest__election",
            "signatory__pledge__candidate_list__contest__region",
        )


class MailLink(models.Model):
    """A link sent by mail: random, one purpose, an end, spent once."""

    signatory = models.ForeignKey(Signatory, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(_("usage"), max_length=10, choices=LinkPurpose)
    digest = models.CharField(_("empreinte"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valable jusqu’au"))
    used_at = models.DateTimeField(_("utilisé le"), null=True)
    uses = models.PositiveIntegerField(_("utilisations"), default=0, db_default=0)
    # Not tied by the database: a change may end while its mail is being written, whose link then opens nothing.
    email_change = models.ForeignKey(
        EmailChange, null=True, on_delete=models.CASCADE, db_constraint=False, related_name="links"
    )

    objects = MailLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("lien envoyé")
        verbose_name_plural = _("liens envoyés")
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(purpose=LinkPurpose.CONFIRM) | Q(uses__lte=1),
                name="link_confirms_at_most_once",
                violation_error_message=_("Un lien de confirmation ne sert qu’une fois."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, {self.created_at:%Y-%m-%d}"

    @property
    def is_usable(self) -> bool:
        return self.used_at is None and timezone.now() < self.expires_at


class OutboxMailQuerySet(ScopedQuerySet["OutboxMail"]):
    region_path = "region"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The mails about the pledges of their regions; those to accounts too, for administrators."""
        if isinstance(user, User) and user.is_active and user.is_superuser:
            return self.all()
        return super().visible_to(user)

    def owed(self) -> Self:
        return self.filter(sent_at=None, abandoned_at=None)

    def due(self) -> Self:
        """Owed, its time has come, and nobody is sending it now."""
        now = timezone.now()
        return self.owed().filter(next_try_at__lte=now).exclude(leased_until__gt=now)

    def in_turn(self) -> Self:
        """Who signs waits for their mail: those to lists leave after."""
        return self.order_by(F("invitation").asc(nulls_first=True), "next_try_at", "pk")

    def lateness(self) -> datetime.timedelta:
        """For how long the oldest mail that is due has been; nothing when none is."""
        now = timezone.now()
        return now - (self.due().aggregate(since=models.Min("next_try_at"))["since"] or now)


class OutboxMail(models.Model):
    """A mail owed, written in the transaction of the act that owes it.

    Its text is composed when it is sent: the link it carries is never stored in clear.
    """

    key = models.CharField(_("clé"), max_length=100, unique=True, help_text=_("Le même courrier n’est dû qu’une fois."))
    kind = models.CharField(_("nature"), max_length=12, choices=MailKind)
    # To someone who signs, about a pledge of a region; to someone who has an account; to who asks for a correction; or
    # to a list that is asked to sign.
    signatory = models.ForeignKey(Signatory, null=True, on_delete=models.CASCADE, related_name="mails")
    pledge = models.ForeignKey(
        Pledge, null=True, on_delete=models.CASCADE, related_name="mails", verbose_name=_("engagement")
    )
    region = models.ForeignKey(Region, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("région"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="mails", verbose_name=_("compte")
    )
    correction = models.ForeignKey(
        CorrectionRequest,
        null=True,
        on_delete=models.CASCADE,
        related_name="mails",
        verbose_name=_("demande de correction"),
    )
    invitation = models.OneToOneField(
        Invitation, null=True, on_delete=models.PROTECT, related_name="mail", verbose_name=_("sollicitation")
    )
    campaign = models.ForeignKey(  # whose text somebody who has an account tries on themself
        Campaign, null=True, on_delete=models.PROTECT, related_name="trials", verbose_name=_("campagne essayée")
    )
    recipient = models.EmailField(_("destinataire"), blank=True, help_text=_("Effacé une fois le courrier parti."))
    created_at = models.DateTimeField(_("dû depuis le"), auto_now_add=True)
    next_try_at = models.DateTimeField(_("prochain essai"), default=timezone.now)
    leased_until = models.DateTimeField(_("en cours d’envoi jusqu’à"), null=True)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    last_error = models.CharField(_("dernière erreur"), max_length=200, blank=True)
    sent_at = models.DateTimeField(_("parti le"), null=True)
    abandoned_at = models.DateTimeField(_("abandonné le"), null=True)

    objects = OutboxMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("courrier à envoyer")
        verbose_name_plural = _("courriers à envoyer")
        ordering = ("next_try_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    user=None,
                    correction=None,
                    invitation=None,
                    signatory__isnull=False,
                    pledge__isnull=False,
                    region__isnull=False,
                )
                | Q(user__isnull=False, signatory=None, pledge=None, region=None, invitation=None)
                | Q(user=None, signatory=None, pledge=None, correction__isnull=False, invitation=None)
                | Q(
                    user=None,
                    signatory=None,
                    pledge=None,
                    correction=None,
                    invitation__isnull=False,
                    region__isnull=False,
                ),
                name="outbox_to_a_signatory_an_account_an_asker_or_a_list",
                violation_error_message=_(
                    "Un courrier va à qui signe, à qui a un compte, à qui demande une correction, ou à une liste."
                ),
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(recipient=""),
                name="outbox_sent_forgets_the_address",
                violation_error_message=_("Un courrier parti ne garde pas l’adresse."),
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(abandoned_at=None),
                name="outbox_sent_or_abandoned",
                violation_error_message=_("Un courrier parti n’est pas abandonné."),
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(sent_at=None, abandoned_at=None), name="outbox_due"),
            # What has left in the last minute: MAILS_PER_MINUTE.
            models.Index(fields=["sent_at"], condition=Q(sent_at__isnull=False), name="outbox_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.pledge or self.invitation or self.correction or self.user}"

    @property
    def addressee(self) -> str:
        """Who the mail is for, by name; never the address."""
        if self.invitation:
            return str(self.invitation.candidate_list)
        return str(self.signatory or self.user or (self.correction and self.correction.name) or "—")
