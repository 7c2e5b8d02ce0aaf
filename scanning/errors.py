"""What scanning cannot do. A scan that did not finish has judged nothing."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a scan has no result."""

    CRASHED = "crashed"
    TIMED_OUT = "timed-out"
    STARVED = "starved"
    OUT_OF_MEMORY = "out-of-memory"
    NOT_ISOLATED = "not-isolated"
    MALFORMED = "malformed"
    DISAGREEMENT = "disagreement"


class ScanInconclusive(Exception):
    """The scan did not come to an end, so nothing is known; whoever asked holds the release.

    `detail` is for operators and may quote a stranger's text.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}" if detail else str(reason))

    @property
    def is_passing(self) -> bool:
        """Tell whether the machine's load is the reason: another attempt may come to an end."""
        return self.reason is Reason.STARVED
