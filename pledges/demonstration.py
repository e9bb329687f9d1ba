"""The invented elections of a demonstration: plainly fictitious lists and people, pledges in every state.

Every pledge goes through the same doors as a real one, at dates told to the clock, so that its journal is true.
"""

import datetime
import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.db import transaction
from django.utils import timezone

from pledges.actions import asking, review, signing
from pledges.actions.declaring import declare
from pledges.actions.inviting import record_invitations
from pledges.actions.signing import Reply, Signer
from pledges.calendar import today
from pledges.declared import Declaration, DeclaredPerson
from pledges.demonstration_council import elect
from pledges.demonstration_rounds import SEATS_PER_SECTION, evening_of_first_round, play_rounds
from pledges.enums import (
    Answer,
    CandidateRole,
    Capacity,
    Channel,
    ElectionKind,
    IdentityCheck,
    LinkPurpose,
    ListKind,
    Sex,
)
from pledges.models import Candidate, CandidateList, Charter, Contest, Election, MailLink, OutboxMail, Pledge
from regions.folding import fold
from regions.models import Department, Region, User

LETTERS = "ABCDEF"
FIRST_NAMES = ["Camille", "Dominique", "Claude", "Maxime", "Sacha", "Alix", "Noa", "Charlie", "Lou", "Andréa", "Eden"]
LAST_NAMES = ["Exemple", "Spécimen", "Fictif", "Modèle", "Essai", "Imaginaire", "Maquette", "Brouillon", "Échantillon"]
# Words of invented lists, by principle: what they would do, within what a region does.
SENTENCES = {
    1: [
        "Nous réserverons deux sièges à la CRESS dans chaque commission de planification.",
        "Pas de schéma économique sans les associations employeuses et les coopératives autour de la table.",
        "Un collège de l’ESS au conseil économique, consulté avant chaque budget et pas après.",
    ],
    2: [
        "Une maison des services de l’ESS par bassin de vie, avant la moitié du mandat.",
        "Une crèche associative ou coopérative à moins de vingt minutes : nous en tiendrons la carte à jour.",
        "Nos bus mèneront aussi à la ressourcerie, à l’épicerie solidaire et au centre de santé.",
    ],
    3: [
        "Nos aides aux entreprises seront ouvertes aux associations employeuses, aux mêmes conditions.",
        "Reprise d’une entreprise par ses salariés : un interlocuteur unique et un prêt régional.",
        "Une clause sociale dans nos marchés, et des lots à la taille de petites structures.",
    ],
    4: [
        "Un fonds d’amorçage de l’ESS, doté chaque année, avec un jury ouvert aux habitants.",
        "Des subventions sur trois ans plutôt que des appels à projets chaque printemps.",
        "Un poste d’accompagnement dans chaque pays, pour que l’idée ne s’arrête pas au premier dossier.",
    ],
    5: [
        "Nous publierons chaque automne un tableau de bord de l’ESS, département par département.",
        "Une conférence régionale tous les deux ans, dont les suites seront votées en séance publique.",
        "Les chiffres en accès libre, et une évaluation faite par d’autres que nous.",
    ],
}
REFUSALS = [
    "La région n’a pas cette compétence : nous préférons ne pas promettre.",
    "D’accord sur l’intention, mais nous ne voulons pas réserver d’argent public à un statut.",
]
WITH_ROUNDS = ("28", "53")  # Normandie, Bretagne: those of the demonstration's accounts
CANTONS = ("Demoville-1", "Demoville-2")


@contextmanager
def clock_at(moment: datetime.datetime) -> Iterator[None]:
    """Act at another moment than now: the demonstration has a past."""
    with mock.patch.object(timezone, "now", return_value=moment):
        yield


@transaction.atomic
def load(charter: Charter, moderator: User) -> list[Election]:
    """Make the invented elections: one open for signing in all regions, with cantons in one; one in its mandate.

    :param moderator: Who publishes and declines.
    :return: The elections; an empty list when they are there already.
    """
    if Election.objects.filter(is_demonstration=True).exists():
        return []
    dice = random.Random(2028)  # noqa: S311  the same demonstration for everyone
    date = timezone.localdate()
    coming = _sunday_after(date + datetime.timedelta(days=80))
    past = _sunday_after(date - datetime.timedelta(days=500))
    elections = [
        _election("regionales-de-demonstration", "Régionales de démonstration", coming, charter),
        _election("regionales-passees", "Régionales passées, de démonstration", past, charter),
    ]
    for election in elections:
        for region in Region.objects.prefetch_related("departments"):
            contest = Contest.objects.create(
                election=election, region=region, code=region.code, name=region.name, slug=region.slug
            )
            _fill(contest, list(region.departments.all()), dice)
    cantons = _election(
        "departementales-de-demonstration",
        "Départementales de démonstration",
        coming,
        charter,
        ElectionKind.DEPARTMENTAL,
    )
    for department, name in itertools.product(Department.objects.filter(code__in=("14", "35")), CANTONS):
        slug = f"{fold(department.name)}-{name}".replace(" ", "-").lower()
        contest = Contest.objects.create(
            election=cantons,
            region=department.region,
            department=department,
            code=f"{department.code}{name[-1]:0>2}",
            name=f"Canton de {name} ({department.name})",
            slug=slug,
        )
        _fill_with_pairs(contest, dice)
    now = timezone.now()
    for index, contest in enumerate(
        Contest.objects.filter(election__in=elections).select_related("election", "region")
    ):
        opened_at = timezone.make_aware(
            datetime.datetime.combine(contest.election.signing_opens_on, datetime.time(9)), contest.region.zone
        )
        _sign(contest, min(opened_at, now - datetime.timedelta(days=20)), moderator, index, dice)
    for contest in Contest.objects.filter(election=elections[1], region__in=WITH_ROUNDS).select_related(
        "election", "region"
    ):
        with clock_at(evening_of_first_round(contest)):
            play_rounds(contest, by=moderator)
    for contest in Contest.objects.filter(election=cantons).select_related("election", "region"):
        first, *_others = contest.lists.in_panel_order()
        with clock_at(now - datetime.timedelta(days=9)):
            _publish(_confirm(_submit(first, None, dice)), moderator)
    elect(elections[1])
    # Nobody is written to about a past that did not happen.
    OutboxMail.objects.owed().update(sent_at=now, recipient="")
    return [*elections, cantons]


def _sunday_after(day: datetime.date) -> datetime.date:
    return day + datetime.timedelta(days=6 - day.weekday())


def _election(
    slug: str, name: str, first_round_on: datetime.date, charter: Charter, kind: ElectionKind = ElectionKind.REGIONAL
) -> Election:
    second_round_on = first_round_on + datetime.timedelta(days=7)
    return Election.objects.create(
        slug=slug,
        name=f"{name} ({first_round_on.year})",
        kind=kind,
        charter=charter,
        signing_opens_on=first_round_on - datetime.timedelta(days=120),
        signing_closes_on=first_round_on - datetime.timedelta(days=2),
        first_round_on=first_round_on,
        second_round_on=second_round_on,
        mandate_starts_on=second_round_on + datetime.timedelta(days=5),
        mandate_ends_on=second_round_on.replace(day=28, year=second_round_on.year + 6),
        is_demonstration=True,
    )


def _person(candidate_list: CandidateList, rank: int, dice: random.Random, **place: object) -> Candidate:
    first_name, last_name = dice.choice(FIRST_NAMES), dice.choice(LAST_NAMES)
    return Candidate(
        candidate_list=candidate_list,
        rank=rank,
        last_name=last_name.upper(),
        first_names=first_name,
        norm=fold(f"{first_name} {last_name}"),
        **place,
    )


def _fill(contest: Contest, departments: list[Department], dice: random.Random) -> None:
    """Lists with a section for each department; the head is not always the first of theirs."""
    for panel, letter in enumerate(LETTERS, start=1):
        name = f"Liste de démonstration {letter}"
        candidate_list = CandidateList.objects.create(
            contest=contest, official_code=str(panel), panel_number=panel, name=name, norm=fold(name)
        )
        head = (dice.choice(departments).code, dice.randint(1, 2))
        Candidate.objects.bulk_create(
            _person(
                candidate_list,
                rank,
                dice,
                section_code=department.code,
                section_name=department.name,
                is_head=(department.code, rank) == head,
            )
            for department in departments
            for rank in range(1, SEATS_PER_SECTION + 1)
        )


def _fill_with_pairs(contest: Contest, dice: random.Random) -> None:
    """Binômes, each with two substitutes."""
    for panel in (1, 2, 3):
        pair = CandidateList(
            contest=contest, kind=ListKind.PAIR, official_code=str(panel), panel_number=panel, name="", norm=""
        )
        woman_and_man = ((1, Sex.FEMALE), (2, Sex.MALE))
        members = [_person(pair, rank, dice, sex=sex) for rank, sex in woman_and_man]
        substitutes = [_person(pair, rank, dice, sex=sex, role=CandidateRole.SUBSTITUTE) for rank, sex in woman_and_man]
        pair.name = " et ".join(member.full_name for member in members)
        pair.norm = fold(pair.name)
        pair.save()
        Candidate.objects.bulk_create([*members, *substitutes])


def _sign(contest: Contest, since: datetime.datetime, moderator: User, index: int, dice: random.Random) -> None:
    """A pledge in each state, over the lists of a contest; in most, the fourth list never answers."""
    first, second, third, fourth, fifth, sixth = contest.lists.in_panel_order()
    day = datetime.timedelta(days=1)
    if index % 3:
        _ask(contest, since, moderator)
    with clock_at(since + 2 * day):
        pledge = _confirm(_submit(first, None, dice))
        other = _confirm(_submit(second, None, dice))
    with clock_at(since + 3 * day):
        _publish(pledge, moderator)
        is_over = contest.election.first_round_on < timezone.localdate()
        if is_over or index % 4:
            _publish(other, moderator)
    with clock_at(since + 4 * day):
        unproved = _confirm(_submit(sixth, None, dice))
        someone = fifth.candidates.order_by("pk").first()
        personal = _confirm(_submit(fifth, someone, dice))
    with clock_at(since + 5 * day):
        review.decline(unproved, by=moderator, reason="Démonstration : la mandataire n’a pas pu être jointe.")
        _publish(personal, moderator)
        for eager in _eager(index, third, fourth, fifth):
            _publish(_confirm(_submit(eager, None, dice)), moderator)
    with clock_at(since + 6 * day):
        if index % 6 == 2:
            review.suspend(pledge, by=moderator, reason="Démonstration : un désaccord dans la liste est à éclaircir.")
        elif index % 6 == 3:
            signing.withdraw(pledge, reason="Démonstration : la liste a changé d’avis.")
        elif index % 6 == 4:
            _amend(pledge, moderator, dice)
    if contest.election.first_round_on > timezone.localdate():
        if not _eager(index, third):
            with clock_at(timezone.now() - datetime.timedelta(hours=30 + index)):
                waiting = _confirm(_submit(third, None, dice))
            _talk_about(waiting, moderator, index)
            _submit(fifth, None, dice)
        if index % 6 == 0:
            _declare(sixth, dice)


def _eager(index: int, *lists: CandidateList) -> tuple[CandidateList, ...]:
    """Those of the lists that signed early too: none in most regions, so that the map has something to show."""
    return lists[: {1: 1, 3: 2, 8: 3}.get(index % 9, 0)]


def _talk_about(pledge: Pledge, moderator: User, index: int) -> None:
    """Where a network has started to check: a question that waits, one that has its answer, a note to colleagues."""
    signatory = pledge.signatories.get()
    with clock_at(timezone.now() - datetime.timedelta(hours=20)):
        if index % 3 < 2:
            words = "Démonstration : à quel numéro pouvons-nous vous rappeler pour confirmer votre signature ?"
            question = asking.ask(pledge, signatory, by=moderator, text=words)
    with clock_at(timezone.now() - datetime.timedelta(hours=3)):
        if index % 3 == 0:
            asking.answer(question, text="Démonstration : au numéro du dossier de presse, l’après-midi.")
        elif index % 3 == 2:
            asking.note(pledge, by=moderator, text="Démonstration : appelé le matin, messagerie. À rappeler.")


def _ask(contest: Contest, since: datetime.datetime, moderator: User) -> None:
    """Every list of the contest is asked on the same day, in the same way."""
    with clock_at(since + datetime.timedelta(hours=6)):
        record_invitations(
            contest, contest.lists.all(), by=moderator, asked_on=today(contest.region), channel=Channel.EMAIL
        )


def _declare(candidate_list: CandidateList, dice: random.Random) -> None:
    """The head of a list had signed before the official list came out: a moderator has to say which list it is."""
    head = candidate_list.candidates.get(is_head=True)
    person = DeclaredPerson(head.first_names, head.last_name)
    declaration = Declaration(candidate_list.contest, f"{candidate_list.name} !", [person])
    signer = Signer(Capacity.HEAD, head.full_name, f"declaration-{head.pk}@exemple.invalid", declaration.rows()[1][0])
    with clock_at(timezone.now() - datetime.timedelta(days=2)):
        _confirm(
            declare(declaration, signers=[signer], replies=_replies(candidate_list.contest.election.charter, dice))
        )


def _submit(candidate_list: CandidateList, candidate: Candidate | None, dice: random.Random) -> Pledge:
    people = [candidate] if candidate else candidate_list.candidates.leading().in_list_order()
    of_list = Capacity.MEMBER if candidate_list.kind == ListKind.PAIR else Capacity.HEAD
    capacity = Capacity.SELF if candidate else of_list
    return signing.submit(
        candidate_list,
        candidate=candidate,
        signers=[
            Signer(capacity, person.full_name, f"signataire-{person.pk}@exemple.invalid", candidate=person)
            for person in people
        ],
        replies=_replies(candidate_list.contest.election.charter, dice),
    )


def _replies(charter: Charter, dice: random.Random) -> dict:  # type: ignore[type-arg]
    replies = {}
    for principle in charter.principles.all():
        throw = dice.random()
        if throw < 0.7:
            sentence = dice.choice(SENTENCES[principle.number]) if throw < 0.4 else ""
            replies[principle] = Reply(Answer.COMMITS, sentence)
        elif throw < 0.85:
            replies[principle] = Reply(Answer.DECLINES, dice.choice(REFUSALS) if throw < 0.78 else "")
    return replies or {charter.principles.get(number=1): Reply(Answer.COMMITS)}


def _confirm(pledge: Pledge) -> Pledge:
    """Each signatory opens their link and confirms."""
    for signatory in pledge.signatories.all():
        MailLink.objects.mint(signatory, LinkPurpose.CONFIRM)
        pledge = signing.confirm(signatory.links.get())
    return pledge


def _publish(pledge: Pledge, moderator: User) -> Pledge:
    return review.publish(pledge, by=moderator, identity_check=IdentityCheck.OFFICIAL_LIST)


def _amend(pledge: Pledge, moderator: User, dice: random.Random) -> None:
    """Other answers, published in the place of the first."""
    replies = _replies(pledge.charter, dice)
    _publish(signing.amend(pledge.signatories.get(), replies=replies), moderator)
