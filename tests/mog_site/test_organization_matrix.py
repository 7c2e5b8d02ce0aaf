"""Role by route by method: the stranger gets 404, the under-privileged 403, at both doors."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import Organization, Role, User
from tests.bearer import Bearer
from tests.organization_matrix import MATRIX, Row, Scene
from tests.organizations import Team
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

_PREFIXES = ("orgs", "v1/orgs", "invites/")
_METHODS = ("get", "post", "put", "patch", "delete")
_OF_ORGANIZATIONS = {key: row for key, row in MATRIX.items() if row.needs is not None}


def _id(each: Any) -> str | None:
    return " ".join(each) if isinstance(each, tuple) else ""


every_row = pytest.mark.parametrize(("key", "row"), MATRIX.items(), ids=_id)
every_row_of_organizations = pytest.mark.parametrize(
    ("key", "row"), _OF_ORGANIZATIONS.items(), ids=_id
)


def is_api(name: str) -> bool:
    return name.startswith("api_")


def address(name: str, row: Row, scene: Scene) -> str:
    slug = {"slug": scene.organization.slug} if row.needs is not None else {}
    return reverse(name, kwargs={**slug, **row.more(scene)})


def ask(key: tuple[str, str], row: Row, scene: Scene, *, client: Client) -> HttpResponse:
    """Send a row's request with a client that somebody acts through."""
    name, method = key
    sent: dict[str, Any] = {}
    if method != "GET":
        form = {"content_type": "application/json"} if is_api(name) else {}
        sent = {"data": dict(row.body), **form}
    answer: HttpResponse = getattr(client, method.lower())(address(name, row, scene), **sent)
    return answer


def acting(user: User, name: str, **token: Any) -> Client:
    """Return a client by which somebody acts at a route's door, with all that it can have."""
    if is_api(name):
        return Bearer(user, token.pop("scope", "org read"), **token).client
    client = Client()
    sign_in(client, user)
    return client


def code_of(answer: HttpResponse) -> str:
    code: str = answer.json()["code"]  # type: ignore[attr-defined]  # the test client adds it
    return code


@pytest.fixture
def scene(db: None) -> Scene:
    return Scene()


@every_row_of_organizations
def test_a_stranger_finds_nothing(key: tuple[str, str], row: Row, scene: Scene) -> None:
    stranger = Team("elsewhere").joined(Role.OWNER).user
    assert ask(key, row, scene, client=acting(stranger, key[0])).status_code == 404


@every_row_of_organizations
def test_of_a_deleted_organization_nothing_is_found(
    key: tuple[str, str], row: Row, scene: Scene
) -> None:
    owner = scene.team.joined(Role.OWNER).user
    Organization.objects.filter(pk=scene.organization.pk).update(deleted_at=timezone.now())
    assert ask(key, row, scene, client=acting(owner, key[0])).status_code == 404


@every_row_of_organizations
@pytest.mark.parametrize("role", Role)
def test_a_role_may_what_it_may_and_nothing_else(
    key: tuple[str, str], row: Row, role: Role, scene: Scene
) -> None:
    assert row.needs is not None
    client = acting(scene.team.joined(role).user, key[0])
    answer = ask(key, row, scene, client=client)
    if role.covers(row.needs):
        assert answer.status_code == row.status_for(role)
        if is_api(key[0]) and answer.status_code == 403:
            assert code_of(answer) == "step_up_required"
        return
    assert answer.status_code == 403
    if is_api(key[0]):
        assert code_of(answer) == "role_required"


@every_row
def test_nobody_gets_anywhere_without_saying_who_they_are(
    key: tuple[str, str], row: Row, scene: Scene
) -> None:
    answer = ask(key, row, scene, client=Client())
    if is_api(key[0]):
        assert answer.status_code == 401
    else:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in?")


@pytest.mark.parametrize(
    ("key", "row"), [each for each in MATRIX.items() if not each[1].needs], ids=_id
)
def test_what_belongs_to_no_organization_is_everybodys(
    key: tuple[str, str], row: Row, scene: Scene, charlie: User
) -> None:
    assert ask(key, row, scene, client=acting(charlie, key[0])).status_code == row.answer


@pytest.mark.parametrize(("key", "row"), [e for e in MATRIX.items() if is_api(e[0][0])], ids=_id)
def test_a_token_without_the_scope_org_may_nothing(
    key: tuple[str, str], row: Row, scene: Scene
) -> None:
    owner = scene.team.joined(Role.OWNER).user
    answer = ask(key, row, scene, client=acting(owner, key[0], scope="read sell"))
    assert (answer.status_code, code_of(answer)) == (403, "missing_scope")


@pytest.mark.parametrize(
    ("key", "row"), [e for e in _OF_ORGANIZATIONS.items() if is_api(e[0][0])], ids=_id
)
def test_a_token_of_another_organization_finds_nothing(
    key: tuple[str, str], row: Row, scene: Scene
) -> None:
    owner = scene.team.joined(Role.OWNER).user
    other = Team("elsewhere")
    client = acting(owner, key[0], organization=other.organization)
    assert ask(key, row, scene, client=client).status_code == 404


def test_every_route_of_organizations_has_its_rows(scene: Scene, charlie: User) -> None:
    assert {(name, method) for name, method in _routes(charlie)} == set(MATRIX)


def _routes(user: User) -> Iterator[tuple[str, str]]:
    client = Client()
    sign_in(client, user)
    for route, pattern in _all(get_resolver().url_patterns):
        if route.startswith(_PREFIXES):
            assert pattern.name, f"{route} has no name"
            for method in _methods(pattern, client):
                yield pattern.name, method


def _methods(pattern: URLPattern, client: Client) -> list[str]:
    """Return what a view answers but HEAD and OPTIONS, which say no more than GET does."""
    view = getattr(pattern.callback, "cls", None)
    if view is not None:
        return [method.upper() for method in _METHODS if hasattr(view, method)]
    names = pattern.pattern.converters
    path = reverse(pattern.name or "", kwargs=dict.fromkeys(names, "any"))
    allowed = client.generic("PROPFIND", path)["Allow"].split(", ")
    return [method for method in allowed if method not in {"HEAD", "OPTIONS"}]


def _all(
    patterns: list[URLPattern | URLResolver], before: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for each in patterns:
        route = f"{before}{each.pattern}"
        if isinstance(each, URLResolver):
            yield from _all(each.url_patterns, route)
        else:
            yield route, each
