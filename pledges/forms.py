"""All that a visitor can type."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from pledges import calendar, consent
from pledges.actions.signing import Reply, Signer
from pledges.codes import read_code
from pledges.declared import Declaration, DeclaredPerson, contests_of
from pledges.enums import Answer, Capacity, ElectionKind, ListKind
from pledges.guard import GuardedForm
from pledges.models import (
    Candidate,
    CandidateList,
    Charter,
    Commitment,
    Election,
    Pledge,
    Principle,
    Signatory,
)
from pledges.models.pledge import STATEMENT_LENGTH
from pledges.names import clean_text

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


class NameField(forms.CharField):
    """A name, or another line, stored as its reader will see it."""

    def clean(self, value: Any) -> Any:
        return clean_text(super().clean(value), is_name=True)


class StatementField(forms.CharField):
    """A sentence or two; line ends count for one character, as the reader counts them."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        return (super().to_python(value) or "").replace("\r\n", "\n")

    def clean(self, value: Any) -> Any:
        return clean_text(super().clean(value))


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


class PrincipleForm(forms.Form):
    """One principle of a charter: an answer that the signer chooses, and an optional sentence."""

    NO_ANSWER = "none"

    answer = forms.ChoiceField(
        label=_("Votre réponse"),
        choices=[
            (Answer.COMMITS, _("Je m’engage")),
            (Answer.DECLINES, _("Je ne m’engage pas")),
            (NO_ANSWER, _("Je ne réponds pas")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une des trois réponses.")},
    )
    statement = StatementField(
        label=_("Vos mots"),
        max_length=STATEMENT_LENGTH,
        required=False,
        help_text=_("Une phrase ou deux, publiées telles quelles."),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": STATEMENT_LENGTH}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("statement") and data.get("answer") == self.NO_ANSWER:
            self.add_error("answer", _("Vous avez écrit une précision : dites si vous vous engagez ou non."))
        return data

    def reply(self) -> Reply | None:
        """What is answered, once the form is valid; None is no answer."""
        if self.cleaned_data["answer"] == self.NO_ANSWER:
            return None
        return Reply(Answer(self.cleaned_data["answer"]), self.cleaned_data["statement"])


class SignersForm(forms.Form):
    """Who signs, in what capacity, and where the links go.

    Its fields depend on what signs: a list (by its head or its mandataire), a binôme (both members, each from their
    own mailbox), or one candidate alone.
    """

    def __init__(
        self,
        *args: Any,
        candidate_list: CandidateList,
        people: Sequence[Candidate],
        is_personal: bool = False,
        **kwargs: Any,
    ) -> None:
        """
        :param people: Those of the official list who may sign, or those declared: the candidate alone, the head
            (nobody when the list has none), or both members.
        """
        super().__init__(*args, **kwargs)
        self.candidate_list = candidate_list
        self.people = people
        self.is_personal = is_personal
        if self.is_list:
            self._add_capacity_fields()
        for index, person in enumerate(people or [None]):
            self._add_mailbox(index, person)
        self.fields["phone"] = NameField(
            label=_("Téléphone"),
            max_length=30,
            required=False,
            help_text=_("Pour que le réseau puisse vous rappeler. Jamais publié."),
            widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        )

    @property
    def is_list(self) -> bool:
        return not self.is_personal and self.candidate_list.kind == ListKind.LIST

    def mailboxes(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith("email_")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.is_list and data.get("capacity") == Capacity.MANDATARY and not data.get("full_name"):
            self.add_error("full_name", _("Écrivez le nom de la personne mandataire."))
        emails = [data.get(field.name, "").casefold() for field in self.mailboxes()]
        if len(emails) == 2 and emails[0] and emails[0] == emails[1]:
            self.add_error("email_1", _("Chaque membre du binôme confirme depuis sa propre adresse."))
        return data

    def signers(self, *, accepts_publication: bool = False, accepts_contact: bool = False) -> list[Signer]:
        """Who signs, once the form is valid, with what they agreed to."""
        data = self.cleaned_data
        signer = partial(Signer, accepts_publication=accepts_publication, accepts_contact=accepts_contact)
        if self.is_list and data["capacity"] == Capacity.MANDATARY:
            return [signer(Capacity.MANDATARY, data["full_name"], data["email_0"], phone=data["phone"])]
        capacity = Capacity.SELF if self.is_personal else Capacity.HEAD if self.is_list else Capacity.MEMBER
        return [
            signer(
                capacity,
                person.full_name,
                data[f"email_{index}"],
                candidate=person,
                phone="" if index else data["phone"],  # whoever fills the form leaves their own number
            )
            for index, person in enumerate(self.people)
        ]

    def _add_capacity_fields(self) -> None:
        choices: list[tuple[str, StrOrPromise]] = [
            (Capacity.HEAD, _("Je suis %s, tête de liste") % person.full_name) for person in self.people
        ]
        choices.append((Capacity.MANDATARY, _("Je suis mandataire de la liste")))
        self.fields["capacity"] = forms.ChoiceField(
            label=_("En quelle qualité signez-vous ?"),
            choices=choices,
            widget=forms.RadioSelect,
            error_messages={"required": _("Dites en quelle qualité vous signez.")},
        )
        self.fields["full_name"] = NameField(
            label=_("Nom de la personne mandataire"),
            max_length=200,
            required=False,
            help_text=_("Seulement si vous êtes mandataire. Publié avec votre qualité."),
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
        )

    def _add_mailbox(self, index: int, person: Candidate | None) -> None:
        of_pair = len(self.people) > 1
        self.fields[f"email_{index}"] = forms.EmailField(
            label=_("Adresse électronique (%s)") % person if of_pair and person else _("Votre adresse électronique"),
            help_text=_("Le lien de confirmation y arrive. Jamais publiée."),
            widget=forms.EmailInput(attrs={"autocomplete": "off" if of_pair else "email"}),
            error_messages={
                "required": _("Écrivez une adresse électronique."),
                "invalid": _("Cette adresse n’est pas complète : il faut un nom, une arobase et un domaine."),
            },
        )


class SendForm(GuardedForm):
    """The last page: everything is read again, then sent."""

    def __init__(self, *args: Any, asks_consent: bool, fingerprint: str, **kwargs: Any) -> None:
        """
        :param asks_consent: Whether one person signs: each member of a binôme consents when confirming instead.
        :param fingerprint: Of what the page shows: what is sent is what was read.
        """
        super().__init__(*args, **kwargs)
        self.fingerprint = fingerprint  # the page writes it as « read »
        if asks_consent:
            self.fields |= consent_fields()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.data.get("read") != self.fingerprint:
            raise forms.ValidationError(
                _("Vos réponses ont changé, dans un autre onglet peut-être : relisez-les, puis signez.")
            )
        return data


class DeclareForm(forms.Form):
    """A candidacy that no official list names yet: where, for whom, under what name."""

    LIST, SELF = "list", "self"

    contest = forms.ChoiceField(
        label=_("Élection et territoire"), error_messages={"required": _("Choisissez un territoire.")}
    )
    scope = forms.ChoiceField(
        label=_("Au nom de qui signez-vous ?"),
        choices=[
            (LIST, _("La liste, ou le binôme, tout entier")),
            (SELF, _("Moi seulement, candidate ou candidat sur une liste")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites au nom de qui vous signez.")},
    )
    list_name = NameField(
        label=_("Nom de la liste"),
        max_length=200,
        required=False,
        help_text=_("Tel qu’il sera déposé en préfecture. Un binôme n’en a pas besoin."),
    )
    first_names_0 = NameField(label=_("Prénom"), max_length=120, error_messages={"required": _("Écrivez un prénom.")})
    last_name_0 = NameField(label=_("Nom"), max_length=120, error_messages={"required": _("Écrivez un nom.")})
    first_names_1 = NameField(label=_("Prénom"), max_length=120, required=False)
    last_name_1 = NameField(label=_("Nom"), max_length=120, required=False)

    def __init__(self, *args: Any, elections: Sequence[Election], **kwargs: Any) -> None:
        """
        :param elections: Those of the moment. A region is offered where signing is open.
        """
        super().__init__(*args, **kwargs)
        self.contests = {
            f"{election.slug}:{contest.code}": contest
            for election in elections
            for contest in contests_of(election)
            if calendar.signing(election, contest.region).is_open
        }
        groups: dict[str, list[tuple[str, str]]] = {}
        for key, contest in self.contests.items():
            groups.setdefault(contest.election.name, []).append((key, contest.name))
        field = self.fields["contest"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = [("", _("Choisir…")), *groups.items()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        contest = self.contests.get(data.get("contest", ""))
        if contest is None:
            return data
        is_pair = contest.election.kind == ElectionKind.DEPARTMENTAL
        if not is_pair and not data.get("list_name") and "list_name" not in self.errors:
            self.add_error("list_name", _("Écrivez le nom de la liste."))
        if is_pair and data.get("scope") == self.LIST:
            for name, sentence in (
                ("first_names_1", _("Écrivez le prénom de l’autre membre du binôme.")),
                ("last_name_1", _("Écrivez le nom de l’autre membre du binôme.")),
            ):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return data

    def declaration(self) -> Declaration:
        """What is declared, once the form is valid."""
        data = self.cleaned_data
        contest = self.contests[data["contest"]]
        is_pair, is_personal = contest.election.kind == ElectionKind.DEPARTMENTAL, data["scope"] == self.SELF
        people = [DeclaredPerson(data["first_names_0"], data["last_name_0"])]
        if is_pair and not is_personal:
            people.append(DeclaredPerson(data["first_names_1"], data["last_name_1"]))
        list_name = " et ".join(f"{person.first_names} {person.last_name}" for person in people)
        return Declaration(contest, list_name if is_pair else data["list_name"], people, is_personal=is_personal)


class CodeForm(forms.Form):
    """The short code of a mail, for whoever reads mails on another screen."""

    code = NameField(
        label=_("Code du courriel"),
        max_length=20,
        help_text=_("Huit lettres ou chiffres, valables dix minutes."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Recopiez le code du courriel.")},
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


class PrivateLinkForm(GuardedForm):
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


CODE_PARAMETER = "code"
RECEIPT_LIMIT = 2 * 1024 * 1024  # bytes: a receipt weighs some forty times less


class ReceiptCodeForm(forms.Form):
    """The code printed on a receipt."""

    code = forms.CharField(
        label=_("Le code du reçu"),
        max_length=100,
        help_text=_("Trente-deux lettres et chiffres, avec ou sans tirets, en capitales ou non."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Tapez le code imprimé sur le reçu.")},
    )

    def clean_code(self) -> str:
        code = read_code(self.cleaned_data["code"])
        if not code:
            raise ValidationError(
                _("Ce n’est pas un code entier : il a trente-deux lettres et chiffres, en huit groupes de quatre.")
            )
        return code


class ReceiptFileForm(forms.Form):
    """A receipt to compare with those that were issued."""

    file = forms.FileField(
        label=_("Le fichier du reçu"),
        help_text=_("Le PDF tel que vous l’avez reçu, de 2 Mo au plus."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={
            "required": _("Choisissez le fichier à comparer."),
            "invalid": _("Choisissez le fichier à comparer."),
            "missing": _("Choisissez le fichier à comparer."),
            "empty": _("Ce fichier est vide."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > RECEIPT_LIMIT:
            raise ValidationError(
                _(
                    "Ce fichier dépasse 2 Mo : ce n’est pas un reçu du portail. Une photo ou un scan ne se compare pas"
                    " ainsi : lisez plutôt la page du code, et comparez les mots."
                )
            )
        return file


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
