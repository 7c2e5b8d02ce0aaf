"""Where a browser goes on to after signing in: only ever to a path of this site."""

from django.utils.http import url_has_allowed_host_and_scheme

HOME = "/"


def safe_next(wanted: str) -> str:
    """Return `wanted` if it is a path of this site, else the home page (no open redirect)."""
    # Without allowed hosts nothing absolute passes, nor what a browser would read as absolute.
    is_path = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_path else HOME
