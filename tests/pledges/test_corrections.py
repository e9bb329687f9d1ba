"""Someone says that a page is wrong: it reaches who can tell, who answers once, and it is all forgotten in time."""

import datetime

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import resolve, reverse
from django.utils import timezone

from pledges import outbox
from pledges.actions import corrections
from pledges.actions.mail import CannotSendAgainError, send_again
from pledges.actions.personal_data import erase, export
from pledges.actions.recording import owe_about, owe_to_account
from pledges.actions.retention import purge_expired
from pledges.actions.sealing import seal_journal
from pledges.emails import compose, is_still_true
from pledges.enums import Act, CorrectionState, MailKind
from pledges.models import CorrectionRequest, JournalEntry, OutboxMail
from pledges.our_pages import OurPage, our_page
from pledges.urls import files, reading
from pledges.verifying import verify
from tests.desk.acts import enter
from tests.pledges.factories import CandidateListFactory, ContestFactory, CorrectionRequestFactory, ElectionFactory
from tests.pledges.guarded import guard_data
from tests.regions.factories import DepartmentFactory, MembershipFactory, NetworkFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def region():
    return RegionFactory(name="Bretagne", slug="bretagne")


@pytest.fixture
def moderator(region):
    user = UserFactory(is_staff=True, email="mona@example.org", first_name="Mona", last_name="Modération")
    MembershipFactory(user=user, network=NetworkFactory(name="CRESS d’essai", regions=[region]))
    return user


@pytest.fixture
def desk(client, moderator):
    return enter(client, moderator)


@pytest.fixture(autouse=True)
def at_once(settings):
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}


def typed(**changes):
    return {
        **guard_data(),
        "page": "/regions/bretagne/",
        "kind": "correction",
        "wrong": "Le nom de la tête de liste est mal écrit.",
        "wanted": "Le Goff, en deux mots.",
        "name": "Alix Exemple",
        "asked_as": "candidate",
        "email": "alix@example.org",
        **changes,
    }


def page_of(correction):
    return reverse("admin:pledges_correctionrequest_change", args=[correction.pk])


# --- Which page ---


def test_an_address_of_ours_is_a_path_and_its_territory(region, settings):
    row = CandidateListFactory(contest__region=region, contest__slug="bretagne", headed=True)
    contest = row.contest
    paths = [region.get_absolute_url(), contest.get_absolute_url(), row.get_absolute_url()]
    paths += [row.candidates.get().get_absolute_url(), f"/en{region.get_absolute_url()}"]

    found = [our_page(f"{settings.SITE_URL}{path}?filtre=1#ancre") for path in paths]

    assert found == [OurPage(path, region) for path in paths]
    assert our_page("/methode/") == OurPage("/methode/", None)


def test_what_is_taken_away_from_a_page_is_of_its_territory(region):
    contest = CandidateListFactory(contest__region=region, contest__slug="bretagne").contest
    row = contest.lists.get()
    election = contest.election
    principle = election.charter.principles.get(number=2)
    here = [reverse(name, args=[region.slug]) for name in ("embed-region", "region-feed", "share-region")]
    here += [
        reverse(name, args=[election.slug, "bretagne"])
        for name in ("contest-first-round", "contest-table", "contest-sheet", "share-contest")
    ]
    department = DepartmentFactory(region=region)
    ContestFactory(election=election, region=region, department=department, code="canton", slug="canton")
    here.append(reverse("department", args=[election.slug, department.code]))
    here += [reverse(name, args=[row.pk]) for name in ("list-sheet", "share-list", "embed-list", "badge")]
    everywhere = [reverse(name, args=[election.slug]) for name in ("election", "election-calendar", "share-election")]
    everywhere += [
        reverse(name, args=[election.slug, chart])
        for name in ("press-svg", "press-png", "press-table")
        for chart in ("principes", "territoires")
    ]
    everywhere += [reverse(name, args=[principle.number]) for name in ("principle", "share-principle")]

    found = [our_page(path) for path in (*here, *everywhere)]

    assert found == [OurPage(path, region) for path in here] + [OurPage(path, None) for path in everywhere]
    # A public address that names something, and that this forgets, would be refused.
    routes = {pattern.name for pattern in (*reading.urlpatterns, *files.urlpatterns) if "<" in str(pattern.pattern)}
    assert {resolve(path).url_name for path in (*here, *everywhere)} == routes - {
        "region", "contest", "list", "candidate"
    }  # fmt: skip


def test_nothing_that_was_typed_stays_in_the_address_of_a_page(region):
    row = CandidateListFactory(contest__region=region, headed=True)
    person = row.candidates.get()

    found = [
        our_page(f"/listes/{row.pk:07}-gagnez-mille-euros-sur-mon-site/"),
        our_page(f"/candidats/{person.pk}-votez-pour-moi/"),
        our_page("/comparer/?listes=votez-pour-moi"),
    ]

    assert found == [
        OurPage(row.get_absolute_url(), region),
        OurPage(person.get_absolute_url(), region),
        OurPage("/comparer/", None),
    ]


@pytest.mark.parametrize(
    "address",
    ["", "methode", "//evil.example/methode/", "https://evil.example/methode/", "/pas-une-page/", "/admin/",
     "/signer/ma-page/abcdefgh/", "/verifier/ABCD/", "javascript:alert(1)", "http://[", "/methode/" + "x" * 300,
     "/regions/votez-dupont-dimanche/", "/elections/votez/", "/elections/votez/dupont/", "/listes/999999-gagnez/",
     "/listes/999999999999999999/feuille.pdf", "/candidats/999999-votez/", "/principes/99/",
     "/presse/votez/principes.svg", "/demonstration/courriels/"],
)  # fmt: skip
def test_an_address_that_is_no_public_page_of_ours_is_none(address):
    assert our_page(address) is None


@pytest.mark.parametrize(
    ("address", "shown"), [("/methode/", "/methode/"), ("https://evil.example/", ""), ("/signer/ma-page/abc/", "")]
)
def test_the_form_names_the_page_one_comes_from_when_it_is_ours(client, address, shown):
    response = client.get(reverse("corrections"), {"page": address})

    assert response.context["form"]["page"].value() == shown
    assert "no-store" in response.headers["Cache-Control"]


def test_every_page_leads_to_the_form_with_its_own_address(client, region):
    page = client.get(region.get_absolute_url()).content.decode()

    assert f'href="{reverse("corrections")}?page={region.get_absolute_url()}"' in page


# --- Asking ---


def test_what_is_asked_reaches_the_network_and_is_acknowledged(
    client, moderator, region, smtp, django_capture_on_commit_callbacks
):
    elsewhere = UserFactory(is_staff=True, email="ailleurs@example.org")
    MembershipFactory(user=elsewhere, network=NetworkFactory(regions=[RegionFactory()]))

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("corrections"), typed())

    assert response.url == reverse("corrections-sent")
    asked = CorrectionRequest.objects.get()
    assert (asked.page, asked.region, asked.name, asked.state) == (
        "/regions/bretagne/",
        region,
        "Alix Exemple",
        CorrectionState.RECEIVED,
    )
    received = {mail["X-Envelope-To"]: mail for mail in smtp.messages}
    assert set(received) == {"alix@example.org", "mona@example.org"}
    assert received["alix@example.org"]["Subject"] == "Votre demande de correction est arrivée"
    assert received["mona@example.org"]["Subject"] == "Une erreur est signalée sur une page"
    assert page_of(asked) in received["mona@example.org"].get_content()
    # Anyone may type anyone's address: what was typed is not mailed to it.
    assert not any("Le Goff" in mail.get_content() + mail.html for mail in smtp.messages)
    entry = JournalEntry.objects.get(act=Act.CORRECTION_ASKED)
    assert (entry.region, entry.details) == (region, {"correction": asked.pk, "kind": "correction"})


def test_what_is_asked_of_no_territory_reaches_administrators(client, moderator, django_capture_on_commit_callbacks):
    admin = UserFactory(is_staff=True, is_superuser=True, email="ad@example.org")

    client.post(reverse("corrections"), typed(page="/methode/", kind="reply"))

    assert list(OutboxMail.objects.filter(kind=MailKind.CORRECTION_TO_ANSWER).values_list("user", flat=True)) == [
        admin.pk
    ]


def test_a_refused_form_keeps_all_that_was_typed(client):
    sent = typed(page="https://evil.example/", email="alix")

    response = client.post(reverse("corrections"), sent)

    assert response.status_code == 422
    assert dict(response.context["form"].errors) == {
        "page": ["Cette adresse n’est pas celle d’une page publique du portail : copiez-la depuis votre navigateur."],
        "email": ["Cette adresse n’est pas complète : il faut un nom, une arobase et un domaine."],
    }
    page = response.content.decode()
    assert all(sent[name] in page for name in ("page", "wrong", "wanted", "name", "email"))
    assert not CorrectionRequest.objects.exists()


def test_too_many_askings_from_a_network_wait_and_lose_nothing(client):
    for _ in range(10):
        assert client.post(reverse("corrections"), typed(page="/methode/")).status_code == 302

    response = client.post(reverse("corrections"), typed(page="/methode/"))

    assert response.status_code == 429
    assert "Le Goff" in response.content.decode()
    assert CorrectionRequest.objects.count() == 10
    # Whoever's address it is receives three at most.
    assert OutboxMail.objects.filter(kind=MailKind.CORRECTION_RECEIVED).count() == 3


def test_those_who_answer_are_written_to_once_a_day_however_many_ask(smtp, moderator, region):
    told = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for hours in (1, 1, 10, 12, 1, 30):
            corrections.ask(CorrectionRequestFactory.build(region=region, email=f"{len(told)}@example.org"))
            outbox.deliver_due()
            clock.shift(datetime.timedelta(hours=hours))
            told.append(sum(mail["X-Envelope-To"] == "mona@example.org" for mail in smtp.messages))
        outbox.deliver_due()

    assert told == [1, 1, 1, 1, 2, 2]
    mails = [mail for mail in smtp.messages if mail["X-Envelope-To"] == "mona@example.org"]
    assert [mail["Subject"] for mail in mails] == [
        "Une erreur est signalée sur une page",
        "5 demandes attendent votre réponse",
        "6 demandes attendent votre réponse",
    ]
    assert "/admin/pledges/correctionrequest/?state__exact=received" in mails[-1].get_content()


def test_a_mail_that_has_not_left_tells_of_what_is_asked_meanwhile(moderator, region):
    first, second = (corrections.ask(CorrectionRequestFactory.build(region=region)) for _ in range(2))
    corrections.decline(first, by=moderator, reason="Rien à changer.")

    [mail] = OutboxMail.objects.filter(kind=MailKind.CORRECTION_TO_ANSWER)

    assert is_still_true(mail)
    assert page_of(second) in compose(mail).body
    corrections.forget(CorrectionRequest.objects.filter(pk=second.pk))
    mail.refresh_from_db()
    assert not is_still_true(mail)


def test_a_mail_that_is_leaving_does_not_tell_of_what_is_asked_meanwhile(moderator, region):
    now = timezone.now()
    corrections.ask(CorrectionRequestFactory.build(region=region))
    OutboxMail.objects.filter(user=moderator).update(leased_until=now + outbox.LEASE)

    corrections.ask(CorrectionRequestFactory.build(region=region))

    later = OutboxMail.objects.filter(user=moderator, leased_until=None).get()
    assert later.next_try_at >= now + datetime.timedelta(days=1)


# --- Answering ---


@pytest.mark.parametrize(
    ("button", "state", "act", "subject"),
    [
        ("accept", CorrectionState.ACCEPTED, Act.CORRECTION_ACCEPTED, "Votre demande de correction est acceptée"),
        (
            "decline",
            CorrectionState.DECLINED,
            Act.CORRECTION_DECLINED,
            "Votre demande de correction n’est pas acceptée",
        ),
    ],
)
def test_an_answer_is_mailed_with_its_reason_and_written_in_the_journal(
    desk, moderator, region, smtp, button, state, act, subject, django_capture_on_commit_callbacks
):
    asked = CorrectionRequestFactory(region=region)

    with django_capture_on_commit_callbacks(execute=True):
        desk.post(page_of(asked), {button: "1", "reason": "Vu avec la préfecture."})

    asked.refresh_from_db()
    assert (asked.state, asked.decided_by, asked.reason) == (state, moderator, "Vu avec la préfecture.")
    [mail] = smtp.messages
    assert (mail["X-Envelope-To"], mail["Subject"]) == ("alix@example.org", subject)
    assert "Vu avec la préfecture." in mail.get_content()
    entry = JournalEntry.objects.get(act=act)
    # The words are the request's, which forgets them in time: the journal never forgets.
    assert (entry.by, entry.region, entry.why, entry.details) == (moderator, region, "", {"correction": asked.pk})


def test_an_answer_without_words_is_refused(desk, region):
    asked = CorrectionRequestFactory(region=region)

    response = desk.post(page_of(asked), {"decline": "1", "reason": " "})

    assert response.context["form"].errors["reason"] == [
        "Écrivez une réponse : elle est due, que la page change ou non."
    ]
    asked.refresh_from_db()
    assert asked.state == CorrectionState.RECEIVED


def test_the_second_of_two_answers_is_refused_and_keeps_what_was_typed(desk, region):
    asked = CorrectionRequestFactory(region=region)
    corrections.accept(asked, by=UserFactory(first_name="Odile", last_name="Autre"), reason="Corrigé.")

    response = desk.post(page_of(asked), {"decline": "1", "reason": "Rien à changer."})

    assert response.context["form"].non_field_errors() == [
        "Odile Autre a déjà répondu à cette demande : elle est acceptée. Rien n’est parti une seconde fois."
    ]
    assert "Rien à changer." in response.content.decode()
    assert OutboxMail.objects.filter(kind=MailKind.CORRECTION_ANSWERED).count() == 1


def test_the_dashboard_counts_what_waits_here(desk, region):
    CorrectionRequestFactory.create_batch(2, region=region)
    CorrectionRequestFactory(region=region, answered=True)
    CorrectionRequestFactory()

    board = desk.get(reverse("admin:index")).context["dashboard"]

    assert board.corrections == 2


# --- Silence ---

EVE = datetime.datetime(2021, 6, 19, 12, tzinfo=datetime.UTC)
POLLS_CLOSE = datetime.datetime(2021, 6, 20, 18, tzinfo=datetime.UTC)


@pytest.fixture
def voting(region):
    """A region on the eve of a vote, while others vote another day."""
    ContestFactory(region=region, election=ElectionFactory(past=True))
    return region


@pytest.mark.parametrize("where", ["here", "nowhere"])
def test_an_answer_waits_for_the_silence_of_its_page_and_of_any_when_it_has_none(smtp, voting, where):
    asked = CorrectionRequestFactory(region=voting if where == "here" else None)
    with time_machine.travel(EVE) as clock:
        corrections.accept(asked, by=UserFactory(), reason="Corrigé.")
        during = outbox.deliver_due()
        mail = OutboxMail.objects.get()
        with pytest.raises(CannotSendAgainError, match="Silence électoral jusqu’au 20 juin 2021 à 20 h"):
            send_again(mail, by=UserFactory())
        clock.move_to(POLLS_CLOSE + datetime.timedelta(seconds=1))
        after = outbox.deliver_due()

    assert (during, mail.next_try_at, mail.attempts, after) == ((0, 1), POLLS_CLOSE, 0, (1, 0))
    assert len(smtp.messages) == 1


def test_an_answer_about_a_territory_that_does_not_vote_leaves_at_once(smtp, voting):
    asked = CorrectionRequestFactory()
    with time_machine.travel(EVE):
        corrections.accept(asked, by=UserFactory(), reason="Corrigé.")

        assert outbox.deliver_due() == (1, 0)


def test_those_who_answer_are_told_in_the_silence_too(smtp, voting, moderator):
    with time_machine.travel(EVE):
        corrections.ask(CorrectionRequestFactory.build(region=voting))

        assert outbox.deliver_due() == (1, 1)
    assert [mail["X-Envelope-To"] for mail in smtp.messages] == ["mona@example.org"]


# --- Forgetting ---


@pytest.mark.parametrize(
    ("days", "answered", "forgotten"), [(182, True, 0), (184, True, 1), (184, False, 0), (366, False, 1)]
)
def test_words_and_addresses_are_forgotten_in_time(days, answered, forgotten):
    asked = CorrectionRequestFactory()
    if answered:
        corrections.decline(asked, by=UserFactory(), reason="Rien à changer.")
    moment = timezone.now() - datetime.timedelta(days=days)
    CorrectionRequest.objects.update(asked_at=moment, decided_at=moment if answered else None)

    purged = purge_expired()

    assert purged.corrections == forgotten
    asked.refresh_from_db()
    words = (asked.name, asked.email, asked.wrong, asked.wanted, asked.reason)
    assert (words == ("",) * 5) == bool(forgotten)
    assert purge_expired().corrections == 0


def test_a_person_may_have_a_copy_and_have_it_erased():
    asked = CorrectionRequestFactory(email="Alix@example.org")
    CorrectionRequestFactory(email="autre@example.org")

    [copy] = export("alix@example.org")["demandes de correction"]
    erased = erase("alix@example.org")

    assert (copy["page"], copy["ce qui ne va pas"]) == (asked.page, "Le nom est mal écrit.")
    assert erased.corrections == 1
    assert erase("alix@example.org").corrections == 0
    assert list(CorrectionRequest.objects.exclude(email="").values_list("email", flat=True)) == ["autre@example.org"]


def test_what_is_forgotten_is_no_longer_to_be_answered(desk, region):
    asked = CorrectionRequestFactory(region=region)
    before = desk.get(page_of(asked)).content.decode()
    corrections.forget(CorrectionRequest.objects.all())

    response = desk.post(page_of(asked), {"accept": "1", "reason": "Chère Alix, c’est corrigé."})

    assert response.context["form"].non_field_errors() == [
        "Qui demandait a été effacé : il n’y a plus personne à qui répondre."
    ]
    assert "Chère Alix, c’est corrigé." in response.content.decode()  # what was typed is not lost
    page = desk.get(page_of(asked)).content.decode()
    assert ("<textarea" in before, "<textarea" in page, "Effacée sans réponse" in page) == (True, False, True)
    assert desk.get(reverse("admin:index")).context["dashboard"].corrections == 0
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == (CorrectionState.RECEIVED, "")
    assert not OutboxMail.objects.exists()


@pytest.mark.parametrize("left", ["name", "email", "wrong", "wanted", "reason"])
def test_whatever_word_is_left_is_forgotten(left):
    asked = CorrectionRequestFactory(
        answered=True, **{"name": "", "email": "", "wrong": "", "wanted": "", "reason": "", left: "alix@example.org"}
    )
    CorrectionRequest.objects.update(decided_at=timezone.now() - datetime.timedelta(days=184))

    assert (corrections.forget_old(), corrections.forget_old()) == (1, 0)
    asked.refresh_from_db()
    assert getattr(asked, left) == ""


def test_the_journal_stays_sound_when_what_was_answered_is_forgotten():
    old, erased = CorrectionRequestFactory(email="vieux@example.org"), CorrectionRequestFactory()
    for asked in (old, erased):
        corrections.accept(asked, by=UserFactory(), reason="Corrigé, merci.")
    CorrectionRequest.objects.filter(pk=old.pk).update(decided_at=timezone.now() - datetime.timedelta(days=200))

    forgotten = purge_expired().corrections, erase("alix@example.org").corrections

    assert forgotten == (1, 1)
    seal_journal()
    assert verify().first_faults == []


# --- Going back ---


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(180)
@pytest.mark.any_database
def test_the_migration_goes_back_with_mails_about_corrections():
    asked = CorrectionRequestFactory(answered=True)
    with transaction.atomic():
        owe_about(MailKind.CORRECTION_ANSWERED, asked)
        owe_about(MailKind.CORRECTION_TO_ANSWER, asked, to=UserFactory(email="mona@example.org"))
        owe_to_account(MailKind.PASSWORD, UserFactory(email="odile@example.org"))

    call_command("migrate", "pledges", "0017", verbosity=0)
    call_command("migrate", verbosity=0)

    assert list(OutboxMail.objects.values_list("kind", flat=True)) == [MailKind.PASSWORD]
    assert not CorrectionRequest.objects.exists()


# --- What the database refuses ---


def test_a_decision_has_a_date_and_a_person():
    with pytest.raises(IntegrityError, match="correction_decision_matches_state"), transaction.atomic():
        CorrectionRequestFactory(state=CorrectionState.ACCEPTED)


def test_a_mail_goes_to_one_kind_of_reader():
    asked = CorrectionRequestFactory()

    with (
        pytest.raises(IntegrityError, match="outbox_to_a_signatory_an_account_an_asker_or_a_list"),
        transaction.atomic(),
    ):
        OutboxMail.objects.create(key="x", kind=MailKind.CORRECTION_RECEIVED, recipient="alix@example.org")
    assert OutboxMail.objects.create(
        key="y", kind=MailKind.CORRECTION_RECEIVED, correction=asked, recipient="alix@example.org"
    )
