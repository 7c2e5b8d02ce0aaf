"""The note of a change under way: while it is there, the change counts as never made.

It is durable before the first rename and removed after the last one; its removal is the moment the
new state counts. It is signed, because it lies in a project: whoever gives away a folder with a
journal in it must not be able to make mog write elsewhere.
"""

import hashlib
import hmac
import json
import os
from dataclasses import dataclass

from mog_cli import atomic_file, durable, steps
from mog_cli.errors import JournalRefused
from mog_cli.project import Project
from mog_cli.steps import Step, Workspace

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Journal:
    """A change: its workspace and its steps, in order."""

    work: Workspace
    steps: tuple[Step, ...]

    @property
    def reaches_outside(self) -> bool:
        """Tell whether it changes settings that projects share."""
        return any(os.path.isabs(step.path) for step in self.steps)


def exists(project: Project) -> bool:
    """Tell whether a change is under way or was interrupted."""
    return os.path.exists(project.state / "journal.json")  # False where nobody may look


def write(journal: Journal, *, key: bytes) -> None:
    """Note a change, durably; raises OSError."""
    document = {
        "version": _VERSION,
        "id": journal.work.id,
        "steps": [steps.to_json(step) for step in journal.steps],
    }
    signed = {**document, "signature": _signature(document, key)}
    path = journal.work.project.state / "journal.json"
    atomic_file.replace(path, json.dumps(signed, indent=2).encode(), mode=0o600)


def read(project: Project, *, key: bytes) -> Journal:
    """Return the change that is noted; raises JournalRefused."""
    path = project.state / "journal.json"
    try:
        document = json.loads(path.read_bytes())
        signature = document.pop("signature")
        is_ours = hmac.compare_digest(str(signature), _signature(document, key))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        is_ours = False
    if not is_ours or document["version"] != _VERSION:
        raise JournalRefused(
            f"{path} was not written by mog for you on this computer, so nothing was done with it.",
            advice=f"If you do not need what is in {project.state}, delete that folder.",
        )
    found = tuple(steps.from_json(entry) for entry in document["steps"])
    return Journal(Workspace(project, document["id"]), found)


def remove(project: Project) -> None:
    """Remove the note, durably: from now on the change counts; raises OSError."""
    durable.remove(project.state / "journal.json")


def _signature(document: dict[str, object], key: bytes) -> str:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
