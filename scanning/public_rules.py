"""Which rules may be named to sellers: the open ones; an operator's own stay the operator's."""

from scanning.models import Finding
from scanning.rules.matching import CROWDED, OPEN_RULES
from scanning.rules.rule import Category

_OPEN_SECRETS = frozenset({CROWDED.id, *(each.rule.id for each in OPEN_RULES)})


def name_for_sellers(finding: Finding) -> str:
    """Return the id of an open rule, and `secret/other` for one that only the operator knows."""
    is_private = finding.category == Category.SECRET and finding.rule not in _OPEN_SECRETS
    return f"{Category.SECRET}/other" if is_private else finding.rule
