"""A vendor may sell two listings of one slug: its own, and one that was handed over to it."""

from importlib import import_module

from django.db import migrations

_SEARCH = import_module("catalog.migrations.0002_search")


def _follow_changes(apps, editor):
    """Write the triggers of search anew, which SQLite loses with the table that it makes anew."""
    if editor.connection.vendor != "sqlite":
        return
    for statement in _SEARCH._SQLITE:
        if statement.startswith("CREATE TRIGGER"):
            editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_search")]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, _follow_changes),
        migrations.RemoveConstraint(
            model_name="listing", name="catalog_listing_slug_unique_in_vendor"
        ),
        migrations.RunPython(_follow_changes, migrations.RunPython.noop),
    ]
