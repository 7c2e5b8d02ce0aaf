"""Read and write mog.lock.json: what is installed in a project, to the last byte."""

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from mog_cli import findings, install_places, lockfile_format
from mog_cli.errors import LockfileInvalid, NotInstalled
from mog_package import PackageType, Server, Target, Transport
from mog_package.shapes import Place
from mog_package.yaml_reader import Document

_MAX_BYTES = 50_000_000
_RESTORE = "Take it back from version control, or delete it and install the packages again."


@dataclass(frozen=True, slots=True)
class LockedServer:
    """How an MCP server is started or reached; `env` holds names, never values."""

    transport: Transport
    command: str
    args: tuple[str, ...]
    url: str
    env: tuple[str, ...]

    @classmethod
    def of(cls, server: Server) -> Self:
        """Return what is to be kept of a manifest's server."""
        names = tuple(variable.name for variable in server.env)
        return cls(server.transport, server.command, server.args, server.url, names)


@dataclass(frozen=True, slots=True)
class LockedPackage:
    """One package as it is installed: the same files in the folder of every target."""

    version: str
    sha256: str
    type: PackageType
    targets: Mapping[Target, str]
    files: Mapping[str, str]
    registry: str
    entitlement_id: str | None = None
    server: LockedServer | None = None

    @property
    def folders(self) -> tuple[str, ...]:
        """Return every folder it has, once, each with a slash at its end."""
        return tuple(sorted(set(self.targets.values())))


@dataclass(frozen=True, slots=True)
class Lockfile:
    """All packages of a project by name."""

    packages: Mapping[str, LockedPackage] = field(default_factory=dict)

    def installed(self, name: str) -> LockedPackage:
        """Return a package; raises NotInstalled."""
        package = self.packages.get(name)
        if package is None:
            raise NotInstalled(f"{name} is not installed here.", advice="See: mog list")
        return package

    def having(self, name: str, package: LockedPackage) -> "Lockfile":
        """Return the same with a package in place of any before."""
        return replace(self, packages={**self.packages, name: package})

    def without(self, name: str) -> "Lockfile":
        """Return the same without a package."""
        return replace(
            self, packages={key: self.packages[key] for key in self.packages if key != name}
        )

    def owners(self, *, besides: str) -> dict[str, str]:
        """Return which package has which folder, but for one package."""
        return {
            folder: name
            for name, package in self.packages.items()
            if name != besides
            for folder in package.folders
        }


def read(path: Path) -> Lockfile:
    """Return what a lockfile says, an empty one when there is none; raises LockfileInvalid.

    A lockfile comes with a repository and so from anybody: every path in it is held against the
    folders that such a package may have.
    """
    if path.is_symlink():
        raise LockfileInvalid(f"{path} is a symbolic link.", advice="Put the file itself there.")
    try:
        content = _bytes_of(path)
    except FileNotFoundError:
        return Lockfile()
    except OSError as error:
        raise LockfileInvalid(f"{path} cannot be read: {error.strerror}.") from error
    return parse(content, path=path)


def parse(content: bytes, *, path: Path) -> Lockfile:
    """Return what the bytes of a lockfile say; raises LockfileInvalid."""
    if len(content) > _MAX_BYTES:
        raise LockfileInvalid(f"{path} is larger than {_MAX_BYTES:,} bytes.", advice=_RESTORE)
    document = _document(content, path)
    at = Place(Document(document, {}), path.name)
    found = lockfile_format.DOCUMENT.read(document, at)
    if at.problems:
        raise LockfileInvalid(
            f"{path} is damaged: {findings.line(at.problems[0])}.",
            advice=_RESTORE,
            details={"problems": findings.facts(at.problems)},
        )
    packages = {name: _package(entry) for name, entry in found["packages"].items()}
    for name, package in packages.items():
        _refuse_unsafe_folders(name, package, path)
    return Lockfile(packages)


def render(lockfile: Lockfile) -> bytes:
    """Return the one text of a lockfile: sorted, indented by two, a new line at its end."""
    document = {
        "lockfileVersion": lockfile_format.VERSION,
        "packages": {name: _entry(package) for name, package in lockfile.packages.items()},
    }
    return f"{json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)}\n".encode()


def _bytes_of(path: Path) -> bytes:
    """Return what a regular file holds, a byte more than allowed at most; raises OSError.

    A pipe or a device would never end, and one that nobody writes to never begins.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise LockfileInvalid(f"{path} is no file.", advice=_RESTORE)
        return file.read(_MAX_BYTES + 1)


def _document(content: bytes, path: Path) -> dict[str, Any]:
    try:
        document = json.loads(content, object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError) as error:
        raise LockfileInvalid(f"{path} is not JSON: {error}.", advice=_RESTORE) from None
    if not isinstance(document, dict):
        raise LockfileInvalid(f"{path} is no lockfile.", advice=_RESTORE)
    version = document.get("lockfileVersion")
    if isinstance(version, int) and version > lockfile_format.VERSION:
        raise LockfileInvalid(
            f"{path} is of format {version}, and this mog knows {lockfile_format.VERSION}.",
            advice="Upgrade mog.",
        )
    return document


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _package(entry: dict[str, Any]) -> LockedPackage:
    return LockedPackage(
        version=entry["version"],
        sha256=entry["sha256"],
        type=entry["type"],
        targets=entry["targets"],
        files=entry["files"],
        registry=entry["registry"],
        entitlement_id=entry["entitlementId"],
        server=LockedServer(**entry["server"]) if entry["server"] else None,
    )


def _refuse_unsafe_folders(name: str, package: LockedPackage, path: Path) -> None:
    slug = name.partition("/")[2]
    for target, folder in package.targets.items():
        if not install_places.is_allowed(
            folder, package_type=package.type, target=target, slug=slug
        ):
            raise LockfileInvalid(
                f"{path} puts {name} into {folder!r}, where no such package may be.",
                advice="Nothing was changed. Do not trust this lockfile.",
            )


def _entry(package: LockedPackage) -> dict[str, object]:
    entry: dict[str, object] = {
        "version": package.version,
        "sha256": package.sha256,
        "type": package.type.value,
        "targets": {target.value: folder for target, folder in package.targets.items()},
        "files": dict(package.files),
        "registry": package.registry,
    }
    if package.entitlement_id is not None:
        entry["entitlementId"] = package.entitlement_id
    if package.server is not None:
        entry["server"] = _server_entry(package.server)
    return entry


def _server_entry(server: LockedServer) -> dict[str, object]:
    found: dict[str, object] = {
        "transport": server.transport.value,
        "command": server.command,
        "args": list(server.args),
        "url": server.url,
        "env": list(server.env),
    }
    return {key: value for key, value in found.items() if value}
