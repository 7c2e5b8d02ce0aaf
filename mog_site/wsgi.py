"""The entry of the web server."""

import os
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

from mog_site import checks
from scanning import ruleset

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mog_site.settings")

_django = get_wsgi_application()
checks.require_safe_production()
# Else the first request that tells of a rule would wait for all of them.
ruleset.current()


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer a request."""
    _drop_odd_charset(environ)
    return _django(environ, start_response)


def _drop_odd_charset(environ: WSGIEnvironment) -> None:
    """Forget a charset that is no encoding of text, such as `hex`.

    Django reads it before any of our code runs and fails there, uncounted and unlogged.
    """
    kind, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
    try:
        b"".decode(parameters.get("charset", "utf-8"))
    except (LookupError, ValueError):
        environ["CONTENT_TYPE"] = kind
