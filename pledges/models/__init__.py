"""Elections, who stands in them, how they are asked; the charter; pledges, their review; journal, mails, limits."""

from .campaign import Campaign
from .charter import Charter, Principle
from .contact import ListContact
from .corrections import CorrectionRequest
from .elected import ElectedOfficial
from .elections import Candidate, CandidateList, Contest, Election, Nuance
from .email_change import EmailChange
from .imports import CandidateImport
from .invitation import Invitation
from .journal import JournalEntry
from .limits import Allowance, SpentProof
from .mail import MailLink, OutboxMail
from .pledge import Commitment, Pledge, Signatory
from .prepared import PreparedDecision
from .receipt import Receipt
from .result import Result
from .review import DecisionReason, Note, Question
from .seal import Seal
from .wording import Wording

__all__ = [
    "Allowance",
    "Campaign",
    "Candidate",
    "CandidateImport",
    "CandidateList",
    "Charter",
    "Commitment",
    "Contest",
    "CorrectionRequest",
    "DecisionReason",
    "ElectedOfficial",
    "Election",
    "EmailChange",
    "Invitation",
    "JournalEntry",
    "ListContact",
    "MailLink",
    "Note",
    "Nuance",
    "OutboxMail",
    "Pledge",
    "PreparedDecision",
    "Principle",
    "Question",
    "Receipt",
    "Result",
    "Seal",
    "Signatory",
    "SpentProof",
    "Wording",
]
