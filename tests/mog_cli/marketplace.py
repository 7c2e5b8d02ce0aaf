"""A marketplace on loopback: what `mog install` asks of it, and a shelf that tests fill."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mog_package import PackageType, open_archive, sha256_of_bytes, validate, write_canonical
from tests.mog_cli.scripted_server import Answer, Behaviour, ScriptedServer
from tests.mog_package import packages

SERVER = "server:\n  transport: stdio\n  command: python3\n  args: ['{dir}/server.py', --safe]\n"
ENV = (
    "  env:\n"
    "    - {name: API_KEY, required: true, secret: true}\n"
    "    - {name: MODE, default: calm}\n"
)


def manifest(
    name: str = "acme/pdf-tools",
    version: str = "1.0.0",
    kind: PackageType = PackageType.SKILL,
    *,
    more: str = "",
) -> bytes:
    """Write a manifest."""
    server = SERVER if kind is PackageType.MCP and "server:" not in more else ""
    head = f"name: {name}\nversion: {version}\ntype: {kind}\ndescription: Reads PDFs.\n"
    return f"{head}{server}{more}".encode()


def files_of(
    name: str = "acme/pdf-tools",
    version: str = "1.0.0",
    kind: PackageType = PackageType.SKILL,
    *,
    more: str = "",
    content: Mapping[str, bytes] | None = None,
) -> dict[str, bytes]:
    """Return the files of a valid package."""
    slug = name.partition("/")[2]
    skill = f"---\nname: {slug}\ndescription: Reads PDFs.\n---\n\n# {version}\n".encode()
    own = {
        PackageType.SKILL: {"content/SKILL.md": skill},
        PackageType.MCP: {"content/server.py": f"print('{version}')\n".encode()},
    }.get(kind, {"content/rule.md": f"# Be kind {version}\n".encode()})
    said = manifest(name, version, kind, more=more)
    return {"mog.yaml": said, "README.md": b"# It\n", **own, **(content or {})}


def canonical(files: Mapping[str, bytes]) -> bytes:
    """Return the canonical archive of files."""
    output = io.BytesIO()
    write_canonical(validate(open_archive(packages.zipped(files))), output)
    return output.getvalue()


@dataclass(frozen=True)
class Shelved:
    """A package on the shelf."""

    name: str
    version: str
    archive: bytes
    link: dict[str, Any]


class Marketplace:
    """Answers with links to the packages that were put on its shelf."""

    def __init__(self, server: ScriptedServer) -> None:
        self.server = server
        self._latest: dict[str, Shelved] = {}
        self._all: dict[tuple[str, str], Shelved] = {}
        server.on("POST /v1/downloads", self._answer)
        server.on("POST /v1/audit", self._audit)

    def put(
        self,
        name: str = "acme/pdf-tools",
        version: str = "1.0.0",
        kind: PackageType = PackageType.SKILL,
        *,
        more: str = "",
        content: Mapping[str, bytes] | None = None,
        **link: Any,
    ) -> Shelved:
        """Put a valid package on the shelf as its latest version."""
        archive = canonical(files_of(name, version, kind, more=more, content=content))
        return self.put_archive(archive, name, version, kind, **link)

    def put_archive(
        self,
        archive: bytes,
        name: str = "acme/pdf-tools",
        version: str = "1.0.0",
        kind: PackageType = PackageType.SKILL,
        **link: Any,
    ) -> Shelved:
        """Put any bytes on the shelf; `link` overrides fields of the answer."""
        path = f"/files/{name.replace('/', '-')}-{version}.zip"
        self.server.on(f"GET {path}", zip_of(archive))
        answer = {
            "url": f"{self.server.origin}{path}?signature=s",
            "expiresAt": "2027-06-01T12:05:00Z",
            "sha256": sha256_of_bytes(archive),
            "sizeBytes": len(archive),
            "version": version,
            "entitlementId": "ent_1",
            "manifest": {"name": name, "version": version, "type": kind.value},
            **link,
        }
        self.server.on(f"GET {path}?signature=s", zip_of(archive))
        shelved = Shelved(name, version, archive, answer)
        self._latest[name] = self._all[name, version] = shelved
        return shelved

    def archive_route(self, name: str = "acme/pdf-tools", version: str = "1.0.0") -> str:
        """Return the route of an archive, for a script of its own."""
        return f"GET /files/{name.replace('/', '-')}-{version}.zip?signature=s"

    def _answer(self, handler: Any) -> None:
        asked = json.loads(self.server.seen[-1].body)
        version = asked.get("version")
        found = (
            self._all.get((asked["listing"], version))
            if version
            else self._latest.get(asked["listing"])
        )
        if found is None:
            Answer(404, {"code": "not_found", "message": "No such package."})(handler)
        else:
            Answer(200, found.link)(handler)

    def _audit(self, handler: Any) -> None:
        """Say that all is well."""
        asked = json.loads(self.server.seen[-1].body)["packages"]
        items = [
            {
                "name": each["name"],
                "version": each["version"],
                "status": "ok",
                "reason": "",
                "sameArchive": True,
                "latestVersion": self._latest[each["name"]].version,
                "hasNewer": False,
            }
            for each in asked
        ]
        Answer(200, {"items": items})(handler)


def zip_of(archive: bytes) -> Behaviour:
    """Answer with an archive."""
    return Answer(200, archive, {"Content-Type": "application/zip"})
