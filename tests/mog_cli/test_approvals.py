"""A purchase that a person has to approve: told with its link, waited for, taken up later."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mog_cli import program
from mog_cli.approval_request import ApprovalRequest
from mog_cli.approval_watch import ApprovalWatch
from mog_cli.client import Client
from mog_cli.connection import Connection
from mog_cli.errors import ApprovalUndecided
from mog_cli.output import Console
from mog_cli.patience import Patience
from tests.mog_cli.marketplace import Marketplace
from tests.mog_cli.scripted_server import Answer, ScriptedServer
from tests.mog_cli.terminal import on_terminal
from tests.mog_cli.test_buying import BOUGHT
from tests.mog_cli.test_search import LISTING

RunJson = Callable[..., tuple[int, dict[str, Any], str]]
URL = "https://mog.md/approvals/apr_1"
REFUSAL = {
    "code": "approval_required",
    "message": "A person has to approve this.",
    "requestId": "req_1",
    "approvalUrl": URL,
    "approvalId": "apr_1",
    "reasons": ["over_approval_threshold", "vendor_not_allowed"],
    "expiresAt": "2026-06-02T12:00:00Z",
}
NEEDED = Answer(402, REFUSAL)
BUY = ("buy", "acme/pdf-tools", "--yes")


def state(name: str, **headers: str) -> Answer:
    """Answer how the request stands."""
    return Answer(200, {"id": "apr_1", "state": name, "listing": "acme/pdf-tools"}, headers)


PENDING = state("pending", **{"Retry-After": "0"})


@pytest.fixture(autouse=True)
def shelf(market: Marketplace, project: Path) -> ScriptedServer:
    """A package for 4.90 USD that a person has to approve, and has."""
    server: ScriptedServer = market.server
    server.on("GET /v1/listings/acme/pdf-tools", Answer(200, {**LISTING, "state": "published"}))
    server.on("POST /v1/purchases", NEEDED, Answer(201, BOUGHT))
    server.on("GET /v1/approvals/apr_1", PENDING, PENDING, state("approved"))
    return server


def keys_of(server: ScriptedServer) -> list[str]:
    """Return the keys that purchases came with."""
    return [seen.headers["Idempotency-Key"] for seen in server.requests_to("/v1/purchases")]


class TestWithoutWaiting:
    def test_a_program_is_told_where_why_and_until_when(self, run_json: RunJson) -> None:
        exit_code, document, _ = run_json(*BUY)
        assert (exit_code, document["code"]) == (2, "approval_required")
        assert document["approvalUrl"] == URL
        assert document["approvalId"] == "apr_1"
        assert document["reasons"] == REFUSAL["reasons"]
        assert document["expiresAt"] == "2026-06-02T12:00:00+00:00"

    def test_a_person_reads_the_reasons_in_words_and_the_link_once(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert program.run(BUY) == 2
        said = capsys.readouterr().err
        assert "more than may be spent without asking; its vendor is not on the" in said
        assert "until 2026-06-02 12:00 UTC" in said
        assert said.count(URL) == 1

    def test_the_same_command_later_takes_the_approval_up(
        self, shelf: ScriptedServer, run_json: RunJson
    ) -> None:
        assert run_json(*BUY)[0] == 2
        assert run_json(*BUY)[0] == 0
        assert shelf.requests_to("/v1/approvals/apr_1") == []

    def test_installing_with_auto_buy_says_the_same(
        self, shelf: ScriptedServer, run_json: RunJson
    ) -> None:
        shelf.on("POST /v1/downloads", Answer(402, entitlement_required()))
        exit_code, document, _ = run_json("install", "acme/pdf-tools", "--auto-buy")
        assert (exit_code, document["approvalId"]) == (2, "apr_1")

    @pytest.mark.parametrize(
        "change",
        [
            {"expiresAt": "soon"},
            {"expiresAt": None},
            {"expiresAt": "2026-06-02T12:00:00"},
            {"reasons": None},
            {"reasons": [{"a": 1}, 7]},
            {"approvalUrl": "javascript:alert(1)"},
            {"approvalUrl": None},
            {"approvalId": 7},
        ],
    )
    def test_a_strange_refusal_is_still_a_humans_matter(
        self, shelf: ScriptedServer, run_json: RunJson, change: dict[str, object]
    ) -> None:
        shelf.on("POST /v1/purchases", Answer(402, {**REFUSAL, **change}))
        exit_code, document, _ = run_json(*BUY, "--wait-approval", "--timeout", "1")
        assert (exit_code, document["code"]) == (2, "approval_required")
        assert "javascript" not in json.dumps(document)


class TestWaiting:
    def test_the_same_purchase_goes_on_under_the_same_key(
        self, shelf: ScriptedServer, run_json: RunJson
    ) -> None:
        exit_code, document, _ = run_json(*BUY, "--wait-approval")
        assert exit_code == 0, document
        assert len(shelf.requests_to("/v1/approvals/apr_1")) == 3
        bodies = [seen.body for seen in shelf.requests_to("/v1/purchases")]
        assert (len(bodies), len(set(bodies)), len(set(keys_of(shelf)))) == (2, 1, 1)

    def test_a_program_learns_of_the_link_while_it_waits(self, run_json: RunJson) -> None:
        event = json.loads(run_json(*BUY, "--wait-approval")[2])
        assert (event["event"], event["approvalUrl"]) == ("approval_required", URL)

    def test_an_approval_that_another_run_has_used_is_no_obstacle(
        self, shelf: ScriptedServer, run_json: RunJson
    ) -> None:
        shelf.on("GET /v1/approvals/apr_1", state("used"))
        shelf.on("POST /v1/purchases", NEEDED, Answer(200, {**BOUGHT, "orderId": None}))
        assert run_json(*BUY, "--wait-approval")[0] == 0

    @pytest.mark.parametrize(
        ("found", "exit_code", "code"),
        [
            ("denied", 1, "approval_denied"),
            ("expired", 2, "approval_expired"),
            ("on_holiday", 1, "unexpected_answer"),
        ],
    )
    def test_what_is_not_approved_is_not_bought(
        self, shelf: ScriptedServer, run_json: RunJson, found: str, exit_code: int, code: str
    ) -> None:
        shelf.on("GET /v1/approvals/apr_1", PENDING, state(found))
        ended, document, _ = run_json(*BUY, "--wait-approval")
        assert (ended, document["code"]) == (exit_code, code)
        assert "approvalUrl" not in document
        assert len(keys_of(shelf)) == 1

    def test_a_price_that_rose_meanwhile_is_not_paid(
        self, shelf: ScriptedServer, run_json: RunJson
    ) -> None:
        risen = Answer(409, {"code": "price_changed", "message": "It costs more."})
        shelf.on("POST /v1/purchases", NEEDED, risen)
        exit_code, document, _ = run_json(*BUY, "--wait-approval")
        assert (exit_code, document["code"]) == (1, "price_changed")

    def test_an_approval_asked_for_again_is_told_and_not_waited_for_again(
        self, shelf: ScriptedServer, run_json: RunJson
    ) -> None:
        shelf.on("POST /v1/purchases", NEEDED)
        exit_code, document, _ = run_json(*BUY, "--wait-approval")
        assert (exit_code, document["code"]) == (2, "approval_required")
        assert len(keys_of(shelf)) == 2

    def test_too_long_a_wait_leaves_the_request_open(
        self, shelf: ScriptedServer, run_json: RunJson
    ) -> None:
        shelf.on("GET /v1/approvals/apr_1", state("pending", **{"Retry-After": "5"}))
        exit_code, document, _ = run_json(*BUY, "--wait-approval", "--timeout", "1")
        assert (exit_code, document["code"]) == (2, "approval_required")
        assert document["approvalUrl"] == URL
        assert "run the same command again" in document["error"]

    def test_a_token_that_ends_meanwhile_ends_the_wait(
        self, shelf: ScriptedServer, run_json: RunJson
    ) -> None:
        shelf.on("GET /v1/approvals/apr_1", Answer(401, {"code": "invalid_token", "message": "No"}))
        exit_code, document, _ = run_json(*BUY, "--wait-approval")
        assert (exit_code, document["code"]) == (1, "invalid_token")

    def test_installing_waits_before_it_locks_the_project(
        self, shelf: ScriptedServer, market: Marketplace, run_json: RunJson, project: Path
    ) -> None:
        link = market.put().link
        locked: list[bool] = []

        def decided(handler: Any) -> None:
            locked.append((project / ".mog" / "lock").exists())
            state("approved")(handler)

        shelf.on("GET /v1/approvals/apr_1", PENDING, decided)
        needed = Answer(402, entitlement_required())
        shelf.on("POST /v1/downloads", needed, Answer(200, link))
        exit_code, document, _ = run_json(
            "install", "acme/pdf-tools", "--auto-buy", "--wait-approval"
        )
        assert exit_code == 0, document
        assert locked == [False]
        assert len(set(keys_of(shelf))) == 1

    def test_what_frozen_refuses_is_neither_asked_for_nor_bought(
        self, shelf: ScriptedServer, run_json: RunJson
    ) -> None:
        shelf.on("POST /v1/downloads", Answer(402, entitlement_required()))
        line = ["install", "acme/pdf-tools", "--auto-buy", "--wait-approval", "--frozen"]
        exit_code, document, _ = run_json(*line)
        assert (exit_code, document["code"]) == (1, "lockfile_drift")
        assert keys_of(shelf) == []

    def test_waiting_to_install_needs_leave_to_buy(self, run_json: RunJson) -> None:
        exit_code, document, _ = run_json("install", "acme/pdf-tools", "--wait-approval")
        assert (exit_code, document["code"]) == (1, "usage")

    def test_a_server_that_restarts_is_asked_again(self, server: ScriptedServer) -> None:
        server.on("GET /v1/approvals/apr_1", *[Answer(503)] * 5, state("approved"))
        slept: list[float] = []
        with connected(server) as connection:
            watch = ApprovalWatch(
                Client(connection), Console(is_json=True), Patience(600, sleep=slept.append)
            )
            watch.wait(request(), listing="acme/pdf-tools")
        assert slept == [3.0]

    def test_patience_is_what_was_asked_for(self, server: ScriptedServer) -> None:
        server.on("GET /v1/approvals/apr_1", state("pending"))
        now = [0.0]

        def sleep(seconds: float) -> None:
            now[0] += seconds

        with connected(server) as connection:
            watch = ApprovalWatch(
                Client(connection),
                Console(is_json=True),
                Patience(60, clock=lambda: now[0], sleep=sleep),
            )
            with pytest.raises(ApprovalUndecided, match="within 60 s"):
                watch.wait(request(), listing="acme/pdf-tools")
        assert len(server.requests_to("/v1/approvals/apr_1")) == 21


@pytest.mark.processes
class TestOnATerminal:
    def test_a_person_sees_the_link_and_that_it_waits(self) -> None:
        exit_code, screen = on_terminal(*BUY, "--wait-approval")
        assert exit_code == 0, screen
        assert URL in screen
        assert "Waiting for the decision" in screen
        assert "Approved." in screen
        assert "acme/pdf-tools is yours" in screen

    @pytest.mark.parametrize("form", [(), ("--json",)])
    def test_ctrl_c_leaves_the_request_open_and_says_so(
        self, shelf: ScriptedServer, form: tuple[str, ...]
    ) -> None:
        shelf.on("GET /v1/approvals/apr_1", state("pending"))
        exit_code, screen = on_terminal(*BUY, "--wait-approval", *form, interrupted_at=URL)
        assert exit_code == 130, screen
        assert "is still open" in screen
        assert "Traceback" not in screen
        assert len(keys_of(shelf)) == 1


def entitlement_required() -> dict[str, object]:
    """Return what a server says of a package for 4.90 USD that is not owned."""
    return {"code": "entitlement_required", "message": "Buy it.", "details": {"priceCents": 490}}


def request() -> ApprovalRequest:
    """Return a request that waits for a person."""
    return ApprovalRequest("apr_1", URL, ("runs_code",), None)


def connected(server: ScriptedServer) -> Connection:
    """Return a connection that loses no time."""
    return Connection(origin=server.origin, console=Console(is_json=True), sleep=lambda _: None)
