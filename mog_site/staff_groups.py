"""Groups of staff, and what each may do in the admin; a group is made with its first member."""

_LOOK = (
    *("releases.view_release", "releases.view_case", "releases.view_dispute"),
    *("releases.view_revocation", "releases.view_findingexception", "scanning.view_report"),
    *("catalog.view_listing", "catalog.view_vendor", "payments.view_entitlement"),
    "catalog.view_listingtransfer",
    *("payments.view_payout", "payments.view_selleraccount"),
    "payments.view_cardrefund",
    *("accounts.view_user", "payments.view_providerevent", "payments.view_order"),
    *("payments.view_chargeback", "payments.view_approval"),
    *("accounts.view_organization", "accounts.view_membership", "accounts.view_spendpolicy"),
)
_LOOK_AT_MONEY = ("payments.view_account", "payments.view_posting")
# To refund orders, to retry and cancel payouts, to freeze wallets, and to apply events of the
# provider once more.
_MOVE_MONEY = (
    "payments.change_account",
    *("payments.change_order", "payments.change_payout", "payments.change_providerevent"),
)
_DECIDE = ("releases.change_release", "releases.change_dispute", "releases.change_revocation")
GROUPS = {
    "support": _LOOK,
    "moderator": (*_LOOK, *_DECIDE),
    "finance": (*_LOOK, *_LOOK_AT_MONEY, *_MOVE_MONEY),
}
