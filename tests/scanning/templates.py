"""Texts of rule files made whole: what would be a secret is drawn as tests run.

`{word*36}` stands for 36 random characters of a named alphabet, `{checked*30}` for 30 of them and
their checksum as GitHub and npm write it, `{bytes}` for the numbers of a key pair, `{base64of x}`
for a text in base64, `{mog}` for a token of ours, `{_}` `{-}` `{.}` for themselves where a file
must not hold a whole prefix, `{nl}` for a line end.
"""

import base64
import random
import re
import string
import zlib

from accounts import token_format

_ALPHABETS = {
    "word": string.ascii_letters + string.digits,
    "letter": string.ascii_letters,
    "lower": string.ascii_lowercase,
    "upper": string.ascii_uppercase + string.digits,
    "digit": string.digits,
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "base32": string.ascii_uppercase + "234567",
    "base32lower": string.ascii_lowercase + "234567",
    "base58": "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    "base64": string.ascii_letters + string.digits + "+/",
    "base64url": string.ascii_letters + string.digits + "-_",
    "bech32": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
}
_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_DRAWN = re.compile(r"\{(\w+)\*(\d+)\}")
_ENCODED = re.compile(r"\{base64of ([^{}]*)\}")
_PLAIN = {"{_}": "_", "{-}": "-", "{.}": ".", "{nl}": "\n"}


def filled(template: str, *, seed: int = 0) -> str:
    """Return a template with everything drawn; the same for the same seed."""
    draw = random.Random(f"{seed}:{template}")

    def fill(place: re.Match[str]) -> str:
        name, length = place.group(1), int(place.group(2))
        if name == "checked":
            return _checked("".join(draw.choice(_BASE62) for _ in range(length)))
        return "".join(draw.choice(_ALPHABETS[name]) for _ in range(length))

    text = _ENCODED.sub(_base64, _DRAWN.sub(fill, template))
    for written, meant in _PLAIN.items():
        text = text.replace(written, meant)
    if "{bytes}" in text:
        text = text.replace("{bytes}", ",".join(str(draw.randrange(256)) for _ in range(64)))
    if "{mog}" in text:
        text = text.replace("{mog}", token_format.generate(token_format.TokenPrefix.PERSONAL))
    return text


def _base64(place: re.Match[str]) -> str:
    return base64.b64encode(place.group(1).encode()).decode()


def _checked(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), ""
    while number:
        number, rest = divmod(number, len(_BASE62))
        digits = _BASE62[rest] + digits
    return body + digits.rjust(6, "0")


def drawn(length: int) -> bytes:
    """Return random letters and digits, at least one of each."""
    return filled(f"aB3{{word*{length - 3}}}").encode()
