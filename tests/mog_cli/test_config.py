"""The environment is read strictly."""

import pytest

from mog_cli import config
from mog_cli.errors import ConfigError, MalformedToken


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://mog.md", "https://mog.md"),
        ("https://MOG.md:443/", "https://mog.md"),
        ("https://mog.example:8443", "https://mog.example:8443"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("http://localhost:80", "http://localhost"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_address_becomes_an_origin(url: str, origin: str) -> None:
    assert config.origin_of(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "mog.md",
        "ftp://mog.md",
        "https://",
        "https://user:hunter2@mog.md",
        "https://mog.md/path",
        "https://mog.md?x=1",
        "https://mog.md#x",
        "https://mog.md:port",
        "https://mog.md:99999",
        "https://[::1",
        "https://mog .md",
        "https://möbel.example",
        "https://a..b",
        "https://" + "a" * 64 + ".example",
    ],
)
def test_anything_more_or_less_than_an_address_is_refused(url: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        config.origin_of(url)
    assert "hunter2" not in refusal.value.message + refusal.value.advice


@pytest.mark.parametrize(
    "url", ["http://mog.md", "http://10.0.0.1", "http://localhost.evil.example", "http://127.1.x"]
)
def test_plain_http_is_for_this_computer_only(url: str) -> None:
    with pytest.raises(ConfigError, match="plain http"):
        config.origin_of(url)


def test_an_empty_variable_is_an_unset_one() -> None:
    settings = config.read({"MOG_API_URL": "", "MOG_TOKEN": " "})
    assert settings.api_origin == "https://mog.md"
    assert settings.environment_token is None


def test_a_broken_token_in_the_environment_is_refused() -> None:
    with pytest.raises(MalformedToken, match="MOG_TOKEN"):
        config.read({"MOG_TOKEN": "mog_cli_abc"})


@pytest.mark.parametrize(
    ("url", "is_safe"),
    [
        ("https://mog.md/device?code=X", True),
        ("http://127.0.0.1:8000/device", True),
        ("http://mog.md/device", False),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("https://a@mog.md/", False),
        ("https://mog.md/\x1b[2J", False),
        ("https://[::1", False),
        ("http://127.0.0.1:abc/", False),
        ("http://127.0.0.1:99999/", False),
        ("https://a..b/x", False),
        ("https://" + "a" * 64 + ".example/", False),
        ("https://[::g]/", False),
        ("https://[::1]:8000/", True),
        ("--help", False),
    ],
)
def test_only_plain_web_links_are_opened(url: str, *, is_safe: bool) -> None:
    assert config.is_safe_to_open(url) == is_safe
