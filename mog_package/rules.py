"""Every rule of the package format: the name that programs see, and a sentence for people."""

from enum import StrEnum
from typing import Self


class Rule(StrEnum):
    """A rule that a package can break; the value is stable and `says` tells what is wrong."""

    says: str

    def __new__(cls, value: str, says: str) -> Self:
        """Make a member that equals its value and carries its sentence."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.says = says
        return member

    # Archive: framing.
    ARCHIVE_TOO_LARGE = "archive-too-large", "the archive is too large"
    NOT_A_ZIP = "not-a-zip", "this is not a zip archive"
    ARCHIVE_TRUNCATED = "archive-truncated", "the archive ends too early"
    ARCHIVE_COMMENT = "archive-comment", "the archive carries a comment"
    ENTRY_COMMENT = "entry-comment", "an entry carries a comment"
    DATA_AROUND = "data-around", "there are bytes before, between or after the archive's records"
    MULTIPLE_ENDS = "multiple-ends", "the archive has more than one end record"
    SPLIT_ARCHIVE = "split-archive", "the archive is split over several files"
    ZIP64 = "zip64", "ZIP64 records are not allowed"
    BAD_DIRECTORY = "bad-directory", "the central directory does not hold together"
    TOO_MANY_ENTRIES = "too-many-entries", "the archive has too many entries"
    HEADERS_DISAGREE = "headers-disagree", "local header and central directory disagree"
    BAD_DESCRIPTOR = "bad-descriptor", "a data descriptor is missing, wrong or unexpected"
    OVERLAP = "overlap", "entries overlap"
    ENCRYPTED = "encrypted", "an entry is encrypted"
    COMPRESSION_METHOD = "compression-method", "entries must be stored or deflated"
    ENTRY_FLAGS = "entry-flags", "an entry has flags that are not allowed"
    BAD_EXTRA_FIELD = "bad-extra-field", "an extra field is malformed or not allowed"

    # Archive and folder: names.
    NAME_EMPTY = "name-empty", "a name, or a part of it, is empty"
    NAME_NOT_UTF8 = "name-not-utf8", "a name is not UTF-8, or not marked as UTF-8"
    NAME_NOT_NFC = "name-not-nfc", "a name is not in Unicode normal form C"
    NAME_ABSOLUTE = "name-absolute", "a name is an absolute path"
    NAME_TRAVERSAL = "name-traversal", "a name leads out of the package"
    NAME_BACKSLASH = "name-backslash", "a name holds a backslash"
    NAME_DRIVE = "name-drive", "a name holds a colon, as drives and streams of Windows do"
    NAME_CONTROL = "name-control", "a name holds a control character"
    NAME_INVISIBLE = "name-invisible", "a name holds an invisible or undefined character"
    NAME_RESERVED_CHARACTER = "name-reserved-character", "a name holds a character Windows forbids"
    NAME_DEVICE = "name-device", "a name is a device of Windows"
    NAME_EDGE = "name-edge", "a part of a name begins with a space, or ends with a dot or space"
    NAME_TOO_LONG = "name-too-long", "a name is too long"
    NAME_TOO_DEEP = "name-too-deep", "a name has too many parts"
    NAME_HIDDEN = "name-hidden", "a name, or a part of it, begins with a dot"
    DUPLICATE_NAME = "duplicate-name", "two entries have the same name"
    LOOK_ALIKE_NAMES = "look-alike-names", "two names are the same on some computers"
    FILE_AND_DIRECTORY = "file-and-directory", "a name is both a file and a directory"
    LINK = "link", "links are not allowed"
    SPECIAL_FILE = "special-file", "only files and directories are allowed"
    SPECIAL_MODE = "special-mode", "setuid, setgid and sticky bits are not allowed"
    TYPE_MISMATCH = (
        "type-mismatch",
        "an entry is a directory by name and a file by mode, or reverse",
    )

    # Archive: real bytes.
    FILE_TOO_LARGE = "file-too-large", "a file is too large"
    UNPACKED_TOO_LARGE = "unpacked-too-large", "the package is too large unpacked"
    RATIO = "ratio", "the archive is compressed more than real files are"
    TOO_MANY_FILES = "too-many-files", "the package has too many files"
    SIZE_MISMATCH = "size-mismatch", "an entry's bytes are not as many as it declares"
    CHECKSUM_MISMATCH = "checksum-mismatch", "an entry's bytes do not match their checksum"
    BAD_COMPRESSION = "bad-compression", "an entry's compressed bytes are damaged"
    NESTED_ARCHIVE = "nested-archive", "a file is an archive itself"

    # Files.
    FILE_TYPE = "file-type", "this type of file is not allowed"
    SCRIPT = "script", "scripts are not allowed here"
    TYPE_AND_BYTES = "type-and-bytes", "the bytes are not what the name says"
    NOT_TEXT = "not-text", "the file is not plain UTF-8 text"
    BAD_SVG = "bad-svg", "the SVG is damaged or carries script, links or definitions"
    CANNOT_READ = "cannot-read", "a file cannot be read"

    # Layout.
    MANIFEST_MISSING = "manifest-missing", "mog.yaml is missing"
    README_MISSING = "readme-missing", "the README is missing"
    CONTENT_MISSING = "content-missing", "content/ has no files"
    UNEXPECTED_FILE = (
        "unexpected-file",
        "only mog.yaml, README, CHANGELOG, licences and content/ belong here",
    )
    ENTRYPOINT_MISSING = "entrypoint-missing", "the entry point is missing"
    SKILL_MISSING = "skill-missing", "content/SKILL.md is missing"

    # mog.yaml.
    YAML_TOO_LARGE = "yaml-too-large", "the YAML is longer than 64 KB"
    YAML_SYNTAX = "yaml-syntax", "the YAML cannot be read"
    YAML_TAG = "yaml-tag", "YAML tags are not allowed"
    YAML_ALIAS = "yaml-alias", "YAML anchors and aliases are not allowed"
    YAML_DUPLICATE_KEY = "yaml-duplicate-key", "a key stands twice"
    YAML_TOO_DEEP = "yaml-too-deep", "the YAML is nested too deeply"
    UNKNOWN_KEY = "unknown-key", "an unknown key"
    MISSING_KEY = "missing-key", "a required key is missing"
    WRONG_TYPE = "wrong-type", "a value is of the wrong type"
    BAD_VALUE = "bad-value", "a value is not allowed"
    BAD_NAME = "bad-name", "the name is not vendor/slug"
    BAD_VERSION = "bad-version", "the version is not X.Y.Z"
    BAD_LICENSE = "bad-license", "the licence is no SPDX expression"
    BAD_TARGET = "bad-target", "an unknown target"
    BAD_INSTALL_PATH = "bad-install-path", "a package may not be installed there"

    # SKILL.md.
    SKILL_FRONT_MATTER = "skill-front-matter", "SKILL.md does not begin with YAML front matter"
    SKILL_NAME = "skill-name", "the skill's name is missing or not allowed"
    SKILL_DESCRIPTION = "skill-description", "the skill's description is missing or too long"
    SKILL_FIELD = "skill-field", "a field of the skill's front matter is not allowed"
