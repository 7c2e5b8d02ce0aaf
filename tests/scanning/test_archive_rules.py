"""Every rule of the archive becomes a finding of its own, through a real child."""

import io
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from mog_package import PackageError, open_archive, validate
from mog_package.rules import Rule
from scanning import engine
from scanning.rules import package_form
from scanning.rules.rule import Category, Effect
from scanning.verdicts import Verdict
from tests.mog_package import hostile, hostile_names, packages
from tests.mog_package.forger import DEFLATED, Forger, deflate
from tests.scanning.conftest import Upload

_Make = Callable[[], bytes]
# Their samples are hostile under small ceilings only; the child has the real ones.
_CEILINGS = {
    *(Rule.ARCHIVE_TOO_LARGE, Rule.TOO_MANY_ENTRIES, Rule.TOO_MANY_FILES, Rule.FILE_TOO_LARGE),
    *(Rule.UNPACKED_TOO_LARGE, Rule.RATIO, Rule.NAME_TOO_LONG, Rule.NAME_TOO_DEEP),
}
_MANIFEST = packages.manifest()


def _forged(**options: object) -> bytes:
    return Forger().add("mog.yaml", _MANIFEST, **options).bytes()  # type: ignore[arg-type]  # the forger's own


_BYTES: list[tuple[Rule, str, _Make]] = [
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


def _first_of_each() -> Iterator[tuple[Rule, _Make]]:
    seen: set[Rule] = set()
    for rule, _, make in [*hostile.FRAMING, *hostile_names.NAMES, *_BYTES]:
        if rule not in seen and rule not in _CEILINGS and _broken(make()) == rule:
            seen.add(rule)
            yield rule, make


def _broken(data: bytes) -> Rule | None:
    try:
        validate(open_archive(io.BytesIO(data)))
    except PackageError as error:
        return error.problems[0].rule
    return None


_SAMPLES = dict(_first_of_each())


def test_every_rule_of_the_archive_has_a_sample() -> None:
    rules = list(Rule)
    first, last = rules.index(Rule.ARCHIVE_TOO_LARGE), rules.index(Rule.NESTED_ARCHIVE)
    assert set(rules[first : last + 1]) - _CEILINGS == set(_SAMPLES)


@pytest.mark.processes
@pytest.mark.django_db
@pytest.mark.parametrize("rule", _SAMPLES)
def test_it_fails_by_its_own_name(rule: Rule, upload: Upload, now: datetime) -> None:
    with engine.examine(upload(_SAMPLES[rule]()), now=now) as result:
        assert f"archive/{rule}" in {finding.rule for finding in result.findings}
        assert result.verdict is Verdict.FAILED
        assert result.canonical is None


@pytest.mark.parametrize("rule", sorted(_CEILINGS))
def test_ceilings_are_rules_of_the_archive_too(rule: Rule) -> None:
    made = package_form.broken(rule, path="", advice="Make it smaller.")
    assert (made.id, made.effect) == (f"archive/{rule}", Effect.BLOCK)


@pytest.mark.parametrize(
    ("rule", "path", "category"),
    [
        (Rule.SCRIPT, "content/a.sh", Category.FILE_TYPE),
        (Rule.README_MISSING, "README.md", Category.MANIFEST),
        (Rule.YAML_TAG, "mog.yaml", Category.MANIFEST),
        (Rule.YAML_TAG, "content/SKILL.md", Category.SKILL),
        (Rule.SKILL_NAME, "content/SKILL.md", Category.SKILL),
    ],
)
def test_every_other_rule_belongs_to_its_file(rule: Rule, path: str, category: Category) -> None:
    assert package_form.broken(rule, path=path, advice="").category is category
