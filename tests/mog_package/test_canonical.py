"""The canonical form: same tree, same bytes, same digest, whoever packs it and from whatever."""

import hashlib
import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mog_package import (
    CANONICAL,
    PackageType,
    ValidationError,
    canonical,
    open_archive,
    open_directory,
    tree,
    validate,
    write_canonical,
)
from mog_package.rules import Rule
from tests.mog_package import packages
from tests.mog_package.forger import DEFLATED, Forger, deflate, descriptor
from tests.mog_package.packages import MemoryTree

# The digest of the smallest package of these tests. It may never change: every digest that was
# ever published, bought or locked depends on these bytes.
DIGEST = "f8b49e63af5582373716b9ae09a9558887ea09a4a5df0f0f14f340a1cd05db06"

_parts = st.text(alphabet="abcXYZ019-_ .éß漢Ωﬁ", min_size=1, max_size=8).filter(
    lambda text: tree.is_ignored_name(text) is False
)
_bodies = st.one_of(
    st.text(max_size=200).map(lambda text: text.replace("\0", "").encode()),
    st.sampled_from([b"", packages.PNG, packages.SVG]),
)


@st.composite
def _trees(draw: st.DrawFn) -> dict[str, bytes]:
    """Draw the files of a valid package of some type."""
    kind = draw(st.sampled_from(list(PackageType)))
    files = packages.files(kind)
    for parts, body in draw(st.lists(st.tuples(st.lists(_parts, max_size=4), _bodies), max_size=8)):
        ending = {packages.PNG: ".png", packages.SVG: ".svg"}.get(body, ".md")
        path = "/".join(["content", *parts, f"file{ending}"])
        if not packages.problems({**files, path: body}):
            files[path] = body
    return files


def packed(files: dict[str, bytes]) -> tuple[bytes, str]:
    """Return the canonical archive of some files, and the digest that was told."""
    output = io.BytesIO()
    artifact = write_canonical(validate(MemoryTree(files)), output)
    assert artifact.size_bytes == len(output.getvalue())
    return output.getvalue(), artifact.sha256


@settings(max_examples=500, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(_trees())
def test_a_tree_comes_back_as_it_was_with_the_same_digest(files: dict[str, bytes]) -> None:
    archive, digest = packed(files)
    assert hashlib.sha256(archive).hexdigest() == digest
    back = open_archive(io.BytesIO(archive), limits=CANONICAL)
    assert {path: back.read(path) for path in back.paths} == files
    again = io.BytesIO()
    assert write_canonical(validate(back), again).sha256 == digest
    assert again.getvalue() == archive


def test_the_bytes_are_those_of_always() -> None:
    assert packed(packages.files())[1] == DIGEST


def _as_folder(files: dict[str, bytes], folder: Path) -> str:
    package = validate(open_directory(packages.write(folder, files)))
    return write_canonical(package, io.BytesIO()).sha256


def _by_python(files: dict[str, bytes], folder: Path) -> str:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.mkdir("top")
        for path, data in reversed(files.items()):
            archive.writestr(f"top/{path}", data)
    return write_canonical(validate(open_archive(output)), io.BytesIO()).sha256


def _streamed(files: dict[str, bytes], folder: Path) -> str:
    forger = Forger()
    for number, (path, data) in enumerate(files.items()):
        trailer = descriptor(data, packed=deflate(data), signed=bool(number % 2))
        forger.add(path, data, method=DEFLATED, descriptor=trailer)
    return write_canonical(validate(open_archive(io.BytesIO(forger.bytes()))), io.BytesIO()).sha256


@pytest.mark.parametrize("make", [_as_folder, _by_python, _streamed])
def test_the_way_a_tree_arrives_does_not_change_its_digest(
    make: Callable[[dict[str, bytes], Path], str], tmp_path: Path
) -> None:
    assert make(packages.files(), tmp_path) == DIGEST


def test_modes_and_times_do_not_change_the_digest(tmp_path: Path) -> None:
    packages.write(tmp_path, packages.files())
    (tmp_path / "README.md").chmod(0o755)
    assert _as_folder({}, tmp_path) == DIGEST


def test_another_process_with_another_hash_seed_writes_the_same(tmp_path: Path) -> None:
    packages.write(tmp_path, packages.files())
    program = (
        "import io, pathlib, sys, mog_package as m;"
        "tree = m.open_directory(pathlib.Path(sys.argv[1]));"
        "print(m.write_canonical(m.validate(tree), io.BytesIO()).sha256)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        env={"PYTHONHASHSEED": "7", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == DIGEST


def test_other_readers_see_the_same_files() -> None:
    files = {**packages.files(), "content/é.md": b"accent"}
    with zipfile.ZipFile(io.BytesIO(packed(files)[0])) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
        infos = archive.infolist()
        assert archive.testzip() is None
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {info.external_attr >> 16 for info in infos} == {0o100644}
    assert {info.compress_type for info in infos} == {zipfile.ZIP_STORED}
    assert {(info.extra, info.comment) for info in infos} == {(b"", b"")}


def test_files_are_in_the_order_of_their_bytes() -> None:
    names = ["\U0001f600.md", "\uff5ea.md", "z.md", "Z.md", "a/b.md", "a.md", "é.md"]
    output = io.BytesIO()
    canonical.write(((path, b"") for path in tree.in_order(names)), output)
    with zipfile.ZipFile(output) as archive:
        written = archive.namelist()
    assert written == sorted(names, key=lambda name: name.encode())
    # Not the order of UTF-16, in which JavaScript and Java sort.
    assert written != sorted(names, key=lambda name: name.encode("utf-16-be"))


def test_a_pipe_can_be_written_to() -> None:
    class Pipe(io.RawIOBase):
        """Takes bytes and goes nowhere back."""

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            assert isinstance(data, bytes)
            return len(data)

    package = validate(MemoryTree(packages.files()))
    assert write_canonical(package, Pipe()).sha256 == DIGEST  # type: ignore[arg-type]  # a raw one


def test_a_file_that_changed_since_it_was_judged_is_not_packed() -> None:
    memory = MemoryTree(packages.files())
    package = validate(memory)
    memory.files["README.md"] += b"later"
    with pytest.raises(ValidationError) as refusal:
        write_canonical(package, io.BytesIO())
    assert refusal.value.problems[0].rule is Rule.CANNOT_READ
    assert refusal.value.problems[0].path == "README.md"


def test_the_largest_package_may_be_read_back() -> None:
    archive = CANONICAL.archive_bytes
    records = CANONICAL.files * (30 + 46 + 2 * CANONICAL.path_bytes) + 22
    assert archive == CANONICAL.unpacked_bytes + records
