"""Who signs, for which candidacy, and the last page."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from pledges import calendar
from pledges.actions.signing import Signer
from pledges.declared import Declaration, DeclaredPerson, contests_of
from pledges.enums import Capacity, ListKind
from pledges.forms.consents import publication_field
from pledges.forms.fields import MailboxField, NameField
from pledges.guard import GuardedForm
from pledges.limits import mailbox_of
from pledges.models import Candidate, CandidateList, Election

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


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
        emails = [mailbox_of(data.get(field.name, "")) for field in self.mailboxes() if data.get(field.name)]
        if len(emails) == 2 and emails[0] == emails[1]:
            self.add_error("email_1", _("Chaque membre du binôme confirme depuis sa propre adresse."))
        return data

    def signers(self, *, accepts_publication: bool = False) -> list[Signer]:
        """Who signs, once the form is valid, with what they agreed to."""
        data = self.cleaned_data
        signer = partial(Signer, accepts_publication=accepts_publication)
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
        self.fields[f"email_{index}"] = MailboxField(
            label=_("Adresse électronique (%s)") % person if of_pair and person else _("Votre adresse électronique"),
            help_text=_("Le lien de confirmation y arrive. Jamais publiée."),
            autocomplete="off" if of_pair else "email",
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
            self.fields["accepts_publication"] = publication_field()

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
        is_pair = contest.election.choice.is_by_pairs
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
        is_pair, is_personal = contest.election.choice.is_by_pairs, data["scope"] == self.SELF
        people = [DeclaredPerson(data["first_names_0"], data["last_name_0"])]
        if is_pair and not is_personal:
            people.append(DeclaredPerson(data["first_names_1"], data["last_name_1"]))
        list_name = " et ".join(f"{person.first_names} {person.last_name}" for person in people)
        return Declaration(contest, list_name if is_pair else data["list_name"], people, is_personal=is_personal)
