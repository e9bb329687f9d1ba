import io
import json
import logging
import stat

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from pledges.actions import asking, email_change, links, personal_data, review, signing
from pledges.actions.personal_data import ERASED_NAME, Erased
from pledges.actions.signing import Reply, Signer
from pledges.enums import Act, Answer, CandidateRole, Capacity, Door, IdentityCheck, LinkPurpose, ListKind, PledgeState
from pledges.models import CandidateList, Commitment, JournalEntry, MailLink, OutboxMail, Pledge, Signatory, Wording
from tests.pledges.acts import confirm, headed_list, links_of, replies, submit
from tests.pledges.factories import CandidateFactory, CandidateListFactory, PledgeFactory, SignatoryFactory
from tests.pledges.test_views import text_of
from tests.regions.factories import UserFactory

pytestmark = pytest.mark.django_db

ADDRESS, PHONE, NAME, WORDS = "Mandat.Secret@example.org", "0611223344", "Camille SECRETE", "Des mots bien à moi."
REASON, NEW = "Une raison tout à fait personnelle.", "future@example.org"
TRACES = (ADDRESS, PHONE, NAME, WORDS, REASON, NEW, "secret")


def rows():
    """Every value of every row of every table, by table."""
    return {
        model._meta.label: [value for row in model._base_manager.values() for value in row.values()]
        for model in apps.get_models()
    }


def found(*traces):
    """Which of these texts are somewhere in the database, and where."""
    return {
        (trace, table)
        for table, values in rows().items()
        for value in values
        for trace in traces
        if trace.casefold() in str(value).casefold()
    }


def mandatary(candidate_list, *, statement=WORDS):
    """A mandatary signs for a list, and confirms."""
    signer = Signer(Capacity.MANDATARY, NAME, ADDRESS, phone=PHONE)
    answers = {principle: Reply(Answer.COMMITS, statement) for principle in replies(candidate_list)}
    return confirm(signing.submit(candidate_list, signers=[signer], replies=answers), accepts_contact=True)


def life_of_a_pledge():
    """All that can be written about one person: published, amended, suspended, mails owed, links, a change asked."""
    pledge = mandatary(headed_list())
    review.publish(pledge, by=UserFactory(), identity_check=IdentityCheck.CALL_BACK)
    review.suspend(pledge, by=UserFactory(), reason=f"{NAME} : {REASON}")
    review.resume(pledge, by=UserFactory())
    signatory = Signatory.objects.select_related("pledge__candidate_list__contest").get(pledge=pledge)
    question = asking.ask(pledge, signatory, by=UserFactory(), text=f"{NAME}, est-ce bien {ADDRESS} ?")
    asking.answer(question, text=WORDS)
    asking.note(pledge, by=UserFactory(), text=f"{NAME} : {REASON}")
    signing.amend(signatory, replies={p: Reply(Answer.DECLINES, WORDS) for p in replies(pledge.candidate_list, 1)})
    email_change.ask_change(signatory, new_email=NEW)
    links.send_links(ADDRESS)
    links_of(pledge, LinkPurpose.PRIVATE)
    return pledge


# --- Erasing ---


def test_erasing_leaves_no_trace_of_the_person_in_any_table_nor_in_the_logs(caplog):
    caplog.set_level(logging.DEBUG)
    pledge = life_of_a_pledge()
    refused = mandatary(headed_list())
    review.decline(refused, by=UserFactory(), reason=f"{NAME} : {REASON}")
    unconfirmed = submit(headed_list(), email=ADDRESS, statement=WORDS)
    assert {trace for trace, _table in found(*TRACES)} == set(TRACES)

    erased = personal_data.erase(ADDRESS.lower())

    assert found(*TRACES) == set()
    assert [trace for trace in TRACES if trace.casefold() in caplog.text.casefold()] == []
    assert erased == Erased(
        signatures=4, withdrawn=2, deleted=1, answers=16, mails=erased.mails, links=erased.links, changes=1
    )
    assert set(Signatory.objects.values_list("full_name", flat=True)) == {ERASED_NAME}
    assert not Pledge.objects.filter(pk=unconfirmed.pk).exists()
    assert set(Pledge.objects.values_list("state", flat=True)) == {PledgeState.WITHDRAWN, PledgeState.DECLINED}
    assert JournalEntry.objects.filter(act=Act.DATA_ERASED, pledge=pledge).count() == 1


def test_erasing_a_declared_candidacy_leaves_nothing_of_its_names():
    declared = CandidateListFactory(
        declared_at=timezone.now(), official_code="", panel_number=None, headed=True, name="Nom jamais déposé"
    )
    declared.candidates.update(first_names="Prénomunique", last_name="NOMUNIQUE", norm="prenomunique nomunique")
    declared = CandidateList.objects.with_contest().get(pk=declared.pk)
    confirm(submit(declared, email=ADDRESS))
    traces = ["jamais déposé", "prénomunique", "nomunique", "prenomunique", ADDRESS]
    assert {trace for trace, _table in found(*traces)} == set(traces)

    personal_data.erase(ADDRESS)

    assert found(*traces) == set()


def test_erasing_again_finds_nothing():
    life_of_a_pledge()
    personal_data.erase(ADDRESS)
    before = rows()

    assert not personal_data.erase(ADDRESS)
    assert rows() == before


def test_erasing_touches_nobody_else():
    others = PledgeFactory(published=True, answers={1: Answer.COMMITS})
    SignatoryFactory(pledge=others, email=f"x{ADDRESS}", phone="0600000000")
    blank = SignatoryFactory(pledge=PledgeFactory(withdrawn=True, answers={1: Answer.COMMITS}), email="")
    life_of_a_pledge()

    personal_data.erase(ADDRESS)

    others.refresh_from_db()
    assert others.state == PledgeState.PUBLISHED
    assert list(others.signatories.values_list("email", "phone")) == [(f"x{ADDRESS}", "0600000000")]
    assert Commitment.objects.filter(pledge__in=(others, blank.pledge)).count() == 2


def test_an_empty_address_erases_nothing():
    SignatoryFactory(pledge=PledgeFactory(withdrawn=True, answers={1: Answer.COMMITS}), email="")

    assert not personal_data.erase("")
    assert Commitment.objects.exists()


def test_the_dated_fact_and_the_journal_stay(client):
    pledge = mandatary(headed_list())
    review.publish(pledge, by=UserFactory(), identity_check=IdentityCheck.CALL_BACK)
    acts = list(JournalEntry.objects.order_by("pk").values_list("act", flat=True))

    personal_data.erase(ADDRESS)

    page = text_of(client.get(pledge.candidate_list.get_absolute_url()))
    assert "Engagement retiré le" in page
    kept = list(JournalEntry.objects.order_by("pk").values_list("act", flat=True))
    assert kept == [*acts, Act.DATA_ERASED, Act.PLEDGE_WITHDRAWN]
    published = JournalEntry.objects.get(act=Act.PLEDGE_PUBLISHED)
    assert len(published.details["wording_sha256"]) == 64
    assert not Wording.objects.filter(entry=published).exists()


def test_the_head_of_a_list_keeps_the_name_that_the_official_list_gives():
    pledge = confirm(submit(headed_list(), email=ADDRESS))
    name = pledge.signatories.get().full_name

    personal_data.erase(ADDRESS)

    assert Signatory.objects.get().full_name == name
    assert found(ADDRESS) == set()


def test_when_a_member_of_a_pair_erases_the_other_is_told():
    pledge = PledgeFactory(published=True, candidate_list__kind=ListKind.PAIR)
    for email in (ADDRESS, "autre@example.org"):
        person = CandidateFactory(candidate_list=pledge.candidate_list, role=CandidateRole.CANDIDATE)
        SignatoryFactory(pledge=pledge, candidate=person, capacity=Capacity.MEMBER, email=email)

    personal_data.erase(ADDRESS)

    assert list(OutboxMail.objects.values_list("kind", "recipient")) == [("withdrawn", "autre@example.org")]


def test_the_words_of_an_act_are_written_once_and_may_be_erased():
    pledge = PledgeFactory(in_review=True)
    entry = signing.record(Act.PLEDGE_DECLINED, pledge, reason=REASON)
    wording = Wording.objects.get(entry=entry)

    assert (entry.details["wording_sha256"], entry.reason, entry.why) == (wording.fingerprint, "", REASON)
    other = Wording(reason=REASON)
    assert other.fingerprint != wording.fingerprint  # the salt: likely words are not found again by trying
    wording.delete()
    assert JournalEntry.objects.select_related("wording").get().why == ""


def test_the_words_of_an_act_cannot_be_changed():
    signing.record(Act.PLEDGE_DECLINED, PledgeFactory(in_review=True), reason=REASON)

    with pytest.raises(IntegrityError):
        Wording.objects.update(reason="autre")


# --- A copy ---


def test_a_copy_holds_all_that_concerns_the_mailbox():
    life_of_a_pledge()

    data = personal_data.export(ADDRESS.upper())

    text = json.dumps(data, ensure_ascii=False)
    for trace in (ADDRESS, PHONE, NAME, WORDS, REASON, NEW):
        assert trace in text
    first, amendment = data["signatures"]
    assert (first["engagement"]["état"], amendment["engagement"]["état"]) == ("publié", "en cours de vérification")
    assert [answer["vos mots"] for answer in first["réponses"]] == [WORDS] * 5
    assert [(said["acte"], said["pour"], said["version du texte"]) for said in first["accords donnés ou repris"]] == [
        ("accord donné", "publier l’engagement", "2026-11"),
        ("accord donné", "publier l’engagement", "2026-11"),
        ("accord donné", "être recontacté·e par le réseau", "2026-11"),
    ]
    assert "engagement suspendu" in [entry["acte"] for entry in first["journal"]]
    assert {mail["nature"] for mail in first["courriels"]} >= {"lien de confirmation", "engagement publié"}
    assert JournalEntry.objects.filter(act=Act.DATA_EXPORTED).count() == 2


def test_a_copy_holds_nothing_about_anyone_else():
    pledge = PledgeFactory(published=True, candidate_list__kind=ListKind.PAIR, answers={1: Answer.COMMITS})
    other, mine = (
        SignatoryFactory(
            pledge=pledge,
            candidate=CandidateFactory(candidate_list=pledge.candidate_list, role=CandidateRole.CANDIDATE),
            capacity=Capacity.MEMBER,
            email=email,
            phone=phone,
        )
        for email, phone in (("autre@example.org", "0699999999"), (ADDRESS, PHONE))
    )
    moderator = UserFactory(first_name="Mona", last_name="Modération")
    signing.record(Act.SIGNATURE_CONFIRMED, pledge, signatory=other.pk)
    signing.record(Act.SIGNATURE_CONFIRMED, pledge, signatory=mine.pk)
    review.suspend(pledge, by=moderator, reason="À éclaircir.")

    data = personal_data.export(ADDRESS)

    text = json.dumps(data, ensure_ascii=False)
    for secret in (other.full_name, "autre@example.org", "0699999999", "Modération"):
        assert secret not in text
    assert [entry["acte"] for entry in data["signatures"][0]["journal"]] == [
        "signature confirmée",
        "engagement suspendu",
    ]


# --- Pages ---


def page_of(pledge, name):
    token = MailLink.objects.mint(pledge.signatories.get(), LinkPurpose.PRIVATE)
    return reverse(name, args=[token])


def test_a_signer_reads_what_is_held_and_takes_a_copy(client):
    pledge = mandatary(headed_list())

    shown = text_of(client.get(page_of(pledge, "private-data")))
    address = page_of(pledge, "private-download")
    followed = client.get(address)
    taken = client.post(address)

    assert ADDRESS in shown
    assert PHONE in shown
    assert followed.status_code == 405
    assert taken.headers["Content-Disposition"] == 'attachment; filename="mes-donnees.json"'
    assert "no-store" in taken.headers["Cache-Control"]
    assert json.loads(taken.content)["signatures"][0]["vous"]["nom"] == NAME
    assert JournalEntry.objects.get(act=Act.DATA_EXPORTED).details["door"] == Door.PRIVATE_PAGE


def test_a_signer_erases_with_a_box_and_a_button(client):
    pledge = mandatary(headed_list())
    address = page_of(pledge, "private-erase")

    shown, without = client.get(address), client.post(address)
    done = client.post(address, {"is_sure": "on"}, follow=True)

    assert (shown.status_code, without.status_code) == (200, 422)
    assert "Vos données sont effacées" in text_of(done)
    assert found(ADDRESS, PHONE, NAME, WORDS) == set()
    assert client.get(address).status_code == 404


def test_whoever_has_withdrawn_may_still_erase_their_words(client):
    pledge = mandatary(headed_list())
    address = page_of(pledge, "private-erase")
    signing.withdraw(pledge, reason=REASON)
    assert found(NAME, WORDS, REASON)

    page = text_of(client.get(address.removesuffix("donnees/effacer/")))
    client.post(address, {"is_sure": "on"})

    assert "Effacer aussi mes réponses" in page
    assert found(NAME, WORDS, REASON) == set()


def test_whoever_erased_may_sign_again(client):
    pledge = mandatary(headed_list())

    personal_data.erase(ADDRESS)
    again = mandatary(pledge.candidate_list)

    assert again.state == PledgeState.IN_REVIEW
    assert Pledge.objects.get(pk=pledge.pk).state == PledgeState.WITHDRAWN


# --- The command ---


def test_the_command_writes_a_file_for_its_owner_alone(tmp_path, capsys):
    mandatary(headed_list())
    path = tmp_path / "copie.json"

    for _ in range(2):
        call_command("personal_data", ADDRESS, "--export", path)

    assert json.loads(path.read_text())["signatures"][0]["vous"]["nom"] == NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    said = capsys.readouterr().out.splitlines()
    assert said == [f"Écrit dans {path} : 1 signatures. Remettez-le à la personne, puis effacez-le."] * 2


def test_the_command_erases_counts_and_can_be_repeated(capsys, monkeypatch):
    mandatary(headed_list())
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{ADDRESS}\n"))

    call_command("personal_data", "-", "--erase")
    call_command("personal_data", ADDRESS, "--erase")

    first, second = capsys.readouterr().out.splitlines()
    assert first == (
        "Effacés : les données de 1 signatures, 5 réponses, 2 courriers, 1 liens, 0 changements d’adresse. Engagements"
        " retirés : 1 ; jamais confirmés, supprimés : 0."
    )
    assert second == "Rien n’est gardé de cette adresse : rien à effacer."
    assert found(ADDRESS, NAME) == set()


def test_the_command_stops_with_a_sentence_that_holds_no_address(tmp_path):
    mandatary(headed_list())

    with pytest.raises(CommandError, match=r"^Ce n’est pas une adresse électronique complète\.$"):
        call_command("personal_data", "mandat", "--erase")
    with pytest.raises(CommandError, match="ne peut pas être écrit") as refusal:
        call_command("personal_data", ADDRESS, "--export", tmp_path / "absent" / "copie.json")

    assert ADDRESS not in str(refusal.value)
    assert not JournalEntry.objects.filter(act=Act.DATA_EXPORTED).exists()


@pytest.mark.parametrize("arguments", [[ADDRESS], [ADDRESS, "--erase", "--export", "f"], ["--erase"]])
def test_the_command_does_one_thing_to_one_address(arguments):
    with pytest.raises(CommandError):
        call_command("personal_data", *arguments)


def test_withdrawing_after_an_amendment_forgets_the_whole_line_and_erasing_its_words():
    pledge = mandatary(headed_list())
    review.publish(pledge, by=UserFactory(), identity_check=IdentityCheck.CALL_BACK)
    signatory = Signatory.objects.select_related("pledge__candidate_list__contest").get(pledge=pledge)
    amendment = signing.amend(
        signatory, replies={p: Reply(Answer.DECLINES, WORDS) for p in replies(pledge.candidate_list, 1)}
    )
    review.publish(amendment, by=UserFactory(), identity_check=IdentityCheck.CALL_BACK)

    signing.withdraw(Pledge.objects.select_related("candidate_list__contest").get(pk=amendment.pk))

    # The mail that says it is done is still owed: its address goes when it leaves.
    assert {table for _trace, table in found(ADDRESS, PHONE)} == {"pledges.OutboxMail"}
    assert {trace for trace, _table in found(WORDS)} == {WORDS}
    personal_data.erase_signature(amendment.signatories.select_related("pledge").get(), door=Door.PRIVATE_PAGE)
    assert found(*TRACES) == set()
