"""The signed state by itself: its moments and its parts."""

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import StateRefused
from accounts.oauth_state import LIFETIME, StateFault, issue, new_binding, redeem

BINDING = new_binding()


def fault_of(state: str, *, now: datetime, binding: str = BINDING) -> str:
    """Return why a state is refused, or nothing."""
    try:
        redeem(state, provider_id="github", binding=binding, now=now)
    except StateRefused as refusal:
        return refusal.reason
    return ""


def test_a_state_is_good_until_its_last_second(now: datetime) -> None:
    state = issue("github", binding=BINDING, now=now)
    assert fault_of(state, now=now + LIFETIME + timedelta(seconds=1)) == StateFault.LATE
    assert fault_of(state, now=now + LIFETIME) == ""


def test_two_states_of_one_browser_are_redeemed_apart(now: datetime) -> None:
    first, second = (issue("github", binding=BINDING, now=now) for _ in range(2))
    assert fault_of(first, now=now) == ""
    assert fault_of(first, now=now) == StateFault.REPLAYED
    assert fault_of(second, now=now) == ""


def test_a_refused_state_is_not_used_up(now: datetime) -> None:
    state = issue("github", binding=BINDING, now=now)
    assert fault_of(state, now=now, binding=new_binding()) == StateFault.FOREIGN
    assert fault_of(state, now=now) == ""


def test_no_binding_never_fits_no_binding(now: datetime) -> None:
    state = issue("github", binding="", now=now)
    assert fault_of(state, now=now, binding="") == StateFault.FOREIGN


def test_a_provider_named_with_dots_keeps_its_name(now: datetime) -> None:
    state = issue("login.example.com", binding=BINDING, now=now)
    redeem(state, provider_id="login.example.com", binding=BINDING, now=now)


def test_the_binding_does_not_stand_in_the_state(now: datetime) -> None:
    assert BINDING not in issue("github", binding=BINDING, now=now)


def test_a_state_of_another_site_is_not_ours(now: datetime) -> None:
    with override_settings(SECRET_KEY="another site's key"):
        state = issue("github", binding=BINDING, now=now)
    assert fault_of(state, now=now) == StateFault.TAMPERED


@given(st.text(min_size=1))
def test_other_text_is_no_state(text: str) -> None:
    at = datetime.fromisoformat("2026-06-01T12:00:00+00:00")
    assert fault_of(text, now=at) == StateFault.TAMPERED


@pytest.mark.parametrize("part", range(5))
def test_each_part_is_signed(now: datetime, part: int) -> None:
    parts = issue("github", binding=BINDING, now=now).split(".")
    parts[part] = ("1" if parts[part][0] != "1" else "2") + parts[part][1:]
    assert fault_of(".".join(parts), now=now) == StateFault.TAMPERED


def test_a_used_state_is_remembered_longer_than_it_lives(now: datetime) -> None:
    state = issue("github", binding=BINDING, now=now)
    fault_of(state, now=now)
    nonce = state.split(".")[1]
    assert cache.get(f"oauth-state:{nonce}") is not None
