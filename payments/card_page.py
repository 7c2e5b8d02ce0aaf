"""Where a person confirms with their card: the provider's own form, or the sandbox's page."""

from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from csp.decorators import csp_update
from django.conf import settings

_View = TypeVar("_View", bound=Callable[..., Any])

_SCRIPTS = "https://js.stripe.com"
# The release train of the API version that the port is pinned to.
SCRIPT_URL = f"{_SCRIPTS}/endive/stripe.js"
# docs.stripe.com/security/guide#content-security-policy, without the maps of its address form.
_POLICY = {
    "script-src": [_SCRIPTS, "https://*.js.stripe.com"],
    "frame-src": [_SCRIPTS, "https://*.js.stripe.com", "https://hooks.stripe.com"],
    "connect-src": ["https://api.stripe.com"],
}


def shows_card_form(view: _View) -> _View:
    """Let a page load the provider's script and frames, and let nothing else of it change."""
    return cast("_View", csp_update(_POLICY)(view))


def sandbox_url(client_secret: str, *, back: str) -> str:
    """Return the page that stands in for the card form; empty where the provider is itself.

    client_secret: of a payment, or of a card that is to be saved. back: where a person returns to.
    """
    if not settings.STRIPE_API_URL:
        return ""
    return f"{settings.STRIPE_API_URL}/confirm/{client_secret}?{urlencode({'return_url': back})}"


def facts(client_secret: str, *, back: str) -> dict[str, str]:
    """Return what `payments/card.html` hands to the provider's script."""
    return {
        "script_url": SCRIPT_URL,
        "publishable_key": settings.STRIPE_PUBLISHABLE_KEY,
        "client_secret": client_secret,
        "back": back,
    }
