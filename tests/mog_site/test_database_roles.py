"""The running role on PostgreSQL: exactly what it needs, granted by the owner, again and again."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from audit.models import Event, Tombstone
from mog_site.database_roles import privileges

pytestmark = [pytest.mark.postgres, pytest.mark.processes]

_ROOT = Path(__file__).resolve().parent.parent.parent
_PASSWORD = "roles"


@dataclass(frozen=True, slots=True)
class Site:
    """A database of its own with an owner and a running role, neither of them a superuser."""

    owner_url: str
    running_url: str
    running_role: str

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a management command of the product on it."""
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "mog_site.settings",
            "DATABASE_URL": self.running_url,
            "DATABASE_OWNER_URL": self.owner_url,
        }
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=_ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A migrated site."""
    superuser = os.environ["TEST_DATABASE_URL"]
    name = f"mog_roles_{uuid.uuid4().hex[:12]}"
    owner, running = f"{name}_owner", f"{name}_app"
    maintenance = urlunsplit(urlsplit(superuser)._replace(path="/postgres"))
    with psycopg.connect(maintenance, autocommit=True) as connection:
        for role in (owner, running):
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(_PASSWORD)
                )
            )
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(name), sql.Identifier(owner)
            )
        )
        try:
            made = Site(_url(superuser, owner, name), _url(superuser, running, name), running)
            migrated = made.manage("migrate", "--verbosity", "0")
            assert migrated.returncode == 0, migrated.stderr
            yield made
        finally:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )
            for role in (owner, running):
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def _url(superuser: str, role: str, name: str) -> str:
    parts = urlsplit(superuser)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{_PASSWORD}@{host}", path=f"/{name}"))


def _held(site: Site) -> dict[str, set[str]]:
    """Return what the running role may do with each table, as the database sees it."""
    with psycopg.connect(site.owner_url) as connection:
        rows = connection.execute(
            "SELECT tablename, privilege FROM pg_tables,"
            " unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER'])"
            " AS privilege WHERE schemaname = 'public'"
            " AND has_table_privilege(%s, quote_ident(tablename), privilege)",
            [site.running_role],
        ).fetchall()
    held: dict[str, set[str]] = {}
    for table, privilege in rows:
        held.setdefault(table, set()).add(privilege)
    return held


def test_it_holds_exactly_what_the_models_say(site: Site) -> None:
    assert _held(site) == {table: set(allowed) for table, allowed in privileges().items()}


def test_it_may_add_to_the_trail_and_never_change_it(site: Site) -> None:
    event = Event._meta.db_table
    assert _held(site)[event] == {"SELECT", "INSERT"}
    with psycopg.connect(site.running_url, autocommit=True) as connection:
        for statement in (f"UPDATE {event} SET chain = ''", f"DELETE FROM {event}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(sql.SQL(statement))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(event)))


def test_what_only_the_owner_writes_it_may_only_read(site: Site) -> None:
    assert _held(site)[Tombstone._meta.db_table] == {"SELECT"}


def test_it_owns_nothing_and_makes_nothing(site: Site) -> None:
    with psycopg.connect(site.running_url, autocommit=True) as connection:
        owned = connection.execute(
            "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
        ).fetchone()
        assert owned == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (id int)")


def test_migrating_again_takes_back_what_somebody_has_added(site: Site) -> None:
    with psycopg.connect(site.owner_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("GRANT UPDATE, TRUNCATE ON audit_event TO {}").format(
                sql.Identifier(site.running_role)
            )
        )
        connection.execute("GRANT DELETE ON audit_event TO PUBLIC")
    assert {"UPDATE", "DELETE", "TRUNCATE"} < _held(site)["audit_event"]
    assert site.manage("migrate", "--verbosity", "0").returncode == 0
    assert _held(site)["audit_event"] == {"SELECT", "INSERT"}


def test_the_site_works_as_the_running_role(site: Site) -> None:
    script = (
        "from accounts.models import User; u = User.objects.create_user('alice');"
        "u.display_name = 'A'; u.save(); print(User.objects.count()); u.delete()"
    )
    result = site.manage("shell", "--no-imports", "-c", script)
    assert (result.returncode, result.stdout.strip()) == (0, "1"), result.stderr


def test_the_running_role_does_not_migrate(site: Site) -> None:
    result = site.manage("migrate", "--database", "default")
    assert result.returncode != 0
    assert "must not own tables" in result.stderr
