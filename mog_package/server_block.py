"""The `server` block of an MCP package: how a client starts the server or reaches it."""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from mog_package.rules import Rule
from mog_package.shapes import Choice, Flag, Key, Place, Record, Several, Text

# In `args`: the folder that the package's content is installed in.
FOLDER = "{dir}"


class Transport(StrEnum):
    """How a client talks to an MCP server (Model Context Protocol 2025-06-18, Transports)."""

    STDIO = "stdio"
    HTTP = "http"


@dataclass(frozen=True, slots=True)
class EnvVariable:
    """A variable that the server reads; a secret one has no default."""

    name: str
    description: str
    required: bool
    secret: bool
    default: str | None


@dataclass(frozen=True, slots=True)
class Server:
    """`command` and `args` for stdio, `url` for http; the others are empty."""

    transport: Transport
    command: str
    args: tuple[str, ...]
    url: str
    env: tuple[EnvVariable, ...]


# The key that a transport needs, and those that it has no use for.
_USED = {
    Transport.STDIO: ("command", ("url",)),
    Transport.HTTP: ("url", ("command", "args")),
}


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 (raises when it is none)
    except ValueError:
        raise ValueError("it is no URL") from None
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise ValueError("it must name a host, and no user or password")
    if parts.fragment:
        raise ValueError("it has a fragment")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise ValueError("it must be https, or http on this computer")
    return text


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_ENV_VARIABLE = Record(
    {
        "name": Key(
            # POSIX.1-2024, 8.1: portable names; lower case occurs in the wild.
            Text(
                longest=128,
                pattern="[A-Za-z_][A-Za-z0-9_]*",
                hint="letters, digits and underscores, no digit first",
            ),
            "Name of the variable.",
            is_required=True,
        ),
        "description": Key(Text(shortest=0, longest=500), "What it is for.", default=""),
        "required": Key(Flag(), "The server does not work without it.", default=False),
        "secret": Key(Flag(), "Never shown, logged or stored in a shared file.", default=False),
        "default": Key(Text(shortest=0, longest=1000), "Value unless one is given."),
    }
)

SERVER = Record(
    {
        "transport": Key(
            Choice(Transport, tuple(Transport)), "How the client talks to it.", is_required=True
        ),
        "command": Key(
            # A name and no path: what runs is found on the user's own PATH, where consent names it.
            Text(
                longest=100,
                pattern="[A-Za-z0-9_][A-Za-z0-9._+-]*",
                hint="the name of a program, without path or arguments",
            ),
            "stdio: the program to start, such as npx, uvx, python3 or docker.",
            default="",
        ),
        "args": Key(
            Several(Text(shortest=0, longest=1000), most=100),
            f"stdio: its arguments; {FOLDER} stands for the folder of the package's content.",
            default=(),
        ),
        "url": Key(
            Text(
                longest=2000,
                pattern=r"https?://[!-~]+",
                hint="it must begin with https://",
                convert=_url,
            ),
            "http: where the server is.",
            default="",
        ),
        "env": Key(Several(_ENV_VARIABLE, most=100), "Variables that it reads.", default=()),
    }
)


def build(read: dict[str, Any], at: Place) -> Server | None:
    """Return the server of a block that was read; note what its parts do not allow together."""
    _check_transport(read, at)
    variables = [each for each in read["env"] or () if each]
    seen: set[str] = set()
    for index, variable in enumerate(variables):
        place = at.into("env").into(index)
        if variable["name"] in seen:
            place.into("name").refuse(Rule.BAD_VALUE, "it stands twice")
        if variable["secret"] and variable["default"] is not None:
            place.into("default").refuse(Rule.BAD_VALUE, "a secret has no default")
        seen.add(variable["name"])
    if at.problems:
        return None
    env = tuple(EnvVariable(**variable) for variable in variables)
    return Server(**{**read, "env": env})


def _check_transport(read: dict[str, Any], at: Place) -> None:
    transport = read["transport"]
    if transport is None:
        return
    wanted, idle = _USED[transport]
    if not read[wanted] and (*at.path, wanted) not in at.document.lines:
        at.refuse(Rule.MISSING_KEY, f"{wanted}, for {transport}")
    for name in idle:
        if read[name]:
            at.into(name).refuse(Rule.BAD_VALUE, f"it has no meaning for {transport}")
