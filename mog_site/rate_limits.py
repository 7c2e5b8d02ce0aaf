"""The tiers of limits, each movable by one environment variable: requests in its window."""

from dataclasses import dataclass
from typing import Literal

from mog_site import env

_MINUTE = 60
_HOUR = 3600
_DAY = 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A limit: so many requests in so many seconds for one address, one user or one vendor.

    fails: whether requests pass when nobody can count.
    is_quiet: tells nothing of itself in headers, as routes of sign-in must.
    """

    limit: int
    seconds: int
    by: Literal["address", "user", "vendor"]
    fails: Literal["open", "closed"] = "open"
    is_quiet: bool = False


def from_environment() -> dict[str, Tier]:
    """Return `settings.RATE_LIMITS`."""
    return {
        # Device starts, code entry, sign-in: guessing and mail floods start here.
        "auth": Tier(
            limit=env.integer("LIMIT_AUTH", 10),
            seconds=_MINUTE,
            by="address",
            fails="closed",
            is_quiet=True,
        ),
        "financial": Tier(
            limit=env.integer("LIMIT_FINANCIAL", 30), seconds=_MINUTE, by="user", fails="closed"
        ),
        # Refused uploads count here, so that nobody fills disks with what is refused.
        "sending": Tier(limit=env.integer("LIMIT_SENDING", 60), seconds=_HOUR, by="user"),
        "upload": Tier(limit=env.integer("LIMIT_UPLOAD", 20), seconds=_HOUR, by="vendor"),
        # Each costs a scan; what the service wants scanned again it scans by itself.
        "rescan": Tier(limit=env.integer("LIMIT_RESCAN", 5), seconds=_DAY, by="user"),
        # The provider sends from a few addresses; what is refused is sent again, for days.
        "webhook": Tier(limit=env.integer("LIMIT_WEBHOOK", 1000), seconds=_MINUTE, by="address"),
        "authenticated": Tier(
            limit=env.integer("LIMIT_AUTHENTICATED", 600), seconds=_MINUTE, by="user"
        ),
        "public": Tier(limit=env.integer("LIMIT_PUBLIC", 120), seconds=_MINUTE, by="address"),
        "baseline": Tier(limit=env.integer("LIMIT_BASELINE", 1000), seconds=_MINUTE, by="address"),
    }
