"""One forged archive for each rule of the archive, in bytes."""

import io
import random
from collections.abc import Callable, Iterator, Mapping

from mog_package import PackageError, open_archive, validate
from mog_package.rules import Rule
from tests.mog_package import hostile, hostile_names, packages
from tests.mog_package.forger import DEFLATED, STORED, Forger, deflate

Make = Callable[[], bytes]
# Their samples are hostile under small ceilings only; the child has the real ones.
CEILINGS = {
    *(Rule.ARCHIVE_TOO_LARGE, Rule.TOO_MANY_ENTRIES, Rule.TOO_MANY_FILES, Rule.FILE_TOO_LARGE),
    *(Rule.UNPACKED_TOO_LARGE, Rule.RATIO, Rule.NAME_TOO_LONG, Rule.NAME_TOO_DEEP),
}
_MANIFEST = packages.manifest()


def _forged(**options: object) -> bytes:
    return Forger().add("mog.yaml", _MANIFEST, **options).bytes()  # type: ignore[arg-type]  # the forger's own


_BYTES: list[tuple[Rule, str, Make]] = [
    (Rule.CHECKSUM_MISMATCH, "", lambda: _forged(both={"crc": 1})),
    (
        Rule.SIZE_MISMATCH,
        "",
        lambda: _forged(method=DEFLATED, both={"size_bytes": len(_MANIFEST) + 1}),
    ),
    (
        Rule.BAD_COMPRESSION,
        "",
        lambda: _forged(method=DEFLATED, packed=b"\xff" * len(deflate(_MANIFEST))),
    ),
    (
        Rule.NESTED_ARCHIVE,
        "",
        lambda: packages.zipped(
            packages.files() | {"content/a.md": packages.zipped(packages.files()).getvalue()}
        ).getvalue(),
    ),
    (
        Rule.NAME_HIDDEN,
        "",
        lambda: packages.zipped(packages.files() | {"content/.env.md": b"x"}).getvalue(),
    ),
]


def lines(size_bytes: int) -> bytes:
    """Return text that shrinks to about a thirteenth: large, but no bomb."""
    source = random.Random(7)
    lines = (f"{source.getrandbits(32):08x}{'a' * 100}" for _ in range(size_bytes // 109))
    return "\n".join(lines).encode()


def _with(more: Mapping[str, bytes], *, method: int = STORED) -> bytes:
    forger = Forger()
    for path, data in (packages.files() | dict(more)).items():
        forger.add(path, data, method=method)
    return forger.bytes()


_MB = 1024 * 1024
# Under the real ceilings; larger than the rest, so made only where they are asked for.
LARGE: dict[Rule, Make] = {
    Rule.TOO_MANY_ENTRIES: lambda: hostile.many(4001, "{}/"),
    Rule.TOO_MANY_FILES: lambda: _with({f"content/{n}.md": b"x" for n in range(1999)}),
    Rule.FILE_TOO_LARGE: lambda: _with({"content/a.md": b"a" * (10 * _MB + 1)}),
    Rule.UNPACKED_TOO_LARGE: lambda: _with(
        {f"content/{n}.md": lines(9 * _MB) for n in range(12)}, method=DEFLATED
    ),
    Rule.RATIO: lambda: _with({"content/a.md": bytes(5 * _MB)}, method=DEFLATED),
    Rule.NAME_TOO_LONG: lambda: _with({f"content/{'a' * 241}.md": b"x"}),
    Rule.NAME_TOO_DEEP: lambda: _with({f"content/{'a/' * 16}b.md": b"x"}),
}


def _first_of_each() -> Iterator[tuple[Rule, Make]]:
    seen: set[Rule] = set()
    for rule, _, make in [*hostile.FRAMING, *hostile_names.NAMES, *_BYTES]:
        if rule not in seen and rule not in CEILINGS and _broken(make()) == rule:
            seen.add(rule)
            yield rule, make


def _broken(data: bytes) -> Rule | None:
    try:
        validate(open_archive(io.BytesIO(data)))
    except PackageError as error:
        return error.problems[0].rule
    return None


SAMPLES = dict(_first_of_each())
