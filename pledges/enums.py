"""Closed lists of words about elections and pledges, and what may follow what."""

from django.db import models
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _


class ElectionKind(models.TextChoices):
    """What is elected: regional votes include the single assemblies of Corse, Martinique and Guyane."""

    REGIONAL = "regional", _("élections régionales")
    DEPARTMENTAL = "departmental", _("élections départementales")

    @property
    def is_by_pairs(self) -> bool:
        """Whether binômes stand, each in a canton, and not lists."""
        return self == ElectionKind.DEPARTMENTAL

    @property
    def one(self) -> str:
        """What voters choose: « liste », « binôme »."""
        return gettext("binôme") if self.is_by_pairs else gettext("liste")

    @property
    def many(self) -> str:
        """The same in the plural: « listes », « binômes »."""
        return gettext("binômes") if self.is_by_pairs else gettext("listes")

    @property
    def unknown(self) -> str:
        """What a page says before the official file is there."""
        if self.is_by_pairs:
            return gettext("Les binômes ne sont pas encore connus.")
        return gettext("Les listes ne sont pas encore connues.")

    @property
    def none_yet(self) -> str:
        """What the legend of the map says of a region where none has signed."""
        return gettext("aucun à ce jour") if self.is_by_pairs else gettext("aucune à ce jour")

    def lists(self, count: int) -> str:
        """So many of what voters choose from: « 3 listes », « 1 binôme »."""
        if self.is_by_pairs:
            return ngettext("%d binôme", "%d binômes", count) % count
        return ngettext("%d liste", "%d listes", count) % count

    def no_list(self) -> str:
        """None of them, where a sentence begins its count: « aucune liste sur 6 »."""
        return gettext("aucun binôme") if self.is_by_pairs else gettext("aucune liste")

    def none_of(self, total: int) -> str:
        """How a sentence says that none of them does: « Aucune des 6 listes », « Le seul binôme »."""
        if self.is_by_pairs:
            return ngettext("Le seul binôme", "Aucun des %d binômes", total) % ((total,) if total != 1 else ())
        return ngettext("La seule liste", "Aucune des %d listes", total) % ((total,) if total != 1 else ())


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
    MERGED = "merged", _("liste fusionnée : signer pour le second tour")
    # To whoever asks for a correction.
    CORRECTION_RECEIVED = "received", _("demande de correction reçue")
    CORRECTION_ANSWERED = "answered", _("réponse à une demande de correction")
    # To whoever has an account at the desk, or is offered one.
    INVITED = "invited", _("invitation dans l’espace des réseaux")
    PASSWORD = "password", _("lien pour choisir un mot de passe")
    CORRECTION_TO_ANSWER = "to_correct", _("demande de correction à traiter")
    # To a list, by a campaign; and the trial of one, to whoever prepares it.
    INVITATION = "invitation", _("sollicitation d’une liste")
    INVITATION_REMINDER = "asked_again", _("relance d’une liste")
    INVITATION_TRIAL = "trial", _("essai d’une sollicitation")


# Apart from these, mails go to those who sign, about a pledge.
TO_ACCOUNTS = (MailKind.INVITED, MailKind.PASSWORD)
OF_CAMPAIGNS = (MailKind.INVITATION, MailKind.INVITATION_REMINDER, MailKind.INVITATION_TRIAL)
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


class AddressKind(models.TextChoices):
    """Whose address a list is reached at; the first ones are written to first."""

    OFFICIAL = "official", _("adresse officielle de la liste")
    CANDIDATE = "candidate", _("adresse de la tête de liste ou du binôme")
    CAMPAIGN = "campaign", _("équipe de campagne")
    PARTY = "party", _("parti ou mouvement")
    OTHER = "other", _("autre adresse publique")


class CampaignState(models.TextChoices):
    """Where a campaign of invitations stands."""

    DRAFT = "draft", _("brouillon")
    TESTED = "tested", _("essayée, prête à partir")
    SCHEDULED = "scheduled", _("programmée")
    RUNNING = "running", _("en cours")
    PAUSED = "paused", _("en pause")
    OVER = "over", _("terminée")
    CANCELLED = "cancelled", _("arrêtée")

    def can_become(self, state: "CampaignState") -> bool:
        return state in NEXT_CAMPAIGN_STATES[self]


NEXT_CAMPAIGN_STATES: dict[CampaignState, set[CampaignState]] = {
    CampaignState.DRAFT: {CampaignState.TESTED, CampaignState.CANCELLED},
    # Another text is another campaign to try: what was tried is what leaves.
    CampaignState.TESTED: {
        CampaignState.DRAFT,
        CampaignState.TESTED,
        CampaignState.SCHEDULED,
        CampaignState.RUNNING,
        CampaignState.CANCELLED,
    },
    CampaignState.SCHEDULED: {CampaignState.TESTED, CampaignState.RUNNING, CampaignState.CANCELLED},
    CampaignState.RUNNING: {CampaignState.PAUSED, CampaignState.OVER, CampaignState.CANCELLED},
    CampaignState.PAUSED: {CampaignState.RUNNING, CampaignState.OVER, CampaignState.CANCELLED},
    CampaignState.OVER: set(),
    CampaignState.CANCELLED: set(),
}
# Its text may still change.
CAMPAIGN_IN_PREPARATION = (CampaignState.DRAFT, CampaignState.TESTED)
# It writes to lists, or will again.
CAMPAIGN_AT_WORK = (CampaignState.RUNNING, CampaignState.PAUSED)
# There is one such campaign at most for an election in a region.
CAMPAIGN_LIVE = (*CAMPAIGN_IN_PREPARATION, CampaignState.SCHEDULED, *CAMPAIGN_AT_WORK)


class InvitationOutcome(models.TextChoices):
    """What became of a request to a list."""

    WAITING = "waiting", _("à envoyer")
    SENT = "sent", _("faite")
    UNDELIVERED = "undelivered", _("non remise")
    DROPPED = "dropped", _("sans objet")


# A list has one request of each number in a campaign: one that did not arrive, or did not leave, is made again.
COUNTED_OUTCOMES = (InvitationOutcome.WAITING, InvitationOutcome.SENT)


class Round(models.IntegerChoices):
    """One of the two days of a vote."""

    FIRST = 1, _("premier tour")
    SECOND = 2, _("second tour")


class Fate(models.TextChoices):
    """What becomes of a list of the first round in the second; nothing where nobody knows yet.

    « Absent » is all that a file of the second round says of a list that it does not name, without its result.
    """

    KEPT = "kept", _("maintenue au second tour")
    MERGED = "merged", _("fusionnée pour le second tour")
    WITHDRAWN = "withdrawn", _("retirée avant le second tour")
    ELIMINATED = "eliminated", _("non qualifiée pour le second tour")
    ABSENT = "absent", _("absente du second tour")

    def said_of(self, kind: ListKind) -> str:
        """In words that agree with what it is said of: « maintenue » of a list, « maintenu » of a binôme."""
        return str(PAIR_FATES.get(self, self.label) if kind == ListKind.PAIR else self.label)


# Two binômes do not merge.
PAIR_FATES = {
    Fate.KEPT: _("maintenu au second tour"),
    Fate.WITHDRAWN: _("retiré avant le second tour"),
    Fate.ELIMINATED: _("non qualifié pour le second tour"),
    Fate.ABSENT: _("absent du second tour"),
}


class MandateMatch(models.TextChoices):
    """Whether the portal knows which candidate someone elected was."""

    SURE = "sure", _("rapproché·e")
    UNSURE = "unsure", _("à décider")
    UNMATCHED = "unmatched", _("aucune candidature trouvée")
    DECIDED = "decided", _("décidé par une personne")


class Phase(models.TextChoices):
    """Where an election stands in a territory, by the territory's own clock."""

    PREPARED = "prepared", _("en préparation")
    OPEN = "open", _("signatures ouvertes")
    CLOSED = "closed", _("signatures closes, avant le premier tour")
    FIRST_SILENCE = "first_silence", _("silence du premier tour")
    BETWEEN = "between", _("entre les deux tours")
    SECOND_SILENCE = "second_silence", _("silence du second tour")
    VOTED = "voted", _("vote terminé, mandat à venir")
    MANDATE = "mandate", _("mandat en cours")
    OVER = "over", _("mandat terminé")


class What(models.TextChoices):
    """What the calendar of an election allows, or not, in a territory."""

    SIGN = "sign", _("signer, dans les dates des signatures")
    ASK = "ask", _("solliciter les listes")
    URGE = "urge", _("proposer une lettre aux candidatures")
    PUBLISH = "publish", _("changer ce que le public lit")
    WRITE = "write", _("envoyer des courriels")
    TELL_FIRST = "tell_first", _("dire les résultats du premier tour")
    SORT = "sort", _("dire à la main quelles listes restent au second tour")
    TELL_SECOND = "tell_second", _("dire les résultats du second tour")
    ELECT = "elect", _("dire qui est élu")


_ALWAYS = frozenset({What.PUBLISH, What.WRITE})
_BOTH_TOLD = _ALWAYS | {What.TELL_FIRST, What.TELL_SECOND, What.ELECT}
# The one table of what each phase allows (docs/adr/0023): pages, acts, the desk, files and mails all ask it.
ALLOWED: dict[Phase, frozenset[What]] = {
    Phase.PREPARED: _ALWAYS | {What.ASK},
    Phase.OPEN: _ALWAYS | {What.SIGN, What.ASK, What.URGE},
    Phase.CLOSED: _ALWAYS,
    Phase.FIRST_SILENCE: frozenset(),
    # The polls of the first round have closed; a list of the second may sign while the signatures are open.
    Phase.BETWEEN: _ALWAYS | {What.TELL_FIRST, What.SORT, What.SIGN, What.ASK, What.URGE},
    Phase.SECOND_SILENCE: frozenset({What.TELL_FIRST}),
    Phase.VOTED: _BOTH_TOLD,
    Phase.MANDATE: _BOTH_TOLD,
    Phase.OVER: _BOTH_TOLD,
}
# What the silence of one election forbids in a territory, whichever other election is spoken of there.
HUSHED = frozenset({What.SIGN, What.ASK, What.URGE, What.PUBLISH, What.WRITE, What.SORT, What.ELECT})


class Decision(models.TextChoices):
    """What may be prepared during the electoral silence, to be done when it ends."""

    PUBLISH = "publish", _("publier")
    DECLINE = "decline", _("refuser")
    SUSPEND = "suspend", _("suspendre")
    RESUME = "resume", _("publier de nouveau")
    WITHDRAW = "withdraw", _("retirer, à la demande de qui a signé")
    ERASE = "erase", _("effacer les données de qui a signé")


class PreparedState(models.TextChoices):
    """What became of a decision prepared during the electoral silence."""

    WAITING = "waiting", _("attend la fin du silence")
    DONE = "done", _("faite")
    CANCELLED = "cancelled", _("abandonnée")
    REFUSED = "refused", _("impossible")


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
    DECISION_PREPARED = "decision.prepared", _("décision préparée pour la fin du silence")
    DECISION_CANCELLED = "decision.cancelled", _("décision préparée, abandonnée")
    DECISION_REFUSED = "decision.refused", _("décision préparée, devenue impossible")
    ELECTION_PREPARED = "election.prepared", _("élection préparée")
    ELECTION_REHEARSED = "election.rehearsed", _("calendrier joué, en démonstration")
    LIST_INVITED = "list.invited", _("liste sollicitée")
    INVITATION_UNDELIVERED = "list.undelivered", _("sollicitation non remise")
    INVITATION_REFUSED = "list.refused", _("liste ne souhaitant plus être sollicitée")
    CONTACT_ADDED = "contact.added", _("adresse d’une liste ajoutée")
    CONTACT_ERASED = "contact.erased", _("adresse d’une liste effacée")
    CAMPAIGN_TRIED = "campaign.tried", _("campagne de sollicitation essayée")
    CAMPAIGN_SCHEDULED = "campaign.scheduled", _("campagne de sollicitation programmée")
    CAMPAIGN_UNSCHEDULED = "campaign.unscheduled", _("campagne de sollicitation déprogrammée")
    CAMPAIGN_LAUNCHED = "campaign.launched", _("campagne de sollicitation lancée")
    CAMPAIGN_PAUSED = "campaign.paused", _("campagne de sollicitation mise en pause")
    CAMPAIGN_RESUMED = "campaign.resumed", _("campagne de sollicitation reprise")
    CAMPAIGN_CANCELLED = "campaign.cancelled", _("campagne de sollicitation arrêtée")
    CAMPAIGN_OVER = "campaign.over", _("campagne de sollicitation terminée")
    CANDIDATES_IMPORTED = "candidates.imported", _("candidatures importées")
    RESULTS_IMPORTED = "results.imported", _("résultats importés")
    LIST_FATE_SAID = "list.fate", _("suite donnée par une liste au premier tour")
    LIST_MERGED = "list.merged", _("liste issue d’une fusion")
    HEAD_ASKED = "list.asked", _("tête d’une liste fusionnée sollicitée")
    ELECTED_IMPORTED = "elected.imported", _("élu·es importé·es")
    ELECTED_MATCHED = "elected.matched", _("élu·e rapproché·e d’une candidature")
    ELECTED_APART = "elected.apart", _("élu·e sans candidature du portail")
    ELECTED_UNDONE = "elected.undone", _("décision sur une personne élue reprise")
    CHARTER_LOADED = "charter.loaded", _("charte chargée")
    TABLE_EXPORTED = "table.exported", _("tableau exporté")
    RESOURCE_SUBMITTED = "resource.submitted", _("ressource proposée à la relecture")
    RESOURCE_SENT_BACK = "resource.sent_back", _("ressource à reprendre")
    RESOURCE_PUBLISHED = "resource.published", _("ressource publiée")
    RESOURCE_REPLACED = "resource.replaced", _("nouvelle version d’une ressource")
    RESOURCE_ARCHIVED = "resource.archived", _("ressource archivée")
    RECORD_ADDED = "record.added", _("fiche ajoutée")
    RECORD_EDITED = "record.edited", _("fiche modifiée")
    RECORD_DELETED = "record.deleted", _("fiche supprimée")
    MEMBER_INVITED = "member.invited", _("membre invité·e")
    MEMBER_ROLE_CHANGED = "member.role", _("rôle d’un membre changé")
    MEMBER_LEFT = "member.left", _("membre parti·e")
    ACCOUNT_RIGHTS_CHANGED = "account.rights", _("droits d’un compte changés")
    SECOND_FACTOR_SET = "factor.set", _("second facteur enregistré")
    SECOND_FACTOR_RESET = "factor.reset", _("second facteur remis à zéro")
