"""Sellers' accounts, the links to tell about oneself, and transfers."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from payments.sandbox import forms, totals
from payments.sandbox.happenings import happened
from payments.sandbox.refusals import Json, Refusal
from payments.sandbox.store import new_id, now
from payments.sandbox.world import World

_LINK_LIFETIME = timedelta(minutes=5)
_AT_FIRST = ["business_type", "external_account", "tos_acceptance.date"]


def create_account(world: World, form: Json) -> Json:
    """POST /v1/accounts."""
    forms.only(
        form,
        *("country", "email", "controller", "capabilities", "metadata", "business_type"),
        *("default_currency", "business_profile"),
    )
    account = {
        "id": new_id("acct"),
        "object": "account",
        "business_type": forms.text(form, "business_type"),
        "controller": {
            "fees": {"payer": "application"},
            "is_controller": True,
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": "express"},
            "type": "application",
        },
        "country": forms.text(form, "country") or "US",
        "created": now(),
        "default_currency": "usd",
        "email": forms.text(form, "email"),
        "metadata": forms.metadata(form),
        "type": "none",
    }
    return change_account(world, account, is_submitted=False, due=_AT_FIRST)


def change_account(
    world: World, account: Json, *, is_submitted: bool, due: list[str], reason: str | None = None
) -> Json:
    """Let the provider know more or less about a seller; what is due keeps money from them."""
    is_able = is_submitted and not due and not reason
    account = world.store.put(
        account
        | {
            "capabilities": {"transfers": "active" if is_able else "inactive"},
            "charges_enabled": is_able,
            "details_submitted": is_submitted,
            "payouts_enabled": is_able,
            "requirements": {
                "alternatives": [],
                "current_deadline": None,
                "currently_due": due,
                "disabled_reason": reason or ("requirements.past_due" if due else None),
                "errors": [],
                "eventually_due": due,
                "past_due": due,
                "pending_verification": [],
            },
        }
    )
    happened(world, "account.updated", account, account=account["id"])
    return account


def create_link(world: World, form: Json) -> Json:
    """POST /v1/account_links."""
    forms.only(form, "account", "type", "return_url", "refresh_url", "collection_options")
    account = world.store.get("account", forms.needed(form, "account"))
    if forms.needed(form, "type") != "account_onboarding":
        raise Refusal("Invalid type", param="type")
    for name in ("return_url", "refresh_url"):
        require_site(world, forms.needed(form, name), name)
    token = new_id("link")
    expires = now() + int(_LINK_LIFETIME.total_seconds())
    world.store.put(
        {
            "id": token,
            "object": "sandbox_link",
            "account": account["id"],
            "expires_at": expires,
            "is_spent": False,
            "return_url": forms.needed(form, "return_url"),
            "refresh_url": forms.needed(form, "refresh_url"),
        }
    )
    return {
        "object": "account_link",
        "created": now(),
        "expires_at": expires,
        "url": f"{world.url}/onboarding/{token}",
    }


def require_site(world: World, url: str, name: str) -> None:
    """Raise Refusal for an address that is not on the one site people are sent back to."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Refusal("Not a valid URL", code="url_invalid", param=name) from error
    is_plain = url.isascii() and url.isprintable() and "\\" not in url and " " not in url
    if not is_plain or f"{parts.scheme}://{parts.netloc}" != world.site:
        raise Refusal("Not a valid URL", code="url_invalid", param=name)


def create_transfer(world: World, form: Json) -> Json:
    """POST /v1/transfers."""
    forms.only(
        form, "amount", "currency", "destination", "transfer_group", "metadata", "description"
    )
    amount = forms.cents(form, "amount")
    account = world.store.get("account", forms.needed(form, "destination"))
    if account["capabilities"]["transfers"] != "active":
        raise Refusal(
            "Your destination account needs to have the transfers capability enabled.",
            code="insufficient_capabilities_for_transfer",
        )
    if amount > totals.balance(world):
        raise Refusal("You have insufficient funds.", code="balance_insufficient")
    transfer_id = new_id("tr")
    transfer = world.store.put(
        {
            "id": transfer_id,
            "object": "transfer",
            "amount": amount,
            "amount_reversed": 0,
            "created": now(),
            "currency": forms.currency(form),
            "description": forms.text(form, "description"),
            "destination": account["id"],
            "livemode": False,
            "metadata": forms.metadata(form),
            "reversals": _no_reversals(transfer_id),
            "reversed": False,
            "source_type": "card",
            "transfer_group": forms.text(form, "transfer_group"),
        }
    )
    happened(world, "transfer.created", transfer)
    return transfer


def reverse(world: World, transfer_id: str, form: Json) -> Json:
    """POST /v1/transfers/ID/reversals."""
    forms.only(form, "amount", "metadata", "description")
    transfer = world.store.get("transfer", transfer_id)
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = forms.cents(form, "amount", default=left)
    if amount > left:
        raise Refusal("Less than that is left of the transfer.", param="amount")
    reversal = world.store.put(
        {
            "id": new_id("trr"),
            "object": "transfer_reversal",
            "amount": amount,
            "created": now(),
            "currency": transfer["currency"],
            "metadata": forms.metadata(form),
            "transfer": transfer_id,
        }
    )
    reversed_cents = transfer["amount_reversed"] + amount
    changed = {"amount_reversed": reversed_cents, "reversed": reversed_cents == transfer["amount"]}
    happened(world, "transfer.reversed", world.store.put(transfer | changed))
    return reversal


def _no_reversals(transfer_id: str) -> dict[str, Any]:
    url = f"/v1/transfers/{transfer_id}/reversals"
    return {"object": "list", "data": [], "has_more": False, "url": url}
