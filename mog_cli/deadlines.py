"""End an exchange that takes too long as a whole, whatever trickles in meanwhile.

httpx limits the wait for each piece alone, and headers come in as many pieces as a server likes.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from mog_cli.errors import MogError


class Deadline:
    """Shuts the newest socket of a client down when the time is over; close it afterwards.

    One exchange at a time; `trace` goes into the request's extensions (httpx, "Extensions").
    """

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._timer: threading.Timer | None = None
        self._seconds = 0.0
        self._is_over = False

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close what it holds."""
        self.close()

    @contextlib.contextmanager
    def limiting(self, seconds: float, *, refusal: MogError) -> Iterator[None]:
        """Let the block take so long and no longer; raises the refusal then."""
        self._seconds, self._is_over = seconds, False
        self.restart()
        try:
            yield
        except httpx.TransportError as error:
            if self._is_over:
                raise refusal from error
            raise
        finally:
            self.stop()
        if self._is_over:
            raise refusal

    def restart(self) -> None:
        """Count the time from now on."""
        self.stop()
        self._timer = threading.Timer(self._seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of the socket of a new connection."""
        if event.endswith("connect_tcp.complete"):
            self.close()
            # A copy: TLS takes the original away, and both end in the same connection.
            self._socket = info["return_value"].get_extra_info("socket").dup()

    def stop(self) -> None:
        """Count no longer."""
        if self._timer is not None:
            self._timer.cancel()

    def _end(self) -> None:
        self._is_over = True
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it has ended by itself
                self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close what it holds."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
