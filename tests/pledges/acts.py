"""What signers do, in one call each."""

from pledges.actions import signing
from pledges.actions.signing import Reply, Signer
from pledges.enums import Answer, Capacity, LinkPurpose
from pledges.models import MailLink
from tests.pledges.factories import CandidateListFactory


def headed_list(**kwargs):
    """A list with its head, loaded as a page loads it."""
    candidate_list = CandidateListFactory(headed=True, **kwargs)
    return type(candidate_list).objects.with_contest().get(pk=candidate_list.pk)


def replies(candidate_list, *numbers, statement=""):
    """Commitments to these principles, all five unless told."""
    principles = candidate_list.contest.election.charter.principles.filter(number__in=numbers or range(1, 6))
    return {principle: Reply(Answer.COMMITS, statement) for principle in principles}


def head_of(candidate_list, email="tete@example.org", **kwargs):
    head = candidate_list.candidates.get(is_head=True)
    return Signer(Capacity.HEAD, head.full_name, email, candidate=head, **kwargs)


def submit(candidate_list, *, email="tete@example.org", numbers=(), statement=""):
    """The head signs for the list."""
    return signing.submit(
        candidate_list,
        signers=[head_of(candidate_list, email)],
        replies=replies(candidate_list, *numbers, statement=statement),
    )


def links_of(pledge, purpose=LinkPurpose.CONFIRM):
    """A fresh link for each signatory, as a mail would carry it, and its token."""
    tokens = [MailLink.objects.mint(signatory, purpose) for signatory in pledge.signatories.all()]
    return [(MailLink.objects.for_token(token, purpose).get(), token) for token in tokens]


def confirm(pledge):
    """Every signatory confirms."""
    for link, _token in links_of(pledge):
        pledge = signing.confirm(link)
    return pledge
