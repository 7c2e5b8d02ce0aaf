"""Tokens on this side: recognised offline, never shown.

The shape is the server's: `mog_pat_`, `mog_cli_` or `mog_org_`, 30 random base62 characters, then
the CRC32 of all that as 6 base62 characters. A typing error fails here, without a request.
"""

import re
import zlib
from dataclasses import dataclass, field

from mog_cli.errors import MalformedToken

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PATTERN = re.compile(r"mog_(?:pat|cli|org)_[0-9A-Za-z]{36}")
_CHECKSUM_LENGTH = 6
# As much as the server shows: prefix and four characters.
_DISPLAY_LENGTH = 12
# Also tokens that were cut short; what may be shown stays.
_ANY_TOKEN = re.compile(r"(mog_(?:pat|cli|org)_[0-9A-Za-z]{4})[0-9A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A secret that shows only its beginning unless asked outright."""

    secret: str = field(repr=False)

    @property
    def prefix(self) -> str:
        """Return the part that may be shown, such as `mog_cli_Ab12`."""
        return self.secret[:_DISPLAY_LENGTH]

    @property
    def is_of_organization(self) -> bool:
        """Tell whether it is an organization's own."""
        return self.secret.startswith("mog_org_")

    def __str__(self) -> str:
        """Return the part that may be shown."""
        return f"{self.prefix}***"


def parse(text: str, *, origin: str) -> Token:
    """Return the token in `text`, which came from `origin`; raises MalformedToken.

    The message never repeats the text: it is most likely a real token with a slip in it.
    """
    token = text.strip()
    if _PATTERN.fullmatch(token) is None:
        raise MalformedToken(
            f"{origin} holds something that is no mog token.",
            advice="A token begins with mog_pat_, mog_cli_ or mog_org_ and has 44 characters.",
        )
    if _checksum(token[:-_CHECKSUM_LENGTH]) != token[-_CHECKSUM_LENGTH:]:
        raise MalformedToken(
            f"{origin} holds a mog token with a typing error: its checksum is wrong.",
            advice="Copy it again, whole.",
        )
    return Token(token)


def redact(text: str) -> str:
    """Return the text with every token in it cut down to its beginning."""
    return _ANY_TOKEN.sub(r"\1***", text)


def _checksum(body: str) -> str:
    number = zlib.crc32(body.encode())
    digits = ""
    while number:
        number, remainder = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[remainder] + digits
    return digits.rjust(_CHECKSUM_LENGTH, _ALPHABET[0])
