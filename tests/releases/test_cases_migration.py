"""Staff that could see the queue of reviews can see that of cases."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

pytestmark = pytest.mark.django_db

_MIGRATION = import_module("releases.migrations.0009_groups_keep_what_they_may")


def codenames(group: Group) -> list[str]:
    """Return what a group may."""
    return list(group.permissions.values_list("codename", flat=True))


def test_groups_keep_what_they_may_there_and_back() -> None:
    group = Group.objects.create(name="readers")
    group.permissions.add(Permission.objects.get(codename="view_case"))
    _MIGRATION._to_reviews(apps, None)
    assert codenames(group) == ["view_review"]
    _MIGRATION._to_cases(apps, None)
    assert codenames(group) == ["view_case"]
