"""What is in the wallet, and how it came and went."""

import csv
from collections.abc import Iterator
from io import StringIO

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.http import MogRequest, actor_of
from accounts.step_up import signed_in_required
from payments import accounts, statements
from payments.models import Account

_PAGE_SIZE = 50
_COLUMNS = ("at", "what", "reference", "package", "amount", "balance", "currency")


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
    headers = {"Content-Disposition": 'attachment; filename="wallet.csv"'}
    return StreamingHttpResponse(_csv(account), content_type="text/csv", headers=headers)


def _csv(account: Account) -> Iterator[str]:
    """Write line by line. No text begins with anything but a letter or digit (a listing's name is
    the one that people choose), so no program takes it for a formula.
    """
    yield _row(*_COLUMNS)
    for line in statements.every_line(account):
        at = line.at.strftime("%Y-%m-%dT%H:%M:%SZ")
        amounts = (_decimal(line.amount_cents), _decimal(line.balance_cents), account.currency)
        yield _row(at, line.name, line.reference, line.listing_name, *amounts)


def _row(*cells: str) -> str:
    written = StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()


def _decimal(cents: int) -> str:
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{part:02}"
