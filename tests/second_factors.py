"""People with second factors, and the devices they keep them on."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

from accounts.actor import Actor
from accounts.models import User
from accounts.second_factors import authenticator_app, encryption, passkeys
from tests.factories.accounts import CredentialFactory

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def give_app(user: User, *, secret: str = SECRET) -> str:
    """Let a user have an authenticator app none of whose codes is used; return its secret."""
    data = {"secret": encryption.encrypt(secret), "last_counter": 0}
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data)
    return secret


def code_at(moment: datetime | None = None, *, secret: str = SECRET, steps: int = 0) -> str:
    """Return what the app shows at a moment, or so many steps of thirty seconds later."""
    counter = int((moment or timezone.now()).timestamp()) // 30 + steps
    code: str = totp.format_hotp_value(totp.hotp_value(secret, counter))
    return code


def wrong_code(*, secret: str = SECRET) -> str:
    """Return a code that no step near now has."""
    near = {code_at(secret=secret, steps=steps) for steps in range(-4, 5)}
    return next(code for code in map("{:06}".format, range(20)) if code not in near)


def proven(user: User) -> Actor:
    """Return the user in a browser, who proved who they are just now."""
    credential = CredentialFactory.create(user=user, kind="internal", digest=None, expires_at=None)
    return Actor.of(credential, origin=Actor.system().origin, stepped_up=True)


def give_passkey(user: User, *, name: str = "phone") -> None:
    """Let a user have a passkey whose device is nowhere."""
    by, now = proven(user), timezone.now()
    ceremony = passkeys.begin_addition(by=by, now=now)
    answer = SoftKey(
        origin=settings.SITE_URL, rp_id=ceremony.options["publicKey"]["rp"]["id"]
    ).create(ceremony.options)
    passkeys.add(json.dumps(answer), name, state=ceremony.state, by=by, now=now)


def set_up_app(user: User, *, now: datetime) -> list[str]:
    """Set an app up as the page does; return the recovery codes."""
    return authenticator_app.add(SECRET, code_at(now), by=proven(user), now=now)


@dataclass
class SoftKey:
    """An authenticator in software: it makes and uses one passkey (Web Authentication level 2)."""

    origin: str
    sign_count: int = 1
    rp_id: str = "localhost"
    user_present: bool = True
    _key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def credential_id(self) -> bytes:
        """Return an id that belongs to the key."""
        numbers = self._key.public_key().public_numbers()
        return hashlib.sha256(str(numbers.x).encode()).digest()

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer a request for a new passkey."""
        credential = AttestedCredentialData.create(
            Aaguid.NONE, self.credential_id, _public(self._key)
        )
        data = self._data(flag=AuthenticatorData.FLAG.AT, credential=credential)
        attestation = AttestationObject.create("none", data, {})
        return self._answer(
            clientDataJSON=self._client_data("webauthn.create", options),
            attestationObject=bytes(attestation),
        )

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer a request to prove the passkey."""
        self.sign_count += 1 if self.sign_count else 0
        client_data = self._client_data("webauthn.get", options)
        data = bytes(self._data())
        signature = self._key.sign(data + sha256(client_data), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client_data, authenticatorData=data, signature=signature)

    def _data(
        self,
        *,
        flag: AuthenticatorData.FLAG = AuthenticatorData.FLAG(0),  # noqa: B008 (immutable)
        credential: AttestedCredentialData | None = None,
    ) -> AuthenticatorData:
        present = AuthenticatorData.FLAG.UP if self.user_present else AuthenticatorData.FLAG(0)
        data: AuthenticatorData = AuthenticatorData.create(
            sha256(self.rp_id.encode()), flag | present, self.sign_count, bytes(credential or b"")
        )
        return data

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        challenge = options["publicKey"]["challenge"]
        assert websafe_decode(challenge)
        data = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(data).encode()

    def _answer(self, **response: bytes) -> dict[str, Any]:
        identifier = websafe_encode(self.credential_id)
        return {
            "id": identifier,
            "rawId": identifier,
            "type": "public-key",
            "response": {name: websafe_encode(value) for name, value in response.items()},
            "clientExtensionResults": {},
        }


def _public(key: ec.EllipticCurvePrivateKey) -> ES256:
    public: ES256 = ES256.from_cryptography_key(key.public_key())  # type: ignore[no-untyped-call]
    return public
