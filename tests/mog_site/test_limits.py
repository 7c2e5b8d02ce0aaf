"""Limits: exact, told in headers, waited out, and what happens when nobody can count."""

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import token_format
from accounts.models import User
from mog_site import rate_limits
from mog_site.rate_limits import Tier
from tests.factories.accounts import CredentialFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.mog_site.probe_urls")]


@pytest.fixture
def limits(settings: Settings) -> dict[str, Tier]:
    """The product's own tiers in windows so long that none ends during a test."""
    tiers = rate_limits.from_environment()
    settings.RATE_LIMITS = {name: replace(tier, seconds=3600) for name, tier in tiers.items()}
    return dict(settings.RATE_LIMITS)


@pytest.fixture
def bearer(alice: User) -> dict[str, Any]:
    """What a request by alice's token carries."""
    return _bearer_of(alice)


def _bearer_of(user: User) -> dict[str, Any]:
    plaintext = token_format.generate(token_format.TokenPrefix.PERSONAL)
    CredentialFactory.create(user=user, plaintext=plaintext)
    return {"HTTP_AUTHORIZATION": f"Bearer {plaintext}"}


def _small(settings: Settings, name: str, *, limit: int, seconds: int = 3600) -> None:
    tiers = rate_limits.from_environment()
    settings.RATE_LIMITS = tiers | {name: replace(tiers[name], limit=limit, seconds=seconds)}


def test_the_tiers_are_those_of_the_contract() -> None:
    tiers = rate_limits.from_environment()
    assert {
        name: (tier.limit, tier.seconds, tier.by, tier.fails) for name, tier in tiers.items()
    } == {
        "auth": (10, 60, "address", "closed"),
        "financial": (30, 60, "user", "closed"),
        "sending": (60, 3600, "user", "open"),
        "upload": (20, 3600, "vendor", "open"),
        "rescan": (5, 86400, "user", "open"),
        "webhook": (1000, 60, "address", "open"),
        "authenticated": (600, 60, "user", "open"),
        "public": (120, 60, "address", "open"),
        "baseline": (1000, 60, "address", "open"),
    }


def test_exactly_the_limit_passes(api_client: Client, settings: Settings) -> None:
    _small(settings, "public", limit=5)
    statuses = [api_client.get("/v1/probe/echo").status_code for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2


def test_waiting_exactly_as_long_as_told_succeeds(api_client: Client, settings: Settings) -> None:
    _small(settings, "public", limit=1, seconds=3)
    for _ in range(2):  # also when the first refusal comes late in its window
        while (refused := api_client.get("/v1/probe/echo")).status_code == 200:
            pass
        assert refused.status_code == 429
        wait = int(refused["Retry-After"])
        assert 1 <= wait <= 4
        time.sleep(wait)
        assert api_client.get("/v1/probe/echo").status_code == 200


def test_a_refusal_says_what_to_do(api_client: Client, settings: Settings) -> None:
    _small(settings, "public", limit=0)
    refused = api_client.get("/v1/probe/echo")
    body = refused.json()
    assert body["code"] == "rate_limited"
    assert "Retry-After" in body["message"]
    wait = int(refused["Retry-After"])
    assert refused["RateLimit-Policy"] == '"public";q=0;w=3600'
    assert refused["RateLimit"] == f'"public";r=0;t={wait}'


def test_who_has_a_token_is_told_what_is_left(
    api_client: Client, bearer: dict[str, Any], limits: dict[str, Tier]
) -> None:
    first = api_client.get("/v1/probe/echo", **bearer)
    second = api_client.get("/v1/probe/echo", **bearer)
    assert first["RateLimit-Policy"] == '"authenticated";q=600;w=3600'
    assert first["RateLimit"].startswith('"authenticated";r=599;t=')
    assert second["RateLimit"].startswith('"authenticated";r=598;t=')


def test_an_anonymous_answer_tells_nothing(api_client: Client, limits: dict[str, Tier]) -> None:
    answer = api_client.get("/v1/probe/echo")
    assert "RateLimit" not in answer
    assert "RateLimit-Policy" not in answer


def test_users_are_counted_apart_even_behind_one_address(
    api_client: Client, alice: User, bob: User, settings: Settings
) -> None:
    _small(settings, "authenticated", limit=1)
    of_alice, of_bob = _bearer_of(alice), _bearer_of(bob)
    assert api_client.get("/v1/probe/echo", **of_alice).status_code == 200
    assert api_client.get("/v1/probe/echo", **of_alice).status_code == 429
    assert api_client.get("/v1/probe/echo", **of_bob).status_code == 200


def test_two_tokens_of_one_user_share_a_limit(
    api_client: Client, alice: User, settings: Settings
) -> None:
    _small(settings, "authenticated", limit=1)
    assert api_client.get("/v1/probe/echo", **_bearer_of(alice)).status_code == 200
    assert api_client.get("/v1/probe/echo", **_bearer_of(alice)).status_code == 429


def test_an_ipv6_network_is_one_caller(api_client: Client, settings: Settings) -> None:
    _small(settings, "public", limit=1)
    statuses = [
        api_client.get("/v1/probe/echo", REMOTE_ADDR=address).status_code
        for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    ]
    assert statuses == [200, 429, 200]


def test_a_forged_header_does_not_open_a_new_count(api_client: Client, settings: Settings) -> None:
    _small(settings, "public", limit=1)
    statuses = [
        api_client.get("/v1/probe/echo", HTTP_X_FORWARDED_FOR=f"198.51.100.{n}").status_code
        for n in range(3)
    ]
    assert statuses == [200, 429, 429]


def test_auth_routes_are_refused_without_telling_the_limit(
    api_client: Client, limits: dict[str, Tier]
) -> None:
    statuses = [api_client.post("/v1/probe/auth").status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    refused = api_client.post("/v1/probe/auth")
    assert int(refused["Retry-After"]) >= 1
    assert "RateLimit" not in refused
    assert "RateLimit-Policy" not in refused


def test_the_baseline_keeps_quiet_on_auth_routes_too(
    api_client: Client, settings: Settings
) -> None:
    _small(settings, "baseline", limit=0)
    assert "RateLimit" not in api_client.post("/v1/probe/auth")
    assert "RateLimit" in api_client.get("/v1/probe/echo")


def test_reads_of_an_auth_route_count_as_usual(api_client: Client, limits: dict[str, Tier]) -> None:
    statuses = [api_client.get("/v1/probe/auth").status_code for _ in range(12)]
    assert statuses == [200] * 12


def test_a_form_is_limited_like_the_api(client: Client, limits: dict[str, Tier]) -> None:
    statuses = [client.post("/probe/auth").status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]


def test_pages_are_limited_by_address(client: Client, settings: Settings) -> None:
    _small(settings, "public", limit=2)
    answers = [client.get("/probe/page") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1]["Content-Type"].startswith("text/html")


def test_a_made_up_session_cookie_is_nobody(client: Client, settings: Settings) -> None:
    _small(settings, "public", limit=1)
    statuses = []
    for n in range(2):
        client.cookies[settings.SESSION_COOKIE_NAME] = f"invented{n}"
        statuses.append(client.get("/probe/page").status_code)
    assert statuses == [200, 429]


def test_the_baseline_refuses_before_any_query(
    api_client: Client,
    bearer: dict[str, Any],
    settings: Settings,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    _small(settings, "baseline", limit=0)
    with django_assert_num_queries(0):
        assert api_client.get("/v1/probe/echo", **bearer).status_code == 429


def test_probes_are_never_limited(client: Client, settings: Settings) -> None:
    _small(settings, "baseline", limit=0)
    assert client.get("/health").status_code == 200
    assert client.get("/health/ready").status_code == 200


@pytest.fixture(params=["unwritable file", "hanging redis", "absent redis"])
def broken_cache(
    request: pytest.FixtureRequest, settings: Settings, tmp_path: Path
) -> Iterator[None]:
    """A cache that cannot count, in each way one can fail."""
    (tmp_path / "file").write_text("no folder")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if request.param == "hanging redis":
            listener.listen()  # connections are accepted by the kernel and never answered
        address = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        backends = {
            "unwritable file": ("mog_site.sqlite_cache.SqliteCache", str(tmp_path / "file" / "c")),
        }
        backend, location = backends.get(
            request.param, ("mog_site.redis_cache.AtomicRedisCache", address)
        )
        working = settings.CACHES
        settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": location}}
        yield
        settings.CACHES = working
        caches.close_all()


@pytest.mark.usefixtures("broken_cache")
def test_without_a_cache_reads_pass(api_client: Client, limits: dict[str, Tier]) -> None:
    begun = time.monotonic()
    assert api_client.get("/v1/probe/echo").status_code == 200
    assert time.monotonic() - begun < 2


@pytest.mark.usefixtures("broken_cache")
@pytest.mark.parametrize("path", ["/v1/probe/auth", "/v1/probe/money", "/probe/auth"])
def test_without_a_cache_auth_and_money_are_closed(
    client: Client, limits: dict[str, Tier], path: str
) -> None:
    refused = client.post(path)
    assert refused.status_code == 503
    assert int(refused["Retry-After"]) >= 1
