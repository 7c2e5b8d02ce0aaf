"""Log lines: machines can read them, and no secret is in any."""

import json
import logging
import sys

import pytest

from accounts import token_format
from mog_site import logs


def _line(message: str, *args: object, error: BaseException | None = None) -> str:
    information = (type(error), error, None) if error else None
    record = logging.LogRecord("mog.test", logging.INFO, __file__, 1, message, args, information)
    return logs.JsonFormatter().format(record)


def test_a_line_is_one_json_object_with_the_request_id() -> None:
    with logs.request_id("req-1"):
        line = _line("hello\nworld %s", "ä")
    assert "\n" not in line
    assert json.loads(line) == {
        "at": json.loads(line)["at"],
        "level": "info",
        "logger": "mog.test",
        "message": "hello\nworld ä",
        "requestId": "req-1",
    }


def test_outside_a_request_there_is_no_id() -> None:
    assert "requestId" not in json.loads(_line("hello"))


@pytest.mark.parametrize("prefix", list(token_format.TokenPrefix))
def test_a_token_is_in_no_line(prefix: token_format.TokenPrefix) -> None:
    token = token_format.generate(prefix)
    secret = token.removeprefix(prefix)
    for line in (
        _line("got %s", token),
        _line(f"Authorization: Bearer {token}"),
        _line("failed", error=ValueError(f"bad token {token}")),
        _line("%r", {"headers": {"Authorization": f"Bearer {token}"}}),
    ):
        assert secret not in line
        assert "redacted" in line


@pytest.mark.parametrize(
    "path", ["/invites/k7Jq-_9z", "/sign-in?next=%2Finvites%2Fk7Jq-_9z", "next=/invites/k7Jq-_9z"]
)
def test_the_link_of_an_invitation_is_in_no_line(path: str) -> None:
    for line in (_line("Not Found: %s", path), _line("failed", error=ValueError(path))):
        assert "k7Jq" not in line
        assert "9z" not in line
        assert "redacted" in line


@pytest.mark.parametrize(
    "text",
    [
        "password=hunter2-long",
        "{'client_secret': 'hunter2-long'}",
        '{"deviceCode": "hunter2-long"}',
        "device_code=hunter2-long&x=1",
        "Cookie: __Host-session=hunter2-long",
        "Cookie: session=hunter2-long; csrf=hunter2-long",
        "postgresql://mog:hunter2-long@db/mog",
        "Basic hunter2-long",
        "GET /callback?state=hunter2-long&code=hunter2-long",
    ],
)
def test_no_other_secret_is_either(text: str) -> None:
    assert "hunter2" not in logs.redacted(text)


def test_ordinary_words_stay() -> None:
    text = "GET v1/tokens 200: 3 tokens listed, code not_found, state=pending"
    assert logs.redacted(text) == text


def test_people_get_plain_lines_just_as_clean() -> None:
    token = token_format.generate(token_format.TokenPrefix.PERSONAL)
    record = logging.LogRecord("mog", logging.INFO, __file__, 1, token, (), None)
    assert token not in logs.TextFormatter("%(message)s").format(record)


def test_an_exception_keeps_its_trace() -> None:
    try:
        raise RuntimeError("boom")
    except RuntimeError:
        record = logging.LogRecord("mog", 40, __file__, 1, "failed", (), sys.exc_info())
    assert "RuntimeError: boom" in json.loads(logs.JsonFormatter().format(record))["exception"]
