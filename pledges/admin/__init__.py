"""The networks' desk: pledges to review, lists, imports, mails, journal; elections, charters for administrators."""

from . import elections, imports, journal, mail, pledges  # noqa: F401  they register themselves
