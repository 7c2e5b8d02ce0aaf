"""Secrets of second factors at rest: written with the first key of a list, read with any.

Each key of `settings.SECOND_FACTOR_KEYS` is a text of the operator's; HKDF (RFC 5869) makes a
Fernet key of it: AES-128-CBC with HMAC-SHA-256, so what was altered opens no more than what was
written with another key.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from accounts.errors import SecretUnreadable

_PURPOSE = b"mog: secrets of second factors"


def encrypt(text: str) -> str:
    """Return a text as it may be stored."""
    return _all_keys().encrypt(text.encode()).decode("ascii")


def decrypt(stored: str) -> str:
    """Return what was stored; raises SecretUnreadable for what no configured key has written."""
    try:
        return _all_keys().decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadable from error


def is_current(stored: str) -> bool:
    """Tell whether the first key has written this."""
    try:
        _fernet(settings.SECOND_FACTOR_KEYS[0]).decrypt(stored.encode())
    except InvalidToken:
        return False
    return True


def _all_keys() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in settings.SECOND_FACTOR_KEYS])


def _fernet(key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
