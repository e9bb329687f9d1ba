"""What the public reads of who was elected: once the mandate has begun, and of sure or decided matches only."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges import calendar, second_round
from pledges.enums import Round, Sex
from pledges.models import Candidate, CandidateList, Contest, ElectedOfficial, Election, Pledge
from pledges.models.elected import ElectedOfficialQuerySet
from regions.models import Region
from regions.typography import day


@dataclass(frozen=True, slots=True)
class Mandate:
    """The mandate of a candidate, in words that agree with who holds it."""

    official: ElectedOfficial

    @property
    def word(self) -> str:
        """« élue », « élu », and « élu·e » where the register does not say."""
        return self._agreed(_("élue"), _("élu"), _("élu·e"))

    @property
    def title(self) -> str:
        """« conseillère régionale », « conseiller à l’Assemblée de Corse »."""
        contest = self.official.contest
        council = contest.region.council
        if contest.election.choice.is_by_pairs or council.startswith("conseil départemental"):
            return self._agreed(
                _("conseillère départementale"), _("conseiller départemental"), _("membre du conseil départemental")
            )
        if council.startswith("Assemblée"):
            return self._agreed(_("conseillère à l’%s"), _("conseiller à l’%s"), _("membre de l’%s")) % council
        return self._agreed(_("conseillère régionale"), _("conseiller régional"), _("membre du conseil régional"))

    @property
    def sentence(self) -> str:
        """« Élue conseillère régionale, mandat du 2 juillet 2021 au 31 mars 2028. »"""
        official = self.official
        words = {
            "elected": f"{self.word[0].upper()}{self.word[1:]}",
            "title": self.title,
            "start": day(official.begins_on),
            "end": day(official.contest.election.mandate_ends_on),
        }
        if official.left_at:
            return _("%(elected)s %(title)s, mandat commencé le %(start)s.") % words
        return _("%(elected)s %(title)s, mandat du %(start)s au %(end)s.") % words

    def _agreed(self, feminine: str, masculine: str, neither: str) -> str:
        return {str(Sex.FEMALE): feminine, str(Sex.MALE): masculine}.get(self.official.sex, neither)


@dataclass(frozen=True, slots=True)
class Bench:
    """Those elected from one list; ``is_signatory`` when its own pledge is published."""

    list: CandidateList
    count: int
    is_signatory: bool


@dataclass(frozen=True, slots=True)
class Council:
    """Who sits for a contest: in all, by list of its last round in panel order, and those whose candidacy is not known.

    ``elsewhere`` counts those whom a person found on a list of the first round that the second did not have: it is
    not theirs that was elected, and nothing that it signed is said of them.
    """

    count: int
    benches: Sequence[Bench]
    elsewhere: int
    personal: int
    told_on: datetime.datetime
    of_pairs: bool = False

    @property
    def from_signatories(self) -> int:
        return sum(bench.count for bench in self.benches if bench.is_signatory)

    @property
    def unknown(self) -> int:
        return self.count - self.elsewhere - sum(bench.count for bench in self.benches)

    @property
    def summary(self) -> str:
        """« 9 élu·es sur 57 viennent d’une liste signataire de la charte. »: a fact, with its denominator."""
        if self.of_pairs:
            words = self._summary_of_pairs()
        elif not self.from_signatories:
            words = ngettext(
                "La personne élue ne vient pas d’une liste signataire de la charte.",
                "Aucune des %(total)d personnes élues ne vient d’une liste signataire de la charte.",
                self.count,
            )
        else:
            words = ngettext(
                "%(count)d élu·e sur %(total)d vient d’une liste signataire de la charte.",
                "%(count)d élu·es sur %(total)d viennent de listes signataires de la charte.",
                self.from_signatories,
            )
        return words % {"count": self.from_signatories, "total": self.count}

    def _summary_of_pairs(self) -> str:
        if not self.from_signatories:
            return ngettext(
                "La personne élue ne vient pas d’un binôme signataire de la charte.",
                "Aucune des %(total)d personnes élues ne vient d’un binôme signataire de la charte.",
                self.count,
            )
        return ngettext(
            "%(count)d élu·e sur %(total)d vient d’un binôme signataire de la charte.",
            "%(count)d élu·es sur %(total)d viennent d’un binôme signataire de la charte.",
            self.from_signatories,
        )


def has_begun(election: Election, region: Region, at: datetime.datetime | None = None) -> bool:
    """Whether the mandate has begun in this region: nobody is shown as elected before, whatever was imported.

    :param at: The moment that the page tells of: ``calendar.shown_at`` unless told.
    """
    return (at or calendar.shown_at(region)).date() >= election.mandate_starts_on


def mandate_of(candidate: Candidate, at: datetime.datetime | None = None) -> Mandate | None:
    """The mandate of a candidate, None before it begins or where nobody knows that they hold one.

    :param candidate: With their list, its contest, election and region loaded.
    """
    contest = candidate.candidate_list.contest
    if not has_begun(contest.election, contest.region, at):
        return None
    # Someone who left and came back has two: the one of the day comes first.
    held = (
        # A place of the first round leads to that of the second, where the seat was won.
        ElectedOfficial.objects.filter(models.Q(candidate=candidate) | models.Q(candidate__earlier=candidate))
        .order_by(models.F("left_at").desc(nulls_first=True), "-pk")
        .first()
    )
    if held is None:
        return None
    held.contest = contest
    return Mandate(held)


def mandates_from(candidate_list: CandidateList, at: datetime.datetime | None = None) -> list[Mandate]:
    """Those elected from a list and who sit, by section and name; none before the mandate begins.

    None of a list that was not in the second round: those whom a merger elected are those of the merged list.

    :param candidate_list: With its contest, election and region loaded.
    """
    contest = candidate_list.contest
    if not has_begun(contest.election, contest.region, at):
        return []
    if not candidate_list.is_in_second_round and second_round.round_shown_in(contest) == Round.SECOND:
        return []
    found = contest.elected.sitting().filter(candidate__candidate_list=candidate_list).in_order()
    return [Mandate(official) for official in _loaded(found)]


def sitting_candidates(contest: Contest, at: datetime.datetime | None = None) -> set[int]:
    """The keys of the candidates who sit; none before the mandate begins.

    :param contest: With its election and region loaded.
    """
    if not has_begun(contest.election, contest.region, at):
        return set()
    return set(contest.elected.sitting().linked().values_list("candidate_id", flat=True))


def council_of(contest: Contest, at: datetime.datetime | None = None) -> Council | None:
    """Who sits, in five queries; None before the mandate begins, or before the register is imported.

    :param contest: With its election, charter and region loaded.
    """
    if not has_begun(contest.election, contest.region, at):
        return None
    sitting = contest.elected.sitting()
    whole = sitting.aggregate(count=models.Count("pk"), told_on=models.Max("imported_at"))
    if not whole["count"]:
        return None
    by_list = dict(
        sitting.linked().order_by().values_list("candidate__candidate_list").annotate(models.Count("pk")).iterator()
    )
    charter = contest.election.charter
    signed = Pledge.objects.published().filter(charter=charter)
    signing = set(signed.for_lists().filter(candidate_list__in=by_list).values_list("candidate_list", flat=True))
    lists = list(contest.lists.official().in_panel_order())
    last = second_round.shown_round(each for each in lists if each.left_at is None)
    benches = [
        Bench(each, by_list[each.pk], each.pk in signing)
        for each in lists
        if each.pk in by_list and (last == Round.FIRST or each.is_in_second_round)
    ]
    # What someone signed for themselves in the first round stays theirs on a merged list.
    them = models.OuterRef("candidate")
    own = signed.filter(models.Q(candidate=them) | models.Q(candidate__later=them))
    return Council(
        count=whole["count"],
        benches=benches,
        elsewhere=sum(by_list.values()) - sum(bench.count for bench in benches),
        personal=sitting.linked().filter(models.Exists(own)).count(),
        told_on=whole["told_on"],
        of_pairs=contest.election.choice.is_by_pairs,
    )


def _loaded(officials: ElectedOfficialQuerySet) -> ElectedOfficialQuerySet:
    return officials.select_related("contest__election", "contest__region", "candidate").fetch_mode(models.FETCH_RAISE)
