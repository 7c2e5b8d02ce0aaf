"""Who has what, what moved, what the provider says, and payouts: to look at, and to retry."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin import LookOnlyAdmin
from payments import payouts, webhook_inbox
from payments.admin.acting import done_to
from payments.errors import EventBusy, PayoutMoved
from payments.models import (
    Approval,
    Entitlement,
    Payout,
    Posting,
    ProviderEvent,
    SellerAccount,
)


@admin.register(Entitlement)
class EntitlementAdmin(LookOnlyAdmin):
    """Entitlements, newest first, found by id, person or listing."""

    list_display = ("public_id", "listing_name", "user", "organization", "source", "granted_at")
    list_filter = ("source",)
    list_select_related = ("listing", "user", "organization__namespace")
    search_fields = ("public_id__exact", "user__username__exact", "listing__name__startswith")
    ordering = ("-pk",)

    @admin.display(description="listing")
    def listing_name(self, entitlement: Entitlement) -> str:
        """Return the listing's name."""
        return entitlement.listing.name


@admin.register(Approval)
class ApprovalAdmin(LookOnlyAdmin):
    """What spend policies leave to people, newest first: who asked, and what was said."""

    list_display = (
        "public_id",
        "listing_name",
        "requested_by",
        "organization",
        "price_cents",
        "state",
    )
    list_filter = ("state",)
    list_select_related = ("listing", "requested_by", "organization__namespace")
    search_fields = ("public_id__exact", "requested_by__username__exact", "credential_id__exact")
    ordering = ("-pk",)

    @admin.display(description="listing")
    def listing_name(self, approval: Approval) -> str:
        """Return the listing's name."""
        return approval.listing.name


@admin.register(ProviderEvent)
class ProviderEventAdmin(LookOnlyAdmin):
    """Events of the payment provider, newest first; whoever may change them may replay them."""

    list_display = ("event_id", "type", "object_id", "state", "attempts", "received_at", "error")
    list_filter = ("state", "type")
    search_fields = ("event_id__exact", "object_id__exact")
    ordering = ("-pk",)
    fields = (
        *("event_id", "type", "api_version", "object_kind", "object_id", "account_id"),
        *("happened_at", "received_at", "state", "attempts", "error", "due_at", "ended_at"),
        "body",
    )
    readonly_fields = fields
    actions = ("replay",)

    @admin.action(description="Apply these events once more", permissions=["replay"])
    def replay(self, request: HttpRequest, events: QuerySet[ProviderEvent]) -> None:
        """Send them to a worker again; what stands already stays as it is."""
        done = done_to(
            events, self, request, refused=EventBusy, act=webhook_inbox.replay, why="is in use"
        )
        if done:
            self.message_user(request, f"{done} sent to a worker.", messages.SUCCESS)

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """Tell whether somebody may have events applied once more."""
        user: Any = request.user
        return bool(user.has_perm("payments.change_providerevent"))


@admin.register(SellerAccount)
class SellerAccountAdmin(LookOnlyAdmin):
    """Where vendors are paid, and what keeps money from them."""

    list_display = ("public_id", "vendor", "country", "status_label", "checked_at")
    list_filter = ("can_receive", "country")
    list_select_related = ("vendor",)
    search_fields = ("public_id__exact", "account_id__exact", "vendor__slug__exact")
    ordering = ("-pk",)

    @admin.display(description="status")
    def status_label(self, account: SellerAccount) -> str:
        """Return what is to be done next."""
        return account.status.label


@admin.register(Payout)
class PayoutAdmin(LookOnlyAdmin):
    """Payouts, newest first; whoever may change them may retry or cancel those that failed."""

    list_display = ("public_id", "vendor", "period", "amount_cents", "state", "problem", "due_at")
    list_filter = ("state", "period")
    list_select_related = ("vendor",)
    search_fields = ("public_id__exact", "transfer_id__exact", "vendor__slug__exact")
    ordering = ("-pk",)
    actions = ("retry", "cancel")

    @admin.action(description="Try these failed payouts anew", permissions=["deal"])
    def retry(self, request: HttpRequest, rows: QuerySet[Payout]) -> None:
        """Send them to a worker, who first asks the provider whether one has arrived."""
        done = done_to(
            rows, self, request, refused=PayoutMoved, act=payouts.retry, why="has not failed"
        )
        self.message_user(request, f"{done} will be tried anew.", messages.SUCCESS)

    @admin.action(description="Cancel these failed payouts", permissions=["deal"])
    def cancel(self, request: HttpRequest, rows: QuerySet[Payout]) -> None:
        """Give their money back to what the vendors are owed."""
        done = done_to(
            rows,
            self,
            request,
            refused=PayoutMoved,
            act=payouts.cancel,
            why="has not failed, or was paid",
        )
        self.message_user(request, f"{done} canceled.", messages.SUCCESS)

    def has_deal_permission(self, request: HttpRequest) -> bool:
        """Tell whether somebody may retry and cancel."""
        user: Any = request.user
        return bool(user.has_perm("payments.change_payout"))


@admin.register(Posting)
class PostingAdmin(LookOnlyAdmin):
    """Postings, newest first, found by event."""

    list_display = ("key", "debit", "credit", "amount_cents", "created_at")
    list_select_related = ("debit", "credit")
    search_fields = ("event__exact", "key__exact")
    ordering = ("-pk",)
