"""Turn answers that are no success into errors that say what happened and what to do."""

import re
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx

from mog_cli import approval_request, config, retries, scopes
from mog_cli.approval_request import ApprovalRequest
from mog_cli.catalogue_answers import price_of
from mog_cli.errors import ApiError, ConnectionFailed, MogError, UnexpectedAnswer
from mog_cli.output import one_line

_ADVICE = {
    410: "It is gone for good.",
    429: "You are asking too often; slow down.",
    500: "This is a fault of the server. Try again later, and report it if it stays.",
    502: "The server is being restarted or is down. Try again in a few minutes.",
    503: "The server is overloaded or under maintenance. Try again in a few minutes.",
    504: "The server is too slow just now. Try again in a few minutes.",
}

_APPROVAL_REQUIRED, _POLICY_BLOCKED = "approval_required", "policy_blocked"
_ABOUT_POLICY = "Nobody can approve it as it is; the policy's owner can change it in a browser."
_FIELD = re.compile(r"(?:the page )?`details\.(?P<name>\w+)`(?: names)?")


def is_passing(error: MogError) -> bool:
    """Tell whether the same request may well succeed a little later."""
    if isinstance(error, ApiError):
        return error.status in retries.PASSING_STATUSES
    return isinstance(error, ConnectionFailed) and error.is_passing


def of_status(
    response: httpx.Response,
    document: object,
    *,
    origin: str,
    now: datetime,
    asked_for: str = "",
    is_token_given: bool = False,
    organization: str = "",
) -> ApiError:
    """Return the refusal in an answer with status 400 or more, JSON or not.

    `asked_for` names what was asked for; `is_token_given` tells that the token is MOG_TOKEN's;
    `organization` is the one that the request acts for.
    """
    body: Mapping[str, object] = document if isinstance(document, dict) else {}
    details = body.get("details")
    retry_after = retries.parse_retry_after(response.headers.get("Retry-After"), now=now)
    request_id = _text(body, "requestId") or response.headers.get("X-Request-Id", "")
    message, advice = _said(response.status_code, body, is_token_given=is_token_given)
    if _text(body, "code") == "not_found" and asked_for:
        message, advice = f"There is no {asked_for}, or you may not see it.", "Check its name."
        if organization:
            advice = f"{advice} You act for {organization}; see: mog org whoami"
    elif _text(body, "code") == "not_found" and organization:
        message = f"There is no organization {organization}, or you may not act for it."
        advice = "Those you belong to are listed by: mog org list"
    waits = _advice(response.status_code, message, details, retry_after, request_id)
    error = ApiError(
        message or f"{origin} answered with status {response.status_code}.",
        status=response.status_code,
        code=_text(body, "code") or f"http_{response.status_code}",
        advice=" ".join(part for part in (advice, waits) if part),
        details=_details(details, request_id=request_id),
        approval_url=_approval_url(body, details),
        approval=_approval_in(body),
        retry_after_seconds=retry_after,
    )
    error.findings = _reasons(details) if error.code == "invalid_fields" else ()
    return error


def of_redirect(response: httpx.Response, *, origin: str) -> UnexpectedAnswer:
    """Return the refusal to follow a redirect."""
    target = urlsplit(response.headers.get("Location", ""))
    shown = f"{target.scheme}://{target.netloc}" if target.netloc else "another page"
    return UnexpectedAnswer(
        f"{origin} sends its callers on to {shown}. mog does not follow, "
        "so that your token goes nowhere else.",
        advice="If that address is the right one, set MOG_API_URL to it.",
    )


def of_foreign_answer(response: httpx.Response, *, origin: str) -> UnexpectedAnswer:
    """Return the refusal of a success that is no JSON object, such as a sign-in page of a proxy."""
    kind = response.headers.get("Content-Type", "no content type").split(";")[0]
    return UnexpectedAnswer(
        f"{origin} answered, but not as mog's API does ({kind} instead of a JSON object).",
        advice="A proxy or a network sign-in page may stand between, or MOG_API_URL is wrong.",
    )


def _said(status: int, body: Mapping[str, object], *, is_token_given: bool) -> tuple[str, str]:
    """Return the server's message for people, and what to do where it speaks to programs."""
    code, message, details = _text(body, "code"), _text(body, "message"), body.get("details")
    fields: Mapping[str, object] = details if isinstance(details, dict) else {}
    if code == "missing_scope" and (scope := _text(fields, "scope")):
        return f"The token lacks the scope {scope}.", _about_scope(scope, is_given=is_token_given)
    if status == HTTPStatus.UNAUTHORIZED:
        # The server cannot know where the token is from; what it says of that is left out.
        known = "The server does not take this token." if code == "invalid_token" else message
        return known, _about_token(is_given=is_token_given)
    if code == "invalid_fields" and fields:
        return "Some fields are wrong.", ""
    if code == "role_required" and (role := _text(fields, "role")):
        return f"Your role in the organization does not allow it: it takes {role}.", ""
    if code == "insufficient_funds" and type(missing := fields.get("shortfallCents")) is int:
        return f"The wallet lacks {price_of(missing)}.", _about_funds(fields)
    if code == "price_changed" and type(price := fields.get("priceCents")) is int:
        return f"It costs {price_of(price)}, more than you would pay.", "Nothing was bought."
    reasons = approval_request.words_of(_reasons_in(body))
    if code == _APPROVAL_REQUIRED and reasons:
        return f"A person has to approve this purchase: {reasons}.", _about_approval(body)
    if code == _POLICY_BLOCKED and reasons:
        return _about_policy(fields, reasons)
    return _FIELD.sub(lambda found: _shown(found, fields), message), ""


def _about_funds(fields: Mapping[str, object]) -> str:
    url = _text(fields, "topUpUrl")
    return f"Top it up: {url}" if config.is_safe_to_open(url) else "Top it up, then try again."


def _about_policy(fields: Mapping[str, object], reasons: str) -> tuple[str, str]:
    """Return what a policy stops and what to do: a purchase, or a version that is had already."""
    version, since = _text(fields, "version"), _text(fields, "oldEnoughAt")
    if not version:
        return f"The token's spend policy forbids this purchase: {reasons}.", _ABOUT_POLICY
    waits = f"It is old enough from {since} on. " if since else ""
    said = f"The token's spend policy stops {_text(fields, 'listing')} {version}: {reasons}."
    return said, f"{waits}Its owner can change the policy."


def _about_approval(body: Mapping[str, object]) -> str:
    request = _approval_in(body)
    if request is None:
        return "Its owner can buy it on its page, or change the policy."
    return (
        f"It can be decided{request.until}. Then run the same command again, or let it wait for"
        " the decision with --wait-approval."
    )


def _approval_in(body: Mapping[str, object]) -> ApprovalRequest | None:
    """Return what a person has been asked; None when the answer names nothing one could ask for."""
    url = _approval_url(body)
    name = _text(body, "approvalId")
    if _text(body, "code") != _APPROVAL_REQUIRED or not url or not name:
        return None
    return ApprovalRequest(name, url, _reasons_in(body), _moment(body, "expiresAt"))


def _reasons_in(body: Mapping[str, object]) -> tuple[str, ...]:
    """Return the reasons of a policy, wherever the answer has them."""
    details = body.get("details")
    for place in (body, details if isinstance(details, dict) else {}):
        if isinstance(known := place.get("reasons"), list):
            return tuple(one_line(str(reason)) for reason in known)
    return ()


def _moment(body: Mapping[str, object], name: str) -> datetime | None:
    """Return a moment; one that cannot be read is left out: there is a refusal to tell."""
    try:
        moment = datetime.fromisoformat(_text(body, name))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _about_scope(scope: str, *, is_given: bool) -> str:
    if is_given:
        return f"Replace MOG_TOKEN by a token with the scope {scope}."
    # The new token replaces the old one, so it needs what that had by default too.
    others = "".join(f" --scope {each}" for each in scopes.DEFAULT if each != scope)
    return f"Run: mog auth --scope {scope}{others}"


def _about_token(*, is_given: bool) -> str:
    return "Replace or unset MOG_TOKEN." if is_given else "Sign in again with: mog auth"


def _shown(found: re.Match[str], fields: Mapping[str, object]) -> str:
    """Return a detail in place of its name: `the page details.createUrl names` is an address."""
    value = _text(fields, found["name"])
    return value if config.is_safe_to_open(value) else found[0]


def _reasons(details: object) -> list[str]:
    """Return a line for each field: `slug: taken`."""
    found = details.items() if isinstance(details, dict) else ()
    return [
        one_line(f"{name}: {reason}")
        for name, reasons in found
        for reason in (reasons if isinstance(reasons, list) else [reasons])
    ]


def _advice(
    status: int, message: str, details: object, retry_after: float | None, request_id: str
) -> str:
    parts = [_ADVICE.get(status, "")]
    create_url = _text(details, "createUrl") if isinstance(details, dict) else ""
    if create_url and create_url not in message and config.is_safe_to_open(create_url):
        parts.append(f"Create it here: {create_url}")
    if retry_after is not None:
        parts.append(f"Try again in {max(1, round(retry_after))} s.")
    if status >= 500 and request_id:
        parts.append(f"Request {request_id}.")
    return " ".join(part for part in parts if part)


def _details(details: object, *, request_id: str) -> dict[str, object] | None:
    found: dict[str, object] = {}
    if details:
        found["server"] = details
    if request_id:
        found["requestId"] = request_id
    return found or None


def _approval_url(*bodies: object) -> str:
    """Return the page where a person decides, wherever the answer names it."""
    for body in bodies:
        for name in ("approvalUrl", "stepUpUrl", "topUpUrl", "policyUrl"):
            url = _text(body, name) if isinstance(body, dict) else ""
            if url and config.is_safe_to_open(url):
                return url
    return ""


def _text(body: Mapping[str, object], name: str) -> str:
    value = body.get(name)
    return one_line(value) if isinstance(value, str) else ""
