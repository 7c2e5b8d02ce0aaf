"""How many secrets our rules meet, and how many two other engines do: prints a table.

`python -m benchmarks.secret_engines`. The others are programs that are found on PATH
(`detect-secrets` and `kingfisher`); one that is not there is left out. Samples are drawn anew from
`tests/scanning/secret_samples.py`, which was written apart from the rules.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mog_site.settings")
django.setup()

from benchmarks import CORPUS  # noqa: E402 (as below)
from scanning import ruleset  # noqa: E402 (Django stands only now)
from scanning.rules.matching import Matcher  # noqa: E402 (as above)
from scanning.rules.pattern_rule import from_plain  # noqa: E402 (as above)
from tests.scanning import secret_samples  # noqa: E402 (as above)

_ROUNDS = 2
_ORDINARY_MEGABYTES = 2
_MEGABYTE = 1024 * 1024
# Finds all files of a folder that hold a secret, as paths below it.
Finder = Callable[[Path], set[str]]


@dataclass(frozen=True, slots=True)
class Measure:
    """What an engine did: shares of the samples by group, and processor time in seconds."""

    engine: str
    met: dict[str, float]
    skills: str
    per_megabyte: float
    start_up: float


def main() -> None:
    """Measure every engine that is here, on the same files."""
    engines: list[tuple[str, Finder]] = [("mog", _our_finder())]
    engines += [(name, finder) for name, finder in _OTHERS.items() if shutil.which(name)]
    missing = [name for name in _OTHERS if not shutil.which(name)]
    with TemporaryDirectory() as folder:
        groups = _write_samples(Path(folder, "samples"))
        _write_ordinary(Path(folder, "ordinary"))
        Path(folder, "empty").mkdir()
        measures = [_measure(name, find, Path(folder), groups) for name, find in engines]
    _print(measures, groups)
    for name in missing:
        sys.stdout.write(f"{name}: not installed\n")


def _measure(engine: str, find: Finder, folder: Path, groups: dict[str, str]) -> Measure:
    # Once before it counts: some engines compile their rules on their first start.
    find(folder / "empty")
    start_up = _timed(find, folder / "empty")
    ordinary = _timed(find, folder / "ordinary")
    found = find(folder / "samples")
    all_of = Counter(groups.values())
    met = Counter(group for path, group in groups.items() if path in found)
    return Measure(
        engine,
        {group: met[group] / all_of[group] for group in all_of},
        _skills(find),
        max(0.0, ordinary - start_up) / _ORDINARY_MEGABYTES,
        start_up,
    )


def _skills(find: Finder) -> str:
    if not CORPUS.is_dir():
        return "no corpus"
    skills = {file.parent.relative_to(CORPUS).as_posix() for file in CORPUS.glob("*/SKILL.md")}
    hit = {path.partition("/")[0] for path in find(CORPUS)} & skills
    return f"{len(hit)} of {len(skills)}"


def _timed(find: Finder, folder: Path) -> float:
    """Return the processor time of a run and of the programs it starts: others are busy as well."""
    begun = _processor_seconds()
    find(folder)
    return _processor_seconds() - begun


def _processor_seconds() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _our_finder() -> Finder:
    rules = ruleset.load("")
    plain = [each for each in rules.request["patterns"] if each["id"].startswith("secret/")]

    def find(folder: Path) -> set[str]:
        matcher = Matcher(map(from_plain, plain))
        return {
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.is_file()
            and any(
                rules.request["effects"][each.rule_id] in {"block", "review"}
                for each in matcher.sightings(path.name, path.read_bytes())
            )
        }

    return find


def _detect_secrets(folder: Path) -> set[str]:
    told = _run(["detect-secrets", "scan", "--all-files", "--no-verify", "."], folder)
    return _relative(json.loads(told)["results"])


def _kingfisher(folder: Path) -> set[str]:
    options = ["--quiet", "--no-validate", "--no-ignore", "--no-dedup", "--git-history", "none"]
    told = _run(["kingfisher", "scan", ".", *options, "--format", "json"], folder)
    # No findings, no text.
    findings = json.loads(told)["findings"] if told.strip() else []
    return _relative(each["finding"]["path"] for each in findings)


_OTHERS: dict[str, Finder] = {"detect-secrets": _detect_secrets, "kingfisher": _kingfisher}


def _run(command: Sequence[str], folder: Path) -> bytes:
    # Its exit status only tells whether it found something.
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)  # noqa: S603 (ours)
    return done.stdout


def _relative(paths: Iterable[str]) -> set[str]:
    return {Path(path).as_posix() for path in paths}


def _write_samples(folder: Path) -> dict[str, str]:
    """Write every sample to a folder of its own; returns their groups by path."""
    groups = {}
    for number, sample in enumerate(secret_samples.samples(_ROUNDS)):
        path = f"{number:05}/{sample.path}"
        target = folder / path
        target.parent.mkdir(parents=True)
        target.write_text(sample.text)
        groups[path] = sample.group
    return groups


def _write_ordinary(folder: Path) -> None:
    """Write real skills, or made-up prose where there are none, into files of 20 KB."""
    texts = [file.read_bytes() for file in sorted(CORPUS.rglob("*.md"))] or [
        b"Line %d: words, and a key = value.\n" % number for number in range(1_000)
    ]
    whole = b"\n".join(texts)
    whole = (whole * (_ORDINARY_MEGABYTES * _MEGABYTE // len(whole) + 1))[
        : _ORDINARY_MEGABYTES * _MEGABYTE
    ]
    folder.mkdir()
    for start in range(0, len(whole), 20_000):
        (folder / f"{start}.md").write_bytes(whole[start : start + 20_000])


def _print(measures: list[Measure], groups: dict[str, str]) -> None:
    rows: list[tuple[str, list[str]]] = [
        (f"{group} ({number})", [f"{each.met[group]:.1%}" for each in measures])
        for group, number in Counter(groups.values()).items()
    ]
    rows.append(("skills hit", [each.skills for each in measures]))
    rows.append(("processor seconds per MB", [f"{each.per_megabyte:.3f}" for each in measures]))
    rows.append(("start-up, processor seconds", [f"{each.start_up:.3f}" for each in measures]))
    sys.stdout.write(f"| | {' | '.join(each.engine for each in measures)} |\n")
    sys.stdout.write("|---" * (len(measures) + 1) + "|\n")
    for name, cells in rows:
        sys.stdout.write(f"| {name} | {' | '.join(cells)} |\n")


if __name__ == "__main__":
    main()
