"""The first thing that runs in a child: `python -I -S start.py PLAN`.

PLAN is JSON of the parent: `program` (a module with `run(request)`), `libraries` (folders to import
from), `limits`, `parent` (its process id) and `strict` (go on only when the required layers hold).
Everything is imported, then the layers are put on, told on standard output, and only then is
anything read: `request.json` of the work folder, which is the current one. What `run` returns is
written to `answer.json`.
"""

import codecs
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

# Nothing can be imported behind the layers, and these come late: what the standard library imports
# inside functions, and codecs, when bytes are first decoded so.
_MODULES = ("unicodedata", "warnings")
_CODECS = ("ascii", "cp437", "idna", "latin-1", "utf-16", "utf-16-le", "utf-8-sig")

# Exit statuses; anything else but 0 is a crash.
OUT_OF_MEMORY = 3
NOT_ISOLATED = 4


def main(text: str) -> None:
    """Run one program and write its answer."""
    plan: dict[str, Any] = json.loads(text)
    sys.path[:0] = plan["libraries"]
    layers = importlib.import_module("scanning.child.layers")
    program = importlib.import_module(plan["program"])
    for name in _MODULES:
        importlib.import_module(name)
    for name in _CODECS:
        codecs.lookup(name)
    held = layers.apply(plan["limits"], parent_id=plan["parent"])
    _tell({"layers": held})
    if plan["strict"] and layers.missing(frozenset(held)):
        os._exit(NOT_ISOLATED)
    try:
        answer = program.run(json.loads(Path("request.json").read_bytes()))
        Path("answer.json").write_bytes(json.dumps(answer).encode())
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    # No destructors of a full heap: the answer is written.
    os._exit(0)


def _tell(message: object) -> None:
    """Say it and close the mouth: what comes later cannot be taken for it."""
    os.write(1, json.dumps(message).encode())
    os.close(1)


if __name__ == "__main__":
    main(sys.argv[1])
