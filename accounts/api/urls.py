"""The API of this room, below `/v1/`."""

from django.urls import URLPattern, path

from accounts.api import (
    device,
    invitations,
    leaked_tokens,
    members,
    organizations,
    tokens,
    users,
)

urlpatterns: list[URLPattern] = [
    path("auth/device/start", device.DeviceStart.as_view(), name="api_device_start"),
    path("auth/device/poll", device.DevicePoll.as_view(), name="api_device_poll"),
    path("leaked-tokens", leaked_tokens.LeakedTokens.as_view(), name="api_leaked_tokens"),
    path("orgs", organizations.OrganizationList.as_view(), name="api_organizations"),
    path("orgs/<str:slug>", organizations.OrganizationDetail.as_view(), name="api_organization"),
    path("orgs/<str:slug>/leave", members.Leaving.as_view(), name="api_leave_organization"),
    path("orgs/<str:slug>/members", members.MemberList.as_view(), name="api_members"),
    path(
        "orgs/<str:slug>/members/<str:user_id>", members.MemberDetail.as_view(), name="api_member"
    ),
    path(
        "orgs/<str:slug>/invitations", invitations.InvitationList.as_view(), name="api_invitations"
    ),
    path(
        "orgs/<str:slug>/invitations/<str:public_id>",
        invitations.InvitationDetail.as_view(),
        name="api_invitation",
    ),
    path(
        "orgs/<str:slug>/invitations/<str:public_id>/resend",
        invitations.Resending.as_view(),
        name="api_resend_invitation",
    ),
    path("tokens", tokens.TokenList.as_view(), name="api_tokens"),
    path("tokens/current", tokens.CurrentToken.as_view(), name="api_current_token"),
    path("tokens/<str:public_id>", tokens.TokenDetail.as_view(), name="api_token"),
    path("users/me", users.Me.as_view(), name="api_me"),
]
