"""What helps to decide on a pledge, read for whoever reviews it: facts in words, never a verdict."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.expressions import Case, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges.actions.review import NotOfficialError
from pledges.actions.transitions import TransitionError
from pledges.calendar import Silence
from pledges.enums import Answer, PledgeState
from pledges.matrix import Cell, all_cells
from pledges.models import Commitment, Pledge, Principle, Question, Signatory
from regions.typography import age, day

# Where anybody opens a mailbox: such an address says nothing of who writes from it.
FREE_MAIL = frozenset(
    {
        "aliceadsl.fr", "aol.com", "bbox.fr", "club-internet.fr", "free.fr", "gmail.com", "gmx.com", "gmx.fr",
        "googlemail.com", "hotmail.com", "hotmail.fr", "icloud.com", "laposte.net", "live.com", "live.fr", "mac.com",
        "mail.com", "mailo.com", "me.com", "msn.com", "neuf.fr", "numericable.fr", "orange.fr", "outlook.com",
        "outlook.fr", "pm.me", "posteo.net", "proton.me", "protonmail.com", "sfr.fr", "tutanota.com", "wanadoo.fr",
        "yahoo.com", "yahoo.fr", "ymail.com", "zaclys.net",
    }
)  # fmt: skip

_QUESTIONS = Question.objects.filter(pledge=OuterRef("pk"))
HAS_ANSWERED = Exists(_QUESTIONS.filter(answered_at__isnull=False)) & ~Exists(_QUESTIONS.unanswered())
"""Of a pledge in a query: all that was asked about it has its answer."""
QUEUE_ORDER = (
    Case(When(HAS_ANSWERED & Q(state=PledgeState.IN_REVIEW), then=Value(0)), default=Value(1)).asc(),
    "confirmed_at",
    "pk",
)
"""Who has answered a question waits for the network alone, and comes first; then who has waited the longest."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an amended pledge answers to one principle, before and now."""

    principle: Principle
    before: Cell
    after: Cell


@dataclass(frozen=True, slots=True)
class Tally:
    """The answers of a pledge in brief."""

    commits: int
    declines: int
    silent: int
    sentences: int

    def __str__(self) -> str:
        """« s’engage sur 4 principes, 1 principe sans réponse ; 2 phrases »: what is none is not said."""
        said = [
            ngettext("s’engage sur %d principe", "s’engage sur %d principes", self.commits) % self.commits,
            ngettext("ne s’engage pas sur %d", "ne s’engage pas sur %d", self.declines) % self.declines,
            ngettext("%d principe sans réponse", "%d principes sans réponse", self.silent) % self.silent,
            ngettext("%d phrase", "%d phrases", self.sentences) % self.sentences,
        ]
        counts = (self.commits, self.declines, self.silent, self.sentences)
        return ", ".join(words for words, count in zip(said, counts, strict=True) if count)


def with_people(pledges: QuerySet[Pledge]) -> QuerySet[Pledge]:
    """Load what :func:`warnings` and :func:`standstill` read: who signed, and the questions put to them."""
    signatories = Signatory.objects.select_related("candidate")
    return pledges.prefetch_related(Prefetch("signatories", signatories), "questions")


def tally(pledge: Pledge, principle_count: int) -> Tally:
    """Count the answers of a pledge.

    :param pledge: With its commitments prefetched.
    """
    answers: Sequence[Commitment] = list(pledge.commitments.all())
    commits = sum(answer.answer == Answer.COMMITS for answer in answers)
    declines = sum(answer.answer == Answer.DECLINES for answer in answers)
    return Tally(
        commits, declines, principle_count - commits - declines, sum(bool(answer.statement) for answer in answers)
    )


def changes(pledge: Pledge, principles: Iterable[Principle]) -> list[Change]:
    """The answers that differ from those of the pledge it amends; none when it amends none."""
    principles = list(principles)
    if pledge.amends is None:
        return []
    pairs = zip(all_cells(pledge.amends, principles), all_cells(pledge, principles), strict=True)
    return [Change(after.principle, before, after) for before, after in pairs if before != after]


def obstacle(pledge: Pledge, silence: Silence | None) -> str:
    """Why it cannot be published now, in the words of the action that would refuse it; nothing when it can."""
    if pledge.state != PledgeState.IN_REVIEW:
        return str(TransitionError(pledge))
    if pledge.is_declared:
        return str(NotOfficialError())
    return str(silence) if silence else ""


def warnings(pledge: Pledge, *, rival_count: int = 0) -> list[str]:
    """What asks for a second look before publishing; nothing for most.

    :param pledge: Loaded :func:`with_people`.
    :param rival_count: How many other signatures for the same candidacy nobody has confirmed.
    """
    found = []
    if pledge.candidate_list.left_at:
        found.append(_("La dernière liste officielle ne mentionne plus cette candidature."))
    for signatory in pledge.signatories.all():
        found += _about(signatory, official=not pledge.is_declared)
    if rival_count:
        found.append(
            _(
                "D’autres signatures pour la même candidature attendent leur confirmation (%d) : est-ce la bonne"
                " personne qui a confirmé celle-ci ?"
            )
            % rival_count
        )
    questions = list(pledge.questions.all())
    if waiting := [question for question in questions if not question.is_answered]:
        found.append(_("Une question attend sa réponse depuis %s.") % age(waiting[0].asked_at))
    elif questions:
        found.append(_("Qui a signé a répondu à votre question : lisez sa réponse."))
    return found


def standstill(pledge: Pledge, silence: Silence | None) -> str:
    """What a pledge under review waits for, in a few words; nothing when it waits for its network alone.

    :param pledge: Loaded :func:`with_people`.
    """
    if pledge.state != PledgeState.IN_REVIEW:
        return ""
    questions = list(pledge.questions.all())
    if waiting := [question for question in questions if not question.is_answered]:
        return _("question sans réponse depuis %s") % age(waiting[0].asked_at)
    if pledge.is_declared:
        return _("à rapprocher de la liste officielle")
    return str(silence) if silence else ""


def has_answered(pledge: Pledge) -> bool:
    """Whether its signer has answered all that was asked, so that it waits for its network alone."""
    questions = list(pledge.questions.all())
    return pledge.state == PledgeState.IN_REVIEW and bool(questions) and all(it.is_answered for it in questions)


def domain_in_words(signatory: Signatory, peers: Iterable[Signatory]) -> str:
    """What the domain of an address tells, and does not: a clue at most.

    :param peers: Others who signed and confirmed for the same list.
    """
    domain = _domain(signatory.email)
    if not domain:
        return ""
    if domain in FREE_MAIL:
        return _("%s : une messagerie ouverte à tout le monde. Elle ne dit rien, ni pour ni contre.") % domain
    same = sorted({peer.full_name for peer in peers if _domain(peer.email) == domain} - {signatory.full_name})
    if same:
        words = _("%(domain)s : le même domaine que %(names)s, pour la même liste. Un indice, pas une preuve.")
        return words % {"domain": domain, "names": ", ".join(same[:3])}
    return (
        _("%s : un domaine que nul autre n’utilise ici. Voyez à qui il appartient avant d’y lire un indice.") % domain
    )


def way_in_words(pledge: Pledge) -> str:
    """By which invitation one came to sign, and what that says; nothing for who came otherwise.

    :param pledge: With its ``came_by`` and the contact of that loaded.
    """
    invitation = pledge.came_by
    if invitation is None or invitation.contact is None or invitation.asked_on is None:
        return ""
    words = _(
        "par le lien de la sollicitation envoyée le %(on)s (%(kind)s). Qui a reçu ce courriel a pu le faire suivre : un"
        " indice, pas une preuve."
    )
    return words % {"on": day(invitation.asked_on), "kind": invitation.contact.get_kind_display()}


def _about(signatory: Signatory, *, official: bool) -> list[str]:
    found, name = [], signatory.full_name
    if signatory.name_needs_a_look:
        found.append(
            _(
                "« %s » a des lettres de plusieurs alphabets, ou d’un autre que le nôtre : regardez ce nom de près,"
                " une lettre peut en imiter une autre."
            )
            % name
        )
    if signatory.candidate is None:
        found.append(_("%s, mandataire, ne figure pas sur la liste officielle : à rappeler.") % name)
    elif official and signatory.candidate.left_at:
        found.append(_("%s ne figure plus sur la liste officielle.") % name)
    if not signatory.confirmed_at:
        found.append(_("%s n’a pas confirmé sa signature.") % name)
    return found


def _domain(email: str) -> str:
    return email.rpartition("@")[2].lower()
