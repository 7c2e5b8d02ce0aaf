"""Accounts and disputes in the admin: to look at, and to freeze wallets and let them go."""

from datetime import datetime
from typing import Protocol

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.actor import Actor
from accounts.admin import LookOnlyAdmin
from payments import freezing
from payments.admin import acting
from payments.errors import InvalidFreeze, WalletContested
from payments.models import Account, Chargeback
from payments.models.wallet_freeze import FREEZE_REASON_LENGTH

FREEZE = "payments.change_account"


class ReasonForm(ActionForm):
    """What an act on accounts is for."""

    reason = forms.CharField(required=False, max_length=FREEZE_REASON_LENGTH)


class _Freezing(Protocol):
    def __call__(self, account: Account, *, reason: str, by: Actor, now: datetime) -> None: ...


@admin.register(Account)
class AccountAdmin(LookOnlyAdmin):
    """Accounts of the ledger; whoever may change them may freeze wallets, with a reason.

    The balance stands where it is kept, others are sums.
    """

    list_display = ("code", "public_id", "kind", "balance_cents", "currency", "frozen_at")
    list_filter = ("kind", ("frozen_at", admin.EmptyFieldListFilter))
    search_fields = ("code__startswith", "public_id__exact", "user__username__exact")
    ordering = ("-pk",)
    action_form = ReasonForm
    actions = ("freeze", "unfreeze")

    @admin.action(description="Freeze these wallets", permissions=["freeze"])
    def freeze(self, request: HttpRequest, rows: QuerySet[Account]) -> None:
        """Let nothing be taken out of them."""
        self._act(request, rows, freezing.freeze, "frozen")

    @admin.action(description="Let these wallets go", permissions=["freeze"])
    def unfreeze(self, request: HttpRequest, rows: QuerySet[Account]) -> None:
        """Lift every reason, except while a dispute is open; what is owed stays owed."""
        self._act(request, rows, freezing.unfreeze, "let go")

    def has_freeze_permission(self, request: HttpRequest) -> bool:
        """Tell whether somebody may freeze wallets and let them go."""
        return acting.may(request, FREEZE)

    def _act(
        self, request: HttpRequest, rows: QuerySet[Account], act: _Freezing, said: str
    ) -> None:
        by, reason = acting.actor(request), request.POST.get("reason", "")
        for row in rows:
            try:
                act(row, reason=reason, by=by, now=timezone.now())
            except InvalidFreeze as refusal:
                self.message_user(request, f"{row}: {refusal}", messages.ERROR)
            except WalletContested:
                text = f"{row}: a dispute is open, so it stays frozen."
                self.message_user(request, text, messages.WARNING)
            else:
                self.message_user(request, f"{row} is {said}.", messages.SUCCESS)


@admin.register(Chargeback)
class ChargebackAdmin(LookOnlyAdmin):
    """Disputes of the provider, newest first, found by id, payment, order or top-up."""

    list_display = (
        *("public_id", "provider_id", "contested", "amount_cents", "receivable_cents"),
        *("currency", "reason", "state", "evidence_due_at", "disputed_at"),
    )
    list_filter = ("state", "reason")
    list_select_related = ("order", "top_up")
    search_fields = (
        *("public_id__exact", "provider_id__exact"),
        *("order__public_id__exact", "order__intent_id__exact"),
        *("top_up__public_id__exact", "top_up__intent_id__exact"),
    )
    ordering = ("-pk",)
    fields = (
        *("public_id", "provider_id", "contested", "state", "reason", "amount_cents"),
        *("fee_cents", "receivable_cents", "excess_cents", "currency", "evidence_due_at"),
        *("disputed_at", "created_at", "ended_at"),
    )
    readonly_fields = fields

    @admin.display(description="contested")
    def contested(self, chargeback: Chargeback) -> str:
        """Return what was paid."""
        paid = chargeback.order or chargeback.top_up
        return paid.public_id if paid else ""
