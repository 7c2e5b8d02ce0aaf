"""Extra fields of zip entries: well formed, and none that gives an entry a second meaning."""

from mog_package.errors import FramingError
from mog_package.rules import Rule

_ZIP64 = 0x0001

# APPNOTE 4.5.2 and 4.6: what changes a name, or how bytes are read, behind the header's back.
_REFUSED = {
    0x0017: "strong encryption",
    0x6375: "Unicode comment",
    0x7075: "Unicode path",
    0x9901: "AES encryption",
}


def check(extra: bytes, *, path: str) -> None:
    """Refuse extra fields that are malformed or ambiguous.

    Raises FramingError.
    """
    position = 0
    while position < len(extra):
        header = extra[position : position + 4]
        size = int.from_bytes(header[2:4], "little")
        position += 4 + size
        if len(header) < 4 or position > len(extra):
            raise FramingError.of(Rule.BAD_EXTRA_FIELD, "malformed", path=path)
        kind = int.from_bytes(header[:2], "little")
        if kind == _ZIP64:
            raise FramingError.of(Rule.ZIP64, path=path)
        if kind in _REFUSED:
            raise FramingError.of(Rule.BAD_EXTRA_FIELD, _REFUSED[kind], path=path)
