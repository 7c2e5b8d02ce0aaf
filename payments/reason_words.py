"""What the reasons of a decision mean, for people."""

from collections.abc import Iterable

from payments.spending import Reason

_WORDS = {
    Reason.POLICY_INACTIVE: "The policy is not in force.",
    Reason.OTHER_CURRENCY: "It is priced in another currency.",
    Reason.TYPE_BLOCKED: "The policy allows no packages of this type.",
    Reason.OVER_PURCHASE_LIMIT: "It costs more than one purchase may.",
    Reason.OVER_APPROVAL_THRESHOLD: "It costs more than what is bought without asking.",
    Reason.OVER_DAILY_LIMIT: "It would pass the limit of the day.",
    Reason.OVER_MONTHLY_LIMIT: "It would pass the limit of the month.",
    Reason.VENDOR_NOT_ALLOWED: "Its vendor is not on the list.",
    Reason.VENDOR_UNVERIFIED: "Its vendor is not verified.",
    Reason.RELEASE_TOO_YOUNG: "Its release is too young.",
    Reason.RUNS_CODE: "It runs code.",
}


def in_words(reasons: Iterable[str]) -> list[str]:
    """Return a sentence for each reason."""
    return [_WORDS[Reason(reason)] for reason in reasons]
