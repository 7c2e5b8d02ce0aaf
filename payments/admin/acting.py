"""Members of staff at work on rows of this room."""

from datetime import datetime
from typing import Protocol, TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.actor import Actor
from accounts.admin import LookOnlyAdmin
from accounts.http import origin_of
from accounts.models import User

_Row = TypeVar("_Row", bound=Model)
_Taken = TypeVar("_Taken", bound=Model, contravariant=True)


def actor(request: HttpRequest) -> Actor:
    """Return who acts."""
    assert isinstance(request.user, User)
    return Actor.staff(request.user, origin=origin_of(request))


def may(request: HttpRequest, permission: str) -> bool:
    """Tell whether somebody has a permission."""
    assert isinstance(request.user, User)
    return request.user.has_perm(permission)


class Act(Protocol[_Taken]):
    """An operation on one row."""

    def __call__(self, row: _Taken, /, *, by: Actor, now: datetime) -> None: ...


def done_to(
    rows: QuerySet[_Row],
    shown: LookOnlyAdmin,
    request: HttpRequest,
    *,
    refused: type[Exception],
    act: Act[_Row],
    why: str,
) -> int:
    """Do something to each row as the member of staff who asks; say which refused, count others."""
    by = actor(request)
    done = 0
    for row in rows:
        try:
            act(row, by=by, now=timezone.now())
        except refused:
            shown.message_user(request, f"{row} {why}.", messages.WARNING)
        else:
            done += 1
    return done
