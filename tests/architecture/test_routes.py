"""What begins an address of ours is no vendor's name."""

import re

from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.urls.exceptions import Resolver404

from accounts.reserved_names import RESERVED

_FIRST = re.compile(r"[a-z0-9-]+(?=/|$)")


def _first_segments() -> set[str]:
    """Return what can begin an address, where it could be the name of a vendor."""
    segments = set()
    for route in _routes(get_resolver().url_patterns, ""):
        found = _FIRST.match(route)
        if found:
            segments.add(found[0])
    return segments


def _routes(patterns: list[URLPattern | URLResolver], prefix: str) -> list[str]:
    routes = []
    for each in patterns:
        route = prefix + str(each.pattern)
        inner = each.url_patterns if isinstance(each, URLResolver) else None
        routes += [route] if inner is None else _routes(inner, route)
    return routes


def test_every_first_segment_of_a_route_is_reserved() -> None:
    segments = _first_segments()
    assert segments >= {"search", "library", "sell", "releases", "content", "v1", "admin"}
    assert segments - RESERVED == set()


def test_a_reserved_name_leads_to_no_vendor() -> None:
    for name in sorted(RESERVED):
        for path in (f"/{name}/missing", f"/{name}/missing/1.0.0", f"/{name}/missing/edit"):
            try:
                match = resolve(path)
            except Resolver404:
                continue
            assert "vendor" not in match.kwargs
