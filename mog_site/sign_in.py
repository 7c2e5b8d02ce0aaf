"""Sign-in providers from the environment, in the sign-in library's own shape."""

import os
from typing import Any
from urllib.parse import urlsplit

from mog_site import env

# The library's key for each address that may be moved, by the variable that moves it.
_GITHUB_URLS = {"GITHUB_URL": "GITHUB_URL"}
_GOOGLE_URLS = {
    f"GOOGLE_{key}": key
    for key in ("AUTHORIZE_URL", "ACCESS_TOKEN_URL", "IDENTITY_URL", "CERTS_URL", "ID_TOKEN_ISSUER")
}


def providers() -> dict[str, dict[str, Any]]:
    """Return `SOCIALACCOUNT_PROVIDERS`: a provider without a client id has no app and is absent."""
    return {
        "github": _app("GITHUB") | _moved(_GITHUB_URLS) | {"SCOPE": ["read:user", "user:email"]},
        "google": _app("GOOGLE") | _moved(_GOOGLE_URLS) | {"SCOPE": ["openid", "profile", "email"]},
        "openid_connect": _openid_connect(),
    }


def url_variables() -> list[str]:
    """Return the variables that can point a provider elsewhere than to itself."""
    return [*_GITHUB_URLS, *_GOOGLE_URLS]


def url_overrides() -> list[str]:
    """Return those that do."""
    return [name for name in url_variables() if os.environ.get(name)]


def origins(configured: dict[str, dict[str, Any]]) -> list[str]:
    """Return the origins a browser is sent to when it signs in, of the providers in use.

    A provider that passes browsers on to another origin needs that one in SIGN_IN_FORM_ORIGINS.
    """
    github, google = configured["github"], configured["google"]
    addresses = env.words("SIGN_IN_FORM_ORIGINS")
    if github["APPS"]:
        addresses.append(github.get("GITHUB_URL", "https://github.com"))
    if google["APPS"]:
        addresses.append(google.get("AUTHORIZE_URL", "https://accounts.google.com"))
    addresses += [app["settings"]["server_url"] for app in configured["openid_connect"]["APPS"]]
    return ["{0.scheme}://{0.netloc}".format(urlsplit(address)) for address in addresses]


def _app(name: str) -> dict[str, Any]:
    client_id = env.text(f"{name}_CLIENT_ID", "")
    app = {"client_id": client_id, "secret": env.text(f"{name}_CLIENT_SECRET", "")}
    return {"APPS": [app] if client_id else [], "OAUTH_PKCE_ENABLED": True}


def _moved(urls: dict[str, str]) -> dict[str, str]:
    return {key: value for name, key in urls.items() if (value := env.text(name, ""))}


def _openid_connect() -> dict[str, Any]:
    configured = _app("OIDC")
    for app in configured["APPS"]:
        app["provider_id"] = env.text("OIDC_ID", "sso")
        app["name"] = env.text("OIDC_NAME", "Single sign-on")
        app["settings"] = {"server_url": env.text("OIDC_SERVER_URL").rstrip("/")}
    return configured
