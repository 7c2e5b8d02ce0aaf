"""The API client against a real server that misbehaves."""

import io
import logging
import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from mog_cli import __version__, streams
from mog_cli.connection import Call, Connection, Upload
from mog_cli.errors import ApiError, ConfigError, ConnectionFailed, UnexpectedAnswer
from mog_cli.output import Console
from mog_cli.retries import RetryPolicy
from tests.mog_cli import scripted_server
from tests.mog_cli.connecting import FINE, READ, WRITE, connected
from tests.mog_cli.scripted_server import TOKEN, Answer, ScriptedServer


def test_a_request_carries_the_token_and_says_who_asks(server: ScriptedServer) -> None:
    server.on("GET /v1/thing", FINE)
    with connected(server.origin) as connection:
        assert connection.exchange(READ) == {"fine": True}
    headers = server.seen[0].headers
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["User-Agent"] == f"mog/{__version__}"
    assert headers["Accept"] == "application/json"


def test_without_a_token_there_is_no_authorization(server: ScriptedServer) -> None:
    server.on("GET /v1/thing", FINE)
    with Connection(origin=server.origin, console=Console(is_json=False)) as connection:
        connection.exchange(READ)
    assert "Authorization" not in server.seen[0].headers


@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_busy_server_is_asked_again(server: ScriptedServer, status: int) -> None:
    server.on("GET /v1/thing", Answer(status), Answer(status), FINE)
    waits: list[float] = []
    with connected(server.origin, waits=waits) as connection:
        assert connection.exchange(READ) == {"fine": True}
    assert len(waits) == 2
    assert waits[0] < waits[1]


@pytest.mark.parametrize(
    ("fault", "said"), [(Answer(503), "is busy"), (scripted_server.reset, "does not answer")]
)
def test_a_person_is_told_why_it_takes_longer(
    server: ScriptedServer,
    fault: scripted_server.Behaviour,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streams, "shows_progress", lambda: True)
    server.on("GET /v1/thing", fault, FINE)
    with connected(server.origin) as connection:
        connection.exchange(READ)
    assert f"{server.origin} {said}; trying again in " in capsys.readouterr().err


def test_four_attempts_are_enough(server: ScriptedServer) -> None:
    server.on("GET /v1/thing", Answer(503))
    with connected(server.origin) as connection, pytest.raises(ApiError) as refusal:
        connection.exchange(READ)
    assert refusal.value.status == 503
    assert len(server.seen) == 4


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 500])
def test_a_settled_refusal_is_not_asked_again(server: ScriptedServer, status: int) -> None:
    server.on("GET /v1/thing", Answer(status))
    with connected(server.origin) as connection, pytest.raises(ApiError):
        connection.exchange(READ)
    assert len(server.seen) == 1


def test_what_may_not_happen_twice_is_sent_once(server: ScriptedServer) -> None:
    server.on("POST /v1/thing", Answer(503, headers={"Retry-After": "1"}))
    with connected(server.origin) as connection, pytest.raises(ApiError):
        connection.exchange(WRITE)
    assert len(server.seen) == 1


def test_retry_after_is_heeded(server: ScriptedServer) -> None:
    server.on("GET /v1/thing", Answer(429, headers={"Retry-After": "7"}), FINE)
    waits: list[float] = []
    with connected(server.origin, waits=waits) as connection:
        connection.exchange(READ)
    assert 7 <= waits[0] <= 7.5


def test_retry_after_may_be_a_date(server: ScriptedServer) -> None:
    moment = datetime.fromtimestamp(time.time(), tz=UTC) + timedelta(seconds=20)
    header = {"Retry-After": format_datetime(moment, usegmt=True)}
    server.on("GET /v1/thing", Answer(503, headers=header), FINE)
    waits: list[float] = []
    with connected(server.origin, waits=waits) as connection:
        connection.exchange(READ)
    assert 17 <= waits[0] <= 20.5


def test_a_long_retry_after_is_reported_instead_of_waited_for(server: ScriptedServer) -> None:
    server.on("GET /v1/thing", Answer(429, headers={"Retry-After": "600"}))
    with connected(server.origin) as connection, pytest.raises(ApiError) as refusal:
        connection.exchange(READ)
    assert "Try again in 600 s." in refusal.value.advice
    assert len(server.seen) == 1


def test_the_wait_is_really_waited(server: ScriptedServer) -> None:
    server.on("GET /v1/thing", Answer(429, headers={"Retry-After": "1"}), FINE)
    policy = RetryPolicy(base_seconds=0)
    with Connection(
        origin=server.origin, console=Console(is_json=False), policy=policy
    ) as connection:
        connection.exchange(READ)
    first, second = server.seen
    assert second.at - first.at >= 1


@pytest.mark.parametrize(
    "fault", [scripted_server.reset, scripted_server.truncated, scripted_server.garbage]
)
def test_a_broken_answer_is_asked_for_again(
    server: ScriptedServer, fault: scripted_server.Behaviour
) -> None:
    server.on("GET /v1/thing", fault, FINE)
    with connected(server.origin) as connection:
        assert connection.exchange(READ) == {"fine": True}


@pytest.mark.parametrize(
    "fault", [scripted_server.reset, scripted_server.truncated, scripted_server.garbage]
)
def test_a_broken_answer_to_a_write_is_told(
    server: ScriptedServer, fault: scripted_server.Behaviour
) -> None:
    server.on("POST /v1/thing", fault)
    with connected(server.origin) as connection, pytest.raises(ConnectionFailed) as failure:
        connection.exchange(WRITE)
    assert failure.value.code == "connection_lost"
    assert len(server.seen) == 1


def test_silence_ends_in_a_time_out(server: ScriptedServer) -> None:
    server.on("GET /v1/thing", scripted_server.silence(1))
    began_at = time.monotonic()
    with connected(server.origin) as connection, pytest.raises(ConnectionFailed) as failure:
        connection.exchange(READ)
    assert failure.value.code == "timeout"
    assert time.monotonic() - began_at < 1


@pytest.mark.parametrize("drip", [scripted_server.drip, scripted_server.drip_headers])
def test_an_answer_in_drips_ends_in_a_time_out(
    server: ScriptedServer, drip: scripted_server.Behaviour
) -> None:
    server.on("GET /v1/thing", drip)
    began_at = time.monotonic()
    with connected(server.origin) as connection, pytest.raises(ConnectionFailed) as failure:
        connection.exchange(READ)
    assert failure.value.code == "timeout"
    assert time.monotonic() - began_at < 3


def test_the_time_limit_holds_on_a_connection_that_is_used_again(server: ScriptedServer) -> None:
    server.on("GET /v1/thing", FINE, scripted_server.drip_headers)
    with connected(server.origin) as connection:
        connection.exchange(READ)
        with pytest.raises(ConnectionFailed) as failure:
            connection.exchange(READ)
    assert failure.value.code == "timeout"


def test_after_a_time_out_the_next_request_is_made_anew(server: ScriptedServer) -> None:
    server.on("GET /v1/thing", scripted_server.drip_headers, FINE)
    with connected(server.origin) as connection:
        with pytest.raises(ConnectionFailed):
            connection.exchange(READ)
        assert connection.exchange(READ) == {"fine": True}


def test_the_time_of_an_upload_is_its_own(server: ScriptedServer) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            time.sleep(0.3)
            return super().read(size)

    server.on("POST /v1/thing", FINE)
    upload = Upload({}, "archive", "a.zip", Slow(b"x" * 200_000))
    with connected(server.origin) as connection:
        assert connection.exchange(Call("POST", "/v1/thing", upload=upload)) == {"fine": True}


def test_a_slow_answer_to_an_upload_ends_in_a_time_out(server: ScriptedServer) -> None:
    server.on("POST /v1/thing", scripted_server.drip_headers)
    upload = Upload({}, "archive", "a.zip", io.BytesIO(b"x"))
    with connected(server.origin) as connection, pytest.raises(ConnectionFailed) as failure:
        connection.exchange(Call("POST", "/v1/thing", upload=upload))
    assert failure.value.code == "timeout"


def test_a_flood_is_cut_off(server: ScriptedServer) -> None:
    server.on("GET /v1/thing", Answer(200, b" " * 20_000))
    with connected(server.origin) as connection, pytest.raises(UnexpectedAnswer, match="too long"):
        connection.exchange(READ)


def test_a_port_where_nobody_listens(free_port: int) -> None:
    waits: list[float] = []
    with (
        connected(f"http://127.0.0.1:{free_port}", waits=waits) as connection,
        pytest.raises(ConnectionFailed, match="nothing listens there") as failure,
    ):
        connection.exchange(READ)
    assert failure.value.code == "server_unreachable"
    assert len(waits) == 3


def test_a_server_that_does_not_speak_tls(server: ScriptedServer) -> None:
    origin = server.origin.replace("http:", "https:")
    with connected(origin) as connection, pytest.raises(ConnectionFailed) as failure:
        connection.exchange(READ)
    assert failure.value.code == "tls_error"


def test_a_name_that_does_not_exist() -> None:
    def no_such_name(request: httpx.Request) -> httpx.Response:
        reason = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        raise httpx.ConnectError(str(reason), request=request) from reason

    with (
        Connection(
            origin="https://nowhere.invalid",
            console=Console(is_json=False),
            transport=httpx.MockTransport(no_such_name),
        ) as connection,
        pytest.raises(ConnectionFailed, match="could not be looked up") as failure,
    ):
        connection.exchange(READ)
    assert failure.value.code == "name_not_found"


def test_a_retry_after_without_end_is_no_fault(server: ScriptedServer) -> None:
    server.on("GET /v1/thing", Answer(429, headers={"Retry-After": "9" * 400}))
    with connected(server.origin) as connection, pytest.raises(ApiError):
        connection.exchange(READ)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY"])
def test_a_proxy_setting_that_cannot_be_used_is_named(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "gopher://127.0.0.1")
    with pytest.raises(ConfigError, match="can be set up"):
        Connection(origin="https://mog.md", console=Console(is_json=False))


def test_verbose_and_logs_show_no_token(
    server: ScriptedServer, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.on("GET /v1/thing", Answer(404, {"code": "x", "message": f"{TOKEN} is unknown"}))
    with connected(server.origin) as connection, pytest.raises(ApiError) as refusal:
        connection.exchange(READ)
    Console(is_json=False).fail(command="x", error=refusal.value)
    Console(is_json=True).fail(command="x", error=refusal.value)
    captured = capsys.readouterr()
    assert "GET /v1/thing: 404" in captured.err
    assert TOKEN not in captured.out + captured.err + caplog.text
