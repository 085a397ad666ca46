"""All settings, in one place. Each comes from the environment; `docs/operating.md` lists them."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from outreach.core import environment as env

PACKAGE = Path(__file__).resolve().parent
# In an installed wheel the templates lie inside the package; in a checkout beside it.
TEMPLATES_ROOT = next(p for p in (PACKAGE / "_templates", PACKAGE.parent / "templates") if p.is_dir())

# Where Outreach keeps what it writes: the SQLite database, its secret key, the demo's inbox.
DATA_DIR = Path(env.text("OUTREACH_DATA_DIR", "var")).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

DEMO = env.flag("OUTREACH_DEMO")
DEBUG = False
SECRET_KEY = env.secret("OUTREACH_SECRET_KEY", DATA_DIR / "secret_key")
# Keys of before: links in old mails, stored secrets and the codes of erased addresses were made with them.
SECRET_KEY_FALLBACKS = env.text("OUTREACH_SECRET_KEYS_BEFORE").replace(",", " ").split()

# The public address of these pages; links in mails start with it.
BASE_URL = env.text("OUTREACH_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
_base = urlsplit(BASE_URL)
if _base.scheme not in {"http", "https"} or not _base.hostname:
    raise ImproperlyConfigured(
        f"OUTREACH_BASE_URL is {BASE_URL!r}; use an address such as https://post.example.org."
    )
ALLOWED_HOSTS = env.words("OUTREACH_ALLOWED_HOSTS", f"{_base.hostname},localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _base.scheme == "https"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("OUTREACH_BEHIND_PROXY") else None
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "outreach_session", "outreach_csrf"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "outreach.core",
    "outreach.feeds",
    "outreach.posts",
    "outreach.relays",
    "outreach.subscribers",
    "outreach.notices",
    "outreach.newsletters",
    "outreach.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "outreach.web.middleware.ReadAsUtf8",
    "outreach.web.middleware.NoNul",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Closed by default: only web.public and views marked `login_not_required` are open.
    "outreach.web.middleware.LogInFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "outreach.web.middleware.ContentSecurityPolicy",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "outreach.urls"
WSGI_APPLICATION = "outreach.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [TEMPLATES_ROOT],
        "OPTIONS": {
            "environment": "outreach.core.templating.environment",
            "context_processors": ["outreach.web.house.house"],
        },
    },
]

# SQLite in IMMEDIATE mode: a transaction that reads before it writes would otherwise fail at once with
# SQLITE_BUSY_SNAPSHOT, which no busy timeout can wait out.
_SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
}
DATABASE_URL = env.text("OUTREACH_DATABASE_URL", f"sqlite:///{DATA_DIR / 'outreach.sqlite3'}")
try:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=600, conn_health_checks=True)}
except (dj_database_url.ParseError, dj_database_url.UnknownSchemeError, ValueError) as error:
    raise ImproperlyConfigured(
        "OUTREACH_DATABASE_URL cannot be read; use sqlite:///path/to/file or postgres://user:password@host/name."
    ) from error
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = _SQLITE
    # Tests with threads need a file: SQLite's in-memory database knows no waiting for a lock.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "tests.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Languages and time. English is the language of the source strings.
LANGUAGES = [("nl", "Nederlands"), ("fr", "Français"), ("en", "English")]
LANGUAGE_CODE = env.text("OUTREACH_LANGUAGE", "nl")
if LANGUAGE_CODE not in dict(LANGUAGES):
    raise ImproperlyConfigured(f"OUTREACH_LANGUAGE is {LANGUAGE_CODE!r}; use nl, fr or en.")
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = USE_TZ = True
# Rows are written and tasks run in UTC; people see the organisation's zone.
TIME_ZONE = "UTC"
LOCAL_TIME_ZONE = env.text("OUTREACH_TIME_ZONE", "Europe/Brussels")
try:
    ZoneInfo(LOCAL_TIME_ZONE)
except (ValueError, OSError, LookupError):  # a path, a folder, a name that nobody knows
    raise ImproperlyConfigured(
        f"OUTREACH_TIME_ZONE is {LOCAL_TIME_ZONE!r}; use a name of the IANA list such as Europe/Brussels."
    ) from None

# Who may come in.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
CSRF_FAILURE_VIEW = "outreach.web.failures.forged"
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "log-in", "home", "log-in"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "outreach.web.staff.login.locked_out"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False

STATIC_URL = "/static/"
# Served straight from the packages: no collectstatic step on a small server.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# The way out. Private addresses stay closed unless this is a demo or a test on one machine.
ALLOW_PRIVATE_ADDRESSES = env.flag("OUTREACH_ALLOW_PRIVATE_ADDRESSES", default=DEMO)
FACEBOOK_API_URL = env.text("OUTREACH_FACEBOOK_API_URL", "https://graph.facebook.com")
FACEBOOK_API_VERSION = env.text("OUTREACH_FACEBOOK_API_VERSION", "v26.0")
X_API_URL = env.text("OUTREACH_X_API_URL", "https://api.twitter.com")
# Where people log in with their browser, and the organisation's own apps (else staff enter them in a page).
FACEBOOK_LOGIN_URL = env.text("OUTREACH_FACEBOOK_LOGIN_URL", "https://www.facebook.com")
FACEBOOK_APP_ID = env.text("OUTREACH_FACEBOOK_APP_ID")
FACEBOOK_APP_SECRET = env.text("OUTREACH_FACEBOOK_APP_SECRET")
FACEBOOK_CONFIG_ID = env.text("OUTREACH_FACEBOOK_CONFIG_ID")
X_LOGIN_URL = env.text("OUTREACH_X_LOGIN_URL", "https://x.com")
X_CONSUMER_KEY = env.text("OUTREACH_X_CONSUMER_KEY")
X_CONSUMER_SECRET = env.text("OUTREACH_X_CONSUMER_SECRET")
X_CLIENT_ID = env.text("OUTREACH_X_CLIENT_ID")
X_CLIENT_SECRET = env.text("OUTREACH_X_CLIENT_SECRET")
# What a post costs, and one with a web address, in US dollars; None: as the network's own file says.
PRICES = {"x": (env.amount("OUTREACH_X_PRICE"), env.amount("OUTREACH_X_PRICE_LINK"))}
# What waited longer than this to go out, staff are asked about.
TOO_LATE_DAYS = env.number("OUTREACH_TOO_LATE_DAYS", 3, minimum=1)

# How long a post waits for the page that it points to, from the first look at it; 0: pages are not looked at.
PAGE_WAIT = timedelta(minutes=env.number("OUTREACH_PAGE_WAIT_MINUTES", 30))

# Mail: smtp://user:password@host:587 (STARTTLS), smtps://…:465, or inbox:// for the built-in demo inbox.
MAIL_URL = env.text("OUTREACH_MAIL_URL", "inbox://" if DEMO else "")
MAIL_FROM = env.text("OUTREACH_MAIL_FROM", f"outreach@{_base.hostname}")
# Who signs our mail: we, with these keys (PEM files), or else the mail server.
DKIM_DOMAIN = env.text("OUTREACH_DKIM_DOMAIN", MAIL_FROM.rpartition("@")[2])
DKIM_SELECTOR = env.text("OUTREACH_DKIM_SELECTOR", "outreach")
DKIM_KEY_FILE = env.text("OUTREACH_DKIM_KEY_FILE", "")
DKIM_SECOND_SELECTOR = env.text("OUTREACH_DKIM_SECOND_SELECTOR", "outreach-ed25519")
DKIM_SECOND_KEY_FILE = env.text("OUTREACH_DKIM_SECOND_KEY_FILE", "")
# Where mail that cannot be delivered comes back to; with a plus and a mark behind it for each mail (VERP).
MAIL_RETURN = env.text("OUTREACH_MAIL_RETURN")
# Where such mails are fetched, listened for, or posted: any of the three.
RETURN_IMAP_URL = env.text("OUTREACH_RETURN_IMAP_URL")
RETURN_LISTEN = env.text("OUTREACH_RETURN_LISTEN")
RETURN_SECRET = env.text("OUTREACH_RETURN_SECRET")
MAIL_CONNECTIONS = env.number("OUTREACH_MAIL_CONNECTIONS", 10, minimum=1)
# A second server, for when the first cannot be reached; how much each may be given ("30 per minute").
MAIL_URL_SPARE = env.text("OUTREACH_MAIL_URL_SPARE")
MAIL_LIMIT = env.text("OUTREACH_MAIL_LIMIT")
MAIL_LIMIT_SPARE = env.text("OUTREACH_MAIL_LIMIT_SPARE")
MAIL_DOMAIN_LIMITS = env.text("OUTREACH_MAIL_DOMAIN_LIMITS")
# How long what is kept about readers; see outreach/newsletters/personal/register.py.
KEEP = {
    name: timedelta(days=env.number(setting, days, minimum=1))
    for name, setting, days in (
        ("unconfirmed", "OUTREACH_KEEP_UNCONFIRMED_DAYS", 30),
        ("bounces", "OUTREACH_KEEP_BOUNCES_DAYS", 365),
        ("returned", "OUTREACH_KEEP_RETURNED_DAYS", 180),
        ("deliveries", "OUTREACH_KEEP_DELIVERIES_DAYS", 400),
        ("left", "OUTREACH_KEEP_LEFT_DAYS", 1095),
        ("knocks", "OUTREACH_KEEP_KNOCKS_DAYS", 1),
    )
}
# The link of a confirmation mail works for seven days, and the mail itself may leave three days late.
KEEP["unconfirmed"] = max(KEEP["unconfirmed"], timedelta(days=10))
# How many mails that ask for confirmation leave in an hour, to all mailboxes together.
CONFIRMATIONS_PER_HOUR = env.number("OUTREACH_CONFIRMATIONS_PER_HOUR", 500, minimum=1)


# Leases, spacings and waits are divided by this. Only for tests and trials on one machine.
PACE = env.number("OUTREACH_PACE", 1, minimum=1)

LOGGING_CONFIG = None
