"""mog.yaml: what it may say, what is missing when it is not said, and every way to be wrong."""

import pytest

from mog_package import (
    Manifest,
    ManifestError,
    PackageType,
    Problem,
    Target,
    Transport,
    Version,
    parse_manifest,
)
from mog_package.rules import Rule
from tests.mog_package import packages


def read(kind: PackageType = PackageType.SKILL, more: str = "") -> Manifest:
    """Read a manifest with what is required and `more`."""
    return parse_manifest(packages.manifest(kind, more=more))


def problems(text: str) -> list[Problem]:
    """Return everything that is wrong with a manifest."""
    with pytest.raises(ManifestError) as refusal:
        parse_manifest(text.encode())
    return list(refusal.value.problems)


def problem(more: str, kind: PackageType = PackageType.SKILL) -> Problem:
    """Return the one problem of an otherwise valid manifest."""
    [found] = problems(packages.manifest(kind, more=more).decode())
    return found


def instead(key: str, value: str) -> Problem:
    """Return the one problem of a manifest with another value for a required key."""
    lines = packages.manifest().decode().splitlines()
    changed = [f"{key}: {value}" if line.startswith(f"{key}:") else line for line in lines]
    [found] = problems("\n".join(changed))
    return found


def test_four_keys_are_enough() -> None:
    manifest = read()
    assert (manifest.vendor, manifest.slug) == ("acme", "pdf-tools")
    assert manifest.version == Version(1, 0, 0)
    assert manifest.type is PackageType.SKILL
    assert manifest.targets == (Target.GENERIC,)
    assert (manifest.license, manifest.readme) == ("MIT", "README.md")
    assert (manifest.keywords, manifest.requires_tools, manifest.executable) == ((), (), False)
    assert manifest.entrypoint is None
    assert manifest.server is None


def test_every_key_is_read() -> None:
    manifest = read(
        more="targets: [cursor, claude-code]\n"
        "install_map: {cursor: '.cursor/skills/team-{slug}'}\n"
        "entrypoint: SKILL.md\n"
        "requires: {tools: [git, 'Bash(jq:*)']}\n"
        "license: apache-2.0 or mit\n"
        "readme: LIESMICH.md\n"
        "keywords: [pdf, text]\n"
        "executable: true\n"
    )
    assert manifest.install_path(Target.CURSOR) == ".cursor/skills/team-pdf-tools/"
    assert manifest.install_path(Target.CLAUDE_CODE) == ".claude/skills/pdf-tools/"
    assert manifest.requires_tools == ("git", "Bash(jq:*)")
    assert manifest.license == "Apache-2.0 OR MIT"
    assert (manifest.readme, manifest.entrypoint) == ("LIESMICH.md", "SKILL.md")
    assert manifest.keywords == ("pdf", "text")
    assert manifest.executable


def test_a_server_on_standard_input_is_read() -> None:
    manifest = read(
        PackageType.MCP,
        "server:\n  transport: stdio\n  command: npx\n  args: [-y, '@acme/pdf']\n  env:\n"
        "    - {name: API_KEY, description: From the site, required: true, secret: true}\n"
        "    - {name: LEVEL, default: '2'}\n",
    )
    assert manifest.server
    assert manifest.server.transport is Transport.STDIO
    assert (manifest.server.command, manifest.server.args) == ("npx", ("-y", "@acme/pdf"))
    key, level = manifest.server.env
    assert (key.name, key.required, key.secret, key.default) == ("API_KEY", True, True, None)
    assert (level.required, level.secret, level.default) == (False, False, "2")


@pytest.mark.parametrize("url", ["https://mcp.example/v1?x=1", "http://127.0.0.1:8080/mcp"])
def test_a_server_elsewhere_is_read(url: str) -> None:
    manifest = read(PackageType.MCP, f"server: {{transport: http, url: '{url}'}}\n")
    assert manifest.server
    assert (manifest.server.transport, manifest.server.url) == (Transport.HTTP, url)


def test_lines_of_a_description_are_folded() -> None:
    text = packages.manifest().decode().replace("Reads PDFs.", "|\n  Reads\n\n  PDFs.\n")
    assert parse_manifest(text.encode()).description == "Reads PDFs."


def test_everything_that_is_wrong_is_said_at_once_in_the_order_of_the_file() -> None:
    found = problems("name: Acme/x\nversion: 1.0\ntyp: skill\ntargets: [cursr]\nlicense: F O O\n")
    assert [(one.line, one.key, one.rule) for one in found] == [
        (1, "", Rule.MISSING_KEY),
        (1, "", Rule.MISSING_KEY),
        (1, "name", Rule.BAD_NAME),
        (2, "version", Rule.WRONG_TYPE),
        (3, "typ", Rule.UNKNOWN_KEY),
        (4, "targets[0]", Rule.BAD_TARGET),
        (5, "license", Rule.BAD_LICENSE),
    ]
    assert [one.detail for one in found[:2]] == ["type", "description"]


def test_an_unknown_key_is_told_its_nearest_name() -> None:
    assert problem("keyword: [x]").detail == "'keyword'; did you mean 'keywords'?"
    assert problem("zzz: 1").detail == "'zzz'"
    more = "server: {transport: stdio, command: npx, arg: []}"
    found = problem(more, PackageType.MCP)
    assert (found.key, found.detail) == ("server.arg", "'arg'; did you mean 'args'?")


def test_an_unknown_target_is_told_its_nearest_name() -> None:
    assert problem("targets: [claude]").detail == "'claude'; did you mean 'claude-code'?"


def test_a_problem_is_one_line_that_an_editor_can_follow() -> None:
    text = str(problem("targets: [claude]"))
    assert text == (
        "mog.yaml:5: targets[0]: an unknown target: 'claude'; did you mean 'claude-code'?"
    )


@pytest.mark.parametrize("text", ["", "[]", "x", "12", "- name: x"])
def test_a_manifest_is_a_mapping(text: str) -> None:
    [found] = problems(text)
    assert found.rule is Rule.WRONG_TYPE


@pytest.mark.parametrize("key", ["name", "version", "type", "description"])
def test_required_keys_are_required(key: str) -> None:
    lines = packages.manifest().decode().splitlines()
    [found] = problems("\n".join(line for line in lines if not line.startswith(f"{key}:")))
    assert (found.rule, found.detail) == (Rule.MISSING_KEY, key)


@pytest.mark.parametrize(
    "name",
    [
        *("pdf", "acme/", "/pdf", "acme/pdf/x", "Acme/pdf", "acme/PDF", "acme/pdf_tools"),
        *("-acme/pdf", "acme-/pdf", "ac--me/pdf", "acme/-pdf", "acme/pdf-", "acme/p..f"),
        *("a/pdf", f"{'a' * 33}/pdf", f"acme/{'p' * 124}", "acme/con", "nul/pdf", "äcme/pdf"),
        *("acme/../x", "acme\\pdf", f"acme/{'p' * 65}"),
    ],
)
def test_a_name_is_vendor_and_slug(name: str) -> None:
    assert instead("name", f'"{name}"'.replace("\\", "\\\\")).rule is Rule.BAD_NAME


def test_a_slug_that_is_no_skills_may_be_longer() -> None:
    text = packages.manifest(PackageType.RULE).decode().replace("pdf-tools", "p" * 95)
    assert parse_manifest(text.encode()).slug == "p" * 95


@pytest.mark.parametrize("version", ["1.0.0-beta", "v1.0.0", "01.0.0", "1.0.0.0"])
def test_a_version_is_three_numbers(version: str) -> None:
    assert instead("version", version).rule is Rule.BAD_VERSION


@pytest.mark.parametrize("kind", ["skills", "SKILL", "plugin"])
def test_a_type_is_one_of_five(kind: str) -> None:
    assert instead("type", kind).rule is Rule.BAD_VALUE


@pytest.mark.parametrize("value", ['""', '"  "', "x" * 1025, '"a\\u0007b"', '"a\\u2028b"'])
def test_a_description_is_readable_and_short(value: str) -> None:
    assert instead("description", value).rule is Rule.BAD_VALUE


@pytest.mark.parametrize(
    ("more", "rule", "key"),
    [
        ("targets: []", Rule.BAD_VALUE, "targets"),
        ("targets: cursor", Rule.WRONG_TYPE, "targets"),
        ("targets: [cursor, cursor]", Rule.BAD_VALUE, "targets"),
        ("targets: [1]", Rule.WRONG_TYPE, "targets[0]"),
        ("install_map: {cursor: '.cursor/skills/{slug}'}", Rule.BAD_TARGET, "install_map.cursor"),
        ("install_map: {vim: x}", Rule.BAD_TARGET, "install_map.vim"),
        ("install_map: {generic: '.git/{slug}'}", Rule.BAD_INSTALL_PATH, "install_map.generic"),
        ("install_map: {generic: .agents/skills/x}", Rule.BAD_INSTALL_PATH, "install_map.generic"),
        ("install_map: [x]", Rule.WRONG_TYPE, "install_map"),
        ("entrypoint: ../x.md", Rule.BAD_VALUE, "entrypoint"),
        ("entrypoint: other.md", Rule.BAD_VALUE, "entrypoint"),
        ("requires: [git]", Rule.WRONG_TYPE, "requires"),
        ("requires: {tool: [git]}", Rule.UNKNOWN_KEY, "requires.tool"),
        ("requires: {tools: [git, git]}", Rule.BAD_VALUE, "requires.tools"),
        ("license: Proprietary", Rule.BAD_LICENSE, "license"),
        ("license: MIT AND", Rule.BAD_LICENSE, "license"),
        ("readme: docs/README.md", Rule.BAD_VALUE, "readme"),
        ("readme: README", Rule.BAD_VALUE, "readme"),
        ("readme: .md", Rule.BAD_VALUE, "readme"),
        ("keywords: ['']", Rule.BAD_VALUE, "keywords[0]"),
        (f"keywords: {[str(n) for n in range(21)]}", Rule.BAD_VALUE, "keywords"),
        ("executable: 'yes'", Rule.WRONG_TYPE, "executable"),
        ("server: {transport: stdio, command: npx}", Rule.BAD_VALUE, "server"),
    ],
)
def test_a_wrong_value_is_named_by_its_key(more: str, rule: Rule, key: str) -> None:
    found = problem(more)
    assert (found.rule, found.key) == (rule, key)


def test_only_skills_say_that_they_bring_scripts() -> None:
    assert problem("executable: true", PackageType.RULE).key == "executable"


def test_a_proprietary_license_has_a_name_of_its_own() -> None:
    assert read(more="license: LicenseRef-Acme-EULA").license == "LicenseRef-Acme-EULA"


def test_an_mcp_package_needs_a_server() -> None:
    text = packages.manifest(PackageType.RULE).decode().replace("type: rule", "type: mcp")
    [found] = problems(text)
    assert (found.rule, found.detail) == (Rule.MISSING_KEY, "server, for type mcp")


@pytest.mark.parametrize(
    ("block", "rule", "key"),
    [
        ("{}", Rule.MISSING_KEY, "server"),
        ("{transport: sse, url: 'https://x.example'}", Rule.BAD_VALUE, "server.transport"),
        ("{transport: stdio}", Rule.MISSING_KEY, "server"),
        ("{transport: http}", Rule.MISSING_KEY, "server"),
        ("{transport: stdio, command: /bin/sh}", Rule.BAD_VALUE, "server.command"),
        ("{transport: stdio, command: 'sh -c'}", Rule.BAD_VALUE, "server.command"),
        ("{transport: stdio, command: '-c'}", Rule.BAD_VALUE, "server.command"),
        ("{transport: stdio, command: x, args: '-y'}", Rule.WRONG_TYPE, "server.args"),
        ("{transport: stdio, command: x, args: [1]}", Rule.WRONG_TYPE, "server.args[0]"),
        (
            "{transport: stdio, command: x, url: 'https://x.example'}",
            Rule.BAD_VALUE,
            "server.url",
        ),
        (
            "{transport: http, url: 'https://x.example', command: x}",
            Rule.BAD_VALUE,
            "server.command",
        ),
        *(
            (f"{{transport: http, url: '{url}'}}", Rule.BAD_VALUE, "server.url")
            for url in (
                *("http://x.example", "ftp://x.example", "https://", "https://u:p@x.example"),
                *("https://u@x.example", "https://x.example:port", "https://x.example#part"),
                *("https://[x", "https://x y.example", "http://127.0.0.1.example", "javascript:x"),
            )
        ),
        (
            "{transport: stdio, command: x, env: [{name: '1X'}]}",
            Rule.BAD_VALUE,
            "server.env[0].name",
        ),
        (
            "{transport: stdio, command: x, env: [{name: X}, {name: X}]}",
            Rule.BAD_VALUE,
            "server.env[1].name",
        ),
        (
            "{transport: stdio, command: x, env: [{name: X, secret: true, default: x}]}",
            Rule.BAD_VALUE,
            "server.env[0].default",
        ),
        (
            "{transport: stdio, command: x, env: [{description: x}]}",
            Rule.MISSING_KEY,
            "server.env[0]",
        ),
    ],
)
def test_a_server_block_says_what_its_transport_needs(block: str, rule: Rule, key: str) -> None:
    found = problem(f"server: {block}\n", PackageType.MCP)
    assert (found.rule, found.key) == (rule, key)
