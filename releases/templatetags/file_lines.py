"""Lines of strangers' files, as markup."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from scanning.viewer.plain_lines import Kind
from scanning.viewing import Part

register = template.Library()


@register.filter
def marked_up(parts: Iterable[Part]) -> SafeString:
    """Return a line escaped; what stands for something else is marked, with no space between."""
    return format_html_join("", "{}", ((_part(part),) for part in parts))


def _part(part: Part) -> SafeString | str:
    if part.kind is Kind.TEXT:
        return part.text
    return format_html('<mark class="viewer__{}">{}</mark>', part.kind, part.text)
