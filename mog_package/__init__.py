"""The package format: read, validate and write packages; no server, no network.

    tree = open_directory(Path("my-skill"))      or open_archive(file)
    package = validate(tree)                     raises ValidationError with every problem
    artifact = write_canonical(package, output)  the bytes that everybody hashes

The names below are the public list; every other one may change.
"""

from mog_package.archive_tree import ArchiveTree
from mog_package.canonical import Artifact
from mog_package.digest import sha256_of, sha256_of_bytes
from mog_package.directory_tree import DirectoryTree
from mog_package.errors import (
    ArchiveError,
    ContentsError,
    FramingError,
    InvalidVersion,
    ManifestError,
    NamesError,
    PackageError,
    Problem,
    SkillError,
    ValidationError,
)
from mog_package.file_types import is_image, is_script
from mog_package.limits import CANONICAL, UPLOAD, Limits
from mog_package.manifest import Manifest, manifest_schema, parse_manifest
from mog_package.package import Package, PackageFile, validate, write_canonical
from mog_package.package_name import parse_name
from mog_package.rules import Rule
from mog_package.server_block import EnvVariable, Server, Transport
from mog_package.skill_md import Skill, read_skill
from mog_package.targets import PackageType, Target
from mog_package.tree import Tree
from mog_package.versions import Version

open_archive = ArchiveTree.open
open_directory = DirectoryTree.open

__all__ = [
    "CANONICAL",
    "UPLOAD",
    "ArchiveError",
    "ArchiveTree",
    "Artifact",
    "ContentsError",
    "DirectoryTree",
    "EnvVariable",
    "FramingError",
    "InvalidVersion",
    "Limits",
    "Manifest",
    "ManifestError",
    "NamesError",
    "Package",
    "PackageError",
    "PackageFile",
    "PackageType",
    "Problem",
    "Rule",
    "Server",
    "Skill",
    "SkillError",
    "Target",
    "Transport",
    "Tree",
    "ValidationError",
    "Version",
    "is_image",
    "is_script",
    "manifest_schema",
    "open_archive",
    "open_directory",
    "parse_manifest",
    "parse_name",
    "read_skill",
    "sha256_of",
    "sha256_of_bytes",
    "validate",
    "write_canonical",
]
