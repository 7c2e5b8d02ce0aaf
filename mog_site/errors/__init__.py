"""The one table: which exception becomes which status, code and message, for API and pages alike.

Rooms below raise what they refuse and know no HTTP; each has its part of the table here.
`docs/errors.md` lists the codes; a test keeps both complete.
"""

from http import HTTPStatus

from mog_site.errors import (
    accounts,
    catalog,
    framework,
    payment_provider,
    payments,
    releases,
)
from mog_site.errors.rules import Problem, Rule

__all__ = ["FORGED_FORM", "RULES", "UNKNOWN", "Problem", "Rule", "problem_of"]

RULES: dict[type[BaseException], Rule] = {
    **accounts.RULES,
    **catalog.RULES,
    **payments.RULES,
    **payment_provider.RULES,
    **releases.RULES,
    **framework.RULES,
}

UNKNOWN = Problem(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "internal_error",
    "Something went wrong on our side. Try again; if it stays, tell support the request id.",
)
FORGED_FORM = Problem(
    HTTPStatus.FORBIDDEN,
    "csrf_failed",
    "This form is too old or came from elsewhere. Go back, reload the page and send it again.",
)


def problem_of(error: BaseException) -> Problem | None:
    """Return what an exception becomes, by its nearest class in the table; None for a surprise."""
    for cls in type(error).__mro__:
        rule = RULES.get(cls)
        if rule is not None:
            return Problem(
                rule.status,
                rule.code,
                rule.message,
                details=rule.details(error),
                extras=rule.extras(error),
                headers=rule.headers(error),
            )
    return None
