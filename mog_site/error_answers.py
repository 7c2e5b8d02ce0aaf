"""The errors of `errors.py` as answers: JSON for machines, a page for people."""

import logging
import sys
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import REASON_NO_REFERER
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.response import Response

from accounts.errors import SecondFactorRequired, SignInRequired, StepUpRequired
from accounts.http import UNSAFE_METHODS, origin_of
from accounts.next_path import HOME, safe_next
from mog_site.errors import FORGED_FORM, RULES, UNKNOWN, Problem, problem_of

log = logging.getLogger("mog.errors")

# Where people are led who lack what a page needs.
_LEADS: dict[type[BaseException], str] = {
    SignInRequired: "sign_in",
    StepUpRequired: "step_up",
    SecondFactorRequired: "two_step",
}
# Every address below answers in JSON, whatever goes wrong and whoever asks.
_JSON_PREFIXES = ("/v1/", "/bff/", "/oauth/", "/.well-known/", "/health/", "/webhooks/")
# Pages exist for these; any other status is shown by the page of its kind.
_PAGES = {400, 401, 403, 404, 429, 500}


def wants_json(request: HttpRequest) -> bool:
    """Tell whether an address belongs to machines."""
    return f"{request.path_info}/".startswith(_JSON_PREFIXES)


def answer(request: HttpRequest, error: BaseException) -> HttpResponseBase | None:
    """Return what to answer to an exception; None for a surprise, which is Django's to report."""
    problem = problem_of(error)
    if problem is None:
        return None
    _log(request, problem, error)
    if not wants_json(request) and type(error) in _LEADS:
        return _lead_to(request, _LEADS[type(error)])
    return show(request, problem)


def show(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return a problem in the dialect of its address."""
    response = _json(request, problem) if wants_json(request) else _page(request, problem)
    for name, value in problem.headers.items():
        response[name] = value
    return response


def api_exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer for the API framework; None lets Django report a surprise."""
    problem = problem_of(error)
    if problem is None:
        return None
    request = context["request"]
    _log(request, problem, error)
    headers = dict(problem.headers)
    challenge: str = context["view"].get_authenticate_header(request) or ""
    if "WWW-Authenticate" in headers and not challenge.startswith("Bearer"):
        headers["WWW-Authenticate"] = challenge
    body = problem.body(request_id=origin_of(request).request_id)
    return Response(body, status=problem.status, headers=headers)


def handle_error(request: HttpRequest, exception: BaseException | None = None) -> HttpResponseBase:
    """Answer what no view raised: `handler400`, `403`, `404` and, without an exception, `500`."""
    error = exception or sys.exc_info()[1]
    known = answer(request, error) if error else None
    return known or show(request, UNKNOWN)


def csrf_failure(request: HttpRequest, reason: str = REASON_NO_REFERER) -> HttpResponse:
    """Answer a form that did not come from a page of ours."""
    log.warning("CSRF check failed: %s", reason)
    return show(request, FORGED_FORM)


def not_allowed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return a method refusal with a body, under the same `Allow` header."""
    rule = RULES[MethodNotAllowed]
    allow = {"Allow": response["Allow"]}
    return show(request, Problem(rule.status, rule.code, rule.message, headers=allow))


def _log(request: HttpRequest, problem: Problem, error: BaseException) -> None:
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s %s: %s", request.method, problem.code, type(error).__name__, exc_info=error)


def _lead_to(request: HttpRequest, name: str) -> HttpResponse:
    response = redirect(f"{reverse(name)}?{urlencode({'next': _way_back(request)})}")
    response["Cache-Control"] = "no-store"
    return response


def _way_back(request: HttpRequest) -> str:
    """Return the page to come back to: this one, or the one whose form was sent."""
    if request.method not in UNSAFE_METHODS:
        return safe_next(request.get_full_path())
    referer = urlsplit(request.headers.get("Referer", ""))
    same_site = referer.netloc == request.get_host()
    return safe_next(referer.path) if same_site else HOME


def _json(request: HttpRequest, problem: Problem) -> HttpResponse:
    body = problem.body(request_id=origin_of(request).request_id)
    return JsonResponse(body, status=problem.status)


def _page(request: HttpRequest, problem: Problem) -> HttpResponse:
    context = {
        "status": int(problem.status),
        "code": problem.code,
        "message": problem.message,
        "details": problem.details,
        "request_id": origin_of(request).request_id,
    }
    kind = 500 if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR else 400
    page = problem.status if problem.status in _PAGES else kind
    return HttpResponse(
        _rendered(request, f"errors/{int(page)}.html", context), status=problem.status
    )


def _rendered(request: HttpRequest, template: str, context: Mapping[str, Any]) -> str:
    try:
        return render_to_string(template, dict(context), request=request)
    except Exception:  # the page itself may need what has just failed
        log.exception("an error page could not be drawn")
        return render_to_string("errors/bare.html", dict(context))
