"""Base62: digits, upper and lower case letters, nothing that a double click would split."""

import secrets

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def encode(number: int, *, width: int) -> str:
    """Return a non-negative number in base62, left-padded with zeros to `width` characters."""
    digits: list[str] = []
    while number:
        number, remainder = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[remainder])
    return "".join(reversed(digits)).rjust(width, ALPHABET[0])


def random(length: int) -> str:
    """Return `length` random characters, 5.95 bits each, from the operating system's generator."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
