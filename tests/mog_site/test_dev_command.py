"""`make dev`: everything starts by one command, and nothing of it is left afterwards."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from mog_site import payment_provider
from tests import migrated, processes

pytestmark = pytest.mark.processes

_ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 180.0
_STOP_SECONDS = 20.0
# The site's own: whatever the suite runs on, `make dev` is tried as on a fresh machine.
_PAYING = {"STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_URL"}
_FOREIGN = _PAYING | {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}


@dataclass(frozen=True, slots=True)
class Site:
    """A started command, its var folder and what it prints."""

    process: subprocess.Popen[bytes]
    folder: Path
    port: int
    log: Path

    @property
    def printed(self) -> str:
        """All output so far."""
        return self.log.read_text(encoding="utf-8")

    @property
    def links(self) -> dict[str, str]:
        """The sign-in links by whom they are for."""
        return dict(re.findall(r"^  (\w+) +(http\S+)$", self.printed, re.MULTILINE))

    def announces(self) -> bool:
        """Wait until it says where it runs."""
        return (
            processes.becomes_true(
                lambda: "Ctrl-C stops" in self.printed or self.process.poll() is not None,
                seconds=_START_SECONDS,
            )
            and "Ctrl-C stops" in self.printed
        )

    def child(self, name: str) -> int:
        """Return a process the command started itself, by a word of its command line."""
        return min(
            process_id
            for process_id in processes.using(self.folder)
            if name in processes.command_of(process_id)
        )

    def is_gone(self) -> bool:
        """Answer whether every process ends within a moment."""
        return processes.becomes_true(lambda: not processes.using(self.folder), seconds=5)


Start = Callable[[Path, int], Site]


def environment_of(folder: Path, port: int) -> dict[str, str]:
    """Return what `make dev` sets, over an embedded site of its own."""
    kept = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    return kept | {"MOG_VAR_DIR": str(folder), "PORT": str(port), "MOG_DEV_SIGN_IN": "1"}


def run_to_its_end(folder: Path, port: int) -> subprocess.CompletedProcess[str]:
    """Run a command that is expected to refuse."""
    return subprocess.run(
        [sys.executable, "manage.py", "dev"],
        cwd=_ROOT,
        env=environment_of(folder, port),
        capture_output=True,
        text=True,
        timeout=_START_SECONDS,
        check=False,
    )


def starter(log_folder: Path) -> Iterator[Start]:
    """Yield a way to start sites; end what is left of them."""
    started: list[Site] = []

    def start(folder: Path, port: int) -> Site:
        log = log_folder / f"{len(started)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "dev"],
                cwd=_ROOT,
                env=environment_of(folder, port),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        started.append(Site(process, folder, port, log))
        return started[-1]

    yield start
    for site in started:
        site.process.terminate()
        site.process.wait(_STOP_SECONDS)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start sites of one test."""
    yield from starter(tmp_path)


@pytest.fixture(scope="module")
def database(migrated_copies: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that stands: to make one takes most of a start."""
    folder = tmp_path_factory.mktemp("migrated")
    file = folder / "mog.sqlite3"
    if not migrated.lay_out(file, from_folder=migrated_copies):
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=_ROOT,
            env=environment_of(folder, 8000),
            check=True,
        )
        migrated.keep(file, in_folder=migrated_copies)
    return file


@pytest.fixture
def folder(tmp_path: Path, database: Path) -> Path:
    """A var folder with a database that no site has used."""
    var = tmp_path / "var"
    var.mkdir()
    shutil.copyfile(database, var / database.name)
    return var


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One running site for the tests that only look at it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    folder = tmp_path_factory.mktemp("dev")
    for start in starter(folder):
        site = start(folder / "var", port)
        assert site.announces(), site.printed
        yield site


def test_it_serves_the_home_page(running: Site) -> None:
    assert httpx.get(f"http://127.0.0.1:{running.port}/").status_code == 200


def test_it_announces_itself_once_it_is_ready(running: Site) -> None:
    answer = httpx.get(f"http://127.0.0.1:{running.port}/health/ready")
    assert (answer.status_code, answer.json()["ok"]) == (200, True)
    assert f"http://localhost:{running.port}\n" in running.printed


def test_it_listens_on_loopback_only(running: Site) -> None:
    listening = Path("/proc/net/tcp").read_text(encoding="ascii")
    addresses = re.findall(rf" ([0-9A-F]{{8}}):{running.port:04X} 00000000:0000 0A", listening)
    assert set(addresses) == {"0100007F"}


def test_it_prints_a_link_for_everybody_in_the_demo(running: Site) -> None:
    assert set(running.links) == {"seller", "buyer", "admin", "moderator"}


def test_a_link_signs_in_once(running: Site) -> None:
    link = running.links["buyer"].replace("localhost", "127.0.0.1")
    with httpx.Client() as visitor:
        page = visitor.get(link)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert found
        form = {"csrfmiddlewaretoken": found[1]}
        assert visitor.post(link, data=form).status_code == 302
        assert visitor.get(f"http://127.0.0.1:{running.port}/settings/sessions").status_code == 200
        assert visitor.post(link, data=form).status_code != 302


def test_it_runs_the_payment_sandbox(running: Site) -> None:
    sandbox = f"http://127.0.0.1:{payment_provider.sandbox_port(running.port)}"
    answer = httpx.get(f"{sandbox}/_sandbox/health", auth=("sk_test_sandbox", ""))
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert (running.folder / "payment-sandbox.sqlite3").exists()


def test_a_taken_port_of_the_sandbox_is_refused(folder: Path, free_port: int) -> None:
    with socket.create_server(("127.0.0.1", payment_provider.sandbox_port(free_port))):
        refused = run_to_its_end(folder, free_port)
    assert (refused.returncode, f"make dev PORT={free_port + 1}" in refused.stderr) == (1, True)


def test_its_pages_find_their_styles(running: Site) -> None:
    base = f"http://127.0.0.1:{running.port}"
    sheet = re.search(r'<link[^>]+href="(/static/[^"]+\.css)"', httpx.get(base).text)
    assert sheet
    assert httpx.get(f"{base}{sheet[1]}").headers["Content-Type"].startswith("text/css")


def test_a_second_one_in_the_same_checkout_is_refused(running: Site, free_port: int) -> None:
    refused = run_to_its_end(running.folder, free_port)
    assert refused.returncode == 1
    assert f"this checkout runs already: process {running.process.pid}" in refused.stderr


def test_a_taken_port_is_refused_before_anything_starts(running: Site, tmp_path: Path) -> None:
    refused = run_to_its_end(tmp_path / "var", running.port)
    assert refused.returncode == 1
    assert f"port {running.port} is taken" in refused.stderr
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("port", [0, 65_536])
def test_what_is_no_port_is_refused(folder: Path, port: int) -> None:
    refused = run_to_its_end(folder, port)
    assert (refused.returncode, f"PORT={port} is no port" in refused.stderr) == (1, True)


def test_a_var_folder_that_cannot_be_written_is_named(tmp_path: Path, free_port: int) -> None:
    blocked = tmp_path / "var"
    blocked.write_text("a file stands where the folder should be", encoding="utf-8")
    refused = run_to_its_end(blocked, free_port)
    assert (refused.returncode, f"cannot write to {blocked}" in refused.stderr) == (1, True)


def test_it_refuses_to_print_links_where_they_do_not_work(folder: Path, free_port: int) -> None:
    environment = environment_of(folder, free_port) | {"MOG_DEV_SIGN_IN": "0"}
    refused = subprocess.run(
        [sys.executable, "manage.py", "dev"],
        cwd=_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=_START_SECONDS,
        check=False,
    )
    assert (refused.returncode, "make dev" in refused.stderr) == (1, True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_takes_everything_down_with_it(
    start: Start, folder: Path, free_port: int, number: int
) -> None:
    site = start(folder, free_port)
    assert site.announces(), site.printed
    site.process.send_signal(number)
    assert site.process.wait(_STOP_SECONDS) == 0
    assert site.is_gone()


def test_a_signal_while_it_starts_is_heeded(start: Start, folder: Path, free_port: int) -> None:
    site = start(folder, free_port)
    assert processes.becomes_true(lambda: "Starting" in site.printed, seconds=_START_SECONDS)
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(_STOP_SECONDS) == 0
    assert site.is_gone()


def test_killing_it_leaves_no_orphans(start: Start, folder: Path, free_port: int) -> None:
    site = start(folder, free_port)
    assert site.announces(), site.printed
    # Web server with two workers, Celery worker with two children, beat, payment sandbox, and the
    # command itself.
    # The worker answers before it has forked its children, so they may come a moment later.
    assert processes.becomes_true(lambda: len(processes.using(folder)) == 9)
    site.process.kill()
    assert site.is_gone()


@pytest.mark.parametrize("name", ["mog_site.server", "worker", "beat", "payments.sandbox"])
def test_the_death_of_one_program_ends_the_others(
    start: Start, folder: Path, free_port: int, name: str
) -> None:
    site = start(folder, free_port)
    assert site.announces(), site.printed
    os.kill(site.child(name), signal.SIGKILL)
    assert site.process.wait(_STOP_SECONDS) == 1
    assert site.is_gone()
    assert "ended with status -9" in site.printed


def test_a_second_run_reuses_what_is_there(start: Start, folder: Path, free_port: int) -> None:
    first = start(folder, free_port)
    assert first.announces(), first.printed
    database = (folder / "mog.sqlite3").stat().st_ino
    first.process.kill()
    first.process.wait()
    assert first.is_gone()
    second = start(folder, free_port)
    assert second.announces(), second.printed
    assert (folder / "mog.sqlite3").stat().st_ino == database
