"""What a view declares of itself, read from the outside."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve


def declaring(view: Callable[..., Any]) -> object:
    """Return what carries a view's declarations: its class, or the function itself."""
    owner: object = getattr(view, "cls", None) or getattr(view, "view_class", None) or view
    return owner


def view_of(request: HttpRequest) -> object:
    """Return what carries the declarations of the view a request goes to, None without one."""
    match = request.resolver_match
    if match is None:
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return None
    return declaring(match.func)
