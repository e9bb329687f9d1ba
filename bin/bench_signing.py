"""What `make bench` says of signing: complete signatures a second, by the real server on a real PostgreSQL.

A complete signature is: the last page sent, the link of the mail opened, the signature confirmed. Every one comes from
another mailbox and another network, for a list of its own; all are then counted in the database.
"""

import http.client
import io
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.cookies import SimpleCookie
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from postgres import find_binaries, temporary_server

ROOT = Path(__file__).resolve().parent.parent
SIGNATURES = 600
AT_ONCE = 16  # people who press the button at the same moment
WANTED = 25  # a second: the rate at which a national petition site once fell
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*name="(\w+)"[^>]*value="([^"]*)"')


class LastPage(NamedTuple):
    """Someone who has filled everything in, and is about to press « Signer »."""

    address: str
    cookies: str
    typed: dict[str, str]
    network: str


class Answer(NamedTuple):
    status: int
    cookies: SimpleCookie
    text: str


def environment(folder: str, database_url: str, port: int) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DATA_DIR": folder,
        "STATIC_ROOT": f"{folder}/static",
        "DATABASE_URL": database_url,
        "DEBUG": "0",
        "DEMO": "0",
        "HTTPS": "0",
        "BEHIND_PROXY": "1",  # each signature comes from a network of its own
        "TASKS_BACKEND": "database",  # mails leave in a worker, at their own pace
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "BIND_ADDRESS": "127.0.0.1",
        "LOG_LEVEL": "ERROR",
    }


def prepare() -> list[int]:
    """An invented election with a list for each signature.

    :return: The keys of the lists.
    """
    import django  # noqa: PLC0415  once the environment is set
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", "--no-input", verbosity=0)
    for command in (["load_territories"], ["load_charter"]):
        call_command(*command, stdout=io.StringIO(), stderr=io.StringIO())

    from datetime import timedelta  # noqa: PLC0415

    from django.utils import timezone  # noqa: PLC0415

    from pledges.enums import ElectionKind  # noqa: PLC0415
    from pledges.models import Candidate, CandidateList, Charter, Contest, Election  # noqa: PLC0415
    from regions.models import Region  # noqa: PLC0415

    today, day = timezone.localdate(), timedelta(days=1)
    election = Election.objects.create(
        slug="bench", name="Mesure", kind=ElectionKind.REGIONAL, charter=Charter.objects.latest("pk"),
        signing_opens_on=today - day, signing_closes_on=today + 30 * day, first_round_on=today + 40 * day,
        second_round_on=today + 47 * day, mandate_starts_on=today + 50 * day, mandate_ends_on=today + 2000 * day,
        is_demonstration=True,
    )  # fmt: skip
    region = Region.objects.get(code="53")
    contest = Contest.objects.create(election=election, region=region, code="53", name="Mesure", slug="mesure")
    lists = CandidateList.objects.bulk_create(
        CandidateList(contest=contest, official_code=str(number), panel_number=number, name=f"Liste {number}", norm="")
        for number in range(1, SIGNATURES + 1)
    )
    Candidate.objects.bulk_create(
        Candidate(candidate_list=each, rank=1, is_head=True, first_names="Alix", last_name="Exemple", norm="")
        for each in lists
    )
    return [each.pk for each in lists]


def ask(method: str, address: str, person: LastPage, *, port: int, typed: dict[str, str] | None = None) -> Answer:
    """One request, on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = urlencode(typed) if typed is not None else None
    headers = {
        "Cookie": person.cookies,
        "X-Forwarded-For": person.network,
        "X-Forwarded-Proto": "http",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection.request(method, address, body, headers)
    response = connection.getresponse()
    text = response.read().decode()
    cookies = SimpleCookie()
    for header in response.headers.get_all("Set-Cookie", []):
        cookies.load(header)
    connection.close()
    return Answer(response.status, cookies, text)


def reach_last_page(key: int, *, port: int) -> LastPage:
    """Fill in every step, as the draft of a browser has it."""
    from django.http import HttpResponse  # noqa: PLC0415

    from pledges.draft import PRINCIPLE, WHO, Draft  # noqa: PLC0415

    draft = Draft(f"/signer/liste/{key}/", {})
    for number in range(1, 6):
        draft.keep(f"{PRINCIPLE}{number}", {"answer": "commits", "statement": "Une maison de l’ESS par bassin de vie."})
    draft.keep(WHO, {"capacity": "head", "email_0": f"tete-{key}@example.org", "full_name": "", "phone": ""})
    kept = draft.save(HttpResponse()).cookies
    cookies = "; ".join(f"{name}={cookie.coded_value}" for name, cookie in kept.items())
    network = f"10.{key >> 16 & 255}.{key >> 8 & 255}.{key & 255}"
    person = LastPage(f"/signer/liste/{key}/relire/", cookies, {}, network)
    status, given, text = ask("GET", person.address, person, port=port)
    if status != http.client.OK:
        raise SystemExit(f"La dernière page répond {status}.")
    csrf = "; ".join(f"{name}={cookie.coded_value}" for name, cookie in given.items())
    typed = dict(HIDDEN.findall(text)) | {"accepts_publication": "on"}
    return person._replace(cookies=f"{cookies}; {csrf}", typed=typed)


def sign(person: LastPage, *, port: int) -> float:
    """Send, open the link of the mail, confirm.

    :return: The seconds that it took.
    """
    from pledges.enums import LinkPurpose  # noqa: PLC0415
    from pledges.models import MailLink, Signatory  # noqa: PLC0415

    begun = time.perf_counter()
    status, _cookies, text = ask("POST", person.address, person, port=port, typed=person.typed)
    if status != http.client.FOUND:
        raise SystemExit(f"« Signer » répond {status} : {re.sub('<[^>]+>', ' ', text)[:500]}")
    key = int(person.address.split("/")[3])
    token = MailLink.objects.mint(Signatory.objects.get(pledge__candidate_list=key), LinkPurpose.CONFIRM)
    link = f"/signer/confirmer/{token}/"
    _status, given, text = ask("GET", link, person, port=port)
    csrf = "; ".join(f"{name}={cookie.coded_value}" for name, cookie in given.items())
    reader = person._replace(cookies=csrf)
    status, _cookies, _text = ask("POST", link, reader, port=port, typed=dict(HIDDEN.findall(text)) | {"is_me": "on"})
    if status != http.client.FOUND:
        raise SystemExit(f"« Confirmer » répond {status}.")
    return time.perf_counter() - begun


@contextmanager
def web_server(port: int) -> Iterator[None]:
    """The production server, with the processes of its own configuration."""
    command = [str(Path(sys.executable).with_name("gunicorn")), "--config", "config/gunicorn.py"]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ.copy(), stderr=subprocess.DEVNULL) as server:
        try:
            for _attempt in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield
        finally:
            server.terminate()


def measure(port: int) -> None:
    keys = prepare()
    from django.db import connections  # noqa: PLC0415

    from pledges.enums import MailKind, PledgeState  # noqa: PLC0415
    from pledges.models import JournalEntry, OutboxMail, Pledge  # noqa: PLC0415

    def then_close[T](work: Callable[[], T]) -> T:
        """Give back the thread's own connection."""
        try:
            return work()
        finally:
            connections.close_all()

    with web_server(port), ThreadPoolExecutor(AT_ONCE) as people:
        ready = list(people.map(lambda key: then_close(partial(reach_last_page, key, port=port)), keys))
        time.sleep(2.5)  # nobody reads a form faster
        begun = time.perf_counter()
        waits = sorted(people.map(lambda person: then_close(partial(sign, person, port=port)), ready))
        elapsed = time.perf_counter() - begun
    confirmed = Pledge.objects.filter(state=PledgeState.IN_REVIEW)
    doubled = confirmed.count() - confirmed.values("candidate_list").distinct().count()
    owed = OutboxMail.objects.filter(kind__in=(MailKind.CONFIRM, MailKind.IN_REVIEW)).count()
    rate = SIGNATURES / elapsed
    print(
        f"\nSignatures complètes (PostgreSQL, {AT_ONCE} à la fois) : {rate:.0f} par seconde, soit"
        f" {rate / WANTED:.1f} fois les {WANTED} voulues ; 95 sur 100 en moins"
        f" de {waits[int(len(waits) * 0.95)]:.2f} s."
        f"\n  {SIGNATURES} envoyées, {confirmed.count()} confirmées, {SIGNATURES - confirmed.count()} perdue,"
        f" {doubled} en double, {JournalEntry.objects.filter(pledge__in=confirmed).count()} actes au journal,"
        f" {owed} courriers dus."
    )


def main() -> None:
    binaries = find_binaries()
    if binaries is None:
        print("\nSignatures par seconde : non mesurées, PostgreSQL n’est pas installé.")
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder, temporary_server(binaries) as database_url:
        sys.path.insert(0, str(ROOT))
        os.environ.update(environment(folder, database_url, port))
        measure(port)


if __name__ == "__main__":
    main()
