"""Pages that only people with a second factor may use."""

from dataclasses import replace

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.errors import SecondFactorRequired, SignInRequired, StepUpRequired
from accounts.models import User
from accounts.second_factors.required import second_factor_required
from mog_site.error_answers import answer
from tests.second_factors import give_app, proven


@second_factor_required
def page(_request: object) -> HttpResponse:
    """Show something."""
    return HttpResponse("open")


def ask(user: User | None, *, is_proven: bool = True) -> HttpResponse:
    """Open the page as somebody."""
    request = RequestFactory().get("/payouts")
    if user is not None:
        request.actor = replace(proven(user), stepped_up=is_proven)  # type: ignore[attr-defined]
    return page(request)  # type: ignore[arg-type]


def test_it_opens_to_who_has_one(alice: User) -> None:
    give_app(alice)
    assert ask(alice).content == b"open"


def test_it_stays_closed_to_who_has_none(alice: User) -> None:
    with pytest.raises(SecondFactorRequired):
        ask(alice)


def test_it_asks_for_a_recent_proof_first(alice: User) -> None:
    give_app(alice)
    with pytest.raises(StepUpRequired):
        ask(alice, is_proven=False)


def test_it_stays_closed_to_strangers(db: None) -> None:
    with pytest.raises(SignInRequired):
        ask(None)


def test_who_has_none_is_led_to_set_one_up_and_back() -> None:
    led = answer(RequestFactory().get("/payouts"), SecondFactorRequired())
    assert led is not None
    assert led["Location"] == "/settings/two-step?next=%2Fpayouts"


def test_a_program_is_told_where_to_set_one_up() -> None:
    told = answer(RequestFactory().get("/v1/payouts"), SecondFactorRequired())
    assert told is not None
    assert told.status_code == 403
    assert b"/settings/two-step" in told.getvalue()
