"""Wait until a person has decided about a purchase."""

from dataclasses import dataclass

from mog_cli import refusals, retries
from mog_cli.approval_request import ApprovalRequest
from mog_cli.client import Client
from mog_cli.errors import (
    ApprovalDenied,
    ApprovalExpired,
    ApprovalUndecided,
    Interrupted,
    MogError,
    UnexpectedAnswer,
)
from mog_cli.output import Console
from mog_cli.patience import Patience

_PAUSE_SECONDS = 3.0
_REMINDER_SECONDS = 60.0
# `used`: another run with the same token has bought it, so buying it once more costs nothing.
_DECIDED = frozenset({"approved", "used"})


@dataclass(frozen=True, slots=True)
class ApprovalWatch:
    """Whom to ask, whom to tell, and how long to wait."""

    client: Client
    console: Console
    patience: Patience

    def wait(self, request: ApprovalRequest, *, listing: str) -> None:
        """Return once a purchase is approved.

        Raises ApprovalDenied, ApprovalExpired, ApprovalUndecided when it takes too long,
        Interrupted, and what Connection.exchange raises unless it passes.
        """
        try:
            self._announce(request, listing)
            self._wait(request, listing)
        except KeyboardInterrupt:
            raise _interrupted(request, listing) from None

    def _announce(self, request: ApprovalRequest, listing: str) -> None:
        self.console.announce(
            f"A person has to approve buying {listing}. Decide here{request.until}:"
            f"\n  {request.url}",
            event={"event": "approval_required", "listing": listing, **request.data},
        )

    def _wait(self, request: ApprovalRequest, listing: str) -> None:
        wait = self.patience.begin()
        reminded_at = 0.0
        self.console.progress("Waiting for the decision; Ctrl-C ends the waiting, not the request.")
        while True:
            state, pause = self._ask(request)
            if state in _DECIDED:
                self.console.progress("Approved.")
                return
            _refuse(state, request, listing)
            if not wait.has_time_for(pause):
                raise _undecided(request, listing, self.patience.seconds)
            if wait.passed_seconds - reminded_at >= _REMINDER_SECONDS:
                reminded_at = wait.passed_seconds
                self.console.progress(f"Still waiting, {reminded_at / 60:.0f} min so far.")
            wait.pause(pause)

    def _ask(self, request: ApprovalRequest) -> tuple[str, float]:
        """Return how it stands and the seconds until asking again; what fails in passing waits."""
        try:
            state, retry_after = self.client.approval_state(request.id)
        except MogError as error:
            if not refusals.is_passing(error) and error.code != "timeout":
                raise
            state, retry_after = "pending", getattr(error, "retry_after_seconds", None)
        return state, retries.pause(retry_after, usual_seconds=_PAUSE_SECONDS)


def _refuse(state: str, request: ApprovalRequest, listing: str) -> None:
    """Return when nobody has decided yet."""
    if state == "denied":
        raise ApprovalDenied(
            f"A person has said no to buying {listing}. Nothing was bought.",
            details=request.data,
        )
    if state == "expired":
        raise ApprovalExpired(
            f"Nobody decided in time about buying {listing}. Nothing was bought.",
            advice="Run the same command again to ask anew.",
            details=request.data,
        )
    if state != "pending":
        raise UnexpectedAnswer(
            f"The server says the request is {state!r}, which this mog does not know.",
            advice="Upgrade mog.",
        )


def _undecided(request: ApprovalRequest, listing: str, patience_seconds: float) -> MogError:
    return ApprovalUndecided(
        f"Nobody has decided about buying {listing} within {patience_seconds:.0f} s.",
        advice=_about_later(request),
        approval=request,
    )


def _interrupted(request: ApprovalRequest, listing: str) -> MogError:
    return Interrupted(
        f"Interrupted. Nothing was bought; the request to buy {listing} is still open.",
        advice=_about_later(request),
        approval=request,
    )


def _about_later(request: ApprovalRequest) -> str:
    return f"It can be decided{request.until}; then run the same command again."
