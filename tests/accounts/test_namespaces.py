"""Names: their shape, what they look like, who is first."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.actor import Actor
from accounts.errors import InvalidNamespace, SignInRequired
from accounts.models import Namespace, User
from accounts.namespaces import claim_namespace, skeleton
from accounts.reserved_names import RESERVED
from audit.who import ActorKind, Origin

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(alice: User) -> Actor:
    return Actor(kind=ActorKind.USER, user=alice)


@pytest.mark.parametrize("slug", ["ab", "a1", "0x", "my-tools", "a-b-c", "x" * 39])
def test_a_proper_name_can_be_taken(slug: str, by: Actor, now: datetime) -> None:
    namespace = claim_namespace(slug, by=by, now=now)
    assert (namespace.slug, namespace.created_at) == (slug, now)


@pytest.mark.parametrize("slug", ["", "a", "x" * 40])
def test_a_name_of_the_wrong_length_is_refused(slug: str, by: Actor, now: datetime) -> None:
    with pytest.raises(InvalidNamespace, match="2 to 39"):
        claim_namespace(slug, by=by, now=now)


@pytest.mark.parametrize(
    "slug",
    [
        "Alice",
        "a_b",
        "-ab",
        "ab-",
        "a--b",
        "a b",
        "ab\n",
        "añb",
        "a.b",
        "a/b",
        "\N{CYRILLIC SMALL LETTER A}b",
    ],
)
def test_a_name_of_other_characters_is_refused(slug: str, by: Actor, now: datetime) -> None:
    with pytest.raises(InvalidNamespace, match="lower-case"):
        claim_namespace(slug, by=by, now=now)


@pytest.mark.parametrize("slug", ["admin", "mog", "m0g", "adm1n", "sign-in", "signin", "g1thub"])
def test_a_reserved_name_and_what_looks_like_one_is_refused(
    slug: str, by: Actor, now: datetime
) -> None:
    with pytest.raises(InvalidNamespace, match="reserved"):
        claim_namespace(slug, by=by, now=now)


def test_a_taken_name_is_refused(by: Actor, now: datetime) -> None:
    claim_namespace("toolbox", by=by, now=now)
    with pytest.raises(InvalidNamespace, match="is taken"):
        claim_namespace("toolbox", by=by, now=now)


@pytest.mark.parametrize("slug", ["t00lbox", "tool-box", "toolb0x", "too1box"])
def test_a_name_that_looks_like_a_taken_one_is_refused(slug: str, by: Actor, now: datetime) -> None:
    claim_namespace("toolbox", by=by, now=now)
    with pytest.raises(InvalidNamespace, match="looks like"):
        claim_namespace(slug, by=by, now=now)


def test_nobody_claims_nothing(now: datetime) -> None:
    with pytest.raises(SignInRequired):
        claim_namespace("toolbox", by=Actor.anonymous(origin=Origin()), now=now)


@pytest.mark.parametrize(
    ("one", "other"),
    [("rnog", "mog"), ("vvind", "wind"), ("bi11", "bill"), ("l0g", "log"), ("a-b", "ab")],
)
def test_look_alikes_have_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


def test_reserved_names_are_names() -> None:
    assert len(RESERVED) > 200
    for name in RESERVED:
        assert name == name.lower().strip("-")


@pytest.mark.parametrize("slug", ["A", "a--b", "-a", "a-", "a", "a_b", "a\n"])
def test_the_database_refuses_a_malformed_name_itself(slug: str) -> None:
    with (
        pytest.raises(IntegrityError, match="accounts_namespace_slug_shape"),
        transaction.atomic(),
    ):
        Namespace.objects.create(slug=slug, skeleton=f"x{slug}")
