"""Between the real server and the command line stands somebody who changes what passes.

Each test ends with nothing of the package in the project and no lockfile. The archive comes from
the site itself, whose files lie in a folder.
"""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import User
from mog_package import sha256_of_bytes
from releases import links, uploads, vetting
from releases.models import Artifact
from releases.uploads import Declared, Upload
from tests.bearer import BUYER, SELLER, Bearer
from tests.factories.catalog import VendorFactory
from tests.laptops import Laptop
from tests.live import LiveSite
from tests.mog_package import packages

pytestmark = pytest.mark.processes

Change = Callable[[bytes], bytes]


def _as_it_is(body: bytes) -> bytes:
    return body


class Wire:
    """A proxy before a site, whose hands are on the link and on the archive behind it."""

    def __init__(self, site: LiveSite) -> None:
        self.site = site
        self.on_link: Callable[[str], str] = lambda url: url
        self.on_archive: Change = _as_it_is
        self.announces_all = False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    @property
    def base_url(self) -> str:
        """Return where the command line finds it."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        wire = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                wire.pass_on(self)

            def do_POST(self) -> None:
                wire.pass_on(self)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def pass_on(self, request: BaseHTTPRequestHandler) -> None:
        """Ask the site, and change its answer."""
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        answer = httpx.request(
            request.command,
            f"{self.site.base_url}{request.path}",
            content=body,
            headers={
                name: value
                for name, value in request.headers.items()
                if name.lower() in {"authorization", "content-type", "idempotency-key"}
            },
        )
        content = self._changed(request.path, answer)
        is_cut = self.announces_all and request.path.startswith("/content/")
        request.send_response(answer.status_code)
        request.send_header("Content-Type", answer.headers["Content-Type"])
        request.send_header("Content-Length", str(len(answer.content if is_cut else content)))
        request.end_headers()
        request.wfile.write(content)
        request.close_connection = True

    def _changed(self, path: str, answer: httpx.Response) -> bytes:
        if path == "/v1/downloads" and answer.is_success:
            told = answer.json()
            url = self.on_link(told["url"]).replace(self.site.base_url, self.base_url)
            return json.dumps(told | {"url": url}).encode()
        return self.on_archive(answer.content) if path.startswith("/content/") else answer.content


@pytest.fixture
def wire(live: LiveSite, alice: User) -> Iterator[Wire]:
    """A site with one published package, and somebody before it."""
    VendorFactory.create(slug="acme", user=alice)
    data = packages.zipped(packages.files()).getvalue()
    release = uploads.receive(
        Declared(name="acme/pdf-tools", version="1.0.0", is_to_publish=True),
        Upload(file=ContentFile(data), sha256=sha256_of_bytes(data), size_bytes=len(data)),
        by=Bearer(alice, SELLER).actor,
        now=timezone.now(),
    )
    vetting.vet(release.pk)
    between = Wire(live)
    thread = threading.Thread(target=between.server.serve_forever)
    thread.start()
    yield between
    between.server.shutdown()
    thread.join()
    between.server.server_close()


def install(wire: Wire, bob: User, tmp_path: Path) -> tuple[int, dict[str, object], Path]:
    """Install through the wire; return exit code, answer and the project."""
    buyer = Laptop(tmp_path / "buyer", wire.base_url)
    buyer.use_token(Bearer(bob, BUYER).plaintext)
    exit_code, answer = buyer.mog("install", "acme/pdf-tools")
    return exit_code, answer, buyer.project


def left_behind(project: Path) -> list[str]:
    """Return what a failed install has left, but for mog's own empty folder."""
    files = (str(file.relative_to(project)) for file in project.rglob("*") if file.is_file())
    return sorted(set(files) - {".mog/lock", ".mog/.gitignore"})


def test_through_honest_hands_it_arrives(wire: Wire, bob: User, tmp_path: Path) -> None:
    exit_code, answer, project = install(wire, bob, tmp_path)
    assert exit_code == 0, answer
    assert ".agents/skills/pdf-tools/SKILL.md" in left_behind(project)


def test_one_flipped_byte_is_noticed(wire: Wire, bob: User, tmp_path: Path) -> None:
    wire.on_archive = lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:]
    exit_code, answer, project = install(wire, bob, tmp_path)
    assert (exit_code, answer["code"], left_behind(project)) == (1, "digest_mismatch", [])


@pytest.mark.parametrize("announces_all", [True, False])
def test_a_truncated_download_is_noticed(
    wire: Wire, bob: User, tmp_path: Path, *, announces_all: bool
) -> None:
    wire.announces_all = announces_all
    wire.on_archive = lambda data: data[:-50]
    exit_code, answer, project = install(wire, bob, tmp_path)
    assert (exit_code, answer["code"], left_behind(project)) == (1, "download_truncated", [])


def test_a_longer_download_is_noticed(wire: Wire, bob: User, tmp_path: Path) -> None:
    wire.on_archive = lambda data: data + b"more"
    exit_code, answer, project = install(wire, bob, tmp_path)
    assert (exit_code, answer["code"], left_behind(project)) == (1, "digest_mismatch", [])


def _forged(url: str) -> str:
    return url[:-4] + ("AAAA" if not url.endswith("AAAA") else "BBBB")


def _foreign(_url: str) -> str:
    return "http://192.0.2.1/archive.zip"


@pytest.mark.parametrize("change", [_forged, _foreign])
def test_a_link_that_is_none_of_the_servers_is_refused(
    wire: Wire, bob: User, tmp_path: Path, change: Callable[[str], str]
) -> None:
    wire.on_link = change
    exit_code, answer, project = install(wire, bob, tmp_path)
    assert (exit_code, left_behind(project)) == (1, [])
    assert answer["code"] in {"link_refused", "link_unsafe", "link_expired"}, answer


def test_a_link_that_has_lapsed_is_refused(wire: Wire, bob: User, tmp_path: Path) -> None:
    long_ago = timezone.now() - timedelta(seconds=301)
    lapsed = links.write(Artifact.objects.get().sha256, file_name="a.zip", now=long_ago)
    path = lapsed.partition("/content/")[2]
    wire.on_link = lambda _url: f"{wire.base_url}/content/{path}"
    exit_code, answer, project = install(wire, bob, tmp_path)
    assert (exit_code, left_behind(project)) == (1, [])
    assert answer["code"] in {"link_refused", "link_expired"}, answer
