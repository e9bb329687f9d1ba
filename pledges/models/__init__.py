"""Elections and who stands in them; the charter; pledges; the journal; the mails owed."""

from .charter import Charter, Principle
from .elections import Candidate, CandidateList, Contest, Election, Nuance
from .email_change import EmailChange
from .journal import JournalEntry
from .mail import MailLink, OutboxMail
from .pledge import Commitment, Pledge, Signatory
from .wording import Wording

__all__ = [
    "Candidate",
    "CandidateList",
    "Charter",
    "Commitment",
    "Contest",
    "Election",
    "EmailChange",
    "JournalEntry",
    "MailLink",
    "Nuance",
    "OutboxMail",
    "Pledge",
    "Principle",
    "Signatory",
    "Wording",
]
