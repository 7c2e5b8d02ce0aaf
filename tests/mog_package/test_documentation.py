"""docs/package-format.md says what the code does."""

import re
from pathlib import Path

import yaml

import mog_package
from mog_package import PackageType, Target, file_types, manifest_schema, parse_manifest, targets
from mog_package.rules import Rule

TEXT = (Path(__file__).parents[2] / "docs" / "package-format.md").read_text(encoding="utf-8")


def cells(first: str) -> list[str]:
    """Return the cells of the row that begins with a cell."""
    [row] = re.findall(rf"^\| {re.escape(first)} \|(.*)\|$", TEXT, re.MULTILINE)
    return [cell.strip() for cell in row.split(" | ")]


def test_every_rule_is_explained_as_programs_see_it() -> None:
    rows = dict(re.findall(r"^\| `([a-z0-9-]+)` \| (.*) \|$", TEXT.split("## Rules")[1], re.M))
    assert rows == {rule.value: rule.says for rule in Rule}


def test_every_install_root_is_listed_in_order() -> None:
    for target in Target:
        listed = [re.findall(r"`(.*?)/`", cell) for cell in cells(target.value)]
        assert listed == [list(targets.PLACES[kind, target].roots) for kind in PackageType]


def test_every_key_of_the_manifest_is_explained() -> None:
    keys = manifest_schema()["properties"]
    for name in [*keys, *keys["server"]["properties"]]:
        assert cells(f"`{name}`")


def test_the_examples_are_valid() -> None:
    skill, server = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert parse_manifest(skill.encode()).slug == "pdf-tools"
    document = {**yaml.safe_load(skill), "type": "mcp", **yaml.safe_load(server)}
    assert parse_manifest(yaml.safe_dump(document).encode()).server


def test_every_type_of_file_is_listed() -> None:
    listed = set(re.findall(r"\.[a-z0-9]+", cells("every package")[0]))
    assert listed == {*file_types.TEXT, *file_types.IMAGES, file_types.SVG}
    assert set(re.findall(r"\.[a-z0-9]+", cells("mcp, in content/")[0])) == file_types.SCRIPTS


def test_the_public_list_is_what_is_there() -> None:
    public = {name for name in vars(mog_package) if not name.startswith("_")}
    modules = {name for name in public if type(getattr(mog_package, name)).__name__ == "module"}
    assert public - modules == set(mog_package.__all__)
