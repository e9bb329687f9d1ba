import datetime
import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from pledges.actions import signing
from pledges.enums import Act, LinkPurpose, ListKind, PledgeState
from pledges.models import MailLink, OutboxMail, Pledge
from tests.pledges.acts import HEAD, confirm, fill, headed_list, links_of, replies, send, sign_online, submit
from tests.pledges.factories import CandidateFactory, ElectionFactory, PledgeFactory, SignatoryFactory
from tests.pledges.test_views import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def candidate_list():
    return headed_list()


def address_of(token):
    return reverse("confirm", args=[token])


def start_of(candidate_list):
    return reverse("sign-list", args=[candidate_list.pk])


def sign(client, candidate_list):
    return sign_online(client, start_of(candidate_list))


# --- The way to « Signer » ---


def test_the_start_says_what_is_signed_and_asks_nothing(client, candidate_list):
    response = client.get(start_of(candidate_list))

    page = text_of(response)
    assert (response.status_code, response.cookies, "<input" in page) == (200, {}, False)
    assert f"« {candidate_list.name} »" in page
    for principle in candidate_list.contest.election.charter.principles.all():
        assert principle.statement in page
    assert f"{start_of(candidate_list)}principe-1/" in page


def test_each_step_leads_to_the_next_and_the_last_shows_everything(client, candidate_list):
    start, seen = start_of(candidate_list), []
    for number in range(1, 6):
        response = client.post(f"{start}principe-{number}/", {"answer": "commits", "statement": f"Mots {number}"})
        seen.append(response.headers["Location"])
    seen.append(client.post(f"{start}qui/", HEAD).headers["Location"])
    page = text_of(client.get(f"{start}relire/"))

    steps = ["principe-2", "principe-3", "principe-4", "principe-5", "qui", "relire"]
    assert seen == [f"{start}{step}/" for step in steps]
    assert [f"« Mots {number} »" in page for number in range(1, 6)] == [True] * 5
    assert "tete@example.org" in page
    assert f"Pour toute la liste « {candidate_list.name} »." in page
    assert not Pledge.objects.exists()  # nothing before « Signer »


def test_signing_leads_to_the_same_page_for_everyone(client, candidate_list):
    PledgeFactory(candidate_list=candidate_list, in_review=True)
    other = headed_list()

    fresh, again = sign(client, other), sign(client, candidate_list)

    assert [(answer.status_code, answer.headers["Location"]) for answer in (fresh, again)] == [
        (302, f"{start_of(other)}envoye/"),
        (302, f"{start_of(candidate_list)}envoye/"),
    ]
    assert Pledge.objects.filter(state=PledgeState.SUBMITTED).count() == 2


def test_a_double_click_signs_once(client, candidate_list):
    fill(client, start_of(candidate_list))
    send(client, start_of(candidate_list))
    send(client, start_of(candidate_list))

    assert (Pledge.objects.count(), OutboxMail.objects.count()) == (1, 1)


def test_what_is_signed_is_what_was_typed(client, candidate_list):
    sign_online(client, start_of(candidate_list), answers={2: ("declines", "Pas de promesse."), 4: ("commits", "")})

    pledge = Pledge.objects.get()
    assert list(pledge.commitments.values_list("principle__number", "answer", "statement")) == [
        (2, "declines", "Pas de promesse."),
        (4, "commits", ""),
    ]
    assert list(pledge.signatories.values_list("capacity", "email")) == [("head", "tete@example.org")]


@pytest.mark.parametrize(
    ("step", "typed", "kept"),
    [
        ("principe-1", {"statement": "Une phrase longuement pesée"}, "Une phrase longuement pesée"),
        ("qui", {"capacity": "mandatary", "full_name": "Camille Mandat"}, "Camille Mandat"),
    ],
)
def test_a_mistake_keeps_what_was_typed_and_says_what_to_do(client, candidate_list, step, typed, kept):
    response = client.post(f"{start_of(candidate_list)}{step}/", typed)

    page = text_of(response)
    assert (response.status_code, set(response.cookies) - {"csrftoken"}) == (422, set())
    assert "Un point est à corriger" in page
    assert kept in page


def test_a_closed_tab_loses_nothing(client, candidate_list):
    start = start_of(candidate_list)
    client.post(f"{start}principe-1/", {"answer": "commits", "statement": "Gardé."})
    saved = client.post(f"{start}principe-2/", {"statement": "À moitié écr", "garder": "1"})

    later = text_of(client.get(start))
    first, second = (text_of(client.get(f"{start}principe-{number}/")) for number in (1, 2))

    assert (saved.status_code, saved.content) == (204, b"")
    assert "Ce navigateur garde un brouillon" in later
    assert f'href="{start}principe-2/"' in later
    assert ("Gardé." in first, "À moitié écr" in second) == (True, True)
    assert not Pledge.objects.exists()


def test_a_draft_is_erased_at_will(client, candidate_list):
    start = start_of(candidate_list)
    client.post(f"{start}principe-1/", {"answer": "commits"})

    client.post(start, {"effacer": "1"})

    assert "Ce navigateur garde un brouillon" not in text_of(client.get(start))


def test_a_draft_belongs_to_one_candidacy(client, candidate_list):
    fill(client, start_of(candidate_list))
    other = headed_list()
    stolen = client.cookies["brouillon-qui"].value
    stranger = Client()
    stranger.cookies["brouillon-qui"] = stolen

    assert "tete@example.org" not in text_of(stranger.get(f"{start_of(other)}qui/"))
    assert "tete@example.org" in text_of(stranger.get(f"{start_of(candidate_list)}qui/"))


def test_correcting_one_answer_leads_back_to_the_last_page(client, candidate_list):
    start = start_of(candidate_list)
    fill(client, start)

    response = client.post(f"{start}principe-3/", {"answer": "commits", "statement": "Corrigé."})

    assert response.headers["Location"] == f"{start}relire/"
    assert "« Corrigé. »" in text_of(client.get(f"{start}relire/"))


def test_the_last_page_waits_for_every_step(client, candidate_list):
    start = start_of(candidate_list)
    client.post(f"{start}principe-1/", {"answer": "commits"})

    answers = [client.get(f"{start}relire/"), client.post(f"{start}relire/", {"accepts_publication": "on"})]

    assert [answer.headers["Location"] for answer in answers] == [f"{start}principe-2/"] * 2
    assert not Pledge.objects.exists()


def test_answers_changed_in_another_tab_are_read_again_before_signing(client, candidate_list):
    start = start_of(candidate_list)
    fill(client, start)
    [read] = re.findall(r'name="read" value="(\w+)"', text_of(client.get(f"{start}relire/")))
    client.post(f"{start}principe-1/", {"answer": "declines"})

    response = client.post(f"{start}relire/", {"read": read, "accepts_publication": "on"})

    assert response.status_code == 422
    assert "Vos réponses ont changé, dans un autre onglet peut-être" in text_of(response)
    assert not Pledge.objects.exists()
    assert send(client, start).status_code == 302


def test_without_consent_nothing_is_sent(client, candidate_list):
    fill(client, start_of(candidate_list))

    response = send(client, start_of(candidate_list), accepts_publication=None)

    assert response.status_code == 422
    assert "Sans votre accord, rien ne peut être publié" in text_of(response)
    assert not Pledge.objects.exists()


def test_whoever_answers_no_principle_is_told_and_cannot_sign(client, candidate_list):
    start = start_of(candidate_list)
    fill(client, start, answers={})

    page = text_of(client.get(f"{start}relire/"))
    send(client, start)

    assert "Vous ne répondez à aucun principe" in page
    assert 'name="read"' not in page
    assert not Pledge.objects.exists()


def test_a_step_that_does_not_exist_is_not_found(client, candidate_list):
    start = start_of(candidate_list)

    assert [client.get(f"{start}{step}/").status_code for step in ("principe-6", "autre", "candidature")] == [404] * 3


def test_a_candidate_signs_for_themself(client, candidate_list):
    candidate = CandidateFactory(candidate_list=candidate_list)

    sign_online(client, reverse("sign-candidate", args=[candidate.pk]), email_0="moi@example.org")

    pledge = Pledge.objects.get()
    assert (pledge.signer, pledge.signatories.get().capacity) == (candidate, "self")


@pytest.mark.parametrize("departed", ["list", "candidate"])
def test_who_left_the_official_list_cannot_sign(client, candidate_list, departed):
    candidate = CandidateFactory(candidate_list=candidate_list, departed=departed == "candidate")
    if departed == "list":
        type(candidate_list).objects.filter(pk=candidate_list.pk).update(left_at=datetime.datetime.now(datetime.UTC))
        address = start_of(candidate_list)
    else:
        address = reverse("sign-candidate", args=[candidate.pk])

    assert client.get(address).status_code == 404


@pytest.mark.parametrize("state", ["published", "suspended"])
def test_a_list_that_has_signed_is_led_to_its_private_page(client, candidate_list, state):
    start = start_of(candidate_list)
    fill(client, start)
    PledgeFactory(candidate_list=candidate_list, **{state: True})

    for answer in [client.get(start), client.get(f"{start}relire/"), send(client, start)]:
        assert "a déjà signé" in text_of(answer)
        assert reverse("private-ask") in text_of(answer)
    assert Pledge.objects.count() == 1


@pytest.mark.parametrize("state", ["withdrawn", "declined"])
def test_a_list_whose_pledge_has_ended_may_sign_again(client, candidate_list, state):
    PledgeFactory(candidate_list=candidate_list, made_public=True, **{state: True})

    page = text_of(client.get(candidate_list.get_absolute_url()))
    sign(client, candidate_list)

    assert start_of(candidate_list) in page
    assert Pledge.objects.filter(state=PledgeState.SUBMITTED).count() == 1


def test_closed_signatures_say_since_when(client):
    start = start_of(headed_list(contest__election=ElectionFactory(past=True)))

    answers = [
        client.get(start),
        client.get(f"{start}principe-1/"),
        client.post(f"{start}relire/", {"accepts_publication": "on"}),
    ]

    assert all("Les signatures sont closes depuis le 26 juin 2021." in text_of(answer) for answer in answers)
    assert not Pledge.objects.exists()


def test_no_page_of_the_way_is_stored_by_a_cache(client, candidate_list):
    start = start_of(candidate_list)
    fill(client, start)

    pages = [client.get(f"{start}{step}") for step in ("", "principe-1/", "qui/", "relire/")]

    assert ["no-store" in page.headers["Cache-Control"] for page in pages] == [True] * 4


def test_the_sent_page_names_the_addresses_that_this_browser_typed_and_no_other(client, candidate_list):
    sign(client, candidate_list)

    mine, stranger = (
        client.get(f"{start_of(candidate_list)}envoye/"),
        Client().get(f"{start_of(candidate_list)}envoye/"),
    )

    assert "<b>tete@example.org</b>" in text_of(mine)
    assert (stranger.status_code, stranger.headers["Location"]) == (302, start_of(candidate_list))


def test_the_mail_is_sent_again_after_ten_minutes_and_not_before(client, candidate_list):
    sign(client, candidate_list)
    sent = f"{start_of(candidate_list)}envoye/"

    at_once = client.post(sent)
    too_soon = OutboxMail.objects.count()
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=11)):
        later = client.post(sent)

    assert (too_soon, OutboxMail.objects.count()) == (1, 2)
    assert at_once.headers["Location"] == later.headers["Location"] == f"{sent}?renvoi=1"
    assert "C’est demandé." in text_of(client.get(f"{sent}?renvoi=1"))


def test_a_corrected_address_stops_the_link_that_went_to_the_wrong_one(client, candidate_list):
    start = start_of(candidate_list)
    sign_online(client, start, capacity="head", email_0="faute@example.org")
    [(_link, token)] = links_of(Pledge.objects.get())
    client.post(f"{start}qui/", {"capacity": "head", "email_0": "juste@example.org"})

    send(client, start)

    assert client.post(address_of(token), {"is_me": "on"}).status_code == 404
    assert [one.email for one in Pledge.objects.get().signatories.all()] == ["juste@example.org"]


def test_a_correction_leaves_alone_what_was_confirmed_and_what_others_sent(client, candidate_list):
    start = start_of(candidate_list)
    other = submit(candidate_list, email="autre@example.org")
    sign_online(client, start, capacity="head", email_0="un@example.org")
    confirmed = confirm(Pledge.objects.exclude(pk=other.pk).get())
    client.post(f"{start}qui/", {"capacity": "head", "email_0": "deux@example.org"})

    send(client, start)

    assert Pledge.objects.filter(pk__in=[other.pk, confirmed.pk]).count() == 2


# --- The link of the mail ---


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_a_link_confirms_nothing(client, candidate_list, method):
    pledge = submit(candidate_list)
    [(link, token)] = links_of(pledge)

    response = getattr(client, method)(address_of(token))

    pledge.refresh_from_db()
    link.refresh_from_db()
    assert (response.status_code, pledge.state, link.used_at) == (200, PledgeState.SUBMITTED, None)
    assert "no-store" in response.headers["Cache-Control"]


def test_pressing_the_button_without_the_box_confirms_nothing(client, candidate_list):
    pledge = submit(candidate_list)
    [(_link, token)] = links_of(pledge)

    response = client.post(address_of(token))

    pledge.refresh_from_db()
    assert (response.status_code, pledge.state) == (422, PledgeState.SUBMITTED)
    assert "Cochez la case pour confirmer." in text_of(response)


def test_the_page_of_a_link_shows_what_is_about_to_be_signed(client, candidate_list):
    pledge = submit(candidate_list, numbers=(2,), statement="Nos mots à nous.")
    [(_link, token)] = links_of(pledge)

    page = text_of(client.get(address_of(token)))

    assert "« Nos mots à nous. »" in page
    assert pledge.charter_id in page
    assert f"« {pledge.charter.principles.get(number=2).statement} »" in page


def test_confirming_says_what_happens_next_and_opening_again_says_what_happened(client, candidate_list):
    pledge = submit(candidate_list)
    [(_link, token)] = links_of(pledge)

    first = client.post(address_of(token), {"is_me": "on"}, follow=True)
    again = client.post(address_of(token), {"is_me": "on"})

    pledge.refresh_from_db()
    assert pledge.state == PledgeState.IN_REVIEW
    for page in map(text_of, (first, again, client.get(address_of(token)))):
        assert "Votre signature est confirmée" in page
        assert "Le réseau vérifie" in page
    assert pledge.entries.filter(act=Act.SIGNATURE_CONFIRMED).count() == 1


def test_each_member_of_a_pair_is_asked_for_their_own_consent(client):
    pair = headed_list(kind=ListKind.PAIR)
    CandidateFactory(candidate_list=pair)
    mailboxes = {"email_0": "a@example.org", "email_1": "b@example.org"}
    fill(client, start_of(pair), **mailboxes)
    form = client.get(f"{start_of(pair)}relire/")
    send(client, start_of(pair), accepts_publication=None)
    [(_link, token), _other] = links_of(Pledge.objects.get())

    without = client.post(address_of(token), {"is_me": "on"})
    with_it = client.post(address_of(token), {"is_me": "on", "accepts_publication": "on"})

    assert "accepts_publication" not in text_of(form)
    assert (without.status_code, with_it.status_code) == (422, 302)
    assert "Sans votre accord, rien ne peut être publié" in text_of(without)
    consents = Pledge.objects.get().signatories.order_by("pk").values_list("consented_to_publication_at", flat=True)
    assert [consented_at is not None for consented_at in consents] == [True, False]


def test_an_expired_link_says_so_and_offers_to_sign_again(client, candidate_list):
    [(link, token)] = links_of(submit(candidate_list))

    with time_machine.travel(link.expires_at + datetime.timedelta(seconds=1)):
        answers = [client.get(address_of(token)), client.post(address_of(token), {"is_me": "on"})]

    for answer in answers:
        assert answer.status_code == 410
        assert reverse("sign-list", args=[candidate_list.pk]) in text_of(answer)
    assert Pledge.objects.get().state == PledgeState.SUBMITTED


@pytest.mark.parametrize("alter", [lambda token: token[:-1], lambda token: token.swapcase(), lambda token: "x" * 5000])
def test_an_altered_link_opens_nothing(client, candidate_list, alter):
    [(_link, token)] = links_of(submit(candidate_list))

    response = client.post(address_of(alter(token)), {"is_me": "on"})

    assert response.status_code == 404
    assert "Ce lien n’ouvre rien" in text_of(response)
    assert Pledge.objects.get().state == PledgeState.SUBMITTED


def test_a_second_pledge_of_the_list_is_told_apart_after_the_mailbox_is_proved(client, candidate_list):
    [(_link, token)] = links_of(submit(candidate_list))
    PledgeFactory(candidate_list=candidate_list, in_review=True)

    response = client.post(address_of(token), {"is_me": "on"})

    assert response.status_code == 409
    assert "Cette candidature a déjà signé" in text_of(response)


def test_lists_to_sign_for_are_found_by_region_and_by_name(client):
    candidate_list = headed_list(contest__region__name="Bretagne", name="Liste d’essai", norm="liste d essai")
    headed_list(contest__election=candidate_list.contest.election, name="Autre", norm="autre")

    found = [client.get(reverse("sign"), {"q": query}).context["found"] for query in ("bretagne", "essai", "zzz")]

    assert [[entry[0] for entry in entries] for entries in found] == [[candidate_list], [candidate_list], []]


def test_a_form_without_its_key_is_refused_in_words(candidate_list):
    response = Client(enforce_csrf_checks=True).post(f"{start_of(candidate_list)}qui/", HEAD)

    assert response.status_code == 403
    assert "Django" not in text_of(response)


def test_midnight_while_the_form_is_being_written_is_said_and_loses_nothing(client, candidate_list, monkeypatch):
    def closed(*args, **kwargs):
        raise signing.SigningClosedError("Les signatures sont closes depuis le 1er juin 2027.")

    fill(client, start_of(candidate_list), answers={1: ("commits", "Une phrase à ne pas perdre")})
    monkeypatch.setattr(signing, "submit", closed)
    response = send(client, start_of(candidate_list))

    assert response.status_code == 422
    assert "Les signatures sont closes depuis le 1er juin 2027." in text_of(response)
    assert "Une phrase à ne pas perdre" in text_of(response)


def test_confirming_erases_the_draft_of_this_browser(client, candidate_list):
    sign(client, candidate_list)
    [(_link, token)] = links_of(Pledge.objects.get())

    response = client.post(address_of(token), {"is_me": "on"})

    erased = {(name, cookie["path"]) for name, cookie in response.cookies.items() if cookie["max-age"] == 0}
    assert {("brouillon-qui", start_of(candidate_list)), ("brouillon-principe-5", start_of(candidate_list))} <= erased


# --- The short code of the mail ---


def test_a_code_leads_to_the_page_that_asks_and_confirms_nothing_by_itself(client, candidate_list):
    pledge = submit(candidate_list)
    code = MailLink.objects.mint_code(pledge.signatories.get(), LinkPurpose.CONFIRM_CODE)

    response = client.post(reverse("code"), {"code": f" {code.lower()} "}, follow=True)

    pledge.refresh_from_db()
    assert re.fullmatch(r"[A-Z2-9]{4}-[A-Z2-9]{4}", code)
    assert response.redirect_chain[0][0].startswith("/signer/confirmer/")
    assert "Relisez, puis confirmez" in text_of(response)
    assert pledge.state == PledgeState.SUBMITTED


def test_a_code_of_a_private_page_opens_that_page(client):
    pledge = PledgeFactory(published=True, signed=True)
    code = MailLink.objects.mint_code(pledge.signatories.get(), LinkPurpose.PRIVATE_CODE)

    response = client.post(reverse("code"), {"code": code})

    assert response.headers["Location"].startswith("/signer/ma-page/")
    assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize("case", ["typed twice", "over", "unknown", "a link's token"])
def test_a_code_that_is_no_good_is_refused_in_the_same_words(client, candidate_list, case):
    pledge = submit(candidate_list)
    [(_link, token)] = links_of(pledge)
    code = MailLink.objects.mint_code(pledge.signatories.get(), LinkPurpose.CONFIRM_CODE)
    typed = {"unknown": "ABCD-2345", "a link's token": token[:20]}.get(case, code)
    if case == "typed twice":
        client.post(reverse("code"), {"code": code})

    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=case == "over" and 11)):
        response = client.post(reverse("code"), {"code": typed})

    assert response.status_code == 422
    assert "Ce code n’est pas le bon, a déjà servi, ou a plus de dix minutes." in text_of(response)


def test_lists_to_sign_for_are_those_of_the_present_elections(client):
    past = headed_list(contest__election=ElectionFactory(past=True), name="Liste d’essai", norm="liste d essai")
    present = headed_list(name="Liste d’essai", norm="liste d essai")

    found = client.get(reverse("sign"), {"q": "essai"}).context["found"]

    assert [entry[0] for entry in found] == [present]
    assert past not in [entry[0] for entry in found]


def test_a_by_election_elsewhere_hides_no_list_to_sign_for(client):
    here = headed_list(contest__region__name="Normandie", name="Liste d’ici", norm="liste d ici")
    later = here.contest.election.first_round_on + datetime.timedelta(days=30)
    second = later + datetime.timedelta(days=7)
    elsewhere = ElectionFactory(
        first_round_on=later, second_round_on=second, mandate_starts_on=second + datetime.timedelta(days=5)
    )
    headed_list(contest__election=elsewhere, name="Liste d’ailleurs", norm="liste d ailleurs")

    found = [client.get(reverse("sign"), {"q": query}).context["found"] for query in ("normandie", "liste d’ici")]
    card = client.get(reverse("embed-region", args=[here.contest.region.slug])).content.decode()

    assert [[entry[0] for entry in entries] for entries in found] == [[here], [here]]
    assert here.contest.election.name in card


def test_one_mailbox_under_two_spellings_is_not_two_members(client):
    pair = headed_list(kind=ListKind.PAIR)
    CandidateFactory(candidate_list=pair)

    response = client.post(f"{start_of(pair)}qui/", {"email_0": "alix@example.org", "email_1": "Alix+2@example.org"})

    assert "Chaque membre du binôme confirme depuis sa propre adresse." in text_of(response)


def test_five_corrections_from_one_browser_leave_a_link_that_works(client, candidate_list):
    start = start_of(candidate_list)
    for number in range(5):
        sign_online(client, start, answers={1: ("commits", f"Version {number}.")})

    mailed = OutboxMail.objects.filter(kind="confirm", pledge__state=PledgeState.SUBMITTED)

    assert Pledge.objects.filter(mails__in=mailed).exists()


def test_a_thousand_words_are_no_search(client):
    assert client.get(reverse("sign"), {"q": "a " * 1100}).status_code == 200


@pytest.mark.parametrize("answer", [{}, {"accepts_contact": "on"}])
def test_whoever_confirms_says_for_themself_whether_to_be_written_to(client, candidate_list, answer):
    fill(client, start_of(candidate_list))
    last = text_of(client.get(f"{start_of(candidate_list)}relire/"))
    send(client, start_of(candidate_list), accepts_contact="on")  # whoever fills the form in cannot say it for them
    [(_link, token)] = links_of(Pledge.objects.get())

    page = text_of(client.get(address_of(token)))
    client.post(address_of(token), {"is_me": "on", **answer})

    [box] = re.findall(r'<input[^>]*name="accepts_contact"[^>]*>', page)
    assert ("accepts_contact" in last, "checked" in box) == (False, False)
    assert (Pledge.objects.get().signatories.get().consented_to_contact_at is not None) == bool(answer)


def test_confirming_other_answers_keeps_what_was_said_of_being_written_to(client):
    pair = headed_list(kind=ListKind.PAIR)
    pledge = PledgeFactory(candidate_list=pair, published=True)
    first = SignatoryFactory(pledge=pledge)
    second = CandidateFactory(candidate_list=pair)
    SignatoryFactory(pledge=pledge, candidate=second, consented_to_contact_at=pledge.submitted_at)
    amendment = signing.amend(first, replies=replies(pair, 1))
    [_mine, (link, token)] = links_of(amendment)

    client.post(address_of(token), {"is_me": "on", "accepts_publication": "on"})

    link.signatory.refresh_from_db()
    assert (link.signatory.confirmed_at is not None, link.signatory.consented_to_contact_at) == (
        True,
        pledge.submitted_at,
    )
