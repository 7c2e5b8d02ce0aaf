"""For whom a run acts: an organization that it names, or whoever its token is for."""

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """What says for whom."""

    FLAG = "flag"
    ENVIRONMENT = "environment"
    SWITCH = "switch"
    TOKEN = "token"  # noqa: S105 (no secret)

    @property
    def text(self) -> str:
        """Return it in words."""
        return _WORDS[self]


_WORDS = {
    Why.FLAG: "as --org says",
    Why.ENVIRONMENT: "as MOG_ORG says",
    Why.SWITCH: "since mog org switch",
    Why.TOKEN: "as the token says",
}


@dataclass(frozen=True, slots=True)
class Acting:
    """An organization by its slug, and what says so; none leaves it to the token."""

    organization: str
    why: Why
