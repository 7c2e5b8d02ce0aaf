"""Passkeys and security keys (Web Authentication level 2): added, asked for, renamed.

A ceremony is what a browser is asked for; its state stays in the server's session, and its
challenge is good once.
"""

import json
import struct
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from cryptography.exceptions import UnsupportedAlgorithm
from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts import base62
from accounts.actor import Actor
from accounts.errors import PasskeyRefused, StaleForm
from accounts.models import User
from accounts.public_id import LENGTH
from accounts.second_factors import additions
from accounts.second_factors.owned import FactorKind
from audit.actions import Action
from audit.log import record

NAME_LENGTH = 60
LIFETIME = timedelta(minutes=10)
# More than anybody has, fewer than would burden a page.
AT_MOST = 20
# A registration with a certificate chain takes a few thousand.
_ANSWER_BYTES = 32_000

# What an answer of the wrong shape makes the library and its parsers raise.
_SHAPE_ERRORS = (
    AssertionError,
    AttributeError,
    Base64Error,
    IndexError,
    KeyError,
    NotImplementedError,
    OverflowError,
    RecursionError,
    struct.error,
    TypeError,
    UnsupportedAlgorithm,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What to ask a browser for (JSON of the standard), and what to remember of it."""

    options: dict[str, Any]
    state: dict[str, Any]


def begin_addition(*, by: Actor, now: datetime) -> Ceremony:
    """Ask for a new passkey of the person; raises StepUpRequired."""
    user = by.require_step_up()
    # An opaque handle: it is kept on the device, for anybody to read (section 14.6.1).
    entity = PublicKeyCredentialUserEntity(
        id=user.public_id.encode("ascii"), name=user.username, display_name=user.name
    )
    options, state = _server().register_begin(
        entity,
        credentials=[_credential(row) for row in _rows_of(user)],
        # The person has said who they are: small keys need not keep a list.
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return Ceremony(dict(options), _remembered(state, now=now))


def add(
    answer: str, name: str, *, state: Mapping[str, Any] | None, by: Actor, now: datetime
) -> list[str]:
    """Keep the passkey a browser has made; return recovery codes if it is the first factor.

    Raises StepUpRequired, PasskeyRefused, or StaleForm for somebody who has very many.
    """
    user = by.require_step_up()
    parsed = _parsed(answer)
    used = _used(state, now=now)
    try:
        made = _server().register_complete(used, parsed)
        credential = made.credential_data
        assert credential is not None
        kept = _kept(RegistrationResponse.from_dict(parsed))
    except _SHAPE_ERRORS as error:
        raise PasskeyRefused("invalid") from error
    with transaction.atomic():
        is_first = additions.begin(user)
        if len(_rows_of(user)) >= AT_MOST:
            raise StaleForm
        data = {
            "name": name,
            "credential": kept,
            "credential_id": credential.credential_id.hex(),
            "public_id": f"pky_{base62.random(LENGTH)}",
            "sign_count": made.counter,
        }
        _keep(user, data, now=now)
        return additions.complete(FactorKind.PASSKEY, is_first=is_first, by=by, now=now, name=name)


def begin_proof(user: User, *, now: datetime) -> Ceremony | None:
    """Ask for any passkey the person has; None when there is none."""
    credentials = [_credential(row) for row in _rows_of(user)]
    if not credentials:
        return None
    options, state = _server().authenticate_begin(
        credentials, user_verification=UserVerificationRequirement.PREFERRED
    )
    return Ceremony(dict(options), _remembered(state, now=now))


def check(answer: str, *, user: User, state: Mapping[str, Any] | None, now: datetime) -> None:
    """Take a browser's proof that it holds a passkey of the user; raises PasskeyRefused."""
    parsed = _parsed(answer)
    used = _used(state, now=now)
    with transaction.atomic():
        rows = list(_rows_of(user).select_for_update())
        by_id = {row.data["credential_id"]: row for row in rows}
        try:
            proven = _server().authenticate_complete(
                used, [_credential(row) for row in rows], parsed
            )
            answered = AuthenticationResponse.from_dict(parsed).response.authenticator_data
        except _SHAPE_ERRORS as error:
            raise PasskeyRefused("invalid") from error
        row = by_id[proven.credential_id.hex()]
        kept = row.data["sign_count"]
        # A count that does not rise tells of a copied key (section 7.2 step 21); synced ones
        # always say nought.
        if (answered.counter or kept) and answered.counter <= kept:
            raise PasskeyRefused("cloned")
        row.data["sign_count"] = answered.counter
        row.last_used_at = now
        row.save(update_fields=["data", "last_used_at"])


@transaction.atomic
def rename(public_id: str, name: str, *, by: Actor, now: datetime) -> bool:
    """Give a passkey of the person another name, and tell whether it is theirs."""
    user = by.require_user()
    row = _rows_of(user).select_for_update().filter(data__public_id=public_id).first()
    if row is None:
        return False
    row.data["name"] = name
    row.save(update_fields=["data"])
    record(
        Action.SECOND_FACTOR_RENAMED,
        by=by.who,
        now=now,
        subject=f"user:{user.public_id}",
        data={"passkey": public_id},
    )
    return True


def _server() -> Fido2Server:
    site: str = settings.SITE_URL
    host = urlsplit(site).hostname or ""
    relying_party = PublicKeyCredentialRpEntity(id=host, name=host)
    # The very origin: the library's own rule also takes every subdomain.
    return Fido2Server(relying_party, verify_origin=lambda origin: origin == site)


def _rows_of(user: User) -> Any:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).order_by("pk")


def _credential(row: Any) -> AttestedCredentialData:
    data: AttestedCredentialData = row.wrap().authenticator_data.credential_data
    return data


def _keep(user: User, data: dict[str, Any], *, now: datetime) -> None:
    kind = Authenticator.Type.WEBAUTHN
    try:
        with transaction.atomic():
            Authenticator.objects.create(user=user, type=kind, created_at=now, data=data)
    except IntegrityError as error:  # somebody has it, this person or another
        raise PasskeyRefused("known") from error


def _kept(made: RegistrationResponse) -> dict[str, Any]:
    """Return what the library reads of a registration, and nothing else that a browser sent."""
    credential_id = websafe_encode(made.raw_id)
    return {
        "id": credential_id,
        "rawId": credential_id,
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(bytes(made.response.client_data)),
            "attestationObject": websafe_encode(bytes(made.response.attestation_object)),
        },
    }


def _remembered(state: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    return state | {"until": (now + LIFETIME).timestamp()}


def _used(state: Mapping[str, Any] | None, *, now: datetime) -> dict[str, Any]:
    """Use up the state of a ceremony; raises PasskeyRefused for none, a late or a used one."""
    if state is None or now.timestamp() > state["until"]:
        raise PasskeyRefused("late")
    # `add` counts exactly across processes: of two who bring one challenge, one gets in.
    key = f"passkey-challenge:{state['challenge']}"
    if not cache.add(key, 1, timeout=LIFETIME.total_seconds() + 60):
        raise PasskeyRefused("replayed")
    return dict(state)


def _parsed(answer: str) -> dict[str, Any]:
    if len(answer) > _ANSWER_BYTES:
        raise PasskeyRefused("invalid")
    try:
        parsed = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise PasskeyRefused("invalid") from error
    if not isinstance(parsed, dict):
        raise PasskeyRefused("invalid")
    return parsed
