"""What a network writes while it checks a pledge: reasons to reuse, questions to who signed, notes to colleagues."""

import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from pledges.models.pledge import Pledge, Signatory
from regions.models import Region, ScopedQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from regions.models import User

WORDS_LENGTH = 2000  # characters: a question, its answer, a note, a reason


class DecisionReasonQuerySet(ScopedQuerySet["DecisionReason"]):
    region_path = "region"

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Their regions', and the national ones, that everybody decides with; all of them for an administrator."""
        if user.is_active and user.is_superuser:
            return self.all()
        own = super().visible_to(user)
        return own | self.filter(region=None) if getattr(user, "region_codes", None) else own

    def offered_in(self, region: str) -> Self:
        """What a decision in this region may start from: the national ones first, then the region's own.

        :param region: Its code.
        """
        mine = self.filter(Q(region=None) | Q(region=region), is_in_use=True)
        return mine.order_by(models.F("region").asc(nulls_first=True), "position", "title")


class DecisionReason(models.Model):
    """A reason written once, to decline or to suspend with: mailed as it stands, or completed."""

    region = models.ForeignKey(
        Region,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="decision_reasons",
        verbose_name=_("région"),
        help_text=_("Vide : proposé dans toutes les régions."),
    )
    title = models.CharField(
        _("titre"), max_length=100, help_text=_("Pour le retrouver dans la liste. Il n’est pas envoyé.")
    )
    text = models.TextField(
        _("texte"),
        max_length=WORDS_LENGTH,
        validators=[MaxLengthValidator(WORDS_LENGTH)],
        help_text=_("Envoyé tel quel à qui a signé. Dites ce qui manque, et comment y remédier."),
    )
    is_for_declining = models.BooleanField(_("pour refuser"), default=True)
    is_for_suspending = models.BooleanField(_("pour suspendre"), default=False)
    is_in_use = models.BooleanField(
        _("proposé"),
        default=True,
        help_text=_("Décochez pour ne plus le proposer : ce qui a été envoyé ne change pas."),
    )
    position = models.PositiveSmallIntegerField(_("ordre"), default=0, help_text=_("Les plus petits d’abord."))

    objects = DecisionReasonQuerySet.as_manager()

    class Meta:
        verbose_name = _("motif tout prêt")
        verbose_name_plural = _("motifs tout prêts")
        ordering = ("region", "position", "title")
        constraints = [
            models.UniqueConstraint(
                Coalesce("region", Value("")),  # the national ones together
                Lower("title"),
                name="reason_one_per_region_and_title",
                violation_error_message=_("Un motif porte déjà ce titre ici."),
            ),
            models.CheckConstraint(
                condition=Q(is_for_declining=True) | Q(is_for_suspending=True),
                name="reason_is_for_something",
                violation_error_message=_("Un motif sert à refuser, à suspendre, ou aux deux."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class QuestionQuerySet(ScopedQuerySet["Question"]):
    region_path = "pledge__candidate_list__contest__region"

    def unanswered(self) -> Self:
        return self.filter(answered_at=None)

    def answer_with(self, text: str, *, at: datetime.datetime) -> bool:
        """Write the answer of a question that has none, in the update that makes sure of it."""
        return bool(self.unanswered().update(answer=text, answered_at=at))


class Question(models.Model):
    """A question that a network mails to one of those who signed, answered once, on their private page.

    Both sides' words are personal: the journal has the fact, these rows have the words, and go with the person.
    """

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="questions", verbose_name=_("engagement"))
    signatory = models.ForeignKey(
        Signatory, on_delete=models.CASCADE, related_name="questions", verbose_name=_("signataire")
    )
    text = models.TextField(_("question"), max_length=WORDS_LENGTH)
    asked_at = models.DateTimeField(_("posée le"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("posée par")
    )
    answer = models.TextField(_("réponse"), max_length=WORDS_LENGTH, blank=True)
    answered_at = models.DateTimeField(_("réponse du"), null=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        ordering = ("asked_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="") | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="question_answer_is_dated",
                violation_error_message=_("Une réponse a un texte et une date."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signatory_id}, {self.asked_at:%Y-%m-%d}"

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None


class NoteQuerySet(ScopedQuerySet["Note"]):
    region_path = "pledge__candidate_list__contest__region"


class Note(models.Model):
    """What a colleague should know about a pledge: read at the desk, and in the copy that its signers may ask for."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="notes", verbose_name=_("engagement"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("par"))
    at = models.DateTimeField(_("le"))
    text = models.TextField(_("note"), max_length=WORDS_LENGTH)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.pledge_id}, {self.at:%Y-%m-%d}"
