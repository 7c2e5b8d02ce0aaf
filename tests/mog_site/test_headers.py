"""What every answer tells the browser, and what it carries for whoever investigates."""

import json
import logging

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from mog_site import client_address, content_security
from tests import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.mog_site.probe_urls")]

_STATIC = "http://localhost:8000/static/ http://127.0.0.1:8000/static/"
_PATHS = ["/probe/page", "/v1/probe/echo", "/v1/nothing", "/nothing", "/health", "/sign-in"]


@pytest.mark.parametrize("path", _PATHS)
def test_every_answer_is_hardened(client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "no-store" in headers["Cache-Control"]


@pytest.mark.parametrize("path", _PATHS)
def test_every_answer_carries_the_policy(client: Client, path: str) -> None:
    assert _directives(client.get(path)["Content-Security-Policy"]) == {
        "default-src": "'none'",
        "script-src": _STATIC,
        "style-src": _STATIC,
        "img-src": _STATIC,
        "font-src": _STATIC,
        "connect-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "object-src": "'none'",
    }


def test_scripts_come_from_the_static_path_and_not_from_the_origin() -> None:
    policy = content_security.policy(site_url="https://mog.example", static_url="/static/")
    assert policy["DIRECTIVES"]["script-src"] == ["https://mog.example/static/"]


def test_a_site_on_this_computer_is_styled_under_either_of_its_names() -> None:
    policy = content_security.policy(site_url="http://localhost:8000", static_url="/static/")
    static = ["http://localhost:8000/static/", "http://127.0.0.1:8000/static/"]
    for kind in ("script", "style", "img", "font"):
        assert policy["DIRECTIVES"][f"{kind}-src"] == static


def test_without_tls_there_is_no_hsts(client: Client) -> None:
    assert "Strict-Transport-Security" not in client.get("/health")


def test_each_answer_has_an_id_of_its_own(client: Client) -> None:
    ids = {client.get("/health")["X-Request-Id"] for _ in range(3)}
    assert len(ids) == 3


def test_a_stranger_cannot_choose_the_id(client: Client) -> None:
    answer = client.get("/health", headers={"x-request-id": "chosen-by-a-stranger"})
    assert answer["X-Request-Id"] != "chosen-by-a-stranger"


@pytest.mark.parametrize("given", ["0af7651916cd43dd8448eb211c80319c", "deploy-7.web_1"])
def test_our_proxy_may_choose_it(client: Client, settings: Settings, given: str) -> None:
    settings.TRUSTED_PROXIES = client_address.networks(["127.0.0.1"])
    answer = client.get("/health", headers={"x-request-id": given})
    assert answer["X-Request-Id"] == given


@pytest.mark.parametrize("given", ["short", "a b c d e f g h", "x" * 65, "é" * 10])
def test_but_no_strange_one(client: Client, settings: Settings, given: str) -> None:
    settings.TRUSTED_PROXIES = client_address.networks(["127.0.0.1"])
    answer = client.get("/health", HTTP_X_REQUEST_ID=given)
    assert answer["X-Request-Id"] != given


def test_our_proxy_tells_the_address(client: Client, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = client_address.networks(["127.0.0.1"])
    answer = client.get("/v1/probe/echo", headers={"x-forwarded-for": "10.1.1.1, 198.51.100.7"})
    assert answer.json()["ip"] == "198.51.100.7"


def test_a_stranger_does_not(client: Client) -> None:
    answer = client.get("/v1/probe/echo", headers={"x-forwarded-for": "198.51.100.7"})
    assert answer.json()["ip"] == "127.0.0.1"


def test_a_stranger_cannot_claim_tls(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    claim = {"x-forwarded-proto": "https"}
    assert client.get("/probe/page", headers=claim).status_code == 301
    settings.TRUSTED_PROXIES = client_address.networks(["127.0.0.1"])
    assert client.get("/probe/page", headers=claim).status_code == 200


def test_probes_are_not_redirected_to_tls(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/health").status_code == 200


def test_probes_come_by_address(client: Client) -> None:
    assert client.get("/health", headers={"host": "10.0.0.7:8000"}).status_code == 200
    assert client.get("/probe/page", headers={"host": "10.0.0.7:8000"}).status_code == 400


def test_static_files_are_hardened_and_closed_to_other_origins(client: Client) -> None:
    answer = client.get("/static/admin/css/base.css")
    assert answer.status_code == 200
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer
    answer.close()


def test_cookies_are_out_of_reach_of_scripts(client: Client, alice: User) -> None:
    client.get("/sign-in")
    session = signed_in.sign_in(client, alice)
    assert isinstance(session, SessionStore)
    client.get("/settings/sessions")
    assert client.cookies["csrf"]["httponly"]
    assert client.cookies["csrf"]["samesite"] == "Lax"


class TestPublicReads:
    """Answers that are the same for everybody."""

    url = "/v1/probe/public"

    def test_an_anonymous_answer_may_be_shared(self, client: Client) -> None:
        answer = client.get(self.url)
        assert answer["Cache-Control"] == "public, max-age=60"
        assert "Authorization" in answer["Vary"]
        assert answer["ETag"].startswith('"')

    def test_who_has_the_answer_gets_304(self, client: Client) -> None:
        first = client.get(self.url)
        again = client.get(self.url, headers={"if-none-match": f'"other", {first["ETag"]}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == first["ETag"]
        assert again["Cache-Control"] == "public, max-age=60"
        assert client.get(self.url, headers={"if-none-match": '"other"'}).status_code == 200

    def test_an_answer_to_a_token_is_nobody_elses(self, client: Client) -> None:
        answer = client.get(self.url, headers={"authorization": "Bearer nonsense"})
        assert "public" not in answer["Cache-Control"]

    def test_scripts_of_any_site_may_read_it_without_credentials(self, client: Client) -> None:
        answer = client.get(self.url, headers={"origin": "https://elsewhere.example"})
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer

    def test_scripts_elsewhere_may_read_nothing_else(self, client: Client) -> None:
        answer = client.get("/v1/probe/echo", headers={"origin": "https://elsewhere.example"})
        assert "Access-Control-Allow-Origin" not in answer
        preflight = client.options(
            "/v1/probe/echo",
            headers={
                "origin": "https://elsewhere.example",
                "access-control-request-method": "POST",
            },
        )
        assert "Access-Control-Allow-Origin" not in preflight


def test_a_request_is_one_log_line_without_its_query(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="mog.request"):
        client.get("/v1/probe/echo?token=mog_pat_abc")
    lines = [record for record in caplog.records if record.name == "mog.request"]
    assert [line.getMessage() for line in lines] == ["GET v1/probe/echo 200"]
    assert json.dumps(lines[0].__dict__["milliseconds"])


def _directives(policy: str) -> dict[str, str]:
    parts = [part.strip().partition(" ") for part in policy.split(";")]
    return {name: value for name, _, value in parts}
