"""Signing before the official list exists, and the match that a moderator makes."""

import datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pledges.actions import matching, review, signing
from pledges.actions.retention import purge_expired
from pledges.actions.transitions import TransitionError
from pledges.enums import Act, ElectionKind, IdentityCheck, ListKind, PledgeState
from pledges.models import Candidate, CandidateList, Contest, JournalEntry, Pledge
from tests.desk.acts import enter
from tests.pledges.acts import confirm, headed_list, links_of, send, sign_online
from tests.pledges.factories import (
    CandidateFactory,
    CandidateListFactory,
    ContestFactory,
    ElectionFactory,
    PledgeFactory,
)
from tests.pledges.test_admin import decide
from tests.pledges.test_views import text_of
from tests.regions.factories import MembershipFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db

START = "/signer/declarer/"
LIST = {"scope": "list", "list_name": "Pour demain", "first_names_0": "Zoé", "last_name_0": "Œuvre"}


@pytest.fixture
def bretagne():
    return RegionFactory(code="53", name="Bretagne", slug="bretagne", norm="bretagne")


@pytest.fixture
def election(bretagne):
    return ElectionFactory(slug="regionales")


@pytest.fixture
def moderator(bretagne):
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user).network.regions.add(bretagne)
    return user


def declare(client, *, contest="regionales:53", who=None, **changes):
    """Declare a candidacy and sign, over the pages."""
    response = client.post(START, {"contest": contest, **LIST, **changes})
    assert response.status_code == 302, text_of(response)
    return sign_online(client, START, **(who or {}))


def declared_pledge(client, **changes):
    """A declared candidacy whose signers have confirmed."""
    declare(client, **changes)
    return confirm(Pledge.objects.order_by("-pk")[0])


def official(election, name="Pour demain", last_name="OEUVRE", first_names="Zoe", **kwargs):
    """A list of the official file, with its head."""
    contest = Contest.objects.filter(election=election, code="53").first()
    candidate_list = CandidateListFactory(contest=contest, name=name, norm=name.lower(), **kwargs)
    CandidateFactory(
        candidate_list=candidate_list,
        head=True,
        first_names=first_names,
        last_name=last_name,
        norm=f"{first_names} {last_name}".lower(),
    )
    return candidate_list


# --- Declaring ---


def test_a_head_signs_before_the_official_list(client, election, bretagne):
    response = declare(client)

    pledge = Pledge.objects.get()
    assert response.headers["Location"] == f"{START}envoye/"
    assert (pledge.is_declared, pledge.candidate_list.name, pledge.candidate_list.contest.region) == (
        True,
        "Pour demain",
        bretagne,
    )
    assert [(one.capacity, one.full_name) for one in pledge.signatories.all()] == [("head", "Zoé Œuvre")]


def test_a_mandatary_signs_for_a_list_and_is_not_its_head(client, election):
    who = {"capacity": "mandatary", "full_name": "Camille Mandat", "email_0": "mandat@example.org"}

    declare(client, who=who)

    [signatory] = Pledge.objects.get().signatories.all()
    assert (signatory.capacity, signatory.full_name, signatory.candidate) == ("mandatary", "Camille Mandat", None)


def test_a_candidate_signs_for_themself_before_the_official_list(client, election):
    declare(client, scope="self", who={"email_0": "moi@example.org"})

    pledge = Pledge.objects.get()
    assert (pledge.candidate.full_name, pledge.is_personal, pledge.is_declared) == ("Zoé Œuvre", True, True)


def test_both_members_of_a_pair_sign_before_the_official_list(client, bretagne):
    ContestFactory(
        election__slug="departementales",
        election__kind=ElectionKind.DEPARTMENTAL,
        region=bretagne,
        code="3501",
        slug="canton",
    )

    declare(
        client,
        contest="departementales:3501",
        first_names_1="Noa",
        last_name_1="Essai",
        who={"email_0": "a@example.org", "email_1": "b@example.org"},
    )

    pledge = Pledge.objects.get()
    assert (pledge.candidate_list.kind, pledge.candidate_list.name) == (ListKind.PAIR, "Zoé Œuvre et Noa Essai")
    assert [one.full_name for one in pledge.signatories.all()] == ["Zoé Œuvre", "Noa Essai"]


def test_a_double_click_declares_once(client, election):
    declare(client)
    send(client, START)

    assert (Pledge.objects.count(), CandidateList.objects.count(), Candidate.objects.count()) == (1, 1, 1)


def test_the_way_waits_for_the_declaration(client, election):
    assert client.get(f"{START}principe-1/").headers["Location"] == START


def test_a_mistake_in_the_declaration_keeps_what_was_typed(client, election):
    response = client.post(START, {**LIST, "list_name": "Un nom à garder"})

    assert response.status_code == 422
    assert "Choisissez un territoire." in text_of(response)
    assert "Un nom à garder" in text_of(response)


def test_what_is_declared_is_on_no_public_page(client, election):
    pledge = declared_pledge(client)
    candidate_list, head = pledge.candidate_list, pledge.candidate_list.candidates.get()
    contest = Contest.objects.with_counts().get()
    addresses = ["/", f"/regions/{contest.region.slug}/", contest.get_absolute_url(), "/recherche/?q=demain"]

    pages = [text_of(Client().get(address)) for address in [*addresses, "/signer/?q=bretagne", "/recherche/?q=oeuvre"]]

    assert ["Pour demain" in page or "Œuvre" in page for page in pages] == [False] * 6
    assert client.get(candidate_list.get_absolute_url()).status_code == 404
    assert client.get(head.get_absolute_url()).status_code == 404
    assert client.get(reverse("sign-list", args=[candidate_list.pk])).status_code == 404
    assert client.get(reverse("sign-candidate", args=[head.pk])).status_code == 404
    assert (contest.list_count, contest.signed_count) == (0, 0)


def test_the_page_of_a_confirmed_declaration_says_what_it_waits_for(client, election):
    declare(client)
    [(_link, token)] = links_of(Pledge.objects.get())

    response = client.post(reverse("confirm", args=[token]), {"is_me": "on"}, follow=True)

    assert "Votre candidature attend la liste officielle" in text_of(response)
    assert "/listes/" not in text_of(response)


def test_a_declaration_that_nobody_confirmed_is_erased_with_its_names(client, election):
    declare(client)
    Pledge.objects.update(submitted_at=timezone.now() - datetime.timedelta(days=8))

    purge_expired()

    assert (Pledge.objects.count(), CandidateList.objects.count(), Candidate.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("official_fact", [{"official_code": "12"}, {"panel_number": 3}, {"left_at": timezone.now()}])
def test_a_declared_list_has_nothing_official(official_fact):
    facts = {"official_code": "", "panel_number": None, "declared_at": timezone.now()}

    CandidateListFactory(**facts)
    with pytest.raises(IntegrityError, match="list_declared_has_nothing_official"), transaction.atomic():
        CandidateListFactory(**facts | official_fact)


# --- The official list arrives ---


def test_an_import_leaves_declared_candidacies_alone_and_says_that_they_wait(client, election, tmp_path, capsys):
    pledge = declared_pledge(client)
    path = tmp_path / "candidats.txt"
    heading = (
        "Code région;Code section électorale;N° Panneau Liste;Libellé Etendu Liste;Tête de liste;N° candidat"
        ";Sexe candidat;Nom candidat;Prénom candidat"
    )
    path.write_text(f"{heading}\n53;35;1;Pour demain;Oui;1;F;OEUVRE;Zoé\n", encoding="utf-8")

    call_command("import_candidates", str(path), "--election", "regionales")

    pledge.refresh_from_db()
    assert (pledge.is_declared, pledge.state) == (True, PledgeState.IN_REVIEW)
    assert CandidateList.objects.official().count() == 1
    assert "1 engagement signé avant la liste officielle est à rapprocher" in capsys.readouterr().out


def test_the_likeliest_match_comes_first_and_says_why(client, election):
    pledge = declared_pledge(client)
    other = official(election, "Autre chose", "AUTRE", "Alix")
    likely = official(election)
    official(election, "Partie", left_at=timezone.now())

    found = matching.matches(pledge)

    assert [(match.candidate_list, list(match.reasons)) for match in found] == [
        (likely, ["même nom de personne", "même nom de liste"]),
        (other, []),
    ]


def test_a_person_is_matched_with_namesakes_only(client, election):
    pledge = declared_pledge(client, scope="self", who={"email_0": "moi@example.org"})
    namesake = CandidateFactory(
        candidate_list=official(election, "Autre", "AUTRE"), last_name="OEUVRE", first_names="Zoé", norm="zoe oeuvre"
    )

    assert [match.people for match in matching.matches(pledge)] == [[namesake]]


def test_a_match_moves_the_pledge_and_forgets_the_declaration(client, election, moderator):
    pledge = declared_pledge(client)
    declared, candidate_list = pledge.candidate_list, official(election)

    matched = matching.match(pledge, candidate_list, by=moderator)

    [signatory] = matched.signatories.all()
    entry = JournalEntry.objects.get(act=Act.PLEDGE_MATCHED)
    assert (matched.candidate_list, matched.state) == (candidate_list, PledgeState.IN_REVIEW)
    assert (signatory.candidate, signatory.full_name) == (candidate_list.candidates.get(), "Zoe OEUVRE")
    assert (entry.by, entry.why) == (
        moderator,
        "« Pour demain », déclarée, est « Pour demain » de la liste officielle. Zoé Œuvre : Zoe OEUVRE",
    )
    assert not CandidateList.objects.filter(pk=declared.pk).exists()


def test_members_of_a_pair_are_told_apart_whatever_their_order(client, bretagne, moderator):
    contest = ContestFactory(
        election__slug="departementales", election__kind=ElectionKind.DEPARTMENTAL, region=bretagne, code="3501"
    )
    who = {"email_0": "a@example.org", "email_1": "b@example.org"}
    pair = {"contest": "departementales:3501", "first_names_1": "Noa", "last_name_1": "Essai", "who": who}
    pledge = declared_pledge(client, **pair)
    candidate_list = CandidateListFactory(contest=contest, kind=ListKind.PAIR)
    noa = CandidateFactory(candidate_list=candidate_list, first_names="Noa", last_name="ESSAI", norm="noa essai")
    zoe = CandidateFactory(candidate_list=candidate_list, first_names="Zoé", last_name="OEUVRE", norm="zoe oeuvre")

    matching.match(pledge, candidate_list, by=moderator)

    assert [(one.email, one.candidate) for one in pledge.signatories.order_by("pk")] == [
        ("a@example.org", zoe),
        ("b@example.org", noa),
    ]


def test_nothing_declared_is_published_before_it_is_matched(client, election, moderator):
    pledge = declared_pledge(client)

    with pytest.raises(review.NotOfficialError, match="rapprochez-la d’abord de la liste officielle"):
        review.publish(pledge, by=moderator, identity_check=IdentityCheck.CALL_BACK)
    matched = matching.match(pledge, official(election), by=moderator)

    assert review.publish(matched, by=moderator, identity_check=IdentityCheck.CALL_BACK).is_published


def test_a_list_that_has_its_own_pledge_takes_no_other(client, election, moderator):
    pledge = declared_pledge(client)
    candidate_list = official(election)
    PledgeFactory(candidate_list=candidate_list, published=True)

    with pytest.raises(signing.AlreadySignedError):
        matching.match(pledge, candidate_list, by=moderator)

    pledge.refresh_from_db()
    assert pledge.is_declared


def test_a_match_stays_in_its_contest(client, election, moderator):
    pledge = declared_pledge(client)

    with pytest.raises(matching.MismatchError, match="pas de la même circonscription"):
        matching.match(pledge, headed_list(contest__election=election), by=moderator)


def test_a_pledge_is_matched_once(client, election, moderator):
    pledge = declared_pledge(client)
    matching.match(pledge, official(election), by=moderator)

    with pytest.raises(TransitionError):
        matching.match(pledge, official(election, "Une autre"), by=moderator)


@pytest.mark.django_db(transaction=True)
def test_two_moderators_who_match_at_once_match_once(client, election, moderator, in_threads, smtp):
    pledge = declared_pledge(client)
    candidate_list = official(election)

    outcomes = in_threads(lambda: matching.match(pledge, candidate_list, by=moderator), 6)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Pledge"] + ["TransitionError"] * 5
    assert JournalEntry.objects.filter(act=Act.PLEDGE_MATCHED).count() == 1


# --- At the desk ---


def test_a_moderator_matches_then_publishes(client, election, moderator):
    pledge = declared_pledge(Client())
    candidate_list = official(election)
    enter(client, moderator)
    address = reverse("admin:pledges_pledge_change", args=[pledge.pk])

    page = text_of(client.get(address))
    key = f"{candidate_list.pk}-{candidate_list.candidates.get().pk}"
    without_choice = decide(client, pledge, "match")
    early = decide(client, pledge, "publish", identity_check="call_back")
    matched = decide(client, pledge, "match", official=key)

    pledge.refresh_from_db()
    assert "Cette candidature est déclarée : rapprochez-la d’abord de la liste officielle" in page
    assert "même nom de personne, même nom de liste" in page
    assert 'value="publish"' not in page
    assert "Choisissez une candidature officielle." in text_of(without_choice)
    [refusal] = early.context["messages"]
    assert str(refusal).startswith("Cette candidature est déclarée : rapprochez-la d’abord")
    assert (matched.headers["Location"], pledge.candidate_list, pledge.state) == (
        address,
        candidate_list,
        PledgeState.IN_REVIEW,
    )
    assert 'value="publish"' in text_of(client.get(address))


@pytest.mark.parametrize("scope", ["list", "pair"])
def test_nobody_is_said_to_have_signed_who_did_not(client, election, bretagne, moderator, scope):
    if scope == "list":
        pledge, candidate_list = declared_pledge(client), official(election, last_name="AUTRE")
    else:
        contest = ContestFactory(
            election__slug="departementales", election__kind=ElectionKind.DEPARTMENTAL, region=bretagne, code="3501"
        )
        who = {"email_0": "a@example.org", "email_1": "b@example.org"}
        names = {"first_names_1": "Noa", "last_name_1": "Essai"}
        pledge = declared_pledge(client, contest="departementales:3501", who=who, **names)
        candidate_list = CandidateListFactory(contest=contest, kind=ListKind.PAIR)
        for last_name in ("OEUVRE", "AUTRE"):
            CandidateFactory(candidate_list=candidate_list, last_name=last_name, norm=last_name.lower())

    with pytest.raises(matching.MismatchError, match="Refusez avec un motif"):
        matching.match(pledge, candidate_list, by=moderator)

    pledge.refresh_from_db()
    assert pledge.is_declared


def test_a_corrected_declaration_leaves_one(client, election):
    declare(client, who={"capacity": "head", "email_0": "faute@example.org"})
    declare(client, list_name="Pour après-demain", who={"capacity": "head", "email_0": "juste@example.org"})

    assert [(pledge.candidate_list.name, pledge.signatories.get().email) for pledge in Pledge.objects.all()] == [
        ("Pour après-demain", "juste@example.org")
    ]


def test_a_declaration_too_long_for_the_browser_is_refused_in_words(client, election):
    spaces = "".join(chr(code) for code in [0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2008] * 200)

    response = client.post(START, {"contest": "regionales:53", **LIST, "last_name_0": f"{spaces}Œuvre{spaces}"})

    assert response.status_code in (302, 422)


def test_a_pair_written_a_little_otherwise_and_in_another_order_is_still_the_same_two(client, bretagne, moderator):
    contest = ContestFactory(
        election__slug="departementales", election__kind=ElectionKind.DEPARTMENTAL, region=bretagne, code="3501"
    )
    who = {"email_0": "ann@example.org", "email_1": "bob@example.org"}
    names = {"first_names_0": "Ann", "last_name_0": "Martin", "first_names_1": "Bob", "last_name_1": "Durand"}
    pledge = declared_pledge(client, contest="departementales:3501", who=who, **names)
    candidate_list = CandidateListFactory(contest=contest, kind=ListKind.PAIR)
    bob = CandidateFactory(candidate_list=candidate_list, first_names="Bob", last_name="DURAND", norm="bob durand")
    anne = CandidateFactory(candidate_list=candidate_list, first_names="Anne", last_name="MARTIN", norm="anne martin")

    matching.match(pledge, candidate_list, by=moderator)

    assert [(one.email, one.candidate) for one in pledge.signatories.order_by("pk")] == [
        ("ann@example.org", anne),
        ("bob@example.org", bob),
    ]


def test_a_double_name_is_offered_beside_its_half(client, election):
    pledge = declared_pledge(client, scope="self", last_name_0="Le Gall-Martin", who={"email_0": "moi@example.org"})
    person = CandidateFactory(
        candidate_list=official(election, "Autre", "AUTRE"), last_name="LE GALL", norm="zoe le gall"
    )

    assert [match.people for match in matching.matches(pledge)] == [[person]]


def test_a_declaration_puts_no_contest_on_a_page_before_a_list_is_official(client, election):
    declare(client)
    contest = Contest.objects.get()
    election_page, contest_page = election.get_absolute_url(), contest.get_absolute_url()

    before = [client.get(contest_page).status_code, "Bretagne" in text_of(client.get(election_page)).split("<main")[1]]
    official(election)
    after = [client.get(contest_page).status_code, "Bretagne" in text_of(client.get(election_page)).split("<main")[1]]

    assert (before, after) == ([404, False], [200, True])


def test_a_contest_that_nobody_confirmed_goes_with_its_declaration_and_another_stays(client, election):
    prepared = ContestFactory(election=election)
    declare(client)
    Pledge.objects.update(submitted_at=timezone.now() - datetime.timedelta(days=8))

    purge_expired()

    assert list(Contest.objects.all()) == [prepared]


def test_names_that_never_became_official_are_forgotten_after_the_mandate(client, election):
    pledge = declared_pledge(client)
    review.decline(pledge, by=UserFactory(), reason="Introuvable sur les listes.")
    ended = timezone.localdate() - datetime.timedelta(days=200)
    dates = ("first_round_on", "second_round_on", "mandate_starts_on", "mandate_ends_on")
    changes = {name: ended - datetime.timedelta(days=10 - place) for place, name in enumerate(dates)}
    type(election).objects.filter(pk=election.pk).update(**changes)

    purge_expired()

    names = [*CandidateList.objects.values_list("name"), *Candidate.objects.values_list("first_names", "last_name")]
    assert names == [("identité effacée",), ("", "identité effacée")]
    assert pledge.signatories.get().full_name == "identité effacée"


@pytest.mark.django_db(transaction=True)
def test_a_contest_is_swept_while_someone_declares_there(election, in_threads, smtp):
    turns = iter(range(12))

    def sweep_or_declare():
        return purge_expired() if next(turns) % 2 else declare(Client()).status_code

    outcomes = in_threads(sweep_or_declare, 12)

    assert sorted(outcome for outcome in outcomes if isinstance(outcome, int)) == [302] * 6
    assert Contest.objects.filter(lists__pledges__state=PledgeState.SUBMITTED).count() == 1
