"""The API, call by call, in types."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from mog_cli.answers import Account, DeviceGrant, DevicePoll
from mog_cli.audit_answers import Standing, standings_of
from mog_cli.catalogue_answers import (
    Listing,
    ListingDetails,
    ReleaseSummary,
    listings_of,
    releases_of,
)
from mog_cli.connection import Call, Connection, Upload
from mog_cli.money_answers import Bought, Line, Wallet, lines_of
from mog_cli.release_answers import Download, Release
from mog_cli.tokens import Token

CLIENT_ID = "mog-cli"


class Client:
    """What this command asks of the server; each method raises what Connection.exchange raises."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start_device_login(self, scopes: Sequence[str]) -> DeviceGrant:
        """Ask for a code a person can approve; one that is never used expires by itself."""
        body = {"clientId": CLIENT_ID, "scopes": list(scopes)}
        call = Call("POST", "/v1/auth/device/start", json_body=body, is_repeatable=True)
        return DeviceGrant.from_json(self._connection.exchange(call))

    def poll_device_login(self, device_code: str) -> DevicePoll:
        """Ask how the request stands.

        Not repeated on its own: whoever polls already waits and asks again (RFC 8628 section 3.5).
        """
        body = {"clientId": CLIENT_ID, "deviceCode": device_code}
        call = Call("POST", "/v1/auth/device/poll", json_body=body)
        return DevicePoll.from_json(self._connection.exchange(call))

    def me(self) -> Account:
        """Ask who the token speaks for."""
        call = Call("GET", "/v1/users/me", is_repeatable=True)
        return Account.from_json(self._connection.exchange(call))

    def search(self, query: Mapping[str, str]) -> tuple[Listing, ...]:
        """Return the listings that match, best first; `query` is that of GET /v1/listings."""
        path = f"/v1/listings?{urlencode(query)}"
        return listings_of(self._connection.exchange(Call("GET", path, is_repeatable=True)))

    def listing(self, name: str) -> ListingDetails:
        """Return what the marketplace says of one package."""
        call = Call("GET", f"/v1/listings/{name}", asked_for=name, is_repeatable=True)
        return ListingDetails.from_json(self._connection.exchange(call))

    def releases(self, name: str) -> tuple[ReleaseSummary, ...]:
        """Return the newest versions of a package."""
        call = Call("GET", f"/v1/listings/{name}/releases", asked_for=name, is_repeatable=True)
        return releases_of(self._connection.exchange(call))

    def audit(self, packages: Sequence[Mapping[str, str]]) -> tuple[Standing, ...]:
        """Ask how packages stand, each given by name, version and SHA-256, at most 500."""
        body = {"packages": list(packages)}
        call = Call("POST", "/v1/audit", json_body=body, is_repeatable=True)
        return standings_of(self._connection.exchange(call))

    def request_download(self, name: str, version: str | None) -> Download:
        """Ask for a link to an archive; without a version, for the latest."""
        body = {"listing": name, **({"version": version} if version else {})}
        asked_for = f"{name} {version}" if version else name
        call = Call(
            "POST", "/v1/downloads", json_body=body, asked_for=asked_for, is_repeatable=True
        )
        return Download.from_json(self._connection.exchange(call))

    def buy(self, name: str, *, max_price_cents: int, key: str) -> Bought:
        """Buy a package for so much at most; the same key never buys twice."""
        call = Call(
            "POST",
            "/v1/purchases",
            json_body={"listing": name, "maxPriceCents": max_price_cents},
            asked_for=name,
            idempotency_key=key,
            is_repeatable=True,
        )
        return Bought.from_json(self._connection.exchange(call))

    def wallet(self) -> Wallet:
        """Ask what is in the wallet that the token pays from."""
        call = Call("GET", "/v1/wallet", is_repeatable=True)
        return Wallet.from_json(self._connection.exchange(call))

    def statement(self, *, limit: int) -> tuple[Line, ...]:
        """Return what has moved on that wallet, newest first."""
        call = Call("GET", f"/v1/wallet/statement?limit={limit}", is_repeatable=True)
        return lines_of(self._connection.exchange(call))

    def upload_release(self, upload: Upload) -> tuple[Release, float | None]:
        """Send an archive; returns what became of it and the seconds to wait before asking again.

        Not repeated on its own: the first attempt may have arrived.
        """
        reply = self._connection.ask(Call("POST", "/v1/vendor/releases", upload=upload))
        return Release.from_json(reply.document), reply.retry_after_seconds

    def release(self, release_id: str) -> tuple[Release, float | None]:
        """Ask how an upload stands; returns the same."""
        path = f"/v1/vendor/releases/{quote(release_id, safe='')}"
        reply = self._connection.ask(Call("GET", path, is_repeatable=True))
        return Release.from_json(reply.document), reply.retry_after_seconds

    def revoke(self, token: Token) -> None:
        """End a token; ending an ended one is no error (RFC 7009 section 2.2)."""
        form = {"token": token.secret, "client_id": CLIENT_ID}
        self._connection.exchange(
            Call("POST", "/oauth/revoke", form=form, is_repeatable=True, may_be_empty=True)
        )
