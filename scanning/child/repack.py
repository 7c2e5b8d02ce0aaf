"""The first program: read an upload, judge its form, write the canonical archive."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, BinaryIO

from mog_package import Package, PackageError, open_archive, validate, write_canonical
from scanning.child import facts
from scanning.rules import tokens

UPLOAD = "upload.zip"
CANONICAL = "canonical.zip"
# So many of our tokens are told of a package that is refused.
OWN_TOKENS = 100


def run(_request: object) -> dict[str, Any]:
    """Return the facts of the package; or its problems, and the digests of our tokens in it.

    Nobody judges what is no valid package, but a token that was sent to us is known to others.
    """
    with Path(UPLOAD).open("rb") as stream:
        try:
            package = validate(open_archive(stream))
            _write(package)
            return {"problems": [], "facts": facts.of(package), "ownTokens": []}
        except PackageError as error:
            told = error.problems[: facts.PROBLEMS]
            found = islice(_own_tokens(stream), OWN_TOKENS)
            return {
                "problems": [facts.of_problem(problem) for problem in told],
                "facts": None,
                "ownTokens": list(dict.fromkeys(found)),
            }


def _write(package: Package) -> None:
    with Path(CANONICAL).open("wb") as output:
        write_canonical(package, output)


def _own_tokens(stream: BinaryIO) -> Iterator[str]:
    for data in _contents(stream):
        yield from (hashlib.sha256(token).hexdigest() for token in tokens.mog_tokens_in(data))


def _contents(stream: BinaryIO) -> Iterator[bytes | mmap]:
    """Yield what can be read: the files, or of what is no archive the upload itself."""
    try:
        tree = open_archive(stream)
    except PackageError:
        # An empty file cannot be mapped.
        if stream.seek(0, io.SEEK_END):
            yield mmap(stream.fileno(), 0, access=ACCESS_READ)
        return
    for path in tree.paths:
        with suppress(PackageError):
            yield tree.read(path)
