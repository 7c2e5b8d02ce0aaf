"""Zips that ordinary tools write are read; a damaged one never does anything but be refused."""

import contextlib
import io
import subprocess
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mog_package import ArchiveTree, Limits, PackageError, open_archive, validate
from mog_package.rules import Rule
from tests.mog_package import hostile, packages
from tests.mog_package.forger import DEFLATED, STORED, Forger, deflate, descriptor, extra_field

_WHOLE = Forger()
for _path, _data in packages.files().items():
    _WHOLE.add(_path, _data, method=DEFLATED, descriptor=descriptor(_data, packed=deflate(_data)))
WHOLE = _WHOLE.bytes()


def read(data: bytes) -> dict[str, bytes]:
    """Return the files of a zip."""
    tree = open_archive(io.BytesIO(data))
    return {path: tree.read(path) for path in tree.paths}


@pytest.mark.parametrize("method", [STORED, DEFLATED])
@pytest.mark.parametrize("signed", [True, False])
def test_descriptors_of_streaming_writers_are_welcome(method: int, *, signed: bool) -> None:
    data = b"streamed " * 30
    packed = deflate(data) if method == DEFLATED else data
    trailer = descriptor(data, packed=packed, signed=signed)
    forger = Forger().add("a.md", data, method=method, descriptor=trailer)
    assert read(forger.bytes()) == {"a.md": data}


def test_a_streaming_writer_may_fill_in_what_it_knows() -> None:
    data = b"known"
    forger = Forger().add(
        "a.md", data, descriptor=descriptor(data), local={"size_bytes": 5, "packed_bytes": 5}
    )
    assert read(forger.bytes()) == {"a.md": data}


def test_times_and_owners_in_extra_fields_are_welcome() -> None:
    extra = extra_field(0x5455, b"\x03" + bytes(8)) + extra_field(0x7875, bytes(11))
    forger = Forger().add("a.md", b"x", both={"extra": extra}, central={"extra": extra[:13]})
    assert read(forger.bytes()) == {"a.md": b"x"}


def test_the_directory_may_be_in_another_order() -> None:
    forger = Forger().add("a.md", b"1").add("b.md", b"2")
    forger.members.reverse()
    reversed_body = forger.bytes()
    assert read(reversed_body) == {"a.md": b"1", "b.md": b"2"}


def test_empty_files_and_folders_are_read() -> None:
    forger = Forger().add("a/", b"", mode=0o040755).add("a/b.md", b"", method=DEFLATED)
    assert read(forger.bytes()) == {"a/b.md": b""}


def test_zips_of_python_are_read(tmp_path: Path) -> None:
    packages.write(tmp_path / "pdf", packages.files())
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted((tmp_path / "pdf").rglob("*")):
            archive.write(file, file.relative_to(tmp_path))
    assert read(output.getvalue()) == packages.files()


def test_zips_of_git_are_read(tmp_path: Path) -> None:
    packages.write(tmp_path, packages.files())
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "init", "--quiet"], check=True, capture_output=True)
    subprocess.run([*git, "add", "."], check=True, capture_output=True)
    subprocess.run([*git, "commit", "--quiet", "-m", "x"], check=True, capture_output=True)
    # Named by its tree, not by a commit, whose id git would put into the archive's comment.
    command = [*git, "archive", "--format=zip", "--prefix=pdf/", "HEAD^{tree}"]
    output = subprocess.run(command, check=True, capture_output=True).stdout
    assert read(output) == packages.files()


@given(st.data())
def test_a_damaged_zip_is_refused_or_read_and_nothing_else(data: st.DataObject) -> None:
    damaged = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(damaged) - 1))
        damaged[position] = data.draw(st.integers(0, 255))
    with contextlib.suppress(PackageError):
        validate(open_archive(io.BytesIO(bytes(damaged))))


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=40))
def test_bytes_put_in_anywhere_are_found(position: int, more: bytes) -> None:
    damaged = WHOLE[:position] + more + WHOLE[position:]
    with pytest.raises(PackageError):
        validate(open_archive(io.BytesIO(damaged)))


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 40))
def test_bytes_taken_out_anywhere_are_missed(position: int, count: int) -> None:
    damaged = WHOLE[:position] + WHOLE[position + count :]
    with pytest.raises(PackageError):
        validate(open_archive(io.BytesIO(damaged)))


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(data: bytes) -> None:
    with contextlib.suppress(PackageError):
        read(b"PK\x03\x04" + data)
        read(data + b"PK\x05\x06" + bytes(18))


def test_a_bomb_costs_no_memory_before_it_is_refused() -> None:
    bomb = (
        Forger().add("a.md", bytes(50_000_000), method=DEFLATED, both={"size_bytes": 4_000}).bytes()
    )
    tracemalloc.start()
    try:
        tree = open_archive(io.BytesIO(bomb), limits=Limits(ratio=100_000))
        with pytest.raises(PackageError) as refusal:
            tree.read("a.md")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refusal.value.problems[0].rule is Rule.SIZE_MISMATCH
    assert peak < 1_000_000


def test_opening_does_not_read_the_files() -> None:
    large = Forger().add("a.md", bytes(9_000_000)).bytes()
    stream = io.BytesIO(large)
    tracemalloc.start()
    try:
        open_archive(stream)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 500_000


def test_a_zip_that_shrinks_while_it_is_read_is_refused() -> None:
    stream = io.BytesIO(Forger().add("a.md", b"here" * 100).bytes())
    tree = open_archive(stream)
    stream.truncate(60)
    with pytest.raises(PackageError) as refusal:
        tree.read("a.md")
    assert refusal.value.problems[0].rule is Rule.ARCHIVE_TRUNCATED


def test_what_is_not_in_the_zip_cannot_be_asked_for() -> None:
    tree = ArchiveTree.open(io.BytesIO(WHOLE))
    with pytest.raises(KeyError):
        tree.read("../mog.yaml")


def test_the_limits_are_inclusive() -> None:
    forger = Forger().add("/".join("a" * 6), bytes(50_000)).add("b" * 60, bytes(10_000))
    forger.add("folder/", mode=0o040755).add("other/", mode=0o040755)
    data = forger.bytes()
    limits = Limits(
        archive_bytes=len(data),
        unpacked_bytes=60_000,
        file_bytes=50_000,
        files=2,
        ratio=1,
        path_bytes=60,
        path_parts=6,
    )
    assert len(ArchiveTree.open(io.BytesIO(data), limits=limits).paths) == 2


def test_the_ratio_is_inclusive() -> None:
    data = Forger().add("a.md", bytes(10_000), method=DEFLATED).bytes()
    exact = Forger().add("a.md", bytes(len(data) * 20), method=DEFLATED)
    size = len(exact.bytes())
    whole = Forger().add("a.md", bytes(size * 20), method=DEFLATED).bytes()
    # Zeros deflate alike within a few bytes; only an equal size makes the point.
    assert len(whole) == size
    assert ArchiveTree.open(io.BytesIO(whole), limits=hostile.LIMITS).paths == ("a.md",)
    more = Forger().add("a.md", bytes(size * 20 + 1), method=DEFLATED).bytes()
    assert len(more) == size
    with pytest.raises(PackageError):
        ArchiveTree.open(io.BytesIO(more), limits=hostile.LIMITS)
