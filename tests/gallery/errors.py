"""Pages that say what went wrong."""

from collections.abc import Callable
from http import HTTPStatus

from django.test import RequestFactory
from playwright.sync_api import Route

from audit.who import Origin
from mog_site import error_answers
from mog_site.errors import FORGED_FORM, UNKNOWN, Problem
from tests.gallery.visit import Visit

_ERROR_PATH = "/an-error"


def _problem(status: HTTPStatus, message: str) -> Problem:
    return Problem(status, status.phrase, message)


def _not_found(visit: Visit) -> None:
    visit.page.goto("/nowhere")


def _forbidden(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/admin/")


def _error(problem: Problem) -> Callable[[Visit], None]:
    """Return a visit to a page that no address shows at will, under the site's own headers."""
    request = RequestFactory().get(_ERROR_PATH)

    def show(visit: Visit) -> None:
        request.origin = Origin(request_id="9b2f61c47d0e4a58")  # type: ignore[attr-defined]
        body = error_answers.show(request, problem).content.decode()

        def fulfill(route: Route) -> None:
            route.fulfill(response=route.fetch(), status=problem.status, body=body)

        visit.page.route(f"**{_ERROR_PATH}", fulfill)
        visit.page.goto(_ERROR_PATH)

    return show


PAGES: dict[str, Callable[[Visit], None]] = {
    "error-400": _error(_problem(HTTPStatus.BAD_REQUEST, "We could not read this request.")),
    "error-401": _error(_problem(HTTPStatus.UNAUTHORIZED, "Sign in.")),
    "error-403": _forbidden,
    "error-403-form": _error(FORGED_FORM),
    "error-404": _not_found,
    "error-429": _error(_problem(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests.")),
    "error-500": _error(UNKNOWN),
    "error-503": _error(_problem(HTTPStatus.SERVICE_UNAVAILABLE, "Try again shortly.")),
}
