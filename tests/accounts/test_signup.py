"""Registration: the name that is free, and what is taken from a provider."""

from datetime import datetime

import pytest

from accounts.models import User
from accounts.signup import Profile, free_username, register
from audit.actions import Action
from audit.models import Event
from audit.who import Origin
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def registered(now: datetime, **told: str) -> User:
    """Return an account made of what a provider told."""
    nothing = {"wanted_name": "mona", "display_name": "", "email": "", "avatar_url": ""}
    return register(Profile(**nothing | told), origin=Origin(), now=now)


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("Mona_L", "mona-l"),
        ("--a..b--", "a-b"),
        ("数字", "user"),
        ("", "user"),
        ("x" * 60, "x" * 39),
        ("a" * 38 + "-b", "a" * 38),
    ],
)
def test_a_wish_becomes_a_name(wanted: str, name: str) -> None:
    assert free_username(wanted) == name


def test_a_taken_name_gets_a_number() -> None:
    UserFactory.create(username="mona")
    UserFactory.create(username="mona-2")
    assert free_username("Mona") == "mona-3"
    UserFactory.create(username="y" * 39)
    assert free_username("y" * 39) == f"{'y' * 30}-2"


def test_registration_brings_a_default_policy_and_a_line_in_the_trail(now: datetime) -> None:
    user = registered(now)
    assert user.spend_policies.get().is_default
    assert Event.objects.get().action == Action.ACCOUNT_CREATED


def test_a_name_cannot_be_disguised(now: datetime) -> None:
    user = registered(now, display_name="\x00Mo\u202ena\n\u200b" + "x" * 100)
    assert user.display_name == "Mona" + "x" * 76


@pytest.mark.parametrize(
    "url",
    [
        "http://pictures.example.com/1",
        "javascript:alert(1)",
        "https://",
        "https://pictures.example.com/" + "x" * 500,
        "https://pictures.example.com/\x00",
    ],
)
def test_a_picture_comes_by_https_or_not_at_all(now: datetime, url: str) -> None:
    assert registered(now, avatar_url=url).avatar_url == ""


def test_a_proper_picture_is_kept(now: datetime) -> None:
    url = "https://pictures.example.com/1?size=64"
    assert registered(now, avatar_url=url).avatar_url == url
