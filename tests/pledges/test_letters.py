"""A mail's two forms, from one source; and what people type, which stays words whatever they try."""

import datetime
from html.parser import HTMLParser

import pytest
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from pledges import emails, letters
from pledges.actions import campaigns
from pledges.actions.recording import owe_about, owe_to_account
from pledges.enums import (
    ABOUT_CORRECTIONS,
    OF_CAMPAIGNS,
    TO_ACCOUNTS,
    Answer,
    CandidateRole,
    Capacity,
    IdentityCheck,
    InvitationOutcome,
    ListKind,
    MailKind,
    PledgeState,
)
from pledges.letters import Block, BlockKind, Letter
from pledges.models import Invitation, OutboxMail
from tests.pledges.factories import (
    CampaignFactory,
    CandidateFactory,
    CandidateListFactory,
    ContestFactory,
    CorrectionRequestFactory,
    ElectionFactory,
    ListContactFactory,
    PledgeFactory,
    SignatoryFactory,
)
from tests.regions.factories import UserFactory

SITE = "https://engagements.example.org"
NBSP = "\N{NO-BREAK SPACE}"
SOURCE = f"""Un objet

Bonjour Alix,

Une première ligne
et sa suite.

- un ;
- deux.

> Des mots d’ailleurs.
>
> https://ailleurs.example.org/

Relire et confirmer{NBSP}:
{SITE}/signer/confirmer/x/

Retirer{NBSP}: {SITE}/signer/ma-page/

{letters.RULE}
À copier.
{letters.RULE}

Voir : https://ailleurs.example.org/

--{" "}
Engagements ESS : {SITE}
Le réseau : CRESS, https://cress.example.org
"""


class Reader(HTMLParser):
    """What a mail program makes of HTML: its tags, where its links go, its text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.texts = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src", "background", "action")]

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


def mail_of(kind, *, pledge=None, **signatory):
    """A mail owed in a state where it is true."""
    if kind in TO_ACCOUNTS:
        return owe_to_account(kind, UserFactory(first_name="Alix", last_name="EXEMPLE"))
    if kind in ABOUT_CORRECTIONS:
        asked = CorrectionRequestFactory(answered=kind == MailKind.CORRECTION_ANSWERED)
        to = UserFactory(first_name="Alix", is_superuser=True) if kind == MailKind.CORRECTION_TO_ANSWER else None
        return owe_about(kind, asked, to=to)
    if kind in OF_CAMPAIGNS:
        return mail_of_campaign(kind)
    [state, *_others] = emails.TRUE_IN[kind]
    if pledge is None:
        pledge = PledgeFactory(**{state: True} if state != PledgeState.SUBMITTED else {})
    signatory = SignatoryFactory(pledge=pledge, **signatory)
    return OutboxMail.objects.create(
        key=f"{kind}:{signatory.pk}",
        kind=kind,
        signatory=signatory,
        pledge=pledge,
        region=pledge.candidate_list.contest.region,
        recipient=signatory.email,
    )


@transaction.atomic  # read before it leaves: a mail that was sent has forgotten to whom
def mail_of_campaign(kind):
    """What a campaign that runs sends to its one list, or to who tries it."""
    row = CandidateListFactory(headed=True)
    contact = ListContactFactory(candidate_list=row)
    place = {"election": row.contest.election, "region": row.contest.region}
    if kind == MailKind.INVITATION_TRIAL:
        return campaigns.try_on(CampaignFactory(**place), by=UserFactory(email="moi@example.org"))
    campaign = CampaignFactory(running=True, **place)
    campaigns.carry_on()
    if kind == MailKind.INVITATION_REMINDER:
        first = Invitation.objects.filter(campaign=campaign)
        week_ago = timezone.now() - datetime.timedelta(days=8)
        first.update(outcome=InvitationOutcome.SENT, sent_at=week_ago, asked_on=week_ago.date())
        campaigns.carry_on()
    return OutboxMail.objects.get(kind=kind, recipient=contact.email)


def html_of(message):
    [(content, mimetype)] = message.alternatives
    assert mimetype == "text/html"
    return content


# --- One source, two forms ---


def test_a_source_is_read_as_blocks():
    letter = letters.read(SOURCE, site=SITE)

    assert letter == Letter(
        subject="Un objet",
        blocks=[
            Block(BlockKind.PARAGRAPH, ["Bonjour Alix,"]),
            Block(BlockKind.PARAGRAPH, ["Une première ligne", "et sa suite."]),
            Block(BlockKind.LIST, ["un ;", "deux."]),
            Block(BlockKind.QUOTE, ["Des mots d’ailleurs.", "", "https://ailleurs.example.org/"]),
            Block(BlockKind.BUTTON, ["Relire et confirmer"], url=f"{SITE}/signer/confirmer/x/"),
            Block(BlockKind.LINK, ["Retirer"], url=f"{SITE}/signer/ma-page/"),
            Block(BlockKind.COPY, ["À copier."]),
            Block(BlockKind.PARAGRAPH, ["Voir : https://ailleurs.example.org/"]),
        ],
        signature=[
            Block(BlockKind.LINK, ["Engagements ESS"], url=SITE),
            Block(BlockKind.PARAGRAPH, ["Le réseau : CRESS, https://cress.example.org"]),
        ],
    )


def test_what_is_read_is_written_back_as_text():
    letter = letters.read(SOURCE, site=SITE)

    assert letter.text == SOURCE.replace("Un objet\n\n", "").replace("ligne\net", "ligne et").replace(
        "ESS :", f"ESS{NBSP}:"
    )


def test_the_text_keeps_to_its_columns_and_never_breaks_an_address():
    address = f"{SITE}/{'x' * 120}/"
    long = "Un mot, puis un autre. " * 20
    source = f"Objet\n\n{long}\n\n- {long}\n\n> {long}\n\nOuvrir :\n{address}\n\nRetirer : {address}\n\n-- \nFin."

    lines = letters.read(source, site=SITE).text.split("\n")

    assert max(len(line) for line in lines if line != address) <= letters.WIDTH
    assert lines.count(address) == 2


def test_the_html_gives_each_block_its_element_and_links_to_us_alone():
    html = render_to_string("emails/layout.html", {"letter": letters.read(SOURCE, site=SITE)})

    reader = Reader(html)
    assert reader.links == [f"{SITE}/signer/confirmer/x/", f"{SITE}/signer/ma-page/", SITE]
    assert {"main", "h1", "ul", "li", "blockquote", "footer"} <= set(reader.tags)
    assert not {"img", "script", "link", "table", "iframe", "form"} & set(reader.tags)
    assert "https://ailleurs.example.org/" in reader.text


# --- Each mail ---


@pytest.mark.django_db
@pytest.mark.parametrize("kind", MailKind)
@pytest.mark.parametrize("personal", [False, True], ids=["list", "personal"])
def test_the_two_forms_say_the_same(kind, personal):
    [state, *_others] = emails.TRUE_IN.get(kind, [PledgeState.SUBMITTED])
    traits = {state: True} if state != PledgeState.SUBMITTED else {}
    message = emails.compose(mail_of(kind, pledge=PledgeFactory(personal=personal, **traits)))

    reader = Reader(html_of(message))
    spoken = [word for word in message.body.replace(letters.RULE, "").split() if word not in ("-", ">", "--", ":")]
    assert [word for word in spoken if word not in reader.text] == []
    assert html_of(message).startswith('<!doctype html>\n<html lang="fr">')
    assert all(link.startswith(SITE) for link in reader.links)
    assert f"<title>{message.subject}</title>" in html_of(message)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", MailKind)
def test_no_mail_speaks_of_support_nor_asks_anything_from_elsewhere(kind):
    message = emails.compose(mail_of(kind))

    for form in (message.body, html_of(message)):
        assert "soutenu" not in form.casefold()
        assert "url(" not in form
        assert "@import" not in form


@pytest.mark.django_db
def test_the_headers_say_language_automation_and_one_identity():
    mail = mail_of(MailKind.PUBLISHED)

    first, second = emails.compose(mail).message(), emails.compose(OutboxMail.objects.get()).message()

    assert first["Message-ID"] == second["Message-ID"] == emails.message_id(mail)
    assert first["Message-ID"].endswith("@engagements.example.org>")
    assert (first["Content-Language"], first["Auto-Submitted"]) == ("fr", "auto-generated")
    assert first["Date"].datetime - timezone.now() < datetime.timedelta(minutes=1)
    assert [part.get_content_type() for part in first.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.django_db
def test_two_mails_have_two_identities_even_when_a_restored_database_gives_a_key_again():
    mail = mail_of(MailKind.PUBLISHED)
    restored = OutboxMail(key=mail.key, created_at=mail.created_at + datetime.timedelta(seconds=1))

    assert emails.message_id(mail) != emails.message_id(restored)


@pytest.mark.django_db
def test_a_confirmation_says_for_whom_what_and_until_when():
    election = ElectionFactory(name="Régionales d’essai")
    pledge = PledgeFactory(
        candidate_list__contest=ContestFactory(election=election, region__name="Bretagne"),
        candidate_list__name="Liste A",
        answers={1: Answer.COMMITS, 2: Answer.DECLINES},
        submitted_at=datetime.datetime(2027, 3, 1, 12, 5, tzinfo=datetime.UTC),
    )

    body = emails.compose(mail_of(MailKind.CONFIRM, pledge=pledge)).body

    said = " ".join(body.replace("\N{NARROW NO-BREAK SPACE}", " ").replace(NBSP, " ").split())
    assert "signée pour « Liste A », Bretagne, Régionales d’essai. Vous y figurez en qualité de tête de liste." in said
    assert "- 1. Action 1 : s’engage - 2. Action 2 : ne s’engage pas - 3. Action 3 : pas de réponse" in said
    assert "À faire avant le 8 mars 2027 à 13 h 05." in said
    assert "Ce n’est pas vous ? Ne faites rien : sans confirmation, rien n’est publié" in said


@pytest.mark.django_db
def test_the_moments_of_a_mail_are_those_of_the_territory():
    pledge = PledgeFactory(
        candidate_list__contest__region__time_zone="Indian/Reunion",
        submitted_at=datetime.datetime(2027, 3, 1, 21, 5, tzinfo=datetime.UTC),
    )

    body = emails.compose(mail_of(MailKind.CONFIRM, pledge=pledge)).body

    assert f"9{NBSP}mars 2027 à 1{NBSP}h{NBSP}05" in " ".join(body.split(" ")).replace("\n", " ")


@pytest.mark.django_db
def test_the_members_of_a_binome_are_asked_as_such_for_new_answers():
    published = PledgeFactory(published=True, candidate_list__kind=ListKind.PAIR, candidate_list__name="A et B")
    amendment = PledgeFactory(candidate_list=published.candidate_list, amends=published)
    member = CandidateFactory(candidate_list=published.candidate_list, role=CandidateRole.CANDIDATE)

    mail = mail_of(MailKind.CONFIRM, pledge=amendment, capacity=Capacity.MEMBER, candidate=member)

    body = " ".join(emails.compose(mail).body.split())
    assert "De nouvelles réponses à la charte" in body
    assert "si vous les confirmez vous aussi, en qualité de membre du binôme." in body


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "subject"), [
    ("declined", "Votre engagement n’a pas été publié"),
    ("suspended", "Votre engagement n’est plus publié"),
])  # fmt: skip
def test_a_refusal_tells_apart_what_was_public(state, subject):
    pledge = PledgeFactory(**{state: True})
    pledge.state = PledgeState.DECLINED
    pledge.save()

    assert emails.compose(mail_of(MailKind.DECLINED, pledge=pledge)).subject == subject


@pytest.mark.django_db
@pytest.mark.parametrize(("past", "offered"), [(False, 1), (True, 0)])
def test_signing_again_is_offered_while_signatures_are_open(past, offered):
    pledge = PledgeFactory(declined=True, candidate_list__contest__election=ElectionFactory(past=past))

    message = emails.compose(mail_of(MailKind.DECLINED, pledge=pledge))

    assert Reader(html_of(message)).links.count(f"{SITE}/signer/") == offered


@pytest.mark.django_db
def test_the_text_to_share_is_lawful_and_stands_apart():
    pledge = PledgeFactory(published=True, candidate_list__name="Liste A", identity_check=IdentityCheck.CALL_BACK)

    message = emails.compose(mail_of(MailKind.PUBLISHED, pledge=pledge))

    _before, to_copy, _after = message.body.split(f"{letters.RULE}\n")
    assert to_copy.startswith(
        "Notre liste «\N{NARROW NO-BREAK SPACE}Liste A\N{NARROW NO-BREAK SPACE}» est signataire de la charte"
    )
    assert to_copy.endswith(f"{SITE}{pledge.candidate_list.get_absolute_url()}\n")
    assert to_copy.count("\n") == 1


# --- What people type ---

HOSTILE = [
    "<script>alert(1)</script>",
    "Alix\r\nBcc: victime@example.org",
    "Alix\nSubject: autre chose\n\nUn autre corps",
    "Alix\x00\x1b[31m",
    "=?utf-8?q?Bcc:_victime@example.org?=",
    "Alix\u2028> cité\u2029- liste\x85-- ",
    "\u202exila",
    "A & B « C » *D* _E_ `F` [G](https://evil.example.com/) # H",
    "Voir : https://engagements.example.org/signer/",
    "Relire et confirmer :\nhttps://evil.example.com/",
    "x" * 2000,
    "é" * 2000,
    "mot " * 500,
]


@pytest.mark.django_db
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("kind", [MailKind.CONFIRM, MailKind.PUBLISHED, MailKind.DECLINED, MailKind.SUSPENDED])
def test_names_and_reasons_stay_words_and_reach_no_header(text, kind):
    mail = mail_of(kind)
    plain = emails.compose(mail).message()
    expected = Reader(html_of(emails.compose(mail)))
    # In memory: no database would take some of these.
    mail.signatory.full_name = mail.pledge.candidate_list.name = mail.pledge.decision_reason = text
    mail.pledge.candidate_list.contest.name = mail.pledge.candidate_list.contest.election.name = text

    composed = emails.compose(mail)

    message, reader = composed.message(), Reader(html_of(composed))
    assert message.keys() == plain.keys()
    assert [message[name] for name in ("Subject", "To", "From")] == [plain[name] for name in ("Subject", "To", "From")]
    assert sorted(set(reader.tags)) == sorted(set(expected.tags))
    assert len(reader.links) == len(expected.links)
    assert all(link.startswith(SITE) for link in reader.links)
    assert message.as_bytes().count(b"\nSubject:") == 1
    assert not any(character in composed.body for character in "\0\x1b\r\u202e\u2028\x85")
    # Nobody else's line ends our text: one signature, the last.
    assert composed.body.count(f"\n{letters.SIGNATURE}\n") == 1
    assert isinstance(composed, EmailMessage)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Alix EXEMPLE", "Alix EXEMPLE"),
        ("  deux \n lignes ", "deux lignes"),
        ("J.-P. Ñandú-Œuvré, dit « ö »", "J.-P. Ñandú-Œuvré, dit « ö »"),
        ("www.evil.com", "www.\u200bevil.\u200bcom"),
        ("https://evil.com", "https://\u200bevil.\u200bcom"),
        ("\ud800x", "x"),
    ],
)
def test_what_is_typed_keeps_its_letters_and_loses_its_powers(typed, read):
    assert letters.inline(typed) == read


def test_words_of_others_are_marked_line_by_line():
    assert letters.quoted("Un.\r\n\r\n-- \n> Deux.\u2028Trois.\n") == "> Un.\n>\n> --\n> > Deux.\n> Trois."
