"""What a child does from its fork to its end.

It puts on the layers, tells on standard output which hold, and only then reads anything. What its
program returns is written to `answer.json` of the current folder.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from scanning.child import kernel, layers

# Exit statuses; anything else but 0 is a crash.
OUT_OF_MEMORY = 3
NOT_ISOLATED = 4


def name_after(program: str) -> None:
    """Be told apart by operators: `mog-judge` in a list of processes."""
    kernel.name_process(f"mog-{program.rpartition('.')[2]}")


def put_on_layers(limits: Mapping[str, int], *, parent_id: int, is_strict: bool) -> None:
    """Put on every layer and say which hold.

    is_strict: end here when a required one does not.
    """
    held = layers.apply(limits, parent_id=parent_id)
    _tell({"layers": held})
    if is_strict and layers.missing(frozenset(held)):
        os._exit(NOT_ISOLATED)


def run(program: Any, request: object) -> NoReturn:
    """Run a program and write its answer."""
    try:
        Path("answer.json").write_bytes(json.dumps(program.run(request)).encode())
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    # No destructors of a full heap: the answer is written.
    os._exit(0)


def _tell(message: object) -> None:
    """Say it and close the mouth: what comes later cannot be taken for it."""
    os.write(1, json.dumps(message).encode())
    os.close(1)
