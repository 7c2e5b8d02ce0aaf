"""What production refuses to start with, each by its own reason."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from mog_site import checks

_ROOT = Path(__file__).resolve().parent.parent.parent
_ENVIRONMENT = {
    "MOG_ENVIRONMENT": "production",
    "SITE_URL": "https://mog.example",
    "ALLOWED_HOSTS": "mog.example",
    "SECRET_KEY": "k3yQ" + "vZ8mJ2xR5tB7nW1c" * 4,
    "AUDIT_EVENT_KEY": "e" + "vZ8mJ2xR5tB7nW1c" * 2,
    "AUDIT_SEAL_KEY": "s" + "vZ8mJ2xR5tB7nW1c" * 2,
    "SECOND_FACTOR_KEYS": "f" + "vZ8mJ2xR5tB7nW1c" * 2,
    "DATABASE_URL": "postgresql://app:app@127.0.0.1:1/mog",
    "DATABASE_OWNER_URL": "postgresql://owner:owner@127.0.0.1:1/mog",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "S3_BUCKET": "mog",
    "S3_ENCRYPTION": "AES256",
    "MOG_ENCRYPTION_AT_REST": "LUKS on every database volume",
    "STRIPE_SECRET_KEY": "sk_live_x",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_x",
    "STRIPE_WEBHOOK_SECRET": "whsec_x",
}

Changed = Callable[..., subprocess.CompletedProcess[str]]


def _bucket(encryption: str) -> dict[str, Any]:
    parameters = {"ServerSideEncryption": encryption} if encryption else {}
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"object_parameters": parameters},
    }


_SQLITE = {"default": {"ENGINE": "django.db.backends.sqlite3"}}
_POSTGRES = "django.db.backends.postgresql"
_FOLDER = {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {}}}


_PROPER: dict[str, Any] = {
    "DEBUG": False,
    "SITE_URL": _ENVIRONMENT["SITE_URL"],
    "CONTENT_URL": "https://content.example",
    "SECRET_KEY": _ENVIRONMENT["SECRET_KEY"],
    "ALLOWED_HOSTS": ["mog.example"],
    "DATABASES": {
        "default": {"ENGINE": _POSTGRES, "USER": "app"},
        "owner": {"ENGINE": _POSTGRES, "USER": "owner"},
    },
    "SINGLE_HOST": False,
    "DEV_SIGN_IN": False,
    "PROVIDER_URL_OVERRIDES": [],
    "CACHES": {"default": {"BACKEND": "mog_site.redis_cache.AtomicRedisCache"}},
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 63_072_000,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "STORAGES": {"default": _bucket("AES256")},
    "ENCRYPTION_AT_REST": "LUKS",
    "AUDIT_EVENT_KEY": _ENVIRONMENT["AUDIT_EVENT_KEY"],
    "AUDIT_SEAL_KEY": _ENVIRONMENT["AUDIT_SEAL_KEY"],
    "SECOND_FACTOR_KEYS": [_ENVIRONMENT["SECOND_FACTOR_KEYS"]],
    "STAFF_NEED_SECOND_FACTOR": True,
    "PAYMENTS_ENABLED": True,
    "STRIPE_SECRET_KEY": _ENVIRONMENT["STRIPE_SECRET_KEY"],
    "STRIPE_PUBLISHABLE_KEY": _ENVIRONMENT["STRIPE_PUBLISHABLE_KEY"],
    "STRIPE_WEBHOOK_SECRET": _ENVIRONMENT["STRIPE_WEBHOOK_SECRET"],
    "STRIPE_API_URL": "",
    "STRIPE_TEST_MODE": False,
    "PLATFORM_FEE_PERCENT": 10,
}


def _reasons(**changes: Any) -> list[str | None]:
    return [error.id for error in checks.reasons(SimpleNamespace(**_PROPER | changes))]


def test_a_proper_production_starts() -> None:
    assert _reasons() == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"DEBUG": True}, "E001"),
        ({"SECRET_KEY": "short"}, "E002"),
        ({"SECRET_KEY": "a" * 60}, "E002"),
        ({"SECRET_KEY": "development-only-" + "mog" * 16}, "E002"),
        ({"ALLOWED_HOSTS": []}, "E003"),
        ({"ALLOWED_HOSTS": ["*"]}, "E003"),
        ({"DATABASES": _SQLITE}, "E004"),
        ({"DATABASES": {"default": {"ENGINE": _POSTGRES, "USER": "app"}}}, "E005"),
        (
            {
                "DATABASES": {
                    alias: {"ENGINE": _POSTGRES, "USER": "app"} for alias in ("default", "owner")
                }
            },
            "E006",
        ),
        ({"DEV_SIGN_IN": True}, "E007"),
        ({"PROVIDER_URL_OVERRIDES": ["GITHUB_URL"]}, "E008"),
        (
            {"CACHES": {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache"}}},
            "E009",
        ),
        ({"CACHES": {"default": {"BACKEND": "mog_site.sqlite_cache.SqliteCache"}}}, "E010"),
        ({"SITE_URL": "http://mog.example"}, "E011"),
        ({"SECURE_SSL_REDIRECT": False}, "E011"),
        ({"SECURE_HSTS_SECONDS": 0}, "E011"),
        ({"SESSION_COOKIE_SECURE": False}, "E011"),
        ({"CSRF_COOKIE_SECURE": False}, "E011"),
        ({"STORAGES": {"default": _bucket("")}}, "E012"),
        ({"STORAGES": _FOLDER}, "E013"),
        ({"ENCRYPTION_AT_REST": ""}, "E014"),
        ({"AUDIT_EVENT_KEY": ""}, "E015"),
        ({"AUDIT_EVENT_KEY": "development-only-event-key-long-enough"}, "E015"),
        ({"AUDIT_SEAL_KEY": "short"}, "E015"),
        ({"AUDIT_SEAL_KEY": _ENVIRONMENT["AUDIT_EVENT_KEY"]}, "E016"),
        (
            {
                "STORAGES": _FOLDER,
                "SINGLE_HOST": True,
                "CONTENT_URL": _ENVIRONMENT["SITE_URL"],
            },
            "E018",
        ),
        ({"SECOND_FACTOR_KEYS": []}, "E022"),
        ({"SECOND_FACTOR_KEYS": ["short"]}, "E022"),
        ({"SECOND_FACTOR_KEYS": ["development-only-second-factor-key"]}, "E022"),
        ({"SECOND_FACTOR_KEYS": [_ENVIRONMENT["SECOND_FACTOR_KEYS"], "short"]}, "E022"),
        ({"SECOND_FACTOR_KEYS": [_ENVIRONMENT["SECRET_KEY"]]}, "E022"),
        ({"SECOND_FACTOR_KEYS": [_ENVIRONMENT["AUDIT_SEAL_KEY"]]}, "E022"),
        ({"STAFF_NEED_SECOND_FACTOR": False}, "E023"),
        ({"STRIPE_API_URL": "http://127.0.0.1:9000"}, "E019"),
        ({"STRIPE_SECRET_KEY": "sk_test_x"}, "E020"),
        ({"STRIPE_SECRET_KEY": "rk_test_x"}, "E020"),
        ({"STRIPE_PUBLISHABLE_KEY": "pk_test_x"}, "E020"),
        ({"STRIPE_SECRET_KEY": ""}, "E021"),
        ({"STRIPE_PUBLISHABLE_KEY": ""}, "E021"),
        ({"STRIPE_WEBHOOK_SECRET": ""}, "E021"),
        ({"PLATFORM_FEE_PERCENT": -1}, "E022"),
        ({"PLATFORM_FEE_PERCENT": 101}, "E022"),
    ],
)
def test_it_refuses(change: dict[str, Any], reason: str) -> None:
    assert _reasons(**change) == [f"mog.{reason}"]


def test_only_the_sealing_worker_needs_its_key() -> None:
    assert _reasons(AUDIT_SEAL_KEY="") == []


def test_a_rehearsal_may_use_keys_for_tests() -> None:
    assert _reasons(STRIPE_SECRET_KEY="sk_test_x", STRIPE_TEST_MODE=True) == []


def test_a_site_that_gives_everything_away_needs_no_keys() -> None:
    assert _reasons(PAYMENTS_ENABLED=False, STRIPE_SECRET_KEY="", STRIPE_WEBHOOK_SECRET="") == []


def test_a_system_that_cannot_keep_a_scan_in_is_refused() -> None:
    errors = list(checks.isolation_errors(("limits", "namespaces or seccomp")))
    assert [error.id for error in errors] == ["mog.E017"]
    assert "limits, namespaces or seccomp" in errors[0].msg


def test_one_machine_may_run_on_files() -> None:
    cache = {"default": {"BACKEND": "mog_site.sqlite_cache.SqliteCache"}}
    assert _reasons(SINGLE_HOST=True, DATABASES=_SQLITE, STORAGES=_FOLDER, CACHES=cache) == []


def test_development_refuses_nothing(settings: Settings) -> None:
    settings.DEBUG = True
    assert checks.production() == []


@pytest.mark.django_db
def test_the_checks_of_django_pass_in_development() -> None:
    call_command("check", fail_level="WARNING")


@pytest.fixture
def run(tmp_path: Path) -> Changed:
    """Run Python in a complete production environment, with changes; None removes a variable."""

    def start(*arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        wanted = kept | _ENVIRONMENT | {"MOG_VAR_DIR": str(tmp_path)} | changes
        environment = {name: value for name, value in wanted.items() if value is not None}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=_ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return start


@pytest.mark.processes
def test_a_deployment_check_has_nothing_to_say(run: Changed) -> None:
    result = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


@pytest.mark.processes
def test_a_server_does_not_start_unsafe(run: Changed) -> None:
    result = run("-c", "import mog_site.wsgi", MOG_ENCRYPTION_AT_REST=None, MOG_DEV_SIGN_IN="1")
    assert result.returncode != 0
    assert "Nobody has stated that the database's volume is encrypted." in result.stderr
    assert "Development links sign anybody in." in result.stderr


@pytest.mark.processes
@pytest.mark.parametrize("role", ["worker", "beat"])
def test_no_worker_starts_unsafe_either(run: Changed, role: str) -> None:
    result = run("-m", "celery", "-A", "mog_site", role, MOG_ENCRYPTION_AT_REST=None)
    assert result.returncode != 0
    assert "Nobody has stated that the database's volume is encrypted." in result.stderr


@pytest.mark.processes
def test_a_production_without_secrets_does_not_start(run: Changed) -> None:
    result = run("manage.py", "check", SECRET_KEY=None)
    assert result.returncode != 0
    assert "SECRET_KEY" in result.stderr


@pytest.mark.processes
def test_no_production_pays_at_the_sandbox(run: Changed) -> None:
    result = run("manage.py", "check", STRIPE_API_URL="http://127.0.0.1:9000")
    assert result.returncode != 0
    assert "mog.E019" in result.stderr


@pytest.mark.processes
def test_no_production_gets_the_keys_of_the_sandbox(run: Changed) -> None:
    result = run("manage.py", "check", STRIPE_SECRET_KEY=None, STRIPE_WEBHOOK_SECRET=None)
    assert result.returncode != 0
    assert "Set STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET" in result.stderr


@pytest.mark.processes
def test_a_production_sends_cookies_bound_to_its_host(run: Changed) -> None:
    script = (
        "import django; django.setup(); from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE,"
        " s.SESSION_COOKIE_HTTPONLY, s.SECURE_HSTS_SECONDS)"
    )
    result = run("-c", script, DJANGO_SETTINGS_MODULE="mog_site.settings")
    assert result.stdout.split() == ["__Host-session", "__Host-csrf", "True", "True", "63072000"]
