"""The journal at the desk: what it shows, to whom, and what was done for each list."""

import datetime
import re
import uuid

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from pledges.actions import personal_data, review
from pledges.actions.recording import record, record_at_large
from pledges.actions.sealing import seal_journal
from pledges.enums import Act, ConsentPurpose, Door, IdentityCheck
from pledges.models import JournalEntry, Wording
from pledges.treatment import treatments
from tests.desk.acts import enter
from tests.pledges.acts import confirm, headed_list, submit
from tests.pledges.factories import (
    CandidateListFactory,
    ContestFactory,
    CorrectionRequestFactory,
    DecisionReasonFactory,
    ElectionFactory,
    PledgeFactory,
)
from tests.regions.factories import MembershipFactory, NetworkFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db

JOURNAL = reverse("admin:pledges_journalentry_changelist")
CHOICE = reverse("admin:pledges_journalentry_treatments")
NOON = datetime.datetime(2028, 3, 1, 11, 0, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def region():
    return RegionFactory(code="53", name="Bretagne")


@pytest.fixture
def moderator(region):
    user = UserFactory(first_name="Anne", last_name="Le Gall", is_staff=True)
    MembershipFactory(user=user, network=NetworkFactory(regions=[region]))
    return user


@pytest.fixture
def contest(region):
    return ContestFactory(region=region, election=ElectionFactory(name="Régionales 2028"))


@pytest.fixture
def pledge(contest):
    return PledgeFactory(candidate_list=CandidateListFactory(contest=contest, name="Élan breton", norm="elan breton"))


@pytest.fixture
def elsewhere():
    """A list, a colleague, an election and an act of another region."""
    other = ContestFactory(region=RegionFactory(code="28", name="Normandie"), election__name="Normandes 2028")
    pledge = PledgeFactory(candidate_list=CandidateListFactory(contest=other, name="Cap au large", norm="cap au large"))
    record(Act.PLEDGE_DECLINED, pledge, by=UserFactory(first_name="Zoé", last_name="Ailleurs"), reason="Secret.")
    return pledge


def page_of(entry):
    return reverse("admin:pledges_journalentry_change", args=[entry.pk])


def treatment_of(contest):
    return reverse("admin:pledges_journalentry_treatment", args=[contest.pk])


def plain(response):
    return response.text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def shown(response):
    """The acts and subjects of a page of the journal."""
    return [(entry.act, entry.subject.text) for entry in response.context["cl"].result_list]


def test_the_journal_reads_as_who_did_what_about_whom_and_why(desk, moderator, pledge):
    with time_machine.travel(NOON, tick=False):
        entry = record(Act.PLEDGE_DECLINED, pledge, by=moderator, reason="Identité non établie.")

    text = plain(desk.get(JOURNAL))

    row = (
        f'<a href="{page_of(entry)}">1er mars 2028, 12 h 00</a></th><td class="field-what">engagement refusé</td>'
        '<td class="field-who">Anne Le Gall</td><td class="field-about">'
        f'<a href="{reverse("admin:pledges_pledge_change", args=[pledge.pk])}">Élan breton</a></td>'
        '<td class="field-why">Identité non établie.</td>'
    )
    assert row in re.sub(r' (class="nowrap"|(?:data-label|role)="[^"]*")', "", text)
    assert "<h1>Journal</h1>" in text
    assert "1 entrée du journal" in text


def test_the_time_is_that_of_the_region(client, admin_client):
    island = RegionFactory(code="04", name="La Réunion", time_zone="Indian/Reunion")
    with time_machine.travel(NOON, tick=False):
        record_at_large(Act.CANDIDATES_IMPORTED, region=island)

    assert "1er mars 2028, 15 h 00" in plain(admin_client.get(JOURNAL))


def test_acts_of_no_region_are_the_administrators(admin_client, moderator):
    record_at_large(Act.CHARTER_LOADED)

    assert shown(admin_client.get(JOURNAL)) == [(Act.CHARTER_LOADED, "")]
    assert shown(enter(admin_client, moderator).get(JOURNAL)) == []


@pytest.mark.parametrize("words", ["elan", "ÉLAN BRETON", "le gall", "refuse", "Engagement refusé"])
def test_the_journal_is_searched_as_one_types(desk, moderator, pledge, elsewhere, words):
    record(Act.PLEDGE_DECLINED, pledge, by=moderator)
    record_at_large(Act.CANDIDATES_IMPORTED, region=pledge.candidate_list.contest.region)

    assert shown(desk.get(JOURNAL, {"q": words})) == [(Act.PLEDGE_DECLINED, "Élan breton")]


@pytest.mark.parametrize("words", ["zzz", "cap au large", "zoé", "--"])
def test_a_search_finds_nothing_of_elsewhere(desk, moderator, pledge, elsewhere, words):
    record(Act.PLEDGE_SUBMITTED, pledge)

    expected = [(Act.PLEDGE_SUBMITTED, "Élan breton")] if words == "--" else []
    assert shown(desk.get(JOURNAL, {"q": words})) == expected


def test_the_filters_name_nothing_of_elsewhere(desk, moderator, pledge, elsewhere):
    record(Act.PLEDGE_SUBMITTED, pledge, by=moderator)
    record(Act.PLEDGE_IN_REVIEW, pledge, by=UserFactory())

    response = desk.get(JOURNAL)

    assert not [word for word in ("Cap au large", "Zoé", "Normand", "refusé") if word in response.text]
    assert "Élan breton" in response.text
    assert shown(desk.get(JOURNAL, {"liste": elsewhere.candidate_list.pk})) == []


@pytest.mark.parametrize(
    "query",
    [
        lambda pledge, user: {"acte": Act.PLEDGE_DECLINED},
        lambda pledge, user: {"liste": pledge.candidate_list.pk},
        lambda pledge, user: {"by__id__exact": user.pk},
        lambda pledge, user: {"election__id__exact": pledge.candidate_list.contest.election.pk},
    ],
    ids=["act", "list", "person", "election"],
)
def test_the_journal_is_filtered(desk, moderator, region, pledge, query):
    record_at_large(Act.CANDIDATES_IMPORTED, region=region, by=UserFactory())
    record(Act.PLEDGE_DECLINED, pledge, by=moderator)

    assert shown(desk.get(JOURNAL, query(pledge, moderator))) == [(Act.PLEDGE_DECLINED, "Élan breton")]


def test_an_act_about_a_list_alone_names_it_even_when_its_pledge_is_gone(desk, region, contest, pledge):
    record(Act.PLEDGE_EXPIRED, pledge)
    pledge.delete()
    record_at_large(Act.LIST_INVITED, region=region, election=contest.election, list=pledge.candidate_list_id)

    assert shown(desk.get(JOURNAL)) == [(Act.LIST_INVITED, "Élan breton"), (Act.PLEDGE_EXPIRED, "Élan breton")]


def test_an_act_about_a_member_names_them_and_their_network(desk, admin_user, region):
    colleague, network = UserFactory(first_name="Alix", last_name="Exemple"), region.networks.get()
    member = {"user": colleague.pk, "network": network.pk, "role": "moderator"}
    for act in (Act.MEMBER_INVITED, Act.MEMBER_ROLE_CHANGED, Act.MEMBER_LEFT):
        record_at_large(act, region=region, **member)
    for act in (Act.ACCOUNT_RIGHTS_CHANGED, Act.SECOND_FACTOR_SET, Act.SECOND_FACTOR_RESET):
        record_at_large(act, region=region, user=colleague.pk)

    to_member, to_administrator = (client.get(JOURNAL) for client in (desk, enter(Client(), admin_user)))

    named = [f"Alix Exemple, {network}"] * 3
    assert [text for _act, text in reversed(shown(to_member))] == [*named, *["Alix Exemple"] * 3]
    page = reverse("admin:regions_user_change", args=[colleague.pk])
    assert [client.text.count(page) for client in (to_member, to_administrator)] == [0, 6]


def test_a_network_that_one_does_not_see_is_not_named(desk, region):
    other = NetworkFactory(name="Un autre réseau")
    record_at_large(Act.MEMBER_LEFT, region=region, user=UserFactory(first_name="Alix").pk, network=other.pk)

    assert "Un autre réseau" not in desk.get(JOURNAL).text


@pytest.mark.parametrize(("table", "told"), [("candidatelist", "Listes et binômes"), ("gone", "gone")])
def test_an_export_names_its_table(desk, region, table, told):
    record_at_large(Act.TABLE_EXPORTED, region=region, table=table, rows=3)

    assert shown(desk.get(JOURNAL)) == [(Act.TABLE_EXPORTED, told)]


def test_an_act_on_a_record_names_it(desk, region):
    reason = DecisionReasonFactory(region=region, title="Injoignable")
    for key in (reason.pk, 999_999):
        record_at_large(Act.RECORD_EDITED, region=region, record="pledges.decisionreason", key=key, fields=["text"])

    assert [text for _act, text in reversed(shown(desk.get(JOURNAL)))] == [
        "Motif tout prêt « Injoignable »", "Motif tout prêt n° 999999",
    ]  # fmt: skip


def test_a_correction_is_asked_by_whoever_asks_and_leads_to_the_request(desk, region):
    asked = CorrectionRequestFactory(region=region)
    entry = record_at_large(Act.CORRECTION_ASKED, region=region, correction=asked.pk, kind=asked.kind)

    register, page = desk.get(JOURNAL), plain(desk.get(page_of(entry)))

    assert [text for _act, text in shown(register)] == [str(asked)]
    assert reverse("admin:pledges_correctionrequest_change", args=[asked.pk]) in register.content.decode()
    assert "qui demande" in page


@pytest.mark.parametrize("count", [1, 20])
def test_the_members_of_the_journal_are_read_at_once(desk, region, count, django_assert_num_queries):
    network = region.networks.get()
    for _ in range(count):
        record_at_large(Act.MEMBER_INVITED, region=region, user=UserFactory().pk, network=network.pk)

    with django_assert_num_queries(16):
        desk.get(JOURNAL)


def test_an_entry_is_told_in_words_with_its_seal(desk, moderator, pledge):
    entry = record(
        Act.CONSENT_GIVEN, pledge, purpose=ConsentPurpose.PUBLICATION, door=Door.FORM, version="2026-11", new_key=3
    )
    before = plain(desk.get(page_of(entry)))
    seal_journal()
    after = desk.get(page_of(entry))

    assert "écrite, pas encore scellée" in before
    assert "scellée, n° 1, le" in plain(after)
    assert after.context["details"] == [
        ("Accord pour", "publier l’engagement"),
        ("Dit", "dans le formulaire de signature"),
        ("Version du texte", "2026-11"),
        ("new_key", "3"),
    ]
    assert entry.fingerprint in after.text


def test_an_entry_that_the_portal_did_not_write_says_so(desk, region):
    entry = JournalEntry.objects.create(act=Act.LIST_INVITED, at=NOON, region=region, mac="0" * 64)

    text = plain(desk.get(page_of(entry)))

    assert "Cette entrée n’est pas celle que le portail a écrite." in text
    assert "jamais scellée" in text


def test_an_entry_whose_details_mean_nothing_has_its_page_too(desk, region):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pledges_journalentry (uid, mac, act, at, region_id, reason, details)"
            " VALUES (%s, '', %s, %s, %s, '', %s)",
            [uuid.uuid4().hex, Act.CHARTER_LOADED, NOON, "53", '{"a": 1e999}'],
        )

    text = plain(desk.get(page_of(JournalEntry.objects.latest("pk"))))

    assert "Cette entrée n’est pas celle que le portail a écrite." in text


def test_words_are_said_to_be_whole_removed_or_erased(desk, moderator, pledge):
    entry = record(Act.PLEDGE_DECLINED, pledge, by=moderator, reason="Un doute.")
    whole = desk.get(page_of(entry)).context["words"]
    Wording.objects.all().delete()
    removed = desk.get(page_of(entry)).context["words"]
    record(Act.DATA_ERASED, pledge)

    assert whole == "intacts"
    assert removed == "disparus, sans que personne ait demandé leur effacement"
    assert desk.get(page_of(entry)).context["words"].startswith("effacés à la demande")


def test_the_journal_is_read_only_and_scoped(desk, admin_client, region, elsewhere):
    here = record_at_large(Act.LIST_INVITED, region=region)
    client = enter(desk, region.networks.get().memberships.get().user)

    assert client.get(page_of(here)).status_code == 200
    assert client.get(page_of(JournalEntry.objects.exclude(region=region).get())).status_code == 404
    for key in ("x", "9" * 30, "1_add"):
        assert client.get(reverse("admin:pledges_journalentry_change", args=[key])).status_code == 404
    assert client.get(reverse("admin:pledges_journalentry_add")).status_code == 404
    assert client.get(reverse("admin:pledges_journalentry_delete", args=[here.pk])).status_code == 404


@pytest.mark.parametrize("count", [3, 30])
def test_the_journal_asks_as_much_whatever_its_length(desk, moderator, contest, django_assert_num_queries, count):
    for number in range(count):
        pledge = PledgeFactory(candidate_list__contest=contest, personal=bool(number % 2))
        record(Act.PLEDGE_DECLINED, pledge, by=moderator, reason="Un doute.")

    with django_assert_num_queries(16):
        response = desk.get(JOURNAL)

    assert len(shown(response)) == count


# --- What was done for each list ---


def test_each_list_has_its_row_in_panel_order_with_what_was_done_for_it(contest, moderator):
    second = CandidateListFactory(contest=contest, panel_number=2)
    first = CandidateListFactory(contest=contest, panel_number=1)
    third = CandidateListFactory(contest=contest, panel_number=3)
    pledge, personal = PledgeFactory(candidate_list=first), PledgeFactory(candidate_list=second, personal=True)
    acts = [
        (0, Act.LIST_INVITED, None), (1, Act.PLEDGE_SUBMITTED, pledge), (2, Act.PLEDGE_IN_REVIEW, pledge),
        (2, Act.PLEDGE_IN_REVIEW, personal), (3, Act.QUESTION_ASKED, pledge), (4, Act.QUESTION_ANSWERED, pledge),
        (4, Act.PLEDGE_PUBLISHED, pledge), (5, Act.PLEDGE_SUSPENDED, pledge), (6, Act.PLEDGE_RESUMED, pledge),
        (6, Act.PLEDGE_DECLINED, personal),
    ]  # fmt: skip
    for days, act, about in acts:
        with time_machine.travel(NOON + days * DAY, tick=False):
            if about:
                record(act, about, by=moderator)
            else:
                record_at_large(act, region=contest.region, election=contest.election, list=first.pk)

    rows = treatments(contest)

    assert [row.candidate_list for row in rows] == [first, second, third]
    [path] = rows[0].paths
    assert (rows[0].asked, path.signed_at, path.confirmed_at) == ([NOON], NOON + DAY, NOON + 2 * DAY)
    assert (path.decided, path.delay) == ((Act.PLEDGE_PUBLISHED, NOON + 4 * DAY), 2.0)
    assert path.since == [(Act.PLEDGE_SUSPENDED, NOON + 5 * DAY), (Act.PLEDGE_RESUMED, NOON + 6 * DAY)]
    assert (rows[0].questions, rows[0].answers, rows[0].personal) == (1, 1, [])
    assert (rows[1].paths, rows[1].personal_decided, rows[1].personal_delay) == ([], 1, 4.0)
    assert (rows[2].asked, rows[2].paths, rows[2].personal, rows[2].mails) == ([], [], [], 0)


def test_the_page_gives_the_median_delay(desk, contest, moderator):
    for days in (1, 2, 9):
        pledge = PledgeFactory(candidate_list__contest=contest)
        for at, act in ((NOON, Act.PLEDGE_IN_REVIEW), (NOON + days * DAY, Act.PLEDGE_PUBLISHED)):
            with time_machine.travel(at, tick=False):
                record(act, pledge, by=moderator)

    response = desk.get(treatment_of(contest))

    assert (response.context["median"], response.context["decided"]) == (2.0, 3)
    sentence = 'Délai médian entre la confirmation et la décision : <strong><span class="record__delay">2 jours</span>'
    assert sentence in plain(response)


def test_a_real_signature_leaves_its_whole_path(desk, contest, moderator):
    pledge = confirm(submit(headed_list(contest=contest)))
    review.publish(pledge, by=moderator, identity_check=IdentityCheck.OFFICIAL_LIST)
    personal_data.erase("tete@example.org")

    [row] = treatments(contest)

    [path] = row.paths
    assert path.signed_at <= path.confirmed_at <= path.decided.at
    assert [done.act for done in path.since] == [Act.PLEDGE_WITHDRAWN]
    assert desk.get(treatment_of(contest)).status_code == 200


def test_an_amendment_is_a_second_path_of_the_same_list(contest, moderator):
    first = PledgeFactory(candidate_list__contest=contest, superseded=True)
    second = PledgeFactory(candidate_list=first.candidate_list, amends=first)
    for act, pledge in ((Act.PLEDGE_SUBMITTED, first), (Act.PLEDGE_SUBMITTED, second), (Act.PLEDGE_SUPERSEDED, first)):
        record(act, pledge)

    [row] = treatments(contest)

    assert [[done.act for done in path.since] for path in row.paths] == [[Act.PLEDGE_SUPERSEDED], []]


def test_only_ones_own_contests_are_there(desk, contest, elsewhere):
    assert desk.get(treatment_of(contest)).status_code == 200
    assert desk.get(treatment_of(elsewhere.candidate_list.contest)).status_code == 404
    assert desk.get(f"{CHOICE}{'9' * 30}/").status_code == 404
    assert desk.get(CHOICE).url == treatment_of(contest)


def test_someone_without_a_territory_has_no_such_page(client, contest):
    enter(client, UserFactory(is_staff=True))

    assert (client.get(CHOICE).status_code, client.get(treatment_of(contest)).status_code) == (404, 404)


def test_a_contest_is_chosen_among_several_and_none_is_said(desk, contest):
    other = ContestFactory(region=contest.region)

    text = desk.get(CHOICE).text
    for each in (contest, other):
        assert treatment_of(each) in text

    contest.delete()
    other.delete()
    assert "Aucune circonscription sur votre territoire" in desk.get(CHOICE).text


@pytest.mark.parametrize("count", [3, 30])
def test_the_page_asks_as_much_whatever_the_number_of_lists(desk, contest, moderator, django_assert_num_queries, count):
    for _ in range(count):
        candidate_list = CandidateListFactory(contest=contest)
        pledge = PledgeFactory(candidate_list=candidate_list)
        personal = PledgeFactory(candidate_list=candidate_list, personal=True)
        for each in (pledge, personal):
            record(Act.PLEDGE_SUBMITTED, each)
            record(Act.PLEDGE_DECLINED, each, by=moderator)

    with django_assert_num_queries(9):
        response = desk.get(treatment_of(contest))

    assert len(response.context["rows"]) == count
