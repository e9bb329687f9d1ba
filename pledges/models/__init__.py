"""Elections, who stands in them, their files; the charter; pledges, their review; journal, mails, receipts, limits."""

from .charter import Charter, Principle
from .corrections import CorrectionRequest
from .elections import Candidate, CandidateList, Contest, Election, Nuance
from .email_change import EmailChange
from .imports import CandidateImport
from .invitation import Invitation
from .journal import JournalEntry
from .limits import Allowance, SpentProof
from .mail import MailLink, OutboxMail
from .pledge import Commitment, Pledge, Signatory
from .receipt import Receipt
from .review import DecisionReason, Note, Question
from .seal import Seal
from .wording import Wording

__all__ = [
    "Allowance",
    "Candidate",
    "CandidateImport",
    "CandidateList",
    "Charter",
    "Commitment",
    "Contest",
    "CorrectionRequest",
    "DecisionReason",
    "Election",
    "EmailChange",
    "Invitation",
    "JournalEntry",
    "MailLink",
    "Note",
    "Nuance",
    "OutboxMail",
    "Pledge",
    "Principle",
    "Question",
    "Receipt",
    "Seal",
    "Signatory",
    "SpentProof",
    "Wording",
]
