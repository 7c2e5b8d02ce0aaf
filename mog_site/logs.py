"""Log lines: JSON with the request id in production, plain text elsewhere, never with a secret."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

_request_id: ContextVar[str] = ContextVar("request_id", default="")

# A token of ours, whole or cut, and what may stand behind the words that announce a secret.
_SECRETS = (
    (re.compile(r"mog_(pat|cli|org)_[0-9A-Za-z]+"), r"mog_\1_[redacted]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 [redacted]"),
    (
        re.compile(
            r"(?i)\b((?:device_?code|user_?code|client_?secret|secret_?key|password|session\w*|csrf\w*|"
            r"__Host-\w+)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;}]+"
        ),
        r"\1[redacted]",
    ),
    (re.compile(r"([?&](?:code|state|token|signature)=)[^&\s]+"), r"\1[redacted]"),
    # The link of an invitation, also where it stands inside another address.
    (re.compile(r"(?i)((?:/|%2F)invites(?:/|%2F))[\w-]+"), r"\1[redacted]"),
    # The password in a URL such as a database's.
    (re.compile(r"(\w+://[^\s/:@]*):[^\s/@]+@"), r"\1:[redacted]@"),
)


@contextmanager
def request_id(value: str) -> Iterator[None]:
    """Put a request id on every line logged inside."""
    token = _request_id.set(value)
    try:
        yield
    finally:
        _request_id.reset(token)


def redacted(text: str) -> str:
    """Return a text without what looks like a secret."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


class TextFormatter(logging.Formatter):
    """Lines for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, redacted."""
        return redacted(super().format(record))


class JsonFormatter(logging.Formatter):
    """Lines for machines: one JSON object each."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, redacted."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redacted(record.getMessage()),
        }
        if _request_id.get():
            line["requestId"] = _request_id.get()
        if hasattr(record, "milliseconds"):
            line["milliseconds"] = record.milliseconds
        if record.exc_info:
            line["exception"] = redacted(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def configuration(*, is_json: bool, level: str) -> dict[str, Any]:
    """Return Django's LOGGING: everything to standard error, in one of the two forms."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": "mog_site.logs.JsonFormatter"},
            "text": {
                "()": "mog_site.logs.TextFormatter",
                "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            },
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "json" if is_json else "text",
            },
        },
        "root": {"handlers": ["stderr"], "level": level},
        # Django's default sends these to a console handler of its own in development.
        "loggers": {"django": {"handlers": [], "level": level, "propagate": True}},
    }
