"""Downloads that drip, break off or are refused."""

import io
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import pytest

from mog_cli.archive_download import Fetcher
from mog_cli.errors import DownloadFailed
from mog_cli.output import Console
from mog_cli.release_answers import Download
from tests.mog_cli import scripted_server
from tests.mog_cli.scripted_server import ScriptedServer


def _download(server: ScriptedServer, size_bytes: int = 1000) -> Download:
    url = f"{server.origin}/a.zip"
    return Download(url, "0" * 64, size_bytes, "acme/x", "1.0.0", "skill", None)


def _broken_off(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 100)
    handler.close_connection = True


def _refusal(server: ScriptedServer) -> DownloadFailed:
    fetcher = Fetcher(server.origin, Console(is_json=False), sleep=lambda _: None, total_seconds=1)
    with pytest.raises(DownloadFailed) as refusal:
        fetcher.fetch(_download(server), io.BytesIO())
    return refusal.value


@pytest.mark.parametrize("drip", [scripted_server.drip, scripted_server.drip_headers])
def test_a_download_in_drips_ends_in_a_time_out(
    drip: Callable[[BaseHTTPRequestHandler], None], server: ScriptedServer
) -> None:
    server.on("GET /a.zip", drip)
    began_at = time.monotonic()
    assert _refusal(server).code == "timeout"
    assert time.monotonic() - began_at < 3


def test_a_download_that_breaks_off_says_how_much_came(server: ScriptedServer) -> None:
    server.on("GET /a.zip", _broken_off)
    refusal = _refusal(server)
    assert refusal.code == "download_truncated"
    assert "ended after 100 of 1,000 bytes" in refusal.message
