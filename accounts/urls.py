"""The pages of this room."""

from django.conf import settings
from django.urls import URLPattern, path

from accounts.dev_sign_in import PATH
from accounts.views import (
    acting,
    dev_sign_in,
    device,
    invitations,
    members,
    oauth,
    organizations,
    passkeys,
    second_factor,
    sessions,
    sign_in,
    step_up,
    tokens,
    two_step,
)

urlpatterns: list[URLPattern] = [
    path("sign-in", sign_in.sign_in, name="sign_in"),
    path("sign-out", sign_in.sign_out, name="sign_out"),
    path("step-up", step_up.step_up, name="step_up"),
    path("sign-in/second-factor", second_factor.second_factor, name="second_factor"),
    path("settings/two-step", two_step.overview, name="two_step"),
    path("settings/two-step/app", two_step.set_up_app, name="set_up_app"),
    path("settings/two-step/app/remove", two_step.remove_app, name="remove_app"),
    path("settings/two-step/recovery-codes", two_step.new_codes, name="new_recovery_codes"),
    path("settings/two-step/passkeys/new", passkeys.create, name="new_passkey"),
    path("settings/two-step/passkeys/<str:public_id>", passkeys.rename, name="rename_passkey"),
    path(
        "settings/two-step/passkeys/<str:public_id>/remove",
        passkeys.remove,
        name="remove_passkey",
    ),
    path("settings/acting", acting.switch, name="switch"),
    path("settings/sessions", sessions.listing, name="sessions"),
    path("settings/sessions/others/end", sessions.end_others, name="end_other_sessions"),
    path("settings/sessions/<str:public_id>/end", sessions.end, name="end_session"),
    path("settings/tokens", tokens.listing, name="tokens"),
    path("settings/tokens/new", tokens.create, name="new_token"),
    path("settings/tokens/<str:public_id>/policy", tokens.policy, name="token_policy"),
    path("settings/tokens/<str:public_id>/revoke", tokens.revoke, name="revoke_token"),
    path("orgs", organizations.listing, name="organizations"),
    path("orgs/new", organizations.create, name="new_organization"),
    path("orgs/<str:slug>", organizations.overview, name="organization"),
    path("orgs/<str:slug>/settings", organizations.settings, name="organization_settings"),
    path("orgs/<str:slug>/leave", organizations.leave, name="leave_organization"),
    path("orgs/<str:slug>/members", members.listing, name="organization_members"),
    path("orgs/<str:slug>/members/<str:user_id>", members.role, name="organization_member"),
    path(
        "orgs/<str:slug>/members/<str:user_id>/remove",
        members.remove,
        name="remove_organization_member",
    ),
    path("orgs/<str:slug>/invitations", invitations.listing, name="organization_invitations"),
    path(
        "orgs/<str:slug>/invitations/<str:public_id>/resend",
        invitations.resend,
        name="resend_invitation",
    ),
    path(
        "orgs/<str:slug>/invitations/<str:public_id>/revoke",
        invitations.revoke,
        name="revoke_invitation",
    ),
    path("invites/<str:token>", invitations.answer, name="invitation"),
    path("device", device.enter, name="device"),
    path("device/<str:public_id>", device.decide, name="device_grant"),
    path("oauth/device_authorization", oauth.device_authorization, name="device_authorization"),
    path("oauth/token", oauth.token, name="oauth_token"),
    path("oauth/revoke", oauth.revoke, name="oauth_revoke"),
    path(".well-known/oauth-authorization-server", oauth.metadata, name="oauth_metadata"),
    # One redirect URI a provider (RFC 9700 section 4.4.2.2), under the names the library asks for.
    path(
        "sign-in/github/callback",
        sign_in.callback,
        {"provider_id": "github"},
        name="github_callback",
    ),
    path(
        "sign-in/google/callback",
        sign_in.callback,
        {"provider_id": "google"},
        name="google_callback",
    ),
    path(
        "sign-in/sso/<slug:provider_id>/callback",
        sign_in.callback,
        name="openid_connect_callback",
    ),
]
if settings.DEV_SIGN_IN:
    urlpatterns += [path(f"{PATH}/<str:signed>", dev_sign_in.redeem, name="dev_sign_in")]
