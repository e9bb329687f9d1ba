"""The text of a campaign: words with named places in them, filled in for each list."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pledges import second_round
from pledges.enums import ElectionKind
from pledges.letters import inline
from pledges.models import Campaign, Candidate, CandidateList
from regions.models import Network
from regions.typography import day

LINK = "lien"
PLACES: dict[str, Promise] = {
    "liste": gettext_lazy("le nom de la liste ou du binôme"),
    "tete": gettext_lazy("sa tête de liste, ou les deux membres du binôme"),
    "territoire": gettext_lazy("la circonscription"),
    "election": gettext_lazy("l’élection"),
    "premier_tour": gettext_lazy("la date du premier tour"),
    "cloture": gettext_lazy("le dernier jour pour signer"),
    "charte": gettext_lazy("le titre de la charte"),
    "reseau": gettext_lazy("le réseau, ou les réseaux, de la région"),
    LINK: gettext_lazy("le lien personnel de la liste, seul sur sa ligne"),
}
_PLACE = re.compile(r"\{([^{}]*)\}")
_MARKS = re.compile(r"[{}]")

SUBJECT = gettext_lazy("{election} : cinq principes de l’ESS, proposés à toutes les listes")
BODY = gettext_lazy(
    "Madame, Monsieur,\n\n"
    "{reseau} propose à toutes les listes de la circonscription {territoire} de signer la même charte : « {charte} »."
    " La même demande est faite à chacune, au même moment.\n\n"
    "Vous répondez principe par principe : vous vous engagez, vous ne vous engagez pas, ou vous ne répondez pas."
    " Vos mots, si vous en ajoutez, sont publiés tels quels. Cela prend cinq minutes, et ne coûte rien.\n\n"
    "{lien}\n\n"
    "Signe la tête de liste, ou une ou un mandataire ; pour un binôme, ses deux membres. La liste dont il s’agit :"
    " « {liste} ». On peut signer jusqu’au {cloture}."
)
REMINDER_SUBJECT = gettext_lazy("Rappel : {election}, les cinq principes de l’ESS")
REMINDER_BODY = gettext_lazy(
    "Madame, Monsieur,\n\n"
    "{reseau} a proposé à toutes les listes de la circonscription {territoire} de signer la charte « {charte} »."
    " Nous n’avons pas encore de réponse de « {liste} ». Elle vous appartient, et ne pas répondre n’est pas refuser."
    "\n\n"
    "{lien}\n\n"
    "On peut signer jusqu’au {cloture}."
)
# To binômes, in their own words.
PAIR_SUBJECT = gettext_lazy("{election} : cinq principes de l’ESS, proposés à tous les binômes")
PAIR_BODY = gettext_lazy(
    "Madame, Monsieur,\n\n"
    "{reseau} propose à tous les binômes du canton {territoire} de signer la même charte : « {charte} »."
    " La même demande est faite à chacun, au même moment.\n\n"
    "Vous répondez principe par principe : vous vous engagez, vous ne vous engagez pas, ou vous ne répondez pas."
    " Vos mots, si vous en ajoutez, sont publiés tels quels. Cela prend cinq minutes, et ne coûte rien.\n\n"
    "{lien}\n\n"
    "Signent les deux membres du binôme. Le binôme dont il s’agit : « {liste} ». On peut signer jusqu’au {cloture}."
)
PAIR_REMINDER_BODY = gettext_lazy(
    "Madame, Monsieur,\n\n"
    "{reseau} a proposé à tous les binômes du canton {territoire} de signer la charte « {charte} »."
    " Nous n’avons pas encore de réponse de « {liste} ». Elle vous appartient, et ne pas répondre n’est pas refuser."
    "\n\n"
    "{lien}\n\n"
    "On peut signer jusqu’au {cloture}."
)


@dataclass(frozen=True, slots=True)
class Text:
    """What a campaign says, with its places: the subject and the body of a first request, or of a reminder."""

    subject: str
    body: str

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the text before it is filled in: the same for every list that was asked the same thing."""
        return hashlib.sha256(f"{self.subject}\n\n{self.body}".encode()).hexdigest()


def offered(choice: ElectionKind) -> dict[str, str]:
    """The texts that a campaign begins with, by its fields, in the words of those it asks: lists or binômes."""
    is_by_pairs = choice.is_by_pairs
    return {
        "subject": str(PAIR_SUBJECT if is_by_pairs else SUBJECT),
        "body": str(PAIR_BODY if is_by_pairs else BODY),
        "reminder_subject": str(REMINDER_SUBJECT),
        "reminder_body": str(PAIR_REMINDER_BODY if is_by_pairs else REMINDER_BODY),
    }


def text_of(campaign: Campaign, number: int) -> Text:
    """The text of a request: the first one, or its reminders."""
    if number:
        return Text(campaign.reminder_subject, _normal(campaign.reminder_body))
    return Text(campaign.subject, _normal(campaign.body))


def faults(text: str, *, is_subject: bool = False) -> list[str]:
    """What is wrong with a text, in sentences; nothing when it can be filled in for any list."""
    found = []
    names = _PLACE.findall(text)
    if unknown := sorted({name for name in names if name not in PLACES}):
        found.append(
            _("Nous ne connaissons pas %(unknown)s. Vous pouvez écrire : %(known)s.")
            % {"unknown": _braced(unknown), "known": _braced(PLACES)}
        )
    if _MARKS.search(_PLACE.sub("", text)):
        found.append(_("Une accolade est seule : un repère s’écrit avec deux, comme {liste}."))
    if is_subject:
        if LINK in names:
            found.append(_("L’objet d’un courriel ne peut pas contenir {lien}."))
    elif [line.strip() for line in text.splitlines()].count(f"{{{LINK}}}") != 1 or names.count(LINK) != 1:
        found.append(_("Le texte doit contenir {lien} une fois, seul sur sa ligne : sans lui, on ne peut pas signer."))
    return found


def values(candidate_list: CandidateList, leaders: Iterable[Candidate], networks: Iterable[Network]) -> dict[str, str]:
    """What the places hold for a list, made harmless: an official file says them, and a mail carries them.

    :param candidate_list: With its contest, election, charter and region loaded.
    """
    contest = candidate_list.contest
    return {
        "liste": inline(candidate_list),
        "tete": ", ".join(inline(person.full_name) for person in leaders) or _("Madame, Monsieur"),
        "territoire": inline(contest.name),
        "election": inline(contest.election),
        "premier_tour": day(contest.election.first_round_on),
        "cloture": day(second_round.last_day_to_sign(contest, candidate_list.rounds[-1])),
        "charte": inline(contest.election.charter.title),
        "reseau": ", ".join(inline(network.name) for network in networks) or _("Le réseau de l’ESS du territoire"),
    }


def fill(text: str, places: Mapping[str, str]) -> str:
    """The text with its places filled in; one that nothing fills stays as it was written."""
    return _PLACE.sub(lambda found: places.get(found[1], found[0]), text)


def fill_body(text: str, places: Mapping[str, str], link: str, choice: ElectionKind) -> str:
    """The body of a letter: each line is a paragraph apart, and the link a button.

    :param link: The address that the list signs at.
    :param choice: What its election is between: lists or binômes.
    """
    label = _("Répondre pour le binôme") if choice.is_by_pairs else _("Répondre pour la liste")
    button = f"{label} :\n{link}"
    blocks = [button if line.strip() == f"{{{LINK}}}" else fill(line, places) for line in _normal(text).splitlines()]
    return "\n".join(f"\n{block}\n" if block == button else block for block in blocks)


def _normal(text: str) -> str:
    """With the line ends of one machine: a form sends those of another, and the fingerprint would tell them apart."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


def _braced(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
