"""The networks' desk: pledges to review, lists, mails, journal; elections and charters for administrators."""

from . import contests, elections, journal, lists, mail, pledges  # noqa: F401  they register themselves
