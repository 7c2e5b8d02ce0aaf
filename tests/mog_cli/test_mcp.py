"""MCP servers in the settings of clients: consent first, and nothing else in the file changes."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mog_cli import settings_document
from mog_cli.errors import SettingsRefused
from mog_package import PackageType
from tests.mog_cli import snapshots
from tests.mog_cli.client_files import ALL, PROJECT_FILES, SHARED_FILES, file_of, servers_in
from tests.mog_cli.marketplace import ENV, SERVER, Marketplace

RunJson = Callable[..., tuple[int, dict[str, Any], str]]
REMOTE = "server: {transport: http, url: 'https://mcp.example/x'}\n"


@pytest.fixture
def serve(market: Marketplace) -> Marketplace:
    """A marketplace with an MCP server on its shelf."""
    market.put("acme/serve", kind=PackageType.MCP, more=ALL)
    return market


@pytest.mark.parametrize("target", [*PROJECT_FILES, *SHARED_FILES])
def test_a_server_is_written_where_its_client_reads(
    target: str, serve: Marketplace, project: Path, run_json: RunJson
) -> None:
    exit_code, document, _ = run_json("install", "acme/serve", "--target", target, "--yes")
    assert exit_code == 0, document
    folder = {"cursor": "${workspaceFolder}/"}.get(target, "")
    if target in SHARED_FILES:
        folder = f"{project}/"
    script = ".agents/mcp/serve/server.py"
    assert servers_in(file_of(target, project)) == {
        "serve": {"command": "python3", "args": [f"{folder}{script}", "--safe"]}
    }
    assert (project / script).is_file()
    lock = json.loads((project / "mog.lock.json").read_text())["packages"]["acme/serve"]
    assert lock["server"]["args"] == ["{dir}/server.py", "--safe"]
    assert run_json("uninstall", "acme/serve")[0] == 0
    assert not file_of(target, project).exists()


@pytest.mark.parametrize(
    ("target", "entry"),
    [
        ("cursor", {"url": "https://mcp.example/x"}),
        ("claude-code", {"type": "http", "url": "https://mcp.example/x"}),
        ("codex", {"url": "https://mcp.example/x"}),
        ("gemini-cli", {"httpUrl": "https://mcp.example/x"}),
        ("windsurf", {"serverUrl": "https://mcp.example/x"}),
        ("openclaw", {"transport": "streamable-http", "url": "https://mcp.example/x"}),
    ],
)
def test_a_remote_server_is_written_in_the_clients_words(
    target: str,
    entry: dict[str, str],
    market: Marketplace,
    project: Path,
    run_json: RunJson,
) -> None:
    more = REMOTE + "targets: [cursor]\n"
    market.put("acme/serve", kind=PackageType.MCP, more=more)
    assert run_json("install", "acme/serve", "--target", target, "--yes")[0] == 0
    assert servers_in(file_of(target, project)) == {"serve": entry}


def test_without_consent_nothing_is_written(
    serve: Marketplace, project: Path, run_json: RunJson
) -> None:
    exit_code, document, _ = run_json("install", "acme/serve")
    assert (exit_code, document["code"]) == (2, "consent_required")
    command = shlex.join(["python3", str(project / ".agents/mcp/serve/server.py"), "--safe"])
    assert command in document["error"]
    assert len(document["details"]["requests"]) == 1
    assert snapshots.of(project) == {}


def test_what_is_there_already_is_not_asked_about_again(
    serve: Marketplace, project: Path, run_json: RunJson
) -> None:
    run_json("install", "acme/serve", "--yes")
    assert run_json("install", "acme/serve")[0] == 0
    assert run_json("install")[0] == 0


def test_an_entry_that_was_removed_by_hand_comes_back(
    serve: Marketplace, project: Path, run_json: RunJson
) -> None:
    run_json("install", "acme/serve", "--yes")
    (project / ".mcp.json").write_text('{"mcpServers": {}}')
    assert run_json("install")[0] == 2
    assert run_json("install", "--yes")[0] == 0
    assert "serve" in servers_in(project / ".mcp.json")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"mcpServers": {}}', "missing"),
        ('{"mcpServers": {"serve": {"command": "evilpy", "args": []}}}', "changed"),
    ],
)
def test_verify_names_servers_that_are_not_as_installed(
    text: str, kind: str, serve: Marketplace, project: Path, run_json: RunJson
) -> None:
    run_json("install", "acme/serve", "--yes")
    (project / ".mcp.json").write_text(text)
    exit_code, document, _ = run_json("verify")
    assert (exit_code, document["code"]) == (1, "verify_failed")
    difference = {"path": ".mcp.json", "kind": kind, "server": "serve"}
    assert document["details"]["packages"] == {"acme/serve": [difference]}


def test_variables_are_asked_for_and_kept_out_of_the_lockfile(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put("acme/serve", kind=PackageType.MCP, more=SERVER + ENV + ALL)
    exit_code, document, _ = run_json("install", "acme/serve", "--yes")
    assert (exit_code, document["code"]) == (1, "env_missing")
    assert document["details"] == {"missing": ["API_KEY"]}
    assert snapshots.of(project) == {}
    exit_code, document, said = run_json(
        "install", "acme/serve", "--yes", "--env", "API_KEY=s3cr3t=x"
    )
    assert exit_code == 0, document
    entry = servers_in(project / ".mcp.json")["serve"]
    assert entry["env"] == {"API_KEY": "s3cr3t=x", "MODE": "calm"}
    lock = (project / "mog.lock.json").read_text()
    assert "s3cr3t" not in lock + json.dumps(document) + said
    assert "API_KEY" in lock
    assert "do not commit it" in said
    assert (project / ".mcp.json").stat().st_mode & 0o077 == 0
    assert b"s3cr3t" not in b"".join(
        path.read_bytes() for path in (project / ".mog").rglob("*") if path.is_file()
    )


def test_a_secret_in_a_file_that_others_may_read_is_warned_of(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put("acme/serve", kind=PackageType.MCP, more=SERVER + ENV + ALL)
    file = file_of("windsurf", project)
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    file.chmod(0o644)
    key = ("--env", "API_KEY=k")
    _, _, said = run_json("install", "acme/serve", "--target", "windsurf", "--yes", *key)
    assert f"To close it: chmod 600 {file}" in said
    assert file.stat().st_mode & 0o777 == 0o644


def test_an_update_keeps_the_variables(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put("acme/serve", kind=PackageType.MCP, more=SERVER + ENV + ALL)
    run_json("install", "acme/serve", "--yes", "--env", "API_KEY=k", "--env", "MODE=wild")
    market.put("acme/serve", "2.0.0", PackageType.MCP, more=SERVER + ENV + ALL)
    assert run_json("install", "acme/serve", "--yes")[0] == 0
    assert servers_in(project / ".mcp.json")["serve"]["env"] == {"API_KEY": "k", "MODE": "wild"}


@pytest.mark.parametrize("pair", ["API_KEY", "=x", "OTHER=x"])
def test_a_variable_that_nobody_reads_is_wrong_usage(
    pair: str, market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put("acme/serve", kind=PackageType.MCP, more=SERVER + ENV + ALL)
    assert run_json("install", "acme/serve", "--yes", "--env", pair)[1]["code"] == "usage"


def test_everything_else_in_json_stays(
    serve: Marketplace, project: Path, run_json: RunJson
) -> None:
    mine = '"mine": {"command": "é", "args": ["-y", "x"],  "n": 1.50e3}'
    text = f'{{\n\t"zeta": 1,\n\t"mcpServers": {{\n\t\t{mine}\n\t}},\n\t"alpha": null\n}}'
    (project / ".mcp.json").write_text(text, encoding="utf-8")
    run_json("install", "acme/serve", "--yes")
    assert list(servers_in(project / ".mcp.json")) == ["mine", "serve"]
    assert mine in (project / ".mcp.json").read_text(encoding="utf-8")
    assert run_json("uninstall", "acme/serve")[0] == 0
    assert (project / ".mcp.json").read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    "text",
    [
        'model = "x"\n',
        '[mcp_servers.mine]\ncommand = "y"\n',
        '# mine\nmodel = "x"  # the best\n\n[mcp_servers.mine]\ncommand = "y"\n\n[z]\na = 1\n',
    ],
)
def test_everything_else_in_toml_stays(
    text: str, serve: Marketplace, project: Path, run_json: RunJson
) -> None:
    (project / ".codex").mkdir()
    (project / ".codex/config.toml").write_text(text)
    run_json("install", "acme/serve", "--target", "codex", "--yes")
    assert "serve" in servers_in(project / ".codex/config.toml")
    assert run_json("uninstall", "acme/serve")[0] == 0
    assert (project / ".codex/config.toml").read_text() == text


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (".mcp.json", "{ // mine\n}"),
        (".mcp.json", '{"a": 1, "a": 2}'),
        (".mcp.json", "[]"),
        (".mcp.json", '{"mcpServers": []}'),
        (".mcp.json", '{"mcpServers": {"serve": 1}}'),
        (".codex/config.toml", "= broken"),
        (".codex/config.toml", "mcp_servers = 1"),
    ],
)
def test_settings_that_are_not_understood_are_named_and_left(
    file: str, text: str, serve: Marketplace, project: Path, run_json: RunJson
) -> None:
    (project / file).parent.mkdir(exist_ok=True)
    (project / file).write_text(text)
    target = "codex" if "codex" in file else "claude-code"
    exit_code, document, _ = run_json("install", "acme/serve", "--target", target, "--yes")
    assert (exit_code, document["code"]) == (1, "settings_invalid")
    assert str(project / file) in document["error"]
    assert snapshots.of(project) == {file: text.encode()}


def test_somebody_elses_server_of_that_name_is_not_replaced(
    serve: Marketplace, project: Path, run_json: RunJson
) -> None:
    text = '{"mcpServers": {"serve": {"command": "mine"}}}'
    (project / ".mcp.json").write_text(text)
    exit_code, document, _ = run_json("install", "acme/serve", "--yes")
    assert (exit_code, document["code"]) == (1, "already_exists")
    assert snapshots.of(project) == {".mcp.json": text.encode()}


def test_an_entry_that_was_changed_since_stays(
    serve: Marketplace, project: Path, run_json: RunJson
) -> None:
    run_json("install", "acme/serve", "--yes")
    changed = {"mcpServers": {"serve": {"command": "mine"}}}
    (project / ".mcp.json").write_text(json.dumps(changed))
    exit_code, _, said = run_json("uninstall", "acme/serve")
    assert exit_code == 0
    assert "was changed since, and stays" in said
    assert json.loads((project / ".mcp.json").read_text()) == changed


def test_settings_behind_a_link_are_changed_only_within_the_project(
    serve: Marketplace, project: Path, tmp_path: Path, run_json: RunJson
) -> None:
    (project / "real.json").write_text("{}")
    (project / ".mcp.json").symlink_to("real.json")
    assert run_json("install", "acme/serve", "--yes")[0] == 0
    assert (project / ".mcp.json").is_symlink()
    assert "serve" in servers_in(project / "real.json")
    run_json("uninstall", "acme/serve")
    (tmp_path / "outside.json").write_text("{}")
    (project / ".mcp.json").unlink()
    (project / ".mcp.json").symlink_to(tmp_path / "outside.json")
    assert run_json("install", "acme/serve", "--yes")[1]["code"] == "settings_invalid"
    assert (tmp_path / "outside.json").read_text() == "{}"


def test_a_byte_order_mark_and_the_end_of_a_file_stay(tmp_path: Path) -> None:
    text = '\ufeff{"mcpServers": {}}\n\n'.encode()
    document = settings_document.read(tmp_path / "a.json", text, ("mcpServers",))
    document.put("x", {"command": "y"})
    document.remove("x")
    assert document.render().startswith("\ufeff".encode())
    assert document.render().endswith(b"}\n\n")


def test_settings_that_are_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused):
        settings_document.read(tmp_path / "a.json", b"\xff", ("mcpServers",))
