"""To whoever does not act for its organization, a private package does not exist: on any route."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from mog_site import openapi
from tests.bearer import Bearer
from tests.private_packages import SLUG, VENDOR, WORDS, Kept, keep, open_vendor
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

_NEVER = "never-existed"
_MADE_UP = "00000000000000000000"
_VISITORS = ["nobody", "a token", "a browser", "a member for themselves"]
# What differs between two equal answers, whatever they are about.
_RANDOM = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]+"|"requestId": ?"[^"]+"|<code>[0-9a-f]{32}</code>'
)
# What names a package in the body of a request.
_NAMED = ("listing", "packages")
# What everybody may list, and asks that would bring the package up.
_LISTS = [
    "/",
    "/search",
    "/search?q=zephyr",
    "/search?q=moonshot",
    "/search?tag=zephyrtag",
    f"/search?vendor={VENDOR}",
    "/search?sort=recent",
    "/search?sort=rating&q=zephyr",
    f"/{VENDOR}",
    "/v1/listings",
    "/v1/listings?q=zephyr",
    "/v1/listings?q=zephyr&sort=recent",
    "/v1/listings?tag=zephyrtag",
    f"/v1/listings?vendor={VENDOR}",
    f"/v1/vendors/{VENDOR}",
]


@pytest.fixture
def vendor_of_acme(alice: User) -> Any:
    return open_vendor(alice)


@pytest.fixture(params=_VISITORS)
def visitor(request: pytest.FixtureRequest, charlie: User, alice: User) -> Client:
    """Somebody who does not act for the organization."""
    if request.param == "a token":
        return Bearer(charlie, "download org purchase read sell").client
    client = Client()
    if request.param != "nobody":
        sign_in(client, charlie if request.param == "a browser" else alice)
    return client


def _routes() -> list[str]:
    """Return every route that takes an argument; the admin's and the sign-in library's are staff's
    and nobody's.
    """
    return sorted(
        route
        for route in _all(get_resolver().url_patterns)
        if "<" in route and not route.startswith("/admin/")
    )


def _all(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    for pattern in patterns:
        route = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _all(pattern.url_patterns, route)
        else:
            yield route


def _filled(route: str, *, slug: str, version: str, key: str) -> str:
    arguments = {"vendor": VENDOR, "slug": slug, "version": version}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: arguments.get(found[1], key), route)


def _asked(client: Client, method: str, path: str, body: Any = None) -> tuple[int, str]:
    """Return what an answer says, without what is random and without the name that was sent."""
    cache.clear()  # nobody is limited here
    content = json.dumps({} if body is None else body)
    headers = {"Idempotency-Key": "one"}
    answer = client.generic(method, path, content, "application/json", headers=headers)
    whole = answer.content.decode(errors="replace") if not answer.streaming else ""
    told = whole + str(sorted(answer.headers.items()))
    for word in (*WORDS, "7.7.7"):
        # What somebody has sent themselves may come back.
        assert word in path + content or word not in told, (method, path, word)
    said = whole.replace(answer["X-Request-Id"], "") + answer.get("Location", "")
    return answer.status_code, _RANDOM.sub("", _blank(said))


def _blank(text: str) -> str:
    """Make the two names one, which an answer may only repeat."""
    return re.sub(rf"{SLUG}|{_NEVER}|7\.7\.7|0\.0\.7|[a-z]{{3}}_[0-9A-Za-z]{{20}}", "…", text)


def _methods(route: str) -> list[str]:
    return (
        ["GET", "POST", "PUT", "PATCH", "DELETE"] if route.startswith("/v1/") else ["GET", "POST"]
    )


def test_every_address_answers_as_if_it_never_was(visitor: Client, vendor_of_acme: Any) -> None:
    kept = keep(vendor_of_acme)
    keys = [kept.listing.public_id, kept.release.public_id]
    for route in _routes():
        for key in keys if "public_id" in route else keys[:1]:
            theirs = _filled(route, slug=SLUG, version="7.7.7", key=key)
            made_up = _filled(route, slug=_NEVER, version="0.0.7", key=f"{key[:4]}{_MADE_UP}")
            for method in _methods(route):
                found = _asked(visitor, method, theirs)
                assert found == _asked(visitor, method, made_up), (method, theirs)


@pytest.mark.parametrize("path", _LISTS)
def test_no_list_changes_by_it(visitor: Client, vendor_of_acme: Any, path: str) -> None:
    before = _asked(visitor, "GET", path)
    keep(vendor_of_acme)
    assert _asked(visitor, "GET", path) == before


def _naming() -> dict[str, Callable[[str, Kept], Any]]:
    """Return the bodies that name a package, by the API's paths."""

    def by_name(name: str, _kept: Kept) -> dict[str, str]:
        return {"listing": name}

    def by_digest(name: str, kept: Kept) -> dict[str, Any]:
        sha256 = kept.release.artifact.sha256
        return {"packages": [{"name": name, "version": "7.7.7", "sha256": sha256}]}

    return {
        "/v1/audit": by_digest,
        "/v1/downloads": by_name,
        "/v1/purchases": by_name,
        "/v1/quotes": by_name,
        "/v1/spend-policies/{public_id}/simulate": by_name,
    }


def test_every_body_that_names_a_package_is_tried() -> None:
    document = json.loads(openapi.document())
    schemas = document["components"]["schemas"]
    found = set()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            name = content["schema"].get("$ref", "").rpartition("/")[2] if content else ""
            if set(_NAMED) & set(schemas.get(name, {}).get("properties", {})):
                found.add(path)
    assert found == set(_naming())


def test_no_body_brings_it_up(visitor: Client, vendor_of_acme: Any, charlie: User) -> None:
    kept = keep(vendor_of_acme, price_cents=300)
    policy = charlie.spend_policies.get()
    for path, body in _naming().items():
        at = path.replace("{public_id}", policy.public_id)
        theirs = _asked(visitor, "POST", at, body(f"{VENDOR}/{SLUG}", kept))
        assert theirs == _asked(visitor, "POST", at, body(f"{VENDOR}/{_NEVER}", kept)), path


def test_a_policy_page_knows_nothing_of_it(
    client: Client, vendor_of_acme: Any, charlie: User
) -> None:
    keep(vendor_of_acme)
    sign_in(client, charlie)
    path = f"/settings/policies/{charlie.spend_policies.get().public_id}/simulate"
    theirs = _asked(client, "GET", f"{path}?listing={VENDOR}/{SLUG}")
    assert theirs == _asked(client, "GET", f"{path}?listing={VENDOR}/{_NEVER}")


def test_the_test_would_see_it(client: Client, vendor_of_acme: Any, alice: User) -> None:
    """Whoever acts for the organization does see it, so what is compared above is not empty."""
    kept = keep(vendor_of_acme)
    sign_in(client, alice)
    client.post("/settings/acting", {"organization": kept.organization.slug})
    with pytest.raises(AssertionError):
        _asked(client, "GET", f"/{VENDOR}/{SLUG}")
    with pytest.raises(AssertionError):
        _asked(client, "GET", "/search?q=zephyr")
