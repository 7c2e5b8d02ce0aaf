"""Our own icons, inlined: they take the colour of the text and cost no request."""

import re
from functools import cache
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.template import TemplateSyntaxError
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_NAME = re.compile(r"[a-z][a-z_]*")


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return `static/icons/<name>.svg` as markup that screen readers skip.

    Raises TemplateSyntaxError for a name that no file has.
    """
    return _inlined(name)


@cache
def _inlined(name: str) -> SafeString:
    found = finders.find(f"icons/{name}.svg") if _NAME.fullmatch(name) else None
    if found is None:
        raise TemplateSyntaxError(f"there is no icon {name!r}")
    drawing = Path(found).read_text(encoding="utf-8").strip()
    attributes = f'class="icon icon--{name}" aria-hidden="true" focusable="false"'
    markup = drawing.replace("<svg ", f"<svg {attributes} ", 1)
    return mark_safe(markup)  # noqa: S308 (files of this repository, not input)
