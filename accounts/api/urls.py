"""The API of this room, below `/v1/`."""

from django.urls import URLPattern, path

from accounts.api import device, leaked_tokens, tokens, users

urlpatterns: list[URLPattern] = [
    path("auth/device/start", device.DeviceStart.as_view(), name="api_device_start"),
    path("auth/device/poll", device.DevicePoll.as_view(), name="api_device_poll"),
    path("leaked-tokens", leaked_tokens.LeakedTokens.as_view(), name="api_leaked_tokens"),
    path("tokens", tokens.TokenList.as_view(), name="api_tokens"),
    path("tokens/current", tokens.CurrentToken.as_view(), name="api_current_token"),
    path("tokens/<str:public_id>", tokens.TokenDetail.as_view(), name="api_token"),
    path("users/me", users.Me.as_view(), name="api_me"),
]
