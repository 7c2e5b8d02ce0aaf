"""The examples of docs/cli.md have the shape of what the command really prints."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from mog_package import PackageType
from tests.mog_cli.conftest import ROOT
from tests.mog_cli.marketplace import Marketplace
from tests.mog_cli.scripted_server import (
    BUYER,
    POLICY,
    Answer,
    ScriptedServer,
    grant_of,
)
from tests.mog_cli.test_approvals import REFUSAL
from tests.mog_cli.test_search import LISTING

RunJson = Callable[..., tuple[int, dict[str, Any], str]]
TEXT = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```console\n\$ mog (.*)\n(.*)\n```", TEXT)
EVENT = re.findall(r"```json\n(.*)\n```", TEXT)


def shape_of(value: object) -> object:
    """Return the names and kinds in a document, without its values."""
    if isinstance(value, dict):
        return {name: shape_of(part) for name, part in value.items()}
    if isinstance(value, list):
        return [shape_of(value[0])] if value else []
    return type(value).__name__


@pytest.mark.parametrize(("command_line", "shown"), EXAMPLES)
def test_an_example_has_the_shape_of_the_answer(
    command_line: str,
    shown: str,
    server: ScriptedServer,
    market: Marketplace,
    project: object,
    run_json: RunJson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    example = json.loads(shown)
    market.put(more="targets: [claude-code]\n")
    market.put("acme/serve", kind=PackageType.MCP, more="targets: [claude-code]\n")
    if command_line.startswith(("list", "audit")):
        run_json("install", "acme/pdf-tools")
    if example.get("code") == "not_signed_in":
        monkeypatch.delenv("MOG_TOKEN")
    server.on("GET /v1/users/me", Answer(200, BUYER))
    server.on("GET /v1/spend-policies?limit=100", Answer(200, {"items": [POLICY]}))
    server.on("GET /v1/listings/acme/dear", Answer(200, {**LISTING, "state": "published"}))
    server.on("POST /v1/purchases", Answer(402, REFUSAL))
    exit_code, document, _ = run_json(*command_line.removesuffix(" --json").split())
    assert shape_of(document) == shape_of(example)
    assert (exit_code == 0) == example["ok"]
    assert document.get("code") == example.get("code")


def test_the_event_of_signing_in_has_the_shape_that_is_documented(
    server: ScriptedServer, environment: object, run_json: RunJson
) -> None:
    server.on("POST /v1/auth/device/start", Answer(200, grant_of(server, expiresIn=0)))
    _, _, said = run_json("auth")
    assert [shape_of(json.loads(said))] == [shape_of(json.loads(text)) for text in EVENT]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 9
