"""Sign out: end the token at the server, then forget it here."""

from mog_cli import identity, token_listing
from mog_cli.client import Client
from mog_cli.errors import MogError, RevocationFailed
from mog_cli.output import Result
from mog_cli.surroundings import Surroundings
from mog_cli.tokens import Token


def log_out(here: Surroundings) -> Result:
    """End and forget the stored token.

    Raises NotSignedIn, CredentialStoreError, and RevocationFailed when the server could not be
    told; the token is gone from this computer even then, because whoever signs out is about to
    leave it.
    """
    token = identity.stored(here).token
    here.forget_switch()
    try:
        revoke(token, here)
    except MogError as error:
        here.store.remove(here.origin)
        raise _half_done(error, token, here) from error
    here.store.remove(here.origin)
    if here.config.environment_token is not None:
        here.console.warn("MOG_TOKEN is still set and will be used.")
    data = {"apiUrl": here.origin, "tokenPrefix": token.prefix, **_outcome(revoked=True)}
    return Result(data, f"Signed out of {here.origin}. The token {token} no longer works.")


def revoke(token: Token, here: Surroundings) -> None:
    """End a token at the server; raises what Connection.exchange raises."""
    with here.connect() as connection:
        Client(connection).revoke(token)


def _half_done(error: MogError, token: Token, here: Surroundings) -> RevocationFailed:
    return RevocationFailed(
        f"The token {token} is gone from this computer, but {here.origin} could not be told, so "
        f"it stays valid there. {error.message}",
        advice=f"Revoke it at {here.origin}{token_listing.PAGE}",
        details={"tokenPrefix": token.prefix, **_outcome(revoked=False)},
    )


def _outcome(*, revoked: bool) -> dict[str, object]:
    return {"removedHere": True, "revokedAtServer": revoked}
