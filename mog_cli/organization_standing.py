"""For whom commands act, asked of the server: who one is, and the switch to an organization."""

from mog_cli import identity
from mog_cli.acting import Acting, Why
from mog_cli.answers import Account
from mog_cli.client import Client
from mog_cli.errors import ApiError, MogError, UnexpectedAnswer, UsageError
from mog_cli.output import Result, one_line
from mog_cli.surroundings import Surroundings
from mog_cli.tokens import Token

_BACK = "To act for yourself again: mog org switch --personal"


class NotAMember(MogError):
    """The server knows no such organization that the token's owner belongs to."""

    code = "organization_not_found"


def whoami(here: Surroundings) -> Result:
    """Say for whom commands act, and why; raises NotSignedIn, NotAMember and as `exchange`."""
    token = identity.current(here).token
    acting = here.acting(token)
    account = _account(token, acting, here)
    organization = account.organization
    why = acting.why if acting.organization or not organization else Why.TOKEN
    data = {
        "apiUrl": here.origin,
        "user": {"id": account.user_id, "username": account.username},
        "organization": {"slug": organization, "name": account.organization_name}
        if organization
        else None,
        "why": str(why),
    }
    return Result(data, one_line(_text(account, why)))


def switch(slug: str, here: Surroundings) -> Result:
    """Let commands act for an organization from now on, once the server agrees.

    Raises NotAMember, NotSignedIn, ConfigError, CannotWrite, and as Connection.exchange.
    """
    token = identity.current(here).token
    account = _account(token, Acting(slug, Why.FLAG), here)
    here.switch(token, slug)
    _warn_of_what_goes_first(here)
    text = f"Commands at {here.origin} now act for {account.organization_name} ({slug})."
    data = {
        "apiUrl": here.origin,
        "organization": {"slug": slug, "name": account.organization_name},
    }
    return Result(data, one_line(text) + f"\n{_BACK}")


def switch_back(here: Surroundings) -> Result:
    """Name no organization from now on; raises NotSignedIn, ConfigError and CannotWrite."""
    here.switch(identity.current(here).token, "")
    _warn_of_what_goes_first(here)
    text = f"Commands at {here.origin} now act for whoever the token is for."
    return Result({"apiUrl": here.origin, "organization": None}, text)


def organization_of(client: Client, acting: Acting) -> str:
    """Return the organization that this run is for, be it the token's own; nothing if for none.

    Raises what Connection.exchange raises: what a token is bound to, only the server knows.
    """
    return acting.organization or client.me().organization or ""


def acted_for(client: Client, acting: Acting) -> str:
    """Return the same; raises UsageError when it is for none."""
    organization = organization_of(client, acting)
    if not organization:
        raise UsageError(
            "Which organization is meant?", advice="Say so with --org SLUG, or: mog org switch SLUG"
        )
    return organization


def _account(token: Token, acting: Acting, here: Surroundings) -> Account:
    """Return whom the server takes a token for that acts for somebody."""
    slug = acting.organization
    try:
        with here.connect(token=token, organization=slug) as connection:
            account = Client(connection).me()
    except ApiError as error:
        if error.code != "not_found" or not slug:
            raise
        raise NotAMember(
            f"There is no organization {slug}, or you do not belong to it, or the token acts for"
            f" another; {here.origin} does not say which.",
            advice="Those you belong to are listed by: mog org list"
            if acting.why is not Why.SWITCH
            else _BACK,
        ) from error
    if slug and account.organization != slug:
        raise UnexpectedAnswer(
            f"{here.origin} does not act for {slug} when asked to.",
            advice="It may be older than this mog; do not buy for an organization there.",
        )
    return account


def _text(account: Account, why: Why) -> str:
    if account.organization is None:
        return f"You act for yourself, {account.username}, {why.text}."
    named = f"{account.organization_name} ({account.organization})"
    return f"You, {account.username}, act for {named}, {why.text}."


def _warn_of_what_goes_first(here: Surroundings) -> None:
    if here.config.environment_organization:
        here.console.warn("MOG_ORG is set, and goes before what is chosen here.")
