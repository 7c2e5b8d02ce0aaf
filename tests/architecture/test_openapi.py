"""The description of the API that is committed is the one that the views make."""

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command

from mog_site import openapi

_ROOT = Path(__file__).resolve().parents[2]
# The leak report speaks as scanners of secrets do, in snake_case.
_FOREIGN = {"Verdict"}
_CAMEL = re.compile(r"[a-z][A-Za-z0-9]*")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The description as it is served."""
    served: dict[str, Any] = json.loads(openapi.document())
    return served


def test_the_file_is_current() -> None:
    made = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=made)
    file = _ROOT / "docs" / "openapi.yaml"
    assert made.getvalue() == file.read_text(encoding="utf-8"), "run `make openapi`"


def test_what_is_served_is_what_is_committed(document: dict[str, Any]) -> None:
    file = (_ROOT / "docs" / "openapi.yaml").read_text(encoding="utf-8")
    assert document == yaml.safe_load(file)


def test_only_the_api_is_described(document: dict[str, Any]) -> None:
    assert [path for path in document["paths"] if not path.startswith("/v1/")] == []


def test_every_operation_says_how_it_fails(document: dict[str, Any]) -> None:
    for operation in _operations(document):
        for status in ("401", "429", "500"):
            content = operation["responses"][status]["content"]["application/json"]
            assert content["schema"] == {"$ref": "#/components/schemas/Error"}


def test_names_are_camel_case(document: dict[str, Any]) -> None:
    ours = {k: v for k, v in document["components"]["schemas"].items() if k not in _FOREIGN}
    for schema in ours.values():
        for name in schema.get("properties", {}):
            assert _CAMEL.fullmatch(name), name


def test_no_limit_is_told(document: dict[str, Any]) -> None:
    text = json.dumps(document).lower()
    assert "per minute" not in text
    assert "ratelimit" not in text


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for item in document["paths"].values() for operation in item.values()]
