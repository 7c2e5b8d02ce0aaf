"""Which conditions are slow?

    python -m benchmarks.scan_conditions [--most 15] [RULE ...]

Compiles each condition alone and times it on four texts of 128 KB, the most that conditions read
at once: prose of words that commands are made of, the corpus beside this repository, the rules
themselves, which are full of what they look for, and digits and letters, which digests and keys are
made of. Prints the slowest as a table in Markdown.
"""

import argparse
import io
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import yara_x

from benchmarks import CORPUS
from scanning import ruleset
from scanning.child.normal_text import NormalText
from scanning.rules import packs, yara_rule
from scanning.rules.yara_rule import YaraRule

_BYTES = 128 * 1024
_ROUNDS = 3
_PROSE = (
    "Open the page, run the command with the key, read the file and write what it says. If the"
    " helper asks, start the tool, fetch the list and send a request to the server for it. "
)


def main() -> None:
    """Time what was named, or everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rules", nargs="*", help="ids, such as code/reverse-shell")
    parser.add_argument("--most", type=int, default=15)
    options = parser.parse_args()
    conditions = [
        each.yara
        for each in packs.load(ruleset.OPEN_RULES)
        if each.yara and (not options.rules or each.rule.id in options.rules)
    ]
    texts = {
        "prose": _prose(),
        "corpus": _read(CORPUS, "*.md"),
        "rules": _rules(),
        "digits": _cut(["52e6b438" + "a" * 100 + "\n"] * (_BYTES // 100)),
    }
    rows = [
        (each.rule.id, [_milliseconds(each, text) for text in texts.values()])
        for each in conditions
    ]
    _print(f"| rule, ms | {' | '.join(texts)} |", f"|---|{'---|' * len(texts)}")
    for name, times in sorted(rows, key=lambda row: -max(row[1]))[: options.most]:
        _print(f"| `{name}` | {' | '.join(f'{each:.1f}' for each in times)} |")


def _milliseconds(condition: YaraRule, text: bytes) -> float:
    """Return the processor time of the fastest of some rounds, after one that is not counted."""
    stored = io.BytesIO(yara_rule.compiled((condition,)))
    scanner = yara_x.Scanner(yara_x.Rules.deserialize_from(stored))
    scanner.max_matches_per_pattern(yara_rule.PLACES)
    scanner.set_global("script", True)  # noqa: FBT003 (its own signature)
    return min([_once(scanner, text) for _ in range(_ROUNDS + 1)][1:]) * 1000


def _once(scanner: yara_x.Scanner, text: bytes) -> float:
    start = time.process_time()
    scanner.scan(text)
    return time.process_time() - start


def _prose() -> bytes:
    return _cut([_PROSE * (_BYTES // len(_PROSE) + 1)])


def _rules() -> bytes:
    return _read(ruleset.OPEN_RULES, "*.yaml")


def _read(folder: Path, pattern: str) -> bytes:
    return _cut(file.read_text() for file in sorted(folder.rglob(pattern)))


def _cut(texts: Iterable[str]) -> bytes:
    """Return the beginning of some texts as conditions read them."""
    parts: list[bytes] = []
    for text in texts:
        parts.append(NormalText(text).data)
        if sum(map(len, parts)) >= _BYTES:
            break
    return b" ".join(parts)[:_BYTES]


def _print(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main()
