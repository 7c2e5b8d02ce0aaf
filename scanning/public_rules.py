"""Which rules may be named to sellers: the open ones; an operator's own stay the operator's."""

from scanning import ruleset
from scanning.models import Finding
from scanning.rules.rule import FORM, Category


def name_for_sellers(finding: Finding) -> str:
    """Return the id of an open rule, and `category/other` for one that only the operator knows."""
    if Category(finding.category) in FORM or ruleset.is_open(finding.rule):
        return finding.rule
    return f"{finding.category}/other"
