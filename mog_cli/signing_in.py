"""Sign in: a person approves a code in a browser, this computer keeps the token."""

import os
import time
from datetime import UTC, datetime, timedelta

from mog_cli import browser, device_login, identity, signing_out
from mog_cli.answers import DeviceGrant
from mog_cli.client import Client
from mog_cli.credential_store import StoredCredential
from mog_cli.device_login import Approval
from mog_cli.errors import ConfigError, MogError
from mog_cli.identity import Identity, Source
from mog_cli.output import Result
from mog_cli.surroundings import Surroundings
from mog_cli.tokens import Token


def log_in(here: Surroundings, *, scopes: tuple[str, ...], may_open_browser: bool) -> Result:
    """Get a token and keep it.

    Raises ConfigError when MOG_TOKEN is set, LoginDenied, LoginExpired, CredentialStoreError, and
    what Connection.exchange raises.
    """
    _refuse_environment_token(here)
    previous = here.store.get(here.origin)
    approval = _ask_person(here, scopes=scopes, may_open_browser=may_open_browser)
    # Stored before anything else can fail: the server hands a token out once.
    credential = _credential(approval)
    here.store.put(here.origin, credential)
    here.forget_switch()
    if previous is not None:
        _retire(previous.token, here)
    return _greeting(Identity(credential.token, Source.STORED, credential.expires_at), here)


def _refuse_environment_token(here: Surroundings) -> None:
    if here.config.environment_token is not None:
        raise ConfigError(
            "MOG_TOKEN is set, and its token would go before the one you are about to get.",
            advice="Unset MOG_TOKEN, then run `mog auth` again.",
        )


def _ask_person(here: Surroundings, *, scopes: tuple[str, ...], may_open_browser: bool) -> Approval:
    with here.connect() as connection:
        client = Client(connection)
        grant = client.start_device_login(scopes)
        here.console.announce(_invitation(grant), event=_event(grant))
        if may_open_browser and not here.console.is_json and browser.can_open(os.environ):
            browser.open_page(grant.verification_uri_complete)
        here.console.progress("Waiting for your decision in the browser...")
        return device_login.wait_for_approval(client.poll_device_login, grant)


def _invitation(grant: DeviceGrant) -> str:
    return (
        f"Open {grant.verification_uri} and enter the code {grant.user_code}\n"
        f"or open {grant.verification_uri_complete} and compare the code.\n"
        f"The code is valid for {grant.expires_in // 60} minutes."
    )


def _event(grant: DeviceGrant) -> dict[str, object]:
    return {
        "event": "device_code",
        "userCode": grant.user_code,
        "verificationUri": grant.verification_uri,
        "verificationUriComplete": grant.verification_uri_complete,
        "expiresIn": grant.expires_in,
    }


def _credential(approval: Approval) -> StoredCredential:
    if approval.expires_in is None:
        return StoredCredential(approval.token, None)
    now = datetime.fromtimestamp(time.time(), tz=UTC).replace(microsecond=0)
    return StoredCredential(approval.token, now + timedelta(seconds=approval.expires_in))


def _retire(token: Token, here: Surroundings) -> None:
    """End the token that the new one replaces; nobody would know of it any more."""
    try:
        signing_out.revoke(token, here)
    except MogError as error:
        here.console.warn(f"your previous token {token} is still valid: {error.message}")


def _greeting(found: Identity, here: Surroundings) -> Result:
    """Say who has signed in; the token is kept by now, so a lost answer is only a warning."""
    try:
        account = identity.ask(found, here)
    except MogError as error:
        here.console.warn(f"signed in, but who you are could not be asked: {error.message}")
        return Result(identity.facts(found, here), f"Signed in to {here.origin}.")
    return Result(
        {**identity.facts(found, here), **identity.account_facts(account)},
        f"Signed in to {here.origin} as {account.username}. Scopes: {', '.join(account.scopes)}.",
    )
