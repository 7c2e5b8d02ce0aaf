"""Where a browser may be sent after signing in."""

import pytest

from accounts.next_path import safe_next
from tests.live import LiveSite
from tests.visitor import Visitor

ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    " //evil.example",
    "evil.example",
    "",
]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_other_places_become_the_home_page(wanted: str) -> None:
    assert safe_next(wanted) == "/"


@pytest.mark.parametrize("wanted", ["/", "/settings/tokens", "/search?q=a&type=skill#top"])
def test_paths_of_this_site_stay(wanted: str) -> None:
    assert safe_next(wanted) == wanted


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_signing_in_and_stepping_up_lead_nowhere_else(live: LiveSite, wanted: str) -> None:
    with Visitor(live) as visitor:
        assert visitor.sign_in(next_path=wanted).headers["location"] == "/"
        assert visitor.get(f"/sign-in?next={wanted}").headers["location"] == "/"
        assert visitor.get(f"/step-up?next={wanted}").headers["location"] == "/"
