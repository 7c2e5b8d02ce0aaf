"""Celery's filesystem transport with whole messages: the broker of one machine.

Kombu writes a message where readers already look, and an exchange's table in place, so a reader
can meet half of either and lose the message. Here both appear by rename, complete or not at all.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from tempfile import NamedTemporaryFile
from time import time_ns
from typing import Any
from uuid import uuid4

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

# Celery waits for 2 s at a time.
_LONGEST_WAIT = 0.5


def options(folder: Path) -> dict[str, object]:
    """Return Celery's transport options for a broker below `folder`."""
    messages = str(folder / "messages")
    return {
        "data_folder_in": messages,
        "data_folder_out": messages,
        "control_folder": str(folder / "tables"),
        "processed_folder": str(folder / "taken"),
        # Seconds between two looks at the folder; the default of 1 s delays every task by half.
        "polling_interval": 0.1,
    }


class Channel(filesystem.Channel):
    """A channel over three folders of one file system, which it makes."""

    def __init__(self, connection: filesystem.Transport, **options: object) -> None:
        super().__init__(connection, **options)
        for folder in (self.data_folder_in, self.control_folder, self.processed_folder):
            Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)

    # Kombu's typed base and its filesystem channel call the second argument by different names.
    def _put(self, queue: str, payload: Any, **_: object) -> None:  # type: ignore[override]
        # The clock of the day keeps the order across a reboot; it sorts as text until year 2286.
        name = f"{time_ns()}_{uuid4().hex}.{queue}.msg"
        _write_whole(Path(self.data_folder_out, name), dumps(payload))

    def _get(self, queue: str, timeout: float | None = None) -> Any:  # noqa: ARG002 (kombu's own)
        for name in sorted(os.listdir(self.data_folder_in)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = Path(self.processed_folder, name)
            with suppress(FileNotFoundError):
                # One of two readers renames; the other finds nothing and looks on.
                Path(self.data_folder_in, name).rename(taken)
                content = taken.read_text(encoding="utf-8")
                taken.unlink()
                return loads(content)
        raise Empty

    def _queue_bind(
        self, exchange: str, routing_key: str | None, pattern: str | None, queue: str
    ) -> None:
        bound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._binding():
            table = self.get_table(exchange)
            if bound not in table:
                file = self._exchange_file(exchange)  # type: ignore[attr-defined]  # newer than its types
                _write_whole(file, dumps([bound, *table]))

    @contextmanager
    def _binding(self) -> Iterator[None]:
        with (self.control_folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    """Named in settings as Celery's broker transport."""

    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None, **_: Any) -> None:
        """Wait for messages; a worker notices only between two waits that it is to stop."""
        wanted = timeout or _LONGEST_WAIT
        super().drain_events(connection, timeout=min(wanted, _LONGEST_WAIT))


def _write_whole(target: Path, content: str) -> None:
    """Make `target` appear with all its content; a reader ignores names that begin with a dot."""
    with NamedTemporaryFile(
        "w", dir=target.parent, prefix=".", encoding="utf-8", delete=False
    ) as file:
        file.write(content)
    Path(file.name).rename(target)
