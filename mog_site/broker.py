"""Where background work waits: Redis when there is one, else a folder of this machine."""

from dataclasses import dataclass
from pathlib import Path

from mog_site import file_broker


@dataclass(frozen=True, slots=True)
class Broker:
    """Celery's address of it, its transport where that is our own, and the transport's options."""

    url: str
    transport: str | None
    options: dict[str, object]


def from_url(redis_url: str, *, folder: Path, longest_task_seconds: int) -> Broker:
    """Return Redis, or files below `folder` without its address."""
    if not redis_url:
        transport = "mog_site.file_broker:Transport"
        return Broker("filesystem://localhost", transport, file_broker.options(folder))
    # When nobody has acknowledged a message it goes out again: not while its task may still run.
    return Broker(redis_url, None, {"visibility_timeout": 2 * longest_task_seconds})
