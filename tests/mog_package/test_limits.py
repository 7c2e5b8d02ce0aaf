"""The ceilings of the package format."""

from mog_package import UPLOAD


def test_the_limits_are_those_of_the_specification() -> None:
    assert UPLOAD.archive_bytes == 25 * 1024**2
    assert UPLOAD.unpacked_bytes == 100 * 1024**2
    assert UPLOAD.ratio == 100
    assert UPLOAD.files == 2_000
    assert UPLOAD.file_bytes == 10 * 1024**2
    assert UPLOAD.path_bytes == 240
    assert UPLOAD.path_parts == 16
