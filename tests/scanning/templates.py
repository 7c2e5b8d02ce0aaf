"""Texts of rule files made whole: what would be a secret is drawn as tests run.

`{word*36}` stands for 36 random characters of a named alphabet, `{mog}` for a token of ours, `{_}`
`{-}` `{.}` for themselves where a file must not hold a whole prefix, `{nl}` for a line end.
"""

import random
import re
import string

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
    "base64": string.ascii_letters + string.digits + "+/",
    "base64url": string.ascii_letters + string.digits + "-_",
    "bech32": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
}
_DRAWN = re.compile(r"\{(\w+)\*(\d+)\}")
_PLAIN = {"{_}": "_", "{-}": "-", "{.}": ".", "{nl}": "\n"}


def filled(template: str, *, seed: int = 0) -> str:
    """Return a template with everything drawn; the same for the same seed."""
    draw = random.Random(f"{seed}:{template}")

    def fill(place: re.Match[str]) -> str:
        alphabet = _ALPHABETS[place.group(1)]
        return "".join(draw.choice(alphabet) for _ in range(int(place.group(2))))

    text = _DRAWN.sub(fill, template)
    for written, meant in _PLAIN.items():
        text = text.replace(written, meant)
    if "{mog}" in text:
        text = text.replace("{mog}", token_format.generate(token_format.TokenPrefix.PERSONAL))
    return text


def drawn(length: int) -> bytes:
    """Return random letters and digits, at least one of each."""
    return filled(f"aB3{{word*{length - 3}}}").encode()
