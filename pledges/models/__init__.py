"""Elections and who stands in them; the charter; pledges and their review; journal, mails owed, receipts, limits."""

from .charter import Charter, Principle
from .elections import Candidate, CandidateList, Contest, Election, Nuance
from .email_change import EmailChange
from .journal import JournalEntry
from .limits import Allowance, SpentProof
from .mail import MailLink, OutboxMail
from .pledge import Commitment, Pledge, Signatory
from .receipt import Receipt
from .review import DecisionReason, Note, Question
from .wording import Wording

__all__ = [
    "Allowance",
    "Candidate",
    "CandidateList",
    "Charter",
    "Commitment",
    "Contest",
    "DecisionReason",
    "Election",
    "EmailChange",
    "JournalEntry",
    "MailLink",
    "Note",
    "Nuance",
    "OutboxMail",
    "Pledge",
    "Principle",
    "Question",
    "Receipt",
    "Signatory",
    "SpentProof",
    "Wording",
]
