"""What is in the wallet, and how it came and went."""

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.http import MogRequest, actor_of
from accounts.step_up import signed_in_required
from payments import accounts, debts, freezing, statements
from payments.views import statement_file

_PAGE_SIZE = 50


@never_cache
@require_safe
@signed_in_required
def wallet(request: MogRequest) -> HttpResponse:
    """Show balance and statement, newest first."""
    actor = actor_of(request)
    account = accounts.wallet_for(actor)
    ends = statements.last_postings(account).order_by("-pk")
    page = Paginator(ends, _PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "wallet": account,
        "organization": actor.organization,
        "freezes": freezing.why(account) if account.is_frozen else [],
        "owed_cents": debts.owed_on(account),
        "page": page,
        "lines": statements.lines_of(account, page.object_list),
    }
    return render(request, "payments/wallet.html", context)


@never_cache
@require_safe
@signed_in_required
def statement(request: MogRequest) -> HttpResponseBase:
    """Return the whole statement as CSV (RFC 4180), newest line first."""
    account = accounts.wallet_for(actor_of(request))
    return statement_file.of(account, name="wallet")
