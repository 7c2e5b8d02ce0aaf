"""What every operation of the sandbox works on."""

from dataclasses import dataclass, field
from threading import Event, Lock

from payments.sandbox.store import Store

API_VERSION = "2026-10-28.endive"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The store, and how the process was started; `wake` tells the courier of new events."""

    store: Store
    # Where this process is reached, and the one site that it sends people back to.
    url: str
    site: str
    key: str
    webhook: str
    secret: str
    # How long a hanging answer hangs, and the first wait of a webhook that was not taken.
    hang_seconds: float
    retry_seconds: float
    wake: Event = field(default_factory=Event)
    busy_keys: set[str] = field(default_factory=set)
    busy_lock: Lock = field(default_factory=Lock)
    # Held by the courier while an event is on its way; taken before the store, never after.
    sending: Lock = field(default_factory=Lock)
