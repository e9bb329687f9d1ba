"""`make bench`: what each page costs beside the lightest one, in one run. Ratios carry from machine to machine."""

import io
import itertools
import logging
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 30
CANDIDATES = 20_000  # beside all the communes: about those of an election in the whole country
LINES = 4_000  # candidates of the smaller invented file; the other has twice as many


def prepare(folder: str) -> None:
    """Start Django on a new SQLite database that holds the demonstration."""
    sys.path.insert(0, str(ROOT))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DATA_DIR": folder,
        "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
        "DEBUG": "0",
        "DEMO": "1",
        "HTTPS": "0",
        "ALLOWED_HOSTS": "testserver",
    }
    import django  # noqa: PLC0415  once the environment is set
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    logging.disable(logging.WARNING)
    for command in (["migrate"], ["collectstatic", "--no-input"], ["load_demo"]):
        call_command(*command, verbosity=0, stdout=io.StringIO())


def seconds(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def pages() -> dict[str, str]:
    """The addresses to measure; the first, which reads no row, is what the others are compared with."""
    from pledges.models import Candidate, CandidateList  # noqa: PLC0415

    return {
        "robots.txt": "/robots.txt",
        "accueil": "/",
        "région, 6 listes": "/regions/bretagne/",
        "région, 40 listes": large_contest(),
        "liste": CandidateList.objects.order_by("pk")[0].get_absolute_url(),
        "personne": Candidate.objects.order_by("pk")[0].get_absolute_url(),
        "principe": "/principes/1/",
        "presse": "/presse/",
        "feuille A4, déjà dessinée": "/elections/regionales-de-demonstration/bretagne/feuille.pdf",
        "image partagée, déjà dessinée": "/partage/regions/bretagne.png",
        "recherche d’un code postal": "/recherche/?q=01410",
        "recherche d’un nom": "/recherche/?q=saint+den",
        "formulaire de signature": f"/signer/liste/{CandidateList.objects.order_by('pk')[0].pk}/",
    }


def large_contest() -> str:
    """A contest of forty lists that all answered, as large as any since 1998."""
    from django.utils import timezone  # noqa: PLC0415

    from pledges.enums import Answer, IdentityCheck, PledgeState  # noqa: PLC0415
    from pledges.models import CandidateList, Commitment, Contest, Pledge  # noqa: PLC0415
    from regions.models import Region, User  # noqa: PLC0415

    like, now = Contest.objects.select_related("election__charter").order_by("pk")[0], timezone.now()
    contest = Contest.objects.create(
        election=like.election, region=Region.objects.get(code="11"), code="bench", name="Grande", slug="grande"
    )
    lists = CandidateList.objects.bulk_create(
        CandidateList(contest=contest, official_code=str(number), panel_number=number, name=f"Liste {number}", norm="")
        for number in range(1, 41)
    )
    pledges = Pledge.objects.bulk_create(
        Pledge(
            candidate_list=candidate_list, charter=like.election.charter, state=PledgeState.PUBLISHED,
            submitted_at=now, confirmed_at=now, decided_at=now, published_at=now,
            decided_by=User.objects.order_by("pk")[0], identity_check=IdentityCheck.CALL_BACK,
        )
        for candidate_list in lists
    )  # fmt: skip
    Commitment.objects.bulk_create(
        Commitment(pledge=pledge, principle=principle, answer=Answer.COMMITS, statement="Une phrase. " * 10)
        for pledge in pledges
        for principle in like.election.charter.principles.all()
    )
    return contest.get_absolute_url()


def kept_page(address: str) -> tuple[float, float]:
    """Seconds to answer a page through the WSGI application: made each time, and kept by the page store."""
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415
    from django.test import RequestFactory  # noqa: PLC0415

    from config.page_store import PageStore  # noqa: PLC0415

    django = get_wsgi_application()

    def median(application: Callable[..., Iterable[bytes]]) -> float:
        def answer() -> None:
            environ = RequestFactory().get(address).environ
            chunks = application({**environ, "HTTP_COOKIE": ""}, lambda *_started: None)
            b"".join(chunks)
            if hasattr(chunks, "close"):
                chunks.close()

        answer()
        return statistics.median(seconds(answer) for _ in range(ROUNDS))

    return median(django), median(PageStore(django))


def look_ups() -> dict[str, str]:
    """What people type, once twenty thousand candidates are there beside all the communes."""
    from pledges.models import Candidate, CandidateList  # noqa: PLC0415

    candidate_list = CandidateList.objects.order_by("pk")[0]
    syllables = ["ba", "che", "du", "fi", "gau", "ler", "mar", "ni", "pon", "ric", "sen", "tin", "vel"]
    names = ["".join(parts) for parts in itertools.product(syllables, repeat=3)]
    Candidate.objects.bulk_create(
        Candidate(
            candidate_list=candidate_list,
            section_code="bench",
            rank=rank,
            last_name=names[rank % len(names)].upper(),
            first_names=f"Alix {names[rank * 7 % len(names)].title()}",
            norm=f"{names[rank % len(names)]} alix {names[rank * 7 % len(names)]}",
        )
        for rank in range(1, CANDIDATES + 1)
    )
    search, suggestions = "/recherche/?q=", "/recherche/suggestions/?q="
    return {
        "robots.txt": "/robots.txt",
        "un code postal": f"{search}01410",
        "une commune": f"{search}saint+den",
        "un nom de famille": f"{search}marlerpon",
        "un prénom, trente par page": f"{search}alix",
        "rien qui réponde": f"{search}zzzzzz",
        "suggestions, deux lettres": f"{suggestions}ma",
        "suggestions, une commune": f"{suggestions}renn",
        "suggestions, un nom": f"{suggestions}marler",
    }


def medians_of(addresses: dict[str, str]) -> dict[str, float]:
    """Seconds that each address takes, the first included, which reads no row."""
    from django.test import Client  # noqa: PLC0415

    client = Client()
    times: dict[str, list[float]] = {name: [] for name in addresses}
    for round_number in range(ROUNDS + 1):
        for name, address in addresses.items():  # interleaved: a busy moment weighs on all alike
            spent = seconds(partial(client.get, address))
            if round_number:  # the first fills the template cache
                times[name].append(spent)
    return {name: statistics.median(spent) for name, spent in times.items()}


def show(medians: dict[str, float], title: str) -> None:
    lightest = medians["robots.txt"]
    print(f"\n{title:<28}{'ms':>8}{'ratio':>8}   (médiane de {ROUNDS}, SQLite)")
    for name, median in medians.items():
        print(f"{name:<28}{median * 1000:>8.1f}{median / lightest:>8.1f}")


def candidate_file(lines: int) -> bytes:
    """An invented file in the ministry's layout."""
    # The columns that the import asks for, and no other.
    heading = (
        "Code région\tCode section électorale\tN° Panneau Liste\tCode Dépôt Liste"
        "\tLibellé Etendu Liste\tNuance Liste\tTête de liste\tN° candidat\tSexe candidat\tNom candidat\tPrénom candidat"
    )
    rows = [heading]
    for line in range(lines):
        number, rank = line // 100 + 1, line % 100 + 1
        head = "Oui" if rank == 1 else "Non"
        rows.append(f"53\t35\t{number}\t{number}\tListe {number}\tLDIV\t{head}\t{rank}\tF\tEXEMPLE{line}\tAlix")
    return "\r\n".join(rows).encode("latin-1")


def import_times() -> tuple[float, float]:
    """Seconds to import a file, and one twice as long."""
    from django.core.files.base import ContentFile  # noqa: PLC0415
    from django.db import transaction  # noqa: PLC0415

    from pledges.actions.importing import import_candidates  # noqa: PLC0415
    from pledges.models import Election  # noqa: PLC0415

    election = Election.objects.filter(slug="regionales-de-demonstration").get()
    times = []
    for lines in (LINES, 2 * LINES):
        with transaction.atomic():
            election.pk, election.slug = None, f"bench-{lines}"
            election.save()
            source = ContentFile(candidate_file(lines), name="bench.txt")
            times.append(seconds(partial(import_candidates, election, source)))
            transaction.set_rollback(True)
    return times[0], times[1]


def receipt_times() -> list[float]:
    """Seconds to make each of some receipts, from the database to the bytes."""
    from pledges import receipts  # noqa: PLC0415
    from pledges.models import Pledge  # noqa: PLC0415

    def make(key: int) -> None:
        pledge = receipts.read(key)
        assert pledge is not None  # noqa: S101  published
        receipts.render(receipts.content(pledge))

    return [seconds(partial(make, key)) for key in Pledge.objects.published().values_list("pk", flat=True)[:ROUNDS]]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        print("Préparation d’une base de démonstration…", flush=True)
        prepare(folder)
        addresses = pages()
        show(medians_of(addresses), "page")
        made, kept = kept_page(addresses["région, 6 listes"])
        print(f"\nLa page d’une région, faite : {made * 1000:.1f} ms ; gardée : {made / kept:.0f} fois moins.")
        print(f"\nUn reçu en PDF : {statistics.median(receipt_times()) * 1000:.0f} ms (moins de 150 attendues).")
        show(medians_of(look_ups()), f"recherche, {CANDIDATES} noms")
        small, large = import_times()
        print(f"\nImport de {LINES} candidatures : {small:.2f} s ; de {2 * LINES} : {large / small:.1f} fois plus.")
    # On PostgreSQL, so in a process of its own: the settings are read once.
    subprocess.run([sys.executable, str(ROOT / "bin" / "bench_signing.py")], check=True)


if __name__ == "__main__":
    main()
