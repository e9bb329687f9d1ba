"""Recording that lists were asked to sign: the same question, to each, on a date."""

import datetime
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import archives
from pledges.actions.recording import record_at_large
from pledges.calendar import today
from pledges.enums import Act, Channel
from pledges.models import CandidateList, Contest, Invitation
from regions.models import Revision, User


class CannotInviteError(Exception):
    """What was said cannot be recorded; the message says why, for whoever said it."""


@transaction.atomic
def record_invitations(
    contest: Contest,
    lists: Collection[CandidateList],
    *,
    by: User,
    asked_on: datetime.date,
    channel: Channel,
) -> list[Invitation]:
    """Write down that a network asked these lists of a contest to sign, each in the journal.

    A second recording of the same date and channel adds nothing: a button pressed twice, or two colleagues.

    :param asked_on: By the territory's own calendar; today or before.
    :return: What was not recorded before.
    :raises CannotInviteError: For a day to come, for a list that does not stand in this contest, or when its election
        is an archive.
    """
    if contest.election.is_archived:
        raise CannotInviteError(archives.sentence(contest.election))
    if asked_on > today(contest.region):
        raise CannotInviteError(_("Cette date est à venir : notez une sollicitation une fois qu’elle est faite."))
    rows = CandidateList.objects.standing().filter(contest=contest, pk__in=[row.pk for row in lists])
    rows.take()
    standing = list(rows.in_panel_order())
    if len(standing) != len(lists):
        raise CannotInviteError(_("Une de ces listes n’est plus sur la liste officielle : relisez le tableau."))
    known = set(
        Invitation.objects.made()
        .filter(candidate_list__in=standing, asked_on=asked_on, channel=channel)
        .values_list("candidate_list", flat=True)
    )
    invitations = [
        Invitation(candidate_list=row, asked_on=asked_on, channel=channel, recorded_at=timezone.now(), recorded_by=by)
        for row in standing
        if row.pk not in known
    ]
    Invitation.objects.bulk_create(invitations)
    if invitations:
        Revision.advance()  # the page of the territory says how many lists were asked, and when
    for invitation in invitations:
        record_at_large(
            Act.LIST_INVITED,
            by=by,
            region=contest.region,
            election=contest.election,
            list=invitation.candidate_list_id,
            asked_on=asked_on.isoformat(),
            channel=str(channel),
        )
    return invitations
