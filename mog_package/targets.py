"""Where packages are installed: for every target and type one default and a few allowed roots.

Paths are relative to the project. A manifest may choose below a root, never a root itself, so no
package reaches a client's settings, hooks, a repository's own folder or its workflows.

Roots follow what the clients read: Claude Code `.claude/skills` and `.claude/rules`; Cursor
`.cursor/skills` and `.cursor/rules`; Windsurf `.windsurf/skills` and `.windsurf/rules`; Gemini CLI
`.gemini/skills`; Codex `.agents/skills`; OpenClaw `skills` of its workspace. `.agents/skills` is
the shared folder of agentskills.io. Types that no client reads by itself go below `.agents`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mog_package.archive import names
from mog_package.limits import UPLOAD

SLUG = "{slug}"


class PackageType(StrEnum):
    """What a package is."""

    SKILL = "skill"
    RULE = "rule"
    BUNDLE = "bundle"
    TEMPLATE = "template"
    MCP = "mcp"


class Target(StrEnum):
    """The clients that packages are installed for."""

    CURSOR = "cursor"
    CLAUDE_CODE = "claude-code"
    CODEX = "codex"
    GEMINI_CLI = "gemini-cli"
    WINDSURF = "windsurf"
    OPENCLAW = "openclaw"
    GENERIC = "generic"


@dataclass(frozen=True, slots=True)
class Place:
    """The roots of one target and type, without a slash at the end; the first is the default."""

    roots: tuple[str, ...]

    @property
    def default(self) -> str:
        """Return the path a package takes unless it chooses another one."""
        return f"{self.roots[0]}/{SLUG}/"


_SHARED_SKILLS = ".agents/skills"
_SHARED_RULES = ".agents/rules"

_SKILLS: dict[Target, tuple[str, ...]] = {
    Target.CURSOR: (".cursor/skills", _SHARED_SKILLS),
    Target.CLAUDE_CODE: (".claude/skills",),
    Target.CODEX: (_SHARED_SKILLS, ".codex/skills"),
    Target.GEMINI_CLI: (".gemini/skills", _SHARED_SKILLS),
    Target.WINDSURF: (".windsurf/skills", _SHARED_SKILLS),
    Target.OPENCLAW: ("skills", _SHARED_SKILLS),
    Target.GENERIC: (_SHARED_SKILLS,),
}
_RULES: dict[Target, tuple[str, ...]] = {
    Target.CURSOR: (".cursor/rules", _SHARED_RULES),
    Target.CLAUDE_CODE: (".claude/rules", _SHARED_RULES),
    Target.CODEX: (_SHARED_RULES,),
    Target.GEMINI_CLI: (_SHARED_RULES,),
    Target.WINDSURF: (".windsurf/rules", _SHARED_RULES),
    Target.OPENCLAW: (_SHARED_RULES,),
    Target.GENERIC: (_SHARED_RULES,),
}

PLACES: Mapping[tuple[PackageType, Target], Place] = {
    **{(PackageType.SKILL, target): Place(_SKILLS[target]) for target in Target},
    **{(PackageType.RULE, target): Place(_RULES[target]) for target in Target},
    **{
        # A bundle may hold both, so it may stand beside either.
        (PackageType.BUNDLE, target): Place((".agents/bundles", *_SKILLS[target], *_RULES[target]))
        for target in Target
    },
    **{
        (PackageType.TEMPLATE, target): Place((".agents/templates", "templates"))
        for target in Target
    },
    **{(PackageType.MCP, target): Place((".agents/mcp",)) for target in Target},
}


def broken_path(path: str, *, package_type: PackageType, target: Target) -> str | None:
    """Return why a package may not choose a path, as a clause; None when it may."""
    place = PLACES[package_type, target]
    trimmed = path.removesuffix("/")
    root = next((root for root in place.roots if trimmed.startswith(f"{root}/")), None)
    if root is None:
        return f"it must be below {' or '.join(f'{root}/' for root in place.roots)}"
    if trimmed.count(SLUG) != 1 or SLUG in root:
        return f"it must contain {SLUG} once"
    below = trimmed.removeprefix(f"{root}/")
    if "{" in below.replace(SLUG, "") or "}" in below.replace(SLUG, ""):
        return f"{SLUG} is the only thing that may stand in braces"
    if any(part.startswith(".") for part in below.split("/")):
        return f"no part below {root}/ may begin with a dot"
    if broken := names.broken_rule(trimmed.replace(SLUG, "slug"), UPLOAD):
        rule, detail = broken
        return f"{rule.says}: {detail}" if detail else rule.says
    return None


def install_path(
    *, package_type: PackageType, target: Target, slug: str, install_map: Mapping[Target, str]
) -> str:
    """Return the folder of a package in a project, with a slash at its end."""
    chosen = install_map.get(target, PLACES[package_type, target].default)
    return chosen.removesuffix("/").replace(SLUG, slug) + "/"
