"""One request to the API and its answer: time limits, retries, nothing sent elsewhere."""

import contextlib
import json
import secrets
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, BinaryIO, Self

import httpx

from mog_cli import __version__, faults, refusals, retries
from mog_cli.deadlines import Deadline
from mog_cli.errors import ApiError, ConfigError, ConnectionFailed, MogError, UnexpectedAnswer
from mog_cli.output import Console
from mog_cli.retries import RetryPolicy
from mog_cli.tokens import Token

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Upload:
    """A form with one file, sent last and read from the disk as it goes."""

    fields: Mapping[str, str]
    file_field: str
    file_name: str
    file: BinaryIO


@dataclass(frozen=True, slots=True)
class Reply:
    """A success: its status and JSON object, and how long the server would have us wait."""

    status: int
    document: Json
    retry_after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much one answer may take."""

    connect_seconds: float = 10.0
    # Between two pieces of an answer, and for all of it.
    read_seconds: float = 30.0
    total_seconds: float = 60.0
    answer_bytes: int = 4_000_000


@dataclass(frozen=True, slots=True)
class Call:
    """What to ask.

    `asked_for`: whose absence a 404 tells.
    `is_repeatable`: asking twice does no harm, so a lost answer may be asked for again.
    `may_be_empty`: a success needs no body.
    `idempotency_key`: the same in every repetition, so that the server acts once.
    `upload`: a form with a file; how long it takes depends on the file and is not limited.
    """

    method: str
    path: str
    json_body: Mapping[str, object] | None = None
    form: Mapping[str, str] | None = None
    upload: Upload | None = None
    idempotency_key: str = ""
    asked_for: str = ""
    is_repeatable: bool = False
    may_be_empty: bool = False


class Connection:
    """A connection to one server, with or without a token; close it or use it in `with`.

    `is_token_given`: the token comes from MOG_TOKEN, so signing in would not replace it.
    `organization`: the one that every request acts for; none leaves that to the token.
    """

    def __init__(
        self,
        *,
        origin: str,
        console: Console,
        token: Token | None = None,
        is_token_given: bool = False,
        organization: str = "",
        transport: httpx.BaseTransport | None = None,
        limits: Limits | None = None,
        policy: RetryPolicy | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.origin = origin
        self._console = console
        self._token = token
        self._is_token_given = is_token_given
        self._organization = organization
        self._limits = limits or Limits()
        self._policy = policy or RetryPolicy()
        self._sleep = sleep
        self._deadline = Deadline()
        self._http = _open(origin=origin, transport=transport, limits=self._limits)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self._http.close()
        self._deadline.close()

    def exchange(self, call: Call) -> Json:
        """Return the JSON object the server answers with a status below 300.

        Raises ApiError, UnexpectedAnswer and ConnectionFailed.
        """
        return self.ask(call).document

    def ask(self, call: Call) -> Reply:
        """Return the same with what its headers say; raises the same."""
        attempt = 1
        while True:
            try:
                return self._attempt(call)
            except MogError as error:
                delay = self._delay(call, attempt=attempt, error=error)
                if delay is None:
                    raise
                how = "is busy" if isinstance(error, ApiError) else "does not answer"
            self._console.progress(f"{self.origin} {how}; trying again in {delay:.1f} s")
            self._sleep(delay)
            attempt += 1

    def _delay(self, call: Call, *, attempt: int, error: MogError) -> float | None:
        if not call.is_repeatable or not refusals.is_passing(error):
            return None
        return self._policy.delay(
            attempt=attempt,
            retry_after_seconds=getattr(error, "retry_after_seconds", None),
            spread=secrets.SystemRandom().random(),
        )

    def _attempt(self, call: Call) -> Reply:
        began_at = time.monotonic()
        try:
            with self._limited(), self._open(call) as response:
                content = self._read(response)
        except (httpx.TransportError, httpx.DecodingError) as error:
            self._console.trace(f"{call.method} {call.path}: {type(error).__name__}")
            raise faults.explain(error, origin=self.origin) from error
        self._trace(call, response, seconds=time.monotonic() - began_at)
        if call.may_be_empty and response.is_success and not content:
            return Reply(response.status_code, {})
        now = datetime.fromtimestamp(time.time(), tz=UTC)
        wait = retries.parse_retry_after(response.headers.get("Retry-After"), now=now)
        return Reply(response.status_code, self._understand(call, response, content), wait)

    def _limited(self) -> contextlib.AbstractContextManager[None]:
        refusal = ConnectionFailed(
            f"{self.origin} answered too slowly.",
            code="timeout",
            advice="Try again in a moment.",
            is_passing=False,
        )
        return self._deadline.limiting(self._limits.total_seconds, refusal=refusal)

    def _open(self, call: Call) -> contextlib.AbstractContextManager[httpx.Response]:
        headers = {"Authorization": f"Bearer {self._token.secret}"} if self._token else {}
        if self._organization:
            headers["X-Mog-Org"] = self._organization
        if call.idempotency_key:
            headers["Idempotency-Key"] = call.idempotency_key
        upload = call.upload
        return self._http.stream(
            call.method,
            f"{self.origin}{call.path}",
            json=call.json_body,
            data=upload.fields if upload else call.form,
            files={upload.file_field: (upload.file_name, upload.file)} if upload else None,
            headers=headers,
            extensions={"trace": self._uploading if upload else self._deadline.trace},
        )

    def _uploading(self, event: str, info: Mapping[str, Any]) -> None:
        """Count from the end of an upload: the time that it takes is its own."""
        self._deadline.trace(event, info)
        if event.endswith("send_request_body.started"):
            self._deadline.stop()
        elif event.endswith("send_request_body.complete"):
            self._deadline.restart()

    def _read(self, response: httpx.Response) -> bytes:
        """Return the body; a flood ends here and not in memory."""
        content = bytearray()
        for piece in response.iter_bytes():
            content += piece
            if len(content) > self._limits.answer_bytes:
                raise UnexpectedAnswer(f"The answer of {self.origin} is too long to be meant.")
        return bytes(content)

    def _understand(self, call: Call, response: httpx.Response, content: bytes) -> Json:
        if response.is_redirect:
            raise refusals.of_redirect(response, origin=self.origin)
        try:
            document = json.loads(content)
        except (ValueError, RecursionError):
            document = None
        if not response.is_success:
            now = datetime.fromtimestamp(time.time(), tz=UTC)
            raise refusals.of_status(
                response,
                document,
                origin=self.origin,
                now=now,
                asked_for=call.asked_for,
                is_token_given=self._is_token_given,
                organization=self._organization,
            )
        if not isinstance(document, dict):
            raise refusals.of_foreign_answer(response, origin=self.origin)
        return document

    def _trace(self, call: Call, response: httpx.Response, *, seconds: float) -> None:
        request_id = response.headers.get("X-Request-Id", "none")
        self._console.trace(
            f"{call.method} {call.path}: {response.status_code} in {seconds * 1000:.0f} ms, "
            f"request {request_id}"
        )


def _open(*, origin: str, transport: httpx.BaseTransport | None, limits: Limits) -> httpx.Client:
    try:
        return httpx.Client(
            # Redirects are never followed: a token must not travel to another address.
            follow_redirects=False,
            headers={"User-Agent": f"mog/{__version__}", "Accept": "application/json"},
            timeout=httpx.Timeout(limits.read_seconds, connect=limits.connect_seconds),
            transport=transport,
        )
    except (ValueError, ImportError, httpx.InvalidURL, ssl.SSLError, OSError) as error:
        # A proxy address that is none, a SOCKS proxy without its library, a missing certificate.
        raise ConfigError(
            f"No connection to {origin} can be set up: {error}.",
            advice="Check HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR.",
        ) from error
