"""One process of a race (`tests/racing.py`): the product's own settings, and threads that wait."""

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import django
from django.db import connections


def main(function: str, threads: int, turns: int, first: int, arguments: list[str]) -> None:
    """Write what each call of `module:function` returned, as JSON."""
    django.setup()
    module, _, name = function.partition(":")
    run = getattr(import_module(module), name)
    start = threading.Barrier(threads + 1)

    def call(thread: int) -> list[str]:
        connections["default"].ensure_connection()
        start.wait()
        try:
            return [run(first + thread * turns + turn, *arguments) for turn in range(turns)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        calls = [pool.submit(call, thread) for thread in range(threads)]
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        start.wait()
        results = [result for made in calls for result in made.result()]
    sys.stdout.write(json.dumps(results))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5:])
