"""Step-up: a recent proof of identity, for what a stolen session must not do alone."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.db import transaction

from accounts.actor import Actor
from accounts.errors import InvalidCredential
from accounts.http import MogRequest, actor_of
from audit.actions import Action
from audit.log import record

_Rest = ParamSpec("_Rest")
_Answer = TypeVar("_Answer")
_View = Callable[Concatenate[MogRequest, _Rest], _Answer]


def signed_in_required(view: _View[_Rest, _Answer]) -> _View[_Rest, _Answer]:
    """Open a page to signed-in people; raises SignInRequired for others.

    Raises InvalidCredential for a request with an Authorization header: a page knows no tokens, and
    whoever sends one is no browser that could be led to sign in.
    """

    @wraps(view)
    def guarded(request: MogRequest, /, *args: _Rest.args, **kwargs: _Rest.kwargs) -> _Answer:
        if "Authorization" in request.headers:
            raise InvalidCredential
        actor_of(request).require_user()
        return view(request, *args, **kwargs)

    return guarded


def step_up_required(view: _View[_Rest, _Answer]) -> _View[_Rest, _Answer]:
    """Open a page to people who proved who they are just now.

    Raises SignInRequired, StepUpRequired, or InvalidCredential as `signed_in_required` does.
    """

    @wraps(view)
    def guarded(request: MogRequest, /, *args: _Rest.args, **kwargs: _Rest.kwargs) -> _Answer:
        actor_of(request).require_step_up()
        return view(request, *args, **kwargs)

    return signed_in_required(guarded)


@transaction.atomic
def record_success(*, by: Actor, provider: str, now: datetime) -> None:
    """Put a fresh proof of identity into the audit trail."""
    user = by.require_user()
    record(
        Action.STEP_UP_SUCCEEDED,
        by=by.who,
        now=now,
        subject=f"user:{user.public_id}",
        data={"provider": provider},
    )
