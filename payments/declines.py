"""What a declined card means for the person who pays."""

# The provider's words that a person can do something about (docs.stripe.com/declines/codes).
_WHY = {
    "insufficient_funds": "There is not enough money on the card.",
    "expired_card": "The card has expired.",
    "lost_card": "The card was reported lost.",
    "stolen_card": "The card was reported stolen.",
    "incorrect_cvc": "The security code was wrong.",
    "authentication_required": "The bank wants you to confirm the payment yourself.",
}
_DECLINED = "The bank declined the card."


def why(code: str) -> str:
    """Return what a failure code means for the person who pays."""
    return _WHY.get(code, _DECLINED)
