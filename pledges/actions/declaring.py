"""Signing before the official list exists: the candidacy is declared, and waits for its match."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from pledges.actions.recording import lock, record
from pledges.actions.signing import Reply, Signer, sender_digest, submit
from pledges.declared import Declaration
from pledges.enums import Act, MailKind, PledgeState
from pledges.models import Candidate, CandidateList, Contest, Pledge, Principle, Signatory

# What takes the place of a text that the database wants and that may name or quote the person.
ERASED_NAME = "identité effacée"


@transaction.atomic
def declare(declaration: Declaration, *, signers: Sequence[Signer], replies: Mapping[Principle, Reply]) -> Pledge:
    """Take in the signature of a candidacy that no official list names yet.

    Sent twice, it is one, as any signature. What is declared is shown to nobody but the network.

    :param signers: Their ``candidate``, if any, is one of ``declaration.rows()``, found again by its rank.
    :raises SigningClosedError: When the calendar does not allow it.
    """
    contest = _settle(declaration.contest)
    # The same declaration sent twice at once: the second waits here, and finds the first.
    while not _take(contest):
        contest = _settle(declaration.contest)
    candidate_list, people = replace(declaration, contest=contest).rows()
    twin = _twin(candidate_list, people, sender_digest(signers, replies), is_personal=declaration.is_personal)
    if twin:
        candidate_list, people = twin, list(twin.candidates.order_by("rank"))
    else:
        candidate_list.declared_at = timezone.now()
        candidate_list.save()
        Candidate.objects.bulk_create(people)
    return submit(
        candidate_list,
        candidate=people[0] if declaration.is_personal else None,
        signers=[
            replace(signer, candidate=people[signer.candidate.rank - 1]) if signer.candidate else signer
            for signer in signers
        ],
        replies=replies,
    )


@transaction.atomic
def replace_unconfirmed(pledge: Pledge, *, replaced: int) -> None:
    """Forget what the same draft had sent before its correction: that link stops working.

    What anybody has confirmed is left alone, and so is a link that works when the new one was one mail too many.

    :param pledge: What was sent in its place.
    :param replaced: The key of what goes.
    """
    lock(pledge.candidate_list)
    if not pledge.mails.filter(kind=MailKind.CONFIRM).exists():
        return
    earlier = Pledge.objects.filter(
        pk=replaced, candidate_list__contest=pledge.candidate_list.contest, state=PledgeState.SUBMITTED
    )
    unconfirmed = earlier.exclude(pk=pledge.pk).exclude(signatories__confirmed_at__isnull=False)
    if wrong := unconfirmed.select_related("candidate_list__contest").first():
        record(Act.PLEDGE_EXPIRED, wrong)
        wrong.delete()
        forget_declared(wrong.candidate_list)


def forget_declared(candidate_list: CandidateList) -> bool:
    """Delete a declared candidacy that no pledge needs any more.

    :return: Whether it was one.
    """
    if not candidate_list.is_declared or candidate_list.pledges.exists():
        return False
    candidate_list.candidates.all().delete()
    candidate_list.delete()
    return True


def drop_empty_contests() -> None:
    """Delete the contests that declarations had brought and that hold nothing any more."""
    for contest in Contest.objects.filter(declared_at__isnull=False, lists=None):
        with transaction.atomic():
            _take(contest)  # whoever declares there at this moment comes first, or waits and brings it again
            Contest.objects.filter(pk=contest.pk, lists=None).delete()


def forget_names(candidate_list: CandidateList) -> None:
    """Blank a declared candidacy that a pledge still needs: on no official list, it is what its signer wrote."""
    if candidate_list.is_declared:
        candidate_list.candidates.update(first_names="", last_name=ERASED_NAME, norm="")
        CandidateList.objects.filter(pk=candidate_list.pk).update(name=ERASED_NAME, norm="")
        Signatory.objects.filter(pledge__candidate_list=candidate_list).update(full_name=ERASED_NAME)


def _take(contest: Contest) -> bool:
    """Lock a contest until the transaction ends.

    :return: Whether it is still there.
    """
    return bool(Contest.objects.select_for_update().filter(pk=contest.pk).values_list("pk"))


def _settle(contest: Contest) -> Contest:
    """The stored contest: someone may declare a candidacy before any file has named the territory."""
    stored, _created = Contest.objects.get_or_create(
        election=contest.election,
        code=contest.code,
        defaults={
            "region": contest.region,
            "name": contest.name,
            "slug": contest.slug,
            "declared_at": timezone.now(),
        },
    )
    stored.election, stored.region = contest.election, contest.region
    return stored


def _twin(
    candidate_list: CandidateList, people: Sequence[Candidate], sender: str, *, is_personal: bool
) -> CandidateList | None:
    """The same candidacy, declared by the same mailboxes and not confirmed yet."""
    declared = CandidateList.objects.filter(
        contest=candidate_list.contest,
        declared_at__isnull=False,
        kind=candidate_list.kind,
        name=candidate_list.name,
        pledges__state=PledgeState.SUBMITTED,
        pledges__sender_digest=sender,
        pledges__candidate__isnull=not is_personal,
    ).with_contest()
    names = [person.full_name for person in people]
    return next(
        (found for found in declared if [one.full_name for one in found.candidates.order_by("rank")] == names), None
    )
