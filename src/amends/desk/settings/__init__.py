"""
Settings of the desk, read from the environment.

AMENDS_DATA         folder of the database, files and keys (default ./data)
AMENDS_FILES        s3://bucket/prefix?endpoint=https://…: files in an object store instead of that folder
DATABASE_URL        PostgreSQL; SQLite inside AMENDS_DATA when absent
AMENDS_ARCHIVE      3y, 18m or 400d: what ended so long ago is archived, a part each hour; nothing when absent
AMENDS_REPLICA      a copy of that PostgreSQL that only reads: pages of figures ask it, as long as it is not behind
AMENDS_HOSTS        host names, separated by commas, under which the desk answers beside loopback
AMENDS_ADDRESS      the address customers use, for links in mail (default http://127.0.0.1:PORT)
AMENDS_MAIL_FROM    the address that mail comes from and answers go to
AMENDS_SMTP         smtp://user:password@host:port or smtps://…; mail waits in the outbox when absent
AMENDS_RECEIPTS     how many receipts go out by themselves within an hour (default 3000); more wait their turn
AMENDS_HOOKS_INSIDE networks inside, separated by commas, to which webhooks may go, for instance 10.0.0.0/8
AMENDS_SESSION_IDLE 12h or 3d: who does nothing for so long is signed out (default 3d)
AMENDS_SESSION_LONGEST so long after signing in one signs in again, whatever happens (default 14d)
AMENDS_PROXIES      networks of one's own proxies, separated by commas, whose X-Forwarded-For is believed
AMENDS_DEBUG        1 shows errors in full
AMENDS_ORGANISATION what customers call you, until it is said at the desk
AMENDS_READY        1 lets /health say that this process lives, and /ready whether it can do its work
AMENDS_METRICS      a key of your own: who sends it as 'Authorization: Bearer …' reads figures at /metrics
AMENDS_TRACES       http(s)://collector:4318: spans of requests go there by OTLP
AMENDS_LOG          json writes one JSON object a line
AMENDS_OIDC_ISSUER  OpenID Connect: whose sign-in is trusted, as https://id.example.org; off when absent
AMENDS_OIDC_CLIENT  this desk's name there, and AMENDS_OIDC_SECRET its secret
AMENDS_OIDC_NAME    what stands on the button (default: the host name of the issuer)
AMENDS_OIDC_DOMAINS mail domains, separated by commas, whose people may come in so; all when absent
AMENDS_OIDC_LETS_IN 1 lets in, as agents, people whom nobody invited; their domains must be named
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from amends.desk.settings import files, told
from amends.desk.settings.spans import short_span

DATA = Path(os.environ.get("AMENDS_DATA", "data")).resolve()
DEBUG = os.environ.get("AMENDS_DEBUG") == "1"
PORT = os.environ.get("PORT", "8000")
_WEB, _LOCAL = ("http", "https"), f"http://127.0.0.1:{PORT}"
ADDRESS = told.address("AMENDS_ADDRESS", schemes=_WEB, like="https://desk.example.org", default=_LOCAL).rstrip("/")


def _postgres(name: str, url: str, *, only_reads: bool = False) -> dict[str, Any]:
    # A new process of the server has to learn what tables there are: 13 ms of its processor before the first page. A
    # copy that only reads is left sooner, for it may have gone its own way.
    kept = 60 if only_reads else 600
    found = told.database(name, url, kept=kept)
    # PostgreSQL compiles what it expects to be long, for seconds; the desk asks short questions only.
    own = "default_transaction_read_only=on" if only_reads else "max_parallel_workers_per_gather=0"
    # A machine that loses power says no goodbye: the server lets go of what it had locked within a minute, not hours.
    dead = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
    found.setdefault("OPTIONS", {}).setdefault("options", f"-c jit=off -c {own} {dead}")
    return found


def _database() -> dict[str, Any]:
    if url := os.environ.get("DATABASE_URL"):
        return _postgres("DATABASE_URL", url)
    return {
        "ENGINE": "amends.desk.web.sqlite",
        "NAME": DATA / "amends.sqlite3",
        "TEST": {"NAME": ":memory:"},  # said outright: tests side by side know it of Django's own engine alone
        "CONN_MAX_AGE": 60,  # opening the file and setting it up costs more than most questions
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # What is deleted is written over at once: no word of somebody who was erased is left in a free page.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            " PRAGMA secure_delete=ON;",
        },
    }


SECRET_KEY = told.signing_key(DATA)
SHARES_KEY = bool(os.environ.get("AMENDS_SECRET_KEY"))  # with other machines, it may be
ALLOWED_HOSTS = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    *filter(None, os.environ.get("AMENDS_HOSTS", "").split(",")),
    *filter(None, [urlsplit(ADDRESS).hostname]),
]
CSRF_TRUSTED_ORIGINS = [ADDRESS] if ADDRESS.startswith("https://") else []

INSTALLED_APPS = [
    "amends.desk.web",  # before Django's administration, whose pages it dresses
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "amends.desk.jobs",
    "amends.desk.people",
    "amends.desk.customers",
    "amends.desk.complaints",
    "amends.desk.promises",
    "amends.desk.clocks",
    "amends.desk.notices",
    "amends.desk.third_parties",
    "amends.desk.remedies",
    "amends.desk.channels",
    "amends.desk.coaching",
    "amends.desk.answers",
    "amends.desk.calm",
    "amends.desk.reaching",
    "amends.desk.workplace",
    "amends.desk.improvements",
    "amends.desk.insight",
    "amends.desk.academy",
    "amends.desk.api",
    "amends.desk.portal",
    "amends.desk.example",
]

MIDDLEWARE = [
    "amends.desk.upkeep.watching.watched",  # before all: a probe has no session, host name or language
    "amends.desk.upkeep.traces.traced",
    "amends.desk.upkeep.proxies.behind_proxies",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "amends.desk.web.middleware.StaticFiles",
    "django.middleware.gzip.GZipMiddleware",
    "amends.desk.web.cookies.OfThisHost",  # before all that reads a cookie or sets one
    "django.contrib.sessions.middleware.SessionMiddleware",
    "amends.desk.web.middleware.ReadersLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "amends.desk.people.middleware.EndsUnused",
    "amends.desk.people.middleware.ExampleOnLoopbackOnly",
    "amends.desk.people.middleware.AgentsOwnLanguage",
    "amends.desk.people.middleware.FirstRun",
    "amends.desk.people.middleware.SecondFactorFirst",
    "amends.desk.complaints.walls.StopsAtWalls",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "amends.desk.urls"
ASGI_APPLICATION = "amends.desk.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("amends.desk.web.fixed.Loader", ["django.template.loaders.app_directories.Loader"])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "amends.desk.web.context.reader",
            ],
        },
    }
]

DATABASES = {"default": _database()}
if _replica := os.environ.get("AMENDS_REPLICA"):
    DATABASES["replica"] = {**_postgres("AMENDS_REPLICA", _replica, only_reads=True), "TEST": {"MIRROR": "default"}}
    DATABASE_ROUTERS = ["amends.desk.upkeep.replica.Router"]
    MIDDLEWARE.append("amends.desk.upkeep.replica.ReadsFromCopy")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Agent"
LOGIN_URL = "people:sign-in"
LOGIN_REDIRECT_URL = "workplace:inbox"
LOGOUT_REDIRECT_URL = "people:sign-in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"amends.desk.people.passwords.{name}"}
    for name in ("NotOnesOwnName", "NotOfThisHouse", "LongEnough", "NotGuessedFirst")
]

# allauth does the second factor and the exchange with an OpenID provider; the pages and the rules are our own.
ACCOUNT_ADAPTER = "amends.desk.people.adapters.Door"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "amends.desk.people.adapters.Factors"
SOCIALACCOUNT_ADAPTER = "amends.desk.people.adapters.Provided"
OIDC_ISSUER = os.environ.get("AMENDS_OIDC_ISSUER", "")
OIDC_CLIENT = os.environ.get("AMENDS_OIDC_CLIENT", "")
OIDC_SECRET = os.environ.get("AMENDS_OIDC_SECRET", "")
OIDC_NAME = os.environ.get("AMENDS_OIDC_NAME", "")
OIDC_DOMAINS = list(filter(None, os.environ.get("AMENDS_OIDC_DOMAINS", "").replace(" ", "").casefold().split(",")))
OIDC_LETS_IN = os.environ.get("AMENDS_OIDC_LETS_IN") == "1"

LANGUAGE_CODE = "en"
LANGUAGES = [("tr", "Türkçe"), ("fa", "فارسی"), ("mn", "Монгол"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).resolve().parents[2] / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
MEDIA_ROOT = DATA / "files"
FILES = files.store(os.environ.get("AMENDS_FILES", ""))
STORAGES = {
    "default": files.storage(FILES),
    "staticfiles": {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"},
}
SERVESTATIC_KEEP_ONLY_HASHED_FILES = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
ATTACHMENT_LIMIT = 25 * 1024 * 1024  # bytes of one file
MAIL_LIMIT = 60 * 1024 * 1024  # bytes of one raw mail

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF, CSP.NONCE],  # a nonce where a page writes the organisation's own colour, and only there
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # private links of customers never leave in a Referer
SESSION_ENGINE = "amends.desk.people.kept_sessions"
SESSION_COOKIE_SAMESITE = "Lax"
# A weekend is not too long; who is away for longer, or came in two weeks ago, says again who they are.
SESSION_IDLE = told.span("AMENDS_SESSION_IDLE", read=short_span) or timedelta(days=3)
SESSION_LONGEST = told.span("AMENDS_SESSION_LONGEST", read=short_span) or timedelta(days=14)
SESSION_COOKIE_AGE = int(SESSION_IDLE.total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ADDRESS.startswith("https://")  # and then their names are of this host
CSRF_COOKIE_HTTPONLY = True  # scripts read the mark from the page

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "mail"]}}

ARCHIVE_AFTER = told.span("AMENDS_ARCHIVE")

MAIL_FROM = os.environ.get("AMENDS_MAIL_FROM", "desk@example.org")
SMTP = told.address("AMENDS_SMTP", schemes=("smtp", "smtps"), like="smtps://user:password@mail.example.org:465")
RECEIPTS_AN_HOUR = told.whole_number("AMENDS_RECEIPTS", default=3000, least=1)
HOOKS_INSIDE = told.networks("AMENDS_HOOKS_INSIDE")
# A virus scanner that is asked about mail and files, as clamd's socket (/run/clamav/clamd.ctl) or host:port.
CLAMAV = os.environ.get("AMENDS_CLAMAV", "")
# Sites of our own that may show the chat in their pages, as "https://shop.example https://www.shop.example".
CHAT_SITES = os.environ.get("AMENDS_CHAT_SITES", "").split()
# How a click on a number calls it: "sip:%s@pbx.example" for telephones on the screen that ask for such an address.
DIAL = os.environ.get("AMENDS_DIAL", "tel:%s")
ORGANISATION = os.environ.get("AMENDS_ORGANISATION", "Amends")

PROXIES = told.networks("AMENDS_PROXIES")
READY = os.environ.get("AMENDS_READY") == "1"
METRICS_KEY = os.environ.get("AMENDS_METRICS", "")
TRACES = told.address("AMENDS_TRACES", schemes=_WEB, like="https://collector:4318").rstrip("/")
LOG = "json" if os.environ.get("AMENDS_LOG") == "json" else "line"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "amends.desk.upkeep.logs.Masked",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "amends.desk.upkeep.logs.JsonLines"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"amends": {"level": "INFO"}},
}
LANGUAGE_NAMES = {"tr": _("Turkish"), "fa": _("Persian"), "mn": _("Mongolian"), "en": _("English")}
