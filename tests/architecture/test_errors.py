"""Every refusal of every room has one place in the one table, and the table is written down."""

import inspect
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps

from mog_site.errors import FORGED_FORM, RULES, UNKNOWN, Problem, Rule
from payments.stripe_port import errors as provider_errors

_ROOT = Path(__file__).resolve().parents[2]


def _rooms() -> list[str]:
    names = [config.name for config in apps.get_app_configs()]
    return [name for name in names if (_ROOT / name).is_dir() and find_spec(f"{name}.errors")]


def _refusals(room: str) -> list[type[Exception]]:
    """Return what a room's `errors.py` declares, without the root its refusals share."""
    module = import_module(f"{room}.errors")
    declared = [
        cls
        for _, cls in inspect.getmembers(module, inspect.isclass)
        if issubclass(cls, Exception) and cls.__module__ == module.__name__
    ]
    return [cls for cls in declared if Exception not in cls.__bases__]


def _of_the_provider() -> list[type[Exception]]:
    """Return what the payment provider's port declares: a room of its own inside another."""
    return list(provider_errors.ProviderError.__subclasses__())


_ANSWERS: list[Rule | Problem] = [*RULES.values(), UNKNOWN, FORGED_FORM]
_ALL = [refusal for room in _rooms() if room != "mog_site" for refusal in _refusals(room)]
_ALL += _of_the_provider()


def test_there_are_rooms_that_refuse() -> None:
    assert len(_ALL) > 5


@pytest.mark.parametrize("refusal", _ALL, ids=lambda cls: f"{cls.__module__}.{cls.__name__}")
def test_every_refusal_is_in_the_table(refusal: type[Exception]) -> None:
    assert any(cls in RULES for cls in refusal.__mro__), f"{refusal} has no status and no code"


def test_one_code_means_one_status() -> None:
    statuses: dict[str, set[int]] = {}
    for rule in _ANSWERS:
        statuses.setdefault(rule.code, set()).add(int(rule.status))
    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}


def test_the_page_of_codes_is_current() -> None:
    page = (_ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    written = set(re.findall(r"^\| (\d{3}) \| `([a-z_]+)` \| (.+) \|$", page, re.M))
    assert written == {(str(int(rule.status)), rule.code, rule.message) for rule in _ANSWERS}
