"""Versions are three numbers, ordered as numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mog_package import InvalidVersion, Version

_numbers = st.integers(0, 999_999_999)
_versions = st.tuples(_numbers, _numbers, _numbers)


@given(_versions)
def test_a_version_is_written_as_it_was_read(numbers: tuple[int, int, int]) -> None:
    version = Version(*numbers)
    assert Version.parse(str(version)) == version


@given(_versions, _versions)
def test_versions_are_ordered_by_their_numbers(
    one: tuple[int, int, int], other: tuple[int, int, int]
) -> None:
    assert (Version(*one) < Version(*other)) == (one < other)


@pytest.mark.parametrize(
    "text",
    [
        *("", "1", "1.0", "1.0.0.0", "v1.0.0", "1.0.0-rc1", "1.0.0+build", " 1.0.0", "1.0.0\n"),
        *(
            "01.0.0",
            "1.00.0",
            "1.0.-1",
            "1..0",
            "1.0.x",
            "1.0.1000000000",
            "\u0661.\u0660.\u0660",
            "1.0.0" * 99,
        ),
    ],
)
def test_anything_else_is_no_version(text: str) -> None:
    with pytest.raises(InvalidVersion, match=r"must look like 1\.2\.3"):
        Version.parse(text)
