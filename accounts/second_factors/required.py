"""A page that only people with a second factor may use, such as where money leaves."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from accounts.errors import SecondFactorRequired
from accounts.http import MogRequest, actor_of
from accounts.second_factors.owned import has_second_factor
from accounts.step_up import step_up_required

_Rest = ParamSpec("_Rest")
_Answer = TypeVar("_Answer")
_View = Callable[Concatenate[MogRequest, _Rest], _Answer]


def second_factor_required(view: _View[_Rest, _Answer]) -> _View[_Rest, _Answer]:
    """Open a page to people who have a second factor and proved who they are just now.

    Raises as `step_up_required` does, or SecondFactorRequired, which leads to where one is set up.
    """

    @wraps(view)
    def guarded(request: MogRequest, /, *args: _Rest.args, **kwargs: _Rest.kwargs) -> _Answer:
        if not has_second_factor(actor_of(request).require_user()):
            raise SecondFactorRequired
        return view(request, *args, **kwargs)

    return step_up_required(guarded)
