"""What the pages of this room say and where their forms lead."""

import pytest
from django.test import Client

from accounts.models import User
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db


def test_a_public_page_takes_no_notice_of_a_token(client: Client) -> None:
    answer = client.get("/", headers={"Authorization": "Bearer mog_pat_whatever"})
    assert answer.status_code == 200
    assert "user" not in client.session


@pytest.mark.parametrize("page", ["/settings/sessions", "/settings/activity", "/step-up"])
def test_who_is_not_signed_in_is_led_to_sign_in_and_back(client: Client, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/sign-in?next={page.replace('/', '%2F')}"


@pytest.mark.parametrize(
    "page", ["/sign-in", "/step-up", "/settings/sessions", "/settings/activity"]
)
def test_pages_about_a_person_are_stored_nowhere(client: Client, alice: User, page: str) -> None:
    sign_in(client, alice)
    assert "no-store" in client.get(page).headers["Cache-Control"]


def test_signing_out_is_no_link(client: Client, alice: User) -> None:
    sign_in(client, alice)
    assert client.get("/sign-out").status_code == 405
