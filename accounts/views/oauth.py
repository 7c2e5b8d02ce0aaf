"""The device flow as OAuth clients speak it: form-encoded, with the error codes of the RFCs.

RFC 8628 (device flow), RFC 6749 section 5 (answers and errors), RFC 7009 (revocation), RFC 8414
(metadata). Every client is public: its id names it, the device code or token proves it.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from accounts import device_flow
from accounts.device_flow import PollStatus
from accounts.errors import InvalidDeviceCode, InvalidScope, UnknownClient
from accounts.http import MogRequest, actor_of, public_read, throttled
from accounts.scopes import Scope, from_text

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
# RFC 6749 section 3.3: what a client gets that does not say.
_DEFAULT_SCOPES = frozenset({Scope.READ})
_FORM = "application/x-www-form-urlencoded"

_REFUSALS = {
    PollStatus.PENDING: ("authorization_pending", "Nobody has decided yet; poll again."),
    PollStatus.SLOW_DOWN: ("slow_down", "Wait five seconds longer between polls from now on."),
    PollStatus.DENIED: ("access_denied", "The person refused this device."),
    PollStatus.EXPIRED: ("expired_token", "The device code has expired; ask for a new one."),
}

_Endpoint = Callable[[MogRequest], HttpResponse]


class _Refused(Exception):
    """An answer of RFC 6749 section 5.2."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(code)
        self.code = code
        self.description = description


def _endpoint(view: _Endpoint) -> _Endpoint:
    """Make an OAuth endpoint: POST only, without cookies or CSRF, refusing as the RFCs do."""

    @csrf_exempt
    @require_POST
    @sensitive_post_parameters()
    @wraps(view)
    def answer(request: MogRequest) -> HttpResponse:
        try:
            _require_plain_form(request)
            response = view(request)
        except _Refused as refused:
            response = _refusal(request, refused.code, refused.description)
        except UnknownClient:
            response = _refusal(request, "invalid_client", "No client goes by this client_id.")
        except InvalidScope:
            known = ", ".join(Scope)
            response = _refusal(request, "invalid_scope", f"Known scopes: {known}.")
        except InvalidDeviceCode:
            description = "The device code is unknown, used, or another client's."
            response = _refusal(request, "invalid_grant", description)
        response["Cache-Control"] = "no-store"
        response["Pragma"] = "no-cache"  # RFC 6749 section 5.1 asks for both
        return response

    return answer


@throttled("auth")
@_endpoint
@sensitive_variables("started", "answer")
def device_authorization(request: MogRequest) -> HttpResponse:
    """Start a device flow (RFC 8628 section 3.1)."""
    started = device_flow.start(
        client_id=_client_id(request),
        scopes=_scopes(request),
        by=actor_of(request),
        now=timezone.now(),
    )
    page = f"{settings.SITE_URL}{reverse('device')}"
    answer = {
        "device_code": started.device_code,
        "user_code": started.user_code,
        "verification_uri": page,
        "verification_uri_complete": f"{page}?{urlencode({'user_code': started.user_code})}",
        "expires_in": started.expires_in,
        "interval": started.interval,
    }
    return JsonResponse(answer)


@_endpoint
@sensitive_variables("polled", "issued", "answer")
def token(request: MogRequest) -> HttpResponse:
    """Answer a poll (RFC 8628 section 3.4)."""
    grant_type = _one(request, "grant_type")
    client_id = _client_id(request)
    if grant_type != DEVICE_GRANT:
        raise _Refused("unsupported_grant_type", f"Use {DEVICE_GRANT}.")
    polled = device_flow.poll(
        _one(request, "device_code"),
        client_id=client_id,
        by=actor_of(request),
        now=timezone.now(),
    )
    issued = polled.issued
    if issued is None:
        raise _Refused(*_REFUSALS[polled.status])
    answer = {
        "access_token": issued.plaintext,
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "scope": issued.credential.scope,
    }
    return JsonResponse(answer)


@_endpoint
def revoke(request: MogRequest) -> HttpResponse:
    """End a token; unknown ones and other clients' get the same answer (RFC 7009 section 2.2)."""
    device_flow.revoke(
        _one(request, "token"),
        client_id=_client_id(request),
        by=actor_of(request),
        now=timezone.now(),
    )
    return HttpResponse(status=HTTPStatus.OK, content_type="application/json")


@public_read
@require_safe
def metadata(request: MogRequest) -> HttpResponse:
    """Describe this server to OAuth clients (RFC 8414 section 2)."""
    site: str = settings.SITE_URL
    answer = {
        "issuer": site,
        "device_authorization_endpoint": f"{site}{reverse('device_authorization')}",
        "token_endpoint": f"{site}{reverse('oauth_token')}",
        "revocation_endpoint": f"{site}{reverse('oauth_revoke')}",
        "grant_types_supported": [DEVICE_GRANT],
        # Required even where nothing redirects a browser with a code.
        "response_types_supported": [],
        "scopes_supported": list(Scope),
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
    }
    return JsonResponse(answer)


def _require_plain_form(request: MogRequest) -> None:
    """Refuse what RFC 6749 section 3.2 refuses: other bodies, parameters in the URL or twice."""
    if request.content_type != _FORM:
        raise _Refused("invalid_request", f"Send the parameters as {_FORM}.")
    if request.GET:
        raise _Refused("invalid_request", "Send no parameters in the address.")
    repeated = [name for name, values in request.POST.lists() if len(values) > 1]
    if repeated:
        raise _Refused("invalid_request", "Send each parameter once.")


def _one(request: MogRequest, name: str) -> str:
    # RFC 6749 section 3.2: a parameter without a value counts as left out.
    value = request.POST.get(name, "")
    if not value:
        raise _Refused("invalid_request", f"The parameter {name} is missing.")
    return value


def _client_id(request: MogRequest) -> str:
    if "Authorization" in request.headers or "client_secret" in request.POST:
        raise _Refused("invalid_client", "Clients here are public and have no secret.")
    return _one(request, "client_id")


def _scopes(request: MogRequest) -> frozenset[Scope]:
    wanted = request.POST.get("scope", "")
    try:
        return from_text(wanted) or _DEFAULT_SCOPES
    except ValueError as error:
        raise InvalidScope from error


def _refusal(request: MogRequest, code: str, description: str) -> HttpResponse:
    tried_to_prove = code == "invalid_client" and "Authorization" in request.headers
    status = HTTPStatus.UNAUTHORIZED if tried_to_prove else HTTPStatus.BAD_REQUEST
    response = JsonResponse({"error": code, "error_description": description}, status=status)
    if tried_to_prove:
        scheme = request.headers["Authorization"].partition(" ")[0]
        is_known = scheme.lower() == "bearer"
        response["WWW-Authenticate"] = f'{"Bearer" if is_known else "Basic"} realm="mog"'
    return response
