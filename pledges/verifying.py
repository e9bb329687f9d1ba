"""Checking the journal from its first act to its last: what was altered, removed or inserted, and in what order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pledges import chain
from pledges.models import JournalEntry, Seal
from pledges.models.seal import START, Head
from regions.typography import day

BATCH = 500


@dataclass
class Findings:
    """What a walk along the chain has seen. It is sound when there is no fault."""

    head: Head = START
    waiting: int = 0
    """Entries of this very moment, which have no seal yet."""
    words: int = 0
    """Entries whose words are there, and are those that were written."""
    erased: int = 0
    """Entries whose words were erased, as the journal says a person asked: the fingerprint alone stays."""
    fault_count: int = 0
    first_faults: list[str] = field(default_factory=list)
    """The first ones, each in a sentence."""

    def blame(self, sentence: str) -> None:
        self.fault_count += 1
        if len(self.first_faults) < 10:
            self.first_faults.append(sentence)


def verify(*, expected: Head | None = None, tell: Callable[[int], None] = lambda position: None) -> Findings:
    """Walk the chain, then look at what is not in it. A hundred thousand entries pass in little memory.

    :param expected: The head as it was noted elsewhere, some day: it must still be in the chain.
    :param tell: Called with the position reached, from time to time.
    """
    findings = Findings()
    erasures = JournalEntry.objects.erasures()
    previous = START
    passed = expected is None or expected == previous
    for seals in _batches():
        entries = JournalEntry.objects.select_related("wording").in_bulk([seal.entry_id for seal in seals])
        for seal in seals:
            previous = _check(seal, entries.get(seal.entry_id), previous, findings)
            if entry := entries.get(seal.entry_id):
                _check_words(entry, erasures, findings)
            passed = passed or previous == expected
        tell(previous.count)
    findings.head = previous
    if expected and not passed:
        findings.blame(_why_not_there(expected, previous))
    for entry in JournalEntry.objects.unsealed().select_related("wording").order_by("pk").iterator(BATCH):
        if entry.is_signed:
            findings.waiting += 1
        else:
            findings.blame(
                _("%s n’a pas été écrite par le portail : elle a été ajoutée, ou modifiée avant d’être scellée.")
                % name(entry)
            )
    return findings


def name(entry: JournalEntry) -> str:
    """An entry as one points at it: « L’entrée 12 (engagement publié, 20 juin 2021 à 14:02:31) »."""
    at = timezone.localtime(entry.at)
    return _("L’entrée %(key)d (%(act)s, %(day)s à %(time)s)") % {
        "key": entry.pk,
        "act": entry.get_act_display(),
        "day": day(at),
        "time": date_format(at, "H:i:s"),
    }


def _batches() -> Iterator[list[Seal]]:
    last = -1
    while seals := list(Seal.objects.filter(position__gt=last).order_by("position")[:BATCH]):
        yield seals
        last = seals[-1].position


def _check(seal: Seal, entry: JournalEntry | None, previous: Head, findings: Findings) -> Head:
    """Check one link and its entry.

    :return: The link as it stands: what follows is judged on its own.
    """
    here = Head(seal.position, seal.digest)
    follows = seal.position == previous.count + 1
    if not follows:
        findings.blame(
            _("Il manque des sceaux : après le n° %(last)d vient le n° %(next)d.")
            % {"last": previous.count, "next": seal.position}
        )
    if entry is None:
        findings.blame(
            _("L’entrée %(key)d, scellée sous le n° %(position)d le %(day)s, a été supprimée.")
            % {"key": seal.entry_id, "position": seal.position, "day": day(seal.sealed_at)}
        )
        return here
    content = entry.content
    if not chain.is_signed(content, entry.mac):
        findings.blame(_("%(entry)s, scellée sous le n° %(position)d, a été modifiée.") % _at(entry, seal))
    elif not chain.is_signed_link(seal.digest, seal.mac):
        findings.blame(
            _("Le sceau n° %d n’est pas du portail : il a été refait, ou modifié, comme après une entrée ôtée.")
            % seal.position
        )
    elif follows and seal.digest != chain.link(
        previous.digest,
        position=seal.position,
        key=entry.pk,
        sealed_at=seal.sealed_at,
        entry=chain.fingerprint(content, entry.mac),
    ):
        findings.blame(
            _("%(entry)s n’est pas celle que le sceau n° %(position)d a scellée, ou ce sceau a été modifié.")
            % _at(entry, seal)
        )
    return here


def _at(entry: JournalEntry, seal: Seal) -> dict[str, object]:
    return {"entry": name(entry), "position": seal.position}


def _check_words(entry: JournalEntry, erasures: dict[int, int], findings: Findings) -> None:
    # Someone may have put anything there.
    expected = entry.details.get("wording_sha256") if isinstance(entry.details, dict) else None
    wording = getattr(entry, "wording", None)
    if wording is None:
        if expected and erasures.get(entry.pledge_id or 0, 0) > entry.pk:
            findings.erased += 1
        elif expected:
            findings.blame(_("%s : ses mots ont disparu, sans que personne ait demandé leur effacement.") % name(entry))
    elif wording.fingerprint == expected:
        findings.words += 1
    elif expected:
        findings.blame(_("%s : ses mots ont été modifiés.") % name(entry))
    else:
        findings.blame(_("%s : des mots lui ont été ajoutés.") % name(entry))


def _why_not_there(expected: Head, head: Head) -> str:
    if head.count < expected.count:
        return _("La chaîne s’arrête au n° %(head)d : elle allait au moins jusqu’au n° %(expected)d.") % {
            "head": head.count,
            "expected": expected.count,
        }
    return _("Le sceau n° %d n’a plus l’empreinte notée : la chaîne a été réécrite avant lui.") % expected.count
