"""What mog.lock.json looks like, said once: these shapes read it and write its JSON Schema."""

import re
from dataclasses import dataclass
from typing import Any

from mog_package import UPLOAD, PackageType, Rule, Target, Transport
from mog_package.archive import names
from mog_package.shapes import Choice, Key, Place, Record, Several, Table, Text, wrong_type
from mog_package.versions import PATTERN as VERSION_PATTERN
from mog_package.yaml_reader import Plain

VERSION = 1

_WORD = "[a-z0-9]+(?:-[a-z0-9]+)*"
_NAME = rf"(?=[^/]{{2,32}}/){_WORD}/{_WORD}"
_SHA256 = "[0-9a-f]{64}"
_ORIGIN = r"https?://[!-~]+"


@dataclass(frozen=True, slots=True)
class _Exactly:
    """One number, that of the format."""

    number: int

    def read(self, value: Plain, at: Place) -> Any:
        if value != self.number or isinstance(value, bool):
            return at.refuse(Rule.BAD_VALUE, f"this mog knows {self.number} alone")
        return value

    def schema(self) -> dict[str, Any]:
        return {"const": self.number}


@dataclass(frozen=True, slots=True)
class _Verbatim:
    """Text that is taken as it stands, white space included."""

    longest: int

    def read(self, value: Plain, at: Place) -> Any:
        if not isinstance(value, str):
            return wrong_type(value, str, at)
        if len(value) > self.longest:
            return at.refuse(Rule.BAD_VALUE, f"{len(value)} characters, at most {self.longest}")
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.longest}


@dataclass(frozen=True, slots=True)
class _FilePath:
    """A relative path that is safe on every computer; the schema can say a part of that."""

    def read(self, value: Plain, at: Place) -> Any:
        if not isinstance(value, str):
            return wrong_type(value, str, at)
        if broken := names.broken_rule(value, UPLOAD):
            return at.refuse(broken[0], broken[1])
        return value

    def schema(self) -> dict[str, Any]:
        pattern = r"^(?!/)(?!.*(?:^|/)\.\.?(?:/|$))[^\\:]+$"
        return {"type": "string", "maxLength": UPLOAD.path_bytes, "pattern": pattern}


_TARGET = Choice(Target, tuple(Target), rule=Rule.BAD_TARGET)

_SERVER = Record(
    {
        "transport": Key(
            Choice(Transport, tuple(Transport)), "How a client talks to it.", is_required=True
        ),
        "command": Key(_Verbatim(100), "The program that a client starts.", default=""),
        "args": Key(
            Several(_Verbatim(1000), most=100),
            "Its arguments; {dir} stands for the folder of the package.",
            default=(),
        ),
        "url": Key(_Verbatim(2000), "Where a remote server is.", default=""),
        "env": Key(
            Several(_Verbatim(128), most=100),
            "The names of the variables it reads, never their values.",
            default=(),
        ),
    }
)

_PACKAGE = Record(
    {
        "version": Key(Text(longest=29, pattern=VERSION_PATTERN), "X.Y.Z.", is_required=True),
        "sha256": Key(
            Text(longest=64, pattern=_SHA256), "Of the canonical archive.", is_required=True
        ),
        "type": Key(
            Choice(PackageType, tuple(PackageType)), "What the package is.", is_required=True
        ),
        "targets": Key(
            Table(_TARGET, _Verbatim(UPLOAD.path_bytes + 1)),
            "The folder of the package for each client, relative, with a slash at its end.",
            is_required=True,
        ),
        "files": Key(
            Table(_FilePath(), Text(longest=64, pattern=_SHA256)),
            "The SHA-256 of every file in each of these folders.",
            is_required=True,
        ),
        "registry": Key(
            Text(longest=300, pattern=_ORIGIN), "The server it came from.", is_required=True
        ),
        "entitlementId": Key(_Verbatim(100), "The right it was installed by."),
        "server": Key(_SERVER, "How the MCP server in it is started or reached."),
    }
)

DOCUMENT = Record(
    {
        "lockfileVersion": Key(_Exactly(VERSION), "The format.", is_required=True),
        "packages": Key(
            Table(
                Text(
                    longest=128, pattern=_NAME, rule=Rule.BAD_NAME, hint="vendor/slug in lower case"
                ),
                _PACKAGE,
            ),
            "Every installed package by its name.",
            is_required=True,
        ),
    }
)


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of mog.lock.json; it says all that a schema can."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mog.lock.json",
        **DOCUMENT.schema(),
    }


def is_name(text: str) -> bool:
    """Tell whether a text is `vendor/slug`."""
    return len(text) <= 128 and re.fullmatch(_NAME, text) is not None
