"""`mog buy --dry-run`: what buying would come to, and no purchase."""

from collections.abc import Callable
from typing import Any

import pytest

from mog_cli import program
from tests.mog_cli.marketplace import Marketplace
from tests.mog_cli.scripted_server import Answer, ScriptedServer

RunJson = Callable[..., tuple[int, dict[str, Any], str]]
TRY = ("buy", "acme/pdf-tools", "--dry-run")
QUOTE = {
    "id": "quo_1",
    "listing": "acme/pdf-tools",
    "priceCents": 490,
    "currency": "USD",
    "expiresAt": "2026-06-01T12:10:00Z",
    "decision": {"outcome": "allow", "reasons": []},
    "budgets": [
        {
            "policyId": "pol_1",
            "name": "Default",
            "leftTodayCents": 5000,
            "leftThisMonthCents": 20000,
        }
    ],
    "organization": None,
    "owned": False,
    "shortfallCents": 0,
    "walletFrozen": False,
}


@pytest.fixture(autouse=True)
def desk(market: Marketplace) -> ScriptedServer:
    """A server that quotes a package for 4.90 USD."""
    quote_with(market.server)
    return market.server


def quote_with(server: ScriptedServer, **changes: object) -> None:
    """Let a server quote so from now on."""
    server.on("POST /v1/quotes", Answer(201, {**QUOTE, **changes}))


@pytest.mark.parametrize(
    ("outcome", "reasons", "exit_code", "code"),
    [
        ("allow", [], 0, None),
        ("needs_approval", ["runs_code"], 2, "approval_required"),
        ("block", ["type_blocked"], 1, "policy_blocked"),
        ("something_new", [], 1, "policy_blocked"),
    ],
)
def test_it_exits_as_buying_would_and_buys_nothing(
    desk: ScriptedServer,
    run_json: RunJson,
    outcome: str,
    reasons: list[str],
    exit_code: int,
    code: str | None,
) -> None:
    quote_with(desk, decision={"outcome": outcome, "reasons": reasons})
    found, document, _ = run_json(*TRY)
    assert (found, document.get("code")) == (exit_code, code)
    told = document["data"] if exit_code == 0 else document["details"]
    assert (told["quoteId"], told["outcome"], told["reasons"]) == ("quo_1", outcome, reasons)
    assert told["budgets"][0]["leftTodayCents"] == 5000
    assert desk.requests_to("/v1/purchases") == []


@pytest.mark.parametrize(
    ("wallet", "exit_code", "code", "said"),
    [
        ({"shortfallCents": 205}, 2, "insufficient_funds", "The wallet lacks 2.05 USD."),
        ({"walletFrozen": True}, 1, "wallet_frozen", "The wallet is frozen"),
    ],
)
def test_a_wallet_that_cannot_pay_is_told_as_buying_would(
    desk: ScriptedServer,
    run_json: RunJson,
    wallet: dict[str, object],
    exit_code: int,
    code: str,
    said: str,
) -> None:
    quote_with(desk, **wallet)
    found, document, _ = run_json(*TRY)
    assert (found, document["code"]) == (exit_code, code)
    assert said in document["error"]
    assert "Nothing was bought." in document["error"]


def test_what_is_free_needs_no_wallet(desk: ScriptedServer, run_json: RunJson) -> None:
    quote_with(desk, priceCents=0, walletFrozen=True)
    assert run_json(*TRY)[0] == 0


def test_what_one_has_already_costs_nothing_whatever_else_is_said(
    desk: ScriptedServer, run_json: RunJson, capsys: pytest.CaptureFixture[str]
) -> None:
    denied = {"outcome": "block", "reasons": ["type_blocked"]}
    quote_with(desk, owned=True, decision=denied)
    assert run_json(*TRY, "--max-price", "1.00")[1]["data"]["isOwned"] is True
    assert program.run(TRY) == 0
    assert capsys.readouterr().out.startswith("You have acme/pdf-tools already")


def test_a_server_that_says_nothing_of_wallets_is_understood(
    desk: ScriptedServer, run_json: RunJson
) -> None:
    later = ("organization", "owned", "shortfallCents", "walletFrozen")
    earlier = {key: value for key, value in QUOTE.items() if key not in later}
    desk.on("POST /v1/quotes", Answer(201, earlier))
    assert run_json(*TRY)[0] == 0


def test_a_person_reads_price_decision_and_budgets(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run(TRY) == 0
    assert capsys.readouterr().out.splitlines() == [
        "acme/pdf-tools: 4.90 USD, at this price until 12:10 UTC",
        "Policy Default: 50.00 USD left today, 200.00 USD left this month",
        "Buying it would go through. Nothing was bought.",
    ]


@pytest.mark.parametrize(("most", "exit_code"), [("4.89", 1), ("4.90", 0)])
def test_a_price_above_the_limit_would_not_be_paid(
    run_json: RunJson, most: str, exit_code: int
) -> None:
    found, document, _ = run_json(*TRY, "--max-price", most)
    assert found == exit_code
    assert document.get("code") == ("price_changed" if exit_code else None)
