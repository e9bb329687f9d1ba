"""Elections and who stands in them; the charter; pledges; the journal; the mails owed; the receipts; the limits."""

from .charter import Charter, Principle
from .elections import Candidate, CandidateList, Contest, Election, Nuance
from .email_change import EmailChange
from .invitation import Invitation
from .journal import JournalEntry
from .limits import Allowance, SpentProof
from .mail import MailLink, OutboxMail
from .pledge import Commitment, Pledge, Signatory
from .receipt import Receipt
from .wording import Wording

__all__ = [
    "Allowance",
    "Candidate",
    "CandidateList",
    "Charter",
    "Commitment",
    "Contest",
    "Election",
    "EmailChange",
    "Invitation",
    "JournalEntry",
    "MailLink",
    "Nuance",
    "OutboxMail",
    "Pledge",
    "Principle",
    "Receipt",
    "Signatory",
    "SpentProof",
    "Wording",
]
