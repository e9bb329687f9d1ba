"""Checking the journal from its first act to its last: what was altered, removed or inserted, and in what order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pledges import chain
from pledges.models import JournalEntry, Seal
from pledges.models.seal import START, Head
from pledges.reading import UNREADABLE, read
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
        keys = [seal.entry_id for _position, seal in seals if seal]
        entries = dict(read(JournalEntry.objects.select_related("wording").filter(pk__in=keys)))
        for position, seal in seals:
            if seal is None:
                findings.blame(_("Le sceau n° %d ne peut plus être lu : il a été modifié.") % position)
                previous = Head(position, Seal.objects.values_list("digest", flat=True).get(position=position))
                continue
            entry = entries.get(seal.entry_id)
            if entry is None and seal.entry_id in entries:
                findings.blame(
                    _("L’entrée %(key)d, scellée sous le n° %(position)d, ne peut plus être lue : elle a été modifiée.")
                    % {"key": seal.entry_id, "position": position}
                )
                previous = Head(position, seal.digest)
            else:
                previous = _check(seal, entry, previous, findings)
            if entry:
                _check_words(entry, erasures, findings)
            passed = passed or previous == expected
        tell(previous.count)
    findings.head = previous
    if expected and not passed:
        findings.blame(_why_not_there(expected, previous))
    _check_unsealed(findings)
    return findings


def name(entry: JournalEntry) -> str:
    """An entry as one points at it: « L’entrée 12 (engagement publié, 20 juin 2021 à 14:02:31) »."""
    try:
        at = timezone.localtime(entry.at)
    except OverflowError:  # someone wrote the last hour of the year 9999
        return _("L’entrée %d") % entry.pk
    return _("L’entrée %(key)d (%(act)s, %(day)s à %(time)s)") % {
        "key": entry.pk,
        "act": entry.get_act_display(),
        "day": day(at),
        "time": date_format(at, "H:i:s"),
    }


def _batches() -> Iterator[list[tuple[int, Seal | None]]]:
    last = -1
    while seals := read(Seal.objects.filter(position__gt=last).order_by("position")[:BATCH]):
        yield seals
        last = seals[-1][0]


def _check_unsealed(findings: Findings) -> None:
    last = 0
    while rows := read(JournalEntry.objects.unsealed().filter(pk__gt=last).order_by("pk")[:BATCH]):
        for key, entry in rows:
            if entry and entry.is_signed:
                findings.waiting += 1
                continue
            findings.blame(
                _("%s n’a pas été écrite par le portail : elle a été ajoutée, ou modifiée avant d’être scellée.")
                % (name(entry) if entry else _("L’entrée %d") % key)
            )
        last = rows[-1][0]


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
    if not entry.is_signed:
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
        entry=entry.fingerprint,
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
    try:
        wording = getattr(entry, "wording", None)
    except UNREADABLE:
        findings.blame(_("%s : ses mots ont été modifiés.") % name(entry))
        return
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
