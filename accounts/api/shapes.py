"""How accounts look in JSON."""

from typing import Any

from rest_framework import serializers

from accounts.actor import Actor
from accounts.api.serializers import CamelSerializer
from accounts.device_flow import PollStatus
from accounts.models import CredentialKind, Role
from accounts.models.invitation import ROLE_CHOICES
from accounts.scopes import Scope

_SCOPES = [scope.value for scope in Scope]
_ROLES = Role.choices
_INVITED_AS = ROLE_CHOICES
_TOKEN_KINDS = [kind.value for kind in CredentialKind if kind != CredentialKind.INTERNAL]


class _Scopes(serializers.ListField):
    child = serializers.ChoiceField(choices=_SCOPES)

    def to_representation(self, value: Any) -> list[str]:
        """Return scopes in a fixed order: sets have none."""
        return sorted(value)


class CredentialSerializer(CamelSerializer):
    """The credential that a request acts with."""

    id = serializers.CharField(source="public_id")
    label = serializers.CharField()  # type: ignore[assignment]  # hides an attribute nobody uses
    kind = serializers.ChoiceField(choices=_TOKEN_KINDS)
    prefix = serializers.CharField()
    scopes = _Scopes()
    expires_at = serializers.DateTimeField(allow_null=True)
    spend_policy_id = serializers.CharField(source="spend_policy.public_id", default=None)


class TokenSerializer(CredentialSerializer):
    """A token as its owner sees it; never its secret, which nobody has."""

    organization_id = serializers.CharField(source="organization.public_id", default=None)
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class OrganizationSerializer(CamelSerializer):
    """The organization that a credential acts for."""

    id = serializers.CharField(source="public_id")
    slug = serializers.CharField(source="namespace.slug")
    name = serializers.CharField()


class JoinedOrganizationSerializer(OrganizationSerializer):
    """An organization that whoever asks belongs to, and as what."""

    role = serializers.ChoiceField(choices=_ROLES)
    member_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class NewOrganizationSerializer(CamelSerializer):
    """An organization to be made: its name in addresses, and what people call it."""

    slug = serializers.CharField(max_length=100)
    name = serializers.CharField(max_length=200)


class OrganizationChangeSerializer(CamelSerializer):
    """What can be changed; the slug never is."""

    name = serializers.CharField(max_length=200)


class MemberSerializer(CamelSerializer):
    """A person in an organization."""

    user_id = serializers.CharField(source="user.public_id")
    username = serializers.CharField(source="user.username")
    role = serializers.ChoiceField(choices=_ROLES)
    joined_at = serializers.DateTimeField()


class RoleSerializer(CamelSerializer):
    """What a member shall be."""

    role = serializers.ChoiceField(choices=_ROLES)


class InvitationSerializer(CamelSerializer):
    """An open invitation; never its token, which only the mail has."""

    id = serializers.CharField(source="public_id")
    email = serializers.CharField()
    role = serializers.ChoiceField(choices=_INVITED_AS)
    expires_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    invited_by = serializers.CharField(source="invited_by.username")


class NewInvitationSerializer(CamelSerializer):
    """Whom to invite, as what."""

    email = serializers.CharField(max_length=254)
    role = serializers.ChoiceField(choices=_INVITED_AS, default=Role.MEMBER.value)


class MeSerializer(CamelSerializer):
    """Whoever asks, and for whom they act; a browser's own credential is not shown to it."""

    id = serializers.CharField(source="user.public_id")
    username = serializers.CharField(source="user.username")
    display_name = serializers.CharField(source="user.display_name")
    credential = CredentialSerializer(allow_null=True)
    organization = OrganizationSerializer(allow_null=True)

    def to_representation(self, instance: Actor) -> dict[str, Any]:
        """Return the fields, without the credential of a web session."""
        shown: dict[str, Any] = super().to_representation(instance)
        assert instance.credential is not None
        return shown | {"credential": None} if instance.credential.is_internal else shown


class DeviceStartSerializer(CamelSerializer):
    """A device asks to be let in."""

    client_id = serializers.CharField(max_length=40)
    scopes = _Scopes(allow_empty=False)


class StartedSerializer(CamelSerializer):
    """The codes of a device; times in seconds."""

    device_code = serializers.CharField()
    user_code = serializers.CharField()
    verification_uri = serializers.URLField()
    verification_uri_complete = serializers.URLField()
    expires_in = serializers.IntegerField()
    interval = serializers.IntegerField()


class DevicePollSerializer(CamelSerializer):
    """A device asks how its request stands."""

    client_id = serializers.CharField(max_length=40)
    device_code = serializers.CharField(max_length=100)


class PolledSerializer(CamelSerializer):
    """How it stands: `interval` while it waits, the token once."""

    status = serializers.ChoiceField(choices=[status.value for status in PollStatus])
    interval = serializers.IntegerField(required=False)
    token = serializers.CharField(required=False)
    token_type = serializers.CharField(required=False)
    expires_in = serializers.IntegerField(required=False)


class LeakSerializer(serializers.Serializer[Any]):
    """One token found in public, as GitHub's secret scanning reports it."""

    token = serializers.CharField(max_length=200, trim_whitespace=False)
    type = serializers.CharField(max_length=100, required=False, allow_blank=True)
    url = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    source = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")  # type: ignore[assignment]  # the protocol's name, which hides an attribute


class VerdictSerializer(serializers.Serializer[Any]):
    """What we say of it, in the names of that protocol; `token_hash` is SHA-256 in base64."""

    token_hash = serializers.CharField()
    token_type = serializers.CharField()
    label = serializers.ChoiceField(choices=["true_positive", "false_positive"])  # type: ignore[assignment]  # as above
