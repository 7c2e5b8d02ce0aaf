"""The cast, the moment, the databases: what every test may lean on."""

import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connections
from django.test import Client, TransactionTestCase
from pytest_django import DjangoDbBlocker

from accounts.models import User
from mog_site.celery import app
from tests import databases
from tests.factories.accounts import UserFactory

pytest_plugins = ["tests.live", "tests.chromium", "tests.workers", "tests.payment_sandbox"]


@pytest.fixture(scope="session")
def migrated_copies(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder for migrated databases, kept for the next run where pytest keeps anything."""
    if request.config.pluginmanager.has_plugin("cacheprovider"):
        return request.config.cache.mkdir("migrated")
    return tmp_path_factory.mktemp("copies")


@pytest.fixture(scope="session")
def django_db_setup(
    migrated_copies: Path,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_keepdb: bool,  # noqa: FBT001 (a fixture of the plugin)
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Make the test database as its owner; tests then run as the restricted role."""
    with django_db_blocker.unblock():
        made = databases.made_by_owner(verbosity=0, keep=django_db_keepdb, copies=migrated_copies)
        made.__enter__()
    yield
    with django_db_blocker.unblock():
        made.__exit__(None, None, None)


def _empty_database(_case: TransactionTestCase) -> None:
    databases.empty(connections["default"])


# Django's own flush truncates as the running role, which may not touch append-only tables.
TransactionTestCase._fixture_teardown = _empty_database  # type: ignore[attr-defined]  # private


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    """Let no test be limited by what another has sent."""
    cache.clear()


@pytest.fixture(autouse=True)
def _no_anchors() -> None:
    """Forget the heads of chains that went with the rows of another test: they would look cut."""
    shutil.rmtree(settings.AUDIT_ANCHOR_DIR, ignore_errors=True)


@pytest.fixture
def now() -> datetime:
    """One moment for a whole test."""
    return datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def alice(db: None) -> User:
    """Publishes."""
    return UserFactory.create(username="alice")


@pytest.fixture
def bob(db: None) -> User:
    """Buys."""
    return UserFactory.create(username="bob")


@pytest.fixture
def charlie(db: None) -> User:
    """A stranger: refused everywhere."""
    return UserFactory.create(username="charlie")


@pytest.fixture
def mailbox() -> Iterator[list[EmailMessage]]:
    """The mails that were sent, by a worker that works at once."""
    app.conf.task_always_eager = True
    app.conf.task_eager_propagates = True
    yield mail.outbox
    app.conf.task_always_eager = False
    app.conf.task_eager_propagates = False


@pytest.fixture
def api_client() -> Client:
    """A client without cookies, for the API's door."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def free_port() -> int:
    """A loopback port nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
