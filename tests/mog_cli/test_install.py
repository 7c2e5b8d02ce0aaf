"""`mog install`: what is put where, and what the lockfile says of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mog_cli import program
from mog_package import PackageType, sha256_of_bytes
from tests.mog_cli import snapshots
from tests.mog_cli.marketplace import Marketplace
from tests.mog_cli.scripted_server import Answer

RunJson = Callable[..., tuple[int, dict[str, Any], str]]
CLAUDE = "targets: [claude-code]\n"
SKILL = ".claude/skills/pdf-tools/SKILL.md"


def test_a_package_is_put_where_the_client_looks(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    shelved = market.put(more="targets: [claude-code, cursor]\n")
    exit_code, document, _ = run_json("install", "acme/pdf-tools")
    assert exit_code == 0, document
    assert sorted(snapshots.of(project)) == [SKILL, "mog.lock.json"]
    (installed,) = document["data"]["packages"]
    assert installed["version"] == "1.0.0"
    assert installed["sha256"] == sha256_of_bytes(shelved.archive)
    assert installed["targets"] == {"claude-code": ".claude/skills/pdf-tools/"}
    assert snapshots.leftovers(project) == []


def test_the_lockfile_is_sorted_and_says_everything(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    shelved = market.put("zoo/rule", kind=PackageType.RULE)
    market.put()
    run_json("install", "zoo/rule")
    run_json("install", "acme/pdf-tools")
    text = (project / "mog.lock.json").read_text()
    document = json.loads(text)
    assert text == json.dumps(document, indent=2, sort_keys=True) + "\n"
    assert document["packages"]["zoo/rule"] == {
        "entitlementId": "ent_1",
        "files": {"rule.md": sha256_of_bytes(b"# Be kind 1.0.0\n")},
        "registry": market.server.origin,
        "sha256": sha256_of_bytes(shelved.archive),
        "targets": {"generic": ".agents/rules/rule/"},
        "type": "rule",
        "version": "1.0.0",
    }


def test_git_ignores_what_mog_keeps_for_itself(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put()
    run_json("install", "acme/pdf-tools")
    assert (project / ".mog" / ".gitignore").read_text() == "*\n"


def test_a_newer_version_takes_the_place_of_an_older_one(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put(more=CLAUDE, content={"content/old.md": b"old\n"})
    run_json("install", "acme/pdf-tools")
    market.put(version="1.1.0", more=CLAUDE)
    _, document, _ = run_json("install", "acme/pdf-tools")
    (installed,) = document["data"]["packages"]
    assert (installed["version"], installed["previousVersion"]) == ("1.1.0", "1.0.0")
    assert sorted(snapshots.of(project)) == [SKILL, "mog.lock.json"]
    assert b"1.1.0" in (project / SKILL).read_bytes()


def test_a_version_can_be_chosen(market: Marketplace, project: Path, run_json: RunJson) -> None:
    market.put()
    market.put(version="2.0.0")
    _, document, _ = run_json("install", "acme/pdf-tools@1.0.0")
    assert document["data"]["packages"][0]["version"] == "1.0.0"


def test_what_is_there_already_is_not_fetched_again(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put()
    run_json("install", "acme/pdf-tools")
    exit_code, document, _ = run_json("install", "acme/pdf-tools")
    assert exit_code == 0
    assert document["data"]["packages"][0]["isChanged"] is False
    assert len([seen for seen in market.server.seen if seen.method == "GET"]) == 1


def test_several_packages_are_installed_together_or_not_at_all(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put()
    exit_code, document, _ = run_json("install", "acme/pdf-tools", "acme/absent")
    assert (exit_code, document["code"]) == (1, "not_found")
    assert snapshots.of(project) == {}


def test_a_target_can_be_named_and_is_added_to_those_before(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put(more="targets: [claude-code, cursor]\n")
    run_json("install", "acme/pdf-tools")
    _, document, _ = run_json("install", "acme/pdf-tools", "--target", "cursor")
    assert sorted(document["data"]["packages"][0]["targets"]) == ["claude-code", "cursor"]
    assert (project / ".cursor/skills/pdf-tools/SKILL.md").is_file()
    assert (project / SKILL).is_file()


def test_without_a_client_that_the_package_is_for_it_is_generic(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put(more="targets: [cursor]\n")
    _, document, _ = run_json("install", "acme/pdf-tools")
    assert document["data"]["packages"][0]["targets"] == {"generic": ".agents/skills/pdf-tools/"}


def test_a_target_that_the_package_does_not_name_is_warned_of(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put(more="targets: [cursor]\n")
    exit_code, _, said = run_json("install", "acme/pdf-tools", "--target", "windsurf")
    assert exit_code == 0
    assert "does not say that it is for windsurf" in said


def test_the_project_is_found_from_within(
    market: Marketplace, project: Path, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(project / "deep" / "er")
    market.put(more=CLAUDE)
    run_json("install", "acme/pdf-tools")
    assert (project / SKILL).is_file()


def test_the_home_folder_is_no_project_of_what_is_below_it(
    market: Marketplace, project: Path, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = project.parent / "home"
    (home / ".claude").mkdir()
    (home / "work").mkdir()
    monkeypatch.chdir(home / "work")
    market.put()
    run_json("install", "acme/pdf-tools")
    assert (home / "work" / "mog.lock.json").is_file()
    assert not (home / "mog.lock.json").exists()


def test_a_strangers_folder_is_not_replaced(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put(more=CLAUDE)
    mine = project / ".claude/skills/pdf-tools/mine.md"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    exit_code, document, _ = run_json("install", "acme/pdf-tools", "--yes")
    assert (exit_code, document["code"]) == (1, "already_exists")
    assert list(snapshots.of(project)) == [".claude/skills/pdf-tools/mine.md"]


def test_a_file_in_the_place_of_a_package_is_not_replaced(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put(more=CLAUDE)
    run_json("install", "acme/pdf-tools")
    folder = project / ".claude/skills/pdf-tools"
    (folder / "SKILL.md").unlink()
    folder.rmdir()
    folder.write_text("mine")
    assert run_json("install", "acme/pdf-tools", "--yes")[1]["code"] == "already_exists"
    assert folder.read_text() == "mine"


def test_an_empty_folder_is_no_obstacle(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put(more=CLAUDE)
    (project / ".claude/skills/pdf-tools").mkdir(parents=True)
    assert run_json("install", "acme/pdf-tools")[0] == 0


def test_another_vendors_package_of_that_name_is_refused(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put()
    market.put("other/pdf-tools")
    run_json("install", "acme/pdf-tools")
    before = snapshots.of(project)
    exit_code, document, _ = run_json("install", "other/pdf-tools", "--yes")
    assert (exit_code, document["code"]) == (1, "already_exists")
    assert "acme/pdf-tools" in document["error"]
    assert snapshots.of(project) == before


@pytest.mark.parametrize("kind", ["changed", "extra"])
def test_local_changes_are_not_lost_without_a_yes(
    kind: str, market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put(more=CLAUDE)
    run_json("install", "acme/pdf-tools")
    path = project / SKILL if kind == "changed" else (project / SKILL).with_name("mine.md")
    path.write_text("mine")
    market.put(version="1.1.0", more=CLAUDE)
    exit_code, document, _ = run_json("install", "acme/pdf-tools")
    assert (exit_code, document["code"]) == (1, "locally_modified")
    assert document["details"]["files"] == [path.relative_to(project).as_posix()]
    assert path.read_text() == "mine"
    assert run_json("install", "acme/pdf-tools", "--yes")[0] == 0
    assert not path.exists() or path.read_text() != "mine"


def test_scripts_need_consent(market: Marketplace, project: Path, run_json: RunJson) -> None:
    market.put(more="executable: true\n", content={"content/scripts/run.py": b"print()\n"})
    exit_code, document, _ = run_json("install", "acme/pdf-tools")
    assert (exit_code, document["code"]) == (2, "consent_required")
    assert "content/scripts/run.py" in document["error"]
    assert snapshots.of(project) == {}
    assert run_json("install", "acme/pdf-tools", "--yes")[0] == 0


@pytest.mark.parametrize("text", ["pdf-tools", "acme/pdf-tools@latest", "Acme/x", "../x", "a/../b"])
def test_a_name_that_is_none_is_wrong_usage(
    text: str, market: Marketplace, project: Path, run_json: RunJson
) -> None:
    exit_code, document, _ = run_json("install", text)
    assert (exit_code, document["code"]) == (1, "usage")
    assert market.server.seen == []


def test_nobody_installs_without_signing_in(
    market: Marketplace, project: Path, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MOG_TOKEN")
    assert run_json("install", "acme/pdf-tools")[1]["code"] == "not_signed_in"


@pytest.mark.parametrize(
    ("status", "code"),
    [(410, "release_revoked"), (423, "release_suspended"), (403, "missing_scope")],
)
def test_a_refusal_of_the_server_is_told_as_it_is(
    status: int, code: str, market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.server.on("POST /v1/downloads", Answer(status, {"code": code, "message": "No."}))
    exit_code, document, _ = run_json("install", "acme/pdf-tools")
    assert (exit_code, document["code"]) == (1, code)
    assert snapshots.of(project) == {}


def test_people_read_what_was_done(
    market: Marketplace, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    market.put(more=CLAUDE)
    assert program.run(["install", "acme/pdf-tools"]) == 0
    assert capsys.readouterr().out == (
        "Installed: acme/pdf-tools 1.0.0 (skill) in .claude/skills/pdf-tools/\n"
    )
