"""`mog buy` and `mog wallet`: an agreed price, one key, and honest words when it cannot be."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from mog_cli import program, streams
from tests.mog_cli.marketplace import Marketplace
from tests.mog_cli.scripted_server import ME, Answer, ScriptedServer
from tests.mog_cli.test_quoting import QUOTE
from tests.mog_cli.test_search import LISTING

RunJson = Callable[..., tuple[int, dict[str, Any], str]]
BOUGHT = {
    "entitlementId": "ent_1",
    "orderId": "ord_1",
    "listing": "acme/pdf-tools",
    "priceCents": 490,
    "status": "granted",
}
WALLET = {
    "balanceCents": 1000,
    "availableCents": 1000,
    "currency": "USD",
    "isFrozen": False,
    "frozenBecause": [],
    "owedCents": 0,
}
FREEZES = [
    {
        "reason": "disputed",
        "since": "2026-06-01T12:00:00Z",
        "topUpId": "top_1",
        "disputedCents": 2000,
    },
    {"reason": "moon_phase", "since": None, "topUpId": "", "disputedCents": 0},
]
LINES = [
    {
        "at": "2026-06-01T12:00:00Z",
        "what": "Purchase",
        "reference": "ord_1",
        "listing": "acme/pdf-tools",
        "amountCents": -490,
        "balanceCents": 510,
    }
]


@pytest.fixture(autouse=True)
def shelf(market: Marketplace, project: Path) -> ScriptedServer:
    """A package for 4.90 USD."""
    server: ScriptedServer = market.server
    server.on("GET /v1/listings/acme/pdf-tools", Answer(200, {**LISTING, "state": "published"}))
    server.on("POST /v1/purchases", Answer(201, BOUGHT))
    server.on("POST /v1/quotes", Answer(201, QUOTE))
    server.on("GET /v1/users/me", Answer(200, ME))
    return server


def asked_for(server: ScriptedServer) -> list[dict[str, Any]]:
    """Return what purchases have asked for."""
    return [json.loads(seen.body) for seen in server.requests_to("/v1/purchases")]


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        (["--max-price", "5.00"], 500),
        (["--max-price", "5"], 500),
        (["--yes"], 490),
    ],
)
def test_no_more_is_paid_than_was_agreed(
    shelf: ScriptedServer, run_json: RunJson, said: list[str], limit: int
) -> None:
    exit_code, document, _ = run_json("buy", "acme/pdf-tools", *said)
    assert exit_code == 0, document
    assert asked_for(shelf) == [{"listing": "acme/pdf-tools", "maxPriceCents": limit}]
    assert document["data"]["orderId"] == "ord_1"


def test_a_lost_answer_is_asked_for_under_the_same_key(
    shelf: ScriptedServer, run_json: RunJson
) -> None:
    shelf.on("POST /v1/purchases", Answer(503), Answer(201, BOUGHT))
    assert run_json("buy", "acme/pdf-tools", "--yes")[0] == 0
    keys = [seen.headers["Idempotency-Key"] for seen in shelf.requests_to("/v1/purchases")]
    assert (len(keys), len(set(keys))) == (2, 1)


def test_nobody_there_to_agree_is_a_humans_decision(
    shelf: ScriptedServer, run_json: RunJson
) -> None:
    exit_code, document, _ = run_json("buy", "acme/pdf-tools")
    assert (exit_code, document["code"]) == (2, "purchase_required")
    assert document["approvalUrl"] == LISTING["url"]
    assert "--max-price 4.90" in document["error"]
    assert asked_for(shelf) == []


@pytest.mark.parametrize(("answer", "bought"), [(True, 1), (False, 0)])
def test_a_person_is_asked(
    shelf: ScriptedServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: bool,  # noqa: FBT001 (a parameter of the test)
    bought: int,
) -> None:
    monkeypatch.setattr(streams, "is_interactive", lambda: True)
    monkeypatch.setattr(click, "confirm", lambda *_, **__: answer)
    assert program.run(["buy", "acme/pdf-tools"]) == (0 if answer else 1)
    assert len(asked_for(shelf)) == bought
    captured = capsys.readouterr()
    assert "acme/pdf-tools costs 4.90 USD." in captured.err
    if answer:
        assert captured.out.startswith("acme/pdf-tools is yours, order ord_1, 4.90 USD.")


def test_a_person_is_told_which_wallet_pays_though_the_token_alone_knows(
    shelf: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "is_interactive", lambda: True)
    monkeypatch.setattr(click, "confirm", lambda text, **_: text == "Pay from the wallet of acme?")
    shelf.on("POST /v1/quotes", Answer(201, {**QUOTE, "organization": "acme"}))
    assert program.run(["buy", "acme/pdf-tools"]) == 0
    assert len(asked_for(shelf)) == 1


def test_what_one_has_already_is_not_asked_about_and_not_paid_again(
    shelf: ScriptedServer, run_json: RunJson, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf.on("POST /v1/quotes", Answer(201, {**QUOTE, "owned": True}))
    shelf.on("POST /v1/purchases", Answer(200, BOUGHT))
    exit_code, document, _ = run_json("buy", "acme/pdf-tools")
    assert (exit_code, document["data"]["isNew"]) == (0, False)
    assert asked_for(shelf) == [{"listing": "acme/pdf-tools", "maxPriceCents": 0}]
    assert program.run(["buy", "acme/pdf-tools", "--yes"]) == 0
    assert "You have acme/pdf-tools already; nothing was paid." in capsys.readouterr().out


@pytest.mark.parametrize(
    "amount", ["", "-1", "4.9", "4,90", "1e3", "9" * 9, "NaN", "\N{ARABIC-INDIC DIGIT FIVE}"]
)
def test_what_is_no_amount_buys_nothing(
    shelf: ScriptedServer, run_json: RunJson, amount: str
) -> None:
    exit_code, document, _ = run_json("buy", "acme/pdf-tools", f"--max-price={amount}")
    assert (exit_code, document["code"]) == (1, "usage")
    assert asked_for(shelf) == []


def test_an_empty_wallet_says_how_much_and_where(shelf: ScriptedServer, run_json: RunJson) -> None:
    url = "https://mog.md/wallet/top-up"
    details = {"shortfallCents": 205, "topUpUrl": url}
    refusal = {"code": "insufficient_funds", "message": "Too little.", "details": details}
    shelf.on("POST /v1/purchases", Answer(402, refusal))
    exit_code, document, _ = run_json("buy", "acme/pdf-tools", "--yes")
    assert (exit_code, document["code"]) == (2, "insufficient_funds")
    assert "The wallet lacks 2.05 USD." in document["error"]
    assert document["approvalUrl"] == url


def test_a_person_reads_once_where_to_top_up(
    shelf: ScriptedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "https://mog.md/wallet/top-up"
    details = {"shortfallCents": 205, "topUpUrl": url}
    refusal = {"code": "insufficient_funds", "message": "Too little.", "details": details}
    shelf.on("POST /v1/purchases", Answer(402, refusal))
    assert program.run(["buy", "acme/pdf-tools", "--yes"]) == 2
    assert capsys.readouterr().err.count(url) == 1


@pytest.mark.parametrize(
    ("status", "code", "exit_code"), [(403, "policy_blocked", 1), (402, "approval_required", 2)]
)
def test_a_policy_says_why(
    shelf: ScriptedServer, run_json: RunJson, status: int, code: str, exit_code: int
) -> None:
    details = {"reasons": ["over_daily_limit", "vendor_not_allowed"]}
    refusal = {"code": code, "message": "Its owner can change it.", "details": details}
    shelf.on("POST /v1/purchases", Answer(status, refusal))
    found, document, _ = run_json("buy", "acme/pdf-tools", "--yes")
    assert (found, document["code"]) == (exit_code, code)
    assert "than is left for today; its vendor is not on the policy's list" in document["error"]


def test_a_price_that_rose_is_not_paid(shelf: ScriptedServer, run_json: RunJson) -> None:
    details = {"priceCents": 590, "maxPriceCents": 490}
    refusal = {"code": "price_changed", "message": "See `details.priceCents`.", "details": details}
    shelf.on("POST /v1/purchases", Answer(409, refusal))
    document = run_json("buy", "acme/pdf-tools", "--yes")[1]
    assert document["code"] == "price_changed"
    assert document["error"] == "It costs 5.90 USD, more than you would pay. Nothing was bought."


def test_installing_with_auto_buy_pays_the_price_that_was_told(
    shelf: ScriptedServer, market: Marketplace, run_json: RunJson
) -> None:
    link = market.put().link
    needed = {
        "code": "entitlement_required",
        "message": "Buy it.",
        "details": {"priceCents": 490},
    }
    shelf.on("POST /v1/downloads", Answer(402, needed), Answer(200, link))
    exit_code, document, said = run_json("install", "acme/pdf-tools", "--auto-buy")
    assert exit_code == 0, document
    assert asked_for(shelf) == [{"listing": "acme/pdf-tools", "maxPriceCents": 490}]
    assert json.loads(said.splitlines()[0])["priceCents"] == 490


class TestTheWallet:
    def test_it_says_what_is_in_it_and_what_moved(
        self, shelf: ScriptedServer, run_json: RunJson, capsys: pytest.CaptureFixture[str]
    ) -> None:
        shelf.on("GET /v1/wallet", Answer(200, WALLET))
        shelf.on("GET /v1/wallet/statement?limit=10", Answer(200, {"items": LINES}))
        exit_code, document, _ = run_json("wallet")
        assert exit_code == 0, document
        assert document["data"]["balanceCents"] == 1000
        assert document["data"]["statement"][0]["amountCents"] == -490
        assert program.run(["wallet"]) == 0
        text = capsys.readouterr().out
        assert text.splitlines() == [
            "Balance: 10.00 USD",
            "Date           Amount   Balance  What",
            "2026-06-01  -4.90 USD  5.10 USD  Purchase acme/pdf-tools",
        ]

    def test_a_frozen_one_says_why_and_what_is_owed(
        self, shelf: ScriptedServer, run_json: RunJson, capsys: pytest.CaptureFixture[str]
    ) -> None:
        frozen = {"isFrozen": True, "frozenBecause": FREEZES, "owedCents": 1500}
        shelf.on("GET /v1/wallet", Answer(200, {**WALLET, **frozen}))
        data = run_json("wallet", "--limit", "0")[1]["data"]
        assert (data["isFrozen"], data["owedCents"]) == (True, 1500)
        assert [each["reason"] for each in data["frozenBecause"]] == ["disputed", "moon_phase"]
        assert program.run(["wallet", "--limit", "0"]) == 0
        assert capsys.readouterr().out.splitlines()[1:] == [
            "Frozen: nothing can be spent.",
            "  since 2026-06-01: a bank looks into a payment; wait, or write to the marketplace"
            " (top-up top_1, 20.00 USD)",
            "  moon phase",
            "Owed: 15.00 USD; the next top-up pays it first.",
        ]

    def test_it_is_told_whose_it_is_though_the_token_alone_knows(
        self, shelf: ScriptedServer, run_json: RunJson, capsys: pytest.CaptureFixture[str]
    ) -> None:
        acme = {"id": "org_1", "slug": "acme", "name": "Acme Inc."}
        shelf.on("GET /v1/users/me", Answer(200, {**ME, "organization": acme}))
        shelf.on("GET /v1/wallet", Answer(200, WALLET))
        assert run_json("wallet", "--limit", "0")[1]["data"]["organization"] == "acme"
        assert program.run(["wallet", "--limit", "0"]) == 0
        assert capsys.readouterr().out.startswith("Wallet of acme\n")
