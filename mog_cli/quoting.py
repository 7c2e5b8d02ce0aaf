"""What would become of a purchase: price, policy, wallet, and what is left to spend."""

from datetime import UTC

from mog_cli import approval_request
from mog_cli.catalogue_answers import price_of
from mog_cli.errors import EXIT_ERROR, EXIT_HUMAN_MUST_DECIDE, MogError
from mog_cli.money_answers import Budget, Quote, amount_of
from mog_cli.output import Result, one_line


class NotAllowed(MogError):
    """A purchase that was only tried would not go through; exits as buying would."""

    def __init__(self, message: str, *, code: str, exit_code: int, quote: Quote) -> None:
        super().__init__(
            one_line(f"{message} Nothing was bought."),
            findings=_lines(quote),
            details=data_of(quote),
        )
        self.code = code
        self.exit_code = exit_code


def told(quote: Quote, *, max_price_cents: int | None) -> Result:
    """Return what buying would do; raises NotAllowed when it would not buy."""
    if quote.is_owned:
        had = f"You have {quote.listing} already, so buying it costs nothing."
        return Result(data_of(quote), one_line(had))
    if max_price_cents is not None and quote.price_cents > max_price_cents:
        most = amount_of(max_price_cents, quote.currency)
        raise NotAllowed(
            f"{quote.listing} costs more than the {most} you would pay.",
            code="price_changed",
            exit_code=EXIT_ERROR,
            quote=quote,
        )
    # In the order in which the server refuses.
    _hear_policies(quote)
    _look_into_wallet(quote)
    said = [*_lines(quote), "Buying it would go through. Nothing was bought."]
    return Result(data_of(quote), "\n".join(said))


def data_of(quote: Quote) -> dict[str, object]:
    """Return a quote for `--json`."""
    return {
        "quoteId": quote.id,
        "listing": quote.listing,
        "priceCents": quote.price_cents,
        "currency": quote.currency,
        "expiresAt": quote.expires_at.isoformat() if quote.expires_at else None,
        "outcome": quote.outcome,
        "reasons": list(quote.reasons),
        "budgets": [
            {
                "policyId": budget.policy_id,
                "name": budget.name,
                "leftTodayCents": budget.left_today_cents,
                "leftThisMonthCents": budget.left_this_month_cents,
            }
            for budget in quote.budgets
        ],
        "organization": quote.organization,
        "isOwned": quote.is_owned,
        "shortfallCents": quote.missing_cents,
        "isWalletFrozen": quote.is_wallet_frozen,
    }


def _hear_policies(quote: Quote) -> None:
    if quote.outcome == "allow":
        return
    why = approval_request.words_of(quote.reasons)
    if quote.outcome == "needs_approval":
        raise NotAllowed(
            f"A person would have to approve this purchase: {why}.",
            code="approval_required",
            exit_code=EXIT_HUMAN_MUST_DECIDE,
            quote=quote,
        )
    raise NotAllowed(
        f"The token's spend policy forbids this: {why}.",
        code="policy_blocked",
        exit_code=EXIT_ERROR,
        quote=quote,
    )


def _look_into_wallet(quote: Quote) -> None:
    if quote.is_wallet_frozen and quote.price_cents:
        raise NotAllowed(
            "The wallet is frozen; mog wallet says why.",
            code="wallet_frozen",
            exit_code=EXIT_ERROR,
            quote=quote,
        )
    if quote.missing_cents:
        missing = amount_of(quote.missing_cents, quote.currency)
        raise NotAllowed(
            f"The wallet lacks {missing}.",
            code="insufficient_funds",
            exit_code=EXIT_HUMAN_MUST_DECIDE,
            quote=quote,
        )


def _lines(quote: Quote) -> list[str]:
    price = price_of(quote.price_cents, quote.currency)
    ends = quote.expires_at if quote.price_cents else None
    until = f", at this price until {ends.astimezone(UTC):%H:%M} UTC" if ends else ""
    cost = f"{quote.listing}: {price}{until}"
    return [one_line(line) for line in (cost, *(_of(each, quote) for each in quote.budgets))]


def _of(budget: Budget, quote: Quote) -> str:
    today = amount_of(budget.left_today_cents, quote.currency)
    month = amount_of(budget.left_this_month_cents, quote.currency)
    return f"Policy {budget.name}: {today} left today, {month} left this month"
