"""The files that a new package begins with: little, and valid as it is."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from mog_package import PackageType

_CONTENT: Mapping[PackageType, tuple[str, str]] = {
    PackageType.SKILL: (
        "content/SKILL.md",
        "---\nname: {slug}\ndescription: {quoted}\n---\n\n# {slug}\n\n"
        "Say here, step by step, what the agent does. Put longer texts into references/ and refer"
        " to them.\n",
    ),
    PackageType.RULE: (
        "content/{slug}.md",
        "# {slug}\n\nSay here what the agent must always, or never, do.\n",
    ),
    PackageType.BUNDLE: (
        "content/overview.md",
        "# {slug}\n\nSay here what is in this bundle, and when to use which part.\n",
    ),
    PackageType.TEMPLATE: (
        "content/template.md",
        "# {slug}\n\nPut the files that a new project begins with beside this one.\n",
    ),
    PackageType.MCP: (
        "content/usage.md",
        "# {slug}\n\nSay here which tools the server offers, and what they need.\n",
    ),
}
_SERVER = """\
server:
  transport: stdio # or http, with url:
  command: npx
  args: [-y, "{slug}@1.0.0"] # the program and version that a client starts
  # env:
  #   - name: API_KEY
  #     description: Where to get it
  #     required: true
  #     secret: true
"""
_README = """\
# {slug}

{description}

## Use

    mog install {name}
"""
_CHANGELOG = """\
# Changes

## 1.0.0

- First version.
"""


@dataclass(frozen=True, slots=True)
class Start:
    """What is known of a new package before it has any files."""

    type: PackageType
    name: str
    description: str
    license: str = "MIT"
    is_executable: bool = False

    @property
    def slug(self) -> str:
        """The part of the name behind the slash."""
        return self.name.rpartition("/")[2]


def manifest(start: Start) -> bytes:
    """Write mog.yaml; texts are quoted as JSON, which YAML reads as it is."""
    lines = [
        f"name: {_quoted(start.name)}",
        "version: 1.0.0",
        f"type: {start.type}",
        f"description: {_quoted(start.description)}",
        "targets: [generic] # cursor, claude-code, codex, gemini-cli, windsurf, openclaw, generic",
        f"license: {_quoted(start.license)} # SPDX, or LicenseRef- and a name",
        "keywords: []",
    ]
    if start.is_executable:
        lines.append("executable: true # scripts in content/scripts/; buyers are asked")
    server = _fill(_SERVER, start) if start.type is PackageType.MCP else ""
    return ("\n".join(lines) + "\n" + server).encode()


def files(start: Start, *, content: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Return all files by path; `content` replaces what content/ would begin with."""
    path, text = _CONTENT[start.type]
    first = {_fill(path, start): _fill(text, start).encode()}
    return {
        "mog.yaml": manifest(start),
        "README.md": _fill(_README, start).encode(),
        "CHANGELOG.md": _CHANGELOG.encode(),
        **(first if content is None else content),
    }


def _fill(text: str, start: Start) -> str:
    facts = {
        "name": start.name,
        "slug": start.slug,
        "description": start.description,
        "quoted": _quoted(start.description),
    }
    return re.sub(r"\{(\w+)\}", lambda mark: facts[mark[1]], text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
