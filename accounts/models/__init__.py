"""Who you are and what you may do, as rows."""

from accounts.models.credential import Credential, CredentialKind
from accounts.models.device_grant import DeviceGrant, DeviceGrantState
from accounts.models.invitation import Invitation, InvitationQuerySet, InvitationState
from accounts.models.membership import Membership, MembershipQuerySet, Role
from accounts.models.namespace import Namespace, Organization
from accounts.models.spend_policy import SpendPolicy, SpendPolicyQuerySet
from accounts.models.user import User
from accounts.models.web_session import WebSession

__all__ = [
    "Credential",
    "CredentialKind",
    "DeviceGrant",
    "DeviceGrantState",
    "Invitation",
    "InvitationQuerySet",
    "InvitationState",
    "Membership",
    "MembershipQuerySet",
    "Namespace",
    "Organization",
    "Role",
    "SpendPolicy",
    "SpendPolicyQuerySet",
    "User",
    "WebSession",
]
