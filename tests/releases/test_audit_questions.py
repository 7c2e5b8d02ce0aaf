"""What may be asked about what is installed: how many packages at once, and in which form."""

import pytest
from django.test import Client

from releases.recall import MOST_PACKAGES
from tests.releases.auditing import post

pytestmark = pytest.mark.django_db


def numbered(count: int) -> list[dict[str, object]]:
    """Return packages that do not exist."""
    return [
        {"name": f"acme/p{number}", "version": f"1.0.{number}", "sha256": "0" * 64}
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "expected"), [(0, 422), (1, 200), (MOST_PACKAGES, 200), (MOST_PACKAGES + 1, 422)]
)
def test_a_question_is_about_one_package_to_five_hundred(
    api_client: Client, count: int, expected: int
) -> None:
    status, body = post(api_client, numbered(count))
    assert status == expected
    assert len(body.get("items", ())) == (count if status == 200 else 0)


@pytest.mark.parametrize(
    "change",
    [
        {"name": None},
        {"name": "a" * 129},
        {"name": "acme/\0"},
        {"version": "1.0"},
        {"version": "01.0.0"},
        {"version": "1.0.1234567890"},
        {"sha256": "0" * 63},
        {"sha256": "A" * 64},
        {"sha256": ["0" * 64]},
        {"registry": "https://mog.md"},
    ],
)
def test_what_is_no_package_is_refused(api_client: Client, change: dict[str, object]) -> None:
    status, body = post(api_client, [numbered(1)[0] | change])
    assert (status, body["code"], list(body["details"])) == (422, "invalid_fields", ["packages"])


@pytest.mark.parametrize("packages", [None, {}, "acme/notes", ["acme/notes"], [[]]])
def test_what_is_no_list_of_packages_is_refused(api_client: Client, packages: object) -> None:
    status, body = post(api_client, packages)
    assert (status, list(body["details"])) == (422, ["packages"])


def test_an_unknown_field_is_refused(api_client: Client) -> None:
    status, body = post(api_client, numbered(1), lockfileVersion=1)
    assert (status, list(body["details"])) == (422, ["lockfileVersion"])
