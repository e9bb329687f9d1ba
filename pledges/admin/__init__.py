"""The networks' desk: pledges to review, lists, imports, mails, journal; elections, charters for administrators."""

from . import (  # noqa: F401  they register themselves
    campaigns,
    contests,
    corrections,
    elected,
    elections,
    imports,
    journal,
    lists,
    mail,
    pledges,
    reasons,
)
