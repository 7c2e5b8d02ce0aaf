"""Every real route, tried with the credential of the other door."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from accounts import token_format
from accounts.models import Organization, User
from accounts.scopes import ALL_SCOPES, to_text
from mog_site import marks
from tests import signed_in
from tests.factories.accounts import CredentialFactory, MembershipFactory

_ARGUMENTS = {"vendor": "acme", "slug": "pdf-tools", "version": "1.0.0"}
# These let anybody in: what they ask for stands in the body.
_OPEN = {
    "/v1/openapi.json",
    "/v1/auth/device/start",
    "/v1/auth/device/poll",
    "/v1/leaked-tokens",
    "/v1/audit",
}


def _routes(prefix: str) -> list[str]:
    return sorted(
        _filled(route) for route in _all(get_resolver().url_patterns) if route.startswith(prefix)
    )


def _filled(route: str) -> str:
    named = route.replace("<str:public_id>", "tok_aaaaaaaaaaaaaaaaaaaa")
    return re.sub(r"<\w+:(\w+)>", lambda found: _ARGUMENTS.get(found[1], found[0]), named)


def _all(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    for pattern in patterns:
        route = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _all(pattern.url_patterns, route)
        else:
            yield route


def _is_public(route: str) -> bool:
    """Tell whether anybody may read an address, so that a session makes no difference to it."""
    view = resolve(route).func
    return bool(getattr(marks.declaring(view), "public_read", False))


@pytest.fixture
def bearer(alice: User) -> dict[str, Any]:
    """A token of alice that may do everything a token can."""
    plaintext = token_format.generate(token_format.TokenPrefix.PERSONAL)
    scopes = to_text(scope for scope in ALL_SCOPES if scope.value not in {"account", "purchase"})
    CredentialFactory.create(user=alice, plaintext=plaintext, scope=scopes)
    return {"authorization": f"Bearer {plaintext}"}


@pytest.fixture
def acme() -> Organization:
    """An organization that alice does not belong to."""
    return MembershipFactory.create().organization


@pytest.fixture
def browser(client: Client, alice: User) -> Client:
    """A browser in which alice is signed in and has just proven it."""
    signed_in.sign_in(client, alice)
    return client


def test_both_doors_have_routes() -> None:
    assert len(_routes("/v1/")) > 5
    assert len(_routes("/bff/")) > 1


@pytest.mark.parametrize("route", [route for route in _routes("/v1/") if route not in _OPEN])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_a_session_opens_nothing_of_the_api(browser: Client, route: str, method: str) -> None:
    answer = getattr(browser, method)(route)
    if method == "get" and _is_public(route):
        assert answer.content == Client().get(route).content or answer.status_code == 404
        return
    if answer.status_code == 405:
        assert method.upper() not in answer["Allow"]
        return
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "unauthenticated"


@pytest.mark.parametrize("route", [route for route in _routes("/v1/") if route not in _OPEN])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_nobody_acts_for_an_organization_of_others_anywhere(
    api_client: Client, bearer: dict[str, Any], acme: Organization, route: str, method: str
) -> None:
    answer = getattr(api_client, method)(route, headers=bearer | {"X-Mog-Org": acme.slug})
    unknown = getattr(api_client, method)(route, headers=bearer | {"X-Mog-Org": "nobody"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (unknown.status_code, unknown.json()["message"]) == (404, answer.json()["message"])


@pytest.mark.parametrize("route", _routes("/bff/"))
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_a_token_opens_nothing_of_the_browsers(
    api_client: Client, bearer: dict[str, Any], route: str, method: str
) -> None:
    answer = getattr(api_client, method)(route, headers=bearer)
    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid_token"


@pytest.mark.parametrize("route", [r for r in _routes("/settings/") if "<" not in r])
def test_a_token_opens_no_page(api_client: Client, bearer: dict[str, Any], route: str) -> None:
    answer = api_client.get(route, headers=bearer)
    assert answer.status_code in {401, 405}


@pytest.mark.parametrize("route", ["/admin/", "/admin/accounts/user/"])
def test_a_token_opens_no_admin(bearer: dict[str, Any], alice: User, route: str) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    answer = Client().get(route, headers=bearer)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")
