"""Closed lists of words about elections and pledges, and what may follow what."""

from django.db import models
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _


class ElectionKind(models.TextChoices):
    """What is elected: regional votes include the single assemblies of Corse, Martinique and Guyane."""

    REGIONAL = "regional", _("élections régionales")
    DEPARTMENTAL = "departmental", _("élections départementales")

    def lists(self, count: int) -> str:
        """So many of what voters choose from: « 3 listes », « 1 binôme »."""
        if self == ElectionKind.DEPARTMENTAL:
            return ngettext("%d binôme", "%d binômes", count) % count
        return ngettext("%d liste", "%d listes", count) % count

    def no_list(self) -> str:
        """None of them, where a sentence begins its count: « aucune liste sur 6 »."""
        return gettext("aucun binôme") if self == ElectionKind.DEPARTMENTAL else gettext("aucune liste")


class ListKind(models.TextChoices):
    """What voters choose."""

    LIST = "list", _("liste")
    PAIR = "pair", _("binôme")


class CandidateRole(models.TextChoices):
    """A person's place: only the members of a binôme have substitutes."""

    CANDIDATE = "candidate", _("candidat·e")
    SUBSTITUTE = "substitute", _("remplaçant·e")


class Sex(models.TextChoices):
    """As the official list states it: it makes the French agree (« candidate », « candidat »)."""

    FEMALE = "F", _("femme")
    MALE = "M", _("homme")


class Capacity(models.TextChoices):
    """In what capacity a person signs."""

    HEAD = "head", _("tête de liste")
    MANDATARY = "mandatary", _("mandataire de la liste")
    MEMBER = "member", _("membre du binôme")
    SELF = "self", _("à titre personnel")


class Answer(models.TextChoices):
    """What a signer says of one principle. No answer is a third thing, and is not stored."""

    COMMITS = "commits", _("s’engage")
    DECLINES = "declines", _("ne s’engage pas")


class AnswerFilter(models.TextChoices):
    """The answers that a matrix is filtered by, as an address writes them: « no answer » is one of them."""

    COMMITS = "s-engage", Answer.COMMITS.label
    DECLINES = "ne-s-engage-pas", Answer.DECLINES.label
    NONE = "sans-reponse", _("pas de réponse")


class IdentityCheck(models.TextChoices):
    """How a network made sure of who signed. No identity document is ever kept."""

    OFFICIAL_LIST = "official_list", _("identité rapprochée de la liste officielle")
    OFFICIAL_ADDRESS = "official_address", _("adresse officielle de la liste")
    CALL_BACK = "call_back", _("rappel téléphonique par le réseau")
    RECEIPT_SEEN = "receipt_seen", _("récépissé de candidature vu, non conservé")


class PledgeState(models.TextChoices):
    """Where a pledge stands. A pledge never confirmed is deleted after seven days, and has no state for it."""

    SUBMITTED = "submitted", _("à confirmer par courriel")
    IN_REVIEW = "in_review", _("en cours de vérification")
    PUBLISHED = "published", _("publié")
    DECLINED = "declined", _("refusé")
    SUSPENDED = "suspended", _("suspendu")
    WITHDRAWN = "withdrawn", _("retiré")
    SUPERSEDED = "superseded", _("remplacé")

    def can_become(self, state: "PledgeState") -> bool:
        return state in NEXT_STATES[self]


NEXT_STATES: dict[PledgeState, set[PledgeState]] = {
    PledgeState.SUBMITTED: {PledgeState.IN_REVIEW},
    PledgeState.IN_REVIEW: {PledgeState.PUBLISHED, PledgeState.DECLINED, PledgeState.WITHDRAWN},
    PledgeState.PUBLISHED: {PledgeState.SUSPENDED, PledgeState.WITHDRAWN, PledgeState.SUPERSEDED},
    # A consent can be withdrawn at any time, under suspension too: docs/adr/0004.
    PledgeState.SUSPENDED: {PledgeState.PUBLISHED, PledgeState.DECLINED, PledgeState.WITHDRAWN},
    PledgeState.DECLINED: set(),
    PledgeState.WITHDRAWN: set(),
    PledgeState.SUPERSEDED: set(),
}
# Published once: the charter it signed may not change, and pages keep it as a dated fact.
STANDING = (PledgeState.PUBLISHED, PledgeState.SUSPENDED)
# Its signer may still act on it from their private page.
LIVE = (PledgeState.IN_REVIEW, *STANDING)
# A network has spoken: someone decided, at some moment.
DECIDED = (PledgeState.PUBLISHED, PledgeState.SUSPENDED, PledgeState.DECLINED, PledgeState.SUPERSEDED)


class ImportState(models.TextChoices):
    """Where the import of an official file stands."""

    READING = "reading", _("lecture en cours")
    UNCLEAR = "unclear", _("colonnes à préciser")
    READY = "ready", _("à vérifier")
    ACCEPTED = "accepted", _("accepté, à écrire")
    WRITING = "writing", _("écriture en cours")
    DONE = "done", _("importé")
    REFUSED = "refused", _("fichier refusé")
    CANCELLED = "cancelled", _("abandonné")

    def can_become(self, state: "ImportState") -> bool:
        return state in NEXT_IMPORT_STATES[self]


NEXT_IMPORT_STATES: dict[ImportState, set[ImportState]] = {
    ImportState.READING: {ImportState.UNCLEAR, ImportState.READY, ImportState.REFUSED, ImportState.CANCELLED},
    ImportState.UNCLEAR: {ImportState.READING, ImportState.CANCELLED},
    ImportState.READY: {ImportState.READING, ImportState.ACCEPTED, ImportState.CANCELLED},
    # Read again before it is written: what was previewed may have changed meanwhile.
    ImportState.ACCEPTED: {ImportState.WRITING, ImportState.READY, ImportState.REFUSED, ImportState.CANCELLED},
    # Whole or not at all: whoever finds it stopped there finds nothing written, and starts it again.
    ImportState.WRITING: {ImportState.DONE, ImportState.READY, ImportState.REFUSED, ImportState.ACCEPTED},
    ImportState.DONE: set(),
    ImportState.REFUSED: set(),
    ImportState.CANCELLED: set(),
}
# A worker is at it, or should be.
IMPORT_AT_WORK = (ImportState.READING, ImportState.ACCEPTED, ImportState.WRITING)
# Nothing more happens to it: its file is deleted.
IMPORT_OVER = (ImportState.DONE, ImportState.REFUSED, ImportState.CANCELLED)


class LinkPurpose(models.TextChoices):
    """What a link sent by mail opens: one purpose each."""

    CONFIRM = "confirm", _("confirmer une signature")
    PRIVATE = "private", _("ouvrir sa page privée")
    APPROVE = "approve", _("autoriser un changement d’adresse")
    PROVE = "prove", _("confirmer une nouvelle adresse")
    # The same by typing: what a code gives is a link of the purpose it stands for.
    CONFIRM_CODE = "code", _("code pour confirmer une signature")
    PRIVATE_CODE = "page_code", _("code pour ouvrir sa page privée")


CODES = {LinkPurpose.CONFIRM_CODE: LinkPurpose.CONFIRM, LinkPurpose.PRIVATE_CODE: LinkPurpose.PRIVATE}


class MailKind(models.TextChoices):
    """The mails the portal owes."""

    CONFIRM = "confirm", _("lien de confirmation")
    REMINDER = "reminder", _("rappel : signature à confirmer")
    PRIVATE = "private", _("lien vers la page privée")
    IN_REVIEW = "in_review", _("signature confirmée")
    PUBLISHED = "published", _("engagement publié")
    SUPERSEDED = "superseded", _("nouvelles réponses publiées")
    DECLINED = "declined", _("engagement non publié")
    SUSPENDED = "suspended", _("engagement suspendu")
    RESUMED = "resumed", _("engagement de nouveau publié")
    WITHDRAWN = "withdrawn", _("engagement retiré")
    APPROVE = "approve", _("changement d’adresse à autoriser")
    PROVE = "prove", _("nouvelle adresse à confirmer")
    QUESTION = "question", _("question du réseau")
    # To whoever asks for a correction.
    CORRECTION_RECEIVED = "received", _("demande de correction reçue")
    CORRECTION_ANSWERED = "answered", _("réponse à une demande de correction")
    # To whoever has an account at the desk, or is offered one.
    INVITED = "invited", _("invitation dans l’espace des réseaux")
    PASSWORD = "password", _("lien pour choisir un mot de passe")
    CORRECTION_TO_ANSWER = "to_correct", _("demande de correction à traiter")


# Apart from these, mails go to those who sign, about a pledge.
TO_ACCOUNTS = (MailKind.INVITED, MailKind.PASSWORD)
ABOUT_CORRECTIONS = (MailKind.CORRECTION_RECEIVED, MailKind.CORRECTION_ANSWERED, MailKind.CORRECTION_TO_ANSWER)


class CorrectionKind(models.TextChoices):
    """What is asked about a page."""

    CORRECTION = "correction", _("corriger une erreur")
    REPLY = "reply", _("exercer un droit de réponse")


class CorrectionState(models.TextChoices):
    """Where what was asked about a page stands."""

    RECEIVED = "received", _("à traiter")
    ACCEPTED = "accepted", _("acceptée")
    DECLINED = "declined", _("refusée")

    def can_become(self, state: "CorrectionState") -> bool:
        return self == CorrectionState.RECEIVED and state != CorrectionState.RECEIVED


class AskedAs(models.TextChoices):
    """In what capacity someone asks for a correction."""

    CANDIDATE = "candidate", _("candidate, candidat ou mandataire d’une liste")
    NETWORK = "network", _("membre d’un réseau de l’ESS")
    CITIZEN = "citizen", _("citoyenne ou citoyen")


class ConsentPurpose(models.TextChoices):
    """What a signer agrees to, each apart."""

    PUBLICATION = "publication", _("publier l’engagement")
    CONTACT = "contact", _("être recontacté·e par le réseau")


class Door(models.TextChoices):
    """Where a signer, or a network for them, said or asked something."""

    FORM = "form", _("dans le formulaire de signature")
    CONFIRMATION = "confirmation", _("en confirmant la signature")
    PRIVATE_PAGE = "private_page", _("sur la page privée")
    COMMAND = "command", _("par une demande écrite au réseau")


class Channel(models.TextChoices):
    """How a network asked a list to sign."""

    EMAIL = "email", _("courriel")
    POST = "post", _("courrier")
    PHONE = "phone", _("téléphone")
    IN_PERSON = "in_person", _("en personne")


class Act(models.TextChoices):
    """What the journal records."""

    PLEDGE_SUBMITTED = "pledge.submitted", _("engagement déposé")
    SIGNATURE_CONFIRMED = "signature.confirmed", _("signature confirmée")
    PLEDGE_IN_REVIEW = "pledge.in_review", _("engagement à vérifier")
    PLEDGE_PUBLISHED = "pledge.published", _("engagement publié")
    PLEDGE_DECLINED = "pledge.declined", _("engagement refusé")
    PLEDGE_SUSPENDED = "pledge.suspended", _("engagement suspendu")
    PLEDGE_RESUMED = "pledge.resumed", _("engagement rétabli")
    PLEDGE_WITHDRAWN = "pledge.withdrawn", _("engagement retiré")
    PLEDGE_SUPERSEDED = "pledge.superseded", _("engagement remplacé")
    PLEDGE_MATCHED = "pledge.matched", _("candidature déclarée rapprochée de la liste officielle")
    CONSENT_GIVEN = "consent.given", _("accord donné")
    CONSENT_WITHDRAWN = "consent.withdrawn", _("accord repris")
    EMAIL_CHANGE_ASKED = "email.asked", _("changement d’adresse demandé")
    EMAIL_CHANGED = "email.changed", _("adresse changée")
    EMAIL_CHANGE_REFUSED = "email.refused", _("changement d’adresse refusé")
    DATA_EXPORTED = "data.exported", _("données remises à la personne")
    DATA_ERASED = "data.erased", _("données de la personne effacées")
    PLEDGE_EXPIRED = "pledge.expired", _("engagement jamais confirmé, effacé")
    PLEDGE_NOTED = "pledge.noted", _("note entre collègues")
    QUESTION_ASKED = "question.asked", _("question posée à qui a signé")
    QUESTION_ANSWERED = "question.answered", _("réponse à la question du réseau")
    CORRECTION_ASKED = "correction.asked", _("correction demandée")
    CORRECTION_ACCEPTED = "correction.accepted", _("demande de correction acceptée")
    CORRECTION_DECLINED = "correction.declined", _("demande de correction refusée")
    MAIL_RESENT = "mail.resent", _("courrier renvoyé")
    LIST_INVITED = "list.invited", _("liste sollicitée")
    CANDIDATES_IMPORTED = "candidates.imported", _("candidatures importées")
    CHARTER_LOADED = "charter.loaded", _("charte chargée")
    TABLE_EXPORTED = "table.exported", _("tableau exporté")
    RECORD_ADDED = "record.added", _("fiche ajoutée")
    RECORD_EDITED = "record.edited", _("fiche modifiée")
    RECORD_DELETED = "record.deleted", _("fiche supprimée")
    MEMBER_INVITED = "member.invited", _("membre invité·e")
    MEMBER_ROLE_CHANGED = "member.role", _("rôle d’un membre changé")
    MEMBER_LEFT = "member.left", _("membre parti·e")
    ACCOUNT_RIGHTS_CHANGED = "account.rights", _("droits d’un compte changés")
    SECOND_FACTOR_SET = "factor.set", _("second facteur enregistré")
    SECOND_FACTOR_RESET = "factor.reset", _("second facteur remis à zéro")
