"""Invented elections, candidates and pledges; every one of them is valid as it comes, in every state."""

import datetime

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from pledges.campaign_text import BODY, REMINDER_BODY, REMINDER_SUBJECT, SUBJECT
from pledges.consent import VERSION
from pledges.enums import (
    AddressKind,
    Answer,
    AskedAs,
    CampaignState,
    Capacity,
    CorrectionKind,
    CorrectionState,
    ElectionKind,
    IdentityCheck,
    MailKind,
    MandateMatch,
    PledgeState,
    Sex,
)
from pledges.models import (
    Campaign,
    Candidate,
    CandidateImport,
    CandidateList,
    Charter,
    Commitment,
    Contest,
    CorrectionRequest,
    DecisionReason,
    ElectedOfficial,
    Election,
    ListContact,
    Nuance,
    OutboxMail,
    Pledge,
    Principle,
    Question,
    Signatory,
)
from pledges.models.charter import fingerprint
from regions.folding import fold
from tests.regions.factories import RegionFactory, UserFactory


def days_away(days):
    """A day counted from today."""
    return factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days))


def hours_ago(hours):
    """A moment before now."""
    return factory.LazyFunction(lambda: timezone.now() - datetime.timedelta(hours=hours))


class CharterFactory(DjangoModelFactory):
    """A charter with its principles: ``CharterFactory(statements=["…", "…"])``, five unless told."""

    class Meta:
        model = Charter

    version = factory.Sequence(lambda n: f"essai {n}")
    title = factory.LazyAttribute(lambda charter: f"Les principes d’essai, version {charter.version}")
    addressed_to = "candidates et candidats inventés"
    source = "Inventée pour un essai"
    statements = tuple(f"Faire l’action d’essai numéro {number}" for number in range(1, 6))
    sha256 = factory.LazyAttribute(lambda charter: fingerprint(charter.title, charter.addressed_to, charter.statements))

    @classmethod
    def _create(cls, model_class, *args, statements, **kwargs):
        charter = super()._create(model_class, *args, **kwargs)
        for number, statement in enumerate(statements, 1):
            PrincipleFactory(charter=charter, number=number, statement=statement)
        return charter


class PrincipleFactory(DjangoModelFactory):
    """A principle more, for a charter made with ``statements=()``: a complete one has its own."""

    class Meta:
        model = Principle

    charter = factory.SubFactory(CharterFactory, statements=())
    number = factory.Sequence(lambda n: n + 1)
    statement = factory.LazyAttribute(lambda principle: f"Faire l’action d’essai numéro {principle.number}")
    short = factory.LazyAttribute(lambda principle: f"Action {principle.number}")
    explanation = "Ce que l’action demande, en mots simples."


class ElectionFactory(DjangoModelFactory):
    """An election to come whose signatures are open; ``past=True`` for that of June 2021.

    ``in_2028=True`` for one voted on that March, on the 12th and the 19th.
    """

    class Meta:
        model = Election

    class Params:
        past = factory.Trait(
            signing_opens_on=datetime.date(2021, 4, 1),
            signing_closes_on=datetime.date(2021, 6, 26),
            first_round_on=datetime.date(2021, 6, 20),
            second_round_on=datetime.date(2021, 6, 27),
            mandate_starts_on=datetime.date(2021, 7, 2),
            mandate_ends_on=datetime.date(2028, 3, 31),
        )
        in_2028 = factory.Trait(
            signing_opens_on=datetime.date(2028, 1, 1),
            signing_closes_on=datetime.date(2028, 3, 10),
            first_round_on=datetime.date(2028, 3, 12),
            second_round_on=datetime.date(2028, 3, 19),
            mandate_starts_on=datetime.date(2028, 3, 24),
            mandate_ends_on=datetime.date(2034, 3, 24),
        )

    slug = factory.Sequence(lambda n: f"election-{n}")
    name = factory.Sequence(lambda n: f"Élection inventée {n}")
    kind = ElectionKind.REGIONAL
    charter = factory.SubFactory(CharterFactory)
    signing_opens_on = days_away(-30)
    signing_closes_on = days_away(30)
    first_round_on = days_away(40)
    second_round_on = days_away(47)
    mandate_starts_on = days_away(52)
    mandate_ends_on = days_away(52 + 6 * 365)


class NuanceFactory(DjangoModelFactory):
    class Meta:
        model = Nuance

    election = factory.SubFactory(ElectionFactory)
    code = factory.Sequence(lambda n: f"LE{n}")
    label = factory.LazyAttribute(lambda nuance: f"Nuance d’essai {nuance.code}")


class ContestFactory(DjangoModelFactory):
    class Meta:
        model = Contest

    election = factory.SubFactory(ElectionFactory)
    region = factory.SubFactory(RegionFactory)
    code = factory.SelfAttribute("region.code")
    name = factory.SelfAttribute("region.name")
    slug = factory.SelfAttribute("region.slug")


class CandidateListFactory(DjangoModelFactory):
    """A list; ``headed=True`` gives it a head, ``departed=True`` makes it one that left."""

    class Meta:
        model = CandidateList
        skip_postgeneration_save = True

    class Params:
        headed = factory.Trait(
            head=factory.RelatedFactory(
                "tests.pledges.factories.CandidateFactory", factory_related_name="candidate_list", head=True
            )
        )
        departed = factory.Trait(left_at=hours_ago(1))

    contest = factory.SubFactory(ContestFactory)
    official_code = factory.Sequence(lambda n: str(n + 1))
    panel_number = factory.Sequence(lambda n: n % 30_000 + 1)
    name = factory.Sequence(lambda n: f"Liste de démonstration {n}")
    norm = factory.LazyAttribute(lambda candidate_list: fold(candidate_list.name)[:500])


class CandidateFactory(DjangoModelFactory):
    class Meta:
        model = Candidate

    class Params:
        head = factory.Trait(is_head=True)
        departed = factory.Trait(left_at=hours_ago(1))

    candidate_list = factory.SubFactory(CandidateListFactory)
    rank = factory.Sequence(lambda n: n % 30_000 + 1)
    last_name = factory.Sequence(lambda n: f"EXEMPLE{n}")
    first_names = "Alix"
    norm = factory.LazyAttribute(lambda person: fold(f"{person.first_names} {person.last_name}")[:241])
    sex = Sex.FEMALE


class ElectedOfficialFactory(DjangoModelFactory):
    """Someone elected whom no candidacy matches; ``candidate=…`` makes it a sure match, in the candidate's contest."""

    class Meta:
        model = ElectedOfficial

    class Params:
        departed = factory.Trait(left_at=hours_ago(1))

    candidate = None
    match = factory.LazyAttribute(lambda one: MandateMatch.SURE if one.candidate else MandateMatch.UNMATCHED)
    contest = factory.Maybe(
        "candidate",
        factory.SelfAttribute("candidate.candidate_list.contest"),
        factory.SubFactory(ContestFactory, election__past=True),
    )
    last_name = factory.Sequence(lambda n: f"ÉLUE{n}")
    first_names = "Alix"
    norm = factory.LazyAttribute(lambda one: fold(f"{one.first_names} {one.last_name}")[:241])
    sex = Sex.FEMALE
    imported_at = hours_ago(1)


class PledgeFactory(DjangoModelFactory):
    """A list's pledge, to be confirmed unless a state is asked for: ``PledgeFactory(published=True)``.

    ``personal=True`` makes it one candidate's; ``signed=True`` adds who signed; ``answers={1: Answer.COMMITS}`` adds
    answers by number of principle.
    """

    class Meta:
        model = Pledge
        skip_postgeneration_save = True

    class Params:
        personal = factory.Trait(
            candidate=factory.SubFactory(CandidateFactory, candidate_list=factory.SelfAttribute("..candidate_list"))
        )
        signed = factory.Trait(
            signatory=factory.RelatedFactory("tests.pledges.factories.SignatoryFactory", factory_related_name="pledge")
        )
        confirmed = factory.Trait(confirmed_at=hours_ago(48))
        decided = factory.Trait(confirmed=True, decided_at=hours_ago(24), decided_by=factory.SubFactory(UserFactory))
        made_public = factory.Trait(
            decided=True, published_at=hours_ago(24), identity_check=IdentityCheck.OFFICIAL_LIST
        )
        in_review = factory.Trait(confirmed=True, state=PledgeState.IN_REVIEW)
        published = factory.Trait(made_public=True, state=PledgeState.PUBLISHED)
        declined = factory.Trait(decided=True, state=PledgeState.DECLINED, decision_reason="Identité non établie.")
        suspended = factory.Trait(
            made_public=True, state=PledgeState.SUSPENDED, decision_reason="Un doute est à lever."
        )
        withdrawn = factory.Trait(made_public=True, state=PledgeState.WITHDRAWN, withdrawn_at=hours_ago(12))
        superseded = factory.Trait(made_public=True, state=PledgeState.SUPERSEDED)

    candidate_list = factory.SubFactory(CandidateListFactory)
    charter = factory.SelfAttribute("candidate_list.contest.election.charter")
    submitted_at = hours_ago(72)

    @factory.post_generation
    def answers(self, create, answers, **kwargs):
        for number, answer in (answers or {}).items():
            CommitmentFactory(pledge=self, principle=self.charter.principles.get(number=number), answer=answer)


def signing_candidate(signatory):
    """Who signs: the candidate of a personal pledge, nobody of the list for a mandatary, else the list's head."""
    pledge = signatory.pledge
    if signatory.capacity == Capacity.MANDATARY or pledge.candidate:
        return pledge.candidate
    head = pledge.candidate_list.candidates.standing().filter(is_head=True).first()
    return head or CandidateFactory(candidate_list=pledge.candidate_list, head=True)


class SignatoryFactory(DjangoModelFactory):
    """The head of the list, or the candidate of a personal pledge; ``mandatary=True`` for someone off the list."""

    class Meta:
        model = Signatory

    class Params:
        mandatary = factory.Trait(capacity=Capacity.MANDATARY, full_name="Camille MANDAT")

    pledge = factory.SubFactory(PledgeFactory)
    capacity = factory.LazyAttribute(lambda it: Capacity.SELF if it.pledge.candidate else Capacity.HEAD)
    candidate = factory.LazyAttribute(signing_candidate)
    full_name = factory.SelfAttribute("candidate.full_name")
    email = factory.Sequence(lambda n: f"signataire{n}@example.org")
    consent_version = VERSION
    consented_to_publication_at = factory.SelfAttribute("pledge.submitted_at")
    confirmed_at = factory.SelfAttribute("pledge.confirmed_at")


class CommitmentFactory(DjangoModelFactory):
    class Meta:
        model = Commitment

    pledge = factory.SubFactory(PledgeFactory)
    principle = factory.LazyAttribute(lambda commitment: commitment.pledge.charter.principles.earliest("number"))
    answer = Answer.COMMITS


class CandidateImportFactory(DjangoModelFactory):
    """An import that waits to be read, of one region unless ``regions`` says which."""

    class Meta:
        model = CandidateImport
        skip_postgeneration_save = True

    election = factory.SubFactory(ElectionFactory)
    by = factory.SubFactory(UserFactory)
    name = "essai.csv"
    size = 3
    file = factory.LazyFunction(lambda: ContentFile(b"a,b", name="essai.csv"))

    @factory.post_generation
    def regions(self, create, regions, **kwargs):
        self.regions.set(regions or [RegionFactory()])


class CorrectionRequestFactory(DjangoModelFactory):
    """What a citizen asks about the page of a region; ``answered=True`` gives it its answer."""

    class Meta:
        model = CorrectionRequest

    class Params:
        answered = factory.Trait(
            state=CorrectionState.DECLINED,
            reason="La page dit ce que dit la liste officielle.",
            decided_at=factory.LazyFunction(timezone.now),
            decided_by=factory.SubFactory(UserFactory),
        )

    kind = CorrectionKind.CORRECTION
    region = factory.SubFactory(RegionFactory)
    page = factory.LazyAttribute(lambda asked: asked.region.get_absolute_url() if asked.region else "/methode/")
    wrong = "Le nom est mal écrit."
    wanted = "Le nom, avec deux n."
    name = "Alix EXEMPLE"
    asked_as = AskedAs.CITIZEN
    email = "alix@example.org"
    asked_at = hours_ago(5)


class DecisionReasonFactory(DjangoModelFactory):
    """A national reason to decline; ``region=…`` makes it a region's own."""

    class Meta:
        model = DecisionReason

    title = factory.Sequence(lambda n: f"Motif d’essai {n}")
    text = factory.LazyAttribute(lambda reason: f"Le texte du « {reason.title} ».")


class QuestionFactory(DjangoModelFactory):
    """A question that waits; ``answered=True`` gives it its answer."""

    class Meta:
        model = Question

    class Params:
        answered = factory.Trait(answer="Oui, c’est bien moi.", answered_at=hours_ago(1))

    pledge = factory.SelfAttribute("signatory.pledge")
    signatory = factory.SubFactory(SignatoryFactory, pledge__in_review=True)
    text = "Est-ce bien vous qui avez signé ?"
    asked_at = hours_ago(72)
    asked_by = factory.SubFactory(UserFactory)


class ListContactFactory(DjangoModelFactory):
    """The list's own address; ``failed=True`` for one that a mail server refused."""

    class Meta:
        model = ListContact

    class Params:
        failed = factory.Trait(failed_at=hours_ago(1))

    candidate_list = factory.SubFactory(CandidateListFactory)
    email = factory.Sequence(lambda n: f"liste{n}@example.org")
    kind = AddressKind.OFFICIAL
    source = "Le site de la liste"
    found_on = days_away(-3)
    added_at = hours_ago(70)
    added_by = factory.SubFactory(UserFactory)


class CampaignFactory(DjangoModelFactory):
    """A campaign being prepared, with the texts that are offered; ``tested=True`` once its trial was received."""

    class Meta:
        model = Campaign
        skip_postgeneration_save = True

    class Params:
        running = factory.Trait(
            state=CampaignState.RUNNING, launched_at=hours_ago(2), launched_by=factory.SubFactory(UserFactory)
        )
        tested = factory.Trait(
            state=CampaignState.TESTED,
            trial=factory.RelatedFactory("tests.pledges.factories.TrialFactory", factory_related_name="campaign"),
        )

    election = factory.SubFactory(ElectionFactory)
    region = factory.SubFactory(RegionFactory)
    subject = str(SUBJECT)
    body = str(BODY)
    reminder_subject = str(REMINDER_SUBJECT)
    reminder_body = str(REMINDER_BODY)


class TrialFactory(DjangoModelFactory):
    """The mail of a trial, that has left."""

    class Meta:
        model = OutboxMail

    key = factory.Sequence(lambda n: f"trial-{n}")
    kind = MailKind.INVITATION_TRIAL
    user = factory.SubFactory(UserFactory)
    campaign = factory.SubFactory(CampaignFactory)
    sent_at = hours_ago(1)
