"""All that a visitor can type."""

import re
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from pledges import consent
from pledges.actions.signing import Reply, Signer
from pledges.enums import Answer, CandidateRole, Capacity, ListKind
from pledges.models import Candidate, CandidateList, Charter, Commitment, Pledge, Principle, Signatory
from pledges.models.pledge import STATEMENT_LENGTH

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

# Directions that hide what a text says (Unicode bidi controls), and zero-width characters.
_HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def clean_text(text: str) -> str:
    """A typed text in its composed form (NFC), without what cannot be seen.

    :raises ValidationError: When it holds control or direction characters.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if _HIDDEN.search(text) or any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in text):
        raise ValidationError(
            _("Ce texte contient des caractères invisibles : retapez-le ici plutôt que de le coller.")
        )
    return text


class TextField(forms.CharField):
    """A text that is stored as its reader will see it."""

    def clean(self, value: Any) -> Any:
        return clean_text(super().clean(value))


class StatementField(TextField):
    """A sentence or two; line ends count for one character, as the reader counts them."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class AnswersForm(forms.Form):
    """An answer to each principle of a charter, with an optional sentence."""

    def __init__(self, *args: Any, charter: Charter, pledge: Pledge | None = None, **kwargs: Any) -> None:
        """Ask for answers to a charter, starting from those of a pledge if there is one."""
        super().__init__(*args, **kwargs)
        self.principles = list(charter.principles.all())
        given = {answer.principle_id: answer for answer in pledge.commitments.all()} if pledge else {}
        for principle in self.principles:
            self._add_answer_fields(principle, given.get(principle.pk))

    def answers(self) -> Iterator[tuple[Principle, BoundField, BoundField]]:
        """Each principle with its two fields, for the page."""
        for principle in self.principles:
            yield principle, self[f"answer_{principle.number}"], self[f"statement_{principle.number}"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for principle in self.principles:
            statement, answer = f"statement_{principle.number}", f"answer_{principle.number}"
            if data.get(statement) and not data.get(answer) and answer not in self.errors:
                self.add_error(answer, _("Vous avez écrit une précision : choisissez aussi une réponse."))
        answers = [f"answer_{principle.number}" for principle in self.principles]
        if not any(data.get(name) for name in answers) and not any(name in self.errors for name in answers):
            self.add_error(answers[0], _("Répondez au moins à un principe."))
        return data

    def replies(self) -> dict[Principle, Reply]:
        """The answers given, once the form is valid."""
        return {
            principle: Reply(Answer(answer), self.cleaned_data[f"statement_{principle.number}"])
            for principle in self.principles
            if (answer := self.cleaned_data[f"answer_{principle.number}"])
        }

    def _add_answer_fields(self, principle: Principle, given: Commitment | None) -> None:
        self.fields[f"answer_{principle.number}"] = forms.ChoiceField(
            label=_("Principe %d") % principle.number,  # the page shows the statement itself
            required=False,
            choices=[
                (Answer.COMMITS, _("Je m’engage")),
                (Answer.DECLINES, _("Je ne m’engage pas")),
                ("", _("Je ne réponds pas")),
            ],
            initial=given.answer if given else "",
            widget=forms.RadioSelect,
        )
        self.fields[f"statement_{principle.number}"] = StatementField(
            label=_("Vos mots"),
            max_length=STATEMENT_LENGTH,
            required=False,
            initial=given.statement if given else "",
            help_text=_("Une phrase ou deux, publiées telles quelles."),
            widget=forms.Textarea(attrs={"rows": 3, "maxlength": STATEMENT_LENGTH}),
        )


class SigningForm(AnswersForm):
    """The act of signing: who, in what capacity, and an answer to each principle.

    Its fields depend on what signs: a list (by its head or its mandataire), a binôme (both members, each from their
    own mailbox), or one candidate alone.
    """

    def __init__(self, *args: Any, candidate_list: CandidateList, candidate: Candidate | None = None, **kwargs: Any):
        super().__init__(*args, charter=candidate_list.contest.election.charter, **kwargs)
        self.candidate_list = candidate_list
        self.candidate = candidate
        self.signing_people = self._signing_people()
        if self.is_list:
            self._add_capacity_fields()
        for index, person in enumerate(self.signing_people or [None]):
            self._add_mailbox(index, person)
        self.fields["phone"] = TextField(
            label=_("Téléphone"),
            max_length=30,
            required=False,
            help_text=_("Pour que le réseau puisse vous rappeler. Jamais publié."),
            widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        )
        if self.is_for_oneself:
            self.fields |= consent_fields()

    @property
    def is_for_oneself(self) -> bool:
        """Whether one person signs: each member of a binôme consents when confirming, never for the other."""
        return self.candidate is not None or self.candidate_list.kind != ListKind.PAIR

    @property
    def is_list(self) -> bool:
        return self.candidate is None and self.candidate_list.kind == ListKind.LIST

    def mailboxes(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith("email_")]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.is_list and data.get("capacity") == Capacity.MANDATARY and not data.get("full_name"):
            self.add_error("full_name", _("Écrivez le nom de la personne mandataire."))
        emails = [data.get(field.name, "").casefold() for field in self.mailboxes()]
        if len(emails) == 2 and emails[0] and emails[0] == emails[1]:
            self.add_error("email_1", _("Chaque membre du binôme confirme depuis sa propre adresse."))
        return data

    def signers(self) -> list[Signer]:
        """Who signs, once the form is valid."""
        data = self.cleaned_data
        consents = {
            "accepts_publication": data.get("accepts_publication", False),
            "accepts_contact": data.get("accepts_contact", False),
        }
        if self.is_list and data["capacity"] == Capacity.MANDATARY:
            return [Signer(Capacity.MANDATARY, data["full_name"], data["email_0"], phone=data["phone"], **consents)]
        capacity = Capacity.SELF if self.candidate else Capacity.HEAD if self.is_list else Capacity.MEMBER
        return [
            Signer(
                capacity,
                person.full_name,
                data[f"email_{index}"],
                candidate=person,
                phone="" if index else data["phone"],  # whoever fills the form leaves their own number
                **consents,
            )
            for index, person in enumerate(self.signing_people)
        ]

    def _signing_people(self) -> list[Candidate]:
        """Those of the official list who sign: the candidate, the head, or both members."""
        if self.candidate:
            return [self.candidate]
        people = self.candidate_list.candidates.standing().in_list_order()
        if self.is_list:
            return list(people.filter(is_head=True))
        return list(people.filter(role=CandidateRole.CANDIDATE))

    def _add_capacity_fields(self) -> None:
        choices: list[tuple[str, StrOrPromise]] = [
            (Capacity.HEAD, _("Je suis %s, tête de liste") % person.full_name) for person in self.signing_people
        ]
        choices.append((Capacity.MANDATARY, _("Je suis mandataire de la liste")))
        self.fields["capacity"] = forms.ChoiceField(
            label=_("En quelle qualité signez-vous ?"),
            choices=choices,
            widget=forms.RadioSelect,
            error_messages={"required": _("Dites en quelle qualité vous signez.")},
        )
        self.fields["full_name"] = TextField(
            label=_("Nom de la personne mandataire"),
            max_length=200,
            required=False,
            help_text=_("Seulement si vous êtes mandataire. Publié avec votre qualité."),
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
        )

    def _add_mailbox(self, index: int, person: Candidate | None) -> None:
        of_pair = len(self.signing_people) > 1
        self.fields[f"email_{index}"] = forms.EmailField(
            label=_("Adresse électronique (%s)") % person if of_pair and person else _("Votre adresse électronique"),
            help_text=_("Le lien de confirmation y arrive. Jamais publiée."),
            widget=forms.EmailInput(attrs={"autocomplete": "off" if of_pair else "email"}),
            error_messages={
                "required": _("Écrivez une adresse électronique."),
                "invalid": _("Cette adresse n’est pas complète : il faut un nom, une arobase et un domaine."),
            },
        )


def consent_fields() -> dict[str, forms.Field]:
    """The two consents, apart: to be published, to be written to again."""
    return {
        "accepts_publication": forms.BooleanField(
            label=consent.PUBLICATION,
            error_messages={"required": _("Sans votre accord, rien ne peut être publié : cochez cette case.")},
        ),
        "accepts_contact": forms.BooleanField(label=consent.CONTACT, required=False),
    }


class ConfirmForm(forms.Form):
    """A box with no default: a scanner that presses buttons confirms nothing.

    Who has not consented yet, because somebody else filled the form in, does it here.
    """

    is_me = forms.BooleanField(
        label=_("C’est bien moi qui signe, en la qualité indiquée ci-dessus."),
        error_messages={"required": _("Cochez la case pour confirmer.")},
    )

    def __init__(self, *args: Any, signatory: Signatory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not signatory.consented_to_publication_at:
            self.fields |= consent_fields()


class PrivateLinkForm(forms.Form):
    """Where to send the link of one's private page."""

    email = forms.EmailField(
        label=_("L’adresse avec laquelle vous avez signé"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Écrivez une adresse électronique."),
            "invalid": _("Cette adresse n’est pas complète : il faut un nom, une arobase et un domaine."),
        },
    )


class WithdrawForm(forms.Form):
    """Taking back a signature, for good."""

    reason = StatementField(
        label=_("Pourquoi"),
        max_length=STATEMENT_LENGTH,
        required=False,
        help_text=_("Publié avec la date du retrait, si vous écrivez quelque chose."),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": STATEMENT_LENGTH}),
    )
    is_sure = forms.BooleanField(
        label=_("Je retire cet engagement, pour de bon. Mes coordonnées seront effacées."),
        error_messages={"required": _("Cochez la case : un retrait est définitif.")},
    )


class EmailChangeForm(forms.Form):
    """Another address for one's mails."""

    new_email = forms.EmailField(
        label=_("Votre nouvelle adresse électronique"),
        help_text=_("Jamais publiée."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Écrivez une adresse électronique."),
            "invalid": _("Cette adresse n’est pas complète : il faut un nom, une arobase et un domaine."),
        },
    )


class DecideChangeForm(forms.Form):
    """A box with no default, whichever button follows: a scanner that presses buttons decides nothing."""

    is_me = forms.BooleanField(
        label=_("Cette boîte est la mienne, et j’ai lu ce qui précède."),
        error_messages={"required": _("Cochez la case pour répondre.")},
    )


class ContactForm(forms.Form):
    """Whether one's network may write again."""

    accepts_contact = forms.TypedChoiceField(
        label=_("Le réseau peut-il vous recontacter ?"),
        choices=[("yes", _("Oui, j’accepte")), ("no", _("Non, je n’accepte pas, ou plus"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une réponse.")},
    )


class EraseForm(forms.Form):
    """Erasing all that concerns one's mailbox, for good."""

    is_sure = forms.BooleanField(
        label=_("J’ai lu ce qui disparaît et ce qui reste. Effacez mes données, pour de bon."),
        error_messages={"required": _("Cochez la case : cet effacement est définitif.")},
    )
