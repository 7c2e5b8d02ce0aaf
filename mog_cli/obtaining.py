"""Get the archive of a package: ask for a link, buy what is free, fetch, and open it."""

import contextlib
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import mog_package
from mog_cli import answer_fields, catalogue_answers, config, findings, purchasing
from mog_cli.approval_watch import ApprovalWatch
from mog_cli.archive_download import Fetcher
from mog_cli.client import Client
from mog_cli.errors import (
    ApiError,
    DownloadFailed,
    MogError,
    PathTraversal,
    PurchaseNeeded,
    WrongPackage,
)
from mog_cli.output import Console
from mog_cli.package_requests import PackageRequest
from mog_cli.project import LOCKFILE
from mog_cli.release_answers import Download
from mog_package import CANONICAL, NamesError, Package, PackageError, Rule

# What an entry's name breaks when it leads out of the folder it is unpacked into.
_ESCAPES = frozenset(
    {Rule.NAME_ABSOLUTE, Rule.NAME_TRAVERSAL, Rule.NAME_BACKSLASH, Rule.NAME_DRIVE}
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where packages are asked for: one server, and whether it may cost money.

    `watch`: waits for a person who has to approve a purchase.
    """

    client: Client
    fetcher: Fetcher
    console: Console
    may_buy: bool
    watch: ApprovalWatch | None = None

    def acquire(self, requests: Iterable[PackageRequest]) -> None:
        """Buy what is not owned yet, where that may wait for a person; raises as `ask` does.

        It comes before a project is locked: others must be able to work in it meanwhile.
        """
        if self.watch is not None:
            for request in requests:
                self.ask(request)

    def ask(self, request: PackageRequest) -> Download:
        """Return a link to what is asked for; buys it when it is free or may be bought.

        Raises PurchaseNeeded, WrongPackage, DownloadFailed, and what Connection.exchange raises.
        """
        download = self._entitled(request)
        if (download.name, download.version) != (request.name, request.version or download.version):
            raise WrongPackage(
                f"The server offers {download.name} {download.version} for {request.text}.",
                advice="Nothing was changed. Report it to whoever runs the server.",
            )
        if request.sha256 not in (None, download.sha256):
            raise DownloadFailed(
                f"{request.text} is another archive now than {LOCKFILE} says.",
                code="digest_mismatch",
                advice="Nothing was changed. A published version never changes: report it.",
            )
        return download

    @contextlib.contextmanager
    def obtaining(
        self, request: PackageRequest, download: Download, folder: Path
    ) -> Iterator[Package]:
        """Fetch a package into a file in `folder` and hold it open.

        Raises the same, PathTraversal and PackageRefused.
        """
        self.console.progress(f"Fetching {download.name} {download.version}")
        path = folder / f"archive-{uuid.uuid4().hex}"
        try:
            with path.open("w+b") as file:
                yield _opened(self._fetch(request, download, file), file)
        finally:
            with contextlib.suppress(OSError):  # swept with the workspace otherwise
                path.unlink(missing_ok=True)

    def _fetch(self, request: PackageRequest, download: Download, file: BinaryIO) -> Download:
        try:
            self.fetcher.fetch(download, file)
        except DownloadFailed as error:
            if error.code != "link_expired":
                raise
            self.console.trace("the link had expired; asking for a fresh one")
            # Exactly that archive: what follows counts on the first answer.
            download = self.ask(PackageRequest(request.name, download.version, download.sha256))
            self.fetcher.fetch(download, file)
        return download

    def _entitled(self, request: PackageRequest) -> Download:
        try:
            return self.client.request_download(request.name, request.version)
        except ApiError as error:
            if error.status != 402 or error.code != "entitlement_required":
                raise
            self._buy(request, error)
        return self.client.request_download(request.name, request.version)

    def _buy(self, request: PackageRequest, refusal: ApiError) -> None:
        details = _server_details(refusal)
        # No more than the price that was told, whatever it is a moment later.
        price_cents = answer_fields.size(details, "priceCents")
        if price_cents and not self.may_buy:
            raise _purchase_needed(request, price_cents, details.get("purchaseUrl"))
        if price_cents:
            price = catalogue_answers.price_of(price_cents)
            self.console.announce(
                f"Buying {request.name} for {price}",
                event={"event": "buying", "listing": request.name, "priceCents": price_cents},
            )
        purchasing.buy(
            request.name, max_price_cents=price_cents, client=self.client, watch=self.watch
        )


def _opened(download: Download, file: BinaryIO) -> Package:
    """Return the package in an archive, held against every rule and against what was asked."""
    file.seek(0)
    try:
        package = mog_package.validate(mog_package.open_archive(file, limits=CANONICAL))
    except PackageError as error:
        raise _refusal(error, download) from error
    manifest = package.manifest
    found = (manifest.name, str(manifest.version), manifest.type.value)
    if found != (download.name, download.version, download.type):
        raise WrongPackage(
            f"The archive holds {' '.join(found)}, not {download.name} {download.version}"
            f" {download.type}.",
            advice="Nothing was changed. Report it to whoever runs the server.",
        )
    return package


def _refusal(error: PackageError, download: Download) -> MogError:
    if isinstance(error, NamesError) and error.problems[0].rule in _ESCAPES:
        return PathTraversal(error.problems[0].path)
    return findings.refusal(
        f"{download.name} {download.version}",
        error.problems,
        advice="Nothing was changed. Report it to its publisher.",
    )


def _server_details(refusal: ApiError) -> dict[str, object]:
    details = (refusal.details or {}).get("server")
    return details if isinstance(details, dict) else {}


def _purchase_needed(request: PackageRequest, price_cents: int, url: object) -> PurchaseNeeded:
    is_link = isinstance(url, str) and config.is_safe_to_open(url)
    price = catalogue_answers.price_of(price_cents)
    return PurchaseNeeded(
        f"{request.name} costs {price}, and you do not own it.",
        advice="Buy it on its page, or let mog buy it: mog install --auto-buy " + request.name,
        details={"listing": request.name, "priceCents": price_cents},
        approval_url=str(url) if is_link else "",
    )
