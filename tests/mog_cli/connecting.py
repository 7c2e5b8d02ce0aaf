"""Connect to a scripted server: short limits, and waits that are noted instead of spent."""

from collections.abc import Iterator
from contextlib import contextmanager

from mog_cli import tokens
from mog_cli.connection import Call, Connection, Limits
from mog_cli.output import Console
from tests.mog_cli.scripted_server import TOKEN, Answer

READ = Call("GET", "/v1/thing", is_repeatable=True)
WRITE = Call("POST", "/v1/thing", json_body={"a": 1})
FINE = Answer(200, {"fine": True})
_LIMITS = Limits(connect_seconds=1, read_seconds=0.3, total_seconds=0.6, answer_bytes=10_000)


@contextmanager
def connected(origin: str, *, waits: list[float] | None = None) -> Iterator[Connection]:
    """Connect with a token; the waits between attempts go to a list."""
    noted = [] if waits is None else waits
    console = Console(is_json=False, is_verbose=True)
    token = tokens.parse(TOKEN, origin="the test")
    with Connection(
        origin=origin, console=console, token=token, limits=_LIMITS, sleep=noted.append
    ) as connection:
        yield connection
