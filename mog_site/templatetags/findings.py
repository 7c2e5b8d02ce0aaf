"""What a scan found, as its seller may read it."""

from django import template

from scanning.models import Finding
from scanning.public_rules import name_for_sellers

register = template.Library()


@register.filter
def rule_name(finding: Finding) -> str:
    """Return the rule, where it is an open one."""
    return name_for_sellers(finding)
