"""`mog auth` as its own process against the real server; a person decides in between."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.models import Credential, CredentialKind
from tests.laptops import Laptop, finish
from tests.live import LiveSite
from tests.visitor import Visitor

pytestmark = pytest.mark.processes


@pytest.fixture
def laptop(live: LiveSite, tmp_path: Path) -> Laptop:
    """A computer where nobody has signed in."""
    return Laptop(tmp_path, live.base_url)


@pytest.fixture
def person(live: LiveSite) -> Iterator[Visitor]:
    """Somebody who is signed in in a browser."""
    with Visitor(live) as visitor:
        visitor.sign_in()
        yield visitor


def decide(person: Visitor, user_code: str, **form: str) -> None:
    """Type the code and decide."""
    page = person.post("/device", user_code=user_code)
    assert page.status_code == 302, page.text
    assert person.post(page.headers["location"], **form).status_code == 302


def test_a_person_lets_the_command_line_in_and_it_leaves_again(
    laptop: Laptop, person: Visitor
) -> None:
    with laptop.signing_in() as (process, user_code):
        decide(person, user_code, decision="approve", scopes="read", lifetime="day")
        exit_code, answer = finish(process)
    assert exit_code == 0
    credential = Credential.objects.get(kind=CredentialKind.DEVICE)
    assert answer["data"]["tokenPrefix"] == credential.prefix
    assert answer["data"]["scopes"] == ["read"]
    assert answer["data"]["user"]["username"] == credential.user.username

    exit_code, answer = laptop.mog("auth", "--status")
    assert (exit_code, answer["data"]["kind"]) == (0, "device")

    assert laptop.mog("auth", "--logout")[0] == 0
    credential.refresh_from_db()
    assert credential.revoked_at is not None
    assert laptop.mog("auth", "--status")[1]["code"] == "not_signed_in"


def test_a_second_sign_in_ends_the_first_token(laptop: Laptop, person: Visitor) -> None:
    for _ in range(2):
        with laptop.signing_in() as (process, user_code):
            decide(person, user_code, decision="approve", scopes="read", lifetime="day")
            assert finish(process)[0] == 0
    first, second = Credential.objects.filter(kind=CredentialKind.DEVICE).order_by("created_at")
    assert first.revoked_at is not None
    assert second.revoked_at is None


def test_a_token_that_was_revoked_elsewhere_is_said_to_be(laptop: Laptop, person: Visitor) -> None:
    with laptop.signing_in() as (process, user_code):
        decide(person, user_code, decision="approve", scopes="read", lifetime="day")
        assert finish(process)[0] == 0
    credential = Credential.objects.get(kind=CredentialKind.DEVICE)
    Credential.objects.filter(pk=credential.pk).update(revoked_at=credential.created_at)
    exit_code, answer = laptop.mog("auth", "--status")
    assert (exit_code, answer["code"]) == (1, "token_rejected")


def test_a_person_refuses(laptop: Laptop, person: Visitor) -> None:
    with laptop.signing_in("--scope", "sell") as (process, user_code):
        decide(person, user_code, decision="deny")
        exit_code, answer = finish(process)
    assert (exit_code, answer["code"]) == (1, "access_denied")
    assert not Credential.objects.filter(kind=CredentialKind.DEVICE).exists()
