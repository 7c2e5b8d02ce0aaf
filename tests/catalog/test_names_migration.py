"""What search looks at follows its rows also in a table that a migration has made anew."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

pytestmark = pytest.mark.django_db

_MIGRATION = import_module("catalog.migrations.0003_names_alone_are_unique")


def triggers() -> set[str]:
    """Return the triggers on the table of listings."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'catalog_listing'"
        )
        return {name for (name,) in cursor.fetchall()}


def test_the_triggers_of_search_are_written_anew_where_they_were_lost() -> None:
    if connection.vendor != "sqlite":
        _MIGRATION._follow_changes(apps, SimpleNamespace(connection=connection))
        return  # nothing was lost, and nothing is written
    names = triggers()
    assert len(names) == 3
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TRIGGER {name}")
        editor = SimpleNamespace(connection=connection, execute=cursor.execute)
        _MIGRATION._follow_changes(apps, editor)
    assert triggers() == names
