"""What a client makes of an answer: whom it believes, and what it tells of a refusal."""

from datetime import UTC, datetime

import pytest

from mog_cli import tokens
from mog_cli.client import Client
from mog_cli.errors import ApiError, ConnectionFailed, UnexpectedAnswer
from mog_cli.output import Console
from tests.mog_cli.connecting import FINE, READ, WRITE, connected
from tests.mog_cli.scripted_server import ME, TOKEN, Answer, ScriptedServer, serving


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_the_token_stays_here(
    server: ScriptedServer, status: int
) -> None:
    with serving() as elsewhere:
        elsewhere.on("GET /v1/thing", FINE)
        header = {"Location": f"{elsewhere.origin}/v1/thing?leak"}
        server.on("GET /v1/thing", Answer(status, headers=header))
        with connected(server.origin) as connection, pytest.raises(UnexpectedAnswer) as refusal:
            connection.exchange(READ)
        assert elsewhere.seen == []
    assert elsewhere.origin in refusal.value.message
    assert "MOG_API_URL" in refusal.value.advice


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b"<html>Sign in to the hotel</html>", {"Content-Type": "text/html"}),
        Answer(200, b"[1, 2]"),
        Answer(200, b"[" * 9_000),
        Answer(200, b'{"a": \xff}'),
        Answer(200, b""),
    ],
)
def test_a_success_that_is_no_object_is_not_believed(
    server: ScriptedServer, answer: Answer
) -> None:
    server.on("GET /v1/thing", answer)
    with connected(server.origin) as connection, pytest.raises(UnexpectedAnswer, match="not as"):
        connection.exchange(READ)


def test_a_body_that_cannot_be_unpacked(server: ScriptedServer) -> None:
    server.on("GET /v1/thing", Answer(200, b"no gzip", {"Content-Encoding": "gzip"}))
    with connected(server.origin) as connection, pytest.raises(ConnectionFailed) as failure:
        connection.exchange(READ)
    assert failure.value.code == "unexpected_answer"


def test_a_refusal_keeps_the_servers_own_words(server: ScriptedServer) -> None:
    body = {
        "code": "scope_missing",
        "message": "This token may not sell.",
        "details": {"scope": "sell"},
        "requestId": "req_1",
    }
    server.on("GET /v1/thing", Answer(403, body))
    with connected(server.origin) as connection, pytest.raises(ApiError) as refusal:
        connection.exchange(READ)
    assert refusal.value.code == "scope_missing"
    assert refusal.value.message == "This token may not sell."
    assert refusal.value.details == {"server": {"scope": "sell"}, "requestId": "req_1"}
    assert refusal.value.exit_code == 1


def test_a_refusal_cannot_begin_a_line_of_its_own(
    server: ScriptedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {"code": "x", "message": "No.\r\nmog: FORGED", "requestId": "r\nmog: FORGED"}
    server.on("POST /v1/thing", Answer(500, body))
    with connected(server.origin) as connection, pytest.raises(ApiError) as refusal:
        connection.exchange(WRITE)
    Console(is_json=False).fail(command="x", error=refusal.value)
    assert "\nmog: FORGED" not in capsys.readouterr().err


def test_a_refusal_without_json_is_told_by_its_status(server: ScriptedServer) -> None:
    page = Answer(502, b"<html>Bad gateway</html>", {"Content-Type": "text/html"})
    server.on("POST /v1/thing", page)
    with connected(server.origin) as connection, pytest.raises(ApiError, match="status 502"):
        connection.exchange(WRITE)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (402, {"code": "approval_required", "approvalUrl": "https://mog.md/a/1"}),
        (403, {"code": "step_up_required", "details": {"stepUpUrl": "https://mog.md/a/1"}}),
    ],
)
def test_what_a_human_must_decide_carries_the_page(
    server: ScriptedServer, status: int, body: dict[str, object]
) -> None:
    server.on("GET /v1/thing", Answer(status, {"message": "Ask.", **body}))
    with connected(server.origin) as connection, pytest.raises(ApiError) as refusal:
        connection.exchange(READ)
    assert refusal.value.exit_code == 2
    assert refusal.value.approval_url == "https://mog.md/a/1"


def test_a_link_that_is_no_web_page_is_not_passed_on(server: ScriptedServer) -> None:
    body = {"code": "approval_required", "message": "Ask.", "approvalUrl": "file:///etc/passwd"}
    server.on("GET /v1/thing", Answer(402, body))
    with connected(server.origin) as connection, pytest.raises(ApiError) as refusal:
        connection.exchange(READ)
    assert refusal.value.exit_code == 2
    assert refusal.value.approval_url == ""


def test_the_account_is_read(server: ScriptedServer) -> None:
    server.on("GET /v1/users/me", Answer(200, ME))
    with connected(server.origin) as connection:
        account = Client(connection).me()
    assert account.username == "bob"
    assert account.scopes == ("download", "read")
    assert account.expires_at == datetime(2027, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        {**ME, "username": None},
        {**ME, "username": 7},
        {**ME, "credential": None},
        {**ME, "credential": {**ME["credential"], "expiresAt": "tomorrow"}},  # type: ignore[dict-item]
        {**ME, "organization": "acme"},
    ],
)
def test_an_account_with_holes_is_not_believed(
    server: ScriptedServer, body: dict[str, object]
) -> None:
    server.on("GET /v1/users/me", Answer(200, body))
    with connected(server.origin) as connection, pytest.raises(UnexpectedAnswer):
        Client(connection).me()


def test_revoking_needs_no_body_in_the_answer(server: ScriptedServer) -> None:
    server.on("POST /oauth/revoke", Answer(200, b""))
    with connected(server.origin) as connection:
        Client(connection).revoke(tokens.parse(TOKEN, origin="the test"))
    assert server.seen[0].body == f"token={TOKEN}&client_id=mog-cli".encode()


def test_a_page_of_a_proxy_is_no_revocation(server: ScriptedServer) -> None:
    server.on("POST /oauth/revoke", Answer(200, b"<html>", {"Content-Type": "text/html"}))
    with connected(server.origin) as connection, pytest.raises(UnexpectedAnswer):
        Client(connection).revoke(tokens.parse(TOKEN, origin="the test"))
