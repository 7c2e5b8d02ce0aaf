"""Scan labelled skills and count; run by `benchmarks.scan_quality` on its database."""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mog_site.settings")
django.setup()

from django.utils import timezone  # noqa: E402 (Django stands only now)

from benchmarks import skill_package  # noqa: E402 (as above)
from scanning import engine  # noqa: E402 (as above)
from scanning.errors import ScanInconclusive  # noqa: E402 (as above)
from scanning.verdicts import Effect, Verdict  # noqa: E402 (as above)

_WORKERS = 2
_HELD = "held"
_FORM = ("archive/", "manifest/", "file-type/", "skill/")
# What asks a person or fails, alone or with others.
_GRAVE = frozenset({Effect.BLOCK, Effect.REVIEW, Effect.SUSPICION})
_MOST = 25


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill of a set."""

    folder: Path
    kind: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scan made of a skill.

    verdict: or `held` when it did not come to an end. met: rule and file of what asks a person or
    fails. noted: rules of the rest.
    """

    skill: Skill
    verdict: str
    files: int
    met: frozenset[tuple[str, str]]
    noted: frozenset[str]

    @property
    def is_caught(self) -> bool:
        """Tell whether nobody gets it before a person has looked."""
        return self.verdict != Verdict.PASSED

    @property
    def is_refused_for_form(self) -> bool:
        """Tell whether it is the form of the package, not what it holds, that was refused."""
        rules = {rule for rule, _ in self.met}
        return bool(rules) and all(rule.startswith(_FORM) for rule in rules)


def main() -> None:
    """Scan every set and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--malicious", action="append", type=Path, default=[])
    parser.add_argument("--benign", action="append", type=Path, default=[])
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    for folder in options.malicious:
        outcomes = _scanned(_skills(folder))
        _print(f"\n## Malicious: {_title(folder)}\n", *_recall(outcomes), *_responsible(outcomes))
        _print_names("missed", outcomes, lambda each: not each.is_caught, is_wanted=options.list)
    for folder in options.benign:
        outcomes = _scanned(_skills(folder))
        _print(f"\n## Benign: {_title(folder)}\n", *_accused(outcomes), *_responsible(outcomes))
        _print_names("accused", outcomes, lambda each: each.is_caught, is_wanted=options.list)


def _skills(folder: Path) -> list[Skill]:
    """Find the topmost folders with a SKILL.md."""
    kinds = _index(folder / "INDEX.md")
    found: list[Skill] = []
    for file in sorted(folder.rglob("SKILL.md"), key=lambda file: file.parts):
        if found and file.is_relative_to(found[-1].folder):
            continue
        parts = file.relative_to(folder).parts
        kind = kinds.get(parts[-2], "all") if len(parts) == 2 else parts[0]
        found.append(Skill(file.parent, kind))
    return found


def _index(file: Path) -> dict[str, str]:
    lines = file.read_text().splitlines() if file.is_file() else []
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: row[1] for row in rows if len(row) > 2}


def _scanned(skills: Sequence[Skill]) -> list[Outcome]:
    with TemporaryDirectory() as name, ThreadPoolExecutor(_WORKERS) as workers:
        folder = Path(name)
        numbered = enumerate(skills)
        return list(workers.map(lambda each: _scan(each[1], folder / f"{each[0]}.zip"), numbered))


def _scan(skill: Skill, upload: Path) -> Outcome:
    package = skill_package.of(skill.folder)
    upload.write_bytes(package.zipped())
    try:
        with engine.examine(upload, now=timezone.now()) as result:
            met = {(each.rule, each.file) for each in result.findings if each.effect in _GRAVE}
            noted = {each.rule for each in result.findings if each.effect not in _GRAVE}
            verdict = str(result.verdict)
    except ScanInconclusive as inconclusive:
        met, noted, verdict = {(f"held/{inconclusive.reason}", "")}, set(), _HELD
    upload.unlink()
    return Outcome(skill, verdict, package.own_files, frozenset(met), frozenset(noted))


def _recall(outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield "| kind | skills | failed | flagged | held | passed | caught | for form only |"
    yield "|---|---|---|---|---|---|---|---|"
    for kind in sorted({each.skill.kind for each in outcomes}):
        yield _recall_row(kind, [each for each in outcomes if each.skill.kind == kind])
    yield _recall_row("**all**", outcomes)


def _recall_row(kind: str, outcomes: Sequence[Outcome]) -> str:
    by_form = sum(each.is_refused_for_form for each in outcomes)
    caught = sum(each.is_caught for each in outcomes) - by_form
    counts = " | ".join(str(count) for count in _verdicts(outcomes))
    share = _percent(caught, len(outcomes))
    return f"| {kind} | {len(outcomes)} | {counts} | {share} | {by_form} |"


def _accused(outcomes: Sequence[Outcome]) -> Iterator[str]:
    files = sum(each.files for each in outcomes)
    findings = sum(len(each.met) for each in outcomes if each.is_caught)
    failed, flagged, held, _ = _verdicts(outcomes)
    count = len(outcomes)
    yield "| skills | files | failed | flagged | held | false findings per 1,000 files |"
    yield "|---|---|---|---|---|---|"
    yield (
        f"| {count:,} | {files:,} | {failed} ({_percent(failed, count)}) "
        f"| {flagged} ({_percent(flagged, count)}) | {held} | {1000 * findings / files:.1f} |"
    )


def _verdicts(outcomes: Iterable[Outcome]) -> tuple[int, int, int, int]:
    counts = Counter(each.verdict for each in outcomes)
    failed, flagged, passed = (
        counts[str(verdict)] for verdict in (Verdict.FAILED, Verdict.FLAGGED, Verdict.PASSED)
    )
    return failed, flagged, counts[_HELD], passed


def _responsible(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield which rules made skills not pass, and in how many."""
    skills = Counter(rule for each in outcomes if each.is_caught for rule in _rules(each))
    alone = Counter(
        next(iter(_rules(each))) for each in outcomes if each.is_caught and len(_rules(each)) == 1
    )
    if not skills:
        return
    yield "\n| rule | skills | the only one in |"
    yield "|---|---|---|"
    for rule, count in skills.most_common(_MOST):
        yield f"| `{rule}` | {count} | {alone[rule]} |"


def _rules(outcome: Outcome) -> set[str]:
    return {rule for rule, _ in outcome.met}


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _title(folder: Path) -> str:
    return "/".join(folder.parts[-2:])


def _print_names(
    what: str,
    outcomes: Iterable[Outcome],
    is_chosen: Callable[[Outcome], bool],
    *,
    is_wanted: bool,
) -> None:
    if is_wanted:
        for each in filter(is_chosen, outcomes):
            rules = sorted(_rules(each)) or sorted(each.noted)
            _print(f"- {what}: {each.skill.kind}/{each.skill.folder.name}: {', '.join(rules)}")


def _print(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
