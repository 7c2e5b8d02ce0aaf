"""Staff that could see the queue of reviews can see that of cases."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection

pytestmark = pytest.mark.django_db

# Of a schema editor it asks for the connection only.
_EDITOR = SimpleNamespace(connection=connection)
_MIGRATION = import_module("releases.migrations.0009_groups_keep_what_they_may")


def codenames(group: Group) -> list[str]:
    """Return what a group may."""
    return list(group.permissions.values_list("codename", flat=True))


def test_groups_keep_what_they_may_there_and_back() -> None:
    group = Group.objects.create(name="readers")
    group.permissions.add(Permission.objects.get(codename="view_case"))
    _MIGRATION._to_reviews(apps, _EDITOR)
    assert codenames(group) == ["view_review"]
    _MIGRATION._to_cases(apps, _EDITOR)
    assert codenames(group) == ["view_case"]
