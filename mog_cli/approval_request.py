"""A purchase that waits for a person, and why: the words for what stops a token's spending."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

# The reasons of docs/payments.md, as the rest of "it is not bought because ...".
_WORDS = {
    "policy_inactive": "the policy is switched off",
    "other_currency": "it is priced in a currency the policy is not made for",
    "type_blocked": "the policy blocks packages of this type",
    "over_purchase_limit": "it costs more than one purchase may",
    "over_approval_threshold": "it costs more than may be spent without asking",
    "over_daily_limit": "it costs more than is left for today",
    "over_monthly_limit": "it costs more than is left for this month",
    "vendor_not_allowed": "its vendor is not on the policy's list",
    "vendor_unverified": "its vendor is not verified",
    "release_too_young": "it was published too recently",
    "runs_code": "it runs code",
}


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """What a person is asked: where to decide, why it needs them, and until when they can."""

    id: str
    url: str
    reasons: tuple[str, ...]
    expires_at: datetime | None

    @property
    def until(self) -> str:
        """Return until when it can be decided: ` until 2027-06-01 12:00 UTC`, or nothing."""
        moment = self.expires_at
        return f" until {moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else ""

    @property
    def data(self) -> Mapping[str, object]:
        """Return it for programs."""
        return {
            "approvalUrl": self.url,
            "approvalId": self.id,
            "expiresAt": self.expires_at.isoformat() if self.expires_at else None,
            "reasons": list(self.reasons),
        }


def words_of(reasons: Iterable[str]) -> str:
    """Return reasons as words; one that this mog does not know stays close to what it was."""
    return "; ".join(_WORDS.get(reason, reason.replace("_", " ")) for reason in reasons)
