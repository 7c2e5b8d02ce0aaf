"""The credential file: private, whole at any moment, never behind a link."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mog_cli import tokens
from mog_cli.credential_store import CredentialStore, StoredCredential
from mog_cli.errors import CredentialStoreError
from tests.mog_cli.conftest import ROOT
from tests.mog_cli.scripted_server import OLDER_TOKEN, PERSONAL_TOKEN, TOKEN

ORIGIN = "https://mog.md"
CREDENTIAL = StoredCredential(tokens.parse(TOKEN, origin="test"), None)
OLDER = StoredCredential(tokens.parse(OLDER_TOKEN, origin="test"), None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the store lives; not there yet."""
    return tmp_path / "config" / "mog"


@pytest.fixture
def warnings() -> list[str]:
    """What the store warned of."""
    return []


@pytest.fixture
def store(folder: Path, warnings: list[str]) -> CredentialStore:
    """A store in a folder that is not there yet."""
    return CredentialStore(folder, warn=warnings.append)


def mode_of(path: Path) -> int:
    """Return the permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


def test_nothing_is_stored_at_first(store: CredentialStore, folder: Path) -> None:
    assert store.get(ORIGIN) is None
    assert not folder.exists()


def test_what_is_put_is_found_again(store: CredentialStore) -> None:
    expires_at = datetime(2027, 6, 1, 12, tzinfo=UTC)
    store.put(ORIGIN, StoredCredential(CREDENTIAL.token, expires_at))
    assert store.get(ORIGIN) == StoredCredential(CREDENTIAL.token, expires_at)


def test_each_server_has_its_own_token(store: CredentialStore) -> None:
    store.put(ORIGIN, CREDENTIAL)
    store.put("http://127.0.0.1:8000", OLDER)
    assert store.get(ORIGIN) == CREDENTIAL
    assert store.get("http://127.0.0.1:8000") == OLDER
    assert store.get("https://mog.md.evil.example") is None


def test_a_removed_token_is_gone_from_the_disk(store: CredentialStore, folder: Path) -> None:
    store.put(ORIGIN, CREDENTIAL)
    store.put("https://other.example", OLDER)
    store.remove(ORIGIN)
    assert store.get(ORIGIN) is None
    assert store.get("https://other.example") == OLDER
    assert all(TOKEN not in path.read_text() for path in folder.iterdir())


def test_removing_nothing_makes_nothing(store: CredentialStore, folder: Path) -> None:
    store.remove(ORIGIN)
    assert not folder.exists()


def test_only_the_owner_can_read(store: CredentialStore, folder: Path) -> None:
    before = os.umask(0)
    try:
        store.put(ORIGIN, CREDENTIAL)
    finally:
        os.umask(before)
    assert mode_of(folder) == 0o700
    assert {mode_of(path) for path in folder.iterdir()} == {0o600}


def test_wider_permissions_are_warned_of_and_closed_by_the_next_write(
    store: CredentialStore, folder: Path, warnings: list[str]
) -> None:
    store.put(ORIGIN, CREDENTIAL)
    (folder / "credentials.json").chmod(0o644)
    folder.chmod(0o755)
    assert store.get(ORIGIN) == CREDENTIAL
    assert [warning.split("with: ")[1].split()[1] for warning in warnings] == ["700", "600"]
    store.put(ORIGIN, CREDENTIAL)
    assert mode_of(folder) == 0o700
    assert mode_of(folder / "credentials.json") == 0o600


@pytest.mark.parametrize("act", ["get", "put", "remove"])
@pytest.mark.parametrize("where", ["file", "folder", "dangling"])
def test_a_symbolic_link_is_refused(
    store: CredentialStore, folder: Path, tmp_path: Path, where: str, act: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    folder.parent.mkdir()
    if where == "folder":
        elsewhere.mkdir()
        (elsewhere / "credentials.json").write_text('{"version": 1, "credentials": {}}')
        folder.symlink_to(elsewhere)
    else:
        folder.mkdir()
        (folder / "credentials.json").symlink_to(elsewhere)
        if where == "file":
            elsewhere.write_text('{"version": 1, "credentials": {}}')
    arguments = (ORIGIN, CREDENTIAL) if act == "put" else (ORIGIN,)
    with pytest.raises(CredentialStoreError, match="symbolic link"):
        getattr(store, act)(*arguments)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(TOKEN not in path.read_text() for path in written)


def test_a_link_in_place_of_the_lock_is_refused(store: CredentialStore, folder: Path) -> None:
    store.put(ORIGIN, CREDENTIAL)
    (folder / "credentials.lock").unlink()
    (folder / "credentials.lock").symlink_to(folder / "elsewhere")
    with pytest.raises(CredentialStoreError):
        store.put(ORIGIN, OLDER)
    assert not (folder / "elsewhere").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"version": 1}',
        b'{"version": 1, "credentials": []}',
        b'{"version": 1, "credentials": {"https://mog.md": {}}}',
        b'{"version": 1, "credentials": {"https://mog.md": {"token": "mog_cli_abc"}}}',
        b"[" * 10_000,
    ],
)
def test_a_damaged_file_is_named_not_shown(
    store: CredentialStore, folder: Path, content: bytes
) -> None:
    folder.mkdir(parents=True, mode=0o700)
    (folder / "credentials.json").write_bytes(content)
    with pytest.raises(CredentialStoreError, match="damaged") as refusal:
        store.get(ORIGIN)
    assert "mog_cli_abc" not in refusal.value.message
    assert "mog auth" in refusal.value.advice


def test_a_file_of_a_newer_mog_is_left_alone(store: CredentialStore, folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o700)
    content = '{"version": 2, "credentials": {}}'
    (folder / "credentials.json").write_text(content)
    with pytest.raises(CredentialStoreError, match="newer mog"):
        store.put(ORIGIN, CREDENTIAL)
    assert (folder / "credentials.json").read_text() == content


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = CredentialStore(tmp_path / "file" / "mog", warn=print)
    with pytest.raises(CredentialStoreError, match="cannot be used"):
        store.put(ORIGIN, CREDENTIAL)


_WRITER = """
import sys
from pathlib import Path
from mog_cli import tokens
from mog_cli.credential_store import CredentialStore, StoredCredential

folder, name, rounds, *texts = sys.argv[1:]
store = CredentialStore(Path(folder), warn=sys.exit)
credentials = [StoredCredential(tokens.parse(text, origin="x"), None) for text in texts]
print("ready", flush=True)
for number in range(int(rounds)):
    store.put(f"https://{name}.example", credentials[number % len(credentials)])
"""


def _write(folder: Path, name: str, rounds: int, *texts: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(folder), name, str(rounds), *texts],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.processes
def test_writers_at_the_same_time_lose_nothing(store: CredentialStore, folder: Path) -> None:
    names = [f"w{number}" for number in range(6)]
    writers = [_write(folder, name, 20, TOKEN, OLDER_TOKEN, PERSONAL_TOKEN) for name in names]
    outcomes = [(*writer.communicate(timeout=60), writer.returncode) for writer in writers]
    assert [(error, code) for _, error, code in outcomes] == [("", 0)] * 6
    assert all(store.get(f"https://{name}.example") for name in names)
    assert sorted(path.name for path in folder.iterdir()) == [
        "credentials.json",
        "credentials.lock",
    ]


@pytest.mark.processes
def test_a_killed_writer_leaves_the_old_or_the_new_file(
    store: CredentialStore, folder: Path
) -> None:
    store.put(ORIGIN, CREDENTIAL)
    for milliseconds in range(0, 24, 2):
        writer = _write(folder, "victim", 1_000_000, TOKEN, OLDER_TOKEN)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(milliseconds / 1000)
        writer.send_signal(signal.SIGKILL)
        writer.communicate(timeout=60)
        assert json.loads((folder / "credentials.json").read_text())["version"] == 1
        assert store.get(ORIGIN) == CREDENTIAL
    store.put(ORIGIN, OLDER)
    leftovers = [path.name for path in folder.iterdir() if path.name.startswith(".")]
    assert leftovers == []
