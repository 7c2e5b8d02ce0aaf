"""What is decided about a release needs a reason that others can read."""

from releases.errors import ReasonMissing


def require(reason: str) -> None:
    """Raise ReasonMissing where nothing is said."""
    if not reason.strip():
        raise ReasonMissing
