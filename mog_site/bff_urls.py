"""What a browser may call below `/bff/`: nothing that creates a token or answers with one."""

from django.urls import URLPattern, path

from accounts.api import tokens, users
from mog_site.bff import door

urlpatterns: list[URLPattern] = [
    path("users/me", door(users.Me), name="bff_me"),
    path("tokens", door(tokens.TokenList), name="bff_tokens"),
    path("tokens/<str:public_id>", door(tokens.TokenDetail), name="bff_token"),
]
