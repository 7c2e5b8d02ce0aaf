"""Tokens are told from other text offline and never shown whole."""

import pytest

from mog_cli import tokens
from mog_cli.errors import MalformedToken
from tests.mog_cli.scripted_server import PERSONAL_TOKEN, TOKEN


@pytest.mark.parametrize("text", [TOKEN, PERSONAL_TOKEN, f"  {TOKEN}\n"])
def test_a_token_is_recognised(text: str) -> None:
    assert tokens.parse(text, origin="MOG_TOKEN").secret == text.strip()


@pytest.mark.parametrize(
    "text", [TOKEN[:-1], TOKEN + "0", TOKEN.replace("cli", "xyz"), "", "ghp_" + "0" * 36]
)
def test_other_text_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(MalformedToken) as refusal:
        tokens.parse(text, origin="MOG_TOKEN")
    assert not text or text not in refusal.value.message + refusal.value.advice


def test_a_typing_error_is_called_one() -> None:
    mistyped = TOKEN[:20] + "x" + TOKEN[21:]
    with pytest.raises(MalformedToken, match="typing error"):
        tokens.parse(mistyped, origin="MOG_TOKEN")


def test_a_token_shows_only_its_beginning() -> None:
    token = tokens.parse(TOKEN, origin="MOG_TOKEN")
    assert str(token) == "mog_cli_0000***"
    assert TOKEN not in repr(token)


@pytest.mark.parametrize("length", [13, 20, 44])
def test_whole_and_cut_tokens_are_redacted(length: int) -> None:
    assert tokens.redact(f"a {TOKEN[:length]}, b") == "a mog_cli_0000***, b"


def test_what_may_be_shown_stays_as_it_is() -> None:
    assert tokens.redact(f"a {TOKEN[:12]}, b") == "a mog_cli_0000, b"
