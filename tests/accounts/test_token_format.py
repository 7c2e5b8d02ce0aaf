"""The written form of a token."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import base62, token_format
from accounts.token_format import TokenPrefix


@pytest.mark.parametrize("prefix", TokenPrefix)
def test_a_fresh_token_is_well_formed_and_says_what_it_is_for(prefix: TokenPrefix) -> None:
    token = token_format.generate(prefix)
    assert token.startswith(prefix)
    assert len(token) == len(prefix) + 36
    assert token_format.is_well_formed(token)


@given(position=st.integers(8, 43), letter=st.sampled_from(base62.ALPHABET))
def test_one_mistyped_character_is_noticed(position: int, letter: str) -> None:
    token = token_format.generate(TokenPrefix.PERSONAL)
    mistyped = token[:position] + letter + token[position + 1 :]
    assert token_format.is_well_formed(mistyped) == (mistyped == token)


@given(st.text())
def test_other_text_is_no_token(text: str) -> None:
    assert not token_format.is_well_formed(text)


def test_the_checksum_is_crc32_in_base62() -> None:
    # Worked out apart from the code, by zlib and long division.
    body = "mog_pat_" + "0" * 30
    assert token_format._checksum(body) == "05DdtO"


def test_base62_pads_to_its_width() -> None:
    assert base62.encode(0, width=6) == "000000"
    assert base62.encode(61, width=2) == "0z"
    assert base62.encode(62, width=2) == "10"
