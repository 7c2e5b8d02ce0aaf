"""What pages say where it matters: which session is mine, how long to wait, what went wrong."""

import re
from http import HTTPStatus

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from accounts.models import User
from audit.who import Origin
from mog_site import error_answers
from mog_site.errors import FORGED_FORM, RULES, Problem
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

_WRONG = {"user_code": "BBBB-BBBB"}
# What a program needs to be told and a person cannot use.
_FOR_PROGRAMS = re.compile(r"`|Retry-After|Bearer|details")


def title_of(html: str) -> str:
    """Return a page's title as a browser shows it."""
    found = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
    assert found is not None
    return " ".join(found[1].split())


def test_this_browser_comes_first_among_sessions(client: Client, alice: User) -> None:
    sign_in(client, alice)
    sign_in(Client(), alice)
    rows = client.get("/settings/sessions").content.decode().split('<li class="list__item">')[1:]
    assert ["This browser" in row for row in rows] == [True, False]


def test_a_lock_says_how_long_it_lasts_and_asks_for_no_code(client: Client, alice: User) -> None:
    sign_in(client, alice)
    pages = [client.post("/device", _WRONG) for _ in range(settings.DEVICE_CODE_ATTEMPTS + 1)]
    for page in pages[-2:]:
        assert "for 15 minutes" in " ".join(page.content.decode().split())
        assert 'name="user_code"' not in page.content.decode()
        assert title_of(page.content.decode()) == "Too many wrong codes · mog"
    assert 'name="user_code"' in pages[-3].content.decode()


def test_a_form_that_comes_back_says_so_in_its_title(client: Client, alice: User) -> None:
    sign_in(client, alice)
    fresh = client.get("/settings/tokens/new").content.decode()
    back = client.post("/settings/tokens/new", {"lifetime": "day"}).content.decode()
    assert title_of(fresh) == "New token · mog"
    assert title_of(back) == "Error: New token · mog"
    assert 'href="#id_label"' in back
    assert 'href="#id_scopes_0"' in back


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_an_error_speaks_to_a_person(status: int) -> None:
    rules = [rule for rule in RULES.values() if rule.status == status]
    problems = [Problem(rule.status, rule.code, rule.message) for rule in rules]
    problems += [FORGED_FORM] if status == HTTPStatus.FORBIDDEN else []
    for problem in problems or [Problem(HTTPStatus(status), "any", "any")]:
        request = RequestFactory().get("/")
        request.origin = Origin(request_id="9b2f61c47d0e4a58")  # type: ignore[attr-defined]
        answer = error_answers.show(request, problem)
        main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
        assert answer.status_code == status
        assert f">{status}<" in main
        assert "9b2f61c47d0e4a58" in main
        assert not _FOR_PROGRAMS.search(re.sub(r"<[^>]*>", "", main))
