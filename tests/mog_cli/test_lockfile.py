"""mog.lock.json: its one text, its schema, and that nothing in it is believed."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mog_cli import lockfile, lockfile_format
from mog_cli.errors import LockfileInvalid
from mog_package import PackageType
from tests.mog_cli import snapshots
from tests.mog_cli.conftest import ROOT
from tests.mog_cli.marketplace import Marketplace

RunJson = Callable[..., tuple[int, dict[str, Any], str]]
SCHEMA = ROOT / "docs" / "mog.lock.schema.json"
CLAUDE = "targets: [claude-code]\n"


def entry(**changes: object) -> dict[str, Any]:
    """Return a valid entry of a skill."""
    return {
        "version": "1.0.0",
        "sha256": "a" * 64,
        "type": "skill",
        "targets": {"claude-code": ".claude/skills/pdf-tools/"},
        "files": {"SKILL.md": "b" * 64},
        "registry": "https://mog.md",
        **changes,
    }


def document(**changes: object) -> dict[str, Any]:
    """Return a valid lockfile with one skill."""
    return {"lockfileVersion": 1, "packages": {"acme/pdf-tools": entry(**changes)}}


def _parse(content: object) -> lockfile.Lockfile:
    return lockfile.parse(json.dumps(content).encode(), path=Path("mog.lock.json"))


def test_the_shipped_schema_is_current() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == lockfile_format.schema()


def test_a_real_lockfile_keeps_the_schema(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put()
    market.put("acme/serve", kind=PackageType.MCP)
    assert run_json("install", "acme/pdf-tools", "acme/serve", "--yes")[0] == 0
    text = (project / "mog.lock.json").read_bytes()
    jsonschema.validate(json.loads(text), lockfile_format.schema())
    assert lockfile.render(lockfile.parse(text, path=Path("x"))) == text


def test_what_is_read_is_written_the_same() -> None:
    found = _parse(document(entitlementId="ent_1"))
    assert json.loads(lockfile.render(found)) == document(entitlementId="ent_1")


@pytest.mark.parametrize(
    "content",
    [
        [],
        {},
        {"lockfileVersion": 2, "packages": {}},
        {"lockfileVersion": 0, "packages": {}},
        {"lockfileVersion": True, "packages": {}},
        {"lockfileVersion": 1, "packages": []},
        {"lockfileVersion": 1, "packages": {}, "more": 1},
        {"lockfileVersion": 1, "packages": {"Acme/x": entry()}},
        document(version="1.0"),
        document(sha256="A" * 64),
        document(type="virus"),
        document(targets={"emacs": ".claude/skills/pdf-tools/"}),
        document(files={"SKILL.md": "x"}),
        document(files={"../SKILL.md": "b" * 64}),
        document(files={"/etc/passwd": "b" * 64}),
        document(files={"a\\b": "b" * 64}),
        document(registry="ftp://x"),
        document(more=1),
    ],
)
def test_a_damaged_lockfile_is_refused(content: object) -> None:
    with pytest.raises(LockfileInvalid):
        _parse(content)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"a": 1, "a": 2}', b"[" * 100_000])
def test_what_is_no_json_is_refused(content: bytes) -> None:
    with pytest.raises(LockfileInvalid):
        lockfile.parse(content, path=Path("mog.lock.json"))


def test_a_newer_format_says_to_upgrade() -> None:
    with pytest.raises(LockfileInvalid) as refusal:
        _parse({"lockfileVersion": 2, "packages": {}})
    assert refusal.value.advice == "Upgrade mog."


@pytest.mark.parametrize(
    "folder",
    [
        "../pdf-tools/",
        "/etc/pdf-tools/",
        ".git/hooks/pdf-tools/",
        ".claude/pdf-tools/",
        ".claude/skills/",
        ".claude/skills/pdf-tools",
        ".claude/skills/other/",
        ".claude/skills/../skills/pdf-tools/",
        ".claude/skills/.hidden/pdf-tools/",
        ".claude/skills//pdf-tools/",
        "C:/pdf-tools/",
        ".cursor/skills/pdf-tools/",
        "",
    ],
)
def test_a_folder_that_no_such_package_may_have_is_refused(folder: str) -> None:
    with pytest.raises(LockfileInvalid):
        _parse(document(targets={"claude-code": folder}))


def test_a_hostile_lockfile_removes_nothing(project: Path, home: Path, run_json: RunJson) -> None:
    hooks = project / ".git" / "hooks" / "pdf-tools"
    hooks.mkdir(parents=True)
    (hooks / "mine").write_text("mine")
    hostile = document(targets={"claude-code": ".git/hooks/pdf-tools/"})
    (project / "mog.lock.json").write_text(json.dumps(hostile))
    before = snapshots.of(project)
    for command in (["uninstall", "acme/pdf-tools", "--yes"], ["list"], ["verify"]):
        exit_code, said, _ = run_json(*command)
        assert (exit_code, said["code"]) == (1, "lockfile_invalid")
    assert snapshots.of(project) == before


def test_a_lockfile_behind_a_link_is_refused(
    project: Path, home: Path, tmp_path: Path, run_json: RunJson
) -> None:
    (tmp_path / "elsewhere.json").write_text(json.dumps(document()))
    (project / "mog.lock.json").symlink_to(tmp_path / "elsewhere.json")
    assert run_json("list")[1]["code"] == "lockfile_invalid"


def test_everything_is_restored_from_the_lockfile(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put(more=CLAUDE)
    market.put("acme/rule", kind=PackageType.RULE)
    run_json("install", "acme/pdf-tools", "acme/rule")
    before = snapshots.of(project)
    for path in before:
        if path != "mog.lock.json":
            (project / path).unlink()
    market.put(version="9.0.0", more=CLAUDE)
    exit_code, said, _ = run_json("install")
    assert exit_code == 0, said
    assert snapshots.of(project) == before
    assert [package["version"] for package in said["data"]["packages"]] == ["1.0.0", "1.0.0"]


def test_what_is_complete_is_restored_without_asking_anybody(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put()
    run_json("install", "acme/pdf-tools")
    asked = len(market.server.seen)
    assert run_json("install")[0] == 0
    assert len(market.server.seen) == asked


def test_the_digest_of_the_lockfile_wins(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put(more=CLAUDE)
    run_json("install", "acme/pdf-tools")
    (project / ".claude/skills/pdf-tools/SKILL.md").unlink()
    before = snapshots.of(project)
    market.put(more=CLAUDE, content={"content/evil.md": b"evil\n"})
    exit_code, said, _ = run_json("install")
    assert (exit_code, said["code"]) == (1, "digest_mismatch")
    assert snapshots.of(project) == before


def test_nothing_is_restored_without_a_lockfile(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    assert run_json("install")[1]["code"] == "usage"
    assert not (project / ".mog").exists()


def test_another_server_than_the_lockfiles_is_not_asked(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    (project / "mog.lock.json").write_text(json.dumps(document(registry="https://evil.example")))
    exit_code, said, _ = run_json("install")
    assert (exit_code, said["code"]) == (1, "config_invalid")
    assert market.server.seen == []


def test_files_that_the_lockfile_invents_are_noticed(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put(more=CLAUDE)
    run_json("install", "acme/pdf-tools")
    path = project / "mog.lock.json"
    changed = json.loads(path.read_text())
    changed["packages"]["acme/pdf-tools"]["files"]["more.md"] = "c" * 64
    path.write_text(json.dumps(changed))
    assert run_json("install")[1]["code"] == "lockfile_drift"


@pytest.mark.parametrize(
    "arguments",
    [("acme/rule",), ("acme/pdf-tools@2.0.0",), ("acme/pdf-tools", "--target", "codex")],
)
def test_frozen_refuses_whatever_would_change_the_lockfile(
    arguments: tuple[str, ...], market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put(more=CLAUDE)
    run_json("install", "acme/pdf-tools")
    market.put(version="2.0.0", more=CLAUDE)
    market.put("acme/rule", kind=PackageType.RULE)
    before = snapshots.of(project)
    exit_code, said, _ = run_json("install", *arguments, "--frozen")
    assert (exit_code, said["code"]) == (1, "lockfile_drift")
    assert snapshots.of(project) == before


def test_frozen_installs_what_is_locked_though_there_is_a_newer_one(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put(more=CLAUDE)
    run_json("install", "acme/pdf-tools")
    (project / ".claude/skills/pdf-tools/SKILL.md").unlink()
    market.put(version="2.0.0", more=CLAUDE)
    _, said, _ = run_json("install", "acme/pdf-tools", "--frozen")
    assert said["data"]["packages"][0]["version"] == "1.0.0"
    assert run_json("verify")[0] == 0


def test_a_pipe_is_no_lockfile(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "mog.lock.json")
    with pytest.raises(LockfileInvalid, match="is no file"):
        lockfile.read(tmp_path / "mog.lock.json")


def test_a_lockfile_without_end_is_told_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "mog.lock.json"
    path.write_bytes(b"{")
    os.truncate(path, 60_000_000)
    with pytest.raises(LockfileInvalid, match="is larger than 50,000,000 bytes"):
        lockfile.read(path)
