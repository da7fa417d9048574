"""The settings of one installation's web; the environment is read here only.

`HABEAS_INSTALLATION` names the folder of the installation; everything else stands in its file, or
in a variable that takes a setting's place (docs/operation.md).
Without it nothing can be served: the settings then stand for checks of the code alone.
"""

import os
import sys
from pathlib import Path
from secrets import token_bytes
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from habeas.adapters import installation_files, settings_files
from habeas.adapters.installation_files import Installation

WEB = Path(__file__).parent
FOLDER = Path(os.environ[settings_files.FOLDER]) if settings_files.FOLDER in os.environ else None
INSTALLATION: Installation | None = settings_files.settled(FOLDER, os.environ) if FOLDER else None
DEMONSTRATION = bool(INSTALLATION and INSTALLATION.demonstration)

DEBUG = False
SERVICE = Path(sys.argv[0]).stem if Path(sys.argv[0]).stem in {"courier", "prepare"} else "web"
SECRET_KEY = installation_files.secret(FOLDER, token_bytes) if FOLDER else "checks of the code"
ADDRESS = INSTALLATION.address if INSTALLATION else "http://localhost"
SECURE = ADDRESS.startswith("https://")
ALLOWED_HOSTS = [urlsplit(ADDRESS).hostname or "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [ADDRESS]
ROOT_URLCONF = "habeas.web.urls"
WSGI_APPLICATION = "habeas.web.wsgi.application"
SITE_ID = 1

INSTALLED_APPS = [
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "habeas.web.static_files.GatheredFiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "ninja",
    "habeas.web.accounts",
    "habeas.web.hooks",
    "habeas.web.readmodels",
]
MIDDLEWARE = [
    "habeas.web.journal.Journal",
    "habeas.web.security.SecurityHeaders",
    "habeas.web.public.everybody.EverybodyMiddleware",
    "habeas.web.api.edge.ApiEdge",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Of a length that chance adds to, so that it tells nothing of what stands in the page.
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "habeas.web.accounts.sessions.SessionAge",
    "habeas.web.accounts.enrolment.EnrolmentMiddleware",
    "habeas.web.asker.AskerMiddleware",
    "habeas.web.fence.FenceMiddleware",
    "habeas.web.refusals.Refusals",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [WEB / "templates"],
        "OPTIONS": {
            # First what Jinja draws (web/drawn.py); of all others Django keeps what it has read.
            "loaders": [
                "habeas.web.drawn.Loader",
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                ),
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "habeas.web.accounts.switching.people",
                "habeas.web.chrome.chrome",
            ],
            "libraries": {
                "habeas": "habeas.web.templatetags.habeas",
                "library": "habeas.web.templatetags.library",
            },
        },
    }
]


def _database() -> dict[str, object]:
    address = INSTALLATION.database if INSTALLATION else ""
    if address:
        from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - the driver is an extra

        stated = conninfo_to_dict(address)
        names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
        return {
            "ENGINE": "django.db.backends.postgresql",
            **{name: stated.pop(said, "") for name, said in names.items()},
            "PORT": stated.pop("port", ""),
            # A page's questions are short: to compile one takes longer than to answer it, and one
            # that took every core for itself would keep all other readers waiting.
            "OPTIONS": {"options": "-c jit=off -c max_parallel_workers_per_gather=0"} | stated,
            "CONN_MAX_AGE": 60,
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": FOLDER / installation_files.DATABASE if FOLDER else ":memory:",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-65536;PRAGMA mmap_size=1073741824;"
            ),
        },
        "CONN_MAX_AGE": None,
    }


def _providers() -> list[dict[str, object]]:
    if not (FOLDER and INSTALLATION):
        return []
    return [
        {
            "provider_id": one.id,
            "name": one.name,
            "client_id": one.client,
            "secret": installation_files.provider_secret(FOLDER, one),
            "settings": {"server_url": one.server},
        }
        for one in INSTALLATION.providers
    ]


DATABASES = {"default": _database()}
# Counts of attempts, and codes already used, are the same for every process that serves.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "web_cache",
        # Beyond so many the first are dropped: few would let whoever guesses drop their own counts.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # How often each token asks: of this process alone, and gone with it.
    "counts": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Figures over everybody, for a moment: see `readmodels.remembered`.
    "figures": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "figures",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}
API_A_MINUTE = 1200  # requests of one token
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

# Time and language. No page tells the server's own time: instants carry their offset.
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [WEB / "locale"]
FORMAT_MODULE_PATH = "habeas.web.formats"
FORM_RENDERER = "habeas.web.forms.GovukRenderer"

STATIC_URL = "/static/"
STATICFILES_DIRS = [WEB / "static"]
STATIC_ROOT = FOLDER / "static" if FOLDER else None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = False

# Sign-in: a name and password with a second factor, or a passkey, or the state's own provider with
# a second factor. Nobody signs up; no factor is an e-mail.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "habeas.web.accounts.passwords.NoWordsAtHand"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"  # in the language of the page
ACCOUNT_ADAPTER = "habeas.web.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
MFA_ADAPTER = "habeas.web.accounts.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an address is no factor: it opens and closes nothing
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = INSTALLATION.name if INSTALLATION else "habeas"
SOCIALACCOUNT_ADAPTER = "habeas.web.accounts.adapters.ProviderAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"APPS": _providers(), "OAUTH_PKCE_ENABLED": True},
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_IDLE = 1800  # seconds without a request, after which a session is over
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
# No other host, and no page that came without TLS, can set a cookie of such a name.
_OWN = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME = _OWN + (f"habeas-{INSTALLATION.state.lower()}" if INSTALLATION else "habeas")
CSRF_COOKIE_NAME = f"{SESSION_COOKIE_NAME}-csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True  # each form holds its token; no script reads the cookie
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
DATA_UPLOAD_MAX_NUMBER_FILES = 5
FILE_UPLOAD_HANDLERS = [
    "habeas.web.uploads.Cap",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "habeas.web.log_lines.PageLines", "service": SERVICE}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}},
    "root": {
        "handlers": ["console"],
        "level": (INSTALLATION.log_level if INSTALLATION else "warning").upper(),
    },
}
