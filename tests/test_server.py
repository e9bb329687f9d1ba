"""The portal under its real server, with two workers: attack 15 from outside."""

import http.client
import os
import re
import secrets
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from django.conf import settings

from tests.conftest import free_port

ASKINGS = 60


@pytest.fixture
def server(tmp_path):
    """A portal on a new database, that says it has no proxy, started as in production: its port."""
    port = free_port()
    variables = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}",
        "DATA_DIR": str(tmp_path),
        "STATIC_ROOT": str(tmp_path / "static"),
        "DEBUG": "0",
        "DEMO": "0",
        "HTTPS": "0",
        "BEHIND_PROXY": "0",
        "PROXY_COUNT": "0",
        "TASKS_BACKEND": "database",
        "PORT": str(port),
        "WEB_CONCURRENCY": "2",
        # gunicorn's own trust, given to everyone: it must decide nothing about who the client is.
        "FORWARDED_ALLOW_IPS": "*",
    }
    for command in (["migrate", "-v0"], ["collectstatic", "--no-input", "-v0"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=settings.BASE_DIR, env=variables, check=True)
    log = (tmp_path / "log").open("w+")
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"],
        cwd=settings.BASE_DIR,
        env=variables,
        stdout=log,
        stderr=log,
    )
    try:
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            try:
                if request(port, "GET", "/sante/")[0] == 200:
                    break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def request(port, method, path, *, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()
    finally:
        connection.close()


@pytest.mark.timeout(180)
def test_two_workers_keep_one_limit_whatever_the_client_says_of_itself(server):
    _status, headers, page = request(server, "GET", "/signer/ma-page/")
    hidden = dict(re.findall(r'name="(csrfmiddlewaretoken|started)" value="([^"]+)"', page))
    cookie = headers["Set-Cookie"].partition(";")[0]
    time.sleep(2)  # what a person would take at the least

    def ask(number):
        invented = f"203.0.113.{number}"
        return request(
            server,
            "POST",
            "/signer/ma-page/",
            body=urlencode({**hidden, "email": f"a{number}@example.org"}),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": cookie,
                "X-Forwarded-For": invented,
                "X-Real-IP": invented,
                "Forwarded": f"for={invented}",
                "X_Forwarded_For": invented,
                "Remote-Addr": invented,
            },
        )[0]

    with ThreadPoolExecutor(max_workers=8) as pool:
        statuses = list(pool.map(ask, range(ASKINGS)))

    assert sorted(statuses) == [302] * 20 + [429] * (ASKINGS - 20)
