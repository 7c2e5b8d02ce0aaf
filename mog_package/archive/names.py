"""The second layer of reading a zip: names and types, as strict as the strictest computer.

The rules for one name also hold for the files of a folder and for paths in a manifest.
"""

import re
import stat
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mog_package.archive.framing import Record
from mog_package.errors import NamesError
from mog_package.limits import Limits
from mog_package.rules import Rule

# Microsoft, "Naming Files, Paths, and Namespaces": devices in every folder, with any extension;
# superscript digits count. CONIN$ and CONOUT$ are devices too.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9])(?:[ .].*)?")
_RESERVED_CHARACTERS = frozenset('<>"|?*')

# General categories that no reader sees, or that mean something else elsewhere: format (bidi and
# zero width), private use, unassigned, line and paragraph separators.
_INVISIBLE_CATEGORIES = frozenset({"Cf", "Co", "Cn", "Zl", "Zp"})

_SPECIAL_BITS = stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of an archive with a name that is safe everywhere; directories are not kept."""

    path: str
    record: Record


def broken_rule(path: str, limits: Limits) -> tuple[Rule, str] | None:
    """Return the first rule that a relative path breaks, with a detail; None when it is safe."""
    for check in (_characters, _shape, _parts):
        if broken := check(path):
            return broken
    length = len(path.encode())
    if length > limits.path_bytes:
        return Rule.NAME_TOO_LONG, f"{length} bytes, at most {limits.path_bytes}"
    depth = path.count("/") + 1
    if depth > limits.path_parts:
        return Rule.NAME_TOO_DEEP, f"{depth} parts, at most {limits.path_parts}"
    return None


def broken_pair(paths: Iterable[str]) -> tuple[Rule, str, str] | None:
    """Return the first rule that two files break together, the later path and the earlier one.

    Folders count as well: `a/x` beside `A/y` is one folder on some computers and two on others.
    """
    spellings: dict[str, str] = {}
    files: dict[str, str] = {}
    for path in paths:
        key = same_name_key(path)
        if key in files:
            rule = Rule.DUPLICATE_NAME if files[key] == path else Rule.LOOK_ALIKE_NAMES
            return rule, path, files[key]
        if key in spellings:
            return Rule.FILE_AND_DIRECTORY, path, spellings[key]
        files[key] = path
        for folder in _folders_above(path):
            folder_key = same_name_key(folder)
            if folder_key in files:
                return Rule.FILE_AND_DIRECTORY, path, files[folder_key]
            if spellings.setdefault(folder_key, folder) != folder:
                return Rule.LOOK_ALIKE_NAMES, folder, spellings[folder_key]
    return None


def same_name_key(path: str) -> str:
    """Return what two paths share when some file system takes them for one.

    Unicode 15, section 3.13, D146: compatibility caseless matching, NFKC around a case fold.
    """
    if path.isascii():
        return path.lower()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", path).casefold())
    return unicodedata.normalize("NFKC", folded.casefold())


def read_names(records: Sequence[Record], limits: Limits) -> tuple[Entry, ...]:
    """Return the files among the records, in their order.

    Raises NamesError.
    """
    files: list[Entry] = []
    folders: list[str] = []
    for record in records:
        path = _decode(record)
        is_directory = _is_directory(record, path)
        path = path.removesuffix("/") if is_directory else path
        if broken := broken_rule(path, limits):
            raise NamesError.of(broken[0], broken[1], path=record.shown_name)
        if is_directory:
            folders.append(path)
        else:
            files.append(Entry(path, record))
    if len(files) > limits.files:
        raise NamesError.of(Rule.TOO_MANY_FILES, f"{len(files):,}, at most {limits.files:,}")
    _check_together([entry.path for entry in files], folders)
    return tuple(files)


def _check_together(files: list[str], folders: list[str]) -> None:
    # A folder's own entry counts as the file "." inside it: the same rules then hold for it.
    together = files + [f"{folder}/." for folder in folders]
    if broken := broken_pair(together):
        rule, path, other = broken
        shown = path.removesuffix("/.")
        raise NamesError.of(rule, f"as {other.removesuffix('/.')}", path=shown)


def _decode(record: Record) -> str:
    try:
        path = record.raw_name.decode("utf-8")
    except UnicodeDecodeError:
        raise NamesError.of(Rule.NAME_NOT_UTF8, path=record.shown_name) from None
    # APPNOTE 4.4.4: without the flag a name is in code page 437, and readers differ.
    if not record.is_utf8 and not path.isascii():
        raise NamesError.of(Rule.NAME_NOT_UTF8, "flag 11 is missing", path=record.shown_name)
    return path


def _is_directory(record: Record, path: str) -> bool:
    """Tell a directory from a file by name; mode and attributes must say the same."""
    named_so = path.endswith("/")
    kind = stat.S_IFMT(record.mode)
    if kind == stat.S_IFLNK:
        raise NamesError.of(Rule.LINK, path=path)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise NamesError.of(Rule.SPECIAL_FILE, path=path)
    if record.mode & _SPECIAL_BITS:
        raise NamesError.of(Rule.SPECIAL_MODE, path=path)
    moded_so = kind == stat.S_IFDIR or record.is_dos_directory
    if (kind == stat.S_IFREG and named_so) or (moded_so and not named_so):
        raise NamesError.of(Rule.TYPE_MISMATCH, path=path)
    # Some writers deflate nothing, which takes two bytes.
    if named_so and (record.size_bytes or record.packed_bytes > 2):
        raise NamesError.of(Rule.TYPE_MISMATCH, "a directory with bytes", path=path)
    return named_so


def _folders_above(path: str) -> Iterable[str]:
    position = path.find("/")
    while position >= 0:
        yield path[:position]
        position = path.find("/", position + 1)


def _characters(path: str) -> tuple[Rule, str] | None:
    for character in path:
        if character < " " or "\x7f" <= character <= "\x9f":
            return Rule.NAME_CONTROL, f"U+{ord(character):04X}"
        category = unicodedata.category(character)
        if category == "Cs":
            # What the system's own decoder makes of a file name that is not UTF-8.
            return Rule.NAME_NOT_UTF8, ""
        if category in _INVISIBLE_CATEGORIES:
            return Rule.NAME_INVISIBLE, f"U+{ord(character):04X}"
        if character in _RESERVED_CHARACTERS:
            return Rule.NAME_RESERVED_CHARACTER, character
    return None


def _shape(path: str) -> tuple[Rule, str] | None:
    if not path:
        return Rule.NAME_EMPTY, ""
    if "\\" in path:
        return Rule.NAME_BACKSLASH, ""
    if path.startswith("/"):
        return Rule.NAME_ABSOLUTE, ""
    if ":" in path:
        return Rule.NAME_DRIVE, ""
    if not unicodedata.is_normalized("NFC", path):
        return Rule.NAME_NOT_NFC, ""
    return None


def _parts(path: str) -> tuple[Rule, str] | None:
    for part in path.split("/"):
        if not part:
            return Rule.NAME_EMPTY, "two slashes, or one at the end"
        if part in (".", ".."):
            return Rule.NAME_TRAVERSAL, ""
        if part[0] == " " or part[-1] in " .":
            return Rule.NAME_EDGE, ""
        if _DEVICE.fullmatch(same_name_key(part)):
            return Rule.NAME_DEVICE, part
    return None
