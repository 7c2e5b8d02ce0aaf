"""Who acted and from where, as plain values: all that the audit room knows of anybody."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """What sort of party acted."""

    USER = "user"
    STAFF = "staff"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from. `ip` and `user_agent` are personal data; empty means unknown."""

    request_id: str = ""
    ip: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Who:
    """The acting party by opaque ids; an empty id means there is none."""

    kind: ActorKind
    user_id: str = ""
    credential_id: str = ""
    organization_id: str = ""
    origin: Origin = Origin()


SYSTEM = Who(kind=ActorKind.SYSTEM)
