"""What comes when an archive is fetched: broken, endless, redirected, or another package."""

import socket
import struct
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from mog_cli import archive_download
from mog_cli.errors import DownloadFailed
from mog_package import PackageType
from tests.mog_cli import snapshots
from tests.mog_cli.marketplace import Marketplace, canonical, files_of, zip_of
from tests.mog_cli.scripted_server import TOKEN, Answer

RunJson = Callable[..., tuple[int, dict[str, Any], str]]


def test_a_flipped_byte_is_noticed(market: Marketplace, project: Path, run_json: RunJson) -> None:
    shelved = market.put()
    broken = bytearray(shelved.archive)
    broken[len(broken) // 2] ^= 1
    market.server.on(market.archive_route(), zip_of(bytes(broken)))
    exit_code, document, _ = run_json("install", "acme/pdf-tools")
    assert (exit_code, document["code"]) == (1, "digest_mismatch")
    assert snapshots.of(project) == {}
    assert snapshots.leftovers(project) == []


@pytest.mark.parametrize(("change", "code"), [(-1, "download_truncated"), (1, "digest_mismatch")])
def test_a_byte_less_or_more_is_noticed(
    change: int, code: str, market: Marketplace, project: Path, run_json: RunJson
) -> None:
    archive = market.put().archive
    sent = archive[:-1] if change < 0 else archive + b"\0"
    market.server.on(market.archive_route(), zip_of(sent))
    exit_code, document, _ = run_json("install", "acme/pdf-tools")
    assert (exit_code, document["code"]) == (1, code)
    assert snapshots.of(project) == {}


def _cut_after(archive: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    def behave(handler: BaseHTTPRequestHandler) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(archive)}\r\n\r\n".encode()
        handler.wfile.write(head + archive[: len(archive) // 2])
        handler.close_connection = True

    return behave


def test_a_connection_that_breaks_is_tried_again(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    archive = market.put().archive
    market.server.on(market.archive_route(), _cut_after(archive), zip_of(archive))
    assert run_json("install", "acme/pdf-tools")[0] == 0


def test_an_endless_answer_ends_at_the_promised_size(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put()

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        handler.close_connection = True
        handler.connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", 5, 0)
        )
        try:
            while True:
                handler.wfile.write(b"x" * 65536)
        except OSError:
            return

    market.server.on(market.archive_route(), endless)
    assert run_json("install", "acme/pdf-tools")[1]["code"] == "digest_mismatch"


@pytest.mark.parametrize("size_bytes", [0, -1, 10**12])
def test_a_size_that_no_package_has_is_refused(
    size_bytes: int, market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put(sizeBytes=size_bytes)
    assert run_json("install", "acme/pdf-tools")[1]["code"] == "download_refused"


@pytest.mark.parametrize("status", [400, 403, 410])
def test_an_expired_link_is_asked_for_once_more(
    status: int, market: Marketplace, project: Path, run_json: RunJson
) -> None:
    archive = market.put().archive
    market.server.on(market.archive_route(), Answer(status), zip_of(archive))
    assert run_json("install", "acme/pdf-tools")[0] == 0
    assert len(market.server.requests_to("/v1/downloads")) == 2


def test_a_link_that_stays_refused_is_told(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put()
    market.server.on(market.archive_route(), Answer(403))
    exit_code, document, _ = run_json("install", "acme/pdf-tools")
    assert (exit_code, document["code"]) == (1, "link_expired")
    assert len(market.server.requests_to("/v1/downloads")) == 2


def test_a_redirect_is_not_followed(market: Marketplace, project: Path, run_json: RunJson) -> None:
    market.put()
    elsewhere = {"Location": f"{market.server.origin}/elsewhere"}
    market.server.on(market.archive_route(), Answer(302, {}, elsewhere))
    assert run_json("install", "acme/pdf-tools")[1]["code"] == "link_redirected"
    assert market.server.requests_to("/elsewhere") == []


def test_the_token_does_not_go_with_the_link(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put()
    run_json("install", "acme/pdf-tools")
    fetched = [seen for seen in market.server.seen if seen.method == "GET"]
    assert len(fetched) == 1
    assert "Authorization" not in fetched[0].headers
    assert TOKEN not in str(fetched)


@pytest.mark.parametrize(
    "url",
    [
        "http://evil.example/x.zip",
        "ftp://127.0.0.1/x.zip",
        "file:///etc/passwd",
        "https://user@evil.example/x.zip",
        "//evil.example/x.zip",
        "http://127.0.0.1:abc/x.zip",
        "https://a..b/x.zip",
        "",
    ],
)
def test_a_link_that_is_not_safe_is_not_followed(
    url: str, market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put(url=url)
    assert run_json("install", "acme/pdf-tools")[1]["code"] == "link_unsafe"
    assert [seen for seen in market.server.seen if seen.method == "GET"] == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x.zip", "HTTP://127.0.0.1:1/x.zip"])
def test_a_server_with_tls_does_not_link_to_plain_http(url: str) -> None:
    with pytest.raises(DownloadFailed):
        archive_download.refuse_link(url, origin="https://mog.md")


@pytest.mark.parametrize(
    ("name", "version", "kind"),
    [
        ("acme/other", "1.0.0", PackageType.SKILL),
        ("acme/pdf-tools", "1.0.1", PackageType.SKILL),
        ("acme/pdf-tools", "1.0.0", PackageType.RULE),
    ],
)
def test_another_package_than_the_one_asked_for_is_refused(
    name: str,
    version: str,
    kind: PackageType,
    market: Marketplace,
    project: Path,
    run_json: RunJson,
) -> None:
    market.put_archive(canonical(files_of(name, version, kind)))
    exit_code, document, _ = run_json("install", "acme/pdf-tools")
    assert (exit_code, document["code"]) == (1, "wrong_package")
    assert snapshots.of(project) == {}


def test_a_server_that_offers_another_version_is_refused(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put()
    market.put(version="2.0.0")
    market.put(version="1.0.0", manifest={"name": "acme/evil", "type": "skill"})
    assert run_json("install", "acme/pdf-tools@1.0.0")[1]["code"] == "wrong_package"


def test_a_refused_link_is_not_said_to_have_expired(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put()
    market.server.on(market.archive_route(), Answer(403))
    assert (
        "refuses the download link (status 403)."
        in run_json("install", "acme/pdf-tools")[1]["error"]
    )
