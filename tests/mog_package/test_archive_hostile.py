"""Every rule of the archive has a hostile sample, and each is refused for that very rule."""

import io
from collections.abc import Callable

import pytest

from mog_package import archive_tree
from mog_package.errors import ContentsError, FramingError, NamesError, PackageError
from mog_package.rules import Rule
from tests.mog_package import hostile, hostile_contents, hostile_names
from tests.mog_package.forger import Forger

_Sample = tuple[Rule, str, Callable[[], bytes]]


def _named(samples: list[_Sample]) -> list[object]:
    return [pytest.param(rule, make, id=f"{rule}: {what!r}") for rule, what, make in samples]


def _open_and_read(data: bytes) -> None:
    tree = archive_tree.ArchiveTree.open(io.BytesIO(data), limits=hostile.LIMITS)
    for path in tree.paths:
        tree.read(path)


@pytest.mark.parametrize(("rule", "make"), _named(hostile.FRAMING))
def test_framing_refuses(rule: Rule, make: Callable[[], bytes]) -> None:
    with pytest.raises(FramingError) as refusal:
        _open_and_read(make())
    assert [problem.rule for problem in refusal.value.problems] == [rule]


@pytest.mark.parametrize(("rule", "make"), _named(hostile_names.NAMES))
def test_names_refuse(rule: Rule, make: Callable[[], bytes]) -> None:
    with pytest.raises(NamesError) as refusal:
        _open_and_read(make())
    assert [problem.rule for problem in refusal.value.problems] == [rule]


@pytest.mark.parametrize(("rule", "make"), _named(hostile_contents.CONTENTS))
def test_real_bytes_refuse(rule: Rule, make: Callable[[], bytes]) -> None:
    with pytest.raises(ContentsError) as refusal:
        _open_and_read(make())
    assert [problem.rule for problem in refusal.value.problems] == [rule]


def test_every_rule_of_the_archive_has_a_sample() -> None:
    rules = list(Rule)
    first, last = rules.index(Rule.ARCHIVE_TOO_LARGE), rules.index(Rule.NESTED_ARCHIVE)
    samples = hostile.FRAMING + hostile_names.NAMES + hostile_contents.CONTENTS
    # These two are judged file by file; test_file_types.py and test_layout.py have the samples.
    elsewhere = {Rule.NESTED_ARCHIVE, Rule.NAME_HIDDEN}
    assert set(rules[first : last + 1]) - elsewhere == {rule for rule, _, _ in samples}


def test_a_name_of_a_refusal_shows_bytes_that_are_no_text() -> None:
    data = Forger().add(b"caf\xe9.md", b"x").bytes()
    with pytest.raises(PackageError) as refusal:
        _open_and_read(data)
    assert refusal.value.problems[0].path == "caf\\xe9.md"
