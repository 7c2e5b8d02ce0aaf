"""Every rule of the archive becomes a finding of its own, through a real child."""

from datetime import datetime

import pytest

from mog_package.rules import Rule
from scanning import engine
from scanning.rules import package_form
from scanning.rules.rule import Category
from scanning.verdicts import Effect, Verdict, effect_of
from tests.mog_package.hostile_archives import CEILINGS, SAMPLES
from tests.scanning.conftest import Upload


def test_every_rule_of_the_archive_has_a_sample() -> None:
    rules = list(Rule)
    first, last = rules.index(Rule.ARCHIVE_TOO_LARGE), rules.index(Rule.NESTED_ARCHIVE)
    assert set(rules[first : last + 1]) - CEILINGS == set(SAMPLES)


@pytest.mark.processes
@pytest.mark.django_db
@pytest.mark.parametrize("rule", SAMPLES)
def test_it_fails_by_its_own_name(rule: Rule, upload: Upload, now: datetime) -> None:
    with engine.examine(upload(SAMPLES[rule]()), now=now) as result:
        assert f"archive/{rule}" in {finding.rule for finding in result.findings}
        assert result.verdict is Verdict.FAILED
        assert result.canonical is None


@pytest.mark.parametrize("rule", sorted(CEILINGS))
def test_ceilings_are_rules_of_the_archive_too(rule: Rule) -> None:
    made = package_form.broken(rule, path="", advice="Make it smaller.")
    assert (made.id, effect_of(made)) == (f"archive/{rule}", Effect.BLOCK)


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
