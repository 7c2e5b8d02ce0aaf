"""All settings, read from typed environment variables that fail loudly.

Defaults are the embedded ones of one development machine; nothing secret has a default outside it.
"""

from datetime import timedelta
from pathlib import Path

from mog_site import (
    broker,
    caching,
    client_address,
    content_security,
    database,
    env,
    logs,
    payment_provider,
    rate_limits,
    sign_in,
    staff_groups,
    storage,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = env.path("MOG_VAR_DIR", BASE_DIR / "var")

VERSION = "0.1.0"
DEBUG = env.flag("DEBUG", default=False)
ENVIRONMENT = env.text("MOG_ENVIRONMENT", "development")
IS_PRODUCTION = ENVIRONMENT == "production"

SECRET_KEY = env.text("SECRET_KEY", "" if IS_PRODUCTION else "development-only-" + "mog" * 16)
ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS", "" if IS_PRODUCTION else "localhost,127.0.0.1,[::1],testserver"
)
PORT = env.integer("PORT", 8000)
SITE_URL = env.text("SITE_URL", f"http://localhost:{PORT}").rstrip("/")

# Who is told of holes in this site: `/.well-known/security.txt`.
SECURITY_CONTACT = env.text("SECURITY_CONTACT", "security@mog.md")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "mog_site.admin_app.MogAdminConfig",
    # Before our rooms: accounts/admin.py takes out of the admin what the library puts there.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.openid_connect",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "django_htmx",
    "mog_site",
    "releases",
    "payments",
    "scanning",
    "catalog",
    "accounts",
    "audit",
]

MIDDLEWARE = [
    "mog_site.middleware.OriginMiddleware",
    "mog_site.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mog_site.limits.BaselineLimitMiddleware",
    "mog_site.conditional.PublicReadMiddleware",
    "mog_site.middleware.HostMiddleware",
    "mog_site.content_origin.ContentOriginMiddleware",
    "mog_site.middleware.ErrorMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "mog_site.session_actor.SessionActorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mog_site.limits.PageLimitMiddleware",
]

ROOT_URLCONF = "mog_site.urls"
WSGI_APPLICATION = "mog_site.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.page_context.acting",
            ],
        },
    },
]

# --- Data

DATABASE_URL = env.text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'mog.sqlite3'}")
DATABASE_OWNER_URL = env.text("DATABASE_OWNER_URL", "")
DATABASES = {
    "default": database.from_url(DATABASE_URL, pool_size=env.integer("DATABASE_POOL_SIZE", 0)),
}
if DATABASE_OWNER_URL:
    DATABASES["owner"] = database.from_url(DATABASE_OWNER_URL)
# Cache, limits and broker of a site on more than one machine; empty keeps them in files.
REDIS_URL = env.text("REDIS_URL", "")
# Sets apart sites that share one Redis: their cache, their limits, and their queue of work.
CACHE_PREFIX = env.text("CACHE_PREFIX", "mog")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Everything runs on this one machine: SQLite, a cache file and a folder of files may serve.
SINGLE_HOST = env.flag("MOG_SINGLE_HOST", default=False)
# How the volume of the database is encrypted; a statement for whoever runs the site to make.
ENCRYPTION_AT_REST = env.text("MOG_ENCRYPTION_AT_REST", "")
STORAGES = storage.from_environment(VAR_DIR / "files", is_production=IS_PRODUCTION)
# A signed link opens an archive for this many seconds; no setting moves it.
LINK_SECONDS = storage.LINK_SECONDS
# Where files of strangers are served from; an origin of its own in production, so that none of them
# can ever act in this site's name.
CONTENT_URL = env.text("CONTENT_URL", SITE_URL).rstrip("/")
# Uploads on their way, on the volume of the files: a move there is a rename.
INCOMING_DIR = VAR_DIR / "incoming"
# ISO 4217; one for the whole marketplace.
CURRENCY = env.text("CURRENCY", "USD")

# --- Payments

# Whether anything here can cost money; a site that only gives away needs no keys.
PAYMENTS_ENABLED = env.flag("MOG_PAYMENTS", default=True)
# Development pays at its own stand-in, which `make dev` runs here.
PAYMENT_SANDBOX_PORT = payment_provider.sandbox_port(PORT)
_STRIPE = payment_provider.from_environment(
    sandbox_port=PAYMENT_SANDBOX_PORT, is_production=IS_PRODUCTION
)
STRIPE_SECRET_KEY = _STRIPE.secret_key
STRIPE_PUBLISHABLE_KEY = _STRIPE.publishable_key
STRIPE_WEBHOOK_SECRET = _STRIPE.webhook_secret
# Empty means Stripe itself; a system check refuses anything else in production.
STRIPE_API_URL = _STRIPE.api_url
# Production that moves no real money, such as a rehearsal, says so.
STRIPE_TEST_MODE = env.flag("STRIPE_TEST_MODE", default=False)
# What the marketplace keeps of each price, in percent.
PLATFORM_FEE_PERCENT = env.integer("PLATFORM_FEE_PERCENT", 10)
# How long a seller's part waits before it may be paid out: refunds and disputes come first.
EARNINGS_HOLD = env.seconds("EARNINGS_HOLD", timedelta(days=7))
# How long a buyer may take back what they have not fetched.
REFUND_WINDOW = env.seconds("REFUND_WINDOW", timedelta(days=14))
# Where sellers may live: ISO 3166, and what the provider pays to from the country of this site.
PAYOUT_COUNTRIES = env.words("PAYOUT_COUNTRIES", "US")
# What is owed to a vendor is paid out from here on.
PAYOUT_MINIMUM_CENTS = env.integer("PAYOUT_MINIMUM_CENTS", 1_000)

# --- People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.ProviderBackend"]
LOGIN_URL = "/sign-in"
STAFF_GROUPS = staff_groups.GROUPS
LOGIN_REDIRECT_URL = "/"
SESSION_IDLE_LIFETIME = env.seconds("SESSION_IDLE_LIFETIME", timedelta(days=14))
SESSION_COOKIE_AGE = int(SESSION_IDLE_LIFETIME.total_seconds())
# How long a proof of identity opens what asks for step-up.
STEP_UP_LIFETIME = env.seconds("STEP_UP_LIFETIME", timedelta(minutes=10))
# Secrets of second factors are written with the first key and read with any.
SECOND_FACTOR_KEYS = env.words(
    "SECOND_FACTOR_KEYS", "" if IS_PRODUCTION else "development-only-second-factor-key"
)
# So many wrong codes lock an account's codes for so long.
SECOND_FACTOR_ATTEMPTS = env.integer("SECOND_FACTOR_ATTEMPTS", 5)
SECOND_FACTOR_LOCK = env.seconds("SECOND_FACTOR_LOCK", timedelta(minutes=15))
# Whether the admin asks for one; no variable lets production do without.
STAFF_NEED_SECOND_FACTOR = IS_PRODUCTION
# One-time links without a provider, for `make dev` only; a system check refuses it in production.
DEV_SIGN_IN = env.flag("MOG_DEV_SIGN_IN", default=False)

ACCOUNT_ADAPTER = "accounts.provider_sign_in.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*"]
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE_URL.partition(":")[0]
MFA_ADAPTER = "accounts.second_factors.adapter.EncryptingAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# 33 bits, told from the six digits of an app by their number.
MFA_RECOVERY_CODE_DIGITS = 10
SOCIALACCOUNT_ADAPTER = "accounts.provider_sign_in.ProviderAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_QUERY_EMAIL = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = env.integer("OAUTH_TIMEOUT", 5)
SOCIALACCOUNT_PROVIDERS = sign_in.providers()
# Where forms of the sign-in pages may lead (CSP `form-action`).
SIGN_IN_ORIGINS = sign_in.origins(SOCIALACCOUNT_PROVIDERS)
# Where providers are not their real selves; a system check refuses any in production.
PROVIDER_URL_OVERRIDES = sign_in.url_overrides()

# --- Devices (RFC 8628)

# OAuth clients that may ask for a device code, and what people call them; all are public clients.
OAUTH_DEVICE_CLIENTS = {"mog-cli": "mog command line"}
OAUTH_DEVICE_CODE_LIFETIME = env.seconds("OAUTH_DEVICE_CODE_LIFETIME", timedelta(minutes=15))
# Seconds between two polls, until a device is told to slow down.
OAUTH_DEVICE_INTERVAL = env.integer("OAUTH_DEVICE_INTERVAL", 5)
# So many wrong entries lock session and account for so long.
DEVICE_CODE_ATTEMPTS = env.integer("DEVICE_CODE_ATTEMPTS", 5)
DEVICE_CODE_LOCK = env.seconds("DEVICE_CODE_LOCK", timedelta(minutes=15))
# More wrong entries in an hour, site-wide, are told to the operators.
DEVICE_CODE_ALARM = env.integer("DEVICE_CODE_ALARM", 100)
# So many invitations are mailed in a day for one person who invites, and to one address.
INVITATIONS_A_DAY = env.integer("INVITATIONS_A_DAY", 50)
INVITATIONS_TO_ADDRESS_A_DAY = env.integer("INVITATIONS_TO_ADDRESS_A_DAY", 5)

# --- Mail

# Without a mail server mails are files, for whoever develops to read.
EMAIL_HOST = env.text("EMAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_PORT = env.integer("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = env.integer("EMAIL_TIMEOUT", 10)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "mog@localhost")
# Who is told when something needs a person.
OPERATOR_EMAILS = env.words("OPERATOR_EMAILS")

# --- Browsers

TRUSTED_PROXIES = client_address.networks(env.words("TRUSTED_PROXIES"))
IS_SECURE = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = IS_SECURE and env.flag("SSL_REDIRECT", default=True)
# Probes come over plain HTTP from inside.
SECURE_REDIRECT_EXEMPT = [r"^health(/ready)?$"]
# Believed from trusted proxies only: OriginMiddleware drops it otherwise.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", 63_072_000) if IS_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.flag("HSTS_PRELOAD", default=False)
# Both bind hosts that are not this site's for years: the operator opts in, nobody warns.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# `__Host-` binds a cookie to this very host over TLS (RFC 6265bis section 4.1.3.2).
SESSION_COOKIE_NAME = "__Host-session" if IS_SECURE else "session"
SESSION_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_SECURE else "csrf"
CSRF_COOKIE_SECURE = IS_SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "mog_site.error_answers.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Language and time

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

STATIC_URL = "/static/"
# Development serves files where they lie; production what `collectstatic` has hashed.
STATIC_ROOT = BASE_DIR / "staticfiles" if IS_PRODUCTION else None
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not IS_PRODUCTION
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATICFILES_DIRS = [BASE_DIR / "static"]
CONTENT_SECURITY_POLICY = content_security.policy(site_url=SITE_URL, static_url=STATIC_URL)

# --- API and limits

CACHES = caching.from_urls(
    redis_url=REDIS_URL,
    file=VAR_DIR / "cache.sqlite3",
    prefix=CACHE_PREFIX,
)
RATE_LIMITS = rate_limits.from_environment()
API_BODY_BYTES = env.integer("API_BODY_BYTES", 1_000_000)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.BearerAuthentication"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "mog_site.json_body.JsonOnly",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_PARSER_CLASSES": ["mog_site.json_body.StrictJsonParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["mog_site.throttles.TierThrottle"],
    "EXCEPTION_HANDLER": "mog_site.error_answers.api_exception_handler",
    "NON_FIELD_ERRORS_KEY": "body",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "mog",
    "DESCRIPTION": "The marketplace for agent packages.",
    "VERSION": VERSION,
    "SCHEMA_PATH_PREFIX": "/v1",
    # Several kinds of state, each under its own name.
    "ENUM_NAME_OVERRIDES": {
        "ChargebackState": "payments.models.ChargebackState",
        "DisputeState": "releases.models.DisputeState",
        "InvitedRole": "accounts.models.invitation.ROLE_CHOICES",
        "ListingState": "catalog.models.ListingState",
        "TopUpState": "payments.models.TopUpState",
        "Role": "accounts.models.Role",
        "ReleaseState": "releases.models.release.STATE_CHOICES",
    },
    "PREPROCESSING_HOOKS": ["mog_site.openapi.only_v1"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "mog_site.openapi.document_errors",
    ],
}

# --- Logs

LOGGING = logs.configuration(
    is_json=env.flag("LOG_JSON", default=IS_PRODUCTION),
    level=env.text("LOG_LEVEL", "info").upper(),
)

# --- Audit

# Signs each event where it is written; every process has it.
AUDIT_EVENT_KEY = env.text("AUDIT_EVENT_KEY", "" if IS_PRODUCTION else "development-only-event-key")
# Chains, signs heads and tombstones; only the worker that seals, purges and verifies has it.
AUDIT_SEAL_KEY = env.text("AUDIT_SEAL_KEY", "" if IS_PRODUCTION else "development-only-seal-key")
AUDIT_ANCHOR_DIR = env.path("AUDIT_ANCHOR_DIR", VAR_DIR / "anchors")

# --- Scanning

# A child that reads a package is killed after so long.
SCAN_WALL_CLOCK = env.seconds("SCAN_WALL_CLOCK", timedelta(seconds=30))
SCAN_MEMORY_BYTES = env.integer("SCAN_MEMORY_BYTES", 512 * 1024 * 1024)
# The operator's own rules, which nobody is told of; empty means none.
SCAN_RULES_DIR = env.text("SCAN_RULES_DIR", "")
SCAN_RULES_DISABLED = env.words("SCAN_RULES_DISABLED")
SCAN_RULES_WATCHING = env.words("SCAN_RULES_WATCHING")

# --- Moderation

# By when a person should have looked: at what is held, at what a later scan has found, at what a
# seller contests.
REVIEW_HELD_WITHIN = env.seconds("REVIEW_HELD_WITHIN", timedelta(days=2))
REVIEW_RESCAN_WITHIN = env.seconds("REVIEW_RESCAN_WITHIN", timedelta(days=1))
REVIEW_DISPUTE_WITHIN = env.seconds("REVIEW_DISPUTE_WITHIN", timedelta(days=2))
# So many findings of one release can be contested in a day.
DISPUTES_A_DAY = env.integer("DISPUTES_A_DAY", 20)

# --- Packages that change hands

# How long a package that is offered to another vendor may be taken.
TRANSFER_OPEN_FOR = env.seconds("TRANSFER_OPEN_FOR", timedelta(days=7))
# So many packages one vendor may offer in a day: each is mail to somebody else.
TRANSFERS_A_DAY = env.integer("TRANSFERS_A_DAY", 10)

# --- Background work (mog_site/celery.py holds the schedule)

# A task ends within these; anything longer is several tasks.
CELERY_TASK_SOFT_TIME_LIMIT = int(timedelta(minutes=9).total_seconds())
CELERY_TASK_TIME_LIMIT = int(timedelta(minutes=10).total_seconds())
_BROKER = broker.from_url(
    REDIS_URL, folder=VAR_DIR / "broker", longest_task_seconds=CELERY_TASK_TIME_LIMIT
)
CELERY_BROKER_URL = _BROKER.url
CELERY_BROKER_TRANSPORT = _BROKER.transport
CELERY_BROKER_TRANSPORT_OPTIONS = _BROKER.options
CELERY_TASK_DEFAULT_QUEUE = CACHE_PREFIX
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A request that cannot enqueue says so at once; the sweep of its row sends the task later.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1, "interval_max": 0.1}
# A killed worker's message goes back to the broker: tasks may run twice, and are written for it.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
# Answers to remote control would pile up as files that nobody fetches.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = bool(REDIS_URL)
# Outcomes are rows, not messages.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
