"""Whether bytes that came out of a decoder are text that somebody wrote."""

_CONTROLS = bytes(code for code in (*range(32), 127) if code not in b"\t\n\r")
# Of a hundred bytes so many may be controls; drawn bytes have twelve.
_CONTROLS_IN_HUNDRED = 5
# A cut may fall inside the last character.
_LONGEST_CHARACTER = 4


def text_of(data: bytes) -> bytes:
    """Return bytes as text in UTF-8 without controls; nothing when they are no text."""
    plain = _narrowed(data)
    whole = _whole_characters(plain)
    shown = whole.translate(None, _CONTROLS)
    is_text = (len(whole) - len(shown)) * 100 <= len(whole) * _CONTROLS_IN_HUNDRED
    return shown if is_text else b""


def _narrowed(data: bytes) -> bytes:
    """Return UTF-16, as command lines of Windows take it, in UTF-8."""
    if len(data) < _LONGEST_CHARACTER or data[1] or any(data[1:8:2]):
        return data
    return data.decode("utf-16-le", errors="replace").encode(errors="replace")


def _whole_characters(data: bytes) -> bytes:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        is_cut = error.start > len(data) - _LONGEST_CHARACTER
        return data[: error.start] if is_cut else b""
    return data
