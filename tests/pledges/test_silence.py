"""The electoral silence, at its edges: not one new public byte inside, not one mail, and all resumes after, once."""

import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.core.files.base import File
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from pledges.actions import personal_data, preparing, review, signing
from pledges.actions.importing import import_candidates
from pledges.actions.retention import purge_expired
from pledges.enums import ALLOWED, Answer, Decision, Door, IdentityCheck, MailKind, Phase, PledgeState, What
from pledges.models import OutboxMail, Pledge
from pledges.official_files import FileRefusedError
from tests.desk.acts import enter
from tests.pledges.acts import headed_list, submit
from tests.pledges.factories import (
    CandidateListFactory,
    ContestFactory,
    ElectionFactory,
    PledgeFactory,
    SignatoryFactory,
)
from tests.pledges.official_files import person, text_file
from tests.pledges.test_calendar import ZONES
from tests.regions.factories import IndicatorFactory, NetworkFactory, RegionFactory, UserFactory
from tests.resources.factories import ResourceFactory
from tests.walking import Answer as Said
from tests.walking import Walk

pytestmark = pytest.mark.django_db

SECOND = datetime.timedelta(seconds=1)
MINUTE = datetime.timedelta(minutes=1)
# Summer time starts in Paris in the night of the first round, and the second follows a week later.
FIRST_ROUND, SECOND_ROUND = datetime.date(2028, 3, 26), datetime.date(2028, 4, 2)


def window(zone, round_on):
    """The first second of a silence, and the first one after it."""
    eve = round_on - datetime.timedelta(days=1)
    return (
        datetime.datetime.combine(eve, datetime.time(), ZoneInfo(zone)),
        datetime.datetime.combine(round_on, datetime.time(20), ZoneInfo(zone)),
    )


class Place:
    """A territory before its vote: lists that signed, wait or have not answered; what its pages show besides."""

    def __init__(self, zone, region):
        self.region = region
        self.election = ElectionFactory(
            slug="regionales-2028",
            signing_opens_on=datetime.date(2028, 1, 3),
            signing_closes_on=datetime.date(2028, 3, 31),
            first_round_on=FIRST_ROUND,
            second_round_on=SECOND_ROUND,
            mandate_starts_on=datetime.date(2028, 4, 7),
            mandate_ends_on=datetime.date(2034, 3, 31),
        )
        self.contest = ContestFactory(election=self.election, region=region)
        self.network = NetworkFactory(name="CRESS d’essai", regions=[region])
        self.indicator = IndicatorFactory(region=region)
        self.resource = ResourceFactory(region=region)
        self.signed, self.regrets, self.gone = (self.pledge(published=True) for _number in range(3))
        self.waiting, self.unsure = (self.pledge(in_review=True) for _number in range(2))
        self.unsigned = headed_list(contest=self.contest)
        self.unconfirmed = submit(self.unsigned, email="jamais@example.org")
        self.moderator = UserFactory(is_staff=True, is_superuser=True)

    def pledge(self, **state):
        candidate_list = CandidateListFactory(contest=self.contest, headed=True)
        pledge = PledgeFactory(candidate_list=candidate_list, answers={1: Answer.COMMITS}, **state)
        SignatoryFactory(pledge=pledge)
        return pledge

    def live_through_it(self, client):
        """All that people and the portal try while it lasts, each in their own way."""
        self.refused = []
        for act in (
            lambda: review.publish(self.waiting, by=self.moderator, identity_check=IdentityCheck.CALL_BACK),
            lambda: review.suspend(self.signed, by=self.moderator, reason="Un doute."),
            lambda: submit(self.unsigned, email="autre@example.org"),
            lambda: import_candidates(self.election, official_file(self.region)),
        ):
            with pytest.raises((review.SilenceError, signing.SigningClosedError, FileRefusedError)) as refusal:
                act()
            self.refused.append(str(refusal.value))
        preparing.prepare(self.waiting, Decision.PUBLISH, by=self.moderator, identity_check=IdentityCheck.CALL_BACK)
        preparing.prepare(self.signed, Decision.SUSPEND, by=self.moderator, reason="Un doute.")
        review.decline(self.unsure, by=self.moderator, reason="Personne ne répond.")  # nobody had read it
        signing.withdraw(self.regrets)
        personal_data.erase(self.gone.signatories.get().email, door=Door.PRIVATE_PAGE)
        for row in (self.region.indicators.get(), self.resource, self.network, self.election):
            page = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
            shown = client.get(page).context["adminform"].form
            typed = {name: "" if value is None else value for name, value in shown.initial.items()}
            typed |= {"regions": [self.region.pk], "title": "Autre titre", "name": "Autre nom", "source": "Autre"}
            refusals = client.post(page, typed).context["adminform"].form.non_field_errors()
            assert "Rien n’est enregistré : gardez cette page ouverte" in str(refusals)
        purge_expired()
        call_command("send_outbox")


def official_file(region):
    rows = [person("EXEMPLE", region=region.code, region_name=region.name)]
    return File(BytesIO(text_file(rows)), name="candidatures.txt")


def read(path):
    """What the portal says of an address to someone who has never come."""
    response = Client().get(path, follow=True)
    return Said(response.status_code, response.headers, response.getvalue())


def public_bytes(zone):
    """What every reader gets, page by page and file by file, walked from the home page: its bytes by kind and path.

    All of them, in both languages, in one of the zones: in the others, two of each kind, in French.
    """
    kept, everything = {}, zone == "Europe/Paris"

    def ask(path):
        if path.startswith("/en/") and not everything:
            return Said(200, {"Content-Type": "text/plain"}, b"")
        said = read(path)
        if said.headers.get("Cache-Control", "").startswith("public"):
            kept[said.headers["Content-Type"], path] = said.body
        return said

    Walk(ask, settings.SITE_URL, *([] if everything else [2]))
    return kept


def read_again(known):
    """The same addresses: while no byte changes, no link leads to another."""
    return {(kind, path): read(path).body for kind, path in known}


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("zone", "round_on"),
    [
        pytest.param(zone, round_on, marks=[] if zone == "Europe/Paris" else pytest.mark.any_database)
        for zone, round_on in zip(ZONES, [FIRST_ROUND, SECOND_ROUND] * 3, strict=True)
    ],
    ids=str,
)
@pytest.mark.django_db(transaction=True)
def test_not_one_public_byte_and_not_one_mail_inside_and_all_resumes_after(smtp, client, zone, round_on):
    starts, ends = window(zone, round_on)
    with time_machine.travel(starts - MINUTE, tick=False) as clock:
        place = Place(zone, RegionFactory(code="53", name="Bretagne", slug="bretagne", time_zone=zone))
        call_command("send_outbox")
        sent = len(smtp.messages)
        clock.move_to(starts - SECOND)
        before = public_bytes(zone)

        clock.move_to(starts)
        first = public_bytes(zone)
        clock.move_to(starts + MINUTE)
        enter(client, place.moderator)
        place.live_through_it(client)
        later = {}
        for moment in (starts + 24 * 60 * MINUTE, ends - SECOND):
            clock.move_to(moment)
            call_command("send_outbox")
            later[moment] = read_again(first)
        kept_back = len(smtp.messages) - sent

        clock.move_to(ends)
        call_command("send_outbox")
        call_command("send_outbox")
        after = read_again(first)

    hour = f"Silence électoral jusqu’au {round_on.day}"
    assert all(hour[:27] in refusal for refusal in place.refused)
    assert [{key for key in first if first[key] != again[key]} for again in later.values()] == [set(), set()]
    # At the first second, only pages have changed, which say so: no table, no feed, no calendar, no drawing.
    files = {key for key in before if not key[0].startswith("text/html")}
    assert {"text/csv", "text/calendar", "application/atom+xml", "application/pdf", "image/png"} <= {
        kind.partition(";")[0] for kind, _path in files
    }
    assert {key for key in files if before[key] != first[key]} == set()
    assert kept_back == 0
    assert list(Pledge.objects.filter(pk__in=[place.waiting.pk, place.signed.pk]).order_by("pk").values("state")) == [
        {"state": PledgeState.SUSPENDED},
        {"state": PledgeState.PUBLISHED},
    ]
    assert {row.state for row in Pledge.objects.filter(pk__in=[place.regrets.pk, place.gone.pk])} == {
        PledgeState.WITHDRAWN
    }
    kinds = OutboxMail.objects.filter(sent_at__gte=ends).order_by("sent_at", "pk").values_list("kind", flat=True)
    assert sorted(kinds) == sorted([MailKind.DECLINED, MailKind.PUBLISHED, MailKind.SUSPENDED, MailKind.WITHDRAWN])
    assert len(smtp.messages) - sent == 4
    assert after != first


def test_nothing_is_allowed_in_silence_but_the_results_of_a_round_that_is_over():
    assert (ALLOWED[Phase.FIRST_SILENCE], ALLOWED[Phase.SECOND_SILENCE]) == (set(), {What.TELL_FIRST})
    assert set(ALLOWED) == set(Phase)
