"""Django settings, one file; what differs between machines comes from the environment."""

import sys
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from engagements.edition import licence

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
TESTING = "pytest" in sys.modules
env = environ.Env()
if not TESTING:  # a test gives the same everywhere
    environ.Env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)  # fictitious data in a database of its own: `make demo`
if DEMO and not DEBUG:
    raise ImproperlyConfigured("DEMO holds invented data: it never runs with DEBUG off.")

SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if not (DEBUG or TESTING):
        raise ImproperlyConfigured("SECRET_KEY must be set when DEBUG is off.")
    SECRET_KEY = "only-for-development-" + "0" * 40

ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEBUG else []
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "provinces",
    "engagements",
    "config.apps.DeskConfig",  # Django's admin, with a site of ours
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "simple_history",
    "django_htmx",
    "csp",
    "corsheaders",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.guard.GuardMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # with random padding, so that lengths tell nothing
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "config.errors.UnavailableMiddleware",
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
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database: SQLite in var/ unless DATABASE_URL names another; invented data never goes there.

DATABASES = {
    "default": env.db_url("DATABASE_URL")
    if env.str("DATABASE_URL", default="") and not DEMO
    else {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR_DIR / ("demo.sqlite3" if DEMO else "register.sqlite3"),
    }
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # Writers queue instead of failing half way; a commit survives a power cut.
        "transaction_mode": "IMMEDIATE",
        "timeout": 60,  # a large import keeps the one writer for half a minute
        # recursive_triggers: else INSERT OR REPLACE would delete without asking the triggers.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        " PRAGMA recursive_triggers=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 3,
        # A public page never needs 5 s; migrations and loads set their own (STATEMENT_TIMEOUT=0).
        "options": f"-c statement_timeout={env.int('STATEMENT_TIMEOUT', default=5000)}"
        f" -c lock_timeout={env.int('LOCK_TIMEOUT', default=4000)}"
        " -c idle_in_transaction_session_timeout=60000",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Language, time, formats

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "add_ons"]  # ours come first
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = True

# Staff accounts

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
PASSWORD_RESET_TIMEOUT = 60 * 60
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True

# Static files

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
STORAGES = {
    "default": {"BACKEND": "config.storage.PrivateStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_AUTOREFRESH = DEBUG or TESTING  # else each client of a test lists every file first
# Scans of sources: staff only, never under a public address.
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(VAR_DIR / "scans"))
# The register as files, for everybody; invented data never lies among them.
READINGS_KEPT_DAYS = env.int("READINGS_KEPT_DAYS", default=30)  # after their session is public
DUMPS_ROOT = Path(
    env.str("DUMPS_ROOT", default="") or VAR_DIR / ("demo-dumps" if DEMO else "dumps")
)

# E-mail to readers who follow a page; on the console while developing

vars().update(
    env.email_url("EMAIL_URL", default="consolemail://" if DEBUG else "smtp://localhost:25")
)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=10)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Sát Cánh <sat-canh@localhost>")
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="")  # who to tell of a hole; shown to all
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")  # begins the links in e-mails

# Throttles and caches: the cache counts, in files that all workers of a machine share

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if TESTING
    else env.cache_url("CACHE_URL", default=f"filecache://{VAR_DIR / 'cache'}?max_entries=10000")
}
# Of the API: in the shared cache where one is named, else in each process.
CACHES["limits"] = (
    env.cache_url("CACHE_URL")
    if env.str("CACHE_URL", default="") and not TESTING
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "limits",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # networks in a minute; with few, counts are lost
    }
)
NUM_PROXIES = env.int("NUM_PROXIES", default=0)  # our own ones before the server, for the limits

# Files being sent (engagements/slots.py). A slow reader keeps a thread: of 2 workers with 4 threads
# each, half are for files, in each worker too, and the other half always answers pages.

FILES_AT_ONCE = 0 if TESTING else env.int("FILES_AT_ONCE", default=4)  # of a machine; 0: no limit
FILES_A_WORKER = env.int("FILES_A_WORKER", default=2)
# Seconds that a reader may take over one piece of an answer, some 0.3 MB of a list; 0: no limit.
SEND_TIMEOUT = env.int("SEND_TIMEOUT", default=60)
RUN_ROOT = env.str("RUN_ROOT", default="") or str(VAR_DIR / "run")  # a local disk of the machine

# What a browser may do with our pages

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
HTTPS = env.bool("HTTPS", default=not (DEBUG or TESTING))
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=63072000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if env.bool("BEHIND_PROXY", default=False):  # only where the proxy strips the header from clients
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a session of 100 lines is one form

# Reading

# A language model beside the reader's rules (docs/reading.md): an OpenAI-compatible address.
READER_MODEL_URL = env.str("READER_MODEL_URL", default="")
READER_MODEL_NAME = env.str("READER_MODEL_NAME", default="")
READER_MODEL_KEY_FILE = env.str("READER_MODEL_KEY_FILE", default="")
READER_MODEL_SECONDS = env.int("READER_MODEL_SECONDS", default=60)
READER_MODEL_MAY_READ = env.str("READER_MODEL_MAY_READ", default="public")  # or "all"

# API

API_RATES = {  # requests of one address (throttles); empty: no limit
    "answers": None if TESTING else env.str("API_RATE", default="120/min") or None,
    "files": None if TESTING else env.str("API_FILE_RATE", default="10/min") or None,
}
# Part of every ETag: a new release may say the same editions in other words.
RELEASE = env.str("RELEASE", default="") or max(
    int(path.stat().st_mtime)
    for folder in ("engagements", "provinces", "templates")
    for path in (BASE_DIR / folder).rglob("*.[ph][yt]*")
)
CORS_ALLOW_ALL_ORIGINS = True  # read-only, and no cookie is looked at
CORS_URLS_REGEX = r"^/(api|du-lieu)/"
CORS_ALLOW_METHODS = ("GET", "HEAD", "OPTIONS")
CORS_ALLOW_HEADERS = ("accept", "if-modified-since", "if-none-match")
CORS_EXPOSE_HEADERS = ("Content-Disposition", "ETag", "Last-Modified", "Link", "Retry-After")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["engagements.api.renderers.EditionJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_FILTER_BACKENDS": [],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "engagements.api.problems.problem_details",
    "URL_FORMAT_OVERRIDE": "format",
    "UNICODE_JSON": True,
    "DATETIME_FORMAT": "iso-8601",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Sát Cánh",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "DESCRIPTION": "The public register of what a Vietnamese ministry and the provinces said to "
    f"each other and what became of it. Read-only, anonymous, {licence.NAME}.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "COMPONENT_SPLIT_REQUEST": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SERVERS": [{"url": "/"}],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "engagements.api.schema.complete_description",
    ],
    "ENUM_NAME_OVERRIDES": {
        "FollowUpKind": "engagements.words.FOLLOW_UP_CHOICES",
        "DeadlineEnum": "engagements.words.Deadline",
        "ProvinceKind": "provinces.models.ProvinceKind",
        "OrganizationKind": "provinces.models.OrganizationKind",
    },
    "LICENSE": {"name": licence.NAME, "url": licence.URL},
}
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
SIMPLE_HISTORY_REVERT_DISABLED = True  # going back is a new edit, seen by a second person

SILENCED_SYSTEM_CHECKS = []
if not TESTING:
    VAR_DIR.mkdir(exist_ok=True)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
