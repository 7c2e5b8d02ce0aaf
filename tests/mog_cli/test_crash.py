"""A crash at any point ends in the old state or the new one."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from mog_package import PackageType
from tests.mog_cli import crash_driver, snapshots
from tests.mog_cli.conftest import mog_environment
from tests.mog_cli.marketplace import Marketplace

pytestmark = pytest.mark.processes

RunJson = Callable[..., tuple[int, dict[str, Any], str]]
WINDSURF = "targets: [cursor, windsurf]\n"


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder in memory where there is one: thousands of fsyncs would wait for a busy disk."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name).resolve()


@pytest.fixture
def template(
    tmp_path: Path, market: Marketplace, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A place with a project, a home and a configuration, and version 1.0.0 installed."""
    place = tmp_path / "template"
    _enter(place, monkeypatch)
    (place / "project" / ".claude").mkdir()
    (place / "project" / ".cursor").mkdir()
    (place / "project" / "mine.md").write_text("mine\n")
    market.put(more="targets: [claude-code, cursor]\n", content={"content/a/old.md": b"old\n"})
    assert run_json("install", "acme/pdf-tools")[0] == 0
    return place


def _enter(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("project", "home", "config"):
        (place / name).mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("HOME", str(place / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(place / "config"))
    monkeypatch.chdir(place / "project")


def _crash(
    template: Path,
    places: Path,
    *arguments: str,
    first: int = 1,
    step: int = 1,
    how: str = "kill",
) -> int:
    """Disturb a command at every point, each in a place of its own; returns the last's number."""
    done = subprocess.run(
        [
            *(sys.executable, crash_driver.__file__, how, str(template), str(places)),
            *(str(first), str(step)),
            *arguments,
        ],
        env=mog_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def _state(place: Path) -> dict[str, bytes]:
    """Return the files that matter: the project's, and what clients read at home."""
    found = {f"project/{path}": data for path, data in snapshots.of(place / "project").items()}
    home = snapshots.of(place / "home")
    registry = place / "config" / "mog" / "mcp-servers.json"
    content = registry.read_bytes().replace(str(place).encode(), b"PLACE")
    return {**found, **{f"home/{path}": home[path] for path in home}, "registry": content}


def _normal(state: dict[str, bytes], place: Path) -> dict[str, bytes]:
    return {path: data.replace(str(place).encode(), b"PLACE") for path, data in state.items()}


def _project_state(place: Path) -> dict[str, bytes]:
    return snapshots.of(place / "project")


def _check_every_place(
    places: Path,
    run_json: RunJson,
    monkeypatch: pytest.MonkeyPatch,
    *,
    old: dict[str, bytes],
    new: dict[str, bytes],
    state: Callable[[Path], dict[str, bytes]] = _project_state,
) -> tuple[int, int]:
    """Run the next command everywhere; returns how many ended in the old and in the new state."""
    counts = [0, 0]
    for place in sorted(places.iterdir()):
        _enter(place, monkeypatch)
        was_pending = (place / "project" / ".mog" / "journal.json").exists()
        exit_code, document, _ = run_json("verify")
        assert (exit_code, document.get("code")) == (
            (1, "recovery_pending") if was_pending else (0, None)
        ), place
        assert run_json("list")[0] == 0, place
        assert run_json("verify")[0] == 0, place
        found = state(place)
        assert found in (old, new), place
        if was_pending:
            assert snapshots.leftovers(place / "project") == [], place
        counts[found == new] += 1
    return counts[0], counts[1]


def _check_what_was_told(places: Path, is_new: Callable[[Path], bool]) -> None:
    """A change is told as done where it is, and as failed where it was taken back."""
    for place in places.iterdir():
        if not (place / "project/.mog/journal.json").exists():
            is_told_as_done = (place / "status").read_text() in {"0", str(77 << 8)}
            assert is_new(place) == is_told_as_done, place


def test_an_update_that_is_killed_anywhere(
    template: Path,
    tmp_path: Path,
    market: Marketplace,
    run_json: RunJson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = snapshots.of(template / "project")
    market.put(
        version="2.0.0",
        more="targets: [claude-code, cursor]\n",
        content={"content/b/new.md": b"new\n"},
    )
    places = tmp_path / "places"
    places.mkdir()
    last = _crash(template, places, "install", "acme/pdf-tools")
    new = snapshots.of(places / f"{last:04}" / "project")
    assert new != old
    olds, news = _check_every_place(places, run_json, monkeypatch, old=old, new=new)
    assert olds + news == last >= 50
    assert olds > 20
    assert news > 1


def test_a_disk_that_fails_once_anywhere(
    template: Path,
    tmp_path: Path,
    market: Marketplace,
    run_json: RunJson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = snapshots.of(template / "project")
    market.put(version="2.0.0", more="targets: [claude-code, cursor]\n")
    places = tmp_path / "places"
    places.mkdir()
    last = _crash(template, places, "install", "acme/pdf-tools", how="fail")
    new = snapshots.of(places / f"{last:04}" / "project")
    pending = [each for each in places.iterdir() if (each / "project/.mog/journal.json").exists()]
    assert len(pending) < 5  # it is taken back at once, but where the journal itself fails
    _check_what_was_told(places, lambda place: snapshots.of(place / "project") == new)
    _check_every_place(places, run_json, monkeypatch, old=old, new=new)


def test_an_uninstallation_that_is_killed_anywhere(
    template: Path, tmp_path: Path, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = snapshots.of(template / "project")
    places = tmp_path / "places"
    places.mkdir()
    last = _crash(template, places, "uninstall", "acme/pdf-tools")
    new = snapshots.of(places / f"{last:04}" / "project")
    olds, news = _check_every_place(places, run_json, monkeypatch, old=old, new=new)
    assert olds + news == last
    assert min(olds, news) > 1


def test_taking_back_may_be_killed_as_well(
    template: Path,
    tmp_path: Path,
    market: Marketplace,
    run_json: RunJson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = snapshots.of(template / "project")
    market.put(version="2.0.0", more="targets: [claude-code, cursor]\n")
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    _crash(template, first, "install", "acme/pdf-tools", step=4)
    pending = [each for each in first.iterdir() if (each / "project/.mog/journal.json").exists()]
    assert len(pending) > 3
    for number, place in enumerate(sorted(pending)[1:-1]):
        again = second / f"{number}"
        again.mkdir()
        _crash(place, again, "list", step=2, first=1 + number % 2)
        _check_every_place(again, run_json, monkeypatch, old=old, new=old)


@pytest.mark.parametrize("how", ["kill", "fail"])
def test_shared_settings_that_are_disturbed_anywhere(
    how: str,
    template: Path,
    tmp_path: Path,
    market: Marketplace,
    run_json: RunJson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = template / "home/.codeium/windsurf/mcp_config.json"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"mcpServers": {"mine": {"command": "x"}}}\n')
    registry = template / "config/mog/mcp-servers.json"
    registry.write_text('{\n  "servers": {},\n  "version": 1\n}\n')
    old = _normal(_state(template), template)
    market.put("acme/serve", kind=PackageType.MCP, more=WINDSURF)
    places = tmp_path / "places"
    places.mkdir()
    arguments = ("install", "acme/serve", "--yes", "--target", "windsurf")
    last = _crash(template, places, *arguments, step=2, how=how)
    new = _normal(_state(places / f"{last:04}"), places / f"{last:04}")
    assert b"acme/serve" in new["registry"]
    if how == "fail":
        _check_what_was_told(places, lambda place: _normal(_state(place), place) == new)
    _check_every_place(
        places,
        run_json,
        monkeypatch,
        old=old,
        new=new,
        state=lambda place: _normal(_state(place), place),
    )
