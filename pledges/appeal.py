"""« Interpeller »: a letter that any citizen may send to those who lead the lists of a contest, from their own mail."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from pledges.calendar import Signing, Silence
from pledges.models import Contest
from regions.models import Region


@dataclass(frozen=True, slots=True)
class Appeal:
    """The letter, the same for every list; or, when it is of no use or out of place, the sentence that says so."""

    subject: str = ""
    body: str = ""
    withheld: str = ""

    @property
    def mailto(self) -> str:
        """Opens the letter in the reader's own mail, without recipient (RFC 6068: lines end in CRLF)."""
        return f"mailto:?subject={quote(self.subject)}&body={quote(self.body.replace('\n', '\r\n'))}"

    @classmethod
    def about(cls, contest: Contest, page: Contest | Region, *, signing: Signing, silence: Silence | None) -> Self:
        """What the page of a contest or of its region offers to its readers.

        :param contest: With its election.
        :param page: Whose address the letter gives.
        :param signing: Whether the lists may still answer.
        :param silence: That of the region, whichever election imposes it: no letter is proposed on an eve of vote.
        """
        if silence:
            return cls(withheld=str(silence))
        if not signing.is_open:
            return cls(withheld=str(signing))
        with override("fr"):  # those who receive it campaign in French, whatever language the page is read in
            body = render_to_string(
                "pledges/appeal.txt",
                {
                    "contest": contest,
                    "election": contest.election,
                    "address": f"{settings.SITE_URL}{page.get_absolute_url()}",
                },
            )
            subject = _("%(election)s, %(territory)s : votre réponse aux cinq principes de l’ESS") % {
                "election": contest.election.name,
                "territory": contest.name,
            }
        return cls(subject=subject, body=body.strip())
