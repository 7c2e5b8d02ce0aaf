"""The least valid rows of the accounts room."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from accounts import token_format
from accounts.models import (
    Credential,
    CredentialKind,
    DeviceGrant,
    Invitation,
    Membership,
    Namespace,
    Organization,
    Role,
    SpendPolicy,
    User,
)
from accounts.models.credential import MAXIMUM_LIFETIME
from accounts.models.device_grant import DeviceGrantState


class UserFactory(factory.django.DjangoModelFactory[User]):
    """An active person with the default spend policy that every account has."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person-{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.com")

    policy = factory.RelatedFactory(
        "tests.factories.accounts.SpendPolicyFactory", factory_related_name="user", is_default=True
    )


class SpendPolicyFactory(factory.django.DjangoModelFactory[SpendPolicy]):
    """A policy; give it a user or an organization."""

    class Meta:
        model = SpendPolicy

    name = "Default"


class NamespaceFactory(factory.django.DjangoModelFactory[Namespace]):
    """A taken name."""

    class Meta:
        model = Namespace

    slug = factory.Sequence(lambda n: f"space-{n}")
    skeleton = factory.LazyAttribute(lambda namespace: namespace.slug)


class OrganizationFactory(factory.django.DjangoModelFactory[Organization]):
    """An organization on a namespace of its own."""

    class Meta:
        model = Organization

    namespace = factory.SubFactory(NamespaceFactory)
    name = "Acme"


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    """The owner of an organization."""

    class Meta:
        model = Membership

    organization = factory.SubFactory(OrganizationFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.OWNER


class InvitationFactory(factory.django.DjangoModelFactory[Invitation]):
    """An open invitation by an owner; `token=` gives it a link that a test knows."""

    class Meta:
        model = Invitation

    class Params:
        token = factory.Sequence(lambda n: f"token-{n}")

    organization = factory.SubFactory(OrganizationFactory)
    email = factory.Sequence(lambda n: f"invited-{n}@example.com")
    role = Role.MEMBER
    digest = factory.LazyAttribute(lambda row: token_format.digest(row.token))
    invited_by = factory.LazyAttribute(
        lambda row: MembershipFactory.create(organization=row.organization).user
    )
    created_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda row: row.created_at + timedelta(days=7))


class CredentialFactory(factory.django.DjangoModelFactory[Credential]):
    """A personal token with the scope read; `plaintext=` gives it a secret a test knows.

    With an organization, its user becomes an owner of it unless they belong to it already.
    """

    class Meta:
        model = Credential

    class Params:
        plaintext = factory.LazyFunction(
            lambda: token_format.generate(token_format.TokenPrefix.PERSONAL)
        )

    user = factory.SubFactory(UserFactory)
    kind = CredentialKind.PERSONAL
    label = "laptop"
    prefix = factory.LazyAttribute(lambda row: row.plaintext[: token_format.DISPLAY_LENGTH])
    digest = factory.LazyAttribute(lambda row: token_format.digest(row.plaintext))
    scope = "read"
    created_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda row: row.created_at + MAXIMUM_LIFETIME)

    @classmethod
    def _create(cls, model_class: type[Credential], *args: Any, **kwargs: Any) -> Credential:
        row: Credential = super()._create(model_class, *args, **kwargs)  # type: ignore[no-untyped-call]  # the library's own
        if row.organization is not None:
            joined, _ = Membership.objects.get_or_create(
                organization=row.organization, user=row.user, defaults={"role": Role.OWNER}
            )
            row.role = Role(joined.role)
        return row


class DeviceGrantFactory(factory.django.DjangoModelFactory[DeviceGrant]):
    """A pending grant of the mog command."""

    class Meta:
        model = DeviceGrant

    device_code_digest = factory.Sequence(lambda n: f"{n:064x}")
    user_code = factory.Sequence(
        lambda n: f"BCDF{n:04d}".translate(str.maketrans("0123456789", "BCDFGHJKLM"))
    )
    client_id = "mog-cli"
    state = DeviceGrantState.PENDING
    requested_scope = "read"
    created_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda row: row.created_at + timedelta(minutes=15))
