"""The networks' desk: pledges to review, lists, mails, journal; elections and charters for administrators."""

from . import elections, journal, mail, pledges, reasons  # noqa: F401  they register themselves
