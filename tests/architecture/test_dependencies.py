"""What we depend on is said, pinned by hash, and found wherever each machine looks for packages."""

import re
import tomllib
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_LOCKS = ("server", "dev")


def declared() -> set[str]:
    """Return the names of all direct dependencies."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [project["project"]["dependencies"]]
    groups += project["project"]["optional-dependencies"].values()
    groups += project["dependency-groups"].values()
    return {name_of(requirement) for group in groups for requirement in group}


def name_of(requirement: str) -> str:
    """Return the name that a requirement begins with."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return found[0]


def lock(name: str) -> str:
    """Return a lock file's text."""
    return (_ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


def pins(name: str) -> dict[str, str]:
    """Return the pinned versions of a lock file by name."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", lock(name), re.M))


def test_every_direct_dependency_is_explained_once() -> None:
    page = (_ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = [row for row in re.findall(r"^\| ([^|]+?) \|", page, re.M) if row != "name"]
    assert sorted(explained) == sorted(declared())


def test_every_direct_dependency_is_pinned() -> None:
    assert declared() <= set(pins("dev"))


def test_the_server_runs_in_tests_as_it_is_deployed() -> None:
    tested = pins("dev")
    assert {name: tested.get(name) for name in pins("server")} == pins("server")


@pytest.mark.parametrize("name", _LOCKS)
def test_a_lock_file_names_no_address(name: str) -> None:
    assert "://" not in lock(name)


@pytest.mark.parametrize("name", _LOCKS)
def test_every_pin_has_a_hash(name: str) -> None:
    entries = re.split(r"^(?=[A-Za-z0-9])", lock(name), flags=re.M)[1:]
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
