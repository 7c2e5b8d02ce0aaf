"""Orders in the admin, giving money back for them, and refunds on their way to cards."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin import LookOnlyAdmin
from payments import card_refunds, refunds
from payments.admin import acting
from payments.errors import CardRefundMoved, InvalidRefund, NotRefundable
from payments.forms import RefundForm
from payments.models import CardRefund, Order

REFUND = "payments.change_order"


@admin.register(Order)
class OrderAdmin(LookOnlyAdmin):
    """Orders, newest first, found by id, payment, buyer or listing; and what went back of them."""

    list_display = (
        *("public_id", "listing_name", "vendor_slug", "user", "organization"),
        *("price_cents", "fee_cents", "currency", "method", "state", "created_at"),
    )
    list_filter = ("state", "method")
    list_select_related = ("listing", "vendor", "user", "organization__namespace")
    search_fields = (
        *("public_id__exact", "intent_id__exact", "user__username__exact"),
        "listing__name__startswith",
    )
    ordering = ("-pk",)
    fields = (
        "refund_link",
        *("public_id", "state", "method", "listing_name", "vendor_slug", "user", "organization"),
        *("placed_by", "price_cents", "fee_cents", "currency", "intent_id", "credential_id"),
        *("refunded_cents", "refunded_fee_cents"),
        *("policy", "created_at", "paid_at", "available_at"),
    )
    readonly_fields = fields

    @admin.display(description="listing")
    def listing_name(self, order: Order) -> str:
        """Return the listing's name."""
        return order.listing.name

    @admin.display(description="vendor")
    def vendor_slug(self, order: Order) -> str:
        """Return the vendor's slug."""
        return order.vendor.slug

    def get_urls(self) -> list[URLPattern]:
        """Return the admin's routes with that of a refund."""
        view = self.admin_site.admin_view(self.refund)
        return [
            path("<int:pk>/refund/", view, name="payments_order_refund"),
            *super().get_urls(),
        ]

    def refund(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask how much goes back and why, and give it back."""
        if not acting.may(request, REFUND):
            raise PermissionDenied
        order = get_object_or_404(Order.objects.with_buyer(), pk=pk)
        form = RefundForm(request.POST or None, order=order)
        if form.is_valid() and self._refunded(request, form, order):
            return redirect("admin:payments_order_change", pk)
        shared = self.admin_site.each_context(request)
        shared |= {"opts": self.model._meta, "title": "Refund", "order": order, "form": form}
        return TemplateResponse(request, "admin/payments/refund.html", shared)

    @admin.display(description="refund")
    def refund_link(self, order: Order) -> SafeString | str:
        """Link to where what is left of it is given back."""
        if not order.is_paid or not order.refundable_cents:
            return "nothing is left to refund"
        address = reverse("admin:payments_order_refund", args=[order.pk])
        return format_html('<a href="{}">Refund</a>', address)

    def _refunded(self, request: HttpRequest, form: RefundForm, order: Order) -> bool:
        """Give it back, and say so; or say on the form why not."""
        cents, reason = form.cleaned_data["amount"], form.cleaned_data["reason"]
        by, now = acting.actor(request), timezone.now()
        try:
            refunds.refund(order, amount_cents=cents, reason=reason, by=by, now=now)
        except InvalidRefund as refusal:
            form.add_error("amount" if refusal.field == "amount_cents" else "reason", str(refusal))
            return False
        except NotRefundable:
            form.add_error(None, "Nothing of this order can be refunded any more.")
            return False
        where = "card" if order.is_by_card else "wallet"
        self.message_user(request, f"It goes back to the {where}.", messages.SUCCESS)
        return True


@admin.register(CardRefund)
class CardRefundAdmin(LookOnlyAdmin):
    """Refunds on their way to cards; whoever may refund deals with those that were refused."""

    list_display = (
        *("public_id", "order_label", "amount_cents", "currency", "state", "problem"),
        *("created_at", "ended_at"),
    )
    list_filter = ("state",)
    list_select_related = ("order",)
    search_fields = (
        *("public_id__exact", "order__public_id__exact", "intent_id__exact"),
        "provider_refund_id__exact",
    )
    ordering = ("-pk",)
    actions = ("retry", "credit_instead")

    @admin.display(description="order")
    def order_label(self, back: CardRefund) -> str:
        """Return the order's id."""
        return back.order.public_id

    @admin.action(description="Try these refused refunds anew", permissions=["deal"])
    def retry(self, request: HttpRequest, rows: QuerySet[CardRefund]) -> None:
        """Ask the provider again."""
        self._deal(request, rows, card_refunds.retry, "will be tried anew")

    @admin.action(description="Put these refused refunds into wallets", permissions=["deal"])
    def credit_instead(self, request: HttpRequest, rows: QuerySet[CardRefund]) -> None:
        """Let the buyers have it in their wallets."""
        self._deal(request, rows, card_refunds.credit_instead, "put into wallets")

    def has_deal_permission(self, request: HttpRequest) -> bool:
        """Tell whether somebody may deal with refused ones."""
        return acting.may(request, REFUND)

    def _deal(
        self,
        request: HttpRequest,
        rows: QuerySet[CardRefund],
        act: acting.Act[CardRefund],
        what: str,
    ) -> None:
        held = rows.select_related("order__user", "order__organization")
        done = acting.done_to(
            held, self, request, refused=CardRefundMoved, act=act, why="was not refused"
        )
        self.message_user(request, f"{done} {what}.", messages.SUCCESS)
