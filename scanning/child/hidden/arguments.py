"""Commands that a program writes as lists of words: `["curl", "-s", url]` is `curl -s url`."""

import re
from collections.abc import Iterator

from scanning.child.hidden.piece import Piece
from scanning.rules import linear

# Lists of other words are data.
_PROGRAM = (
    r"(?:/[\w/]{2,24}/)?(?:curl|wget|tar|zip|7z|pip3?|python3?|node|npm|npx|pnpm|yarn|bunx?|uvx?|pipx"
    r"|gem|go|cargo|(?:ba|z|da)?sh|cmd(?:\.exe)?|powershell(?:\.exe)?|pwsh|reg(?:\.exe)?|crontab"
    r"|schtasks(?:\.exe)?|launchctl|systemctl|scp|rsync|nc|ncat|git|gh|aws|security|osascript|chmod"
    r"|docker|perl|ruby|php|psql|mail|ssh|nslookup|dig|sudo|claude|code|cursor|codex)(?:\s[^\"'`\n]*)?"
)
_NAME = r"[A-Za-z_$][\w.$]*(?:\(\))?"
_WORD = rf"(?:[rfbRFB]{{0,2}}\"[^\"\n]*\"|[rfbRFB]{{0,2}}'[^'\n]*'|`[^`\n]*`|{_NAME})"
_SELF = r"sys\.executable|process\.execPath"
_LIST = linear.compiled(
    rf"(?:[rfbRFB]?\"{_PROGRAM}\"|[rfbRFB]?'{_PROGRAM}'|{_SELF})(?:\s*,\s*\[?\s*{_WORD})+"
)
_EACH = re.compile(rb"[rfbRFB]{0,2}(\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`)|([A-Za-z_$][\w.$]*)")
_OWN = {b"sys.executable": b"python3", b"process.execPath": b"node"}


def pieces(data: bytes) -> Iterator[Piece]:
    """Yield every command as a shell would be given it."""
    for found in _LIST.finditer(data):
        words = [_word(each) for each in _EACH.finditer(found.group())]
        # What comes next is another command, as it is in a script.
        yield Piece(start=found.start(), end=found.end(), data=b" ".join(words) + b" ;")


def _word(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return found[1][1:-1]
    return _OWN.get(found[2], b"$" + found[2])
