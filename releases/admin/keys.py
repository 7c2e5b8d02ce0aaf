"""The keys of each page, as its legend lists them; `static/js/admin_keys.js` makes them work."""

from collections.abc import Iterable

from releases.admin.deciding import Decision

Key = tuple[str, str]

_BACK: tuple[Key, ...] = (("q", "Back to the queue"),)
_REASON: tuple[Key, ...] = (("Ctrl Enter", "Send the reason"), ("Esc", "Leave the reason"))
_ROWS: tuple[Key, ...] = (("j", "Next finding"), ("k", "The one before"))

QUEUE: tuple[Key, ...] = (
    ("j", "Next case"),
    ("k", "The one before"),
    ("Enter", "Open it"),
    ("w", "Waiting revocations"),
    ("t", "How the rules do"),
)
FILES: tuple[Key, ...] = (
    ("j", "Next file"),
    ("k", "The one before"),
    ("Enter", "Open it"),
    ("u", "Back to the case"),
    *_BACK,
)
DIFF: tuple[Key, ...] = (
    ("j", "Next changed file"),
    ("k", "The one before"),
    ("Enter", "Open it whole"),
    ("f", "All files"),
    ("u", "Back to the case"),
    *_BACK,
)
REVOCATION: tuple[Key, ...] = (("u", "Back to the case"), *_BACK)
REASON: tuple[Key, ...] = (*_REASON, *_BACK)
FILE: tuple[Key, ...] = (*_ROWS, ("f", "All files"), ("u", "Back to the case"), *_BACK)


def of_case(
    decisions: Iterable[Decision], *, may_revoke: bool, has_disputes: bool, has_next: bool
) -> list[Key]:
    """Return the keys of a case's page, without those that would do nothing."""
    keys = [(each.key, each.label.partition(":")[0]) for each in decisions]
    if may_revoke:
        keys.append(("v", "Take it out for good"))
    if has_disputes:
        keys += [("p", "Next dispute"), ("a r", "There: accept, reject")]
    keys += _REASON
    keys += [*_ROWS, ("Enter", "Open its file"), ("f", "Files"), ("d", "Differences")]
    if has_next:
        keys.append(("n", "Next case"))
    return [*keys, *_BACK]
