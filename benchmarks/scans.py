"""How long a whole scan takes, both children included, without a database.

    python -m benchmarks.scans [PACKAGE.zip ...]

Without arguments: a skill of 60 KB. Budget: 300 ms a scan.
"""

import io
import statistics
import sys
import time
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from scanning import ruleset, sandbox
from scanning.child import judge, repack, rulebook

_ROUNDS = 20
_MANIFEST = b"name: acme/bench\nversion: 1.0.0\ntype: skill\ndescription: Measured.\n"
_SKILL = b"---\nname: bench\ndescription: Measured.\n---\n"
_LIMITS = sandbox.Limits(file_bytes=110 * 1024 * 1024)


def main() -> None:
    """Measure every package that was named."""
    with TemporaryDirectory() as folder:
        named = [Path(name) for name in sys.argv[1:]] or [_made(Path(folder, "skill-60-kb.zip"))]
        for package in named:
            taken = sorted(_scan(package) for _ in range(_ROUNDS))
            median, worst = statistics.median(taken), taken[-1]
            sys.stdout.write(f"{package.name}: median {median:.0f} ms, worst {worst:.0f} ms\n")


def _scan(package: Path) -> float:
    begun = time.perf_counter()
    with sandbox.work_folder() as folder:
        canonical = folder / repack.CANONICAL
        first = sandbox.Job(
            repack.__name__,
            inputs={repack.UPLOAD: package},
            outputs={repack.CANONICAL: canonical},
        )
        sandbox.run(first, limits=_LIMITS, is_strict=True)
        rules = ruleset.load("")
        conditions = folder / rulebook.COMPILED_YARA
        conditions.write_bytes(rules.yara)
        second = sandbox.Job(
            judge.__name__,
            request=rules.request,
            inputs={judge.ARCHIVE: canonical, rulebook.COMPILED_YARA: conditions},
        )
        sandbox.run(second, limits=_LIMITS, is_strict=True)
    return (time.perf_counter() - begun) * 1000


def _made(path: Path) -> Path:
    prose = b"".join(b"Line %d: words, and a key = value.\n" % n for n in range(1700))
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mog.yaml", _MANIFEST)
        archive.writestr("README.md", b"# Bench\n")
        archive.writestr("content/SKILL.md", _SKILL + prose)
    path.write_bytes(output.getvalue())
    return path


if __name__ == "__main__":
    main()
