"""SHA-256 of what a package is made of, in lowercase hexadecimal."""

import hashlib
from typing import BinaryIO

_CHUNK_BYTES = 1024 * 1024


def sha256_of(stream: BinaryIO) -> str:
    """Return the digest of everything from here to the end of a stream."""
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def sha256_of_bytes(data: bytes) -> str:
    """Return the digest of some bytes."""
    return hashlib.sha256(data).hexdigest()
