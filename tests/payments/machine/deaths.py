"""A process that dies before one of its statements, and what it had committed until then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

_Execute = Callable[[Any, Any, bool, Any], Any]


class Died(BaseException):
    """Nobody in the product catches it: it is as if the process were gone."""


@contextmanager
def dying(statement: int | None) -> Iterator[None]:
    """Let whoever works inside die at their so-manieth statement, through Django's own hook.

    What their transaction has done so far is rolled back. A transaction that is about to end does,
    one way or the other, and then they die. Outside a transaction each statement is one of its own.
    """
    left = statement or 0

    def count(execute: _Execute, sql: Any, parameters: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 (Django calls it so)
        nonlocal left
        left -= 1
        if left:
            return execute(sql, parameters, many, context)
        if str(sql).startswith(("RELEASE", "ROLLBACK")):
            execute(sql, parameters, many, context)
        raise Died

    try:
        with connection.execute_wrapper(count):
            yield
    except Died:
        # The test's own transaction goes on.
        connection.needs_rollback = False
