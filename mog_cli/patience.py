"""How long to wait for what somebody else does."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """So many seconds at most; a test brings a clock of its own."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def begin(self) -> "Wait":
        """Begin to wait."""
        return Wait(self, self.clock())


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait that has begun."""

    patience: Patience
    began_at: float

    @property
    def passed_seconds(self) -> float:
        """Return for how long it lasts by now."""
        return self.patience.clock() - self.began_at

    def has_time_for(self, seconds: float) -> bool:
        """Tell whether a pause would end while there is patience."""
        return self.passed_seconds + seconds <= self.patience.seconds

    def pause(self, seconds: float) -> None:
        """Do nothing for a while."""
        self.patience.sleep(seconds)
