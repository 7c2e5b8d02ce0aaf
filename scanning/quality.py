"""How well a package is made: 100 points, less what its findings take off. Pure, and told in full.

Nothing here stops a package; what is dangerous is judged by `verdicts`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

BEST = 100


class Met(Protocol):
    """A finding, as far as the quality goes."""

    @property
    def rule(self) -> str:
        """Return the id of its rule."""

    @property
    def is_enforced(self) -> bool:
        """Tell whether sellers are told of it."""


@dataclass(frozen=True, slots=True)
class _Deduction:
    """Points for each finding of a rule, for so many of them at most, and what is said."""

    points: int
    says: str
    at_most: int = 1


_DEDUCTIONS: Mapping[str, _Deduction] = {
    "quality/broken-link": _Deduction(5, "Links lead to files that are not in the package", 4),
    "quality/thin-readme": _Deduction(10, "The README says hardly anything"),
    "quality/thin-skill": _Deduction(15, "SKILL.md has hardly any instructions"),
    "quality/long-skill": _Deduction(10, "SKILL.md has more than 500 lines"),
    "quality/description-without-when": _Deduction(
        10, "The description does not say when to use the skill"
    ),
    "quality/short-description": _Deduction(5, "The description in mog.yaml is very short"),
    "quality/unfinished": _Deduction(5, "Texts have parts that are not written yet", 3),
    "quality/machine-path": _Deduction(5, "Texts name folders of one person's computer", 3),
    "quality/no-entrypoint": _Deduction(5, "Nothing says with which file to begin"),
    "quality/no-licence-text": _Deduction(3, "The text of the licence is missing"),
    "quality/no-keywords": _Deduction(2, "There are no keywords"),
    "quality/undescribed-variable": _Deduction(5, "A variable of the server is not described"),
    "capability/undeclared-tools": _Deduction(3, "Programs it starts are not declared"),
    "capability/undeclared-env": _Deduction(2, "Variables it reads are not declared", 3),
    "capability/undeclared-shell": _Deduction(3, "It has commands to run and declares no shell"),
    "capability/any-command": _Deduction(5, "It asks to run any command"),
    "capability/needless-executable": _Deduction(2, "It says that it brings scripts and has none"),
    "mcp/unpinned-launch": _Deduction(10, "The server is fetched in whatever version there is"),
    "mcp/shell-command": _Deduction(5, "The server is started by a line for a shell"),
    "mcp/unmarked-secret": _Deduction(3, "Secrets are not marked as secret", 3),
    "code/program-broken": _Deduction(10, "Scripts have syntax errors", 2),
    # Warnings of the package format.
    "skill/unknown-key": _Deduction(2, "The front matter of SKILL.md has unknown keys", 3),
}


def of(findings: Iterable[Met]) -> dict[str, Any]:
    """Return `{"score": 0 to 100, "reasons": [{"points": -10, "says": "..."}]}`, gravest first."""
    met = Counter(each.rule for each in findings if each.is_enforced)
    reasons = [_reason(_DEDUCTIONS[rule], met[rule]) for rule in _DEDUCTIONS if met[rule]]
    reasons.sort(key=lambda reason: reason["points"])
    lost = sum(reason["points"] for reason in reasons)
    return {"score": max(0, BEST + lost), "reasons": reasons}


def _reason(deduction: _Deduction, count: int) -> dict[str, Any]:
    points = deduction.points * min(count, deduction.at_most)
    often = f" ({count} times)" if count > 1 and deduction.at_most > 1 else ""
    return {"points": -points, "says": f"{deduction.says}{often}."}
