"""Two roles on PostgreSQL: one owns and migrates, one runs and may do no more than it must."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

_ALL = ("SELECT", "INSERT", "UPDATE", "DELETE")
_APPEND = ("SELECT", "INSERT")
_READ = ("SELECT",)


def privileges() -> dict[str, tuple[str, ...]]:
    """Return what the running role may do, by table; on one without a model: nothing."""
    tables = {
        model._meta.db_table: _privileges_of(model)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
    }
    return tables | {MigrationRecorder.Migration._meta.db_table: _READ}


def grant(owner: BaseDatabaseWrapper, *, role: str) -> None:
    """Give a role exactly that, and take from it and from everybody what it had beyond.

    owner: a connection as the role that owns the tables. In one transaction, so that a running site
    never meets a missing grant.
    """
    existing = set(owner.introspection.table_names())
    statements = [_on_everything(verb, role) for verb in ("REVOKE", "GRANT")]
    for table, allowed in sorted(privileges().items()):
        if table in existing:
            statements.append(_on_table(table, allowed, role))
    with transaction.atomic(using=owner.alias), owner.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def grant_after_migrate(using: str, **_: Any) -> None:
    """Renew the grants once a migration has run as the owner (Django's signal `post_migrate`)."""
    if using == "owner" and connections[using].vendor == "postgresql":
        grant(connections[using], role=settings.DATABASES["default"]["USER"])


def _privileges_of(model: Any) -> tuple[str, ...]:
    if getattr(model, "owner_only", False):
        return _READ
    return _APPEND if getattr(model, "append_only", False) else _ALL


def _on_everything(verb: str, role: str) -> sql.Composed:
    if verb == "REVOKE":
        text = (
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {0}, PUBLIC;"
            "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {0}, PUBLIC;"
            "REVOKE CREATE ON SCHEMA public FROM {0}, PUBLIC"
        )
    else:
        text = (
            "GRANT USAGE ON SCHEMA public TO {0};"
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {0}"
        )
    return sql.SQL(text).format(sql.Identifier(role))


def _on_table(table: str, allowed: tuple[str, ...], role: str) -> sql.Composed:
    return sql.SQL("GRANT {} ON {} TO {}").format(
        sql.SQL(", ").join(map(sql.SQL, allowed)), sql.Identifier(table), sql.Identifier(role)
    )
