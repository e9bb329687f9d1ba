"""Elections and who stands in them; the charter; pledges; the journal; the mails owed; the receipts."""

from .charter import Charter, Principle
from .elections import Candidate, CandidateList, Contest, Election, Nuance
from .journal import JournalEntry
from .mail import MailLink, OutboxMail
from .pledge import Commitment, Pledge, Signatory
from .receipt import Receipt

__all__ = [
    "Candidate",
    "CandidateList",
    "Charter",
    "Commitment",
    "Contest",
    "Election",
    "JournalEntry",
    "MailLink",
    "Nuance",
    "OutboxMail",
    "Pledge",
    "Principle",
    "Receipt",
    "Signatory",
]
