"""A person's rights over what concerns their mailbox: a copy of all of it, and erasing it for good."""

import datetime
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import calendar, consent
from pledges.actions import corrections
from pledges.actions.contacts import erase_contact
from pledges.actions.declaring import ERASED_NAME, forget_declared, forget_names
from pledges.actions.forgetting import close_changes, forget_everything, forget_exchanges, forget_private_data
from pledges.actions.preparing import prepare
from pledges.actions.recording import lock, record
from pledges.actions.signing import withdraw
from pledges.enums import LIVE, Act, Capacity, ConsentPurpose, Decision, Door, PledgeState
from pledges.models import (
    CandidateList,
    Commitment,
    CorrectionRequest,
    EmailChange,
    JournalEntry,
    ListContact,
    OutboxMail,
    Pledge,
    Signatory,
    Wording,
)
from regions.models import Revision, User

ERASED_REASON = "motif effacé"
CONSENTS = (Act.CONSENT_GIVEN, Act.CONSENT_WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased, in counts."""

    signatures: int = 0
    withdrawn: int = 0
    deleted: int = 0
    answers: int = 0
    mails: int = 0
    links: int = 0
    changes: int = 0
    corrections: int = 0
    addresses: int = 0
    """Of lists: a network had noted this mailbox to ask a list to sign."""
    waiting: int = 0
    """Signatures that the public reads in a territory that keeps silence: erased when it ends."""

    def __bool__(self) -> bool:
        return self != Erased()


def contact_kept_until(signatory: Signatory) -> datetime.date:
    """The last day that this person's address may be kept: ``purge_expired`` then blanks it."""
    return signatory.pledge.candidate_list.contest.election.last_day_of_contacts


# --- A copy ---


@transaction.atomic
def export(email: str, *, door: Door = Door.COMMAND) -> dict[str, Any]:
    """All that concerns a mailbox, under French keys, ready for JSON: nothing about anyone else.

    The caller has made sure that whoever asks reads that mailbox. The journal keeps that the copy was handed over.
    """
    signatories = list(
        Signatory.objects.with_email(email)
        .select_related(
            "candidate",
            "pledge__charter",
            "pledge__candidate",
            "pledge__candidate_list__contest__election",
            "pledge__candidate_list__contest__region",
        )
        .order_by("pk")
    )
    data = {
        _("document"): _("Vos données sur le portail Engagements ESS"),
        _("établi le"): _moment(timezone.now()),
        _("adresse électronique"): email,
        _("signatures"): [_signature(signatory) for signatory in signatories],
        _("changements demandés vers cette adresse"): [
            {_("demandé le"): _moment(change.asked_at), _("confirmé d’ici le"): _moment(change.expires_at)}
            for change in EmailChange.objects.filter(new_email__iexact=email)
        ],
        _("demandes de correction"): [
            _correction(each) for each in CorrectionRequest.objects.filter(email__iexact=email)
        ],
        _("adresse d’une liste"): [
            {
                _("liste"): contact.candidate_list.name,
                _("nature"): contact.get_kind_display(),
                _("trouvée ici"): contact.source,
                _("relevée le"): contact.found_on.isoformat(),
            }
            for contact in ListContact.objects.with_email(email).select_related("candidate_list").order_by("pk")
        ],
        _("compte d’un réseau"): [
            {
                _("nom"): user.get_full_name(),
                _("créé le"): _moment(user.date_joined),
                _("dernière connexion"): _moment(user.last_login),
                _("réseaux"): [membership.network.name for membership in user.memberships.select_related("network")],
            }
            for user in User.objects.filter(email__iexact=email)
        ],
    }
    for signatory in signatories:
        record(Act.DATA_EXPORTED, signatory.pledge, signatory=signatory.pk, door=door)
    return data


def _correction(correction: CorrectionRequest) -> dict[str, Any]:
    return {
        _("page"): correction.page,
        _("demande"): correction.get_kind_display(),
        _("ce qui ne va pas"): correction.wrong,
        _("ce que la page devrait dire"): correction.wanted,
        _("nom"): correction.name,
        _("qualité"): correction.get_asked_as_display(),
        _("demandée le"): _moment(correction.asked_at),
        _("état"): correction.get_state_display(),
        _("décidée le"): _moment(correction.decided_at),
        _("réponse du réseau"): correction.reason,
    }


def _signature(signatory: Signatory) -> dict[str, Any]:
    pledge: Pledge = signatory.pledge
    return {
        _("vous"): {
            _("nom"): signatory.full_name,
            _("qualité"): signatory.get_capacity_display(),
            _("adresse électronique"): signatory.email,
            _("téléphone"): signatory.phone,
            _("sur la liste officielle"): _("n° %d") % signatory.candidate.rank if signatory.candidate else None,
            _("signature confirmée le"): _moment(signatory.confirmed_at),
            _("accord pour publier"): _moment(signatory.consented_to_publication_at),
            _("accord pour être recontacté·e"): _moment(signatory.consented_to_contact_at),
            _("adresse et téléphone gardés jusqu’au"): contact_kept_until(signatory).isoformat(),
        },
        _("engagement"): _pledge(pledge),
        _("réponses"): [
            {
                _("principe"): f"{answer.principle.number}. {answer.principle.statement}",
                _("réponse"): answer.get_answer_display(),
                _("vos mots"): answer.statement,
            }
            for answer in pledge.commitments.select_related("principle")
        ],
        _("changement d’adresse en cours"): [
            {
                _("nouvelle adresse"): change.new_email,
                _("demandé le"): _moment(change.asked_at),
                _("autorisé le"): _moment(change.approved_at),
                _("confirmé le"): _moment(change.proved_at),
            }
            for change in signatory.email_changes.all()
        ],
        _("courriels"): [_mail(mail) for mail in signatory.mails.order_by("pk")],
        _("liens envoyés"): [
            {
                _("pour"): link.get_purpose_display(),
                _("créé le"): _moment(link.created_at),
                _("valable jusqu’au"): _moment(link.expires_at),
                _("utilisations"): link.uses,
                _("utilisé le"): _moment(link.used_at),
            }
            for link in signatory.links.order_by("pk")
        ],
        _("questions du réseau"): [
            {
                _("posée le"): _moment(question.asked_at),
                _("question"): question.text,
                _("réponse du"): _moment(question.answered_at),
                _("votre réponse"): question.answer,
            }
            for question in signatory.questions.all()
        ],
        _("notes du réseau"): [{_("le"): _moment(note.at), _("note"): note.text} for note in pledge.notes.all()],
        _("accords donnés ou repris"): [_consent(entry) for entry in entries_of(signatory).filter(act__in=CONSENTS)],
        _("journal"): [
            {
                _("le"): _moment(entry.at),
                _("acte"): entry.get_act_display(),
                _("par"): _("un réseau de l’ESS") if entry.by_id else _("qui a signé, ou le portail"),
                _("motif"): entry.why,
            }
            for entry in entries_of(signatory).exclude(act__in=CONSENTS)
        ],
    }


def entries_of(signatory: Signatory) -> QuerySet[JournalEntry]:
    """The history of a pledge as one of those who signed may read it: without what concerns another alone."""
    entries = JournalEntry.objects.filter(pledge=signatory.pledge_id).select_related("wording").order_by("pk")
    return entries.filter(Q(details__signatory=signatory.pk) | Q(details__signatory__isnull=True))


def _pledge(pledge: Pledge) -> dict[str, Any]:
    contest = pledge.candidate_list.contest
    return {
        _("numéro"): pledge.pk,
        _("pour"): str(pledge.signer),
        _("à titre personnel"): pledge.is_personal,
        _("territoire"): contest.name,
        _("élection"): contest.election.name,
        _("état"): pledge.get_state_display(),
        _("déposé le"): _moment(pledge.submitted_at),
        _("confirmé le"): _moment(pledge.confirmed_at),
        _("publié le"): _moment(pledge.published_at),
        _("reçus"): [_moment(receipt.made_at) for receipt in pledge.receipts.all()],
        _("code de vérification"): pledge.shown_code,
        _("décidé le"): _moment(pledge.decided_at),
        _("retiré le"): _moment(pledge.withdrawn_at),
        _("motif du retrait"): pledge.withdrawal_reason,
        _("motif du réseau"): pledge.decision_reason,
        _("vérification de l’identité"): pledge.get_identity_check_display(),
        _("remplace l’engagement numéro"): pledge.amends_id,
        _("charte"): {
            _("titre"): pledge.charter.title,
            _("version"): pledge.charter.version,
            _("empreinte SHA-256"): pledge.charter_id,
        },
    }


def _mail(mail: OutboxMail) -> dict[str, Any]:
    return {
        _("nature"): mail.get_kind_display(),
        _("dû le"): _moment(mail.created_at),
        _("parti le"): _moment(mail.sent_at),
        _("abandonné le"): _moment(mail.abandoned_at),
    }


def _consent(entry: JournalEntry) -> dict[str, Any]:
    purpose, version = ConsentPurpose(entry.details["purpose"]), entry.details["version"]
    return {
        _("le"): _moment(entry.at),
        _("acte"): entry.get_act_display(),
        _("pour"): str(purpose.label),
        _("où"): str(Door(entry.details["door"]).label),
        _("version du texte"): version,
        _("texte"): str(consent.TEXTS[version][purpose]),
    }


def _moment(at: datetime.datetime | None) -> str | None:
    return timezone.localtime(at).isoformat(timespec="seconds") if at else None


# --- Erasing ---


@transaction.atomic
def erase(email: str, *, door: Door = Door.COMMAND) -> Erased:
    """Erase all that concerns a mailbox, for good: what stands is withdrawn, what nobody confirmed is deleted.

    There stay the dated facts: that a pledge was signed for an official list, and the journal, which holds neither
    contact data nor words. An account of a network is another matter, and is left alone. Safe to repeat.
    """
    erased = _erase(Signatory.objects.with_email(email), door)
    asked = corrections.forget(CorrectionRequest.objects.filter(email__iexact=email))
    contacts = ListContact.objects.with_email(email).select_related("candidate_list__contest")
    addresses = sum(erase_contact(contact, by=None) for contact in contacts)
    mails, _by_model = OutboxMail.objects.filter(recipient__iexact=email).exclude(recipient="").delete()
    changes = close_changes(EmailChange.objects.filter(new_email__iexact=email))
    return replace(
        erased,
        mails=erased.mails + mails,
        changes=erased.changes + changes,
        corrections=asked,
        addresses=addresses,
    )


@transaction.atomic
def erase_signature(signatory: Signatory, *, door: Door) -> Erased:
    """Erase what is left of one signature, withdrawn already: its address is gone, its words are not."""
    same_person = Signatory.objects.filter(
        pledge__in=[signatory.pledge, *signatory.pledge.earlier()],
        capacity=signatory.capacity,
        candidate=signatory.candidate_id,
        full_name=signatory.full_name,
    )
    return _erase(Signatory.objects.filter(pk__in=list(same_person.values_list("pk", flat=True))), door)


@transaction.atomic
def erase_held(signatory: Signatory, *, door: Door) -> Erased:
    """Erase what a person asked to erase during the electoral silence, once it is over.

    :raises SilenceError: When another silence has begun.
    """
    calendar.refuse_in_silence(signatory.pledge.candidate_list.contest.region)
    return _erase(Signatory.objects.filter(pk=signatory.pk), door)


def _hold_back(signatories: QuerySet[Signatory], door: Door) -> list[int]:
    """Prepare what the silence forbids now: what the public reads of these people stays as it was until its end.

    :return: The keys of those who wait.
    """
    silent = calendar.silences()
    public = signatories.filter(
        pledge__published_at__isnull=False, pledge__candidate_list__contest__region__in=silent
    ).select_related("pledge__candidate_list__contest__region")
    held = list(public.order_by("pk"))
    for signatory in held:
        prepare(signatory.pledge, Decision.ERASE, signatory=signatory, door=door)
    return [signatory.pk for signatory in held]


def _erase(signatories: QuerySet[Signatory], door: Door) -> Erased:
    signed = CandidateList.objects.filter(pledges__signatories__in=signatories.values("pk")).order_by("pk").distinct()
    held: set[CandidateList] = set()
    while left := [candidate_list for candidate_list in signed.all() if candidate_list not in held]:
        for candidate_list in left:  # in one order: two who erase at once never wait for each other
            lock(candidate_list)
        held.update(left)  # once more: a moderator may have matched a declared candidacy while we waited
    signatories = signatories.filter(pledge__candidate_list__in=held)
    waiting = _hold_back(signatories, door)
    keys = list(signatories.exclude(pk__in=waiting).values_list("pk", flat=True))
    # Amendments first: what they amend then has nothing left to end.
    pledges = list(
        Pledge.objects.filter(signatories__in=keys).select_related("candidate_list__contest").order_by("-pk").distinct()
    )
    for pledge in pledges:
        for key in pledge.signatories.filter(pk__in=keys).values_list("pk", flat=True):
            record(Act.DATA_ERASED, pledge, signatory=key, door=door)
    gone = forget_everything(keys)
    answers = Commitment.objects.filter(pledge__in=pledges).count()
    states = [_end(pledge) for pledge in pledges]
    forget_everything(keys)  # withdrawing has just owed a mail to each of those who signed
    for pledge in pledges:
        _erase_words(pledge)
    _erase_identity(keys)
    if pledges:  # a name or words that were public must leave the pages that are kept
        Revision.advance()
    return Erased(
        signatures=len(keys),
        withdrawn=states.count(PledgeState.WITHDRAWN),
        deleted=states.count(PledgeState.SUBMITTED),
        answers=answers,
        waiting=len(waiting),
        **gone,
    )


def _end(pledge: Pledge) -> PledgeState | None:
    """Withdraw what stands, delete what nobody confirmed, blank what has ended.

    :return: The state that tells which was done; None for what had ended.
    """
    state = Pledge.objects.values_list("state", flat=True).get(pk=pledge.pk)
    if state in LIVE:
        withdraw(pledge)
        return PledgeState.WITHDRAWN
    if state == PledgeState.SUBMITTED:
        record(Act.PLEDGE_EXPIRED, pledge)
        Pledge.objects.filter(pk=pledge.pk).delete()
        forget_declared(pledge.candidate_list)
        return PledgeState.SUBMITTED
    forget_private_data(pledge)
    return None


def _erase_words(pledge: Pledge) -> None:
    """Erase what was answered and why: those are one's words, or were written about them."""
    Commitment.objects.filter(pledge=pledge.pk).delete()
    forget_exchanges(Pledge.objects.filter(pk=pledge.pk))
    Wording.objects.filter(entry__pledge=pledge.pk).delete()
    Pledge.objects.filter(pk=pledge.pk).update(withdrawal_reason="")
    Pledge.objects.filter(pk=pledge.pk).exclude(decision_reason="").update(decision_reason=ERASED_REASON)


def _erase_identity(keys: list[int]) -> None:
    """Blank who signed, save a name that the official list gives."""
    signatories = Signatory.objects.filter(pk__in=keys)
    signatories.update(email="", phone="", consented_to_contact_at=None)
    signatories.filter(capacity=Capacity.MANDATARY).update(full_name=ERASED_NAME)
    for candidate_list in CandidateList.objects.filter(pledges__signatories__in=keys).distinct():
        forget_names(candidate_list)
