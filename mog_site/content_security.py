"""What browsers may load into pages: our own static files and nothing else (CSP level 3)."""

from typing import Any

from csp.constants import NONE, SELF


def policy(*, site_url: str, static_url: str) -> dict[str, Any]:
    """Return django-csp's settings.

    Scripts and styles come from the static path of our origin, not from all of it: nothing that
    somebody uploads can ever be one. A site on this computer goes by both of its names.
    """
    names = dict.fromkeys([site_url, site_url.replace("://localhost:", "://127.0.0.1:")])
    static = [f"{name}{static_url}" for name in names]
    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            "script-src": static,
            "style-src": static,
            "img-src": static,
            "font-src": static,
            "connect-src": [SELF],
            "form-action": [SELF],
            "frame-ancestors": [NONE],
            "base-uri": [NONE],
            "object-src": [NONE],
        }
    }
