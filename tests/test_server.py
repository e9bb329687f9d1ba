"""The portal under its real server, with two workers: attack 15 from outside."""

import http.client
import re
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from tests.serving import prepare, production, served

pytestmark = pytest.mark.any_database

ASKINGS = 60


@pytest.fixture
def server(tmp_path):
    """A portal on a new database, that says it has no proxy, started as in production: its port."""
    # gunicorn's own trust, given to everyone: it must decide nothing about who the client is.
    variables = production(tmp_path, FORWARDED_ALLOW_IPS="*")
    prepare(variables)
    with served(variables, tmp_path / "log") as port:
        yield port


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
