"""The API, call by call, in types."""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from urllib.parse import quote, urlencode

from mog_cli import answer_fields
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
from mog_cli.money_answers import Bought, Line, Quote, Wallet, lines_of
from mog_cli.organization_answers import Invitation, Organization
from mog_cli.release_answers import Download, Release
from mog_cli.token_answers import ListedToken, SpendPolicy
from mog_cli.tokens import Token

CLIENT_ID = "mog-cli"
# Of the longest pages there are; nobody has more tokens or organizations.
_MOST_PAGES = 50


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

    def current_token(self) -> ListedToken:
        """Ask what token this is."""
        call = Call("GET", "/v1/tokens/current", is_repeatable=True)
        return ListedToken.from_json(self._connection.exchange(call))

    def tokens(self) -> tuple[ListedToken, ...]:
        """Return the live tokens that this one may see, newest first."""
        return tuple(ListedToken.from_json(item) for item in self._items("/v1/tokens"))

    def end_token(self, token_id: str) -> None:
        """End a token that this one may see.

        Not repeated on its own: an ended one is not found any more.
        """
        path = f"/v1/tokens/{quote(token_id, safe='')}"
        self._connection.exchange(Call("DELETE", path, asked_for="such token", may_be_empty=True))

    def spend_policies(self) -> tuple[SpendPolicy, ...]:
        """Return the policies that the token may see, with what is left of them."""
        return tuple(SpendPolicy.from_json(item) for item in self._items("/v1/spend-policies"))

    def organizations(self) -> tuple[Organization, ...]:
        """Return the organizations that the token's owner belongs to, newest first."""
        return tuple(Organization.from_json(item) for item in self._items("/v1/orgs"))

    def create_organization(self, slug: str, *, name: str) -> Organization:
        """Make an organization; not repeated on its own: the first attempt may have arrived."""
        call = Call("POST", "/v1/orgs", json_body={"slug": slug, "name": name})
        return Organization.from_json(self._connection.exchange(call))

    def invite(self, slug: str, *, email: str, role: str) -> Invitation:
        """Have an invitation mailed; not repeated on its own."""
        path = f"/v1/orgs/{quote(slug, safe='')}/invitations"
        call = Call(
            "POST",
            path,
            json_body={"email": email, "role": role},
            asked_for=f"organization {slug}",
        )
        return Invitation.from_json(self._connection.exchange(call))

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
        reply = self._connection.ask(call)
        return Bought.from_json(reply.document, is_new=reply.status == HTTPStatus.CREATED)

    def quote_of(self, name: str) -> Quote:
        """Ask what a package costs and what the token's policy says to it; buys nothing."""
        body = {"listing": name}
        call = Call("POST", "/v1/quotes", json_body=body, asked_for=name, is_repeatable=True)
        return Quote.from_json(self._connection.exchange(call))

    def approval_state(self, approval_id: str) -> tuple[str, float | None]:
        """Ask how a purchase stands that waits for a person.

        Returns pending, approved, denied, expired or used, and the seconds until asking again.
        """
        path = f"/v1/approvals/{quote(approval_id, safe='')}"
        reply = self._connection.ask(
            Call("GET", path, asked_for="such request", is_repeatable=True)
        )
        return answer_fields.word(reply.document, "state"), reply.retry_after_seconds

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
        reply = self._connection.ask(
            Call("GET", path, asked_for="such release", is_repeatable=True)
        )
        return Release.from_json(reply.document), reply.retry_after_seconds

    def revoke(self, token: Token) -> None:
        """End a token; ending an ended one is no error (RFC 7009 section 2.2)."""
        form = {"token": token.secret, "client_id": CLIENT_ID}
        self._connection.exchange(
            Call("POST", "/oauth/revoke", form=form, is_repeatable=True, may_be_empty=True)
        )

    def _items(self, path: str) -> Iterator[Mapping[str, object]]:
        """Return the items of a list, page by page."""
        query = {"limit": "100"}
        for _ in range(_MOST_PAGES):
            call = Call("GET", f"{path}?{urlencode(query)}", is_repeatable=True)
            document = self._connection.exchange(call)
            answer_fields.required(document, "items", list)
            yield from answer_fields.items(document, "items")
            cursor = answer_fields.optional(document, "nextCursor", str)
            if not cursor:
                return
            query["cursor"] = cursor
