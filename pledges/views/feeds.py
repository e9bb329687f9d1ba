"""`/flux/…` and `tableau.csv`: what is published, for feed readers, calendars and spreadsheets."""

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges.enums import Act
from pledges.icalendar import AllDay, calendar_file
from pledges.matrix import Row, matrix
from pledges.models import Contest, Election, JournalEntry, Pledge
from pledges.models.pledge import PledgeQuerySet
from regions.csv_cells import write_rows
from regions.models import Region
from regions.pages import attached, public_page

LATEST = 30


class Feed(Atom1Feed):
    """An Atom feed that is a function of its entries alone."""

    def latest_post_date(self) -> datetime.datetime:
        """When the last entry was published; Django would say « now » of a feed without any."""
        never = datetime.datetime.fromtimestamp(0, datetime.UTC)
        return max((item["pubdate"] for item in self.items), default=never)


def absolute(path: str) -> str:
    """An address as it is read elsewhere."""
    return f"{settings.SITE_URL}{path}"


# --- Atom ---


@public_page
def all_pledges(request: HttpRequest) -> HttpResponse:
    """The last pledges that were published, everywhere."""
    return _feed(
        Pledge.objects.all(), _("Engagements ESS : les derniers engagements publiés"), reverse("home"), request
    )


@public_page
def region_pledges(request: HttpRequest, slug: str) -> HttpResponse:
    """The last pledges that were published in a region."""
    region = get_object_or_404(Region, slug=slug)
    pledges = Pledge.objects.filter(candidate_list__contest__region=region)
    title = _("Engagements ESS, %s : les derniers engagements publiés") % region.name
    return _feed(pledges, title, region.get_absolute_url(), request)


def _feed(pledges: PledgeQuerySet, title: str, link: str, request: HttpRequest) -> HttpResponse:
    own_address = absolute(request.path)
    feed = Feed(title=title, link=absolute(link), description=None, language="fr", feed_url=own_address)
    latest = (
        pledges.published()
        .filter(candidate_list__declared_at=None)
        .select_related("candidate", "candidate_list__contest__region")
        .with_counts()
        .order_by("-published_at", "-pk")
        .fetch_mode(models.FETCH_RAISE)[:LATEST]
    )
    host = urlsplit(settings.SITE_URL).hostname
    for pledge in latest:
        feed.add_item(
            title=_("%(signer)s, %(region)s : signataire de la charte")
            % {"signer": pledge.signer, "region": pledge.candidate_list.contest.region},
            link=absolute(pledge.signer.get_absolute_url()),
            description=_summary(pledge),
            # A tag (RFC 4151): it stays the same when a list changes its name, hence its address.
            unique_id=f"tag:{host},2028:engagement-{pledge.pk}",
            pubdate=pledge.published_at,
            updateddate=pledge.published_at,
            author_name="Engagements ESS",
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _summary(pledge: Pledge) -> str:
    words = ngettext(
        "S’engage sur %(count)d principe sur %(total)d.",
        "S’engage sur %(count)d principes sur %(total)d.",
        pledge.committed_count,
    ) % {"count": pledge.committed_count, "total": pledge.principle_count}
    return " ".join([words, _("À titre personnel.")]) if pledge.is_personal else words


# --- Calendar ---


@public_page
def election_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """The dates of an election, as all-day events."""
    election = get_object_or_404(Election, slug=slug)
    dates = {
        "signing-opens": (election.signing_opens_on, _("%s : les signatures ouvrent")),
        "signing-closes": (election.signing_closes_on, _("%s : dernier jour des signatures")),
        "filing-closes": (election.candidacies_close_on, _("%s : dernier jour du dépôt des candidatures")),
        "first-round": (election.first_round_on, _("%s : premier tour")),
        "second-filing-closes": (
            election.second_candidacies_close_on,
            _("%s : dernier jour du dépôt des candidatures pour le second tour"),
        ),
        "second-round": (election.second_round_on, _("%s : second tour")),
        "mandate-starts": (election.mandate_starts_on, _("%s : début du mandat")),
        "mandate-ends": (election.mandate_ends_on, _("%s : fin du mandat")),
    }
    host = urlsplit(settings.SITE_URL).hostname
    url = absolute(election.get_absolute_url())
    events = [
        AllDay(uid=f"election-{election.pk}-{key}@{host}", on=on, summary=words % election.name, url=url)
        for key, (on, words) in dates.items()
        if on
    ]
    content = calendar_file(election.name, events, stamp=election.signing_opens_on, version=_version(election))
    return attached(HttpResponse(content, content_type="text/calendar; charset=utf-8"), f"{election.slug}.ics")


def _version(election: Election) -> int:
    """How many times its dates were edited: what happens elsewhere is no reason to say that they have changed."""
    edits = JournalEntry.objects.filter(act__in=(Act.RECORD_EDITED, Act.RECORD_ADDED), election=election)
    return edits.filter(details__record=Election._meta.label_lower).count()


# --- Table ---


@public_page
def contest_table(request: HttpRequest, slug: str, territory: str) -> HttpResponse:
    """The matrix of a contest, as its page shows it, for a spreadsheet."""
    contest = get_object_or_404(
        Contest.objects.public().select_related("election__charter", "region"), election__slug=slug, slug=territory
    )
    shown = matrix(contest)
    header = [_("panneau"), _("liste ou binôme"), _("tête de liste ou binôme"), _("nuance")]
    for principle in shown.principles:
        header += [
            f"{principle.number}. {principle.short}",
            _("%d. dans leurs mots") % principle.number,
        ]
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    write_rows(response, [*header, _("état")], map(_row, shown.rows))
    return attached(response, f"{slug}-{territory}.csv")


def _row(row: Row) -> list[object]:
    answers = [text for cell in row.cells for text in (cell.label, cell.statement)]
    leaders = ", ".join(leader.full_name for leader in row.leaders)
    return [row.list.panel_number, row.list.name, leaders, row.list.nuance, *answers, " ; ".join(row.sentences)]
