"""The networks' desk: pledges to review, lists, imports, mails, journal; elections, charters for administrators."""

from . import (  # noqa: F401  they register themselves
    contests,
    corrections,
    elections,
    imports,
    journal,
    lists,
    mail,
    pledges,
    reasons,
)
