"""The rules of the package format, as findings: every one blocks, and is told exactly."""

from mog_package import Rule as FormRule
from scanning.rules.rule import Category, Confidence, Rule, Severity

_SKILL_FILE = "content/SKILL.md"
# The first rule of each group, in the order in which the format declares them.
_GROUPS = (
    (FormRule.ARCHIVE_TOO_LARGE, Category.ARCHIVE),
    (FormRule.FILE_TYPE, Category.FILE_TYPE),
    (FormRule.MANIFEST_MISSING, Category.MANIFEST),
    (FormRule.SKILL_FRONT_MATTER, Category.SKILL),
)


def broken(form_rule: FormRule, *, path: str, advice: str) -> Rule:
    """Return the rule that a problem of the package's form breaks."""
    return _rule(form_rule, path, Severity.HIGH, advice)


def noted(form_rule: FormRule, *, path: str, advice: str) -> Rule:
    """Return the same for a warning, which stops nothing."""
    return _rule(form_rule, path, Severity.LOW, advice)


def _rule(form_rule: FormRule, path: str, severity: Severity, advice: str) -> Rule:
    category = _category(form_rule, path)
    return Rule(
        id=f"{category}/{form_rule}",
        category=category,
        severity=severity,
        confidence=Confidence.HIGH,
        advice=advice,
        source="docs/package-format.md",
    )


def _category(form_rule: FormRule, path: str) -> Category:
    order = list(FormRule)
    position = order.index(form_rule)
    found = next(c for first, c in reversed(_GROUPS) if order.index(first) <= position)
    # SKILL.md and the manifest share the rules of YAML.
    is_skill = found is Category.MANIFEST and path == _SKILL_FILE
    return Category.SKILL if is_skill else found
