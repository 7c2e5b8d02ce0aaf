"""The manifest, mog.yaml: one declaration of its keys reads it and writes its JSON Schema."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from mog_package import package_name, server_block, targets, yaml_reader
from mog_package.archive import names
from mog_package.errors import InvalidVersion, ManifestError, Problem
from mog_package.limits import UPLOAD
from mog_package.rules import Rule
from mog_package.server_block import Server
from mog_package.shapes import Choice, Flag, Key, Place, Record, Several, Table, Text
from mog_package.targets import PackageType, Target
from mog_package.tree import MANIFEST
from mog_package.versions import PATTERN as VERSION_PATTERN
from mog_package.versions import Version

# agentskills.io, specification, `name`: the folder of a skill is its name.
_SKILL_SLUG_CHARACTERS = 64


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a package says of itself, complete and checked."""

    name: str
    version: Version
    type: PackageType
    description: str
    targets: tuple[Target, ...]
    install_map: Mapping[Target, str]
    entrypoint: str | None
    requires_tools: tuple[str, ...]
    license: str
    readme: str
    keywords: tuple[str, ...]
    executable: bool
    server: Server | None

    @property
    def vendor(self) -> str:
        """The part of the name before the slash."""
        return self.name.partition("/")[0]

    @property
    def slug(self) -> str:
        """The part of the name behind the slash."""
        return self.name.partition("/")[2]

    def install_path(self, target: Target) -> str:
        """Return the folder of the package in a project, with a slash at its end."""
        return targets.install_path(
            package_type=self.type, target=target, slug=self.slug, install_map=self.install_map
        )


def parse_manifest(data: bytes) -> Manifest:
    """Read mog.yaml.

    Raises ManifestError with everything that is wrong, each with its line and key.
    """
    document = yaml_reader.read(data, file=MANIFEST)
    place = Place(document, MANIFEST)
    read = _MANIFEST.read(document.value, place)
    if read is not None:
        _check_together(read, place)
    if place.problems:
        raise ManifestError(sorted(place.problems, key=_position))
    requires = read.pop("requires") or {"tools": ()}
    return Manifest(**read, requires_tools=requires["tools"])


def manifest_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of mog.yaml; it says all that a schema can."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": MANIFEST,
        **_MANIFEST.schema(),
    }


def _position(problem: Problem) -> tuple[int, str]:
    return (problem.line or 0, problem.key)


def _license(text: str) -> str:
    try:
        return canonicalize_license_expression(text)
    except InvalidLicenseExpression:
        raise ValueError("use SPDX, such as MIT, or LicenseRef- and a name") from None


def _version(text: str) -> Version:
    try:
        return Version.parse(text)
    except InvalidVersion as error:
        raise ValueError(error.problems[0].detail) from None


def _safe_path(text: str) -> str:
    broken = names.broken_rule(text, UPLOAD)
    if broken:
        raise ValueError(broken[0].says)
    if any(part.startswith(".") for part in text.split("/")):
        raise ValueError(Rule.NAME_HIDDEN.says)
    return text


def _name(text: str) -> str:
    # A slug becomes a folder, so it must not be a device of Windows.
    broken = names.broken_rule(text, UPLOAD)
    if broken:
        raise ValueError(broken[0].says)
    return text


_TARGET = Choice(Target, tuple(Target), rule=Rule.BAD_TARGET)

_MANIFEST = Record(
    {
        "name": Key(
            Text(
                longest=package_name.LONGEST,
                pattern=package_name.PATTERN,
                rule=Rule.BAD_NAME,
                hint="lowercase letters, digits and single hyphens, such as acme/pdf-tools;"
                " the vendor has 2 to 32 characters",
                convert=_name,
            ),
            "Vendor and slug.",
            is_required=True,
        ),
        "version": Key(
            Text(
                longest=29,
                pattern=VERSION_PATTERN,
                rule=Rule.BAD_VERSION,
                hint="three numbers without leading zeros, such as 1.0.0",
                convert=_version,
            ),
            "Version, X.Y.Z.",
            is_required=True,
        ),
        "type": Key(
            Choice(PackageType, tuple(PackageType)), "What the package is.", is_required=True
        ),
        "description": Key(Text(longest=1024), "What it does and when.", is_required=True),
        "targets": Key(
            Several(_TARGET, fewest=1, most=len(Target), is_unique=True),
            "The clients it is made for.",
            default=(Target.GENERIC,),
        ),
        "install_map": Key(
            Table(_TARGET, Text(longest=200)),
            f"Folder per target, below an allowed root; must contain {targets.SLUG}.",
            default={},
        ),
        "entrypoint": Key(
            Text(longest=240, convert=_safe_path), "The file within content/ to begin with."
        ),
        "requires": Key(
            Record(
                {
                    "tools": Key(
                        Several(Text(longest=100), most=50, is_unique=True),
                        "Tools that must be there, such as git.",
                        default=(),
                    )
                }
            ),
            "What the package needs.",
        ),
        "license": Key(
            Text(longest=200, rule=Rule.BAD_LICENSE, convert=_license),
            "SPDX license expression.",
            default="MIT",
        ),
        "readme": Key(
            Text(
                longest=100,
                pattern=r"[^/]+\.(?:md|mdx|txt)",
                hint="a .md, .mdx or .txt beside mog.yaml",
                convert=_safe_path,
            ),
            "The README beside mog.yaml.",
            default="README.md",
        ),
        "keywords": Key(
            Several(Text(longest=50), most=20, is_unique=True), "For the search.", default=()
        ),
        "executable": Key(Flag(), "The skill brings scripts in content/scripts/.", default=False),
        "server": Key(server_block.SERVER, "How an MCP server is started or reached."),
    }
)


def _check_together(read: dict[str, Any], at: Place) -> None:
    """Note what single keys cannot show; put the server in the place of its block."""
    kind = read["type"]
    if kind is PackageType.SKILL:
        _check_skill(read, at)
    elif read["executable"]:
        at.into("executable").refuse(Rule.BAD_VALUE, "only a skill says this")
    block = read["server"]
    if block is not None:
        read["server"] = server_block.build(block, at.into("server"))
    if kind is PackageType.MCP and block is None and ("server",) not in at.document.lines:
        at.refuse(Rule.MISSING_KEY, "server, for type mcp")
    if kind and kind is not PackageType.MCP and ("server",) in at.document.lines:
        at.into("server").refuse(Rule.BAD_VALUE, "only for type mcp")
    _check_install_map(read, at)


def _check_skill(read: dict[str, Any], at: Place) -> None:
    slug = (read["name"] or "").partition("/")[2]
    if len(slug) > _SKILL_SLUG_CHARACTERS:
        detail = f"a skill's slug has at most {_SKILL_SLUG_CHARACTERS} characters"
        at.into("name").refuse(Rule.BAD_NAME, detail)
    if read["entrypoint"] not in (None, "SKILL.md"):
        at.into("entrypoint").refuse(Rule.BAD_VALUE, "that of a skill is SKILL.md")


def _check_install_map(read: dict[str, Any], at: Place) -> None:
    kind, chosen, wanted = read["type"], read["install_map"] or {}, read["targets"] or ()
    for target, path in chosen.items():
        if target is None or path is None or kind is None:
            continue
        place = at.into("install_map").into(target)
        if target not in wanted:
            place.refuse(Rule.BAD_TARGET, "it is not among the targets")
        elif reason := targets.broken_path(path, package_type=kind, target=target):
            place.refuse(Rule.BAD_INSTALL_PATH, reason)
