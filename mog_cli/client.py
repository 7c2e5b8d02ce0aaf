"""The API, call by call, in types."""

from collections.abc import Sequence

from mog_cli.answers import Account, DeviceGrant, DevicePoll
from mog_cli.connection import Call, Connection
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

    def revoke(self, token: Token) -> None:
        """End a token; ending an ended one is no error (RFC 7009 section 2.2)."""
        form = {"token": token.secret, "client_id": CLIENT_ID}
        self._connection.exchange(
            Call("POST", "/oauth/revoke", form=form, is_repeatable=True, may_be_empty=True)
        )
