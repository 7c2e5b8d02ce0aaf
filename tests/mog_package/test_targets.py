"""Where packages go, and where they never can."""

import pytest

from mog_package import PackageType, Target, targets

_EVERY = [(kind, target) for kind in PackageType for target in Target]


@pytest.mark.parametrize(("kind", "target"), _EVERY)
def test_every_type_has_a_default_on_every_target(kind: PackageType, target: Target) -> None:
    default = targets.PLACES[kind, target].default
    assert targets.broken_path(default, package_type=kind, target=target) is None
    path = targets.install_path(package_type=kind, target=target, slug="pdf", install_map={})
    assert path == default.replace("{slug}", "pdf")


@pytest.mark.parametrize(
    ("kind", "target", "path"),
    [
        (PackageType.SKILL, Target.CLAUDE_CODE, ".claude/skills/pdf/"),
        (PackageType.SKILL, Target.GENERIC, ".agents/skills/pdf/"),
        (PackageType.SKILL, Target.CODEX, ".agents/skills/pdf/"),
        (PackageType.RULE, Target.CURSOR, ".cursor/rules/pdf/"),
        (PackageType.RULE, Target.WINDSURF, ".windsurf/rules/pdf/"),
        (PackageType.MCP, Target.CURSOR, ".agents/mcp/pdf/"),
    ],
)
def test_defaults_are_what_the_clients_read(kind: PackageType, target: Target, path: str) -> None:
    found = targets.install_path(package_type=kind, target=target, slug="pdf", install_map={})
    assert found == path


def test_a_chosen_path_is_taken_with_one_slash_at_its_end() -> None:
    chosen = {Target.CURSOR: ".cursor/rules/team/{slug}"}
    path = targets.install_path(
        package_type=PackageType.RULE, target=Target.CURSOR, slug="pdf", install_map=chosen
    )
    assert path == ".cursor/rules/team/pdf/"


@pytest.mark.parametrize("path", [".cursor/rules/{slug}", ".cursor/rules/a/x-{slug}-y/b/"])
def test_below_a_root_a_package_may_choose(path: str) -> None:
    assert targets.broken_path(path, package_type=PackageType.RULE, target=Target.CURSOR) is None


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "{slug}", "./.cursor/rules/{slug}", "/.cursor/rules/{slug}"),
        *(".git/hooks/{slug}", ".github/workflows/{slug}", ".cursor/{slug}", ".cursor/rules/"),
        *(".cursor/rules", ".cursor/rules{slug}", ".cursor/rulesx/{slug}", ".cursor/rules/team"),
        *(".cursor/rules/{slug}/../../hooks", ".cursor/rules/../{slug}", ".cursor/rules//{slug}"),
        *(".cursor/rules/{slug}/{slug}", ".cursor/rules/{other}/{slug}", ".cursor/rules/{{slug}}"),
        *(".cursor/rules/.hidden/{slug}", ".cursor/rules/.{slug}", ".cursor/rules/{slug}/.git"),
        *(".cursor\\rules\\{slug}", ".cursor/rules/{slug}\\..\\x", ".cursor/rules/{slug}:x"),
        *(".cursor/rules/{slug}\0", ".cursor/rules/\u202e{slug}", ".cursor/rules/con/{slug}"),
        *(".cursor/rules/{slug}./x", ".Cursor/rules/{slug}", ".claude/rules/{slug}"),
        *(".cursor/rules/{slug}//", "~/.cursor/rules/{slug}", "C:/.cursor/rules/{slug}"),
    ],
)
def test_anywhere_else_is_refused(path: str) -> None:
    assert targets.broken_path(path, package_type=PackageType.RULE, target=Target.CURSOR)


def test_no_root_reaches_settings_hooks_or_workflows() -> None:
    roots = {root for place in targets.PLACES.values() for root in place.roots}
    forbidden = {
        ".git",
        ".github",
        ".vscode",
        ".cursor",
        ".claude",
        ".codex",
        ".gemini",
        ".windsurf",
    }
    assert not roots & forbidden
    assert all(root.rpartition("/")[2] in _LAST_PARTS for root in roots)


_LAST_PARTS = {"skills", "rules", "bundles", "templates", "mcp"}
