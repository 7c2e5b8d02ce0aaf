"""The tokens of a person, and those of the organization they act for: listed, created, revoked."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import form_tickets, policies, tokens
from accounts.errors import StaleForm
from accounts.forms import TokenForm, TokenPolicyForm
from accounts.http import MogRequest, actor_of
from accounts.models import Credential, CredentialKind, SpendPolicy
from accounts.scopes import Scope
from accounts.step_up import signed_in_required, step_up_required
from accounts.views.token_choices import choices_of

# Of a token that is no organization's own, and of one that is.
_KINDS = {False: CredentialKind.PERSONAL, True: CredentialKind.ORGANIZATION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One token as its owner sees it, or an admin of the organization whose own it is."""

    public_id: str
    label: str
    prefix: str
    kind: str
    scopes: tuple[Scope, ...]
    policy: str
    organization: str
    made_by: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


@never_cache
@require_GET
@signed_in_required
def listing(request: MogRequest) -> HttpResponse:
    """Show every live token of the person, and to admins those of the organization they act for."""
    actor, now = actor_of(request), timezone.now()
    own = Credential.objects.listed_for(actor.require_user(), now=now)
    shared = tokens.shared_with(actor).shown(now=now)
    context = {
        "tokens": [_row(row) for row in own.order_by("-created_at", "-pk")],
        "shared": [_row(row) for row in shared.order_by("-created_at", "-pk")],
    }
    return render(request, "accounts/tokens.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@step_up_required
def create(request: MogRequest) -> HttpResponse:
    """Show the form; answer it with the one page that ever shows the new token."""
    if request.method == "GET":
        return _form(request, _fresh_form(request))
    form = TokenForm(request.POST, **choices_of(actor_of(request)))
    if not form.is_valid():
        return _form(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    actor, now = actor_of(request), timezone.now()
    try:
        form_tickets.redeem(form.cleaned_data["ticket"], user=actor.require_user(), now=now)
    except StaleForm:
        fresh = _fresh_form(request)
        return _form(request, fresh, status=HTTPStatus.CONFLICT, is_stale=True)
    return _created(request, form, now=now)


@require_POST
@signed_in_required
def revoke(request: MogRequest, public_id: str) -> HttpResponse:
    """End one token."""
    actor = actor_of(request)
    token = get_object_or_404(tokens.revocable_by(actor), public_id=public_id)
    tokens.revoke(token, by=actor, now=timezone.now())
    return redirect("tokens")


@never_cache
@require_http_methods(["GET", "POST"])
@step_up_required
def policy(request: MogRequest, public_id: str) -> HttpResponse:
    """Put one token under another policy; it holds from its next purchase on."""
    actor, now = actor_of(request), timezone.now()
    user = actor.require_user()
    buying = Credential.objects.listed_for(user, now=now)
    token = get_object_or_404(buying.filter(spend_policy__isnull=False), public_id=public_id)
    assert token.spend_policy is not None
    offered = SpendPolicy.objects.offered_to(user, token.organization)
    form = TokenPolicyForm(
        request.POST or None,
        policies=list(offered.select_related("organization")),
        initial={"policy": token.spend_policy.public_id},
    )
    if form.is_valid():
        policies.attach(form.cleaned_data["policy"], to=token, by=actor, now=now)
        return redirect("tokens")
    context = {"form": form, "token": _row(token)}
    return render(request, "accounts/token_policy.html", context)


@sensitive_variables("issued", "context")
def _created(request: MogRequest, form: TokenForm, *, now: datetime) -> HttpResponse:
    """Create the token and show it: this answer is stored nowhere."""
    issued = tokens.issue_personal(
        label=form.cleaned_data["label"],
        scopes=form.cleaned_data["scopes"],
        lifetime=form.cleaned_data["lifetime"],
        policy=form.cleaned_data["policy"],
        organization=form.cleaned_data["organization"],
        kind=_KINDS[form.cleaned_data["is_organizations_own"]],
        by=actor_of(request),
        now=now,
    )
    context = {"plaintext": issued.plaintext, "token": _row(issued.credential)}
    return render(request, "accounts/token_created.html", context)


def _fresh_form(request: MogRequest) -> TokenForm:
    actor = actor_of(request)
    user = actor.require_user()
    ticket = form_tickets.issue(user, now=timezone.now())
    acting_for = actor.organization.slug if actor.organization else ""
    initial = {"ticket": ticket, "scopes": [Scope.READ], "organization": acting_for}
    return TokenForm(initial=initial, **choices_of(actor))


def _form(
    request: MogRequest,
    form: TokenForm,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    is_stale: bool = False,
) -> HttpResponse:
    context = {"form": form, "is_stale": is_stale}
    return render(request, "accounts/token_new.html", context, status=status)


def _row(credential: Credential) -> Row:
    policy, organization = credential.spend_policy, credential.organization
    return Row(
        public_id=credential.public_id,
        label=credential.label,
        prefix=credential.prefix,
        kind=credential.get_kind_display(),
        scopes=tuple(sorted(credential.scopes)),
        policy=policy.name if policy else "",
        organization=organization.name if organization else "",
        made_by=credential.user.username,
        created_at=credential.created_at,
        last_used_at=credential.last_used_at,
        expires_at=credential.expires_at,
    )
