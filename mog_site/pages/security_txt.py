"""Where to report a hole in this site, for machines and people (RFC 9116)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

# RFC 9116 section 2.5.5 recommends less than a year ahead.
_LIFETIME = timedelta(days=180)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 (the framework's signature)
    """Answer with a file that expires half a year from today, and so never while the site runs."""
    text = compose(now=timezone.now())
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def compose(*, now: datetime) -> str:
    """Return the file; it changes once a day."""
    expires = now.replace(hour=0, minute=0, second=0, microsecond=0) + _LIFETIME
    fields = {
        "Contact": f"mailto:{settings.SECURITY_CONTACT}",
        "Expires": expires.isoformat(),
        "Preferred-Languages": "en",
        "Canonical": f"{settings.SITE_URL}/.well-known/security.txt",
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())
