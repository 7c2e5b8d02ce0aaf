"""Money back to cards: refunds by the site, disputes by the owners of the cards."""

from datetime import timedelta

from payments.sandbox import forms
from payments.sandbox.happenings import happened
from payments.sandbox.refusals import Json, Refusal
from payments.sandbox.store import new_id, now
from payments.sandbox.world import World

_ANSWER_WITHIN = timedelta(days=7)
# How a dispute ends from where it stands; an inquiry was never more than a question.
_ENDS = {
    "needs_response": {"win": "won", "lose": "lost"},
    "under_review": {"win": "won", "lose": "lost"},
    "warning_needs_response": {"win": "warning_closed"},
}
# From where a refund may come through, or be turned away.
_BEFORE = {"succeeded": {"pending"}, "failed": {"pending", "succeeded"}}


def create(world: World, form: Json) -> Json:
    """POST /v1/refunds."""
    forms.only(form, "payment_intent", "charge", "amount", "metadata", "reason")
    charge = _charge_of(world, form)
    left = charge["amount"] - charge["amount_refunded"]
    if charge["disputed"]:
        raise Refusal("The charge is disputed.", code="charge_disputed")
    if not left:
        raise Refusal("The charge is refunded.", code="charge_already_refunded")
    amount = forms.cents(form, "amount", default=left)
    if amount > left:
        raise Refusal(
            f"Refund amount is greater than unrefunded amount on charge ({left}).", param="amount"
        )
    metadata = forms.metadata(form)
    refund = world.store.put(
        {
            "id": new_id("re"),
            "object": "refund",
            "amount": amount,
            "charge": charge["id"],
            "created": now(),
            "currency": charge["currency"],
            "metadata": metadata,
            "payment_intent": charge["payment_intent"],
            "reason": forms.text(form, "reason"),
            "status": "pending" if metadata.get("sandbox_refund") else "succeeded",
        }
    )
    charge = _change_refunded(world, charge, amount)
    happened(world, "refund.created", refund)
    happened(world, "charge.refunded", charge)
    if metadata.get("sandbox_refund") == "failed":
        return settle(world, refund["id"], status="failed")
    return refund


def settle(world: World, refund_id: str, *, status: str) -> Json:
    """Let a pending refund come through or fail; what fails, even late, stays with the site."""
    refund = world.store.get("refund", refund_id)
    if refund["status"] not in _BEFORE[status]:
        raise Refusal(f"This refund has a status of {refund['status']}.")
    refund["status"] = status
    if status == "failed":
        refund["failure_reason"] = "lost_or_stolen_card"
        _change_refunded(world, world.store.get("charge", refund["charge"]), -refund["amount"])
    world.store.put(refund)
    happened(world, "refund.failed" if status == "failed" else "refund.updated", refund)
    return refund


def dispute(world: World, subject_id: str, form: Json) -> Json:
    """Have the owner of a card contest a charge, named by itself or by its payment."""
    forms.only(form, "amount", "reason", "inquiry")
    is_inquiry = forms.flag(form, "inquiry")
    kind = "charge" if subject_id.startswith("ch_") else "payment_intent"
    charge = _charge_of(world, {kind: subject_id})
    if charge["disputed"]:
        raise Refusal("The charge is disputed already.")
    left = charge["amount"] - charge["amount_refunded"]
    amount = forms.cents(form, "amount", default=left)
    if not 0 < amount <= left:
        raise Refusal("Less than that is left of the charge.", param="amount")
    made = world.store.put(
        {
            "id": new_id("dp"),
            "object": "dispute",
            "amount": amount,
            "charge": charge["id"],
            "created": now(),
            "currency": charge["currency"],
            "evidence_details": {
                "due_by": now() + int(_ANSWER_WITHIN.total_seconds()),
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
            },
            "is_charge_refundable": is_inquiry,
            "livemode": False,
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            "reason": forms.text(form, "reason") or "fraudulent",
            "status": "warning_needs_response" if is_inquiry else "needs_response",
        }
    )
    happened(world, "charge.dispute.created", made)
    return made if is_inquiry else _withdraw(world, made)


def escalate_dispute(world: World, dispute_id: str) -> Json:
    """Make a chargeback of what was only an inquiry."""
    made = world.store.get("dispute", dispute_id)
    if made["status"] != "warning_needs_response":
        raise Refusal(f"This dispute is {made['status']}.")
    changed = {"status": "needs_response", "is_charge_refundable": False}
    made = world.store.put(made | changed)
    happened(world, "charge.dispute.updated", made)
    return _withdraw(world, made)


def close_dispute(world: World, dispute_id: str, *, act: str) -> Json:
    """Settle a dispute: `win` brings the money back, `lose` does not."""
    made = world.store.get("dispute", dispute_id)
    status = _ENDS.get(made["status"], {}).get(act)
    if status is None:
        raise Refusal(f"This dispute is {made['status']}.")
    made = world.store.put(made | {"status": status})
    if status == "won":
        # What a bank has found right may be refunded again.
        world.store.put(world.store.get("charge", made["charge"]) | {"disputed": False})
        happened(world, "charge.dispute.funds_reinstated", made)
    happened(world, "charge.dispute.closed", made)
    return made


def _withdraw(world: World, made: Json) -> Json:
    world.store.put(world.store.get("charge", made["charge"]) | {"disputed": True})
    happened(world, "charge.dispute.funds_withdrawn", made)
    return made


def _charge_of(world: World, form: Json) -> Json:
    charge_id = forms.text(form, "charge")
    if not charge_id:
        intent = world.store.get("payment_intent", forms.needed(form, "payment_intent"))
        charge_id = intent["latest_charge"]
    charge = world.store.get("charge", charge_id) if charge_id else None
    if not charge or charge["status"] != "succeeded":
        raise Refusal(
            "This payment has no successful charge.", code="payment_intent_unexpected_state"
        )
    return charge


def _change_refunded(world: World, charge: Json, cents: int) -> Json:
    refunded = charge["amount_refunded"] + cents
    changed = {"amount_refunded": refunded, "refunded": refunded == charge["amount"]}
    return world.store.put(charge | changed)
