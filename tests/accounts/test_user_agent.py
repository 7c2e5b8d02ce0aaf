"""What a person may recognise of a browser."""

import pytest

from accounts.user_agent import summary

LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:152.0)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64)"
ANDROID = "Mozilla/5.0 (Linux; Android 16)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"


@pytest.mark.parametrize(
    ("told", "read"),
    [
        (f"{LINUX} Gecko/20100101 Firefox/152.0", "Firefox on Linux"),
        (f"{WINDOWS} AppleWebKit/537.36 Chrome/1 Safari/1 Edg/1", "Edge on Windows"),
        (f"{ANDROID} AppleWebKit/537.36 Chrome/1 Mobile Safari/1", "Chrome on Android"),
        (f"{IPHONE} Version/19 Safari/1", "Safari on iPhone"),
        (f"{MAC} AppleWebKit/537.36 Version/1 Safari/1", "Safari on macOS"),
        ("curl/8.0", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_summary(told: str, read: str) -> None:
    assert summary(told) == read
