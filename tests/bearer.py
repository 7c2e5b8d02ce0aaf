"""A client that shows a token."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from accounts import token_format
from accounts.actor import Actor
from accounts.models import Credential, User
from accounts.token_format import TokenPrefix
from audit.who import Origin
from tests.factories.accounts import CredentialFactory

SELLER = "read sell"
BUYER = "download purchase read"


class Bearer:
    """A client with a token, used a moment ago."""

    def __init__(self, user: User, scope: str = "read", **fields: object) -> None:
        self.plaintext = token_format.generate(TokenPrefix.PERSONAL)
        lifetime = timedelta(hours=1) if "account" in scope else timedelta(days=1)
        now = timezone.now()
        if "purchase" in scope:
            fields = {"spend_policy": user.spend_policies.get(is_default=True)} | fields
        fields = {"created_at": now, "expires_at": now + lifetime, "last_used_at": now} | fields
        self.credential: Credential = CredentialFactory.create(
            user=user, scope=scope, plaintext=self.plaintext, **fields
        )
        self.client = Client(headers={"Authorization": f"Bearer {self.plaintext}"})

    @property
    def path(self) -> str:
        """Return the token's own address."""
        return f"/v1/tokens/{self.credential.public_id}"

    @property
    def actor(self) -> Actor:
        """Return who acts with it."""
        return Actor.of(self.credential, origin=Origin())
