"""Errors as clients see them: one shape for machines, one for people, never a secret."""

from typing import Any

import pytest
from django.test import Client, RequestFactory

from accounts.models import User
from mog_site.error_answers import answer
from mog_site.errors import RULES
from tests.factories.accounts import UserFactory
from tests.mog_site.probe_urls import ERRORS

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.mog_site.probe_urls")]

_EXPECTED = {
    "sign-in": (401, "unauthenticated"),
    "credential": (401, "invalid_token"),
    "scope": (403, "missing_scope"),
    "step-up": (403, "step_up_required"),
    "not-found": (404, "not_found"),
    "no-row": (404, "not_found"),
    "forbidden": (403, "forbidden"),
    "invalid": (422, "invalid_fields"),
    "suspicious": (400, "bad_request"),
    "too-big": (413, "too_large"),
    "database": (503, "unavailable"),
    "cache": (503, "unavailable"),
    "surprise": (500, "internal_error"),
}


# Statuses that are shown by the page of their kind.
_PAGES = {413: 400, 422: 400, 503: 500}


def _used(response: Any) -> list[str]:
    return [template.name for template in response.templates]


@pytest.fixture
def quiet_client() -> Client:
    """A client that shows what a browser gets, instead of raising what the server caught."""
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_the_api_answers_in_its_own_shape(quiet_client: Client, name: str) -> None:
    response = quiet_client.get(f"/v1/probe/fail/{name}")
    body = response.json()
    assert (response.status_code, body["code"]) == _EXPECTED[name]
    assert set(body) <= {"code", "message", "details", "requestId"}
    assert body["requestId"] == response["X-Request-Id"]
    assert "secret reason" not in response.content.decode()
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", sorted(set(ERRORS) - {"sign-in", "step-up"}))
def test_a_page_answers_with_a_page(quiet_client: Client, name: str) -> None:
    response = quiet_client.get(f"/probe/fail/{name}")
    text = response.content.decode()
    assert response.status_code == _EXPECTED[name][0]
    assert response["Content-Type"].startswith("text/html")
    assert response["X-Request-Id"] in text
    assert f"errors/{_PAGES.get(response.status_code, response.status_code)}.html" in _used(
        response
    )
    assert "secret reason" not in text
    assert "Traceback" not in text


def test_a_refused_token_is_challenged(quiet_client: Client) -> None:
    response = quiet_client.get("/v1/probe/fail/credential")
    assert response["WWW-Authenticate"] == 'Bearer realm="mog", error="invalid_token"'
    assert quiet_client.get("/v1/probe/fail/sign-in")["WWW-Authenticate"] == 'Bearer realm="mog"'


def test_a_missing_scope_is_named(quiet_client: Client) -> None:
    assert quiet_client.get("/v1/probe/fail/scope").json()["details"] == {"scope": "purchase"}


def test_step_up_names_where(quiet_client: Client) -> None:
    details = quiet_client.get("/v1/probe/fail/step-up").json()["details"]
    assert details == {"stepUpUrl": "http://localhost:8000/step-up"}


def test_a_wrong_field_is_named_as_clients_spell_it(quiet_client: Client) -> None:
    details = quiet_client.get("/v1/probe/fail/invalid").json()["details"]
    assert details == {"displayName": ["Too long."]}


def test_what_is_away_says_when_to_come_back(quiet_client: Client) -> None:
    assert int(quiet_client.get("/v1/probe/fail/database")["Retry-After"]) >= 1


def test_a_page_leads_to_sign_in_and_back(client: Client) -> None:
    response = client.get("/probe/fail/sign-in?tab=2")
    assert response.status_code == 302
    assert response["Location"] == "/sign-in?next=%2Fprobe%2Ffail%2Fsign-in%3Ftab%3D2"


def test_a_page_leads_to_step_up_and_back(client: Client) -> None:
    assert (
        client.get("/probe/fail/step-up")["Location"] == "/step-up?next=%2Fprobe%2Ffail%2Fstep-up"
    )


def test_a_form_leads_back_to_the_page_it_stood_on(client: Client) -> None:
    response = client.post(
        "/probe/fail/step-up", headers={"referer": "http://testserver/settings/tokens?new=1"}
    )
    assert response["Location"] == "/step-up?next=%2Fsettings%2Ftokens"


def test_a_form_from_elsewhere_leads_home(client: Client) -> None:
    response = client.post("/probe/fail/step-up", headers={"referer": "https://evil.example/x"})
    assert response["Location"] == "/step-up?next=%2F"


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1", "/v1/", "/oauth/nothing", "/bff/nothing"])
def test_an_unknown_address_of_machines_is_json(client: Client, path: str) -> None:
    response = client.get(path, headers={"accept": "text/html"})
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_an_unknown_page_is_a_page(client: Client) -> None:
    response = client.get("/nothing")
    assert (response.status_code, response["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_an_unknown_host_is_refused(client: Client) -> None:
    assert client.get("/v1/nothing", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("path", ["/v1/probe/echo", "/sign-in"])
def test_a_method_that_is_not_there_is_405_with_a_body(client: Client, path: str) -> None:
    response = client.delete(path)
    assert response.status_code == 405
    assert "GET" in response["Allow"]
    assert response.content


def test_options_tell_nothing(client: Client) -> None:
    assert client.options("/v1/probe/echo").status_code == 405


_SEND: dict[str, Any] = {"content_type": "application/json"}


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "",
        "nul",
        '{"a": NaN}',
        '{"displayName": "a", "displayName": "b"}',
        "[" * 100_000,
        "[" * 25 + "]" * 25,
        '{"\\ud800": 1}',
        b"\xff\xfe{}",
        "1" * 5000,
    ],
)
def test_json_that_cannot_be_read_is_400(client: Client, body: str | bytes) -> None:
    response = client.post("/v1/probe/echo", body, **_SEND)
    assert response.status_code in {400, 422}
    assert response.json()["code"] in {"malformed_json", "invalid_fields"}


@pytest.mark.parametrize("body", ["{", '{"a": NaN}', "[" * 100_000, "[" * 25 + "]" * 25])
def test_malformed_json_is_called_so(client: Client, body: str) -> None:
    assert client.post("/v1/probe/echo", body, **_SEND).json()["code"] == "malformed_json"


@pytest.mark.parametrize("body", ["[]", '"text"', "7", "null"])
def test_json_of_another_shape_is_422(client: Client, body: str) -> None:
    response = client.post("/v1/probe/echo", body, **_SEND)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_fields")


def test_unknown_fields_are_refused_by_name(client: Client) -> None:
    response = client.post("/v1/probe/echo", '{"display_name": "x"}', **_SEND)
    assert response.status_code == 422
    assert "display_name" in response.json()["details"]


def test_a_body_beyond_the_limit_is_413(client: Client) -> None:
    response = client.post("/v1/probe/echo", '{"a": "' + "x" * 1_000_001 + '"}', **_SEND)
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
)
def test_a_body_that_is_not_json_is_415(client: Client, content_type: str) -> None:
    response = client.post("/v1/probe/echo", "a=b", content_type=content_type)
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/png", "garbage"])
def test_only_json_is_spoken(client: Client, accept: str) -> None:
    response = client.get("/v1/probe/echo", headers={"accept": accept})
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


def test_a_form_without_its_token_says_what_to_do() -> None:
    response = Client(enforce_csrf_checks=True).post("/sign-in", {"provider": "github"})
    assert response.status_code == 403
    assert "reload the page" in response.content.decode()


def test_an_error_page_that_cannot_be_drawn_is_still_an_answer(
    quiet_client: Client, settings: Any
) -> None:
    settings.TEMPLATES = [
        {
            **settings.TEMPLATES[0],
            "OPTIONS": {"context_processors": ["tests.mog_site.probe_urls.broken_context"]},
        }
    ]
    response = quiet_client.get("/probe/fail/surprise")
    assert response.status_code == 500
    assert response["X-Request-Id"] in response.content.decode()


def test_a_subclass_is_answered_as_its_nearest_ancestor() -> None:
    class Nearer(User.DoesNotExist):
        pass

    response = answer(RequestFactory().get("/v1/x"), Nearer())
    assert response is not None
    assert response.status_code == 404


def test_every_message_ends_as_a_sentence_that_helps() -> None:
    for rule in RULES.values():
        assert rule.message.endswith(".")
        assert len(rule.message.split()) > 3


class TestPages:
    """A list in pages, through the API."""

    url = "/v1/probe/people"

    def test_all_rows_come_once_and_newest_first(self, client: Client) -> None:
        people = [user.username for user in UserFactory.create_batch(7)]
        assert list(self.walk(client, limit=3)) == people[::-1]

    def test_rows_added_meanwhile_move_no_other(self, client: Client) -> None:
        people = [user.username for user in UserFactory.create_batch(4)]
        first = client.get(self.url, {"limit": 2}).json()
        UserFactory.create_batch(3)
        rest = client.get(self.url, {"limit": 2, "cursor": first["nextCursor"]}).json()
        assert [item["username"] for item in rest["items"]] == people[:2][::-1]

    def test_rows_of_one_moment_are_all_shown(self, client: Client, now: Any) -> None:
        UserFactory.create_batch(5, created_at=now)
        assert len(list(self.walk(client, limit=2))) == 5

    def test_the_last_page_has_no_cursor(self, client: Client) -> None:
        UserFactory.create_batch(2)
        assert client.get(self.url, {"limit": 2}).json()["nextCursor"] is None

    @pytest.mark.parametrize("cursor", ["x", "bm9wZQ:x", "W10:abc", "ä"])
    def test_a_cursor_of_somebody_elses_making_is_refused(
        self, client: Client, cursor: str
    ) -> None:
        response = client.get(self.url, {"cursor": cursor})
        assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")

    @pytest.mark.parametrize("limit", ["0", "101", "-1", "x"])
    def test_a_limit_out_of_bounds_is_named(self, client: Client, limit: str) -> None:
        response = client.get(self.url, {"limit": limit})
        assert response.status_code == 422
        assert "limit" in response.json()["details"]

    def walk(self, client: Client, *, limit: int) -> Any:
        """Yield every name of every page."""
        cursor: str | None = ""
        while cursor is not None:
            page = client.get(f"{self.url}?limit={limit}&cursor={cursor}").json()
            yield from (item["username"] for item in page["items"])
            cursor = page["nextCursor"]
