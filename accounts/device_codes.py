"""The two codes of a device grant: one that a person types, one that only the device knows."""

import hashlib
import secrets
import unicodedata

# RFC 8628 section 6.1: no vowels, so no words; no letters that look like another or like a digit.
_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
_USER_CODE_LENGTH = 8
_LONGEST_ENTRY = 40
_DEVICE_CODE_BYTES = 32


def new_user_code() -> str:
    """Return a code to type: 34.5 bits, enough for a few minutes behind a lock."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_USER_CODE_LENGTH))


def new_device_code() -> str:
    """Return a code of 256 bits for the device."""
    return secrets.token_urlsafe(_DEVICE_CODE_BYTES)


def digest(device_code: str) -> str:
    """Return the SHA-256 of a device code, as 64 hexadecimal characters: all we keep of it."""
    return hashlib.sha256(device_code.encode()).hexdigest()


def shown(user_code: str) -> str:
    """Return a user code as people read it: `XXXX-XXXX`."""
    half = _USER_CODE_LENGTH // 2
    return f"{user_code[:half]}-{user_code[half:]}"


def read(typed: str) -> str:
    """Return the user code that somebody typed, or nothing when it cannot be one.

    Case, spaces and punctuation do not matter; no letter is taken for another.
    """
    if len(typed) > _LONGEST_ENTRY:
        return ""
    letters = "".join(character for character in typed if not _is_decoration(character))
    code = letters.upper() if letters.isascii() else ""
    is_code = len(code) == _USER_CODE_LENGTH and set(code) <= set(_ALPHABET)
    return code if is_code else ""


def _is_decoration(character: str) -> bool:
    """Tell punctuation, spaces and what is invisible from letters and digits (Unicode P, Z, C)."""
    return unicodedata.category(character)[0] in "PZC"
