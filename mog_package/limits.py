"""How large a package may be."""

from dataclasses import dataclass, replace

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings, all inclusive; `ratio` is unpacked bytes for each byte of the archive."""

    archive_bytes: int = 25 * _MB
    unpacked_bytes: int = 100 * _MB
    file_bytes: int = 10 * _MB
    files: int = 2_000
    ratio: int = 100
    path_bytes: int = 240
    path_parts: int = 16


UPLOAD = Limits()

# The canonical form is not compressed, so its ceiling is that of the files and their records:
# 76 bytes for the two headers of a file, its path in both, 22 for the end record.
CANONICAL = replace(
    UPLOAD,
    archive_bytes=UPLOAD.unpacked_bytes + UPLOAD.files * (76 + 2 * UPLOAD.path_bytes) + 22,
)
