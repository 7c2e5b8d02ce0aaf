"""Test databases: made by their owner, used as the restricted role, emptied past every trigger."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import setup_databases, teardown_databases
from psycopg import sql
from psycopg.conninfo import make_conninfo

from mog_site import database_roles
from tests import migrated
from tests.settings import RUNTIME_PASSWORD

# Filled by migrations and the same in every test.
_KEPT_TABLES = frozenset({"auth_permission", "django_content_type", "django_migrations"})


@contextmanager
def made_by_owner(*, verbosity: int, keep: bool, copies: Path) -> Iterator[None]:
    """Create the test database as its owner, then let `default` be the restricted role.

    copies: a folder for what may be of use to the next run.
    """
    connection = connections["default"]
    if connection.vendor != "postgresql":
        file = Path(connection.settings_dict["TEST"]["NAME"])
        is_migrated = migrated.lay_out(file, from_folder=copies)
        configuration = setup_databases(
            verbosity=verbosity,
            interactive=False,
            aliases={"default": None},
            keepdb=keep or is_migrated,
        )
        if not is_migrated:
            migrated.keep(file, in_folder=copies)
        yield
        teardown_databases(configuration, verbosity=verbosity, keepdb=keep)
        return
    restricted = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD")}
    owner = {name: connections["owner"].settings_dict[name] for name in ("USER", "PASSWORD")}
    _ensure_role(restricted["USER"])
    connection.settings_dict.update(owner)
    configuration = setup_databases(
        verbosity=verbosity, interactive=False, aliases={"default": None}, keepdb=keep
    )
    connections["owner"].close()
    connections["owner"].settings_dict["NAME"] = connection.settings_dict["NAME"]
    database_roles.grant(connections["owner"], role=restricted["USER"])
    _become(connection, restricted)
    yield
    connections["owner"].close()
    _become(connection, owner)
    teardown_databases(configuration, verbosity=verbosity, keepdb=keep)


def empty(connection: BaseDatabaseWrapper) -> None:
    """Delete every row a test may have written, append-only ones too, as no running role could."""
    tables = {
        table
        for table in connection.introspection.django_table_names(only_existing=True)
        if table not in _KEPT_TABLES
    }
    if connection.vendor == "postgresql":
        _empty_postgresql(sorted(tables))
    else:
        _empty_sqlite(connection, sorted(tables))


@contextmanager
def without_triggers(connection: BaseDatabaseWrapper) -> Iterator[Callable[[str], object]]:
    """Let a test change what nobody may change, as a superuser or a restored backup would.

    What it runs is undone with the test on SQLite only: on PostgreSQL another connection runs it,
    so the test needs `transactional_db` and rows that are committed.
    """
    if connection.vendor == "postgresql":
        parameters = connections["owner"].get_connection_params()
        with psycopg.connect(make_conninfo(**_libpq(parameters))) as owner:
            owner.execute("SET session_replication_role = replica")
            yield lambda statement: owner.execute(statement.encode())
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        triggers = _refusing_triggers(cursor)
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield cursor.execute
        for _, definition in triggers:
            cursor.execute(definition)
        cursor.execute("PRAGMA ignore_check_constraints = OFF")


def url(connection: BaseDatabaseWrapper) -> str:
    """Return the URL under which another process reaches the test database as the same role."""
    settings: dict[str, Any] = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    user = f"{quote(settings['USER'])}:{quote(settings['PASSWORD'])}"
    query = urlencode({"host": settings["HOST"]}) if settings["HOST"] else ""
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    return f"postgresql://{user}@{port}/{settings['NAME']}?{query}"


def append_only_tables() -> list[str]:
    """Return the tables whose rows the running role may neither change nor delete."""
    return sorted(
        model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False)
    )


def _ensure_role(name: str) -> None:
    with connections["owner"]._nodb_cursor() as cursor:
        # Workers of one run share the role, and PostgreSQL refuses to alter one twice at once.
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        verb = "ALTER" if cursor.fetchone() else "CREATE"
        statement = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}")
        cursor.execute(
            statement.format(sql.SQL(verb), sql.Identifier(name), sql.Literal(RUNTIME_PASSWORD))
        )


def _become(connection: BaseDatabaseWrapper, role: dict[str, str]) -> None:
    connection.close()
    connection.settings_dict.update(role)


def _libpq(parameters: dict[str, Any]) -> dict[str, Any]:
    names = ("dbname", "user", "password", "host", "port")
    return {name: parameters[name] for name in names if name in parameters}


def _empty_postgresql(tables: list[str]) -> None:
    statements: list[sql.Composable] = [sql.SQL("SET session_replication_role = replica")]
    statements += [sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in tables]
    # A connection past Django's: its tests forbid an alias that the test did not name.
    parameters = connections["owner"].get_connection_params()
    with psycopg.connect(make_conninfo(**_libpq(parameters))) as connection:
        connection.execute(sql.SQL(";").join(statements))


def _empty_sqlite(connection: BaseDatabaseWrapper, tables: list[str]) -> None:
    with connection.cursor() as cursor, connection.constraint_checks_disabled():
        triggers = _refusing_triggers(cursor)
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        for table in tables:
            cursor.execute(f'DELETE FROM "{table}"')
        for _, definition in triggers:
            cursor.execute(definition)


def _refusing_triggers(cursor: Any) -> list[tuple[str, str]]:
    # Only those that refuse; others keep tables in step, such as the words of search.
    triggers_that = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND"
    cursor.execute(f"{triggers_that} sql LIKE '%RAISE(%'")
    found: list[tuple[str, str]] = cursor.fetchall()
    return found
