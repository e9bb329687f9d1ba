"""Settings of the portal: one module, every value that differs between machines read from the environment.

`docs/settings.md` lists the variables for whoever installs the portal.
"""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from config.shelf import shelf

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
# A demonstration shows its own mails on a page, and says on every page that it is one.
DEMO = env.bool("DEMO", default=False)
# Everything that the portal writes to disk: the SQLite database, uploaded files, a demonstration's mails.
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))

SECRET_KEY = env.str("SECRET_KEY")
if len(SECRET_KEY) < 50 and not DEBUG:
    raise ImproperlyConfigured("SECRET_KEY: at least 50 random characters are needed.")

# Keys used before this one: what they signed, the journal and open sessions, stays good.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# What signs the entries of the journal: a key of its own may be kept longer, and from more people, than the portal's.
JOURNAL_KEY = env.str("JOURNAL_KEY", default=SECRET_KEY)
JOURNAL_KEY_FALLBACKS = env.list("JOURNAL_KEY_FALLBACKS", default=[])

# Where the public reaches the portal: the links in mails start with it.
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])

INSTALLED_APPS = [
    "desk.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",  # the same static files under runserver and gunicorn
    "django.contrib.staticfiles",
    "django_htmx",  # for its static files alone
    "django_tasks_db",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "regions",
    "pledges",
    "resources",
    "desk",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.languages.LanguageOfAddress",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context_processors.portal",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "regions.templatetags.head",
                "regions.templatetags.typography",
            ],
        },
    },
]

# --- Database ---

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'portal.sqlite3'}"),
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # A transaction takes the write lock when it begins: two writers wait for one another instead of failing.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # Added to what DATABASE_URL says, such as ?sslmode=require.
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1,
        "max_size": env.int("DATABASE_POOL_SIZE", default=8),
        "timeout": 10,
    }

# --- People ---

AUTH_USER_MODEL = "regions.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds: a working day
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60  # seconds: an invitation waits for its reader over a week-end
# Whether a password alone opens nothing at the desk. A demonstration prints its accounts: they may do without.
SECOND_FACTOR = env.bool("SECOND_FACTOR", default=not (DEBUG or DEMO))
OTP_TOTP_ISSUER = "Engagements ESS (démonstration)" if DEMO else "Engagements ESS"
OTP_TOTP_THROTTLE_FACTOR = 0  # theirs would let a stranger lock a colleague out: desk/limits.py counts

# --- Language and time ---

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]  # the first is that of the sources
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True

# --- Files ---

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "resources": shelf(env.str("RESOURCES_STORAGE", default="")),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
MEDIA_ROOT = DATA_DIR / "media"

# --- Mail and work outside the request ---

DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="Engagements ESS <ne-pas-repondre@localhost>")
# Where mails to lists that cannot be delivered come back; none: they come back to MAIL_FROM.
MAIL_RETURNS = env.str("MAIL_RETURNS", default="")
# How many mails leave in a minute, all senders together; 0 for as many as there are.
MAILS_PER_MINUTE = env.int("MAILS_PER_MINUTE", default=0)
_smtp = env.email_url("MAIL_URL", default="smtp://127.0.0.1:25")
MAILERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": _smtp["EMAIL_BACKEND"],
        "OPTIONS": {
            "host": _smtp["EMAIL_HOST"],
            "port": _smtp["EMAIL_PORT"],
            "username": _smtp["EMAIL_HOST_USER"] or "",
            "password": _smtp["EMAIL_HOST_PASSWORD"] or "",
            "use_tls": _smtp.get("EMAIL_USE_TLS", False),
            "use_ssl": _smtp.get("EMAIL_USE_SSL", False),
            "timeout": 20,
        },
    },
}
DEMO_MAIL_DIR = DATA_DIR / "mails"
if DEMO:
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(DEMO_MAIL_DIR)},
        },
    }

# "database": a worker process (`manage.py db_worker`) does the work; "immediate": the request does it itself.
TASKS = {
    "default": {
        "BACKEND": {
            "database": "django_tasks_db.DatabaseBackend",
            "immediate": "django.tasks.backends.immediate.ImmediateBackend",
        }[env.str("TASKS_BACKEND", default="immediate" if DEMO or DEBUG else "database")],
    },
}

# --- What the law asks a site to say of itself (LCEN) ---

LEGAL_PUBLISHER = env.str("LEGAL_PUBLISHER", default="")
LEGAL_ADDRESS = env.str("LEGAL_ADDRESS", default="", multiline=True)
LEGAL_PHONE = env.str("LEGAL_PHONE", default="")
LEGAL_DIRECTOR = env.str("LEGAL_DIRECTOR", default="")
LEGAL_HOST = env.str("LEGAL_HOST", default="", multiline=True)
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="")

# --- Security ---

HTTPS = env.bool("HTTPS", default=not (DEBUG or DEMO))
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^sante/"]  # the container's own probe speaks plain HTTP
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies of ours a request goes through: pledges/clients.py counts them to know who the client is.
PROXY_COUNT = env.int("PROXY_COUNT", default=int(BEHIND_PROXY))
if PROXY_COUNT < 0:
    raise ImproperlyConfigured("PROXY_COUNT: a number of proxies, 0 or more.")
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024  # bytes: five sentences of 600 characters are far below
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"hide_keys": {"()": "config.logs.HideKeys"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["hide_keys"]}},
    "loggers": {"django.tasks": {"level": "WARNING"}},  # each mail sent would be four lines
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
