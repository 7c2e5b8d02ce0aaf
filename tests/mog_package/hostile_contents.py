"""Hostile archives for every rule of real bytes."""

from collections.abc import Callable

from mog_package.rules import Rule
from tests.mog_package.forger import DEFLATED, Forger
from tests.mog_package.hostile import PACKED, TEXT, one_deflated, one_file


def _fifty_and_fifty() -> bytes:
    forger = Forger()
    noise = bytes(range(256)) * 130
    return forger.add("a.md", noise).add("b.md", noise).bytes()


def _bomb(name: str = "a.md", size: int = 45_000) -> bytes:
    return Forger().add(name, b"\0" * size, method=DEFLATED).bytes()


CONTENTS: list[tuple[Rule, str, Callable[[], bytes]]] = [
    (Rule.FILE_TOO_LARGE, "a byte more", lambda: Forger().add("a.md", bytes(50_001)).bytes()),
    (Rule.UNPACKED_TOO_LARGE, "two files", _fifty_and_fifty),
    (Rule.RATIO, "zeros", _bomb),
    (
        Rule.SIZE_MISMATCH,
        "more than declared",
        lambda: one_deflated(both={"size_bytes": len(TEXT) - 1}),
    ),
    (
        Rule.SIZE_MISMATCH,
        "a bomb that declares little",
        lambda: (
            Forger()
            .add("a.md", b"\0" * 5_000_000, method=DEFLATED, both={"size_bytes": 100})
            .bytes()
        ),
    ),
    (
        Rule.SIZE_MISMATCH,
        "fewer than declared",
        lambda: one_deflated(both={"size_bytes": len(TEXT) + 1}),
    ),
    (Rule.CHECKSUM_MISMATCH, "stored", lambda: one_file(both={"crc": 1}).bytes()),
    (Rule.CHECKSUM_MISMATCH, "deflated", lambda: one_deflated(both={"crc": 1})),
    (Rule.BAD_COMPRESSION, "garbage", lambda: one_deflated(packed=b"\xff" * 40)),
    (Rule.BAD_COMPRESSION, "cut", lambda: one_deflated(packed=PACKED[:-3])),
    (Rule.BAD_COMPRESSION, "no bytes at all", lambda: one_deflated(packed=b"")),
    (Rule.BAD_COMPRESSION, "bytes behind the end", lambda: one_deflated(packed=PACKED + b"hidden")),
    (
        Rule.BAD_COMPRESSION,
        "a second stream behind the end",
        lambda: one_deflated(packed=PACKED + PACKED),
    ),
    (
        Rule.CHECKSUM_MISMATCH,
        "in a file that is dropped",
        lambda: one_file("__MACOSX/a.md", both={"crc": 1}).bytes(),
    ),
]
