"""What production must not start with. `manage.py check` lists it, every process refuses it."""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, run_checks
from django.core.exceptions import ImproperlyConfigured

from mog_site import caching
from scanning import isolation

TAG = "production"
# 50 characters of a good generator are beyond guessing (django.core.checks.security.base).
_KEY_LENGTH = 50
_KEY_VARIETY = 5
_AUDIT_KEY_LENGTH = 32
_HSTS_SECONDS = 31_536_000

_Check = Callable[[Any], Iterator[Error]]


def production(**_: Any) -> list[CheckMessage]:
    """Return everything that stands against starting; nothing outside production."""
    return [*reasons(settings)] if settings.IS_PRODUCTION else []


def reasons(given: Any) -> list[Error]:
    """Return what stands against starting production with the given settings."""
    return [error for check in _CHECKS for error in check(given)]


def require_safe_production() -> None:
    """Raise ImproperlyConfigured with every reason not to start; a server runs no checks itself."""
    refusals = [message for message in run_checks(tags=[TAG]) if message.is_serious()]
    if refusals:
        listed = "\n".join(f"- {reason.msg} {reason.hint or ''}" for reason in refusals)
        raise ImproperlyConfigured(f"this configuration must not run in production:\n{listed}")


def _debug(given: Any) -> Iterator[Error]:
    if given.DEBUG:
        yield Error("DEBUG shows everything to everybody.", hint="Unset DEBUG.", id="mog.E001")


def _secret_key(given: Any) -> Iterator[Error]:
    key = given.SECRET_KEY
    is_default = key.startswith(("development-only", "django-insecure"))
    if is_default or len(key) < _KEY_LENGTH or len(set(key)) < _KEY_VARIETY:
        yield Error(
            "SECRET_KEY can be guessed.",
            hint="Set it to 50 random characters or more.",
            id="mog.E002",
        )


def _hosts(given: Any) -> Iterator[Error]:
    if not given.ALLOWED_HOSTS or any(host.startswith("*") for host in given.ALLOWED_HOSTS):
        yield Error(
            "ALLOWED_HOSTS must name the site's hosts.",
            hint="Set it to the host of SITE_URL.",
            id="mog.E003",
        )


def _database(given: Any) -> Iterator[Error]:
    is_sqlite = given.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    if is_sqlite and not given.SINGLE_HOST:
        yield Error(
            "SQLite serves one machine only.",
            hint="Set DATABASE_URL to PostgreSQL, or MOG_SINGLE_HOST=1 if there is one machine.",
            id="mog.E004",
        )
    if not is_sqlite and "owner" not in given.DATABASES:
        yield Error(
            "The running role would own the tables, and could rewrite the audit trail.",
            hint="Set DATABASE_OWNER_URL to the role that migrates.",
            id="mog.E005",
        )
    if not is_sqlite and "owner" in given.DATABASES:
        roles = {given.DATABASES[alias]["USER"] for alias in ("default", "owner")}
        if len(roles) == 1:
            yield Error(
                "DATABASE_URL and DATABASE_OWNER_URL name the same role.",
                hint="Give the running site a role of its own.",
                id="mog.E006",
            )


def _sign_in(given: Any) -> Iterator[Error]:
    if given.DEV_SIGN_IN:
        yield Error(
            "Development links sign anybody in.", hint="Unset MOG_DEV_SIGN_IN.", id="mog.E007"
        )
    if given.PROVIDER_URL_OVERRIDES:
        names = ", ".join(given.PROVIDER_URL_OVERRIDES)
        yield Error(
            "Sign-in providers are not their real selves.", hint=f"Unset {names}.", id="mog.E008"
        )


def _cache(given: Any) -> Iterator[Error]:
    backend = given.CACHES["default"]["BACKEND"]
    if backend not in {caching.SQLITE, caching.REDIS}:
        yield Error(
            "The cache cannot count atomically, so limits would leak.",
            hint="Set REDIS_URL.",
            id="mog.E009",
        )
    if backend == caching.SQLITE and not given.SINGLE_HOST:
        yield Error(
            "A cache file serves one machine only.",
            hint="Set REDIS_URL, or MOG_SINGLE_HOST=1 if there is one machine.",
            id="mog.E010",
        )


def _tls(given: Any) -> Iterator[Error]:
    is_secure = (
        given.SITE_URL.startswith("https://")
        and given.SECURE_SSL_REDIRECT
        and given.SECURE_HSTS_SECONDS >= _HSTS_SECONDS
        and given.SESSION_COOKIE_SECURE
        and given.CSRF_COOKIE_SECURE
    )
    if not is_secure:
        yield Error(
            "The site would be reachable without TLS.",
            hint="Set SITE_URL to https://…, and leave the redirect and HSTS on.",
            id="mog.E011",
        )


def _encryption(given: Any) -> Iterator[Error]:
    storage = given.STORAGES["default"]
    is_bucket = storage["BACKEND"].startswith("storages.")
    if is_bucket and not storage["OPTIONS"]["object_parameters"].get("ServerSideEncryption"):
        yield Error(
            "The bucket stores files unencrypted.",
            hint="Set S3_ENCRYPTION to AES256 or aws:kms.",
            id="mog.E012",
        )
    if not is_bucket and not given.SINGLE_HOST:
        yield Error(
            "A folder of files serves one machine only.",
            hint="Set S3_BUCKET, or MOG_SINGLE_HOST=1 if there is one machine.",
            id="mog.E013",
        )
    if not given.ENCRYPTION_AT_REST:
        yield Error(
            "Nobody has stated that the database's volume is encrypted.",
            hint="Encrypt it, and say how in MOG_ENCRYPTION_AT_REST.",
            id="mog.E014",
        )


def _audit_keys(given: Any) -> Iterator[Error]:
    event_key, seal_key = given.AUDIT_EVENT_KEY, given.AUDIT_SEAL_KEY
    if _is_weak(event_key) or (seal_key and _is_weak(seal_key)):
        yield Error(
            "A key of the audit trail can be guessed.",
            hint="Set AUDIT_EVENT_KEY, and AUDIT_SEAL_KEY where it is needed, to 32 random"
            " characters or more.",
            id="mog.E015",
        )
    if event_key == seal_key:
        yield Error(
            "AUDIT_EVENT_KEY and AUDIT_SEAL_KEY are the same.",
            hint="Whoever writes events must not be able to seal them.",
            id="mog.E016",
        )


def _second_factor_keys(given: Any) -> Iterator[Error]:
    keys = given.SECOND_FACTOR_KEYS
    others = {given.SECRET_KEY, given.AUDIT_EVENT_KEY, given.AUDIT_SEAL_KEY}
    if not keys or any(_is_weak(key) or key in others for key in keys):
        yield Error(
            "Secrets of second factors would be stored under no key, or one that can be guessed.",
            hint="Set SECOND_FACTOR_KEYS to 32 random characters or more, used for nothing else.",
            id="mog.E022",
        )
    if not given.STAFF_NEED_SECOND_FACTOR:
        yield Error(
            "Staff could enter the admin without a second factor.",
            hint="Leave STAFF_NEED_SECOND_FACTOR on.",
            id="mog.E023",
        )


def _scan_isolation(_given: Any) -> Iterator[Error]:
    yield from isolation_errors(isolation.missing_layers())


def _content_origin(given: Any) -> Iterator[Error]:
    is_folder = not given.STORAGES["default"]["BACKEND"].startswith("storages.")
    if is_folder and given.CONTENT_URL == given.SITE_URL:
        yield Error(
            "Files of strangers would be served from the site's own origin.",
            hint="Set CONTENT_URL to another host that reaches this site.",
            id="mog.E018",
        )


def _payments(given: Any) -> Iterator[Error]:
    if given.STRIPE_API_URL:
        yield Error(
            "Payments would go to a stand-in of the provider.",
            hint="Unset STRIPE_API_URL.",
            id="mog.E019",
        )
    is_test_key = "_test_" in f"{given.STRIPE_SECRET_KEY} {given.STRIPE_PUBLISHABLE_KEY}"
    if is_test_key and not given.STRIPE_TEST_MODE:
        yield Error(
            "Payments would move no real money: a key is for tests.",
            hint="Set live keys, or STRIPE_TEST_MODE=1 if that is meant.",
            id="mog.E020",
        )
    needed = ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET")
    lacking = [name for name in needed if not getattr(given, name)]
    if given.PAYMENTS_ENABLED and lacking:
        yield Error(
            "Things here can cost money, and nobody could pay.",
            hint=f"Set {', '.join(lacking)}, or MOG_PAYMENTS=0 if everything is free.",
            id="mog.E021",
        )
    if not 0 <= given.PLATFORM_FEE_PERCENT <= 100:
        yield Error(
            "The marketplace would keep less than nothing of a price, or more than all of it.",
            hint="Set PLATFORM_FEE_PERCENT from 0 to 100.",
            id="mog.E022",
        )


def isolation_errors(lacking: tuple[str, ...]) -> Iterator[Error]:
    """Yield what stands against scanning on a system that lacks required layers."""
    if lacking:
        yield Error(
            f"Scans would not be isolated here: {', '.join(lacking)} is missing.",
            hint="Run on Linux 6.7 or later with libseccomp, and let containers use landlock.",
            id="mog.E017",
        )


def _is_weak(key: str) -> bool:
    return key.startswith("development-only") or len(key) < _AUDIT_KEY_LENGTH


_CHECKS: tuple[_Check, ...] = (
    _debug,
    _secret_key,
    _hosts,
    _database,
    _sign_in,
    _cache,
    _tls,
    _encryption,
    _audit_keys,
    _second_factor_keys,
    _scan_isolation,
    _content_origin,
    _payments,
)
