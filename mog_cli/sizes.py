"""Bytes in words."""


def text_of(size_bytes: int) -> str:
    """Return a size as people read it, such as `3.2 KB`, a KB being 1,024 bytes."""
    if size_bytes < 1024:
        return "1 byte" if size_bytes == 1 else f"{size_bytes} bytes"
    size, unit = size_bytes / 1024, "KB"
    if size >= 1024:
        size, unit = size / 1024, "MB"
    return f"{size:.1f} {unit}"


def count_of(number: int, thing: str) -> str:
    """Return a number of things, such as `1 file` and `2 files`."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
