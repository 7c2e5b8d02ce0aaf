"""End a token: the one of this run, or another that it may see."""

from collections.abc import Sequence

from mog_cli import identity, token_listing
from mog_cli.client import Client
from mog_cli.errors import MogError
from mog_cli.identity import Identity, Source
from mog_cli.output import Result
from mog_cli.surroundings import Surroundings
from mog_cli.token_answers import ListedToken
from mog_cli.token_listing import Seen

_PREFIX_LENGTH = 12


class NoSuchToken(MogError):
    """No token that this one may see is called that."""

    code = "token_not_found"


class WhichToken(MogError):
    """More than one token is called that; `findings` has them all."""

    code = "token_ambiguous"


def end(name: str, here: Surroundings) -> Result:
    """End the token of an id, a prefix or a label.

    Raises NoSuchToken, WhichToken, NotSignedIn, and what Connection.exchange raises.
    """
    found = identity.current(here)
    with here.connect(token=found.token, organization="") as connection:
        client = Client(connection)
        seen = token_listing.seen_by(client)
        chosen = _chosen(name, seen, here)
        # Not as signing out does, which ends what came by the device flow alone (RFC 7009).
        client.end_token(chosen.id)
    if chosen.id == seen.current.id:
        _forget(found, here)
    data = {**token_listing.data_of(chosen, seen), "revoked": True}
    shown = f"{chosen.prefix}*** ({chosen.label})" if chosen.label else f"{chosen.prefix}***"
    return Result(data, f"The token {shown} no longer works.")


def _forget(found: Identity, here: Surroundings) -> None:
    if found.source is Source.STORED:
        here.store.remove(here.origin)
        here.forget_switch()
    else:
        here.console.warn("MOG_TOKEN is still set, to a token that no longer works.")


def _chosen(name: str, seen: Seen, here: Surroundings) -> ListedToken:
    matching = [token for token in seen.tokens if _is_called(token, name)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise _ambiguous(matching, seen)
    page = f"{here.origin}{token_listing.PAGE}"
    raise NoSuchToken(
        "No token that this one may see has that id, prefix or label.",
        advice=f"They are listed at {page}, and by: mog token list"
        if seen.is_everything
        else f"This token sees and ends {seen.reach}; others are ended at {page}",
    )


def _is_called(token: ListedToken, name: str) -> bool:
    """Tell whether a name means a token; of a prefix as much counts as is shown anywhere."""
    is_prefix = name.startswith("mog_") and name[:_PREFIX_LENGTH] == token.prefix
    return name in (token.id, token.label) or is_prefix


def _ambiguous(matching: Sequence[ListedToken], seen: Seen) -> MogError:
    return WhichToken(
        "More than one token is called that.",
        findings=token_listing.table(matching, seen).splitlines(),
        advice="Say which by its id.",
        details={"tokens": [token_listing.data_of(token, seen) for token in matching]},
    )
