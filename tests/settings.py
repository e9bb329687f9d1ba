"""The settings of the tests: those of the portal, where neither a .env file nor the shell decides what passes.

TEST_DATABASE_URL alone comes from outside: it names a PostgreSQL server to run the suite on, instead of SQLite.
"""

import os

import environ

environ.Env.read_env = staticmethod(lambda *args, **kwargs: None)
for name in (
    "DATA_DIR",
    "STATIC_ROOT",
    "DATABASE_POOL_SIZE",
    "SECRET_KEY_FALLBACKS",
    "JOURNAL_KEY",
    "JOURNAL_KEY_FALLBACKS",
    "RESOURCES_STORAGE",
):
    os.environ.pop(name, None)
os.environ |= {
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", "sqlite:///never-opened.sqlite3"),  # conftest.py: its place
    "SECRET_KEY": "a key for the tests, long enough to be accepted by the settings",
    "DEBUG": "0",
    "DEMO": "0",
    "HTTPS": "0",  # the test client and the browser speak plain HTTP
    "BEHIND_PROXY": "0",
    "PROXY_COUNT": "0",
    "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    "SITE_URL": "https://engagements.example.org",
    "MAIL_URL": "smtp://127.0.0.1:9",
    "MAIL_FROM": "Engagements ESS <ne-pas-repondre@example.org>",
    "TASKS_BACKEND": "immediate",
    "SECOND_FACTOR": "1",
    "LOG_LEVEL": "WARNING",
}

from config.settings import *  # noqa: E402, F403
from config.settings import BASE_DIR, DATABASES, STORAGES  # noqa: E402

# A pool keeps connections open in threads of its own: PostgreSQL could not drop the test database at the end.
DATABASES["default"]["OPTIONS"].pop("pool", None)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick; the real one is slow on purpose
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # no collectstatic
WHITENOISE_AUTOREFRESH = True
STATIC_ROOT = BASE_DIR / "static"
