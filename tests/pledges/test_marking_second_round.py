"""The night between two rounds: what becomes of each list, said by hand, said again, refused in words."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from pledges import heads_asked, outbox
from pledges.actions.second_round import CannotMarkError, Merger, mark_second_round
from pledges.actions.signing import withdraw
from pledges.asked import asked_in
from pledges.enums import Act, ElectionKind, Fate, ListKind, MailKind, Round
from pledges.models import Candidate, CandidateList, JournalEntry, OutboxMail, Pledge
from pledges.requests_table import requests_of
from regions.models import Revision
from tests.desk.conftest import enter
from tests.pledges.factories import CandidateFactory, CandidateListFactory, ContestFactory, ElectionFactory
from tests.pledges.rounds import signed
from tests.regions.factories import MembershipFactory, NetworkFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db

NIGHT = datetime.datetime(2021, 6, 20, 22, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def night():
    with time_machine.travel(NIGHT, tick=False):
        yield


@pytest.fixture
def contest():
    """Four lists that have voted: « Liste d’essai 1 » to 4, led by « Alix TETE1 » to 4."""
    place = ContestFactory(election=ElectionFactory(past=True, signing_closes_on=datetime.date(2021, 6, 18)))
    for panel in (1, 2, 3, 4):
        row = CandidateListFactory(
            contest=place, panel_number=panel, official_code=str(panel), name=f"Liste d’essai {panel}"
        )
        CandidateFactory(candidate_list=row, head=True, last_name=f"TÊTE{panel}", norm=f"alix tete{panel}", rank=1)
    return type(place).objects.select_related("election__charter", "region").get(pk=place.pk)


@pytest.fixture
def moderator(contest):
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, network=NetworkFactory(regions=[contest.region]))
    return user


def of_panel(contest, panel):
    return contest.lists.get(panel_number=panel, round=Round.FIRST)


def merger(contest, *panels, led_by=None, name="Ensemble d’essai"):
    parents = [of_panel(contest, panel) for panel in panels]
    head = Candidate.objects.get(candidate_list=led_by or parents[0], is_head=True)
    return Merger(name, head, parents)


def fates(contest):
    return [row.fate for row in contest.lists.filter(round=Round.FIRST).in_panel_order()]


def merged_lists(contest):
    """Each list of the second round that stands: its name, its parents' panels, who leads it."""
    return [
        (row.name, sorted(row.parents.values_list("panel_number", flat=True)), str(row.candidates.standing().get()))
        for row in contest.lists.standing().filter(round=Round.SECOND).order_by("pk")
    ]


# --- The act ---


def test_what_is_said_of_each_list_is_kept_and_in_the_journal_list_by_list(contest, moderator):
    revision = Revision.current()

    count = mark_second_round(
        contest, {of_panel(contest, 1): Fate.KEPT, of_panel(contest, 4): Fate.ELIMINATED}, [merger(contest, 2, 3)],
        by=moderator,
    )  # fmt: skip

    assert (count, fates(contest)) == (5, [Fate.KEPT, Fate.MERGED, Fate.MERGED, Fate.ELIMINATED])
    assert merged_lists(contest) == [("Ensemble d’essai", [2, 3], "Alix TÊTE2")]
    entries = JournalEntry.objects.filter(by=moderator, region=contest.region, election=contest.election)
    assert {(entry.act, entry.details["list"], entry.details.get("fate")) for entry in entries.order_by("pk")} == {
        (Act.LIST_FATE_SAID, of_panel(contest, 1).pk, "kept"),
        (Act.LIST_FATE_SAID, of_panel(contest, 2).pk, "merged"),
        (Act.LIST_FATE_SAID, of_panel(contest, 3).pk, "merged"),
        (Act.LIST_FATE_SAID, of_panel(contest, 4).pk, "eliminated"),
        (Act.LIST_MERGED, contest.lists.get(round=Round.SECOND).pk, None),
    }
    assert Revision.current() > revision


def test_said_again_nothing_changes_and_the_head_of_a_merged_list_leads_from_each_round_to_the_other(
    contest, moderator
):
    said = {of_panel(contest, 1): Fate.KEPT}, [merger(contest, 2, 3)]
    mark_second_round(contest, *said, by=moderator)
    before = (JournalEntry.objects.count(), Revision.current(), CandidateList.objects.count())

    count = mark_second_round(contest, *said, by=moderator)

    assert (count, (JournalEntry.objects.count(), Revision.current(), CandidateList.objects.count())) == (0, before)
    head = Candidate.objects.get(candidate_list__round=Round.SECOND)
    assert head.earlier == Candidate.objects.get(candidate_list=of_panel(contest, 2))


def test_another_head_another_name_and_another_parent_are_the_same_merged_list(contest, moderator):
    mark_second_round(contest, {}, [merger(contest, 2, 3)], by=moderator)
    first = contest.lists.get(round=Round.SECOND)

    other = merger(contest, 2, 4, led_by=of_panel(contest, 4), name="Autre")
    mark_second_round(contest, {of_panel(contest, 3): Fate.WITHDRAWN}, [other], by=moderator)

    assert merged_lists(contest) == [("Autre", [2, 4], "Alix TÊTE4")]
    assert contest.lists.get(round=Round.SECOND) == first
    assert fates(contest) == ["", Fate.MERGED, Fate.WITHDRAWN, Fate.MERGED]


def test_a_merger_taken_back_leaves_its_list_marked_and_its_parents_unsaid(contest, moderator):
    mark_second_round(contest, {}, [merger(contest, 2, 3)], by=moderator)

    mark_second_round(contest, {of_panel(contest, 2): "", of_panel(contest, 3): ""}, [], by=moderator)

    assert (merged_lists(contest), fates(contest)) == ([], [""] * 4)
    assert contest.lists.get(round=Round.SECOND).left_at is not None


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        ("2021-06-18 17:59:59+00:00", "Le premier tour n’est pas encore joué"),
        ("2021-06-25 22:00:00+00:00", "Silence électoral jusqu’au 27 juin 2021"),
        ("2021-06-27 18:00:00+00:00", "Le second tour a eu lieu"),
    ],
)
def test_nothing_is_said_before_the_first_round_nor_from_the_silence_of_the_second(contest, moderator, moment, reason):
    with time_machine.travel(moment, tick=False), pytest.raises(CannotMarkError, match=reason):
        mark_second_round(contest, {of_panel(contest, 1): Fate.KEPT}, by=moderator)

    assert fates(contest) == [""] * 4


def test_binomes_do_not_merge(contest, moderator):
    contest.election.kind = ElectionKind.DEPARTMENTAL
    contest.election.save()
    contest.lists.update(kind=ListKind.PAIR)

    with pytest.raises(CannotMarkError, match="Deux binômes ne fusionnent pas"):
        mark_second_round(contest, {}, [merger(contest, 2, 3)], by=moderator)
    mark_second_round(contest, {of_panel(contest, 1): Fate.KEPT}, by=moderator)

    assert fates(contest) == [Fate.KEPT, "", "", ""]


def test_a_list_of_elsewhere_is_refused(contest, moderator):
    with pytest.raises(CannotMarkError, match="n’est plus sur la liste officielle"):
        mark_second_round(contest, {CandidateListFactory(): Fate.KEPT}, by=moderator)


def test_what_was_signed_passes_to_no_other_list(contest, moderator):
    pledges = [signed(of_panel(contest, panel), 1, 2) for panel in (1, 2)]

    mark_second_round(contest, {of_panel(contest, 1): Fate.KEPT}, [merger(contest, 2, 3)], by=moderator)

    assert list(Pledge.objects.order_by("pk")) == pledges
    assert [pledge.candidate_list for pledge in pledges] == [of_panel(contest, 1), of_panel(contest, 2)]


# --- Asking the head ---


def sign(contest, panel, *, agrees=True):
    """The head of a list signs for it; whether they agreed to be contacted."""
    pledge = signed(of_panel(contest, panel), 1, 2)
    if agrees:
        pledge.signatories.update(consented_to_contact_at=pledge.submitted_at)
    return pledge


def asked():
    return OutboxMail.objects.filter(kind=MailKind.MERGED)


def test_the_head_who_signed_and_agreed_is_asked_at_once_and_only_once(contest, moderator, smtp):
    sign(contest, 2)

    mark_second_round(contest, {}, [merger(contest, 2, 3)], by=moderator)
    mark_second_round(
        contest, {of_panel(contest, 1): Fate.KEPT}, [merger(contest, 2, 3, name="Renommée")], by=moderator
    )
    outbox.deliver_due()

    [message] = smtp.messages
    text = message.get_content()
    merged = contest.lists.get(round=Round.SECOND)
    assert message["Subject"] == "Votre liste du second tour peut signer la charte de l’ESS"
    assert f"/signer/liste/{merged.pk}/" in text or reverse("sign-list", args=[merged.pk]) in text
    assert "jusqu’au 25\N{NO-BREAK SPACE}juin 2021" in " ".join(text.split("\n"))
    assert JournalEntry.objects.filter(act=Act.HEAD_ASKED, details__list=merged.pk).count() == 1


def test_what_the_portal_asked_of_a_head_is_in_the_table_of_all_requests_and_in_the_public_sum(
    contest, moderator, smtp
):
    sign(contest, 2)
    mark_second_round(contest, {of_panel(contest, 1): Fate.KEPT}, [merger(contest, 2, 3)], by=moderator)
    merged = contest.lists.get(round=Round.SECOND)
    shown = list(contest.lists.standing().of_round(Round.SECOND).in_panel_order())

    def told():
        return [line.cells[2:] for line in requests_of(contest) if line.candidate_list == merged]

    def summed():
        return str(asked_in(contest, shown, silence=None) or "")

    before, revision = (told(), summed()), Revision.current()
    outbox.deliver_due()
    after, moved = (told(), summed()), Revision.current() > revision
    asked().delete()
    erased = (told(), summed())

    text = heads_asked.fingerprint()
    sent_on, number = "2021-06-21", "sollicitation"
    words = "due ce jour-là ; le courriel a été effacé avec les données de la personne"
    said = "1 liste sur 2 sollicitée le 21 juin 2021."
    assert before == ([(number, "", "", "courriel, automatique", text, "à envoyer")], "")
    assert after == (
        [(number, sent_on, "0\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}00", "courriel, automatique", text, "faite")],
        said,
    )
    assert erased == ([(number, sent_on, "", "courriel, automatique", text, words)], said)
    assert moved


@pytest.mark.parametrize("why", ["did not agree", "another leads", "withdrew", "did not sign"])
def test_nobody_else_is_written_to(contest, moderator, why):
    if why != "did not sign":
        pledge = sign(contest, 2, agrees=why != "did not agree")
    if why == "withdrew":
        withdraw(pledge)
    led_by = of_panel(contest, 3 if why == "another leads" else 2)

    mark_second_round(contest, {}, [merger(contest, 2, 3, led_by=led_by)], by=moderator)

    assert not asked().exists()


def test_the_mail_keeps_the_silence_and_is_set_aside_when_it_is_no_longer_true(contest, moderator, smtp):
    sign(contest, 2)
    mark_second_round(contest, {}, [merger(contest, 2, 3)], by=moderator)

    with time_machine.travel("2021-06-26 10:00:00+00:00", tick=False):
        outbox.deliver_due()
    with time_machine.travel("2021-06-27 18:00:01+00:00", tick=False):
        outbox.deliver_due()

    assert (smtp.messages, asked().get().abandoned_at is not None) == ([], True)


def test_a_head_replaced_before_the_mail_leaves_is_not_written_to(contest, moderator, smtp):
    sign(contest, 2)
    mark_second_round(contest, {}, [merger(contest, 2, 3)], by=moderator)
    mark_second_round(contest, {}, [merger(contest, 2, 3, led_by=of_panel(contest, 3))], by=moderator)

    outbox.deliver_due()

    assert smtp.messages == []
    [line] = [line for line in requests_of(contest) if line.candidate_list.round == Round.SECOND]
    assert line.outcome == "pas encore sollicitée"


# --- The page of the desk ---


def address(contest):
    return reverse("admin:pledges_contest_second_round", args=[contest.pk])


def typed(contest, answers, **fields):
    """What a browser sends: each answer, and what the page showed before."""
    data = {}
    for row in contest.lists.filter(round=Round.FIRST).in_panel_order():
        data[f"liste-{row.pk}"] = answers.get(row.panel_number, "")
        data[f"initial-liste-{row.pk}"] = ""
    return data | fields


MERGED = {"nom-A": "Ensemble", "tete-A": "alix tete3", "panneau-A": "2"}


def test_one_page_says_all_of_a_night(contest, moderator, client):
    enter(client, moderator)

    response = client.post(address(contest), typed(contest, {1: "kept", 2: "A", 3: "A", 4: "withdrawn"}, **MERGED))

    assert (response.status_code, response.url) == (302, reverse("admin:pledges_contest_change", args=[contest.pk]))
    assert fates(contest) == [Fate.KEPT, Fate.MERGED, Fate.MERGED, Fate.WITHDRAWN]
    assert merged_lists(contest) == [("Ensemble", [2, 3], "Alix TÊTE3")]
    assert contest.lists.get(round=Round.SECOND).panel_number == 2
    page = client.get(response.url).content.decode()
    assert "Fusionnée dans «\N{NARROW NO-BREAK SPACE}Ensemble\N{NARROW NO-BREAK SPACE}»" in page


def test_what_is_known_is_enough_and_the_page_shows_it_again(contest, moderator, client):
    enter(client, moderator)
    client.post(address(contest), typed(contest, {1: "kept", 2: "A", 3: "A"}, **MERGED))

    form = client.get(address(contest)).context["form"]

    assert [form[f"liste-{of_panel(contest, panel).pk}"].value() for panel in (1, 2, 3, 4)] == ["kept", "A", "A", ""]
    assert [form[f"{name}-A"].value() for name in ("nom", "tete", "panneau")] == ["Ensemble", "Alix TÊTE3", 2]


def test_what_a_colleague_said_meanwhile_is_not_undone(contest, moderator, client):
    enter(client, moderator)
    page = client.get(address(contest)).content.decode()
    mark_second_round(contest, {of_panel(contest, 4): Fate.WITHDRAWN}, [merger(contest, 2, 3)], by=moderator)

    shown = typed(contest, {1: "kept"}, **dict.fromkeys((*MERGED, *(f"initial-{name}" for name in MERGED)), ""))
    client.post(address(contest), shown)  # from a page that showed nothing of the others

    assert all(f'name="{name}"' in page for name in shown)
    assert fates(contest) == [Fate.KEPT, Fate.MERGED, Fate.MERGED, Fate.WITHDRAWN]
    assert merged_lists(contest) == [("Ensemble d’essai", [2, 3], "Alix TÊTE2")]


@pytest.mark.parametrize(
    ("answers", "fields", "reason"),
    [
        ({2: "A"}, MERGED, "Une fusion réunit au moins deux listes"),
        ({2: "A", 3: "A"}, MERGED | {"nom-A": " "}, "Donnez le nom de la liste issue de cette fusion"),
        ({2: "A", 3: "A"}, MERGED | {"tete-A": ""}, "Dites qui conduit cette liste"),
        ({2: "A", 3: "A"}, MERGED | {"tete-A": "Alix TÊTE4"}, "Personne de ce nom sur les listes qui fusionnent"),
        ({1: "kept"}, MERGED, "Dites dans le tableau quelles listes forment cette fusion"),
        ({1: "Z"}, {}, "Choisissez une des réponses proposées"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_typed_is_lost(
    contest, moderator, client, answers, fields, reason
):
    enter(client, moderator)

    response = client.post(address(contest), typed(contest, answers, **fields))

    assert (response.status_code, fates(contest)) == (200, [""] * 4)
    assert reason in response.content.decode()
    form = response.context["form"]
    assert {name: form[name].value() for name in fields} == fields


def test_two_people_of_one_name_are_told_apart_by_their_section(contest, moderator, client):
    enter(client, moderator)
    for panel, section in ((2, "Manche"), (3, "Orne")):
        CandidateFactory(
            candidate_list=of_panel(contest, panel), last_name="MÊME", norm="alix meme", section_name=section
        )
    said = {2: "A", 3: "A"}

    refused = client.post(address(contest), typed(contest, said, **MERGED | {"tete-A": "Alix Même"}))
    client.post(address(contest), typed(contest, said, **MERGED | {"tete-A": "Alix Même, Orne"}))

    assert "Écrivez l’une de celles-ci" in refused.content.decode()
    assert Candidate.objects.get(candidate_list__round=Round.SECOND).earlier.candidate_list == of_panel(contest, 3)


def test_binomes_are_offered_no_merger(contest, moderator, client):
    contest.election.kind = ElectionKind.DEPARTMENTAL
    contest.election.save()
    enter(client, moderator)

    page = client.get(address(contest)).content.decode()

    assert ("deux binômes ne fusionnent pas" in page, "fusion A" in page) == (True, False)
    assert '<option value="kept">maintenu</option>' in page


def test_during_the_silence_the_page_says_until_when_and_takes_nothing(contest, moderator, client):
    with time_machine.travel("2021-06-26 10:00:00+00:00", tick=False):
        enter(client, moderator)
        page = client.get(address(contest)).content.decode()
        client.post(address(contest), typed(contest, {1: "kept"}))

    assert "Silence électoral jusqu’au 27" in page
    assert ("<select" in page, fates(contest)) == (False, [""] * 4)


def test_elsewhere_the_page_is_not_there(contest, moderator, client):
    enter(client, moderator)
    elsewhere = ContestFactory(region=RegionFactory())

    assert client.get(address(elsewhere)).status_code == 404


@pytest.mark.parametrize("count", [1, 20])
def test_the_page_costs_the_same_for_all_numbers_of_lists(
    contest, moderator, client, count, django_assert_max_num_queries
):
    enter(client, moderator)
    CandidateListFactory.create_batch(count, contest=contest, headed=True)
    client.get(address(contest))

    with django_assert_max_num_queries(16):
        client.get(address(contest))


def test_the_page_of_a_contest_says_whose_head_was_asked(contest, moderator, client):
    enter(client, moderator)
    sign(contest, 2)
    mark_second_round(contest, {}, [merger(contest, 2, 3)], by=moderator)

    page = client.get(reverse("admin:pledges_contest_change", args=[contest.pk])).content.decode()

    assert page.count("tête de liste sollicitée par courriel, une fois") == 1
