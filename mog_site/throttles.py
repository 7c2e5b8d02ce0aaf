"""How often: tiers of `settings.RATE_LIMITS`, counted by django-ratelimit on the atomic cache.

A view declares its tier by `accounts.http.throttled`; the API asks by `TierThrottle` once it knows
who calls, pages are asked by `mog_site.limits`.
"""

import logging
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import redis
from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import get_usage
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.actor import Actor
from accounts.http import UNSAFE_METHODS, actor_of, origin_of
from mog_site.client_address import counted_as
from mog_site.rate_limits import Tier

log = logging.getLogger("mog.limits")

BASELINE = "baseline"
PUBLIC = "public"
AUTHENTICATED = "authenticated"

# What a cache raises when it cannot be asked; a time-out is one of redis' and SQLite's own errors.
_CACHE_ERRORS = (redis.RedisError, sqlite3.Error, OSError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a caller has used of a tier, this request included."""

    name: str
    tier: Tier
    count: int
    reset_seconds: int

    @property
    def is_exceeded(self) -> bool:
        """Tell whether this request is one too many."""
        return self.count > self.tier.limit

    def headers(self) -> dict[str, str]:
        """Return `RateLimit` and its policy (draft-ietf-httpapi-ratelimit-headers-09)."""
        if self.tier.is_quiet:
            return {}
        left = max(0, self.tier.limit - self.count)
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.tier.limit};w={self.tier.seconds}',
            "RateLimit": f'"{self.name}";r={left};t={self.reset_seconds}',
        }


class RateLimited(Exception):
    """The caller has used up a tier."""

    def __init__(self, usage: Usage, *, is_quiet: bool = False) -> None:
        super().__init__(usage.name)
        self.usage = usage
        self.is_quiet = is_quiet

    def headers(self) -> dict[str, str]:
        """Return when to come back, and the limit unless the route tells nothing of limits."""
        told = {} if self.is_quiet else self.usage.headers()
        return {"Retry-After": str(self.usage.reset_seconds), **told}


class LimiterUnavailable(Exception):
    """Nobody can count, and what was asked for must not go uncounted."""


class TierThrottle(BaseThrottle):
    """The limiter as the API framework asks it: after authentication, so that a user is a user."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the request; raises RateLimited or LimiterUnavailable."""
        name = tier_name(view, request.method or "", actor=actor_of(request))
        spend(request._request, name, actor=actor_of(request), route=view.kwargs)
        return True


def tier_name(view: object, method: str, *, actor: Actor) -> str:
    """Return the tier that counts a request: the view's own, or the usual one of the caller."""
    declared: str | None = getattr(view, "throttle_tier", None)
    if declared and method in getattr(view, "throttle_methods", UNSAFE_METHODS):
        return declared
    return AUTHENTICATED if actor.is_authenticated else PUBLIC


def spend(request: HttpRequest, name: str, *, actor: Actor, route: Mapping[str, Any]) -> None:
    """Count a request in a tier; raises RateLimited or LimiterUnavailable.

    What is left stands on the request afterwards, for the headers of the answer.
    """
    tier = settings.RATE_LIMITS[name]
    usage = None
    if not getattr(request, "is_uncounted", False):
        usage = _count(request, name, tier, key=_key(tier, request, actor=actor, route=route))
    if usage is None:
        request.is_uncounted = True  # type: ignore[attr-defined]  # nobody waits for the cache twice
        if tier.fails == "closed":
            raise LimiterUnavailable(name)
        return
    if usage.is_exceeded:
        raise RateLimited(usage)
    if tier.by == "user":
        request.limit_usage = usage  # type: ignore[attr-defined]  # read by mog_site.limits


def _key(tier: Tier, request: HttpRequest, *, actor: Actor, route: Mapping[str, Any]) -> str:
    if tier.by == "vendor" and "vendor" in route:
        return f"vendor:{route['vendor']}"
    if tier.by != "address" and actor.user is not None:
        return f"user:{actor.user.public_id}"
    return f"address:{counted_as(origin_of(request).ip)}"


def _count(request: HttpRequest, name: str, tier: Tier, *, key: str) -> Usage | None:
    """Count once; None when nobody can."""
    try:
        # The window may close between two steps of the library; a second try opens the next one.
        counted = _ask(request, name, tier, key) or _ask(request, name, tier, key)
    except _CACHE_ERRORS as error:
        log.warning("limits cannot be counted: %s", type(error).__name__)
        return None
    if counted is None:
        return None
    # The last second of a window still belongs to it.
    wait = max(0, counted["time_left"]) + 1
    return Usage(name=name, tier=tier, count=counted["count"], reset_seconds=wait)


def _ask(request: HttpRequest, name: str, tier: Tier, key: str) -> dict[str, int] | None:
    counted: dict[str, int] = get_usage(
        request,
        group=f"{name}|",
        # The library joins the parts of its key without a mark between them.
        key=lambda _group, _request: f"|{key}|",
        rate=(tier.limit, tier.seconds),
        increment=True,
    )
    # This request counts, so zero is how the library says that the cache gave no number.
    return counted if counted["count"] else None
