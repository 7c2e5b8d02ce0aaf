"""Rules that neither a pattern nor a condition can say, each a module of its own.

A module has `RULES`, `look`, and the texts that its rules must and must not meet: `POSITIVE` and
`NEGATIVE`, by the rule's id.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

from mog_package import Package
from scanning.rules.capability import undeclared
from scanning.rules.code import python_program, script_flow, untold_hosts, vendor_keys
from scanning.rules.defence import EXCUSED
from scanning.rules.hidden_text import in_pieces, layout, markup, mixed_scripts, terminal, unseen
from scanning.rules.image import form, vectors
from scanning.rules.link import hosts, shown_targets
from scanning.rules.mcp import server_start
from scanning.rules.quality import leftovers, links, presentation
from scanning.rules.quotations import QUOTED
from scanning.rules.rule import Category, Confidence, Remark, Rule, Severity, Sighting
from scanning.rules.scanned_file import ScannedFile
from scanning.rules.wording import LOOSE


class FileCheck(Protocol):
    """Looks at one file after the other."""

    RULES: tuple[Rule, ...]
    POSITIVE: Mapping[str, tuple[ScannedFile, ...]]
    NEGATIVE: Mapping[str, tuple[ScannedFile, ...]]

    def look(self, file: ScannedFile) -> Iterator[Sighting]:
        """Yield what the file shows, in time linear in its size."""


class PackageCheck(Protocol):
    """Looks at a package as a whole."""

    RULES: tuple[Rule, ...]
    POSITIVE: Mapping[str, tuple[Mapping[str, bytes], ...]]
    NEGATIVE: Mapping[str, tuple[Mapping[str, bytes], ...]]

    def look(self, package: Package) -> Iterator[Remark]:
        """Yield what the package shows; files are read through its tree, one at a time."""


# What `scanning.child` says itself: a package hides more than is looked through.
TOO_MUCH_ENCODED = Rule(
    id="hidden-text/too-much-encoded",
    category=Category.HIDDEN_TEXT,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    advice="Most of this package is encoded text. Ship it as plain text, or leave it out.",
    source="https://attack.mitre.org/techniques/T1027/",
)
# Said by `scanning.child`, too: what is told of a package is not all.
CROWDED_PACKAGE = Rule(
    id="quality/crowded-package",
    category=Category.QUALITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    advice="More was found in this package than is listed. Deal with the list and upload again.",
    source="docs/scanning.md",
)
# Said by `scanning.child`, too: conditions have not come to the end of a text.
TOO_LONG_TO_READ = Rule(
    id="quality/too-long-to-read",
    category=Category.QUALITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    advice="This file repeats itself too much, or the package is too large, to be read to the end.",
    source="docs/scanning.md",
)
# Look at what is hidden in a text, too, as a file of the same name.
TEXT_CHECKS: tuple[FileCheck, ...] = (hosts, shown_targets)
FILE_CHECKS: tuple[FileCheck, ...] = (
    unseen,
    mixed_scripts,
    layout,
    markup,
    terminal,
    in_pieces,
    form,
    vectors,
)
PACKAGE_CHECKS: tuple[PackageCheck, ...] = (
    *(python_program, script_flow, vendor_keys, untold_hosts, undeclared, server_start),
    *(links, leftovers, presentation),
)
RULES: tuple[Rule, ...] = (
    TOO_MUCH_ENCODED,
    CROWDED_PACKAGE,
    TOO_LONG_TO_READ,
    EXCUSED,
    QUOTED,
    LOOSE,
    *(rule for each in (*TEXT_CHECKS, *FILE_CHECKS) for rule in each.RULES),
    *(rule for each in PACKAGE_CHECKS for rule in each.RULES),
)
