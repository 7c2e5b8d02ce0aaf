"""What one's vendors have earned, where it goes, and what was paid."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import MogRequest, actor_of
from accounts.second_factors import owned
from accounts.step_up import signed_in_required, step_up_required
from catalog.models import Vendor
from payments import accounts, earnings, onboarding, statements
from payments.forms import PayoutSetUpForm
from payments.models import Payout, SellerAccount
from payments.views import statement_file

_PAGE_SIZE = 50


@never_cache
@require_safe
@signed_in_required
def payouts(request: MogRequest) -> HttpResponse:
    """Show what each vendor has earned and what was paid, newest first."""
    actor, now = actor_of(request), timezone.now()
    vendors = Vendor.objects.sold_under_by(actor).select_related("seller_account").order_by("slug")
    rows = Payout.objects.earned_by(actor).select_related("vendor").order_by("-pk")
    context = {
        "sellers": [(vendor, earnings.of(vendor, now=now)) for vendor in vendors],
        "page": Paginator(rows, _PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "payments/payouts.html", context)


@never_cache
@require_safe
@signed_in_required
def statement(request: MogRequest, slug: str) -> HttpResponse:
    """Show what a vendor is owed, and how it came and went, newest first."""
    vendor = _own(request, slug)
    account = accounts.payable_of(vendor)
    ends = statements.last_postings(account).order_by("-pk")
    page = Paginator(ends, _PAGE_SIZE).get_page(request.GET.get("page"))
    lines = statements.lines_of(account, page.object_list)
    context = {"vendor": vendor, "account": account, "page": page, "lines": lines}
    return render(request, "payments/seller_statement.html", context)


@never_cache
@require_safe
@signed_in_required
def statement_csv(request: MogRequest, slug: str) -> HttpResponseBase:
    """Return the whole statement of a vendor as CSV (RFC 4180)."""
    return statement_file.of(accounts.payable_of(_own(request, slug)), name=slug)


@never_cache
@require_http_methods(["GET", "POST"])
@step_up_required
def set_up(request: MogRequest, slug: str) -> HttpResponse:
    """Ask for the country, then lead to the provider, who asks for everything else."""
    vendor = _own(request, slug)
    account = SellerAccount.objects.filter(vendor=vendor).first()
    initial = {"country": account.country} if account else {}
    form = PayoutSetUpForm(request.POST or None, initial=initial)
    provider_url = ""
    if request.method == "POST" and form.is_valid():
        country = form.cleaned_data["country"]
        by, now = actor_of(request), timezone.now()
        provider_url = onboarding.begin(vendor, country=country, by=by, now=now)
    context = {
        "vendor": vendor,
        "account": account,
        "form": form,
        "provider_url": provider_url,
        "has_second_factor": owned.has_second_factor(actor_of(request).require_user()),
    }
    return render(request, "payments/payout_set_up.html", context)


@never_cache
@require_safe
@signed_in_required
def set_up_return(request: MogRequest, slug: str) -> HttpResponse:
    """Take back whom the provider sends, and ask it how they stand now."""
    account = get_object_or_404(SellerAccount, vendor=_own(request, slug))
    if account.account_id:
        onboarding.refresh(account.account_id, now=timezone.now())
        account.refresh_from_db()
    messages.info(request, f"Payouts to {slug}: {account.status.label.lower()}.")
    return redirect("payouts")


@never_cache
@require_safe
@step_up_required
def set_up_again(request: MogRequest, slug: str) -> HttpResponse:
    """Lead whoever came with a spent link to the provider again."""
    account = get_object_or_404(SellerAccount, vendor=_own(request, slug), account_id__isnull=False)
    return redirect(onboarding.link(account))


def _own(request: MogRequest, slug: str) -> Vendor:
    return get_object_or_404(Vendor.objects.sold_under_by(actor_of(request)), slug=slug)
