"""Migrations: none missing, each room's in one line."""

from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

_ROOT = Path(__file__).resolve().parents[2]
_OURS = [c.label for c in apps.get_app_configs() if (_ROOT / c.name / "migrations").is_dir()]


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    """The migrations on disk; no database is asked."""
    return MigrationLoader(None)


def test_there_are_rooms_with_rows() -> None:
    assert {"accounts", "audit", "catalog", "payments", "releases", "scanning"} <= set(_OURS)


def test_no_change_of_a_model_lacks_its_migration(loader: MigrationLoader) -> None:
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    missing = detector.changes(graph=loader.graph)
    assert {label: found for label, found in missing.items() if label in _OURS} == {}


@pytest.mark.parametrize("label", _OURS)
def test_they_form_one_line(loader: MigrationLoader, label: str) -> None:
    names = sorted(name for app, name in loader.disk_migrations if app == label)
    numbers = [name.split("_")[0] for name in names]
    assert numbers == [f"{n:04d}" for n in range(1, len(names) + 1)]
    parents = Counter(
        parent
        for name in names
        for parent in loader.disk_migrations[label, name].dependencies
        if parent[0] == label
    )
    assert set(parents.values()) <= {1}


@pytest.mark.parametrize("label", _OURS)
def test_each_is_named_for_what_it_does(loader: MigrationLoader, label: str) -> None:
    names = [name for app, name in loader.disk_migrations if app == label]
    assert [name for name in names if "_auto_" in name] == []
