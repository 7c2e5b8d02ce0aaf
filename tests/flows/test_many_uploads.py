"""Two hundred uploads at once on two workers: each is decided, and the web process stays small."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from django.db import connection

from accounts.models import User
from releases.models import Release
from releases.states import FINAL, State
from tests import processes
from tests.bearer import SELLER, Bearer
from tests.factories.catalog import VendorFactory
from tests.live import LiveSite
from tests.mog_package import packages
from tests.mog_package.forger import Forger
from tests.workers import Workers

pytestmark = pytest.mark.processes

_UPLOADS = 200
# Threads and allocators take their room with the first ones, two of the largest among them.
_WARM = 80
_SENDERS = 8
_KB, _MB = 1024, 1024 * 1024
_DECIDED_SECONDS = 240
# Of what came after the warm ones. Allocators of threads keep a quarter of it when large ones
# coincide on a busy machine, and no more for any number of uploads; a leak keeps all of it.
_KEPT_AT_MOST = 1 / 2


def _archives() -> Iterator[tuple[int, bytes]]:
    """Yield numbered packages: most small, a few of twenty megabytes; each tenth is broken."""
    source = random.Random(200)
    for number in range(_UPLOADS):
        size = 20 * _MB if number % 40 == 7 else source.choice([1, 4, 16, 64, 1024]) * _KB
        data = _package(number, size)
        yield number, data[:-7] if number % 10 == 3 else data


def _package(number: int, size: int) -> bytes:
    forger = Forger()
    contents = packages.files() | {
        "mog.yaml": packages.manifest().replace(b"pdf-tools", f"many-{number}".encode()),
        "content/SKILL.md": packages.SKILL.replace(b"pdf-tools", f"many-{number}".encode()),
    }
    text = b"All work and no play.\n" * (size // 22)
    parts = range(0, len(text), 9 * _MB)
    contents |= {f"content/{at}.md": text[at : at + 9 * _MB] for at in parts}
    for path, data in contents.items():
        forger.add(path, data)
    return forger.bytes()


def _web_bytes(process_id: int) -> int:
    """Return the most memory that the server and its workers have ever held, together."""
    family = [process_id, *_children_of(process_id)]
    return sum(_peak_kb(member) * _KB for member in family)


def _children_of(process_id: int) -> list[int]:
    threads = Path(f"/proc/{process_id}/task").glob("*/children")
    return [int(word) for file in threads for word in file.read_text().split()]


def _peak_kb(process_id: int) -> int:
    status = Path(f"/proc/{process_id}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])


def _undecided() -> int:
    connection.close()  # what other processes have committed since
    return Release.objects.exclude(state__in=list(FINAL)).count()


def test_each_is_decided_and_the_web_process_stays_small(
    live: LiveSite, workers: Workers, alice: User
) -> None:
    VendorFactory.create(slug="acme", user=alice)
    headers = {"Authorization": f"Bearer {Bearer(alice, SELLER).plaintext}"}

    def send(numbered: tuple[int, bytes]) -> int:
        number, data = numbered
        form = {"name": f"acme/many-{number}", "version": "1.0.0"}
        files = {"archive": ("a.zip", data, "application/zip")}
        url = f"{live.base_url}/v1/vendor/releases"
        return httpx.post(url, data=form, files=files, headers=headers, timeout=120).status_code

    archives = list(_archives())
    with ThreadPoolExecutor(_SENDERS) as pool:
        warm = list(pool.map(send, archives[:_WARM]))
        before = _web_bytes(live.process_id)
        statuses = warm + list(pool.map(send, archives[_WARM:]))
    growth = _web_bytes(live.process_id) - before
    assert statuses == [202] * _UPLOADS
    assert processes.becomes_true(lambda: _undecided() == 0, seconds=_DECIDED_SECONDS)
    states = list(Release.objects.values_list("state", flat=True))
    assert states.count(State.ACCEPTED) == _UPLOADS * 9 // 10
    assert states.count(State.REJECTED) == _UPLOADS // 10
    sent = sum(len(data) for _, data in archives[_WARM:])
    kept = f"{growth / _MB:.0f} MB grown of {sent / _MB:.0f} MB sent"
    assert growth < sent * _KEPT_AT_MOST, kept
