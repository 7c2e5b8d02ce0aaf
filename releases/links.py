"""Our own signed links, for archives in a folder: what S3 does with a presigned URL.

HMAC-SHA-256 over digest, file name and moment, by Django's signer; nobody can aim a link at other
bytes, and nobody can make it live longer.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.urls import reverse

from releases.errors import LinkRefused

_SIGNER = signing.Signer(salt="releases.links")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link opens, and under which name."""

    sha256: str
    file_name: str


def write(sha256: str, *, file_name: str, now: datetime) -> str:
    """Return an absolute address on the origin of user content."""
    expires = int(now.timestamp()) + settings.LINK_SECONDS
    token = _SIGNER.sign_object([sha256, file_name, expires])
    return f"{settings.CONTENT_URL}{reverse('content', args=[token])}"


def read(token: str, *, now: datetime) -> Opened:
    """Return what a link opens; raises LinkRefused when it is forged or has lapsed."""
    try:
        sha256, file_name, expires = _SIGNER.unsign_object(token)
    except (signing.BadSignature, ValueError) as error:
        raise LinkRefused from error
    if now.timestamp() >= expires:
        raise LinkRefused
    return Opened(sha256, file_name)
