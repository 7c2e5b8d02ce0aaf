"""Hostile archives for every rule of names and types."""

from collections.abc import Callable

from mog_package.rules import Rule
from tests.mog_package.forger import DEFLATED, Forger
from tests.mog_package.hostile import LIMITS, PACKED, TEXT, many, one_file

# U+202E turns what follows around; U+200B takes no room; U+2028 ends a line; U+E000 is private.
RIGHT_TO_LEFT, ZERO_WIDTH, LINE_END, PRIVATE = "\u202e", "\u200b", "\u2028", "\ue000"


def _names(*names: str | bytes) -> bytes:
    forger = Forger()
    for name in names:
        forger.add(name, b"" if str(name).endswith("/") else TEXT, mode=0)
    return forger.bytes()


def _mode(mode: int, name: str = "a.md") -> bytes:
    return Forger().add(name, b"", mode=mode).bytes()


NAMES: list[tuple[Rule, str, Callable[[], bytes]]] = [
    (Rule.NAME_EMPTY, "no name", lambda: _names(b"")),
    (Rule.NAME_EMPTY, "a slash alone", lambda: _names("/")),
    (Rule.NAME_EMPTY, "two slashes", lambda: _names("a//b.md")),
    (Rule.NAME_NOT_UTF8, "Latin-1", lambda: _names(b"caf\xe9.md")),
    (Rule.NAME_NOT_UTF8, "overlong slash", lambda: _names(b"..\xc0\xafa.md")),
    (Rule.NAME_NOT_UTF8, "a surrogate", lambda: _names(b"a\xed\xa0\x80.md")),
    (
        Rule.NAME_NOT_UTF8,
        "not marked",
        lambda: one_file("café.md", both={"flags": 0}).bytes(),
    ),
    (Rule.NAME_NOT_NFC, "decomposed", lambda: _names("cafe\u0301.md")),
    (Rule.NAME_ABSOLUTE, "root", lambda: _names("/etc/passwd")),
    (Rule.NAME_ABSOLUTE, "two roots", lambda: _names("//server/share")),
    (Rule.NAME_TRAVERSAL, "up", lambda: _names("../evil.md")),
    (Rule.NAME_TRAVERSAL, "up from within", lambda: _names("a/../../evil.md")),
    (Rule.NAME_TRAVERSAL, "up as a folder", lambda: _names("a/../")),
    (Rule.NAME_TRAVERSAL, "here", lambda: _names("a/./b.md")),
    (Rule.NAME_BACKSLASH, "up on Windows", lambda: _names("..\\evil.md")),
    (Rule.NAME_BACKSLASH, "anywhere", lambda: _names("a\\b.md")),
    (Rule.NAME_DRIVE, "drive", lambda: _names("C:/evil.md")),
    (Rule.NAME_DRIVE, "drive, relative", lambda: _names("C:evil.md")),
    (Rule.NAME_DRIVE, "stream", lambda: _names("a.md:hidden")),
    (Rule.NAME_CONTROL, "NUL", lambda: _names("a.md\0.png")),
    (Rule.NAME_CONTROL, "line feed", lambda: _names("a\n.md")),
    (Rule.NAME_CONTROL, "escape", lambda: _names("a\x1b[2J.md")),
    (Rule.NAME_CONTROL, "delete", lambda: _names("a\x7f.md")),
    (Rule.NAME_CONTROL, "C1", lambda: _names("a\x85.md")),
    (Rule.NAME_INVISIBLE, "bidi", lambda: _names(f"a{RIGHT_TO_LEFT}gnp.md")),
    (Rule.NAME_INVISIBLE, "bidi isolate", lambda: _names("a\u2066.md")),
    (Rule.NAME_INVISIBLE, "zero width", lambda: _names(f"a{ZERO_WIDTH}.md")),
    (Rule.NAME_INVISIBLE, "tag", lambda: _names("a\U000e0041.md")),
    (Rule.NAME_INVISIBLE, "line separator", lambda: _names(f"a{LINE_END}.md")),
    (Rule.NAME_INVISIBLE, "private use", lambda: _names(f"a{PRIVATE}.md")),
    (Rule.NAME_INVISIBLE, "no character", lambda: _names("a\uffff.md")),
    *(
        (Rule.NAME_RESERVED_CHARACTER, character, lambda name=f"a{character}.md": _names(name))
        for character in '<>"|?*'
    ),
    *(
        (Rule.NAME_DEVICE, name, lambda name=name: _names(name))
        for name in (
            "CON",
            "nul.md",
            "a/aux.txt",
            "Com1.md",
            "LPT9",
            "com¹.md",
            "conin$",
            "prn .md",
        )
    ),
    (Rule.NAME_DEVICE, "as a folder", lambda: _names("con/a.md")),
    (Rule.NAME_EDGE, "dot", lambda: _names("a.")),
    (Rule.NAME_EDGE, "space", lambda: _names("a.md ")),
    (Rule.NAME_EDGE, "space first", lambda: _names(" a.md")),
    (Rule.NAME_EDGE, "folder", lambda: _names("a./b.md")),
    (Rule.NAME_EDGE, "many dots", lambda: _names(".../b.md")),
    (Rule.NAME_TOO_LONG, "a byte more", lambda: _names("a" * (LIMITS.path_bytes + 1))),
    (Rule.NAME_TOO_LONG, "in bytes", lambda: _names("é" * (LIMITS.path_bytes // 2 + 1))),
    (Rule.NAME_TOO_DEEP, "a part more", lambda: _names("/".join("a" * (LIMITS.path_parts + 1)))),
    (Rule.DUPLICATE_NAME, "files", lambda: _names("a.md", "a.md")),
    (Rule.DUPLICATE_NAME, "folders", lambda: _names("a/", "a/")),
    (Rule.LOOK_ALIKE_NAMES, "case", lambda: _names("a.md", "A.md")),
    (Rule.LOOK_ALIKE_NAMES, "case of a folder", lambda: _names("a/x.md", "A/y.md")),
    (Rule.LOOK_ALIKE_NAMES, "case of an empty folder", lambda: _names("a/x.md", "A/")),
    (Rule.LOOK_ALIKE_NAMES, "sharp s", lambda: _names("strasse.md", "straße.md")),
    (Rule.LOOK_ALIKE_NAMES, "ligature", lambda: _names("file.md", "\ufb01le.md")),
    (Rule.LOOK_ALIKE_NAMES, "full width", lambda: _names("a.md", "\uff41.md")),
    (Rule.LOOK_ALIKE_NAMES, "Kelvin", lambda: _names("k.md", "K.md")),
    (Rule.FILE_AND_DIRECTORY, "file first", lambda: _names("a", "a/b.md")),
    (Rule.FILE_AND_DIRECTORY, "folder first", lambda: _names("a/b.md", "a")),
    (Rule.FILE_AND_DIRECTORY, "by another case", lambda: _names("A", "a/b.md")),
    (Rule.FILE_AND_DIRECTORY, "an empty folder", lambda: _names("a", "a/")),
    (Rule.LINK, "symbolic", lambda: _mode(0o120777)),
    (
        Rule.LINK,
        "symbolic, as if made by DOS",
        lambda: one_file(mode=0o120777, central={"made_by": 20}).bytes(),
    ),
    (Rule.LINK, "a folder that is a link", lambda: _mode(0o120777, "a/")),
    (Rule.SPECIAL_FILE, "pipe", lambda: _mode(0o010644)),
    (Rule.SPECIAL_FILE, "block device", lambda: _mode(0o060644)),
    (Rule.SPECIAL_FILE, "character device", lambda: _mode(0o020644)),
    (Rule.SPECIAL_FILE, "socket", lambda: _mode(0o140644)),
    (Rule.SPECIAL_MODE, "setuid", lambda: _mode(0o104755)),
    (Rule.SPECIAL_MODE, "setgid", lambda: _mode(0o102755)),
    (Rule.SPECIAL_MODE, "sticky folder", lambda: _mode(0o041777, "a/")),
    (Rule.TYPE_MISMATCH, "a folder by mode", lambda: _mode(0o040755)),
    (Rule.TYPE_MISMATCH, "a file by mode", lambda: _mode(0o100644, "a/")),
    (
        Rule.TYPE_MISMATCH,
        "a folder by attribute",
        lambda: one_file(central={"external": 0x10}).bytes(),
    ),
    (Rule.TYPE_MISMATCH, "a folder with bytes", lambda: one_file("a/", mode=0).bytes()),
    (
        Rule.TYPE_MISMATCH,
        "a folder with hidden bytes",
        lambda: Forger().add("a/", packed=PACKED, method=DEFLATED, mode=0).bytes(),
    ),
    (Rule.TOO_MANY_FILES, "one more", lambda: many(LIMITS.files + 1, "{}.md")),
]
