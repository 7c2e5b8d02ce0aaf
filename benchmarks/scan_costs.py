"""What a scan costs: time, processor and memory, with the sandbox and without it.

    python -m benchmarks.scan_costs [--sizes 1,10,99] [--shapes prose ...]

Measures the real skills of the corpus beside this repository, two workers over all of them, and
packages that are made to be slow (`scan_shapes`) in growing sizes. Without a database: what a site
adds is a few rows. Prints tables in Markdown.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import CORPUS, scan_shapes, skill_package
from mog_package import CANONICAL
from scanning import ruleset, sandbox
from scanning.child import judge, repack, rulebook
from scanning.errors import ScanInconclusive

_ROUNDS = 3
_WORKERS = 2
_LIMITS = sandbox.Limits(file_bytes=CANONICAL.archive_bytes)


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one scan, both children together; `peak_kb` is that of the larger one."""

    wall_ms: float
    cpu_ms: float
    peak_kb: int


class _Refused(Exception):
    """The upload breaks a rule of the format."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1,10,99", help="in MB, unpacked")
    parser.add_argument("--shapes", nargs="*", default=list(scan_shapes.SHAPES))
    options = parser.parse_args()
    with TemporaryDirectory(prefix="mog-bench-") as name:
        folder = Path(name)
        uploads = _corpus(folder)
        if uploads:
            _print(*_real(uploads), *_throughput(uploads))
        sizes = [int(size) for size in options.sizes.split(",")]
        _print("\n| slow package | MB | wall s | s a MB | processor s | peak MB |")
        _print("|---|---|---|---|---|---|")
        for shape in options.shapes:
            _print(*_growth(shape, sizes, folder))


def _corpus(folder: Path) -> list[Path]:
    uploads = []
    for number, file in enumerate(sorted(CORPUS.glob("*/SKILL.md"))):
        uploads.append(folder / f"{number}.zip")
        uploads[-1].write_bytes(skill_package.of(file.parent).zipped())
    return uploads


def _real(uploads: Sequence[Path]) -> Iterator[str]:
    yield f"\n| {len(uploads)} real skills, median | wall ms | processor ms | peak MB |"
    yield "|---|---|---|---|"
    yield _median_row("in the sandbox", [_best(upload) for upload in uploads])
    yield _median_row("in this process, nothing to start", [_bare(upload) for upload in uploads])


def _median_row(how: str, costs: Sequence[Cost]) -> str:
    wall = statistics.median(cost.wall_ms for cost in costs)
    cpu = statistics.median(cost.cpu_ms for cost in costs)
    peak = statistics.median(cost.peak_kb for cost in costs)
    memory = f"{peak / 1024:.0f}" if peak else "-"
    return f"| {how} | {wall:.0f} | {cpu:.0f} | {memory} |"


def _throughput(uploads: Sequence[Path]) -> Iterator[str]:
    begun = time.perf_counter()
    with ThreadPoolExecutor(_WORKERS) as workers:
        list(workers.map(scanned, uploads))
    rate = len(uploads) / (time.perf_counter() - begun)
    yield f"\n{_WORKERS} workers on {os.cpu_count()} processors: {rate:.1f} packages a second."


def _growth(shape: str, sizes: Iterable[int], folder: Path) -> Iterator[str]:
    for size in sizes:
        upload = folder / "slow.zip"
        # Made elsewhere: what this process once held would count as its children's, too.
        making = [sys.executable, "-m", scan_shapes.__name__, shape, str(size), str(upload)]
        subprocess.run(making, check=True)  # noqa: S603 (ours)
        try:
            cost = scanned(upload)
        except ScanInconclusive as inconclusive:
            yield f"| {shape} | {size} | held: {inconclusive.reason} | | | |"
            continue
        except _Refused:
            yield f"| {shape} | {size} | larger than an archive may be | | | |"
            continue
        seconds = cost.wall_ms / 1000
        yield (
            f"| {shape} | {size} | {seconds:.1f} | {seconds / size:.2f} "
            f"| {cost.cpu_ms / 1000:.1f} | {cost.peak_kb / 1024:.0f} |"
        )


def _best(upload: Path) -> Cost:
    """Scan some times; whatever else runs on the machine can only add."""
    return min((scanned(upload) for _ in range(_ROUNDS)), key=lambda cost: cost.wall_ms)


def scanned(upload: Path) -> Cost:
    """Scan an upload in the sandbox; raises ScanInconclusive."""
    begun = time.perf_counter()
    with sandbox.work_folder() as folder:
        canonical = folder / repack.CANONICAL
        runs = [_repacked(upload, canonical), _judged(canonical)]
    return Cost(
        wall_ms=(time.perf_counter() - begun) * 1000,
        cpu_ms=sum(run.cpu_ms for run in runs),
        peak_kb=max(run.peak_kb for run in runs),
    )


def _repacked(upload: Path, canonical: Path) -> sandbox.Run:
    job = sandbox.Job(
        repack.__name__, inputs={repack.UPLOAD: upload}, outputs={repack.CANONICAL: canonical}
    )
    run = sandbox.run(job, limits=_LIMITS, is_strict=True)
    if json.loads(run.answer)["facts"] is None:
        raise _Refused
    return run


def _judged(canonical: Path) -> sandbox.Run:
    job = sandbox.Job(
        judge.__name__,
        inputs={judge.ARCHIVE: canonical},
        preparation=ruleset.preparation(ruleset.load("")),
    )
    return sandbox.run(job, limits=_LIMITS, is_strict=True)


def _bare(upload: Path) -> Cost:
    """Run both programs here: no process to start, no layers to put on."""
    rules = ruleset.load("")
    with TemporaryDirectory() as folder, chdir(folder):
        Path(repack.UPLOAD).write_bytes(upload.read_bytes())
        Path(rulebook.COMPILED_YARA).write_bytes(rules.yara)
        book = judge.prepare(dict(rules.request))
        wall, cpu = time.perf_counter(), time.process_time()
        repack.run({})
        judge.run(book)
        return Cost(
            wall_ms=(time.perf_counter() - wall) * 1000,
            cpu_ms=(time.process_time() - cpu) * 1000,
            peak_kb=0,
        )


def _print(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
