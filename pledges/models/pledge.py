"""One act of signing the charter, who signed it, and what was answered to each principle."""

import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce, Length, Lower
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pledges.codes import CODE_LENGTH, in_groups, make_code
from pledges.enums import DECIDED, STANDING, Answer, Capacity, IdentityCheck, PledgeState
from pledges.models.charter import Charter, Principle
from pledges.models.elections import Candidate, CandidateList
from pledges.names import needs_a_look
from regions.constraints import RefuseChange
from regions.models import ScopedQuerySet

STATEMENT_LENGTH = 600  # characters: a sentence or two, the same for every list
UNCONFIRMED = datetime.timedelta(days=7)  # what nobody confirmed is kept no longer


class PledgeQuerySet(ScopedQuerySet["Pledge"]):
    region_path = "candidate_list__contest__region"

    def published(self) -> Self:
        return self.filter(state=PledgeState.PUBLISHED)

    def public(self) -> Self:
        """What a page may speak of: published now, or once and suspended, withdrawn or declined since."""
        return self.filter(published_at__isnull=False).exclude(state=PledgeState.SUPERSEDED)

    def waiting(self) -> Self:
        """What a network has to check, oldest first."""
        return self.filter(state=PledgeState.IN_REVIEW).order_by("confirmed_at", "pk")

    def for_lists(self) -> Self:
        return self.filter(candidate=None)

    def last_words(self) -> Self:
        """What lists have said in public, the latest last: of several pledges of one list, that is the one to show."""
        return self.for_lists().public().order_by("published_at", "pk")

    def personal(self) -> Self:
        return self.exclude(candidate=None)

    def with_counts(self) -> Self:
        """Add ``committed_count`` and ``principle_count``: the principles it commits to, and those of its charter."""
        return self.annotate(
            committed_count=Count("commitments", filter=Q(commitments__answer=Answer.COMMITS), distinct=True),
            principle_count=Count("charter__principles", distinct=True),
        )

    def with_answers(self) -> Self:
        """Load what a public card shows: who signed, and each answer with its sentence."""
        return self.select_related("candidate", "charter").prefetch_related("commitments", "signatories")


class Pledge(models.Model):
    """One act of signing a charter: for a whole list or binôme, or by one candidate for themself."""

    # The charter is referred to by its fingerprint: the database itself ties a pledge to the exact text.
    charter = models.ForeignKey(
        Charter, to_field="sha256", on_delete=models.PROTECT, related_name="pledges", verbose_name=_("charte")
    )
    candidate_list = models.ForeignKey(
        CandidateList, on_delete=models.PROTECT, related_name="pledges", verbose_name=_("liste ou binôme")
    )
    candidate = models.ForeignKey(
        Candidate,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="pledges",
        verbose_name=_("candidat·e"),
        help_text=_("Vide quand l’engagement est celui de la liste."),
    )
    state = models.CharField(
        _("état"), max_length=10, choices=PledgeState, default=PledgeState.SUBMITTED, editable=False
    )
    sender_digest = models.CharField(_("empreinte de l’envoi"), max_length=64, blank=True, editable=False)
    submitted_at = models.DateTimeField(_("déposé le"), editable=False)
    confirmed_at = models.DateTimeField(_("confirmé le"), null=True, editable=False)
    published_at = models.DateTimeField(_("publié le"), null=True, editable=False)
    decided_at = models.DateTimeField(_("décidé le"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="decided_pledges",
        verbose_name=_("décidé par"),
    )
    identity_check = models.CharField(
        _("vérification de l’identité"), max_length=20, choices=IdentityCheck, blank=True, editable=False
    )
    decision_reason = models.TextField(_("motif"), blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True, editable=False)
    withdrawal_reason = models.TextField(
        _("motif public du retrait"), blank=True, default="", db_default="", editable=False, max_length=STATEMENT_LENGTH
    )
    amends = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="amendments",
        verbose_name=_("remplace"),
    )
    # Whose link led here, as far as the browser said: it proves that somebody had that mail, and nothing more.
    came_by = models.ForeignKey(
        "pledges.Invitation",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="pledges",
        verbose_name=_("par le lien d’une sollicitation"),
    )
    # Printed on the receipt: whoever holds the paper checks it against the record.
    code = models.CharField(
        _("code de vérification"), max_length=CODE_LENGTH, unique=True, default=make_code, editable=False
    )

    objects = PledgeQuerySet.as_manager()

    # Set by the desk's queue: what the pledge waits for, in words.
    standstill: str
    is_decided: bool  # by a decision prepared during the silence
    # Set by with_counts().
    committed_count: int
    principle_count: int

    class Meta:
        verbose_name = _("engagement")
        ordering = ("-submitted_at", "-pk")
        constraints = [
            # Zero stands for « no candidate »: a list's pledge and a personal one are different things.
            models.UniqueConstraint(
                F("charter"),
                F("candidate_list"),
                Coalesce("candidate", 0),
                F("sender_digest"),
                condition=Q(state=PledgeState.SUBMITTED),
                name="pledge_one_submitted_per_sender",
                violation_error_message=_("Cette signature a déjà été déposée : il reste à la confirmer."),
            ),
            models.UniqueConstraint(
                F("charter"),
                F("candidate_list"),
                Coalesce("candidate", 0),
                condition=Q(state=PledgeState.IN_REVIEW),
                name="pledge_one_in_review_per_signer",
                violation_error_message=_("Un engagement est déjà en cours de vérification."),
            ),
            models.UniqueConstraint(
                F("charter"),
                F("candidate_list"),
                Coalesce("candidate", 0),
                condition=Q(state__in=STANDING),
                name="pledge_one_standing_per_signer",
                violation_error_message=_("Un engagement est déjà publié."),
            ),
            models.CheckConstraint(
                condition=Q(state=PledgeState.SUBMITTED, confirmed_at=None)
                | (~Q(state=PledgeState.SUBMITTED) & Q(confirmed_at__isnull=False)),
                name="pledge_confirmed_before_review",
                violation_error_message=_("Un engagement est confirmé par courriel avant d’être vérifié."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=DECIDED, decided_at__isnull=False, decided_by__isnull=False)
                | Q(state=PledgeState.WITHDRAWN)
                | Q(
                    state__in=(PledgeState.SUBMITTED, PledgeState.IN_REVIEW),
                    decided_at=None,
                    decided_by=None,
                ),
                name="pledge_decision_matches_state",
                violation_error_message=_("Un engagement décidé a une date et une personne ; aucun autre n’en a."),
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, identity_check="")
                | (Q(published_at__isnull=False) & ~Q(identity_check="")),
                name="pledge_published_says_how_identity_was_checked",
                violation_error_message=_("Publier demande de dire comment l’identité a été vérifiée."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(*STANDING, PledgeState.SUPERSEDED)) | Q(published_at__isnull=False),
                name="pledge_standing_was_published",
                violation_error_message=_("Un engagement publié a une date de publication."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(PledgeState.DECLINED, PledgeState.SUSPENDED)) | ~Q(decision_reason=""),
                name="pledge_refusal_has_a_reason",
                violation_error_message=_("Refuser ou suspendre demande un motif."),
            ),
            models.CheckConstraint(
                condition=Q(state=PledgeState.WITHDRAWN, withdrawn_at__isnull=False)
                | (~Q(state=PledgeState.WITHDRAWN) & Q(withdrawn_at=None)),
                name="pledge_withdrawal_is_dated",
                violation_error_message=_("Un retrait a une date."),
            ),
            models.CheckConstraint(
                condition=Q(Exact(Length("code"), CODE_LENGTH)),
                name="pledge_code_is_whole",
                violation_error_message=_("Le code de vérification a trente-deux signes."),
            ),
            RefuseChange(
                name="pledge_code_is_given_once",
                events=("UPDATE",),
                when="OLD.code {op} NEW.code",
                violation_error_message=_("Le code de vérification est imprimé sur des reçus : il ne change pas."),
            ),
            models.CheckConstraint(
                condition=Q(state=PledgeState.WITHDRAWN) | Q(withdrawal_reason=""),
                name="pledge_withdrawal_reason_needs_a_withdrawal",
                violation_error_message=_("Seul un engagement retiré a un motif de retrait."),
            ),
        ]
        indexes = [models.Index(fields=["state", "confirmed_at"], name="pledge_queue")]

    def __str__(self) -> str:
        return str(self.candidate or self.candidate_list)

    @property
    def is_personal(self) -> bool:
        return self.candidate_id is not None

    @property
    def is_published(self) -> bool:
        return self.state == PledgeState.PUBLISHED

    @property
    def is_declared(self) -> bool:
        """Whether its candidacy waits for the official list: it cannot be published before it is matched."""
        return self.candidate_list.is_declared

    @property
    def erased_at(self) -> datetime.datetime:
        """When it goes, unless everyone who signs has confirmed."""
        return self.submitted_at + UNCONFIRMED

    @property
    def signer(self) -> Candidate | CandidateList:
        """On whose behalf the charter is signed."""
        return self.candidate or self.candidate_list

    @property
    def signing_url(self) -> str:
        """Where one signs for the same candidacy."""
        if self.is_declared:
            return reverse("declare")
        if self.candidate_id:
            return reverse("sign-candidate", args=[self.candidate_id])
        return reverse("sign-list", args=[self.candidate_list_id])

    @property
    def shown_code(self) -> str:
        """The code as it is printed, and as its address spells it."""
        return in_groups(self.code)

    def successor(self) -> "Pledge | None":
        """The amendment that was published in this one's place."""
        return self.amendments.exclude(published_at=None).first() if self.state == PledgeState.SUPERSEDED else None

    def latest(self) -> "Pledge":
        """This pledge, or the last of the amendments that took its place one after the other."""
        latest = self
        while successor := latest.successor():
            latest = successor
        return latest

    def earlier(self) -> "list[Pledge]":
        """The pledges that this one amends, the nearest first: what the same signer said before."""
        line: list[Pledge] = []
        pledge = self
        while pledge.amends:
            pledge = pledge.amends
            line.append(pledge)
        return line


class SignatoryQuerySet(models.QuerySet["Signatory"]):
    def with_email(self, email: str) -> Self:
        """The rows of a mailbox, whatever the capitals: those whose address is blank are nobody's."""
        return self.filter(email__iexact=email).exclude(email="")

    def same_person(self, signatory: "Signatory") -> Self:
        """The rows of one person who signed for one list from one mailbox: a pledge and those that amend it.

        What somebody else may have filled in with that address, and nobody confirmed, is not among them.
        """
        pledge = signatory.pledge
        return self.filter(
            pledge__charter=pledge.charter_id,
            pledge__candidate_list=pledge.candidate_list_id,
            pledge__candidate=pledge.candidate_id,
            capacity=signatory.capacity,
            candidate=signatory.candidate_id,
            full_name=signatory.full_name,
            email__iexact=signatory.email,
        ).filter(Q(confirmed_at__isnull=False) | Q(pledge__amends__isnull=False))


class Signatory(models.Model):
    """A person who signs, in a stated capacity, and confirms from their own mailbox."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="signatories")
    capacity = models.CharField(_("qualité"), max_length=10, choices=Capacity)
    candidate = models.ForeignKey(
        Candidate,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="signatures",
        verbose_name=_("sur la liste officielle"),
        help_text=_("Vide pour un ou une mandataire, qui n’est pas toujours sur la liste."),
    )
    full_name = models.CharField(_("nom"), max_length=200)
    # Private: the address is blanked when it has no more use, the consents stay as dated facts.
    email = models.EmailField(_("adresse électronique"), blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    consent_version = models.CharField(_("version du consentement"), max_length=20)
    # Given by the person themself: in the form, or when confirming what somebody else filled in.
    consented_to_publication_at = models.DateTimeField(_("accord pour publier"), null=True, blank=True)
    consented_to_contact_at = models.DateTimeField(_("accord pour être recontacté·e"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmé le"), null=True, blank=True)

    objects = SignatoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("signataire")
        ordering = ("pledge", "pk")
        constraints = [
            models.UniqueConstraint(
                F("pledge"),
                Coalesce("candidate", 0),
                name="signatory_once_per_pledge",
                violation_error_message=_("Cette personne signe déjà cet engagement."),
            ),
            models.UniqueConstraint(
                F("pledge"),
                Lower("email"),
                condition=~Q(email=""),
                name="signatory_has_a_mailbox_of_their_own",
                violation_error_message=_("Chaque membre du binôme confirme depuis sa propre adresse."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(consented_to_publication_at__isnull=False),
                name="signatory_confirmed_has_consented",
                violation_error_message=_("Confirmer demande d’avoir accepté la publication."),
            ),
            models.CheckConstraint(
                condition=Q(capacity=Capacity.MANDATARY) | Q(candidate__isnull=False),
                name="signatory_is_on_the_list_or_its_mandatary",
                violation_error_message=_("Signe qui est sur la liste, ou son ou sa mandataire."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def name_needs_a_look(self) -> bool:
        """Whether the name, typed by someone, could pass for another one."""
        return needs_a_look(self.full_name)


class Commitment(models.Model):
    """The answer to one principle, with the signer's own sentence. No row means no answer."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="commitments")
    principle = models.ForeignKey(
        Principle, on_delete=models.PROTECT, related_name="commitments", verbose_name=_("principe")
    )
    answer = models.CharField(_("réponse"), max_length=8, choices=Answer)
    statement = models.TextField(
        _("précision"), blank=True, max_length=STATEMENT_LENGTH, validators=[MaxLengthValidator(STATEMENT_LENGTH)]
    )

    class Meta:
        verbose_name = _("réponse")
        ordering = ("pledge", "principle__number")
        constraints = [
            models.UniqueConstraint(
                fields=["pledge", "principle"],
                name="commitment_one_per_principle",
                violation_error_message=_("Ce principe a déjà sa réponse."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principle_id} : {self.get_answer_display()}"
