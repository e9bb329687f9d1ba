"""Preparing an election: the next one is made like the last, in the same territories, without its lists."""

import calendar
import datetime
import re
from collections.abc import Sequence

from django.db import transaction
from django.utils.text import slugify

from pledges.actions.recording import record_at_large
from pledges.calendar import refuse_in_silence
from pledges.enums import Act
from pledges.models import Contest, Election
from regions.models import Revision, User
from regions.models.history import name_author

MANDATE_YEARS = 6
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_SHIFTED = (
    "signing_opens_on",
    "signing_closes_on",
    "candidacies_close_on",
    "first_round_on",
    "second_candidacies_close_on",
    "second_round_on",
    "mandate_starts_on",
)


def proposed_after(last: Election) -> Election:
    """The election that follows one, as far as that one tells: a proposal, not stored.

    Every date is moved by the mandate's length in whole weeks: a Sunday stays a Sunday. The decree will say better.
    """
    weeks = round((last.mandate_ends_on - last.mandate_starts_on).days / 7)
    later = datetime.timedelta(weeks=weeks)
    dates = {name: on + later for name in _SHIFTED if (on := getattr(last, name))}
    year = dates["first_round_on"].year
    name = _YEAR.sub(str(year), last.name) if _YEAR.search(last.name) else f"{last.name} {year}"
    return Election(
        name=name,
        slug=slugify(name)[:50],
        kind=last.kind,
        charter=last.charter,
        is_demonstration=last.is_demonstration,
        mandate_ends_on=_years_after(dates["mandate_starts_on"], MANDATE_YEARS),
        **dates,
    )


@transaction.atomic
def prepare_election(election: Election, *, like: Election, contests: Sequence[Contest], by: User) -> Election:
    """Store an election and its territories, those of an earlier one; lists and nuances come with their own files.

    :param election: Not stored yet, its dates and names checked by a form.
    :param contests: Of the earlier one, those to hold again.
    :raises SilenceError: While one of these territories keeps the electoral silence.
    """
    refuse_in_silence(*{contest.region for contest in contests})
    name_author(election, by)
    election.save(force_insert=True)
    Contest.objects.bulk_create(
        Contest(
            election=election,
            region=each.region,
            department_id=each.department_id,
            code=each.code,
            name=each.name,
            slug=each.slug,
        )
        for each in contests
    )
    record_at_large(Act.ELECTION_PREPARED, by=by, election=election, like=like.pk, contests=len(contests))
    Revision.advance()
    return election


def _years_after(date: datetime.date, years: int) -> datetime.date:
    """The same day so many years later; the last of February where there is no 29th."""
    last_day = calendar.monthrange(date.year + years, date.month)[1]
    return date.replace(year=date.year + years, day=min(date.day, last_day))
