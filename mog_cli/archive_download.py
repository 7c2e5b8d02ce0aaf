"""Fetch an archive through a signed link: streamed, counted and hashed, to the last byte.

The link carries its own permission, so nothing else goes with it: no token, no cookie, and no
redirect is followed.
"""

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import urlsplit

import httpx

from mog_cli import __version__, config, faults, sizes
from mog_cli.deadlines import Deadline
from mog_cli.errors import ConnectionFailed, DownloadFailed
from mog_cli.output import Console
from mog_cli.release_answers import Download
from mog_cli.retries import PASSING_STATUSES, RetryPolicy
from mog_package import CANONICAL

_LINK_REFUSED = (400, 403, 410)
_READ_SECONDS = 30.0
_ADVICE = "Nothing was written. Try again; if it stays, report it: it may have been tampered with."


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches archives that the server at `origin` links to."""

    origin: str
    console: Console
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    sleep: Callable[[float], None] = time.sleep
    total_seconds: float = 900.0

    def fetch(self, download: Download, file: BinaryIO) -> None:
        """Write the archive into an empty file that is not part of any project.

        Raises DownloadFailed and ConnectionFailed; what the file holds then means nothing.
        """
        _refuse_size(download)
        refuse_link(download.url, origin=self.origin)
        attempt = 1
        while True:
            try:
                return self._attempt(download, file)
            except (DownloadFailed, ConnectionFailed) as error:
                delay = self._delay(attempt, error)
                if delay is None:
                    raise
            self.console.progress(f"The download broke off; trying again in {delay:.1f} s")
            self.sleep(delay)
            attempt += 1

    def _delay(self, attempt: int, error: DownloadFailed | ConnectionFailed) -> float | None:
        if not error.is_passing:
            return None
        spread = secrets.SystemRandom().random()
        return self.policy.delay(attempt=attempt, retry_after_seconds=None, spread=spread)

    def _attempt(self, download: Download, file: BinaryIO) -> None:
        file.seek(0)
        file.truncate()
        host = _host_of(download.url)
        try:
            with (
                _client() as http,
                Deadline() as deadline,
                deadline.limiting(self.total_seconds, refusal=_too_slow()),
                http.stream("GET", download.url, extensions={"trace": deadline.trace}) as response,
            ):
                _refuse_answer(response, host=host)
                self._copy(response, download, file)
        except httpx.RemoteProtocolError as error:
            raise _cut(download, file.tell(), is_passing=True) from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise _unsafe_link(self.origin) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise faults.explain(error, origin=host) from error

    def _copy(self, response: httpx.Response, download: Download, file: BinaryIO) -> None:
        digest, count, said = hashlib.sha256(), 0, 0
        # As they come: a size would hold pieces back until that much has come.
        for piece in response.iter_raw():
            count += len(piece)
            if count > download.size_bytes:
                raise _mismatch(download, "is longer than promised")
            digest.update(piece)
            file.write(piece)
            if (tenth := count * 10 // max(1, download.size_bytes)) > said:
                said = tenth
                self.console.progress(_progress(download, count))
        if count < download.size_bytes:
            raise _cut(download, count)
        if digest.hexdigest() != download.sha256:
            raise _mismatch(download, "has another SHA-256 than promised")
        file.flush()


def _client() -> httpx.Client:
    return httpx.Client(
        follow_redirects=False,
        headers={
            "User-Agent": f"mog/{__version__}",
            "Accept": "application/zip",
            "Accept-Encoding": "identity",
        },
        timeout=httpx.Timeout(_READ_SECONDS, connect=10.0),
    )


def refuse_link(url: str, *, origin: str) -> None:
    """Refuse a link over plain http, unless the server itself is on this computer and speaks it.

    Raises DownloadFailed.
    """
    is_plain = url[:5].lower() == "http:"
    if not config.is_safe_to_open(url) or (is_plain and not origin.startswith("http:")):
        raise _unsafe_link(origin)


def _unsafe_link(origin: str) -> DownloadFailed:
    return DownloadFailed(
        f"{origin} gave a link for the download that is not safe to follow.",
        code="link_unsafe",
        advice="Nothing was downloaded. Report it to whoever runs that server.",
    )


def _refuse_size(download: Download) -> None:
    if not 0 < download.size_bytes <= CANONICAL.archive_bytes:
        raise DownloadFailed(
            f"{download.name} {download.version} is said to have {download.size_bytes:,} bytes,"
            " which no package has.",
            code="download_refused",
        )


def _refuse_answer(response: httpx.Response, *, host: str) -> None:
    if response.is_redirect:
        raise DownloadFailed(
            f"{host} sends the download on to another address, and mog does not follow.",
            code="link_redirected",
            advice="Nothing was downloaded.",
        )
    if response.status_code in _LINK_REFUSED:
        raise DownloadFailed(
            f"{host} refuses the download link (status {response.status_code}).",
            code="link_expired",
            advice="It may have expired: try again, and check the clock of this computer.",
        )
    if response.status_code != 200:
        raise DownloadFailed(
            f"{host} answered the download with status {response.status_code}.",
            code=f"http_{response.status_code}",
            advice="Try again in a moment.",
            is_passing=response.status_code in PASSING_STATUSES,
        )


def _too_slow() -> DownloadFailed:
    return DownloadFailed(
        "The download is too slow.", code="timeout", advice="Nothing was written. Try again."
    )


def _cut(download: Download, count: int, *, is_passing: bool = False) -> DownloadFailed:
    return DownloadFailed(
        f"The download of {download.name} ended after {count:,} of {download.size_bytes:,} bytes.",
        code="download_truncated",
        advice="Nothing was written. Try again.",
        is_passing=is_passing,
    )


def _mismatch(download: Download, reason: str) -> DownloadFailed:
    return DownloadFailed(
        f"What came as {download.name} {download.version} {reason}.",
        code="digest_mismatch",
        advice=_ADVICE,
    )


def _progress(download: Download, count: int) -> str:
    return f"{download.name}: {sizes.text_of(count)} of {sizes.text_of(download.size_bytes)}"


def _host_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
