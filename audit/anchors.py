"""Heads of the chains, signed and kept outside the database: what shows a cut tail.

One file per chain is replaced after each batch of links; one per chain and day stays as the last
head of its day. A chain begins with an anchor at sequence 0, so its absence later means something.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime
from hmac import compare_digest
from pathlib import Path

from django.conf import settings

from audit import macs

SET_ASIDE = "set-aside"


class InvalidAnchor(Exception):
    """A file in the anchor folder that is unreadable or carries a wrong signature."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name}: {reason}")
        self.path = path


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of a chain at a moment. `at` is RFC 3339 in UTC."""

    chain: str
    sequence: int
    mac: str
    at: str
    signature: str

    @property
    def day(self) -> date:
        """The day, in UTC, that the head was sealed on."""
        return datetime.fromisoformat(self.at).astimezone(UTC).date()


def write(*, chain: str, sequence: int, mac: str, at: datetime) -> None:
    """Sign a head that was sealed `at` and keep it: the current one, and the last of its day.

    A head behind the current one changes nothing: of two sealers the slower may come last.
    """
    anchor = _signed(chain=chain, sequence=sequence, mac=mac, at=at)
    with _taking_turns():
        known = _of_file(_current_path(chain))
        if known is not None and known.sequence > sequence:
            return
        if sequence:
            _replace(_folder() / f"{chain}-{anchor.day}.json", anchor)
        _replace(_current_path(chain), anchor)


def current(chain: str) -> Anchor | None:
    """Return the current anchor of a chain, None when there is none.

    Raises InvalidAnchor.
    """
    return _of_file(_current_path(chain))


def of_days(chain: str) -> Iterator[Anchor | InvalidAnchor]:
    """Yield the anchors that stay, oldest first, and what stands in place of one."""
    for path in sorted(_folder().glob(f"{chain}-????-??-??.json")):
        try:
            anchor = _of_file(path)
            if anchor is not None and path.name != f"{chain}-{anchor.day}.json":
                raise InvalidAnchor(path, "it is that of another day")
        except InvalidAnchor as invalid:
            yield invalid
        else:
            if anchor is not None:
                yield anchor


def set_aside(chain: str, *, above: int, now: datetime) -> Path:
    """Move the current anchor of a chain, and those above a sequence, into a folder of their own.

    For a restored backup, whose links end there. Days below keep their anchors.
    """
    folder = _folder() / SET_ASIDE / f"{chain}-{now:%Y-%m-%dT%H%M%SZ}"
    with _taking_turns():
        days = [each for each in of_days(chain) if isinstance(each, Anchor)]
        lost = [_folder() / f"{chain}-{each.day}.json" for each in days if each.sequence > above]
        folder.mkdir(parents=True)
        for path in filter(Path.exists, (_current_path(chain), *lost)):
            path.rename(folder / path.name)
        _sync(folder)
        _sync(_folder())
    return folder


def _folder() -> Path:
    return Path(settings.AUDIT_ANCHOR_DIR)


def _current_path(chain: str) -> Path:
    return _folder() / f"{chain}.json"


def _signed(*, chain: str, sequence: int, mac: str, at: datetime) -> Anchor:
    moment = at.astimezone(UTC).isoformat(timespec="seconds")
    signature = macs.of_anchor(chain=chain, sequence=sequence, mac=mac, at=moment)
    return Anchor(chain, sequence, mac, moment, signature)


def _of_file(path: Path) -> Anchor | None:
    """Return the anchor in a file, None when there is no file; raises InvalidAnchor."""
    anchor = _parse(path)
    if anchor is None:
        return None
    expected = macs.of_anchor(
        chain=anchor.chain, sequence=anchor.sequence, mac=anchor.mac, at=anchor.at
    )
    is_of_this_chain = path.name.startswith((f"{anchor.chain}.", f"{anchor.chain}-"))
    if not is_of_this_chain or not compare_digest(anchor.signature, expected):
        raise InvalidAnchor(path, "the signature does not fit")
    return anchor


def _parse(path: Path) -> Anchor | None:
    try:
        told = json.loads(path.read_text(encoding="ascii"))
        anchor = Anchor(**told)
        for field in fields(Anchor):
            if type(told[field.name]) is not (int if field.name == "sequence" else str):
                raise InvalidAnchor(path, f"its {field.name} is of another type")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise InvalidAnchor(path, "it cannot be read") from error
    return anchor


@contextmanager
def _taking_turns() -> Iterator[None]:
    """Let one process at a time change the folder; the kernel lets go when it dies."""
    _folder().mkdir(parents=True, exist_ok=True)
    with (_folder() / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _replace(path: Path, anchor: Anchor) -> None:
    # A reader sees the old or the new file, whatever happens to this process or machine.
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    with temporary.open("w", encoding="ascii") as file:
        file.write(json.dumps(asdict(anchor), indent=2))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
